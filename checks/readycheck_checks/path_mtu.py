"""path_mtu: how large packets may be on the way out, and whether larger ones vanish. Asks STUN servers with whole packets.

A small and a full packet to each server first; only where the full one is not answered, all sizes between them.
"""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    NetError,
    NotTold,
    Options,
    Progress,
    Says,
    measured,
    skipped,
    unknown,
)
from readycheck_checks.asking.attempts import HostPort, at_once
from readycheck_checks.asking.endpoints import Endpoint, endpoint, hosts_in
from readycheck_checks.asking.routes import way_to
from readycheck_checks.blame.ending import Ending, Flow
from readycheck_checks.blame.way_out import BYTES as HOPS_BYTES
from readycheck_checks.blame.way_out import seen, where_it_ends
from readycheck_checks.path import mtu_verdict
from readycheck_checks.path.mtu_codes import CODES, UNASKED, UNPROVED
from readycheck_checks.path.mtu_ladder import SIZES, WAITS_S, Ladder, ladder, most_bytes, stun_probe
from readycheck_checks.path.mtu_verdict import Sizes, judge_sizes, together

SMALL = 128
FIRST = (SMALL, mtu_verdict.FULL)
CLOSER_WAITS_S = (0.7, 1.0)
NAMES_S = 2.5
HEADERS = 28
FULL_HOPS_BYTES = HOPS_BYTES + 8 * mtu_verdict.FULL


class PathMtuOptions(Options, frozen=True, kw_only=True):
    servers: Annotated[
        tuple[HostPort, ...],
        Meta(max_length=3, description="STUN servers of different operators; a black hole is proved by two"),
    ] = ()

    def __post_init__(self) -> None:
        for server in self.servers:
            endpoint(server)


async def run(options: PathMtuOptions, ctx: Context) -> Says:
    places = await _places(options, ctx)
    if not options.servers:
        yield skipped(UNASKED, UNASKED.meaning)
        return
    yield Progress(text="Sending packets of full size")
    measured_any = False
    for version in (4, 6):
        try:
            ladders = await _ladders(ctx, places.get(version, []))
        except NotTold as silence:
            yield unknown(UNPROVED, f"Packet sizes are not known: {silence}")
            return
        sizes = together(ladders)
        if not sizes.passes:
            continue  # no way in this IP version: others judge that
        measured_any = True
        async for each in _told(ctx, sizes, places[version][0], version):
            yield each
        if sizes.vanishes_at:
            return  # one hole is enough to be mended, and to spend data on
    if not measured_any:
        yield judge_sizes(Sizes(), Ending())


async def _places(options: PathMtuOptions, ctx: Context) -> dict[int, list[Endpoint]]:
    """An address of each server in each IP version that leads somewhere."""
    asked = [endpoint(server) for server in options.servers]
    found: dict[str, tuple[str, ...] | NetError] = {}
    for _ in range(2):  # a lookup can be lost
        missing = [each for each in asked if not isinstance(found.get(str(each)), tuple)]
        found |= await at_once({str(each): ctx.net.resolve(each.host, timeout_s=NAMES_S) for each in missing})
    places: dict[int, list[Endpoint]] = {}
    for each in asked:
        addresses = found[str(each)]
        known = () if isinstance(addresses, NetError) else addresses
        for version in (4, 6):
            address = next((ip for ip in known if (":" in ip) == (version == 6)), "")
            if address and ctx.net.source_address(address) is not None:
                places.setdefault(version, []).append(Endpoint(address, each.port))
    return places


