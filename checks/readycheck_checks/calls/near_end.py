"""Does a bad stream get bad before the home router or behind it, and is it bad at all? Asks the router while a second stream goes
all the way; one stream alone decides nothing.

An ordinary user may not ping, so these are connection attempts: a refused one came back as well as an accepted one. For use after
a shortfall only. The comparison is in sides.py, the judgement in owners.py.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from readycheck.api import (
    Context,
    Finding,
    Owner,
    Refused,
    TcpAnswer,
    measured,
)
from readycheck.measure.statistics import burst_ratio
from readycheck_checks.asking.attempts import at_once, attempt
from readycheck_checks.asking.endpoints import is_here
from readycheck_checks.calls import sides
from readycheck_checks.calls.alone import Heard, Said, Second, alone, in_short, left_out, short_of, steadied
from readycheck_checks.calls.owners import View, owned
from readycheck_checks.calls.parties import behind_router, home
from readycheck_checks.calls.sides import Packets
from readycheck_checks.calls.until import Until

PORTS: Final = (9, 53, 80, 443)  # the first (discard) is closed nearly everywhere
FIND_S: Final = 2.2  # a lost first packet is sent again after a second
ATTEMPTS: Final = 100
APART_S: Final = 0.03  # routers that guard against floods let 50 through at once and 25 a second (OpenWrt)
LOST_S: Final = 0.9  # before the system sends it again: one attempt is one packet
BYTES: Final = (len(PORTS) + ATTEMPTS) * 180
SECONDS: Final = ATTEMPTS * APART_S + LOST_S


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A stream to another party's host, at this literal address, at the same moment as a second one to the first."""

    address: str
    stream: Callable[[], Awaitable[Heard]]
    bytes: int


@dataclass(frozen=True, kw_only=True)
class Way:
    """Where a stream went: to ``target``, at this literal address. ``again`` sends another one, of at most so many bytes in so
    many seconds, and counts them. ``far``: whose the host is; ``beside``: what shows the line without it, where there is such."""

    target: str
    address: str
    again: Callable[[], Awaitable[Heard]]
    bytes: int
    seconds: float
    far: Owner
    beside: Beside | None = None

    @property
    def all_bytes(self) -> int:
        return self.bytes + (self.beside.bytes if self.beside is not None else 0)


def falls_short(said: Sequence[Said]) -> bool:
    return bool(short_of(said))


async def placed(
    said: Sequence[Said], ctx: Context, way: Way, limits: Mapping[str, float], until: Until
) -> tuple[str, list[Said]]:
    """The same findings with their owners, weaker where no second stream bears them out; and what was measured to tell. The host
    that they tell of comes first: another one, where a server that is nobody's of the organisation falls short alone.

    ``limits``: by the code of a finding, what was wanted.
    """
    short = short_of(said)
    wanted = {code: limit for code, limit in limits.items() if code in short}
    view, second = await look(ctx, way, wanted, until)
    target, sure = way.target, view.alone
    if view.alone and second is not None and second.beside is not None and way.far is Owner.SERVICE:
        said = (left_out(way.target, in_short(said)), *second.beside.said)
        target, sure, view, second = second.beside.to, short, replace(view, alone=frozenset()), None
    found = [
        owned(steadied(each, second, sure), view) if isinstance(each, Finding) else each for each in said
    ]
    return target, [*_measured(view.near), *found] if view.near is not None else list(found)


async def look(
    ctx: Context, way: Way, limits: Mapping[str, float], until: Until
) -> tuple[View, Second | None]:
    """Never raises for what cannot be seen; the words say why. None: there was no data or no time for a second round."""
    around = await home(ctx)
    link = around.link.kind if around.link is not None else ""
    behind = await _behind(ctx, way)
    unseen = View(behind=behind, link=link, vpn=Owner.COMPANY in behind, far=way.far)
    if ctx.meter.left is not None and ctx.meter.left < BYTES + way.all_bytes:
        return replace(unseen, words="Where it comes about was not seen: the data allowance is used up"), None
    if not until.allows(longest(way)):
        return replace(unseen, words="Where it comes about was not seen: no time was left"), None
    at_router = not is_here(way.address) and bool(around.router)
    port = await _port(ctx, around.router) if at_router else 0
    async with until.on_line(ctx):
        near, second = await asyncio.gather(
            knock(ctx, around.router, port) if port else _nobody(), _second(way)
        )
    seen = replace(
        unseen,
        near=near,
        alone=alone(limits, second),
        both=second.both(frozenset(limits)),
        beside=second.beside.to if second.beside is not None else "",
    )
    if near is None:
        why = around.why or "the router answers no connection attempts"
        words = "" if is_here(way.address) else f"Where it comes about was not seen: {why}"
        return replace(seen, words=words), second
    return _compared(seen, near, second, limits), second


