"""From round-trip times on a busy line to a judgement: what a call feels while somebody uploads or downloads. At most a warning:
a line that waits while it is full works well when it is not.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from readycheck.api import Confidence, Finding, Measurement, Owner, measured, warned
from readycheck.measure.latency.loaded import LoadedLatency
from readycheck.measure.latency.responsiveness import DRAFT, Responsiveness
from readycheck.measure.providers.base import Direction
from readycheck_checks.calls.codes import DELAY_UNDER_LOAD
from readycheck_checks.calls.limits import Limit
from readycheck_checks.calls.parties import either_of
from readycheck_checks.calls.rates import Between

_SHORT: Final[Mapping[Direction, str]] = {"download": "down", "upload": "up"}
_WHAT: Final[Mapping[Direction, str]] = {"download": "downloaded", "upload": "uploaded"}
_OWN_TIMES: Final[Mapping[Direction, str]] = {
    "download": "TCP's own time on those of the load (the receiver's, an upper bound)",
    "upload": "TCP's own time on those of the load",
}
AT_PROXY: Final = (
    ". All this went through the proxy {proxy}, which may be what waits: calls past it may not feel it"
)


def measurements(
    loaded: Mapping[Direction, LoadedLatency],
    limit: Limit | None,
    responded: Mapping[Direction, Responsiveness],
) -> Iterator[Measurement]:
    """The round-trip time and its increase of each direction, and the round trips a minute of the worse one."""
    for direction, found in loaded.items():
        method = _method(found)
        yield measured(
            f"loaded_rtt_{_SHORT[direction]}",
            f"Round-trip time during the {direction}",
            round(found.loaded_ms, 1),
            "ms",
            method=f"{method}; 95 % of them below {found.p95_ms:.0f} ms",
        )
        yield measured(
            f"load_increase_{_SHORT[direction]}",
            f"Delay added by the {direction}",
            round(found.increase_ms, 1),
            "ms",
            method=method,
            **(limit.judged if limit and _shows(found, limit) else {}),
        )
    if loaded:
        rpm, method = _by_draft(loaded, responded) or _by_probes(loaded)
        yield measured("responsiveness", "Round trips a minute on the busy line", rpm, "RPM", method=method)


def _by_draft(
    loaded: Mapping[Direction, LoadedLatency], responded: Mapping[Direction, Responsiveness]
) -> tuple[int, str] | None:
    """The draft's figure of the worse direction, where every direction has one; and what in it is not the draft's."""
    by_draft = {direction: found for direction, found in responded.items() if found.follows_draft}
    if by_draft.keys() != loaded.keys():
        return None
    direction, worst = min(by_draft.items(), key=lambda each: each[1].rpm)
    at_most = ", at most: the load ended before the queue was full" if loaded[direction].still_rising else ""
    return round(worst.rpm), (
        f"by the formula of {DRAFT}, {direction}: {worst.count} new connections, timed step by step, and "
        f"{_OWN_TIMES[direction]}; the load ended by the rule of the rate, not the draft's{at_most}"
    )


def _by_probes(loaded: Mapping[Direction, LoadedLatency]) -> tuple[int, str]:
    worst = max(loaded.values(), key=lambda each: each.loaded_ms)
    method = f"60000 / {worst.loaded_ms:.3g} ms, from {worst.method}: not the figure of the IETF draft"
    return round(worst.rpm), method


def too_late(loaded: Mapping[Direction, LoadedLatency], limit: Limit | None) -> Direction | None:
    """The worse direction, where its increase is above what one plans for."""
    if not loaded or limit is None:
        return None
    direction, worst = max(loaded.items(), key=lambda each: each[1].increase_ms)
    return direction if worst.increase_ms > limit.plan else None


def finding(loaded: Mapping[Direction, LoadedLatency], limit: Limit | None, way: Between) -> Finding | None:
    """A warning for the direction that is too late."""
    direction = too_late(loaded, limit)
    if direction is None or limit is None:
        return None
    worst = loaded[direction]
    added = f"{'at least ' if worst.still_rising else ''}{worst.increase_ms:.0f} ms"
    return warned(
        DELAY_UNDER_LOAD,
        f"You will talk over each other on a call while something large is {_WHAT[direction]}: {added} more delay then, "
        f"at most {limit.plan:g} wanted",
        remedy=DELAY_UNDER_LOAD.remedy + (AT_PROXY.format(proxy=way.proxy) if way.proxy else ""),
        either=_home_first(way),
        confidence=Confidence.MEDIUM,
        detail="; ".join(_in_full(each, found) for each, found in loaded.items()),
    )


def _shows(found: LoadedLatency, limit: Limit) -> bool:
    """Whether it can be judged: what still rose, and is small, could have become anything."""
    return not found.still_rising or found.increase_ms > limit.plan


def _home_first(way: Between) -> tuple[Owner, ...]:
    """Most often it is the queue of the home's own router; the provider's end of the line has one too."""
    parties = either_of(way.behind)
    last = way.far if parties else ()
    return tuple(dict.fromkeys((*sorted(parties, key=lambda owner: owner is not Owner.HOME), *last)))


def _method(found: LoadedLatency) -> str:
    load = f", load by {found.congestion_control}" if found.congestion_control else ""
    rising = ", at least: the load ended before the queue was full" if found.still_rising else ""
    return f"{found.method}{load}{rising}"


def _in_full(direction: Direction, found: LoadedLatency) -> str:
    return (
        f"{direction}: {found.idle_ms:.0f} ms idle, {found.loaded_ms:.0f} ms busy ({found.count} answered, "
        f"{found.lost} lost)"
    )
