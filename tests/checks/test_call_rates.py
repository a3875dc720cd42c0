"""From a measured rate and the needs of calls to a judgement, by table."""

import math

import pytest

from readycheck.api import Status
from readycheck.measure.throughput.bulk import Throughput
from readycheck_checks.calls.limits import Demand, Need, demand
from readycheck_checks.calls.rates import DOWN, finding, mbit, measurement, rate_status

MEETING = Need(
    title="a meeting",
    down_plan_mbps=4.0,
    down_fail_mbps=1.0,
    up_plan_mbps=2.5,
    up_fail_mbps=0.8,
    source="Example vendor",
    checked="2026-11-21",
)
VOICE = Need(
    title="a voice call",
    down_plan_mbps=0.2,
    down_fail_mbps=0.1,
    up_plan_mbps=5.0,
    up_fail_mbps=0.1,
    source="Other vendor",
    checked="2026-11-20",
)


def rate(
    mbps: float, low: float | None = None, high: float | None = None, *, settled: bool = True
) -> Throughput:
    return Throughput(
        bits_per_s=mbps * 1e6,
        low=(mbps if low is None else low) * 1e6,
        high=(mbps if high is None else high) * 1e6,
        converged=settled,
        seconds=1.0,
        bytes=1_000_000,
        connections=4,
        method="test",
        stopped_by="rule" if settled else "data",
    )


NEEDED = Demand(plan_mbps=4, fail_mbps=1, plan_by="a meeting", fail_by="a call", source="Example")


@pytest.mark.parametrize(
    ("measured", "status"),
    [
        (rate(50), Status.PASS),
        (rate(4.0, 3.9, 4.1), Status.PASS),
        (rate(3.9, 3.8, 4.1), Status.WARN),
        (rate(3.0, 2.9, 3.1), Status.WARN),
        (rate(0.9, 0.8, 1.1), Status.WARN),
        (rate(0.9, 0.8, 0.95), Status.FAIL),
        (rate(5.0, 4.5, math.inf, settled=False), Status.PASS),
        (rate(3.0, 2.0, math.inf, settled=False), Status.UNKNOWN),
        (rate(0.1, 0.1, math.inf, settled=False), Status.UNKNOWN),
        (rate(3.0, 2.0, 9.0, settled=False), Status.UNKNOWN),
        (rate(0.5, 0.1, 0.9, settled=False), Status.FAIL),
        (rate(2.0, 0.5, 3.9, settled=False), Status.WARN),
    ],
)
def test_too_slow_is_said_only_where_the_whole_interval_is_below_the_limit(
    measured: Throughput, status: Status
) -> None:
    assert rate_status(measured, NEEDED) is status
    assert finding(measured, DOWN, NEEDED).status is status


def test_a_rate_that_could_not_be_judged_carries_no_limits_to_be_scored_by() -> None:
    unsure = measurement(rate(3.0, 2.0, math.inf, settled=False), DOWN, NEEDED)
    assert (unsure.plan_limit, unsure.fail_limit, unsure.high) == (None, None, None)
    assert measurement(rate(3.0), DOWN, NEEDED).plan_limit == 4


def test_every_finding_has_a_remedy_where_something_is_to_be_done() -> None:
    for seen in (rate(0.5), rate(2.0), rate(3.0, 2.0, math.inf, settled=False)):
        found = finding(seen, DOWN, NEEDED)
        assert found.remedy[0].isupper()
        assert "4" in found.summary or "1 needed" in found.summary


def test_the_highest_need_of_each_direction_decides_and_is_named() -> None:
    down, up = demand([MEETING, VOICE], "down"), demand([MEETING, VOICE], "up")
    assert down is not None and up is not None
    assert (down.plan_mbps, down.plan_by, down.fail_mbps) == (4.0, "a meeting", 1.0)
    assert (up.plan_mbps, up.plan_by, up.fail_mbps, up.fail_by) == (5.0, "a voice call", 0.8, "a meeting")
    assert "Other vendor" in up.source and "Example vendor" in up.source
    assert demand([], "down") is None


@pytest.mark.parametrize(
    ("bits", "text"),
    [(3.14e6, "3.1"), (4e6, "4"), (48.3e6, "48"), (940e6, "940"), (0.042e6, "0.04"), (0.5e6, "0.5")],
)
def test_rates_are_told_in_few_digits(bits: float, text: str) -> None:
    assert mbit(bits) == text
