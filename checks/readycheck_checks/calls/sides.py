"""On which side of the home router does a call lose what it needs? Pure judgement over two samples: packets that
went to the router only, and packets that went all the way.

Bounds are of 95 %, so that nothing is blamed on chance; both samples are of one moment, so that a burst of loss before the router
meets both. A router that answers worse than it passes packets on tells nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

from readycheck.measure.statistics import (
    Interval,
    difference_interval,
    loss_interval,
    mean,
    mean_interval,
    median,
    median_interval,
    percentile,
)

FEWEST: Final = 10  # answers, to say anything about their times
MOSTLY: Final = 1 / 2  # of the whole, and short by itself: this side is to be mended first
HARDLY: Final = 1 / 3
FULL_MS: Final = 500.0  # there and back: a line that is full, or a satellite
QUEUE_MS: Final = (
    20.0  # readycheck's own: queues that lose packets at home hold some ten ms of the line and more
)


class Side(StrEnum):
    HOME = "between this computer and the router"
    BEHIND = "behind the home router"
    UNTOLD = "not told"


@dataclass(frozen=True, kw_only=True)
class Packets:
    """``rtts_ms`` in order of arrival; ``burst_ratio`` as of ITU-T G.107, 1 where losses are random or there are none."""

    sent: int
    rtts_ms: tuple[float, ...]
    burst_ratio: float = 1.0

    @property
    def lost(self) -> int:
        return self.sent - len(self.rtts_ms)


@dataclass(frozen=True, kw_only=True)
class Amount:
    """A value with its bounds. ``power``: to which power parts of a way add up (loss and delay 1, independent jitter 2)."""

    low: float
    value: float
    high: float
    power: int = 1


def loss_percent(packets: Packets) -> Amount | None:
    """In bursts, fewer losses are independent and the bounds are wider."""
    if not packets.sent:
        return None
    bounds = loss_interval(packets.lost, packets.sent, packets.burst_ratio)
    return _amount(packets.lost / packets.sent, bounds, scale=100)


def jitter_ms(packets: Packets) -> Amount | None:
    """The mean step from one round-trip time to the next, which the jitter of RFC 3550 settles to."""
    steps = [abs(after - before) for before, after in pairwise(packets.rtts_ms)]
    if len(packets.rtts_ms) < FEWEST:
        return None
    return _amount(mean(steps), mean_interval(steps), power=2)


def delay_ms(packets: Packets) -> Amount | None:
    if len(packets.rtts_ms) < FEWEST:
        return None
    return _amount(median(packets.rtts_ms), median_interval(packets.rtts_ms))


def _amount(value: float, bounds: Interval, *, scale: float = 1, power: int = 1) -> Amount:
    return Amount(low=bounds.low * scale, value=value * scale, high=bounds.high * scale, power=power)


AMOUNTS: Final = {"calls.loss_high": loss_percent, "calls.jitter_high": jitter_ms, "calls.rtt_high": delay_ms}


def sides(near: Packets, far: Packets, limits: Mapping[str, float]) -> dict[str, Side]:
    """By the code of what falls short, and the limit that it is above: where it comes about."""
    told = {code: (AMOUNTS[code](near), AMOUNTS[code](far)) for code in limits if code in AMOUNTS}
    return {
        code: Side.UNTOLD if here is None or whole is None else side(here, whole, limits[code])
        for code, (here, whole) in told.items()
    }


def side(near: Amount, far: Amount, limit: float) -> Side:
    """HOME: the way to the router falls short by itself and is most of it. BEHIND: it hardly counts, and the rest falls short."""
    passed_meanwhile = far.value <= limit
    router_is_slow = near.low > far.high
    if passed_meanwhile or router_is_slow:
        return Side.UNTOLD
    short = near.low > limit
    if short and near.value >= far.value * MOSTLY:
        return Side.HOME
    if not short and near.value <= far.value * HARDLY and _rest_at_least(near, far) > limit:
        return Side.BEHIND
    return Side.UNTOLD


def _rest_at_least(near: Amount, far: Amount) -> float:
    """Lower bound of what remains of the whole without the near part, from the bounds of both."""
    whole, low = far.value**far.power, far.low**far.power
    part, high = near.value**near.power, near.high**near.power
    rest = difference_interval(whole, Interval(low=low, high=whole), part, Interval(low=part, high=high)).low
    return float(max(0.0, rest) ** (1 / far.power))


def waits(near: Packets, far: Packets) -> bool:
    """Whether packets may wait in a queue somewhere on the way: behind the router they come late, or unevenly so."""
    late = delay_ms(far)
    return (late is not None and late.value >= FULL_MS) or _spread_ms(far) - _spread_ms(near) > QUEUE_MS


def _spread_ms(packets: Packets) -> float:
    times = packets.rtts_ms
    return percentile(times, 0.95) - min(times) if len(times) >= FEWEST else 0.0


def in_words(packets: Packets) -> str:
    """ "2 of 100 lost, 3.1 ms there and back, jitter 0.4 ms"."""
    delay, jitter = delay_ms(packets), jitter_ms(packets)
    times = f", {delay.value:.1f} ms there and back, jitter {jitter.value:.1f} ms" if delay and jitter else ""
    return f"{packets.lost} of {packets.sent} lost{times}"


def as_packets(rtts_ms: Sequence[float], sent: int, burst_ratio: float | None) -> Packets:
    return Packets(sent=sent, rtts_ms=tuple(rtts_ms), burst_ratio=burst_ratio or 1.0)
