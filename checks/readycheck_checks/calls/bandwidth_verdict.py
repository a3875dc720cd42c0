"""From what speed servers told of a line to what a person is told: facts, measurements, findings. Measures nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass
class Line:
    """What was told so far. hear() gives the measurements that follow from each."""

    terms: Terms
    idle: Latency | None = None
    rates: dict[Direction, Throughput] = field(default_factory=dict)
    loaded: dict[Direction, LoadedLatency] = field(default_factory=dict)
    responded: dict[Direction, Responsiveness] = field(default_factory=dict)
    servers: list[ServerTold] = field(default_factory=list)
    proxies: dict[Direction, str] = field(default_factory=dict)

    def hear(self, told: Told) -> Iterator[Measurement]:
        match told:
            case ServerTold():
                self.servers.append(told)
            case IdleTold():
                self.idle = told.latency
                yield _idle_rtt(told.latency, self.terms.rtt_ms)
            case RateTold():
                self.rates[told.direction] = told.rate
                proxy = self.proxies[told.direction] = self.servers[-1].proxy if self.servers else ""
                if told.loaded is not None:
                    self.loaded[told.direction] = told.loaded
                if told.responsiveness is not None:
                    self.responded[told.direction] = told.responsiveness
                words, needs = WORDS[told.direction], self.terms.of(told.direction)
                yield rates.measurement(told.rate, words, needs, proxy)

    def at_the_end(self) -> Iterator[Said]:
        """What only all of it shows: the busy line, and what each service's calls can do."""
        yield from busy_line.measurements(self.loaded, self.terms.load_increase_ms, self.responded)
        if len(self.rates) == len(WORDS):
            down, up = self.rates["download"], self.rates["upload"]
            found = (possible(name, need, down, up) for name, need in self.terms.needs.items())
            yield from (each for each in found if each is not None)


async def findings(
    line: Line, missing: Sequence[str], absent: Sequence[Absent], ctx: Context, host: str
) -> list[Finding]:
    """All of them, the worst of each kind. ``host``: where the rates were measured; empty: somewhere outside."""
    found = [await _of_rate(line, direction, ctx, host) for direction in line.rates]
    others = (
        _rtt_high(line.idle, line.terms.rtt_ms),
        *rates.together(found),
        await _of_busy_line(line, ctx, host),
        _not_measured(missing, absent),
    )
    return [each for each in others if each is not None]


async def _of_rate(line: Line, direction: Direction, ctx: Context, host: str) -> Finding:
    """What lies between is looked for only where the rate falls short."""
    rate, words, needs = line.rates[direction], WORDS[direction], line.terms.of(direction)
    found = rates.finding(rate, words, needs)
    if found.status not in (Status.WARN, Status.FAIL):
        return found
    return rates.finding(rate, words, needs, await between(ctx, host, line.proxies.get(direction, "")))


async def _of_busy_line(line: Line, ctx: Context, host: str) -> Finding | None:
    limit = line.terms.load_increase_ms
    direction = busy_line.too_late(line.loaded, limit)
    if direction is None:
        return None
    return busy_line.finding(line.loaded, limit, await between(ctx, host, line.proxies.get(direction, "")))


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
    """Who measured, through which proxy, and who did not and why."""
    named = [
        f"{told.name}, through the proxy {told.proxy}" if told.proxy else told.name for told in line.servers
    ]
    refused = [f"{each.title} did not take part: {each.trouble.reason}" for each in absent]
    return "; ".join((*dict.fromkeys(named), *refused)) or "none"


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