def _compared(seen: View, near: Packets, second: Second, limits: Mapping[str, float]) -> View:
    words = f"Up to the router: {sides.in_words(near)}"
    for heard in filter(None, (second.again, second.beside)):
        words += f"; all the way to {heard.to} at the same time: {sides.in_words(heard.packets)}"
    if second.shown is None:
        return replace(seen, words=f"{words}; nothing of the second stream came back")
    far = second.shown.packets
    return replace(seen, words=words, sides=sides.sides(near, far, limits), waits=sides.waits(near, far))


async def _behind(ctx: Context, way: Way) -> tuple[Owner, ...]:
    """Who has a part in the way after the router; of two ways, in both."""
    behind = await behind_router(ctx, way.address)
    other = await behind_router(ctx, way.beside.address) if way.beside is not None else ()
    return tuple(owner for owner in behind if owner in other) or behind


async def _second(way: Way) -> Second:
    told = await asyncio.gather(
        attempt(way.again()), *((attempt(way.beside.stream()),) if way.beside is not None else ())
    )
    again, beside = (*(each if isinstance(each, Heard) else None for each in told), None)[:2]
    return Second(again=again, beside=beside)


async def _nobody() -> None:
    """In place of the router."""


def longest(way: Way) -> float:
    """Seconds that it takes at worst to look."""
    return FIND_S + max(SECONDS, way.seconds)


async def _port(ctx: Context, router: str) -> int:
    """A port on which the router answers, best with a refusal, which costs it least; 0: none."""
    told = await at_once({str(port): ctx.net.tcp(router, port, timeout_s=FIND_S) for port in PORTS})
    refused = [port for port in PORTS if isinstance(told[str(port)], Refused)]
    accepted = [port for port in PORTS if isinstance(told[str(port)], TcpAnswer)]
    return next(iter((*refused, *accepted)), 0)


async def knock(ctx: Context, router: str, port: int) -> Packets:
    """Connection attempts at an even pace, and what came back of them."""
    started = ctx.clock.monotonic()
    rtts_ms: dict[int, float] = {}

    async def one(number: int) -> None:
        at = ctx.clock.monotonic()
        answer = await attempt(ctx.net.tcp(router, port, timeout_s=LOST_S))
        if isinstance(answer, TcpAnswer):
            rtts_ms[number] = answer.rtt_ms
        elif isinstance(answer, Refused):
            rtts_ms[number] = (ctx.clock.monotonic() - at) * 1000

    async with asyncio.TaskGroup() as attempts:
        for number in range(ATTEMPTS):
            await ctx.clock.sleep(max(0.0, started + number * APART_S - ctx.clock.monotonic()))
            attempts.create_task(one(number))
    bursts = burst_ratio([number in rtts_ms for number in range(ATTEMPTS)])
    return sides.as_packets(tuple(rtts_ms.values()), ATTEMPTS, bursts)


def _measured(near: Packets) -> list[Said]:
    method = f"{near.sent} connection attempts"
    values = (
        ("router_loss", "Loss between computer and router", "%", sides.loss_percent(near)),
        ("router_rtt", "Round-trip time to the router", "ms", sides.delay_ms(near)),
        ("router_jitter", "Jitter between computer and router", "ms", sides.jitter_ms(near)),
    )
    return [
        measured(
            name, title, round(a.value, 2), unit, low=round(a.low, 2), high=round(a.high, 2), method=method
        )
        for name, title, unit, a in values
        if a is not None
    ]
