"""Does a bad stream get bad before the home router or behind it? Asks the router while a second stream goes all the way.

An ordinary user may not ping, so these are connection attempts: a refused one came back as well as an accepted one. For use after
a shortfall only. The comparison is in sides.py, the judgement in owners.py.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from readycheck.api import (
    Context,
    Fact,
    Finding,
    Measurement,
    NetError,
    Refused,
    Status,
    TcpAnswer,
    measured,
)
from readycheck.measure.media.stream import stun_stream
from readycheck.measure.statistics import burst_ratio
from readycheck_checks.attempts import at_once, attempt
from readycheck_checks.calls import sides
from readycheck_checks.calls.owners import View, owned
from readycheck_checks.calls.parties import behind_router, home, is_here
from readycheck_checks.calls.probes import StunReply
from readycheck_checks.calls.sides import Packets

PORTS: Final = (9, 53, 80, 443)  # the first (discard) is closed nearly everywhere
FIND_S: Final = 2.2  # a lost first packet is sent again after a second
ATTEMPTS: Final = 100
APART_S: Final = 0.03  # routers that guard against floods let 50 through at once and 25 a second (OpenWrt)
LOST_S: Final = 0.9  # before the system sends it again: one attempt is one packet
PACKETS: Final = 150  # of the second stream, as long as the attempts last
INTERVAL_S: Final = 0.02
BYTES: Final = (len(PORTS) + ATTEMPTS) * 180 + PACKETS * 160
SECONDS: Final = FIND_S + ATTEMPTS * APART_S + 1.0

Said = Measurement | Finding | Fact


def falls_short(said: Sequence[Said]) -> bool:
    return any(isinstance(each, Finding) and each.status is not Status.PASS for each in said)


async def placed(said: Sequence[Said], ctx: Context, responder: StunReply) -> list[Said]:
    """The same findings with their owners, and what was measured to tell them."""
    limits = _limits(said)
    view = await look(ctx, responder, limits)
    found = [owned(each, view) if isinstance(each, Finding) else each for each in said]
    return [*_measured(view.near), *found] if view.near is not None else list(found)


def _limits(said: Sequence[Said]) -> dict[str, float]:
    """By the code of each finding that falls short: what was wanted."""
    names = {"calls.loss_high": "call_loss", "calls.jitter_high": "call_jitter", "calls.rtt_high": "call_rtt"}
    wanted = {each.name: each.plan_limit for each in said if isinstance(each, Measurement)}
    short = [each.code for each in said if isinstance(each, Finding) and each.code in names]
    return {code: limit for code in short if (limit := wanted.get(names[code])) is not None}


async def look(ctx: Context, responder: StunReply, limits: dict[str, float]) -> View:
    """Never raises for what cannot be seen; the words say why."""
    around = await home(ctx)
    link = around.link.kind if around.link is not None else ""
    unseen = View(behind=await behind_router(ctx, responder.address), link=link)
    if is_here(responder.address):
        return unseen
    port = await _port(ctx, around.router) if around.router else 0
    if not port:
        why = around.why or "the router answers no connection attempts"
        return replace(unseen, words=f"Where it comes about was not seen: {why}")
    near, far = await asyncio.gather(
        knock(ctx, around.router, port),
        attempt(stun_stream(responder.address, responder.port, count=PACKETS, interval_s=INTERVAL_S)),
    )
    words = f"Up to the router: {sides.in_words(near)}"
    if isinstance(far, NetError):
        return replace(unseen, near=near, words=f"{words}; the second stream failed: {far}")
    ctx.meter.add(far.bytes)
    whole = sides.as_packets(far.rtts_ms, far.sent, far.burst_ratio)
    words = f"{words}; all the way at the same time: {sides.in_words(whole)}"
    return replace(unseen, near=near, words=words, sides=sides.sides(near, whole, limits))


async def _port(ctx: Context, router: str) -> int:
    """A port on which the router answers, best with a refusal, which costs it least; 0: none, or no data is left to ask."""
    if ctx.meter.left is not None and ctx.meter.left < BYTES:
        return 0
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
