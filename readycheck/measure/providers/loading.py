"""A load, and beside it probes of the round-trip time: what the queue in front of the line's narrowest link costs while it works.

The probes change nothing of the load but its end: while the queue still fills, it may go on for a while. What they take of the
line is counted with its rate.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Final, TypeVar

from readycheck.errors import NetError
from readycheck.measure.latency.http_probes import ForeignProber
from readycheck.measure.latency.loaded import LoadedLatency, loaded_latency
from readycheck.measure.latency.probing import (
    Prober,
    Source,
    StunServer,
    first_answering,
    idle_probes,
    probing,
)
from readycheck.measure.latency.samples import Sample
from readycheck.measure.providers.base import Direction, RateTold, World
from readycheck.measure.providers.foreign import Foreign, responsiveness_of
from readycheck.measure.throughput.bulk import Hold, Throughput

HOLD_S: Final = 4.0
PROBES_PER_S: Final = 25  # more would take a part of a slow line that shows in its rate
FILLED_S: Final = (
    1.0  # four flows need about so long to fill a queue of 100 ms; after less, all is "at least"
)

Load = Callable[[Hold], Awaitable[Throughput]]
P = TypeVar("P", Prober, ForeignProber)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A source of probes that answers, and what it saw of the idle line."""

    source: Source
    idle: tuple[Sample, ...]


async def beside(world: World, sources: Sequence[Source]) -> Beside | None:
    """The first of these that answers, after its look at the idle line; None where none does."""
    source = await first_answering(sources, spent=world.spent)
    if source is None:
        return None
    prober = await idle_probes(source)
    world.spent(prober.bytes)
    return Beside(source=source, idle=prober.samples())


async def under_load(
    world: World, direction: Direction, load: Load, probes: Beside | None, foreign: Foreign | None = None
) -> RateTold:
    """The rate of ``load``, and where there are probes the round-trip times meanwhile. Raises what ``load`` raises."""
    if probes is None:
        return RateTold(direction=direction, rate=await load(_never))
    began = time.monotonic()
    others: ForeignProber | None = None

    def goes_on() -> bool:
        lasts_s = time.monotonic() - began
        few = foreign is not None and others is not None and foreign.wants_more(others, lasts_s)
        return few or (lasts_s < HOLD_S and prober.rising())

    async with AsyncExitStack() as stack:
        prober = await stack.enter_async_context(_counted(world, probing(probes.source)))
        if foreign is not None:
            others = await stack.enter_async_context(_counted(world, foreign.probing()))
        rate = await load(goes_on)
        rate = rate.beside(_same_way(direction, rate, prober, *([others] if others else ())))
    loaded = _loaded(probes, prober, rate)
    told = RateTold(direction=direction, rate=rate, loaded=loaded)
    if others is None or loaded is None:
        return told
    return replace(told, responsiveness=responsiveness_of(others, rate, loaded.since_s))


def _same_way(direction: Direction, rate: Throughput, *probers: Prober | ForeignProber) -> int:
    """Bytes of the probes that shared the line with the load."""
    moved = [prober.traffic.between(rate.started_s, rate.ended_s) for prober in probers]
    return sum(each.received if direction == "download" else each.sent for each in moved)


def _loaded(probes: Beside, prober: Prober, rate: Throughput) -> LoadedLatency | None:
    loaded = loaded_latency(
        probes.idle,
        prober.samples(),
        started_s=rate.started_s,
        ended_s=rate.ended_s,
        method=probes.source.method,
        congestion_control=rate.congestion_control,
    )
    too_short = rate.ended_s - rate.started_s < FILLED_S
    return replace(loaded, still_rising=True) if loaded and too_short else loaded


@asynccontextmanager
async def _counted(world: World, beginning: AbstractAsyncContextManager[P]) -> AsyncIterator[P]:
    """The same, whose bytes are told at its end, whatever comes of it."""
    began: list[P] = []
    try:
        async with beginning as prober:
            began.append(prober)
            yield prober
    finally:
        world.spent(sum(prober.bytes for prober in began))


async def stun_sources(world: World, host: str, port: int) -> tuple[Source, ...]:
    """STUN Bindings to this server, one source for each version of IP that it has an address of; none where it has no address."""
    try:
        addresses = await world.net.resolve(host)
    except NetError:
        return ()
    by_version = {":" in address: address for address in reversed(addresses)}
    return tuple(StunServer(by_version[version], port, rate=PROBES_PER_S) for version in sorted(by_version))


def _never() -> bool:
    return False
