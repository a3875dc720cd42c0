"""From a measured packet stream to judgements of delay, jitter and loss. Measures nothing; limits come from the profile.

FAIL where the bounds of a value prove it to be beyond the failing limit; WARN where the value is above the planning limit.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from readycheck.api import (
    Code,
    Confidence,
    Finding,
    Measurement,
    NetError,
    Status,
    failed,
    measured,
    passed,
    unknown,
    warned,
)
from readycheck.measure.media.stream import METHOD, Stream
from readycheck.measure.media.voice import full_band_mos, mouth_to_ear_ms
from readycheck.measure.packets.echo_session import NotGranted
from readycheck.measure.statistics import Estimate, median_interval, percentile
from readycheck_checks.calls.codes import JITTER_HIGH, LOSS_HIGH, RTT_HIGH, STREAM, STREAM_UNMEASURED
from readycheck_checks.calls.limits import Limit

REMEDY: Final = (
    "Pause downloads, plug in a network cable or move closer to the router, and check again. "
    "If the problem stays, try a phone hotspot: what differs there shows whether your line or your home network is the reason"
)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Those of the profile; None: not judged."""

    rtt_ms: Limit | None = None
    jitter_ms: Limit | None = None
    loss_percent: Limit | None = None

    @property
    def plans(self) -> dict[str, float]:
        """By the code of the finding that tells of each."""
        named = {
            RTT_HIGH: self.rtt_ms,
            JITTER_HIGH: self.jitter_ms,
            LOSS_HIGH: self.loss_percent,
        }
        return {code.name: limit.plan for code, limit in named.items() if limit is not None}


def status_of(amount: Estimate, limit: Limit) -> Status:
    """By the bounds where it fails: a WARN that only the value shows is told apart by is_proved()."""
    if amount.value <= limit.plan:
        return Status.PASS
    return Status.FAIL if amount.low > limit.fail else Status.WARN


def is_proved(amount: Estimate, limit: Limit) -> bool:
    return amount.low > limit.plan


def median_of(rtts_ms: tuple[float, ...]) -> Estimate:
    """Of round-trip times, with bounds."""
    bounds = median_interval(rtts_ms)
    return Estimate(value=percentile(rtts_ms, 0.5), low=bounds.low, high=bounds.high)


def estimated(
    name: str, title: str, amount: Estimate, unit: str, limit: Limit | None, method: str
) -> Measurement:
    """A value of a stream with its bounds and what it is judged by."""
    value, low, high = (round(each, 2) for each in (amount.value, amount.low, amount.high))
    judged_by: dict[str, Any] = limit.judged if limit is not None else {}
    return measured(name, title, value, unit, low=low, high=high, method=method, **judged_by)


@dataclass(frozen=True, kw_only=True)
class _Figure:
    """One of the stream's values, and what it means to a person where it falls short."""

    name: str
    title: str
    unit: str
    amount: Estimate
    limit: Limit | None
    code: Code
    meaning: str


def judged(stream: Stream, limits: Limits) -> Iterator[Measurement | Finding]:
    """Measurements, then the findings; one PASS stands for all where nothing is worse."""
    figures = tuple(_figures(stream, limits))
    method = f"{stream.sent} {METHOD}, not a call"
    for each in figures:
        yield estimated(each.name, each.title, each.amount, each.unit, each.limit, method)
    yield _mos(stream)
    worse = [found for each in figures if (found := _finding(each, stream)) is not None]
    yield from worse or [passed(STREAM, _in_short(stream), detail=_in_full(stream))]


def _figures(stream: Stream, limits: Limits) -> Iterator[_Figure]:
    yield _Figure(
        name="call_rtt", title="Round-trip time", unit="ms", amount=median_of(stream.rtts_ms),
        limit=limits.rtt_ms, code=RTT_HIGH, meaning="You will talk over each other",
    )  # fmt: skip
    if stream.jitter_ms is not None:
        yield _Figure(
            name="call_jitter", title="Jitter", unit="ms", amount=stream.jitter_ms,
            limit=limits.jitter_ms, code=JITTER_HIGH, meaning="Voices will break up",
        )  # fmt: skip
    low, value, high = (100 * each for each in (stream.loss_low, stream.loss, stream.loss_high))
    yield _Figure(
        name="call_loss", title="Packet loss", unit="%", amount=Estimate(value=value, low=low, high=high),
        limit=limits.loss_percent, code=LOSS_HIGH, meaning="Words will be missing",
    )  # fmt: skip


def _mos(stream: Stream) -> Measurement:
    delay_ms = mouth_to_ear_ms(stream.rtt_p50_ms, stream.variation_ms)
    mos = full_band_mos(delay_ms, stream.loss * 100, burst=max(1.0, stream.burst_ratio or 1.0))
    return measured(
        "call_mos",
        "Expected voice quality",
        round(mos, 2),
        "MOS",
        method="ITU-T G.107.2, estimated from the stream",
    )


def _finding(figure: _Figure, stream: Stream) -> Finding | None:
    limit, amount = figure.limit, figure.amount
    if limit is None or (status := status_of(amount, limit)) is Status.PASS:
        return None
    what = f"{figure.title.lower()} {amount.value:.3g} {figure.unit}"
    summary = f"{figure.meaning}: {what}, at most {limit.plan:g} wanted"
    if status is Status.FAIL:
        return failed(figure.code, summary, remedy=REMEDY, detail=_in_full(stream))
    proved = is_proved(amount, limit)
    return warned(
        figure.code,
        summary if proved else f"{summary}; {stream.sent} packets are too few to be sure",
        remedy=REMEDY,
        confidence=Confidence.MEDIUM if proved else Confidence.LOW,
        detail=_in_full(stream),
    )


def unmeasured(target: str, trouble: NetError | str) -> Finding:
    """``trouble``: what came instead of the stream, or what it had not."""
    why, remedy = f"{target} answers single packets only", "Start a test call to see how it sounds"
    if isinstance(trouble, str):
        why, remedy = trouble, "Check again"
    elif isinstance(trouble, NotGranted):
        why = f"{target} {trouble.says}: {trouble.detail}"
        remedy = (
            f"Check again in {trouble.retry_s} seconds"
            if trouble.retry_s
            else "Show this to IT support: the profile and its reflector do not agree"
        )
    return unknown(
        STREAM_UNMEASURED,
        f"UDP is open, but delay and loss could not be measured: {why}",
        remedy=remedy,
        detail=str(trouble),
    )


def _in_short(stream: Stream) -> str:
    lost = stream.sent - stream.received
    jitter = f"jitter {stream.jitter_ms.value:.0f} ms, " if stream.jitter_ms is not None else ""
    return (
        f"A stream like a voice call passes: {stream.rtt_p50_ms:.0f} ms there and back, {jitter}"
        f"{lost} of {stream.sent} packets lost"
    )


def _in_full(stream: Stream) -> str:
    shaken = stream.jitter_ms
    jitter = (
        f"jitter {shaken.value:.1f} ms (99 %: {shaken.low:.1f} to {shaken.high:.1f}), "
        if shaken is not None
        else ""
    )
    return (
        f"round trip {stream.rtt_p50_ms:.1f} ms (95 % of them within {stream.rtt_p95_ms:.1f}), {jitter}"
        f"{stream.sent - stream.received} of {stream.sent} lost (95 %: {stream.loss_low * 100:.1f} to "
        f"{stream.loss_high * 100:.1f} %), {stream.reordered} out of order"
    )
