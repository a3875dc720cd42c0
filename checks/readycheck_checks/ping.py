"""ping: do echoes of a host come back, with no more loss and no later than the profile allows?

Sent by this program where the system lets it, else by the system's own. Few echoes say little: loss and time are judged by their
intervals. Many networks let no echo pass: silence counts only while another host answers one.
"""

import asyncio
from collections.abc import Iterator
from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    ChildFailed,
    ChildTimeout,
    Context,
    Cost,
    Finding,
    Measurement,
    NameUnknown,
    NetError,
    NotTold,
    Privacy,
    Progress,
    Says,
    fact,
    measured,
    unknown,
)
from readycheck.measure.statistics import median, median_interval, wilson
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import Endpoint, endpoint
from readycheck_checks.blame import trouble
from readycheck_checks.blame.options import hosts_beside
from readycheck_checks.blame.trouble import look_into
from readycheck_checks.declared import echoes
from readycheck_checks.declared.codes import PING
from readycheck_checks.declared.conversation import beside
from readycheck_checks.declared.options import Asked, capability_of, title_of
from readycheck_checks.declared.ping_verdict import CODE, Echoes, judge_echoes
from readycheck_checks.declared.telling import missed

PAUSE_S: Final = 0.2
WAIT_S: Final = 1.0
QUICK: Final = 5
CONTROL_ECHOES: Final = 3


class PingOptions(Asked, frozen=True, kw_only=True):
    """One host, and how its echoes have to come back."""

    host: Annotated[
        str,
        Meta(pattern=r"^[A-Za-z0-9_:][A-Za-z0-9._:-]*$", max_length=253, description="Its name or address"),
    ]
    count: Annotated[
        int, Meta(ge=3, le=50, description="So many echoes are sent; 5 at most with --quick")
    ] = 10
    max_loss: Annotated[
        float, Meta(ge=0, lt=100, description="So many of a hundred may be lost, in percent")
    ] = 20.0
    max_ms: Annotated[
        float, Meta(ge=0, description="They may take so long, in ms, by their median; 0: any time")
    ] = 0.0


async def run(options: PingOptions, ctx: Context) -> Says:
    """All echoes in a row; where none came back, the controls are asked for one too."""
    yield Progress(text=f"Sending echoes to {options.title}")
    yield options.theirs
    found = await attempt(ctx.net.resolve(options.host))
    if isinstance(found, NetError):
        yield await _no_address(options, ctx, found)
        return
    count = min(options.count, QUICK) if ctx.quick else options.count
    try:
        times = await _echoes(ctx, found[0], count)
    except NotTold as why:
        yield unknown(f"{CODE}_impossible", f"{options.title} could not be asked for an echo: {why}")
        return
    yield fact("echoes", "Echoes", f"{len(times)} of {count} from {found[0]}", Privacy.ORG)
    seen = Echoes(sent=count, times_ms=times)
    for value in _values(options, seen):
        yield value
    others = 0 if times else await _controls(options, ctx)
    yield judge_echoes(options, seen, options.max_loss, options.max_ms, others)


def _values(options: PingOptions, seen: Echoes) -> Iterator[Measurement]:
    lost = wilson(seen.lost, seen.sent)
    yield measured(
        "ping_loss",
        "Lost echoes",
        100 * seen.lost / seen.sent,
        "%",
        low=100 * lost.low,
        high=100 * lost.high,
        method=f"{seen.sent} echoes, Wilson interval",
    )
    if seen.times_ms:
        between = median_interval(seen.times_ms)
        yield measured(
            "ping_ms",
            "Round trip",
            median(seen.times_ms),
            "ms",
            low=between.low,
            high=between.high,
            method=f"median of {len(seen.times_ms)} echoes",
        )


async def _no_address(options: PingOptions, ctx: Context, error: NetError) -> Finding:
    if not isinstance(error, NameUnknown):
        return unknown(f"{CODE}_unproved", f"{options.title} could not be asked: {error}")
    looked = await look_into(ctx, Endpoint(options.host, 0), error, beside(options))
    how = looked.name.says if looked.name else f"the name {options.host} is not known here"
    remedy = looked.name.remedy if looked.name else ""
    return missed(options, f"{CODE}_name", how, looked.blame, remedy=remedy, detail=looked.ends)


async def _echoes(ctx: Context, address: str, count: int) -> tuple[float, ...]:
    """The times of those that came back, in ms. Raises NotTold where neither way can be had."""
    first = await _one(ctx, address, 0.0)
    if isinstance(first, NotTold):
        return await _by_program(ctx, address, count)
    rest = await asyncio.gather(*(_one(ctx, address, PAUSE_S * number) for number in range(count - 1)))
    return tuple(time for time in (first, *rest) if isinstance(time, float))


async def _one(ctx: Context, address: str, after_s: float) -> float | NotTold | None:
    await ctx.clock.sleep(after_s)
    try:
        return (await ctx.net.echo(address, timeout_s=WAIT_S)).rtt_ms
    except NetError:
        return None
    except NotTold as why:
        return why


async def _by_program(ctx: Context, address: str, count: int) -> tuple[float, ...]:
    system = (await ctx.system.host()).system
    command = echoes.command(system, address, count)
    try:
        ended = await ctx.children.run(
            command, timeout_s=echoes.seconds(system, count), environment={"LC_ALL": "C"}
        )
    except (ChildFailed, ChildTimeout):
        raise NotTold(
            "this system lets no ordinary user send one, and its own program does not run"
        ) from None
    ctx.meter.add(2 * 84 * count)
    times = echoes.times_ms(ended.stdout.decode("utf-8", errors="replace"), count)
    if not times and ended.stderr and not ended.stdout:
        raise NotTold("the ping program of this system may not send one")
    return times


async def _controls(options: PingOptions, ctx: Context) -> int:
    """How many hosts of others answer an echo at this moment."""

    async def answers(host: str) -> bool:
        found = await attempt(ctx.net.resolve(host))
        try:
            return not isinstance(found, NetError) and bool(await _echoes(ctx, found[0], CONTROL_ECHOES))
        except NotTold:
            return False

    hosts = [endpoint(text).host for text in options.tcp_controls]
    return sum(await asyncio.gather(*map(answers, hosts)))


def cost(options: PingOptions, quick: bool) -> Cost:
    sent = options.count + CONTROL_ECHOES * len(options.tcp_controls)
    return Cost(
        bytes=sent * 200 + trouble.BYTES + 2_000,
        seconds=PAUSE_S * options.count,
        hosts="the host, and controls where it is silent",
    )


check = Check(
    id="ping",
    title="Echo",
    capability=Capability.APPS,
    summary="Whether echoes (ping) of a host of the profile come back, without much loss and in time",
    run=run,
    options=PingOptions,
    timeout=60.0,
    after=("internet", "dns"),
    many=True,
    on_demand=True,
    cost=cost,
    title_of=title_of,
    hosts_of=lambda options: hosts_beside(options, options.host),
    codes=PING,
    capability_of=capability_of,
)
