"""What a network did to a stream, for each direction by itself. Pure: from the fate of each packet to figures with their bounds.

The clocks of both ends need not agree: jitter and variation are made of differences of one-way transit times, in which the offset
of the clocks falls out (RFC 3550, 6.4.1). Bounds are of 99 %, so that the truth is outside in hardly any of a hundred runs.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from readycheck.measure.media.e_model import mos
from readycheck.measure.media.voice import SCALE, full_band_r, mouth_to_ear_ms
from readycheck.measure.statistics import (
    Z_99,
    Estimate,
    burst_ratio,
    delay_variation,
    loss_interval,
    mean_jitter,
    percentile,
    reordered,
    rfc3550_jitter,
)


@dataclass(frozen=True, kw_only=True)
class Passage:
    """The fate of one packet that was sent. Times in s by the clock of this computer; ``there_s`` by that of the server.

    reached   it arrived at the server; ``order``: as which one
    there_s   when it arrived there, and when its echo left; None where no echo came to tell
    came_s    when its echo arrived here
    """

    sent_s: float
    reached: bool
    order: int = 0
    there_s: tuple[float, float] | None = None
    came_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Counts:
    """``arrived`` of ``sent`` packets; ``fates`` by packet in the order of sending, where that is known."""

    sent: int
    arrived: int
    fates: tuple[bool, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Direction:
    """One way of a stream.

    loss          fraction 0..1; Wilson bounds, wider where losses come in bursts
    jitter_ms     mean of the interarrival jitter \\|D\\| of RFC 3550, which its running average settles to; bounds by batch
                  means; None where fewer than 20 packets tell
    rfc3550_ms    that running average at the end of the stream, as RTP reports it
    variation_ms  95th percentile of the transit time minus its median: what a jitter buffer must hold (RFC 5481)
    reordered     packets that arrived after one that was sent later (RFC 4737)
    burst_ratio   BurstR of ITU-T G.107; None without loss, or where it is not known which packets were lost
    r, mos        full-band E-model for Opus (voice.py), with half the round-trip time as the delay of the network
    Times are those of packets whose echo came back.
    """

    sent: int
    arrived: int
    loss: Estimate
    jitter_ms: Estimate | None
    rfc3550_ms: float
    variation_ms: float
    reordered: int
    burst_ratio: float | None
    r: float
    mos: float

    @property
    def lost(self) -> int:
        return self.sent - self.arrived


@dataclass(frozen=True, kw_only=True)
class RoundTrip:
    """There and back, without the time at the server. ``rtts_ms`` in order of arrival; ``sent``, ``received``, ``burst_ratio``
    and ``loss`` are of both ways together."""

    sent: int
    received: int
    p50_ms: float
    p95_ms: float
    loss: Estimate
    burst_ratio: float | None
    rtts_ms: tuple[float, ...]


def round_trip(passages: Sequence[Passage]) -> RoundTrip:
    """At least one echo must have come (ValueError)."""
    back = sorted((each for each in passages if each.came_s is not None), key=lambda each: each.came_s or 0.0)
    rtts = [_rtt_s(each) * 1000 for each in back]
    fates = [each.came_s is not None for each in passages]
    bursts = burst_ratio(fates)
    return RoundTrip(
        sent=len(fates),
        received=len(rtts),
        p50_ms=percentile(rtts, 0.5),
        p95_ms=percentile(rtts, 0.95),
        loss=_loss(len(fates), len(rtts), bursts),
        burst_ratio=bursts,
        rtts_ms=tuple(rtts),
    )


def way_there(passages: Sequence[Passage], rtt_ms: float, pooled: Counts | None = None) -> Direction:
    """From here to the server. ``pooled``: counts to go by where it is not known which packets arrived."""
    fates = tuple(each.reached for each in passages)
    counts = pooled or Counts(sent=len(fates), arrived=sum(fates), fates=fates)
    told = [(number, each) for number, each in enumerate(passages) if each.there_s is not None]
    told.sort(key=lambda pair: pair[1].order)
    transits = [each.there_s[0] - each.sent_s for _, each in told if each.there_s is not None]
    return _direction(counts, transits, [number for number, _ in told], rtt_ms)


def way_back(passages: Sequence[Passage], rtt_ms: float, pooled: Counts | None = None) -> Direction:
    """From the server to here: what the server echoed, and what of it came."""
    fates = tuple(each.came_s is not None for each in passages if each.reached)
    counts = pooled or Counts(sent=len(fates), arrived=sum(fates), fates=fates)
    left = sorted((each for each in passages if each.there_s is not None), key=lambda each: each.order)
    told = [(number, each) for number, each in enumerate(left)]
    told.sort(key=lambda pair: pair[1].came_s or 0.0)
    transits = [
        each.came_s - each.there_s[1]
        for _, each in told
        if each.came_s is not None and each.there_s is not None
    ]
    return _direction(counts, transits, [number for number, _ in told], rtt_ms)


def _direction(
    counts: Counts, transits_s: Sequence[float], arrivals: Sequence[int], rtt_ms: float
) -> Direction:
    transits = [each * 1000 for each in transits_s]
    variation = delay_variation(transits) if transits else 0.0
    bursts = burst_ratio(counts.fates) if counts.fates else None
    loss = _loss(counts.sent, counts.arrived, bursts)
    r = full_band_r(mouth_to_ear_ms(rtt_ms, variation), loss.value * 100, burst=max(1.0, bursts or 1.0))
    return Direction(
        sent=counts.sent,
        arrived=counts.arrived,
        loss=loss,
        jitter_ms=mean_jitter(transits),
        rfc3550_ms=rfc3550_jitter(transits),
        variation_ms=variation,
        reordered=reordered(arrivals),
        burst_ratio=bursts,
        r=r,
        mos=mos(r / SCALE),
    )


def _rtt_s(passage: Passage) -> float:
    """Without the server's own time, where what it says of it can be true."""
    whole = (passage.came_s or 0.0) - passage.sent_s
    held = passage.there_s[1] - passage.there_s[0] if passage.there_s is not None else 0.0
    return whole - held if 0 <= held < whole else whole


def _loss(sent: int, arrived: int, bursts: float | None) -> Estimate:
    """In bursts fewer losses are independent of each other, so they count as fewer."""
    if not sent:
        return Estimate(value=0.0, low=0.0, high=1.0)
    lost = sent - arrived
    bounds = loss_interval(lost, sent, bursts, z=Z_99)
    return Estimate(value=lost / sent, low=bounds.low, high=bounds.high)
