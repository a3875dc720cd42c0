"""call_path: do voice and video get through this network, and how well? Asks STUN servers and the organisation's reflector, and
sends streams like those of a call: to the reflector where there is one, else one short stream to a STUN server.
"""

import asyncio
from typing import Annotated, Literal

from msgspec import Meta, field

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Finding,
    Measurement,
    NetError,
    Options,
    Privacy,
    Progress,
    Says,
    fact,
    skipped,
    unknown,
)
from readycheck.measure.media.call import Call
from readycheck.measure.packets import stun
from readycheck_checks.attempts import HostPort, at_once, attempt
from readycheck_checks.calls import addresses, kinds, near_end, reflecting, round_trips
from readycheck_checks.calls.addresses import translation
from readycheck_checks.calls.both_ways import all_well, judged_call
from readycheck_checks.calls.kinds import Kind
from readycheck_checks.calls.limits import Limit
from readycheck_checks.calls.parties import behind_router, either_of
from readycheck_checks.calls.path_verdict import Evidence, is_blocked, judge_path
from readycheck_checks.calls.probes import Reached, StunReply, answers, ask_stun, reach
from readycheck_checks.calls.quality import Limits, judged
from readycheck_checks.calls.reflecting import Reflecting, ReflectorAt, ask_reflector
from readycheck_checks.calls.relays import Preference, TurnRelay, bytes_of, relays, seconds_of
from readycheck_checks.ending import Ending, Flow
from readycheck_checks.endpoints import endpoint, hosts_in
from readycheck_checks.way_out import BYTES, seen, where_it_ends

QUICK_PACKETS = 50
WANTED = "video_720p"


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
    turn: Annotated[
        tuple[TurnRelay, ...],
        Meta(max_length=2, description="The organisation's own TURN relays, tried over UDP, TCP and TLS"),
    ] = ()
    tcp_preferred: Annotated[
        Preference | None, Meta(description="When calls over a relay are better off with TCP")
    ] = None
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
    reflector: Annotated[
        ReflectorAt | None,
        Meta(description="The organisation's own reflector: measures each direction by itself, and video"),
    ] = None
    kinds: Annotated[
        dict[str, Kind],
        Meta(description="Kinds of calls to try over the reflector, the lightest being voice"),
    ] = field(default_factory=dict)
    wanted: Annotated[
        str, Meta(description="Warn where this kind of call does not get through, though voice does")
    ] = WANTED
    rtt_ms: Annotated[Limit | None, Meta(description="Limits of the round-trip time in ms")] = None
    jitter_ms: Annotated[Limit | None, Meta(description="Limits of the jitter in ms")] = None
    loss_percent: Annotated[Limit | None, Meta(description="Limits of the packet loss in %")] = None

    def __post_init__(self) -> None:
        for target in (*self.relays, *self.udp_controls, *self.tcp_controls, *self.fallback):
            endpoint(target)
        if self.kinds and self.wanted not in (*self.kinds, WANTED):
            raise ValueError(
                f'wanted: "{self.wanted}" is none of the kinds ({", ".join(sorted(self.kinds))})'
            )

    @property
    def all_relays(self) -> tuple[HostPort, ...]:
        """A TURN relay answers Bindings as well."""
        return tuple(dict.fromkeys((*self.relays, *(relay.at for relay in self.turn))))

    @property
    def limits(self) -> Limits:
        return Limits(rtt_ms=self.rtt_ms, jitter_ms=self.jitter_ms, loss_percent=self.loss_percent)


async def run(options: CallPathOptions, ctx: Context) -> Says:
    """Everything is asked at once, so that each answer is the others' control; then streams to one that answered."""
    if not options.all_relays and not options.udp_controls and options.reflector is None:
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
    for each in await translation(evidence.replies, ctx):
        yield each
    if options.turn:
        yield Progress(text="Trying the ways to the media relay")
        async for figure in relays(options.turn, options.tcp_preferred, ctx):
            yield figure
    async for said in quality(options, ctx, evidence):
        yield said


async def quality(options: CallPathOptions, ctx: Context, evidence: Evidence) -> Says:
    """Over the reflector; where it takes no part, why, and over a server that answers Bindings."""
    if not options.packets:
        return
    yield Progress(text="Sending a stream like a voice call")
    responder = next((reply for reply in evidence.replies if reply.is_binding), None)
    if options.reflector is not None:
        own = Reflecting(options.reflector, evidence.reflector[options.reflector.at], ctx)
        voice = await attempt(own.voice())
        if isinstance(voice, Call):
            async for said in over_reflector(options, ctx, own, voice):
                yield said
            return
        yield fact("reflector_unused", "Reflector not used", str(voice), Privacy.ORG)
        if responder is None and evidence.reflected is not None:
            yield _unmeasured(own.target, voice)
    if responder is not None:
        packets = min(options.packets, QUICK_PACKETS) if ctx.quick else options.packets
        async for said in stream(options, ctx, responder, packets):
            yield said


