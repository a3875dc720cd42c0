"""Speed over HTTP with any pair of URLs: one that sends as much as it is asked for, one that takes what it is sent.

The heart of all providers that speak HTTP: they differ in their paths and in what they ask beforehand.
"""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, TypeVar

from readycheck.errors import NetError
from readycheck.measure.latency.http_probes import HttpServer
from readycheck.measure.latency.idle import Latency, at_once, http_latency, tcp_latency
from readycheck.measure.latency.probing import Source
from readycheck.measure.providers.base import (
    Direction,
    IdleTold,
    NoSpeed,
    ServerTold,
    SpeedPlan,
    Step,
    Tell,
    World,
    did_not_take_part,
)
from readycheck.measure.providers.foreign import Foreign, Share
from readycheck.measure.providers.loading import Beside, beside, stun_sources, under_load
from readycheck.measure.providers.place import endpoint, place
from readycheck.measure.providers.purse import Purse
from readycheck.measure.throughput.allowance import Limits
from readycheck.measure.throughput.bulk import Hold, Throughput
from readycheck.measure.throughput.rates import download, unit_of, upload
from readycheck.measure.transport.endpoint import Endpoint
from readycheck.measure.transport.http1 import Head

T = TypeVar("T", Throughput, Latency)
PARTS: Final[Mapping[Direction, tuple[float, float]]] = {"download": (0.1, 0.5), "upload": (0.5, 1.0)}
USUAL_RTT_S: Final = 0.05  # behind a proxy, where only the way to the proxy can be timed
LEAST_S: Final = 1.0  # a load that has less is not begun
ENDING_S: Final = 0.5  # of each load, kept for its end
ROUND_TRIPS: Final = 4  # from a load's first packet until its time begins: name, TCP, TLS, request


