"""line: do packets get lost, and before the router or behind it? A short sample first; a longer one where something was lost."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Measurement,
    Options,
    Owner,
    Progress,
    Says,
    measured,
    unknown,
)
from readycheck_checks.asking.attempts import HostPort, at_once
from readycheck_checks.asking.endpoints import endpoint, hosts_in, is_here
from readycheck_checks.calls.limits import Limit
from readycheck_checks.calls.parties import behind_router, home
from readycheck_checks.calls.sides import delay_ms, loss_percent
from readycheck_checks.path.loss import (
    FIND_BYTES,
    LATE_S,
    PACKET_BYTES,
    Sample,
    Target,
    router_target,
    sample,
    seconds_of,
    stun_target,
    tcp_target,
)
from readycheck_checks.path.loss_codes import LINE, UNPROVED
from readycheck_checks.path.loss_verdict import Surroundings, judge_loss, needs_closer_look

FIRST: Final = 30
CLOSER: Final = 100
TARGETS: Final = 2
FIND_MOST_S: Final = 8.0  # a slow lookup, then three requests


class LineOptions(Options, frozen=True, kw_only=True):
    udp_targets: Annotated[
        tuple[HostPort, ...],
        Meta(max_length=4, description="STUN servers of different operators, at least two"),
    ] = ()
    tcp_targets: Annotated[
        tuple[HostPort, ...],
        Meta(
            max_length=4, description="Hosts that accept TCP, asked where fewer than two STUN servers answer"
        ),
    ] = ()
    loss_percent: Annotated[
        Limit | None,
        Meta(
            description="Loss there and back in % above which a warning is given (plan); none: it is told only"
        ),
    ] = None

    def __post_init__(self) -> None:
        for target in (*self.udp_targets, *self.tcp_targets):
            endpoint(target)


async def run(options: LineOptions, ctx: Context) -> Says:
    yield Progress(text="Looking who can be asked")
    router, beyond, around = await _whom(options, ctx)
    if router is None and not beyond:
        yield unknown(
            UNPROVED,
            "Whether packets get lost is not known: nobody who could be counted on answers",
            detail=around.why_no_router,
        )
        return
    yield Progress(text="Counting what gets lost")
    async with ctx.line:
        told = await sample(ctx, router, beyond, FIRST)
    if needs_closer_look(told) and _affordable(ctx, len(beyond) + 1):
        yield Progress(text="Counting again, longer")
        async with ctx.line:
            told = await sample(ctx, router, beyond, CLOSER)
    for figure in _measured(told, options.loss_percent):
        yield figure
    yield judge_loss(told, options.loss_percent.plan if options.loss_percent else None, around)


def _affordable(ctx: Context, targets: int) -> bool:
    return ctx.meter.left is None or ctx.meter.left >= targets * CLOSER * PACKET_BYTES


async def _whom(options: LineOptions, ctx: Context) -> tuple[Target | None, list[Target], Surroundings]:
    (router, why, link), beyond = await asyncio.gather(_router(ctx), _beyond(options, ctx))
    behind = await _behind_all(ctx, beyond)
    around = Surroundings(link=link, behind=behind, vpn=Owner.COMPANY in behind, why_no_router=why)
    return router, beyond, around


async def _behind_all(ctx: Context, beyond: Sequence[Target]) -> tuple[Owner, ...]:
    """Who has a part in every one of the ways: where one leads beside the VPN, what all lose is not the company's."""
    ways = [await behind_router(ctx, target.address) for target in beyond] or [(Owner.ISP,)]
    return tuple(party for party in ways[0] if all(party in way for way in ways))


async def _router(ctx: Context) -> tuple[Target | None, str, str]:
    """The router, or why it is not asked; and the kind of the link to it."""
    around = await home(ctx)
    link = around.link.kind if around.link is not None else ""
    if not around.router or is_here(around.router):
        return None, around.why, link
    router = await router_target(ctx, around.router)
    return router, "" if router is not None else "the router answers nothing that could be counted", link


async def _beyond(options: LineOptions, ctx: Context) -> list[Target]:
    """The first two that answer, on different hosts; over UDP if there are as many. Where packets get lost, lookups of names are
    lost as well, so those that did not answer are asked once more."""
    found: dict[str, Target] = {}
    for _ in range(2):
        missing = {
            each: ask(ctx, endpoint(each))
            for ask, targets in ((stun_target, options.udp_targets), (tcp_target, options.tcp_targets))
            for each in targets
            if each not in found
        }
        answered = await at_once(missing)
        found |= {name: target for name, target in answered.items() if isinstance(target, Target)}
        known = [found[each] for each in (*options.udp_targets, *options.tcp_targets) if each in found]
        hosts = list({each.address: each for each in reversed(known)}.values())[::-1]
        if len(hosts) >= TARGETS:
            break
    return hosts[:TARGETS]


def _measured(told: Sample, limit: Limit | None) -> Sequence[Measurement]:
    figures = []
    if told.near is not None and (near := loss_percent(told.near)) is not None:
        figures.append(
            measured(
                "router_loss",
                "Loss between computer and router",
                round(near.value, 1),
                "%",
                low=round(near.low, 2),
                high=round(near.high, 2),
                method=f"{told.near.sent} packets",
            )
        )
    if told.near is not None and (delay := delay_ms(told.near)) is not None:
        figures.append(measured("router_delay", "Time to the router and back", round(delay.value, 2), "ms"))
    far = [
        (packets, amount) for packets in told.far.values() if (amount := loss_percent(packets)) is not None
    ]
    if far:
        packets, least = min(far, key=lambda each: each[1].low)
        figures.append(
            measured(
                "line_loss",
                "Loss all the way, there and back",
                round(least.value, 1),
                "%",
                low=round(least.low, 2),
                high=round(least.high, 2),
                method=f"{packets.sent} packets to each of {len(far)} hosts, the better one",
                **(limit.judged if limit is not None else {}),
            )
        )
    return figures


def cost(options: LineOptions, quick: bool) -> Cost:
    """All is well: 30 packets to each of three hosts; the longer look is not in the small plan."""
    targets = 1 + min(TARGETS, len(options.udp_targets) + len(options.tcp_targets))
    find = FIND_BYTES + 1_000 * (len(options.udp_targets) + len(options.tcp_targets))
    least = find + targets * FIRST * PACKET_BYTES
    return Cost(
        bytes=least + (0 if quick else targets * CLOSER * PACKET_BYTES),
        least=least,
        seconds=0.5 + seconds_of(FIRST),
        hosts="the hosts of the profile",
        unnamed=("the router of this network",),
    )


check = Check(
    id="line",
    title="Packet loss",
    capability=Capability.CONNECTION,
    summary="Whether packets get lost, and before the router or behind it",
    run=run,
    options=LineOptions,
    weight=1.0,
    timeout=2 * FIND_MOST_S + seconds_of(FIRST) + seconds_of(CLOSER) + 2 * LATE_S + 4.0,
    after=("internet",),
    essential=False,
    on_demand=True,
    cost=cost,
    hosts_of=lambda options: hosts_in(*options.udp_targets, *options.tcp_targets),
    codes=LINE,
)
