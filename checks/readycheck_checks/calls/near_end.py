"""Does a bad stream get bad before the home router or behind it, and is it bad at all? Asks the router while a second stream goes
all the way; one stream alone decides nothing.

An ordinary user may not ping, so these are connection attempts: a refused one came back as well as an accepted one. For use after
a shortfall only. The comparison is in sides.py, the judgement in owners.py.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from readycheck.api import (
    Confidence,
    Context,
    Fact,
    Finding,
    Measurement,
    NetError,
    Owner,
    Refused,
    Status,
    TcpAnswer,
    measured,
)
from readycheck.measure.statistics import burst_ratio
from readycheck_checks.asking.attempts import at_once, attempt
from readycheck_checks.asking.endpoints import is_here
from readycheck_checks.calls import sides
from readycheck_checks.calls.owners import View, owned
from readycheck_checks.calls.parties import behind_router, behind_with, home
from readycheck_checks.calls.sides import Packets
from readycheck_checks.calls.until import Until

PORTS: Final = (9, 53, 80, 443)  # the first (discard) is closed nearly everywhere
FIND_S: Final = 2.2  # a lost first packet is sent again after a second
ATTEMPTS: Final = 100
APART_S: Final = 0.03  # routers that guard against floods let 50 through at once and 25 a second (OpenWrt)
LOST_S: Final = 0.9  # before the system sends it again: one attempt is one packet
BYTES: Final = (len(PORTS) + ATTEMPTS) * 180
SECONDS: Final = ATTEMPTS * APART_S + LOST_S

Said = Measurement | Finding | Fact


@dataclass(frozen=True, kw_only=True)
class Second:
    """A second stream, as long as the attempts last: its packets there and back, and the findings that it gives by itself.
    ``to``: the host, where it is another one than that of the first.
    """

    packets: Packets
    to: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Way:
    """Where a stream went: to this literal address. ``again`` sends another one, of at most so many bytes in so many seconds, and
    counts them. ``far``: who has a part in it beyond the line; None where both streams show the line, being sent to two parties.
    """

    address: str
    again: Callable[[], Awaitable[Second]]
    bytes: int
    seconds: float
    far: Owner | None = None


def falls_short(said: Sequence[Said]) -> bool:
    return any(isinstance(each, Finding) and each.status is not Status.PASS for each in said)


async def placed(
    said: Sequence[Said], ctx: Context, way: Way, limits: Mapping[str, float], until: Until
) -> list[Said]:
    """The same findings with their owners, weaker where no second stream bears them out; and what was measured to tell.

    ``limits``: by the code of a finding, what was wanted.
    """
    short = {each.code for each in said if isinstance(each, Finding) and each.status is not Status.PASS}
    wanted = {code: limit for code, limit in limits.items() if code in short}
    view, second = await look(ctx, way, wanted, until)
    found = [owned(steadied(each, second), view) if isinstance(each, Finding) else each for each in said]
    return [*_measured(view.near), *found] if view.near is not None else list(found)


def steadied(finding: Finding, second: Second | None) -> Finding:
    """A single bad moment decides nothing: where no second stream shows it too, the first one is a warning at most."""
    if finding.status is Status.PASS:
        return finding
    again = second.findings if second is not None else ()
    if any(each.code == finding.code and each.status is not Status.PASS for each in again):
        return finding
    why = "Seen once only"
    if second is not None:
        why = "Unsteady, and well some seconds later" + (f" in a stream to {second.to}" if second.to else "")
    return msgspec.structs.replace(
        finding,
        status=Status.WARN,
        confidence=Confidence.LOW,
        summary=f"{why}. {finding.summary}",
    )


async def look(
    ctx: Context, way: Way, limits: Mapping[str, float], until: Until
) -> tuple[View, Second | None]:
    """Never raises for what cannot be seen; the words say why. None: no second stream came back, or there was no data or no time
    for it."""
    around = await home(ctx)
    link = around.link.kind if around.link is not None else ""
    behind = await behind_router(ctx, way.address)
    unseen = View(behind=behind_with(behind, way.far), link=link, vpn=Owner.COMPANY in behind)
    if ctx.meter.left is not None and ctx.meter.left < BYTES + way.bytes:
        return replace(unseen, words="Where it comes about was not seen: the data allowance is used up"), None
    if not until.allows(longest(way)):
        return replace(unseen, words="Where it comes about was not seen: no time was left"), None
    at_router = not is_here(way.address) and bool(around.router)
    port = await _port(ctx, around.router) if at_router else 0
    if not port:
        async with until.on_line(ctx):
            far = await attempt(way.again())
        why = around.why or "the router answers no connection attempts"
        words = "" if is_here(way.address) else f"Where it comes about was not seen: {why}"
        return replace(unseen, words=words), None if isinstance(far, NetError) else far
    async with until.on_line(ctx):
        near, far = await asyncio.gather(knock(ctx, around.router, port), attempt(way.again()))
    words = f"Up to the router: {sides.in_words(near)}"
    if isinstance(far, NetError):
        return replace(unseen, near=near, words=f"{words}; the second stream failed: {far}"), None
    words = f"{words}; all the way at the same time: {sides.in_words(far.packets)}"
    told = sides.sides(near, far.packets, limits)
    return replace(unseen, near=near, words=words, sides=told), far


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
