"""Round-trip samples in order of time, and what their medians over quarters of a second show. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from readycheck.measure.statistics import median

BIN_S: Final = 0.25
RISE: Final = 0.05
LEAST_RISE_MS: Final = 1.0


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One probe: when it left (``time.monotonic()``) and its round-trip time, None where it was lost."""

    sent_s: float
    rtt_ms: float | None

    @property
    def arrived_s(self) -> float | None:
        return None if self.rtt_ms is None else self.sent_s + self.rtt_ms / 1000


def answered(samples: Sequence[Sample], start_s: float, end_s: float) -> list[float]:
    """Round-trip times in ms of the answered probes that left from ``start_s`` until before ``end_s``."""
    return [
        sample.rtt_ms for sample in samples if sample.rtt_ms is not None and start_s <= sample.sent_s < end_s
    ]


def rises(earlier_ms: float, later_ms: float) -> bool:
    """By more than 5 % and more than 1 ms: a queue that still fills, and not the noise of a still line."""
    return later_ms - earlier_ms > max(RISE * earlier_ms, LEAST_RISE_MS)


def is_rising(samples: Sequence[Sample], now_s: float) -> bool:
    """Whether the queue still fills: what came in the last quarter of a second took longer than ever, and 5 % longer than in the
    quarter before, or than in the one before that and steadily so.

    Counted by arrival, for what has just left has no answer yet. Where nothing at all came in the last quarter while probes are
    out, the queue grows faster than its answers come back: rising too.
    """
    medians = _quarters([(s.arrived_s, s.rtt_ms) for s in samples if s.arrived_s is not None], now_s)
    if medians and medians[0] is None:
        return len(medians) > 1 and medians[1] is not None
    return _climbs(medians)


def still_rose(samples: Sequence[Sample], end_s: float) -> bool:
    """The same of the last quarter before ``end_s``, by when the probes left: every answer is known now."""
    return _climbs(_quarters([(s.sent_s, s.rtt_ms) for s in samples], end_s))


def _climbs(medians: Sequence[float | None]) -> bool:
    """Newest first. A saw tooth that grows again after it fell is no climb: the queue has been seen fuller."""
    last, *earlier = medians or (None,)
    known = [each for each in earlier if each is not None]
    if last is None or not known or last <= max(known):
        return False
    steadily = len(known) > 1 and known[1] < known[0] and rises(known[1], last)
    return rises(known[0], last) or steadily


def _quarters(timed: Sequence[tuple[float | None, float | None]], end_s: float) -> list[float | None]:
    """Medians of the quarters of a second before ``end_s``, newest first, back to the first sample; None: nothing in it."""
    bins: dict[int, list[float]] = {}
    for at, rtt_ms in timed:
        if at is not None and rtt_ms is not None and at < end_s:
            bins.setdefault(int((end_s - at) / BIN_S), []).append(rtt_ms)
    return [median(bins[n]) if n in bins else None for n in range(max(bins, default=-1) + 1)]


def settled_since(samples: Sequence[Sample], start_s: float, end_s: float, *, low: float) -> float:
    """When the round-trip time had stopped climbing: the start of the first quarter whose median is not below ``low`` times
    that of all that follows it. The last two quarters always count."""
    starts = [start_s]
    while starts[-1] + 3 * BIN_S <= end_s + 1e-9:
        starts.append(starts[-1] + BIN_S)
    for start, following in pairwise(starts):
        here, rest = answered(samples, start, following), answered(samples, following, end_s)
        if here and rest and median(here) >= low * median(rest):
            return start
    return starts[-1]
