"""From what speed servers told of a line to what a person is told: facts, measurements, findings. Measures nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from readycheck.api import (
    Confidence,
    Context,
    Fact,
    Finding,
    Measurement,
    Owner,
    Status,
    judge,
    measured,
    unknown,
    warned,
)
from readycheck.measure.latency.idle import Latency
from readycheck.measure.latency.loaded import LoadedLatency
from readycheck.measure.latency.responsiveness import Responsiveness
from readycheck.measure.providers.base import Direction, IdleTold, RateTold, ServerTold, Told
from readycheck.measure.throughput.bulk import Throughput
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import is_here
from readycheck_checks.calls import busy_line, rates
from readycheck_checks.calls.codes import FAR_SERVER, SPEED_SERVER
from readycheck_checks.calls.levels import possible
from readycheck_checks.calls.limits import Demand, Limit, Need, demand
from readycheck_checks.calls.parties import OUTSIDE, behind_router, home
from readycheck_checks.calls.rates import Between
from readycheck_checks.calls.several import Counts, Heard, in_words, is_short, weighed
from readycheck_checks.calls.sites import Site
from readycheck_checks.calls.speed import Absent

WORDS: Final[Mapping[str, rates.Direction]] = {"download": rates.DOWN, "upload": rates.UP}
_NOTHING_OF_IT: Final = "This says nothing about your line"

Said = Measurement | Finding | Fact


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What the profile asks of a line: the needs of its calls by name, and the limits of round-trip times."""

    needs: Mapping[str, Need]
    rtt_ms: Limit | None
    load_increase_ms: Limit | None

    def of(self, direction: str) -> Demand | None:
        return demand(self.needs.values(), "down" if direction == "download" else "up")

    def are_missed(self, direction: Direction, rate: Throughput) -> bool:
        return is_short(rate, self.of(direction))


@dataclass
class Line:
    """What was told so far. hear() gives the measurements that follow from each; a rate that is too slow waits for the end, for
    another server may show a better one."""

    terms: Terms
    idle: Latency | None = None
    told: dict[Direction, list[Heard]] = field(default_factory=dict)
    servers: list[ServerTold] = field(default_factory=list)
    _site: Site = Site(title="the speed server")

    def hear(self, told: Told | Site) -> Iterator[Measurement]:
        match told:
            case Site():
                self._site = told
            case ServerTold():
                self.servers.append(told)
            case IdleTold():
                self.idle = told.latency
                yield _idle_rtt(told.latency, self.terms.rtt_ms)
            case RateTold():
                proxy = self.servers[-1].proxy if self.servers else ""
                heard = Heard(site=self._site, told=told, proxy=proxy)
                self.told.setdefault(told.direction, []).append(heard)
                if not self._is_short(told.direction):
                    yield self._measurement(told.direction)

    def counts(self, direction: Direction) -> Counts:
        return weighed(self.told[direction], self.terms.of(direction))

    @property
    def rates(self) -> dict[Direction, Throughput]:
        return {direction: self.counts(direction).heard.rate for direction in self.told}

    @property
    def loaded(self) -> dict[Direction, LoadedLatency]:
        """Of the server that counts; where it tells nothing of it, of one that filled the line, not being slow by itself."""
        found: dict[Direction, LoadedLatency] = {}
        for direction, heard in self.told.items():
            counts = self.counts(direction)
            filled = (counts.heard, *(each for each in heard if each not in counts.slower))
            known = (each.told.loaded for each in filled if each.told.loaded is not None)
            if (first := next(known, None)) is not None:
                found[direction] = first
        return found

    @property
    def responded(self) -> dict[Direction, Responsiveness]:
        found = {direction: self.counts(direction).heard.told.responsiveness for direction in self.told}
        return {direction: each for direction, each in found.items() if each is not None}

    def _is_short(self, direction: Direction) -> bool:
        return self.terms.are_missed(direction, self.rates[direction])

    def _measurement(self, direction: Direction) -> Measurement:
        heard = self.counts(direction).heard
        return rates.measurement(heard.rate, WORDS[direction], self.terms.of(direction), heard.proxy)

    def at_the_end(self) -> Iterator[Said]:
        """What only all of it shows: rates that stay too slow, the busy line, and what each service's calls can do."""
        yield from (self._measurement(direction) for direction in self.told if self._is_short(direction))
        yield from busy_line.measurements(self.loaded, self.terms.load_increase_ms, self.responded)
        if len(self.told) == len(WORDS):
            down, up = self.rates["download"], self.rates["upload"]
            found = (possible(name, need, down, up) for name, need in self.terms.needs.items())
            yield from (each for each in found if each is not None)


