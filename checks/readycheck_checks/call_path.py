"""call_path: do voice and video get through this network, and how well? Asks STUN servers and sends them one short stream."""

import asyncio
from typing import Annotated, Literal

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Fact,
    NetError,
    Options,
    Privacy,
    Progress,
    Says,
    fact,
    skipped,
    unknown,
)
from readycheck.measure.media.stream import stun_stream
from readycheck.measure.nat.mapping import Nat, nat
from readycheck.measure.packets import stun
from readycheck_checks.attempts import HostPort, at_once
from readycheck_checks.calls import near_end
from readycheck_checks.calls.limits import Limit
from readycheck_checks.calls.path_verdict import Evidence, is_blocked, judge_path
from readycheck_checks.calls.probes import Reached, StunReply, answers, ask_stun, reach
from readycheck_checks.calls.quality import judged
from readycheck_checks.ending import Ending, Flow
from readycheck_checks.endpoints import endpoint
from readycheck_checks.way_out import BYTES, seen, where_it_ends

INTERVAL_S = 0.02  # as a voice call: 50 packets a second
QUICK_PACKETS = 50


class CallPathOptions(Options, frozen=True, kw_only=True):
    relays: Annotated[
        tuple[HostPort, ...],
        Meta(max_length=4, description="The organisation's own media relays (STUN/TURN, UDP)"),
    ] = ()
    udp_controls: Annotated[
        tuple[HostPort, ...], Meta(max_length=6, description="STUN servers of other operators, at least two")
    ] = ()
    tcp_controls: Annotated[
        tuple[HostPort, ...],
        Meta(max_length=6, description="Hosts that accept TCP, asked at the same moment"),
    ] = ()
    fallback: Annotated[
        tuple[HostPort, ...],
        Meta(max_length=4, description="Hosts that take calls over TLS where UDP is blocked"),
    ] = ()
    udp: Annotated[
        Literal["required", "preferred"],
        Meta(description="preferred: blocked UDP is a warning as long as a fallback works"),
    ] = "preferred"
    packets: Annotated[
        int, Meta(ge=0, le=200, description="Packets of the stream, 20 ms apart; 0: no stream is sent")
    ] = 100
    rtt_ms: Annotated[Limit | None, Meta(description="Limits of the round-trip time in ms")] = None
    jitter_ms: Annotated[Limit | None, Meta(description="Limits of the jitter in ms")] = None
    loss_percent: Annotated[Limit | None, Meta(description="Limits of the packet loss in %")] = None

    def __post_init__(self) -> None:
        for target in (*self.relays, *self.udp_controls, *self.tcp_controls, *self.fallback):
            endpoint(target)


async def run(options: CallPathOptions, ctx: Context) -> Says:
    """Everything is asked at once, so that each answer is the others' control; then one stream to one that answered."""
    if not options.relays and not options.udp_controls:
        yield skipped("calls.no_relays", "The profile names no media relays or STUN servers")
        return
    yield Progress(text="Asking media relays over UDP")
    evidence = await gather(options, ctx)
    ending = None
    if is_blocked(evidence):
        yield Progress(text="Looking where UDP ends")
        ending = await blocked_at(evidence, ctx)
        for each in seen(ending):
            yield each
    for found in judge_path(evidence, options.udp, ending):
        yield found
    for each in await translation(evidence, ctx):
        yield each
    packets = min(options.packets, QUICK_PACKETS) if ctx.quick else options.packets
    responder = next((reply for reply in evidence.replies if reply.is_binding), None)
    if packets and responder is not None:
        yield Progress(text="Sending a stream like a voice call")
        async for said in stream(options, ctx, responder, packets):
            yield said


async def gather(options: CallPathOptions, ctx: Context) -> Evidence:
    """Ask all targets of the profile at the same moment."""
    relays, controls, tcp, fallback = await asyncio.gather(
        at_once({target: ask_stun(ctx.net, target) for target in options.relays}),
        at_once({target: ask_stun(ctx.net, target) for target in options.udp_controls}),
        at_once({target: answers(ctx, target) for target in options.tcp_controls}),
        at_once({target: reach(ctx, target) for target in options.fallback}),
    )
    return Evidence(relays=relays, controls=controls, tcp=tcp, fallback=fallback)


