"""When a bulk transfer has shown the rate of a line: a pure rule over the bytes a receiver got in equal bins of time.

1 plateau  the last L bins (200 ms or 3 round trips) are at most 10 % above the L bins before them: what came earlier was the ramp
2 drift    if the second half of the window is more than 6 % above the first (slow ramp) or the first more than 10 % above the
           second (a burst allowance used up), by more than their noise, the first half is dropped; not after 70 % of the cap
3 stop     the window has its least length, bytes and filled bins, and twice the standard error of its batch means is within
           the target
4 cap      after 6 s of data the estimate is given as it is, and said not to have converged
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from readycheck.measure.statistics import mean_interval, standard_error

_FEWEST_BATCHES: Final = 4


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The rule's numbers. ``target``: twice the standard error, relative to the rate. Times in seconds.

    ``least_window_bytes`` and ``least_filled`` (share of bins in which anything came): less shows a stall, or the steps in which
    bytes are acknowledged, and not the line.
    """

    bin_s: float = 0.05
    target: float = 0.02
    least_window_s: float = 0.6
    least_window_bytes: int = 65_536
    least_filled: float = 0.75
    cap_s: float = 6.0
    plateau_s: float = 0.2
    plateau_rise: float = 0.10
    drift_up: float = 0.06
    drift_down: float = 0.10
    drift_until: float = 0.7


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What the bins show. ``low``/``high`` bound the rate at 95 %; ``high`` is infinite where only a floor was shown."""

    bits_per_s: float
    low: float
    high: float
    converged: bool
    stop: bool
    window_s: float


PROPOSED: Final = Rule()


class _Trace:
    """Bins with constant-time sums over any range of them."""

    def __init__(self, bins: Sequence[float], bin_s: float) -> None:
        self._totals = list(accumulate(bins, initial=0.0))
        self._squares = list(accumulate((count * count for count in bins), initial=0.0))
        self._filled = list(accumulate((count > 0 for count in bins), initial=0))
        self.count = len(bins)
        self.bin_s = bin_s

    def rate(self, start: int, end: int) -> float:
        """Mean rate of bins[start:end] in bit/s."""
        return self.bytes(start, end) * 8 / ((end - start) * self.bin_s)

    def bytes(self, start: int, end: int) -> float:
        return self._totals[end] - self._totals[start]

    def filled(self, start: int, end: int) -> float:
        """The share of bins in which anything came."""
        return (self._filled[end] - self._filled[start]) / (end - start)

    def error(self, start: int, end: int) -> float:
        """Standard error of that rate, from the spread of its bins, in bit/s; needs two bins."""
        size = end - start
        total = self._totals[end] - self._totals[start]
        squares = self._squares[end] - self._squares[start]
        variance = max(0.0, squares - total * total / size) / (size - 1)
        return math.sqrt(variance / size) * 8 / self.bin_s


def rebin(samples: Sequence[tuple[float, float]], bin_s: float) -> list[float]:
    """Bytes in each complete bin, from samples (seconds, bytes so far) in order of time; linear between samples."""
    edges: list[float] = []
    at = 0
    last = samples[-1][0] if samples else 0.0
    for number in range(int(last / bin_s + 1e-9) + 1):
        moment = number * bin_s
        while at + 1 < len(samples) and samples[at + 1][0] < moment:
            at += 1
        edges.append(_between(samples, at, moment))
    return [later - earlier for earlier, later in pairwise(edges)]


def _between(samples: Sequence[tuple[float, float]], at: int, moment: float) -> float:
    (t0, b0), (t1, b1) = samples[at], samples[min(at + 1, len(samples) - 1)]
    if moment <= t0 or t1 <= t0:
        return b0
    return b0 + (b1 - b0) * min(1.0, (moment - t0) / (t1 - t0))


def estimate(bins: Sequence[float], *, rule: Rule = PROPOSED, rtt_s: float = 0.02) -> Estimate:
    """Judge the bytes received so far, one number a bin; bins before the first byte do not count."""
    first = next((index for index, count in enumerate(bins) if count > 0), len(bins))
    trace = _Trace(bins[first:], rule.bin_s)
    capped = trace.count * rule.bin_s >= rule.cap_s - 1e-9
    ramp_end = _plateau(trace, rule, rtt_s)
    if ramp_end is None:
        return _floor(trace, stop=capped)
    start, seen = ramp_end
    return _over(trace, _after_drift(trace, start, seen, rule), rule, capped)


def _plateau(trace: _Trace, rule: Rule, rtt_s: float) -> tuple[int, int] | None:
    """Where the window starts and how many bins it took to see it; None while the rate still rises."""
    length = max(math.ceil(rule.plateau_s / rule.bin_s - 1e-9), math.ceil(3 * rtt_s / rule.bin_s))
    for end in range(2 * length, trace.count + 1):
        before, last = trace.rate(end - 2 * length, end - length), trace.rate(end - length, end)
        if 0 < last <= (1 + rule.plateau_rise) * before:
            return end - length, end
    return None


def _after_drift(trace: _Trace, start: int, seen: int, rule: Rule) -> int:
    """The start of the window after every first half that did not belong to it was dropped, as the bins came in."""
    least = _least_bins(rule)
    until = min(trace.count, int(rule.drift_until * rule.cap_s / rule.bin_s))
    for end in range(max(seen, start + least), until + 1):
        if end - start < least:
            continue
        middle = start + (end - start) // 2
        first, second = trace.rate(start, middle), trace.rate(middle, end)
        noise = 3 * trace.error(middle, end)  # of the later half: the earlier one may hold the change itself
        if abs(second - first) > noise and (
            second > (1 + rule.drift_up) * first or first > (1 + rule.drift_down) * second
        ):
            start = middle
    return start


def _over(trace: _Trace, start: int, rule: Rule, capped: bool) -> Estimate:
    size = trace.count - start
    batch = max(2, size // 6)
    batches = [trace.rate(end - batch, end) for end in range(trace.count, start + batch - 1, -batch)]
    rate = trace.rate(start, trace.count)
    if len(batches) < _FEWEST_BATCHES:
        return _floor(trace, stop=capped, rate=rate, window_s=size * rule.bin_s)
    close = 2 * standard_error(batches) <= rule.target * rate
    enough = size >= _least_bins(rule) and trace.bytes(start, trace.count) >= rule.least_window_bytes
    converged = close and enough and trace.filled(start, trace.count) >= rule.least_filled
    bounds = mean_interval(batches)
    overall = (
        rate if converged else trace.rate(0, trace.count)
    )  # an unsettled line: what was dropped may come again
    return Estimate(
        bits_per_s=rate,
        low=min(bounds.low, rate, overall),
        high=max(bounds.high, rate, overall),
        converged=converged,
        stop=converged or capped,
        window_s=size * rule.bin_s,
    )


def _floor(trace: _Trace, *, stop: bool, rate: float | None = None, window_s: float = 0.0) -> Estimate:
    """Too little for an interval: what came through is what the line can do at least.

    All of it counts, the ramp included, or its later half, whichever is less: a burst allowance at the beginning is no rate.
    """
    overall = trace.rate(0, trace.count) if trace.count else 0.0
    later = trace.rate(trace.count // 2, trace.count) if trace.count else 0.0
    value = overall if rate is None else rate
    return Estimate(
        bits_per_s=value,
        low=min(overall, later, value),
        high=math.inf,
        converged=False,
        stop=stop,
        window_s=window_s or trace.count * trace.bin_s,
    )


def _least_bins(rule: Rule) -> int:
    return math.ceil(rule.least_window_s / rule.bin_s - 1e-9)
