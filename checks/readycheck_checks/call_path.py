"""call_path: do voice and video get through this network, and how well? Asks STUN servers and the organisation's reflector, and
sends streams like those of a call: to the reflector where there is one, else one short stream to a STUN server.
"""

import asyncio
from collections.abc import Sequence
from contextlib import nullcontext
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
    Owner,
    Privacy,
    Progress,
    Says,
    fact,
    skipped,
)
from readycheck.measure.media.call import Call
from readycheck_checks.asking.attempts import HostPort, at_once, attempt
from readycheck_checks.asking.endpoints import hosts_in, require_endpoints
from readycheck_checks.blame.ending import Ending
from readycheck_checks.blame.options import ControlOptions
from readycheck_checks.blame.way_out import BYTES, seen
from readycheck_checks.calls import addresses, kinds, near_end, reflecting, round_trips
from readycheck_checks.calls.addresses import translation
from readycheck_checks.calls.alone import Said, left_out
from readycheck_checks.calls.blocked import blocked_at
from readycheck_checks.calls.both_ways import all_well, judged_call
from readycheck_checks.calls.codes import CALL_PATH, NO_RELAYS
from readycheck_checks.calls.kinds import Kind
from readycheck_checks.calls.limits import Limit
from readycheck_checks.calls.parties import behind_router, behind_with, either_of
from readycheck_checks.calls.path_verdict import Evidence, judge_path, may_be_blocked
from readycheck_checks.calls.probes import StunReply, answers, ask_each, others, reach
from readycheck_checks.calls.quality import Limits, judged, unmeasured
from readycheck_checks.calls.reflecting import Reflecting, ReflectorAt, ask_reflector
from readycheck_checks.calls.relays import Preference, TurnRelay, bytes_of, relays, seconds_of
from readycheck_checks.calls.until import Until

QUICK_PACKETS = 50
ASKED_S = 15.0  # at worst: a slow lookup, three Bindings, two Allocates
WITHIN_S = 55.0  # then everything is said, also where much was slow
STREAM_S = 25.0  # of these left to the shortest stream over a reflector and to a second one
WANTED = "video_720p"