@dataclass(frozen=True, kw_only=True)
class HttpSpeed:
    """A pair of URLs.

    down_url, up_url   ``{bytes}`` and ``{mib}`` stand for the size to ask for
    ping_url           a small page; empty: TCP connection times stand for the idle line
    name               what the server is called
    stun               host and port of a STUN server, for round-trip times while the line works; None: the small page serves
    served_ms          reads from an answer's head how long the server itself took
    headers            sent with every request
    """

    down_url: str
    up_url: str
    ping_url: str = ""
    name: str = ""
    stun: tuple[str, int] | None = None
    served_ms: Callable[[Head], float] = at_once
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def hosts(self) -> str:
        hosts = [place(url).host for url in (self.down_url, self.up_url, self.ping_url) if url]
        return ", ".join(dict.fromkeys((*hosts, *((self.stun[0],) if self.stun else ()))))

    async def measure(self, world: World, plan: SpeedPlan, tell: Tell) -> None:
        """As the Protocol says."""
        await self.measure_beside(world, plan, tell, ())

    async def measure_beside(
        self, world: World, plan: SpeedPlan, tell: Tell, sources: Sequence[Source]
    ) -> None:
        """The same with further sources of probes, which are preferred to its own."""
        try:
            await self._measure(world, plan, tell, sources)
        except NetError as trouble:
            raise did_not_take_part(trouble) from None

    async def _measure(self, world: World, plan: SpeedPlan, tell: Tell, sources: Sequence[Source]) -> None:
        purse, ends = Purse(plan=plan, told=world.spent), time.monotonic() + plan.seconds
        world = replace(world, spent=purse.spend)
        tell(Step(text="Asking the speed server", fraction=0.0))
        there, ping_path = await endpoint(world, self.ping_url or self.down_url, self.headers)
        idle = await self._idle(there, ping_path)
        world.spent(idle.bytes if idle else 0)
        tell(
            ServerTold(
                name=self.name or place(self.down_url).host,
                proxy=str(there.proxy.where) if there.proxy else "",
            )
        )
        if plan.idle and idle is not None:
            tell(IdleTold(latency=idle))
        pages = Pages()
        own = () if plan.quick else await self._sources(world, there, ping_path, pages)
        probes = None if plan.quick else await beside(world, (*sources, *own))
        page = (there, ping_path) if self.ping_url and probes and not there.proxy else None
        rtt_s = idle.least_ms / 1000 if idle else USUAL_RTT_S
        ways: tuple[tuple[Direction, str], ...] = (("download", self.down_url), ("upload", self.up_url))
        for direction, url in ways:
            if room := purse.room(direction, beside=probes is not None):
                both = direction == "download" and plan.up_bytes > 0
                seconds = _seconds_for(direction, ends - time.monotonic(), rtt_s, loads=1 + both)
                limits = Limits(max_bytes=room.load, max_seconds=seconds, rtt_s=rtt_s)
                if limits.payload < unit_of(url):
                    raise NoSpeed(f"{there.host} sends more at a time than the data allowance holds")
                share = pages.share = Share(most_bytes=room.probes // 2)
                foreign = (
                    Foreign(endpoint=page[0], path=page[1], share=share) if page and room.is_large else None
                )
                await self._one_way(world, url, direction, limits, probes, share, foreign, tell)

    async def _idle(self, there: Endpoint, path: str) -> Latency | None:
        """Over HTTP where there is a page for it, else TCP connection times, which a proxy hides. Raises NetError."""
        if self.ping_url:
            return _through_proxy(there, await http_latency(there, path, served_ms=self.served_ms))
        return None if there.proxy else await tcp_latency(there)

    async def _sources(self, world: World, there: Endpoint, path: str, pages: "Pages") -> tuple[Source, ...]:
        stun = await stun_sources(world, *self.stun) if self.stun and not there.proxy else ()
        return (*stun, *((HttpServer(there, path, may=pages.may),) if self.ping_url else ()))

    async def _one_way(
        self,
        world: World,
        url: str,
        direction: Direction,
        limits: Limits,
        probes: Beside | None,
        share: Share,
        foreign: Foreign | None,
        tell: Tell,
    ) -> None:
        """Measure this direction and tell it. Raises NetError."""
        there, path = await endpoint(world, url, self.headers)
        step = steps(direction, tell)
        step(0.0, 0.0)
        work = download if direction == "download" else upload

        def heard(fraction: float, bits_per_s: float) -> None:
            step(fraction, bits_per_s)
            share.hear(bits_per_s)

        def load(hold: Hold) -> Awaitable[Throughput]:
            return work(there, path, limits=limits, progress=heard, spent=world.spent, hold=hold)

        told = await under_load(world, direction, load, probes, foreign)
        tell(replace(told, rate=_through_proxy(there, told.rate)))


def _seconds_for(direction: Direction, left_s: float, rtt_s: float, loads: int) -> float:
    """What a load may take of the time that is left, of so many that are to come. Raises NoSpeed where it is too little."""
    seconds = left_s / loads - ENDING_S - ROUND_TRIPS * rtt_s
    if seconds < LEAST_S:
        raise NoSpeed(f"there was no time left for the {direction}")
    return min(Limits().max_seconds, seconds)


@dataclass
class Pages:
    """What small requests may use: little on the idle line, by their number; beside a load as much as its ``share`` allows."""

    share: Share | None = None

    def may(self, used: int) -> bool:
        return self.share is None or self.share.allows_requests(used)


def steps(direction: Direction, tell: Tell) -> Callable[[float, float], None]:
    """Tells how far this direction is, as one part of the whole measurement."""
    start, end = PARTS[direction]

    def heard(fraction: float, bits_per_s: float) -> None:
        text = direction.capitalize()
        tell(Step(text=text, fraction=start + (end - start) * fraction, bits_per_s=bits_per_s))

    return heard


def _through_proxy(there: Endpoint, found: T) -> T:
    """The same, whose method says that a proxy was in between."""
    return replace(found, method=f"{found.method}, through the proxy") if there.proxy else found
