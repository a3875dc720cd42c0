"""A load, and beside it probes of the round-trip time: what the queue in front of the line's narrowest link costs while it works.

The probes change nothing of the load but its end: while the queue still fills, it may go on for a while.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from readycheck.errors import NetError
from readycheck.measure.latency.loaded import LoadedLatency, loaded_latency
from readycheck.measure.latency.probing import Source, StunServer, first_answering, idle_probes, probing
from readycheck.measure.latency.samples import Sample
from readycheck.measure.providers.base import World
from readycheck.measure.throughput.bulk import Hold, Throughput

HOLD_S: Final = 4.0
PROBES_PER_S: Final = 25  # more would take a part of a slow line that shows in its rate
FILLED_S: Final = (
    1.0  # four flows need about so long to fill a queue of 100 ms; after less, all is "at least"
)

Load = Callable[[Hold], Awaitable[Throughput]]


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A source of probes that answers, and what it saw of the idle line."""

    source: Source
    idle: tuple[Sample, ...]


async def beside(world: World, sources: Sequence[Source]) -> Beside | None:
    """The first of these that answers, after its look at the idle line; None where none does."""
    source = await first_answering(sources)
    if source is None:
        return None
    prober = await idle_probes(source)
    world.spent(prober.bytes)
    return Beside(source=source, idle=prober.samples())


async def under_load(
    world: World, probes: Beside | None, load: Load
) -> tuple[Throughput, LoadedLatency | None]:
    """The rate of ``load``, and the round-trip times meanwhile where there are probes. Raises what ``load`` raises."""
    if probes is None:
        return await load(_never), None
    ends = time.monotonic() + HOLD_S
    async with probing(probes.source) as prober:
        try:
            rate = await load(lambda: time.monotonic() < ends and prober.rising())
        finally:
            world.spent(prober.bytes)
    loaded = loaded_latency(
        probes.idle,
        prober.samples(),
        started_s=rate.started_s,
        ended_s=rate.ended_s,
        method=probes.source.method,
        congestion_control=rate.congestion_control,
    )
    too_short = rate.ended_s - rate.started_s < FILLED_S
    return rate, replace(loaded, still_rising=True) if loaded and too_short else loaded


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
