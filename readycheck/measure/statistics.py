"""Statistics of packet streams and rates: intervals, percentiles, jitter, bursts. Pure; refuses empty input (ValueError)."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import Final

Z_95: Final = 1.959964
Z_99: Final = 2.575829
# Student's t, 97.5 % quantile, for 1 to 10 degrees of freedom
_T_95: Final = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A 95 % confidence interval, in the unit of what it bounds; ``high`` may be infinite."""

    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A value and its 99 % bounds, in its own unit."""

    value: float
    low: float
    high: float


def wilson(hits: float, count: float, *, z: float = Z_95) -> Interval:
    """Wilson score interval of the proportion hits/count, as fractions 0..1 (E. B. Wilson, JASA 22, 1927).

    Neither need be whole: observations that hang together count as fewer.
    Centre (p + z²/2n)/(1 + z²/n), half width z·√(p(1-p)/n + z²/4n²)/(1 + z²/n).
    """
    if count < 1 or not 0 <= hits <= count:
        raise ValueError(f"{hits} of {count} is no proportion")
    p, spread = hits / count, z * z / count
    centre = (p + spread / 2) / (1 + spread)
    half = z * math.sqrt(p * (1 - p) / count + spread / (4 * count)) / (1 + spread)
    low = 0.0 if hits == 0 else max(0.0, centre - half)
    return Interval(low=low, high=1.0 if hits == count else min(1.0, centre + half))


def percentile(values: Sequence[float], fraction: float) -> float:
    """The value below which ``fraction`` (0..1) of the values lie; linear between neighbours at (n - 1)·fraction."""
    if not values or not 0 <= fraction <= 1:
        raise ValueError("a percentile needs values and a fraction from 0 to 1")
    ordered = sorted(values)
    place = (len(ordered) - 1) * fraction
    below = math.floor(place)
    above = math.ceil(place)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def median(values: Sequence[float]) -> float:
    return percentile(values, 0.5)


def median_interval(values: Sequence[float]) -> Interval:
    """95 % interval of the median: the values that stand z·√n/2 places on either side of it."""
    aside = Z_95 / (2 * math.sqrt(len(values))) if values else 0.0
    return Interval(
        low=percentile(values, max(0.0, 0.5 - aside)), high=percentile(values, min(1.0, 0.5 + aside))
    )


def rfc3550_jitter(transit_ms: Sequence[float]) -> float:
    """Interarrival jitter in ms at the end of a stream (RFC 3550, 6.4.1): J += (\\|D\\| - J)/16.

    ``transit_ms`` are transit times (or round-trip times) in order of arrival; only their differences count.
    """
    jitter = 0.0
    for before, now in pairwise(transit_ms):
        jitter += (abs(now - before) - jitter) / 16
    return jitter


# steps at least, batches, Student's t of 99 % for one less
_BATCHES: Final = ((100, 20, 2.861), (20, 10, 3.250))


def mean_jitter(transit_ms: Sequence[float]) -> Estimate | None:
    """Mean of the interarrival jitter \\|D\\| of RFC 3550 in ms, which its running average settles to; None where fewer than 21
    packets tell.

    Bounds by batch means, for neighbouring steps share a packet and neighbouring packets a queue.
    """
    steps = [abs(now - before) for before, now in pairwise(transit_ms)]
    plan = next(((batches, t) for least, batches, t in _BATCHES if len(steps) >= least), None)
    if plan is None:
        return None
    batches, t = plan
    cuts = [round(len(steps) * part / batches) for part in range(batches + 1)]
    half = t * standard_error([mean(steps[begin:end]) for begin, end in pairwise(cuts)])
    value = mean(steps)
    return Estimate(value=value, low=max(0.0, value - half), high=value + half)


def reordered(arrivals: Sequence[int]) -> int:
    """How many of these packets, in order of arrival, came after one that was sent later (RFC 4737)."""
    latest, count = -1, 0
    for number in arrivals:
        count += number < latest
        latest = max(latest, number)
    return count


def delay_variation(delays_ms: Sequence[float]) -> float:
    """Packet delay variation in ms, 95th percentile minus median: what a jitter buffer must hold."""
    return percentile(delays_ms, 0.95) - percentile(delays_ms, 0.5)


def gilbert_share(burst_ratio: float) -> float:
    """How much of a sample of losses counts as independent, 0 to 1, where they come in bursts of this ratio (Gilbert's chain).

    Losses of mean length L at a rate p vary 2·L·(1 - p) - 1 times as much as random ones, and L·(1 - p) is the burst ratio.
    """
    return 1 / max(1.0, 2 * burst_ratio - 1)


def loss_interval(lost: int, sent: int, burst_ratio: float | None = None, *, z: float = Z_95) -> Interval:
    """Bounds of the share of packets lost, 0 to 1: Wilson's, of as many packets as are independent of each other."""
    counted = max(1.0, sent * gilbert_share(burst_ratio or 1.0))
    return wilson(min(counted, lost * counted / sent), counted, z=z)


def burst_ratio(received: Sequence[bool]) -> float | None:
    """BurstR of ITU-T G.107: mean length of the observed bursts of loss over the length expected of random loss.

    Expected is 1/(1 - loss). 1 is random, above 1 bursty; None where nothing, or everything, was lost.
    """
    bursts = [len(list(run)) for arrived, run in groupby(received) if not arrived]
    lost = sum(bursts)
    if not bursts or lost == len(received):
        return None
    return lost / len(bursts) * (1 - lost / len(received))


def mean(values: Sequence[float]) -> float:
    if not values:
        raise ValueError("a mean needs values")
    return math.fsum(values) / len(values)


def standard_error(values: Sequence[float]) -> float:
    """Standard error of the mean, from the sample standard deviation; needs two values."""
    if len(values) < 2:
        raise ValueError("a standard error needs two values")
    centre = mean(values)
    variance = math.fsum((value - centre) ** 2 for value in values) / (len(values) - 1)
    return math.sqrt(variance / len(values))


def mean_interval(values: Sequence[float]) -> Interval:
    """Student's 95 % interval of the mean of independent values, not below zero; needs two values."""
    freedom = len(values) - 1
    centre, error = mean(values), standard_error(values)
    half = error * (_T_95[freedom - 1] if freedom <= len(_T_95) else 2.2)
    return Interval(low=max(0.0, centre - half), high=centre + half)


def difference_interval(one: float, of_one: Interval, other: float, of_other: Interval) -> Interval:
    """Bounds of ``one - other`` from the bounds of each, which need not be even (Zou and Donner, 2008)."""
    low = one - other - math.hypot(one - of_one.low, of_other.high - other)
    high = one - other + math.hypot(of_one.high - one, other - of_other.low)
    return Interval(low=low, high=high)