async def gather(options: CallPathOptions, ctx: Context) -> Evidence:
    """Ask all targets of the profile at the same moment."""
    relays, controls, tcp, fallback, reflector = await asyncio.gather(
        at_once({target: ask_stun(ctx.net, target) for target in options.all_relays}),
        at_once({target: ask_stun(ctx.net, target) for target in options.udp_controls}),
        at_once({target: answers(ctx, target) for target in options.tcp_controls}),
        at_once({target: reach(ctx, target) for target in options.fallback}),
        at_once({own.at: ask_reflector(ctx.net, own.at) for own in (options.reflector,) if own is not None}),
    )
    return Evidence(relays=relays, controls=controls, tcp=tcp, fallback=fallback, reflector=reflector)


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


async def over_reflector(options: CallPathOptions, ctx: Context, own: Reflecting, voice: Call) -> Says:
    """Each direction of a voice call, then how much video the path carries beside it."""
    yield fact("stream_to", "Stream measured to", own.target, Privacy.ORG)
    told = judged_call(voice, options.limits)
    if options.kinds:
        yield Progress(text="Sending streams like video calls")
    ladder = await own.ladder(voice, options.kinds)
    if options.kinds:
        yield kinds.verdict(ladder)
    short = near_end.falls_short(told)
    async for said in _placed(told, ctx, own.way(options.limits), options.limits):
        yield said
    if short:
        return
    order = [name for name, _ in kinds.in_order(options.kinds)]
    either = either_of(await behind_router(ctx, own.address))
    yield kinds.limited(ladder, options.wanted, order, either) or all_well(voice, ladder.best)


async def stream(options: CallPathOptions, ctx: Context, responder: StunReply, packets: int) -> Says:
    """One stream of Bindings to one server that answered, judged by the profile's limits."""
    try:
        found = await round_trips.send(ctx, responder, packets)
    except NetError as trouble:
        yield _unmeasured(responder.target, trouble)
        return
    yield fact("stream_to", "Stream measured to", responder.target, Privacy.ORG)
    way = round_trips.way_of(ctx, responder, options.limits)
    async for said in _placed(list(judged(found, options.limits)), ctx, way, options.limits):
        yield said


def _unmeasured(target: str, trouble: NetError) -> Finding:
    return unknown(
        "calls.stream_unmeasured",
        f"UDP is open, but delay and loss could not be measured: {target} answers single packets only",
        remedy="Start a test call to see how it sounds",
        detail=str(trouble),
    )


async def _placed(told: list[Measurement | Finding], ctx: Context, way: near_end.Way, limits: Limits) -> Says:
    """What was measured and found; of what falls short, on which side of the home router."""
    placed: list[near_end.Said] = list(told)
    if near_end.falls_short(told):
        yield Progress(text="Asking the router, to see where it comes about")
        placed = await near_end.placed(told, ctx, way, limits.plans)
    for said in placed:
        yield said


def cost(options: CallPathOptions, quick: bool) -> Cost:
    """Each probe is a few hundred bytes. What falls short is sent once more, beside packets to the router; where the reflector
    takes no part after all, the short stream follows."""
    packets = min(options.packets, QUICK_PACKETS) if quick else options.packets
    targets = len(options.all_relays) + len(options.udp_controls) + len(options.tcp_controls)
    streams, seconds = round_trips.most_bytes(packets), packets * round_trips.INTERVAL_S
    if options.reflector is not None:
        streams += reflecting.most_bytes(options.kinds, quick)
        seconds = reflecting.most_seconds(options.kinds, quick)
    return Cost(
        bytes=BYTES
        + addresses.BYTES
        + bytes_of(options.turn, quick)
        + 1_500 * targets
        + 6_000 * len(options.fallback)
        + (streams + near_end.BYTES if packets else 0),
        seconds=3.0 + (seconds if packets else 0.0) + seconds_of(options.turn),
        hosts="the media relays and STUN servers of the profile, its reflector, and the router where a stream falls short",
    )


check = Check(
    id="call_path",
    title="Path for voice and video",
    capability=Capability.CALLS,
    summary="Does UDP pass, and with what delay, jitter and loss",
    run=run,
    options=CallPathOptions,
    weight=3.0,
    timeout=60.0,
    after=("internet", "dns", "captive_portal"),
    cost=cost,
    hosts_of=lambda options: hosts_in(
        *options.all_relays,
        *options.udp_controls,
        *options.tcp_controls,
        *options.fallback,
        *((options.reflector.at,) if options.reflector is not None else ()),
    ),
)
