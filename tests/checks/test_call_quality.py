"""What one stream of Bindings is judged to be: by its bounds where it fails, by its value where it warns."""

import pytest

from readycheck.api import Confidence, Finding, Status
from readycheck.measure.media.stream import Stream
from readycheck.measure.statistics import mean_jitter, percentile, wilson
from readycheck_checks.calls.limits import Limit
from readycheck_checks.calls.quality import Limits, judged

LIMITS = Limits(
    rtt_ms=Limit(plan=100, fail=300, source="Example", checked="2026-11-21"),
    jitter_ms=Limit(plan=30, fail=60, source="Example", checked="2026-11-21"),
    loss_percent=Limit(plan=1, fail=5, source="Example", checked="2026-11-21"),
)


def findings(rtts_ms: list[float], lost: int = 0) -> list[Finding]:
    sent, middle = len(rtts_ms) + lost, percentile(rtts_ms, 0.5)
    bounds = wilson(lost, sent)
    stream = Stream(
        sent=sent, received=len(rtts_ms), rtt_p50_ms=middle, rtt_p95_ms=percentile(rtts_ms, 0.95),
        jitter_ms=mean_jitter(rtts_ms), variation_ms=0.0, loss=lost / sent, loss_low=bounds.low,
        loss_high=bounds.high, reordered=0, burst_ratio=1.0 if lost else None, seconds=2.0, bytes=10_000,
        rtts_ms=tuple(rtts_ms),
    )  # fmt: skip
    return [each for each in judged(stream, LIMITS) if isinstance(each, Finding)]


@pytest.mark.parametrize("late_at", [10, 96])
def test_jitter_of_a_single_late_moment_is_no_failure_wherever_it_is(late_at: int) -> None:
    rtts = [20.0] * 100
    rtts[late_at : late_at + 3] = [1500.0, 20.0, 2000.0]
    (found,) = findings(rtts)
    assert (found.code, found.status, found.confidence) == (
        "calls.jitter_high",
        Status.WARN,
        Confidence.LOW,
    )
    assert "too few to be sure" in found.summary


def test_jitter_all_along_fails() -> None:
    (found,) = findings([20.0, 120.0] * 50)
    assert (found.code, found.status) == ("calls.jitter_high", Status.FAIL)
    assert "99 %: 100.0 to 100.0" in found.detail


def test_a_round_trip_that_is_above_the_limit_by_chance_is_no_failure() -> None:
    rtts = [290.0 + 25.0 * ((7 * number) % 10) / 9 for number in range(40)]
    assert percentile(rtts, 0.5) > 300
    assert [(each.code, each.status) for each in findings(rtts)] == [("calls.rtt_high", Status.WARN)]
    assert findings([400.0] * 40)[0].status is Status.FAIL


def test_too_few_replies_tell_no_jitter_and_the_rest_is_judged() -> None:
    (found,) = findings([20.0] * 15, lost=85)
    assert (found.code, found.status) == ("calls.loss_high", Status.FAIL)
    assert "jitter" not in found.detail