async def blocked_at(evidence: Evidence, ctx: Context) -> Ending:
    """Where a Binding ends that nobody answers, beside TCP to a host that answered without a proxy."""
    public = [target for target in evidence.controls if target in evidence.unanswered]
    silent = (public or list(evidence.unanswered))[0]
    binding = stun.binding_request(stun.new_transaction_id())
    direct = [
        t for t, r in {**evidence.tcp, **evidence.fallback}.items() if isinstance(r, Reached) and not r.proxy
    ]
    control = Flow("tcp", *_host_port(direct[0])) if direct else None
    return await where_it_ends(ctx, Flow("udp", *_host_port(silent), binding), control)


def _host_port(target: str) -> tuple[str, int]:
    where = endpoint(target)
    return where.host, where.port


async def translation(evidence: Evidence, ctx: Context) -> list[Fact]:
    """What a NAT does to one socket, as two servers of one IP version see it; nothing where fewer answered."""
    for version in (4, 6):
        servers = [(r.address, r.port) for r in evidence.replies if _is_version(r, version)][:2]
        source = ctx.net.source_address(servers[0][0]) if servers else None
        if len(servers) < 2 or source is None:
            continue
        try:
            seen = await nat(servers, source=source)
        except NetError:
            continue
        ctx.meter.add(seen.bytes)
        return _told(seen)
    return []


def _is_version(reply: StunReply, version: int) -> bool:
    return reply.is_binding and (":" in reply.address) == (version == 6)


def _told(seen: Nat) -> list[Fact]:
    facts = [fact("nat_mapping", "Address translation", seen.translation, Privacy.PUBLIC)]
    if seen.seen:
        host, _ = next(iter(seen.seen.values()))
        facts.append(fact("mapped_address", "Address that media servers see", host, Privacy.ADDRESS))
    return facts


async def stream(options: CallPathOptions, ctx: Context, responder: StunReply, packets: int) -> Says:
    """One stream of Bindings to one server that answered, judged by the profile's limits."""
    try:
        found = await stun_stream(responder.address, responder.port, count=packets, interval_s=INTERVAL_S)
    except NetError as trouble:
        yield unknown(
            "calls.stream_unmeasured",
            f"UDP is open, but delay and loss could not be measured: {responder.target} answers single packets only",
            remedy="Start a test call to see how it sounds",
            detail=str(trouble),
        )
        return
    ctx.meter.add(found.bytes)
    yield fact("stream_to", "Stream measured to", responder.target, Privacy.ORG)
    told: list[near_end.Said] = list(
        judged(found, rtt_ms=options.rtt_ms, jitter_ms=options.jitter_ms, loss_percent=options.loss_percent)
    )
    if near_end.falls_short(told):
        yield Progress(text="Asking the router, to see where it comes about")
        told = await near_end.placed(told, ctx, responder)
    for said in told:
        yield said


def cost(options: CallPathOptions, quick: bool) -> Cost:
    """Each probe is a few hundred bytes; the stream has packets of 48 bytes out and at least 60 back. One that falls short
    is compared with the way to the router."""
    packets = min(options.packets, QUICK_PACKETS) if quick else options.packets
    targets = len(options.relays) + len(options.udp_controls) + len(options.tcp_controls)
    return Cost(
        bytes=BYTES
        + 1_500 * targets
        + 6_000 * len(options.fallback)
        + 160 * packets
        + (near_end.BYTES if packets else 0),
        seconds=3.0 + packets * INTERVAL_S,
        hosts="the media relays and STUN servers of the profile, and the router where a stream falls short",
    )


check = Check(
    id="call_path",
    title="Path for voice and video",
    capability=Capability.CALLS,
    summary="Does UDP pass, and with what delay, jitter and loss",
    run=run,
    options=CallPathOptions,
    weight=3.0,
    timeout=40.0,
    after=("internet", "dns", "captive_portal"),
    cost=cost,
)
