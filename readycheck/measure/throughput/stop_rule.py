"""When a bulk transfer has shown the rate of a line: a pure rule over the bytes a receiver got in equal bins of time.

1 plateau  the last L bins (200 ms or 3 round trips) are at most 10 % above the L bins before them: what came earlier was the ramp
2 drift    if the second half of the window is more than 6 % above the first (slow ramp) or the first more than 10 % above the
           second (a burst allowance used up), by more than their noise, the first half is dropped; not after 70 % of the cap
3 full     where packets were lost in the window, or nobody knows: a full line is flat (its bins hardly differ), connections that
           loss keeps below it are not, and fall behind what they carried at their start; so few losses that TCP would be faster
           in spite of them leave a slow line a slow line
4 stop     the window has its least length, bytes and filled bins, and twice the standard error of its batch means is within
           the target
5 cap      after 6 s of data the estimate is given as it is, and said not to have converged; connections that fell far behind
           their best second, and stay there, end earlier with that second's rate, a floor
6 steps    bytes that come in steps never converge; how far they stray from an even pace bounds their rate
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Final

from readycheck.measure.statistics import mean_interval, standard_error
from readycheck.measure.throughput.loss import may_hold_back

_FEWEST_BATCHES: Final = 4
# |error of the mean| over the swing of the series, 95 %, for eight steps or more at random moments; 1.95 for a great many, when
# the swing is the range of a Brownian bridge (standardized time series: L. Schruben, Operations Research 31, 1983)
_ERROR_OF_SWING: Final = 2.0
_GRAIN_BYTES: Final = 2_200  # a segment and a half: by so much bins of a perfectly even line differ


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The rule's numbers. ``target``: twice the standard error, relative to the rate. Times in seconds.

    ``flat`` and ``nearly_flat`` bound the spread (standard deviation over mean) of the bins of a full line on which packets were
    lost; the latter where the window is ``best`` times as fast, or faster, as what was carried for ``best_s`` before. Where
    something was lost in more of the bins than the share ``everywhere``, loss may be all that limits it; where it is then
    below ``fallen`` times its best second, ``fallen_s`` after that it will not come back.

    ``quiet_s``: after so long without a byte, the transfer has broken off.

    ``least_window_bytes`` and ``least_filled`` (share of bins in which anything came): less shows a stall, or the steps in which
    bytes are acknowledged, and not the line. ``lumps``: bytes are counted by whole requests, a few in a bin; these are steps too,
    and steps show what they show after ``steps_s``.
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
    flat: float = 0.02
    nearly_flat: float = 0.10
    best: float = 0.95
    best_s: float = 0.5
    everywhere: float = 0.25
    fallen: float = 0.8
    fallen_s: float = 1.5
    quiet_s: float = 2.0
    lumps: bool = False
    steps_s: float = 1.5


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
NOTHING: Final = Estimate(bits_per_s=0.0, low=0.0, high=math.inf, converged=False, stop=False, window_s=0.0)


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

    def spread(self, start: int, end: int) -> float:
        """Standard deviation of the bins over their mean, less what whole segments account for; needs two bins."""
        size, mean = end - start, self.bytes(start, end) / (end - start)
        deviation = self.error(start, end) * self.bin_s / 8 * math.sqrt(size)
        return max(0.0, deviation - _GRAIN_BYTES) / mean if mean else math.inf

    def swing(self, start: int, end: int) -> float:
        """How far, in bytes, the sum of bins[start:end] strays from an even pace, from the lowest point to the highest."""
        pace = self.bytes(start, end) / (end - start)
        strays = [self.bytes(start, n) - pace * (n - start) for n in range(start, end + 1)]
        return max(strays) - min(strays)

    def best(self, seconds: float) -> tuple[float, int]:
        """The highest mean rate over so long, and the bin after it; 0 while there is less."""
        length = round(seconds / self.bin_s)
        rates = ((self.rate(end - length, end), end) for end in range(length, self.count + 1))
        return max(rates, default=(0.0, 0))

    def error(self, start: int, end: int) -> float:
        """Standard error of that rate, from the spread of its bins, in bit/s; needs two bins."""
        size = end - start
        total = self._totals[end] - self._totals[start]
        squares = self._squares[end] - self._squares[start]
        variance = max(0.0, squares - total * total / size) / (size - 1)
        return math.sqrt(variance / size) * 8 / self.bin_s


def estimate(
    bins: Sequence[float],
    *,
    rule: Rule = PROPOSED,
    rtt_s: float = 0.02,
    lost: Sequence[float] | None = None,
    connections: int = 4,
) -> Estimate:
    """Judge the bytes received so far, one number a bin; bins before the first byte do not count.

    ``lost``: in the same bins, packets that were lost or came out of order, of all ``connections``; None where nobody knows.
    """
    first = next((index for index, count in enumerate(bins) if count > 0), len(bins))
    trace = _Trace(bins[first:], rule.bin_s)
    capped = trace.count * rule.bin_s >= rule.cap_s - 1e-9
    ramp_end = _plateau(trace, rule, rtt_s)
    if ramp_end is None:
        return _in_steps(trace, _floor(trace, stop=capped), rule)
    start = _after_drift(trace, *ramp_end, rule)
    losses = None if lost is None else lost[first + start :]
    so_far = _over(trace, start, rule, capped)
    lately = max(start, trace.count - 2 * _least_bins(rule))
    if (losses is not None and not any(losses)) or _is_full(trace, start, rule):
        return _in_steps(trace, so_far, rule)
    if _is_full(trace, lately, rule):
        return _over(trace, lately, rule, capped)
    if losses is not None and _is_held_back(losses, trace, start, rule, rtt_s, connections):
        return _below_the_line(trace, so_far, rule)
    return _in_steps(trace, replace(so_far, converged=False, stop=capped), rule)


def broken_off(estimate: Estimate, overall_bits_per_s: float) -> Estimate:
    """What is left of an estimate where the bytes ceased to come, or were too few for one: a floor.

    Silence tells nothing of the line: the other end may have stopped.
    """
    low = min(estimate.low, overall_bits_per_s) if estimate.bits_per_s else overall_bits_per_s
    value = estimate.bits_per_s or overall_bits_per_s
    return replace(estimate, bits_per_s=value, low=low, high=math.inf, converged=False)


def _is_full(trace: _Trace, start: int, rule: Rule) -> bool:
    """Whether the bins since ``start`` are as even as those of a full line."""
    if trace.count - start < 2:
        return False
    spread = trace.spread(start, trace.count)
    best, _ = trace.best(rule.best_s)
    as_good_as_ever = trace.rate(start, trace.count) >= rule.best * best
    return spread <= rule.flat or (spread <= rule.nearly_flat and as_good_as_ever)


def _is_held_back(
    losses: Sequence[float], trace: _Trace, start: int, rule: Rule, rtt_s: float, connections: int
) -> bool:
    """Whether loss was ``everywhere`` and heavy enough to limit the connections."""
    bins_with_loss = sum(count > 0 for count in losses)
    carried, rate = trace.bytes(start, trace.count), trace.rate(start, trace.count)
    return bins_with_loss > rule.everywhere * len(losses) and may_hold_back(
        sum(losses), carried, rate, rtt_s, connections
    )


def _below_the_line(trace: _Trace, so_far: Estimate, rule: Rule) -> Estimate:
    """Loss may be what limits the connections: a floor, the best second where they fell far behind that."""
    stop = trace.count * rule.bin_s >= rule.cap_s - 1e-9
    best, since = trace.best(1.0)
    if so_far.bits_per_s > rule.fallen * best:
        return replace(so_far, high=math.inf, converged=False, stop=stop)
    over = (trace.count - since) * rule.bin_s >= rule.fallen_s
    return replace(so_far, bits_per_s=best, high=math.inf, converged=False, stop=stop or over)


def _in_steps(trace: _Trace, so_far: Estimate, rule: Rule) -> Estimate:
    """The same where bytes come in steps, as from a receiver that opens its window now and then.

    Batches of time hold one step more or less, and say little. At first, buffers on the way fill: that is left out.
    """
    start = round(2 * rule.plateau_s / rule.bin_s)
    enough = (trace.count - start) * trace.bin_s >= rule.steps_s - 1e-9
    if so_far.converged or not enough or trace.bytes(0, trace.count) < rule.least_window_bytes:
        return so_far
    if not rule.lumps and trace.filled(start, trace.count) >= rule.least_filled:
        return so_far
    seconds = (trace.count - start) * trace.bin_s
    rate, overall = trace.rate(start, trace.count), trace.rate(0, trace.count)
    aside = _ERROR_OF_SWING * trace.swing(start, trace.count) * 8 / seconds
    return replace(
        so_far,
        bits_per_s=rate,
        low=max(0.0, min(rate - aside, overall)),
        high=max(rate + aside, overall),
        window_s=seconds,
    )


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
