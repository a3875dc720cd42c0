"""Follows a flow that nobody answers, and one beside it that is answered, hop by hop. Asks only; the judgement is in ending.py.

For use after a failure only: at most sixteen small packets, and 2.0 seconds beside the lookup of names.
"""

import asyncio
from collections.abc import Iterable
from typing import Final

from readycheck.api import Context, Fact, Hop, HopKind, NetError, NotTold, Privacy, fact
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.routes import leads_through_tunnel
from readycheck_checks.blame.ending import Ending, Flow, Place, Trail, is_local, judge_ending

HOPS: Final = 4
WAIT_S: Final = 0.9  # shorter than the second after which TCP asks again: that would use up the answer that AGAIN_S waits for
AGAIN_S: Final = 1.1  # after the start: routers answer about six at once, then one a second
NAMES_S: Final = 0.5  # the names were known a moment ago
BYTES: Final = 2_400
_LOOPBACK: Final = ("127.", "::1")


async def where_it_ends(ctx: Context, silent: Flow, control: Flow | None = None) -> Ending:
    """``control``: a flow that is answered, best to the same host; without one only positive answers count."""
    if ctx.meter.left is not None and ctx.meter.left < BYTES:
        return Ending(sentence="no data is left to look for it")
    flows = (silent,) if control is None else (silent, control)
    found = await asyncio.gather(*(attempt(ctx.net.resolve(flow.host, timeout_s=NAMES_S)) for flow in flows))
    addresses = [() if isinstance(each, NetError) else each for each in found]
    to, beside = _of_one_way(ctx, addresses[0], addresses[1] if control is not None else ())
    source = ctx.net.source_address(to) if to else None
    if to.startswith(_LOOPBACK):
        return Ending(places=(Place.TARGET,), sentence="no router stands between")
    if source is None or is_local(to, source):
        return Ending(sentence=f"{silent.host} is not reached through routers that could be asked")
    if await leads_through_tunnel(ctx, to):
        return Ending(sentence="the way leads through the VPN that is on")
    asked = [Flow(silent.protocol, to, silent.port, silent.payload)]
    if control is not None and beside:
        asked.append(Flow(control.protocol, beside, control.port, control.payload))
    try:
        trails = await _follow(ctx, asked)
    except (NotTold, NetError) as reason:
        return Ending(sentence=str(reason))
    same_host = control is not None and control.host == silent.host
    return judge_ending(*trails, source=source, same_host=same_host)


def seen(ending: Ending) -> list[Fact]:
    """What a report keeps of it; nothing where nothing was told."""
    if not ending.places:
        return []
    return [fact("ends_at", "Where it ends", " or ".join(ending.places), Privacy.PUBLIC)]


def _of_one_way(ctx: Context, to: Iterable[str], beside: Iterable[str]) -> tuple[str, str]:
    """An address of each host, both of one IP version and by the same way; IPv4 first, for its home routers tell more."""
    ways = [(ip, ctx.net.source_address(ip)) for ip in sorted(to, key=_version)]
    others = [(ip, ctx.net.source_address(ip)) for ip in sorted(beside, key=_version)]
    routed = [(ip, source) for ip, source in ways if source is not None]
    for ip, source in routed:
        for other, from_there in others:
            if from_there == source:
                return ip, other
    return (routed[0][0], "") if routed else ("", "")


def _version(address: str) -> int:
    return 6 if ":" in address else 4


async def _follow(ctx: Context, flows: list[Flow]) -> list[Trail]:
    """All hops at once; what stayed silent is asked once more. Raises NotTold, NetError."""
    started = ctx.clock.monotonic()
    everywhere = range(1, HOPS + 1)
    trails = await _ask(ctx, flows, everywhere)
    missing = [ttl for ttl in everywhere if trails[0].hops[ttl - 1].kind is HopKind.SILENT]
    decided = any(hop.kind not in (HopKind.SILENT, HopKind.EXPIRED) for hop in trails[0].hops)
    if not missing or decided:
        return trails
    await ctx.clock.sleep(max(0.0, started + AGAIN_S - ctx.clock.monotonic()))
    again = await _ask(ctx, flows, missing)
    return [
        _completed(trail, dict(zip(missing, more.hops, strict=True)))
        for trail, more in zip(trails, again, strict=True)
    ]


async def _ask(ctx: Context, flows: list[Flow], ttls: Iterable[int]) -> list[Trail]:
    """The silent flow is first at every router: one that counts its answers runs short for the control, not for it."""
    numbers = list(ttls)
    told = await asyncio.gather(*(_hop(ctx, flow, ttl) for ttl in numbers for flow in flows))
    return [Trail(flow, tuple(told[at :: len(flows)])) for at, flow in enumerate(flows)]


async def _hop(ctx: Context, flow: Flow, ttl: int) -> Hop:
    return await ctx.net.hop(
        flow.host, flow.port, protocol=flow.protocol, ttl=ttl, payload=flow.payload, timeout_s=WAIT_S
    )


def _completed(trail: Trail, later: dict[int, Hop]) -> Trail:
    hops = enumerate(trail.hops, start=1)
    return Trail(
        trail.flow,
        tuple(later[ttl] if hop.kind is HopKind.SILENT and ttl in later else hop for ttl, hop in hops),
    )
