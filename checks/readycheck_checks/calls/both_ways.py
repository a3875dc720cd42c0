"""From a measured call to judgements of each direction: whose voice is heard badly, and by whom. Measures nothing; limits come
from the profile.

FAIL where the bounds of a value prove it to be beyond the failing limit; WARN where the value is above the planning limit.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from readycheck.api import Code, Confidence, Finding, Measurement, Status, failed, measured, passed, warned
from readycheck.measure.media.call import METHOD, Call
from readycheck.measure.media.directions import Direction
from readycheck.measure.statistics import Estimate
from readycheck_checks.calls.codes import JITTER_HIGH, LOSS_HIGH, RTT_HIGH, STREAM
from readycheck_checks.calls.kinds import in_full
from readycheck_checks.calls.limits import Limit
from readycheck_checks.calls.quality import REMEDY, Limits, estimated, is_proved, median_of, status_of

Way = Literal["up", "down"]
_LEADS: Final[dict[tuple[Way, ...], str]] = {
    ("up",): "The others hear you badly",
    ("down",): "You hear the others badly",
    ("up", "down"): "You and the others hear each other badly",
}
_WHOSE: Final[dict[Way, str]] = {"up": "what you send", "down": "what the others send"}
_TITLES: Final[dict[Way, str]] = {"up": "of what you send", "down": "of what the others send"}


def judged_call(call: Call, limits: Limits) -> list[Measurement | Finding]:
    """Measurements of the voice stream, then what falls short, one finding for each of loss, jitter and delay."""
    method = f"{call.up.sent} {METHOD}"
    rtt = median_of(call.round_trip.rtts_ms)
    delay = estimated("call_rtt", "Round-trip time", rtt, "ms", limits.rtt_ms, method)
    said: list[Measurement | Finding] = [delay, *_figures(call, limits, method)]
    found = (
        _delay(call, rtt, limits.rtt_ms),
        _short(call, JITTER_HIGH, limits.jitter_ms, _jitters(call)),
        _short(call, LOSS_HIGH, limits.loss_percent, _losses(call)),
    )
    return [*said, *(each for each in found if each is not None)]


def all_well(call: Call, good_for: str) -> Finding:
    """Where nothing falls short."""
    lead = f"Good for {good_for}" if good_for else "A stream like a voice call passes"
    return passed(
        STREAM,
        f"{lead}: {call.round_trip.p50_ms:.0f} ms there and back, {call.up.lost} of {call.up.sent} packets lost on the way "
        f"there and {call.down.lost} of {call.down.sent} on the way back",
        detail=in_full(call.streams[0]),
    )


def _ways(call: Call) -> tuple[tuple[Way, Direction], ...]:
    return ("up", call.up), ("down", call.down)


def _figures(call: Call, limits: Limits, method: str) -> Iterator[Measurement]:
    for way, jitter in _jitters(call):
        yield estimated(
            f"call_jitter_{way}", f"Jitter {_TITLES[way]}", jitter, "ms", limits.jitter_ms, method
        )
    for way, loss in _losses(call):
        yield estimated(
            f"call_loss_{way}", f"Packet loss {_TITLES[way]}", loss, "%", limits.loss_percent, method
        )
    for way, direction in _ways(call):
        title = f"Delay variation {_TITLES[way]}"
        yield measured(f"call_variation_{way}", title, round(direction.variation_ms, 2), "ms", method=method)
    for way, direction in _ways(call):
        title = "Expected voice quality: " + ("how you hear them", "how they hear you")[way == "up"]
        yield measured(
            f"call_mos_{way}",
            title,
            round(direction.mos, 2),
            "MOS",
            method="ITU-T G.107.2 (full band, Opus), estimated from the stream",
        )


def _losses(call: Call) -> list[tuple[Way, Estimate]]:
    return [(way, _in_percent(direction.loss)) for way, direction in _ways(call)]


def _in_percent(loss: Estimate) -> Estimate:
    return Estimate(value=loss.value * 100, low=loss.low * 100, high=loss.high * 100)


def _jitters(call: Call) -> list[tuple[Way, Estimate]]:
    """Only where there are enough packets to tell."""
    return [(way, each.jitter_ms) for way, each in _ways(call) if each.jitter_ms is not None]


@dataclass(frozen=True)
class _Short:
    way: Way
    amount: Estimate
    status: Status
    proved: bool


def _short(
    call: Call, code: Code, limit: Limit | None, amounts: Sequence[tuple[Way, Estimate]]
) -> Finding | None:
    if limit is None:
        return None
    short = [
        _Short(way, amount, status_of(amount, limit), is_proved(amount, limit))
        for way, amount in amounts
        if amount.value > limit.plan
    ]
    if not short:
        return None
    lead = _LEADS[tuple(each.way for each in short)]
    values = " and ".join(_in_words(code, each) for each in short)
    summary = f"{lead}: {values}, at most {limit.plan:g} wanted"
    detail = in_full(call.streams[0])
    if any(each.status is Status.FAIL for each in short):
        return failed(code, summary, remedy=REMEDY, detail=detail)
    proved = any(each.proved for each in short)
    return warned(
        code,
        summary if proved else f"{summary}; {call.up.sent} packets are too few to be sure",
        remedy=REMEDY,
        confidence=Confidence.MEDIUM if proved else Confidence.LOW,
        detail=detail,
    )


def _in_words(code: Code, short: _Short) -> str:
    whose = _WHOSE[short.way]
    if code == LOSS_HIGH:
        return f"{short.amount.value:.3g} % of {whose} is lost"
    return f"{whose} arrives unevenly, jitter {short.amount.value:.3g} ms"


def _delay(call: Call, rtt: Estimate, limit: Limit | None) -> Finding | None:
    if limit is None or (status := status_of(rtt, limit)) is Status.PASS:
        return None
    summary = (
        f"You will talk over each other: round-trip time {rtt.value:.3g} ms, at most {limit.plan:g} wanted"
    )
    said = failed if status is Status.FAIL else warned
    return said(RTT_HIGH, summary, remedy=REMEDY, detail=in_full(call.streams[0]))
