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
from readycheck_checks.attempts import attempt
from readycheck_checks.calls import busy_line, rates
from readycheck_checks.calls.levels import possible
from readycheck_checks.calls.limits import Demand, Limit, Need, demand
from readycheck_checks.calls.parties import OUTSIDE, behind_router, home, is_here
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

    def hear(self, told: Told) -> Iterator[Measurement]:
        match told:
            case ServerTold():
                self.servers.append(told)
            case IdleTold():
                self.idle = told.latency
                yield _idle_rtt(told.latency, self.terms.rtt_ms)
            case RateTold():
                self.rates[told.direction] = told.rate
                if told.loaded is not None:
                    self.loaded[told.direction] = told.loaded
                if told.responsiveness is not None:
                    self.responded[told.direction] = told.responsiveness
                yield rates.measurement(told.rate, WORDS[told.direction], self.terms.of(told.direction))

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
    way: Between | None = None
    found: list[Finding] = []
    for direction, rate in line.rates.items():
        words, needs = WORDS[direction], line.terms.of(direction)
        told = rates.finding(rate, words, needs)
        if told.status in (Status.WARN, Status.FAIL):
            way = way or await between(ctx, host)  # looked for only where the rate falls short
            told = rates.finding(rate, words, needs, way)
        found.append(told)
    busy = busy_line.finding(line.loaded, line.terms.load_increase_ms, way or Between())
    if busy is not None and way is None:
        busy = busy_line.finding(line.loaded, line.terms.load_increase_ms, await between(ctx, host))
    late = _rtt_high(line.idle, line.terms.rtt_ms)
    not_measured = _not_measured(missing, absent)
    return [
        *((late,) if late else ()),
        *rates.together(found),
        *((busy,) if busy else ()),
        *((not_measured,) if not_measured else ()),
    ]


async def between(ctx: Context, host: str) -> Between:
    """Which public server it was does not matter: each is reached by the way to everything."""
    addresses = await attempt(ctx.net.resolve(host)) if host else ()
    address = OUTSIDE if isinstance(addresses, Exception) or not addresses else addresses[0]
    link = None if is_here(address) else (await home(ctx)).link
    return Between(
        behind=await behind_router(ctx, address), link_mbps=link.speed_mbps if link is not None else 0
    )


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
        "calls.rtt_high",
        f"You may talk over each other: {idle.rtt_ms:.0f} ms to the speed server and back, at most {limit.plan:g} wanted",
        remedy="Disconnect other VPNs, pause downloads, and check again",
        confidence=Confidence.LOW,
        detail="The speed server may be far away",
    )


def _not_measured(missing: Sequence[str], absent: Sequence[Absent]) -> Finding | None:
    if not missing:
        return None
    what = "speed" if len(missing) == len(WORDS) else missing[0]
    return unknown(
        "calls.speed_server",
        f"The {what} was not measured: {'; '.join(each.trouble.reason for each in absent)}. {_NOTHING_OF_IT}",
        remedy="Check again later; the other checks do not depend on it",
        detail="; ".join(f"{each.title}: {each.trouble.evidence}" for each in absent),
    )