class CallPathOptions(ControlOptions, frozen=True, kw_only=True):
    relays: Annotated[
        tuple[HostPort, ...],
        Meta(max_length=4, description="The organisation's own media relays (STUN/TURN, UDP)"),
    ] = ()
    udp_controls: Annotated[
        tuple[HostPort, ...], Meta(max_length=6, description="STUN servers of other operators, at least two")
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
        super().__post_init__()
        require_endpoints((*self.relays, *self.udp_controls, *self.fallback))
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
        yield skipped(NO_RELAYS, "The profile names no media relays or STUN servers")
        return
    until = Until.after(ctx, WITHIN_S)
    yield Progress(text="Asking media relays over UDP")
    evidence = await gather(options, ctx)
    ending, vpn = Ending(), False
    if may_be_blocked(evidence):
        yield Progress(text="Looking where UDP ends")
        ending, vpn = await blocked_at(evidence, ctx)
        for each in seen(ending):
            yield each
    for found in judge_path(evidence, options.udp, ending, vpn=vpn):
        yield found
    for each in await translation(evidence.replies, ctx):
        yield each
    if options.turn:
        yield Progress(text="Trying the ways to the media relay")
        async for figure in relays(options.turn, options.tcp_preferred, ctx, until.earlier(STREAM_S)):
            yield figure
    async for said in quality(options, ctx, evidence, until):
        yield said


async def quality(options: CallPathOptions, ctx: Context, evidence: Evidence, until: Until) -> Says:
    """Over the reflector; where it takes no part, why, and over a server that answers Bindings."""
    if not options.packets:
        return
    yield Progress(text="Sending a stream like a voice call")
    servers = [reply for reply in evidence.replies if reply.is_binding]
    if options.reflector is not None:
        own = Reflecting(options.reflector, evidence.reflector[options.reflector.at], ctx, until)
        async with until.on_line(ctx) if own.address else nullcontext():
            voice = await attempt(own.voice())
        if isinstance(voice, Call):
            async for said in over_reflector(options, ctx, own, voice, evidence, until):
                yield said
            return
        yield fact("reflector_unused", "Reflector not used", str(voice), Privacy.ORG)
        if not servers and evidence.reflected is not None:
            yield unmeasured(own.target, voice)
    if servers:
        async for said in stream(options, ctx, evidence, servers, until):
            yield said


async def gather(options: CallPathOptions, ctx: Context) -> Evidence:
    """Ask all targets of the profile at the same moment."""
    relays, controls, tcp, fallback, reflector = await asyncio.gather(
        ask_each(ctx.net, options.all_relays),
        ask_each(ctx.net, options.udp_controls),
        at_once({target: answers(ctx, target) for target in options.tcp_controls}),
        at_once({target: reach(ctx, target) for target in options.fallback}),
        at_once({own.at: ask_reflector(ctx.net, own.at) for own in (options.reflector,) if own is not None}),
    )
    return Evidence(relays=relays, controls=controls, tcp=tcp, fallback=fallback, reflector=reflector)


async def over_reflector(
    options: CallPathOptions, ctx: Context, own: Reflecting, voice: Call, evidence: Evidence, until: Until
) -> Says:
    """Each direction of a voice call, then how much video the path carries beside it."""
    told = judged_call(voice, options.limits)
    if options.kinds:
        yield Progress(text="Sending streams like video calls")
    short = near_end.falls_short(told)
    beside = await _others(options, ctx, evidence, own.target, until) if short else []
    way = own.way(options.limits, beside)
    async with until.on_line(ctx) if options.kinds else nullcontext():
        ladder = await own.ladder(voice, options.kinds, near_end.longest(way) if short else 0.0)
    if options.kinds:
        yield kinds.verdict(ladder)
    async for said in _placed(told, ctx, way, options.limits, until):
        yield said
    if short:
        return
    order = [name for name, _ in kinds.in_order(options.kinds)]
    either = either_of(behind_with(await behind_router(ctx, own.address), way.far))
    yield kinds.limited(ladder, options.wanted, order, either) or all_well(voice, ladder.best)


async def stream(
    options: CallPathOptions, ctx: Context, evidence: Evidence, servers: Sequence[StunReply], until: Until
) -> Says:
    """One stream of Bindings to the first of the servers that answered; where it falls short, again beside another party's."""
    responder, is_own = servers[0], servers[0].target in evidence.relays
    packets = min(options.packets, QUICK_PACKETS) if ctx.quick else options.packets
    if lacks := _lacks(ctx, packets, until):
        yield unmeasured(responder.target, lacks)
        return
    try:
        async with until.on_line(ctx):
            found = await round_trips.send(ctx, responder, packets)
    except NetError as trouble:
        if servers[1:] and not is_own:
            yield left_out(responder.target, str(trouble))
            async for said in stream(options, ctx, evidence, servers[1:], until):
                yield said
            return
        yield unmeasured(responder.target, trouble)
        return
    told = list(judged(found, options.limits))
    short = near_end.falls_short(told)
    beside = await _others(options, ctx, evidence, responder.target, until) if short else []
    far = Owner.COMPANY if is_own else Owner.SERVICE
    way = round_trips.way_of(ctx, responder, beside, far, options.limits)
    async for said in _placed(told, ctx, way, options.limits, until):
        yield said


async def _others(
    options: CallPathOptions, ctx: Context, evidence: Evidence, known: str, until: Until
) -> list[StunReply]:
    """STUN servers of other parties than ``known`` and the organisation."""
    told = {target: answer for target, answer in evidence.controls.items() if target != known}
    return await others(ctx, told, may_ask=until.allows(ASKED_S + STREAM_S))


def _lacks(ctx: Context, packets: int, until: Until) -> str:
    """What a stream of so many packets has not; empty where it has all."""
    if ctx.meter.left is not None and ctx.meter.left < packets * round_trips.PACKET_BYTES:
        return "the data allowance is used up"
    return "" if until.allows(round_trips.most_seconds(packets)) else "no time was left"


async def _placed(
    told: list[Measurement | Finding], ctx: Context, way: near_end.Way, limits: Limits, until: Until
) -> Says:
    """What was measured and found, and to whom; of what falls short, where it comes about."""
    target, placed = way.target, list[Said](told)
    if near_end.falls_short(told):
        yield Progress(text="Asking the router, to see where it comes about")
        target, placed = await near_end.placed(told, ctx, way, limits.plans, until)
    yield fact("stream_to", "Stream measured to", target, Privacy.ORG)
    for said in placed:
        yield said


def cost(options: CallPathOptions, quick: bool) -> Cost:
    """Each probe is a few hundred bytes. What falls short is sent once more, beside packets to the router; where the reflector
    takes no part after all, the short stream follows."""
    if not options.all_relays and not options.udp_controls and options.reflector is None:
        return Cost(bytes=0, seconds=0.0)
    packets = min(options.packets, QUICK_PACKETS) if quick else options.packets
    targets = len(options.all_relays) + len(options.udp_controls) + len(options.tcp_controls)
    beside = len(options.udp_controls) > (0 if options.all_relays or options.reflector else 1)
    streams, seconds = round_trips.most_bytes(packets, beside=beside), packets * round_trips.INTERVAL_S
    if options.reflector is not None:
        streams += reflecting.most_bytes(options.kinds, quick)
        seconds = reflecting.most_seconds(options.kinds, quick)
    return Cost(
        bytes=BYTES
        + addresses.BYTES
        + bytes_of(options.turn, quick)
        + 1_500 * (targets + len(options.udp_controls))
        + 6_000 * len(options.fallback)
        + (streams + near_end.BYTES if packets else 0),
        seconds=3.0 + (seconds if packets else 0.0) + seconds_of(options.turn),
        hosts="the media relays, STUN servers and the reflector of the profile",
        unnamed=("the router of this network",),
    )


check = Check(
    id="call_path",
    title="Path for voice and video",
    capability=Capability.CALLS,
    summary="Whether UDP passes, and with what delay, jitter and loss",
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
        *(relay.tls for relay in options.turn if relay.tls is not None),
        *((options.reflector.at,) if options.reflector is not None else ()),
    ),
    codes=CALL_PATH,
)