async def _ladders(ctx: Context, places: Sequence[Endpoint]) -> list[Ladder]:
    """Raises NotTold. Closer only towards those that answer, at most two, and where data is left; all sizes below one that is
    told only where that one is not answered."""
    told = await _all(ctx, places, FIRST, WAITS_S)
    heard = [place for place, each in zip(places, told, strict=True) if each.passes][:2]
    if not heard or any(each.passes >= mtu_verdict.FULL for each in told):
        return told
    size = max(each.told for each in told)
    steps = [(SMALL, *(each for each in SIZES if not size or each < size), *_above(size))]
    if size > SMALL:
        steps.insert(0, (SMALL, *_above(size)))
    for sizes in steps:
        if ctx.meter.left is not None and ctx.meter.left < len(heard) * most_bytes(sizes, CLOSER_WAITS_S):
            break
        told = await _all(ctx, heard, sizes, CLOSER_WAITS_S)
        if any(each.is_proved for each in told):
            break
    return told


def _above(told: int) -> tuple[int, ...]:
    """The size that is told, and the full one, for which somebody says so again."""
    return tuple(dict.fromkeys((told, mtu_verdict.FULL))) if told else ()


async def _all(
    ctx: Context, places: Sequence[Endpoint], sizes: Sequence[int], waits_s: Sequence[float]
) -> list[Ladder]:
    return list(
        await asyncio.gather(
            *(ladder(ctx.net, place.host, place.port, sizes, waits_s=waits_s) for place in places)
        )
    )


async def _told(ctx: Context, sizes: Sizes, place: Endpoint, version: int) -> Says:
    if sizes.passes >= SIZES[0]:
        name, title = (
            ("path_mtu", "Largest packet answered")
            if version == 4
            else ("path_mtu6", "Largest packet of IPv6 answered")
        )
        yield measured(name, title, sizes.passes, "bytes", method="answered STUN requests, way out only")
    ending, tunnelled, here = Ending(), False, False
    if sizes.vanishes_at or mtu_verdict.is_small(sizes):
        interfaces = await ctx.system.interfaces() or ()
        way = way_to(ctx.net, interfaces, place.host)
        tunnelled = way.is_tunnel(("tunnel",)) is True
        here = way.interface is not None and 0 < way.interface.mtu <= max(sizes.told, sizes.passes)
    if sizes.vanishes_at:
        yield Progress(text="Looking where large packets vanish")
        ending = await _ending(ctx, place, sizes.vanishes_at if sizes.told else mtu_verdict.FULL)
    for each in seen(ending):
        yield each
    yield judge_sizes(sizes, ending, tunnelled=tunnelled, here=here, version=version)


async def _ending(ctx: Context, place: Endpoint, large: int) -> Ending:
    """The same request, small and of a size that vanishes (bytes), hop by hop."""
    if ctx.meter.left is not None and ctx.meter.left < FULL_HOPS_BYTES:
        return Ending(sentence="no data is left to look for it")
    headers = HEADERS if ":" not in place.host else HEADERS + 20
    full, small = (stun_probe(size - headers).payload for size in (large, SMALL))
    return await where_it_ends(
        ctx, Flow("udp", place.host, place.port, full), Flow("udp", place.host, place.port, small)
    )


def cost(options: PathMtuOptions, quick: bool) -> Cost:
    """All is well: 2 kB for each address. A black hole: the whole ladder, and large packets hop by hop; not in the small plan."""
    first = 2 * len(options.servers) * most_bytes(FIRST)
    full = mtu_verdict.FULL
    closer = 2 * most_bytes((SMALL, full, full, SMALL, *SIZES), CLOSER_WAITS_S) + FULL_HOPS_BYTES
    return Cost(
        bytes=first + (0 if quick else closer) if options.servers else 0,
        least=first,
        seconds=3.0 if options.servers else 0.0,
        hosts="the STUN servers of the profile",
    )


check = Check(
    id="path_mtu",
    title="Packet size",
    capability=Capability.CONNECTION,
    summary="How large packets may be, and whether larger ones vanish",
    run=run,
    options=PathMtuOptions,
    weight=0.5,
    timeout=25.0,
    after=("internet",),
    essential=False,
    on_demand=True,
    cost=cost,
    hosts_of=lambda options: hosts_in(*options.servers),
    codes=CODES,
)
