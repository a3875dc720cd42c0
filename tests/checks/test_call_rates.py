"""From what was measured of a line, and the needs of calls, to a judgement, by table."""

import math
from dataclasses import replace

import pytest

from readycheck.api import Owner, Status
from readycheck.measure.latency.loaded import LoadedLatency
from readycheck.measure.throughput.bulk import Throughput
from readycheck_checks.calls import busy_line
from readycheck_checks.calls.levels import possible
from readycheck_checks.calls.limits import Demand, Level, Limit, Need, demand
from readycheck_checks.calls.rates import DOWN, Between, finding, mbit, measurement, rate_status

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


def test_a_rate_that_had_no_time_is_not_called_unsteady() -> None:
    cut_short = replace(rate(2, high=math.inf, settled=False), stopped_by="time")
    assert "its time was up before it was sure" in finding(cut_short, DOWN, NEEDED).summary
    unsteady = replace(rate(2, 0.5, 9, settled=False), stopped_by="time")
    assert "too unsteady to tell" in finding(unsteady, DOWN, NEEDED).summary


def test_more_data_is_advised_only_where_the_data_ended_it() -> None:
    ended_by_data = rate(3.0, 2.0, 9.0, settled=False)
    assert "data allowance" in finding(ended_by_data, DOWN, NEEDED).remedy
    assert "data" not in finding(replace(ended_by_data, stopped_by="time"), DOWN, NEEDED).remedy


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


# What is possible with it

LEVELS = (
    Level(title="calls without picture", down_mbps=0.1, up_mbps=0.1),
    Level(title="meetings in 720p", down_mbps=2, up_mbps=2),
    Level(title="meetings in 1080p", down_mbps=4, up_mbps=3),
)
LEVELLED = Need(
    title="a meeting",
    service="Example Meet",
    levels=LEVELS,
    down_plan_mbps=4.0,
    down_fail_mbps=1.0,
    up_plan_mbps=2.5,
    up_fail_mbps=0.8,
    source="Example vendor",
    checked="2026-11-21",
)


@pytest.mark.parametrize(
    ("down", "up", "words"),
    [
        (rate(50), rate(10), "up to meetings in 1080p"),
        (rate(50), rate(2.5), "up to meetings in 720p"),
        (rate(4.1, 3.9, 4.3), rate(10), "at least meetings in 720p"),
        (
            rate(3, 2.5, math.inf, settled=False),
            rate(9, 8, math.inf, settled=False),
            "at least meetings in 720p",
        ),
        (
            rate(50, 40, math.inf, settled=False),
            rate(9, 8, math.inf, settled=False),
            "up to meetings in 1080p",
        ),
        (rate(0.05), rate(10), "not even calls without picture"),
    ],
)
def test_what_is_possible_is_said_by_what_both_rates_show(
    down: Throughput, up: Throughput, words: str
) -> None:
    told = possible("example", LEVELLED, down, up)
    assert told is not None
    assert (told.name, told.title, told.value) == ("calls_example", "Example Meet: what is possible", words)


def test_nothing_is_said_where_nothing_is_shown_or_published() -> None:
    unsure = rate(0.2, 0.05, math.inf, settled=False)
    assert possible("example", LEVELLED, unsure, unsure) is None
    assert possible("meeting", MEETING, rate(50), rate(50)) is None


def test_levels_out_of_order_are_a_mistake_of_the_profile() -> None:
    with pytest.raises(ValueError, match="needs less"):
        Need(
            title="x", levels=LEVELS[::-1], down_plan_mbps=2, down_fail_mbps=1, up_plan_mbps=2, up_fail_mbps=1,
            source="s", checked="2026-11-21",
        )  # fmt: skip


# The busy line

LIMIT = Limit(plan=100, fail=500, source="Example score", checked="2026-11-21")


def busy(idle_ms: float, loaded_ms: float, *, rising: bool = False) -> LoadedLatency:
    return LoadedLatency(
        idle_ms=idle_ms,
        loaded_ms=loaded_ms,
        p95_ms=loaded_ms * 1.1,
        increase_ms=loaded_ms - idle_ms,
        full_ms=loaded_ms * 1.1 - idle_ms,
        rpm=60_000 / loaded_ms,
        still_rising=rising,
        method="round trips of STUN Bindings",
        count=50,
        lost=1,
        congestion_control="cubic",
    )


def test_a_line_that_makes_calls_wait_while_it_is_busy_is_a_warning_for_the_worse_direction() -> None:
    loaded = {"download": busy(20, 60), "upload": busy(20, 260)}
    found = busy_line.finding(loaded, LIMIT, Between())  # type: ignore[arg-type]
    assert found is not None
    assert (found.code, found.status) == ("calls.delay_under_load", Status.WARN)
    assert "uploaded: 240 ms more delay then, at most 100 wanted" in found.summary
    assert found.either == (Owner.HOME, Owner.ISP)
    assert "SQM" in found.remedy and found.remedy.startswith("Pause uploads")
    assert "20 ms idle, 260 ms busy" in found.detail


def test_it_is_never_a_failure_however_long_calls_would_wait() -> None:
    found = busy_line.finding({"upload": busy(20, 4_020, rising=True)}, LIMIT, Between())
    assert found is not None and found.status is Status.WARN
    assert "at least 4000 ms" in found.summary


def test_a_short_wait_and_a_wait_without_limit_are_no_warning() -> None:
    assert busy_line.finding({"download": busy(20, 119)}, LIMIT, Between()) is None
    assert busy_line.finding({"download": busy(20, 900)}, None, Between()) is None
    assert busy_line.finding({}, LIMIT, Between()) is None


def test_a_small_wait_that_still_rose_carries_no_limits_to_be_scored_by() -> None:
    told = {
        each.name: each for each in busy_line.measurements({"download": busy(20, 60, rising=True)}, LIMIT, {})
    }
    assert told["load_increase_down"].plan_limit is None
    assert "at least" in told["load_increase_down"].method


def test_through_a_vpn_the_company_may_be_the_one_who_makes_it_wait() -> None:
    way = Between(behind=(Owner.ISP, Owner.COMPANY))
    found = busy_line.finding({"download": busy(20, 900)}, LIMIT, way)
    assert found is not None and found.either == (Owner.HOME, Owner.ISP, Owner.COMPANY)


def test_the_busy_line_is_measured_both_ways_with_whose_limit_it_is() -> None:
    loaded = {"download": busy(20, 60), "upload": busy(20, 300)}
    told = {each.name: each for each in busy_line.measurements(loaded, LIMIT, {})}  # type: ignore[arg-type]
    assert (told["loaded_rtt_down"].value, told["load_increase_down"].value) == (60, 40)
    assert (told["loaded_rtt_up"].value, told["load_increase_up"].value) == (300, 280)
    assert told["responsiveness"].value == 200
    assert "not the figure of the IETF draft" in told["responsiveness"].method
    assert "load by cubic" in told["load_increase_up"].method
    assert told["load_increase_up"].source == "Example score, read 2026-11-21"
    assert told["responsiveness"].plan_limit is None
