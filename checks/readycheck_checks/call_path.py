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
from readycheck_checks.attempts import HostPort, at_once
from readycheck_checks.calls.limits import Limit
from readycheck_checks.calls.path_verdict import Evidence, judge_path
from readycheck_checks.calls.probes import StunReply, ask_stun, reach
from readycheck_checks.calls.quality import judged
from readycheck_checks.endpoints import endpoint

INTERVAL_S = 0.02  # as a voice call: 50 packets a second
QUICK_PACKETS = 50


class CallPathOptions(Options, frozen=True, kw_only=True):
    relays: Annotated[
        tuple[HostPort, ...], Meta(max_length=4, description="The organisation's own media relays (STUN/TURN, UDP)")
    ] = ()
    udp_controls: Annotated[
        tuple[HostPort, ...], Meta(max_length=6, description="STUN servers of other operators, at least two")
    ] = ()
    tcp_controls: Annotated[
        tuple[HostPort, ...], Meta(max_length=6, description="Hosts that accept TCP, asked at the same moment")
    ] = ()
    fallback: Annotated[
        tuple[HostPort, ...], Meta(max_length=4, description="Hosts that take calls over TLS where UDP is blocked")
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
    for found in judge_path(evidence, options.udp):
        yield found
    for seen in await translation(evidence, ctx):
        yield seen
    packets = min(options.packets, QUICK_PACKETS) if ctx.quick else options.packets
    responder = next((reply for reply in evidence.replies if reply.is_binding), None)
    if packets and responder is not None:
        yield Progress(text="Sending a stream like a voice call")
        async for said in stream(options, ctx, responder, packets):
            yield said


async def gather(options: CallPathOptions, ctx: Context) -> Evidence:
    """Ask all targets of the profile at the same moment."""
    where = {target: endpoint(target) for target in options.tcp_controls}
    relays, controls, tcp, fallback = await asyncio.gather(
        _asked(ctx, options.relays),
        _asked(ctx, options.udp_controls),
        at_once({target: ctx.net.tcp(each.host, each.port) for target, each in where.items()}),
        at_once({target: _reached(ctx, target) for target in options.fallback}),
    )
    return Evidence(relays=relays, controls=controls, tcp=tcp, fallback=fallback)
