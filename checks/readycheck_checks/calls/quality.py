"""From a measured packet stream to judgements of delay, jitter and loss. Measures nothing; limits come from the profile."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from readycheck.api import Confidence, Finding, Measurement, Status, failed, judge, measured, passed, warned
from readycheck.measure.media.stream import METHOD, Stream
from readycheck.measure.media.voice import full_band_mos, mouth_to_ear_ms
from readycheck_checks.calls.limits import Limit

REMEDY: Final = (
    "Pause downloads, plug in a network cable or move closer to the router, and check again. "
    "If it stays, try the hotspot of a phone: what differs there shows whether your line or your home network is the reason"
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
            "calls.rtt_high": self.rtt_ms,
            "calls.jitter_high": self.jitter_ms,
            "calls.loss_high": self.loss_percent,
        }
        return {code: limit.plan for code, limit in named.items() if limit is not None}


def judged(stream: Stream, limits: Limits) -> Iterator[Measurement | Finding]:
    """Measurements, then the findings; one PASS stands for all where nothing is worse."""
    method = f"{stream.sent} {METHOD}, not a call"
    rtt = _measured("call_rtt", "Round-trip time", stream.rtt_p50_ms, "ms", limits.rtt_ms, method)
    jitter = _measured("call_jitter", "Jitter", stream.jitter_ms, "ms", limits.jitter_ms, method)
    loss = _loss(stream, limits.loss_percent, method)
    yield from (rtt, jitter, loss, _mos(stream))
    findings = (
        _finding(rtt, judge(rtt), "calls.rtt_high", "You will talk over each other", stream),
        _finding(jitter, judge(jitter), "calls.jitter_high", "Voices will break up", stream),
        _finding(
            loss, loss_status(stream, limits.loss_percent), "calls.loss_high", "Words will be missing", stream
        ),
    )
    worse = [found for found in findings if found is not None]
    yield from worse or [passed("calls.stream", _in_short(stream), detail=_in_full(stream))]


def loss_status(stream: Stream, limit: Limit | None) -> Status:
    """By the Wilson interval: FAIL or WARN where loss is proved to be above that limit; a WARN that only the value shows,
    since a few of 100 packets prove little, is told apart by its confidence."""
    if limit is None or stream.loss * 100 <= limit.plan:
        return Status.PASS
    return Status.FAIL if stream.loss_low * 100 > limit.fail else Status.WARN


def _measured(
    name: str, title: str, value: float, unit: str, limit: Limit | None, method: str
) -> Measurement:
    return measured(name, title, round(value, 2), unit, method=method, **(limit.judged if limit else {}))


def _loss(stream: Stream, limit: Limit | None, method: str) -> Measurement:
    return measured(
        "call_loss",
        "Packet loss",
        round(stream.loss * 100, 2),
        "%",
        low=round(stream.loss_low * 100, 2),
        high=round(stream.loss_high * 100, 2),
        method=method,
        **(limit.judged if limit else {}),
    )


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


def _finding(value: Measurement, status: Status, code: str, meaning: str, stream: Stream) -> Finding | None:
    if status is Status.PASS or value.plan_limit is None:
        return None
    summary = f"{meaning}: {value.title.lower()} {value.value:.3g} {value.unit}, at most {value.plan_limit:g} wanted"
    if status is Status.FAIL:
        return failed(code, summary, remedy=REMEDY, detail=_in_full(stream))
    proved = value.low is None or value.low > value.plan_limit
    return warned(
        code,
        summary if proved else f"{summary}; {stream.sent} packets are too few to be sure",
        remedy=REMEDY,
        confidence=Confidence.MEDIUM if proved else Confidence.LOW,
        detail=_in_full(stream),
    )


def _in_short(stream: Stream) -> str:
    lost = stream.sent - stream.received
    return (
        f"A stream like a voice call passes: {stream.rtt_p50_ms:.0f} ms there and back, jitter {stream.jitter_ms:.0f} ms, "
        f"{lost} of {stream.sent} packets lost"
    )


def _in_full(stream: Stream) -> str:
    return (
        f"round trip {stream.rtt_p50_ms:.1f} ms (95 %: {stream.rtt_p95_ms:.1f}), jitter {stream.jitter_ms:.1f} ms, "
        f"{stream.sent - stream.received} of {stream.sent} lost (95 %: {stream.loss_low * 100:.1f} to "
        f"{stream.loss_high * 100:.1f} %), {stream.reordered} out of order"
    )