async def findings(
    line: Line, missing: Sequence[str], absent: Sequence[Absent], ctx: Context
) -> list[Finding]:
    """All of them, the worst of each kind."""
    found = [await _of_rate(line, direction, ctx) for direction in line.told]
    others = (
        _rtt_high(line.idle, line.terms.rtt_ms),
        *rates.together(found),
        await _of_busy_line(line, ctx),
        _not_measured(missing, absent),
    )
    return [each for each in others if each is not None]


async def _of_rate(line: Line, direction: Direction, ctx: Context) -> Finding:
    """What lies between is looked for only where the rate falls short."""
    counts, words, needs = line.counts(direction), WORDS[direction], line.terms.of(direction)
    heard = counts.heard
    if not is_short(heard.rate, needs):
        return rates.finding(heard.rate, words, needs)
    way = await between(ctx, heard.site.host, heard.proxy)
    return rates.finding(heard.rate, words, needs, replace(way, far=counts.far))


async def _of_busy_line(line: Line, ctx: Context) -> Finding | None:
    limit, loaded = line.terms.load_increase_ms, line.loaded
    direction = busy_line.too_late(loaded, limit)
    if direction is None:
        return None
    heard = line.counts(direction).heard
    way = await between(ctx, heard.site.host, heard.proxy)
    ours = heard.site.far == (Owner.COMPANY,)  # the load fills the line of the company's server, too
    return busy_line.finding(loaded, limit, replace(way, far=heard.site.far if ours else ()))


async def between(ctx: Context, host: str, proxy: str = "") -> Between:
    """Which public server it was does not matter: each is reached by the way to everything."""
    first = proxy.rpartition(":")[0] or host
    addresses = await attempt(ctx.net.resolve(first)) if first else ()
    address = OUTSIDE if isinstance(addresses, Exception) or not addresses else addresses[0]
    proxy_is_here = bool(proxy) and is_here(address)
    if proxy_is_here:
        address = OUTSIDE  # it sends on to somewhere
    link = None if is_here(address) else (await home(ctx)).link
    behind = await behind_router(ctx, address)
    return Between(
        behind=_with_proxy(behind, proxy_is_here) if proxy else behind,
        link_mbps=link.speed_mbps if link is not None else 0,
        proxy=proxy,
    )


def _with_proxy(behind: tuple[Owner, ...], is_here: bool) -> tuple[Owner, ...]:
    """A proxy is most often the company's, wherever it stands, and has a line of its own behind it; one on this computer is a
    program of the computer besides."""
    parties = (*behind, Owner.ISP, Owner.COMPANY, *((Owner.DEVICE,) if is_here else ()))
    return tuple(dict.fromkeys(parties))


def servers_in_words(line: Line, absent: Sequence[Absent]) -> str:
    """Who measured, through which proxy; what several saw; and who did not take part and why."""
    named = [
        f"{told.name}, through the proxy {told.proxy}" if told.proxy else told.name for told in line.servers
    ]
    several = [
        in_words(direction, heard, line.counts(direction))
        for direction, heard in line.told.items()
        if len(heard) > 1
    ]
    refused = [f"{each.title} did not take part: {each.trouble.reason}" for each in absent]
    return "; ".join((*dict.fromkeys(named), *several, *refused)) or "none"


def _idle_rtt(idle: Latency, limit: Limit | None) -> Measurement:
    return measured(
        "idle_rtt",
        "Round-trip time, idle line",
        round(idle.rtt_ms, 1),
        "ms",
        method=idle.method,
        **(limit.judged if limit else {}),
    )


def _rtt_high(idle: Latency | None, limit: Limit | None) -> Finding | None:
    """At most a warning: the speed server may simply be far away."""
    if idle is None or limit is None or judge(_idle_rtt(idle, limit)) is Status.PASS:
        return None
    return warned(
        FAR_SERVER,
        f"You may talk over each other: {idle.rtt_ms:.0f} ms to the speed server and back, at most {limit.plan:g} wanted",
        confidence=Confidence.LOW,
        detail="The speed server may be far away",
    )


def _not_measured(missing: Sequence[str], absent: Sequence[Absent]) -> Finding | None:
    if not missing:
        return None
    what = "speed" if len(missing) == len(WORDS) else missing[0]
    return unknown(
        SPEED_SERVER,
        f"The {what} was not measured: {'; '.join(each.trouble.reason for each in absent)}. {_NOTHING_OF_IT}",
        remedy="Check again later, or with a larger data allowance where it was too small; no other check depends on this one",
        detail="; ".join(f"{each.title}: {each.trouble.evidence}" for each in absent),
    )
