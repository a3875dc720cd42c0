import pytest

from readycheck.api import Capability, Finding, Measurement, Status
from readycheck.model import CheckResult, Standing, Verdict
from readycheck.score import (
    check_score,
    gain,
    judge_capabilities,
    readiness,
    standing,
    value_score,
    verdict,
)


def value(measured: float, plan: float | None = 4.0, fail: float | None = 1.0) -> Measurement:
    return Measurement(
        name="up", title="Upload", value=measured, unit="Mbit/s", plan_limit=plan, fail_limit=fail
    )


def result(
    check_id: str,
    status: Status,
    *values: Measurement,
    capability: Capability = Capability.CALLS,
    weight: float = 1.0,
    behind: tuple[str, ...] = (),
    essential: bool = True,
) -> CheckResult:
    finding = Finding(code=f"test.{check_id}", status=status, summary=check_id)
    return CheckResult(
        check_id=check_id,
        capability=capability,
        title=check_id,
        status=status,
        summary=check_id,
        findings=(finding,),
        measurements=values,
        weight=weight,
        behind=behind,
        essential=essential,
    )


@pytest.mark.parametrize(
    ("measured", "plan", "fail", "expected"),
    [
        (4.0, 4.0, 1.0, 1.0),
        (9.0, 4.0, 1.0, 1.0),
        (2.5, 4.0, 1.0, 0.5),
        (1.0, 4.0, 1.0, 0.0),
        (0.1, 4.0, 1.0, 0.0),
        (100.0, 100.0, 300.0, 1.0),
        (200.0, 100.0, 300.0, 0.5),
        (300.0, 100.0, 300.0, 0.0),
        (42.0, None, None, None),
    ],
)
def test_a_value_scores_linearly_between_its_limits_whichever_way_is_better(
    measured: float, plan: float | None, fail: float | None, expected: float | None
) -> None:
    assert value_score(value(measured, plan, fail)) == expected


@pytest.mark.parametrize(
    ("status", "values", "expected"),
    [
        (Status.PASS, (), 1.0),
        (Status.WARN, (), 0.5),
        (Status.FAIL, (), 0.0),
        (Status.SKIP, (), None),
        (Status.UNKNOWN, (), None),
        (Status.UNKNOWN, (4.0,), None),
        (Status.WARN, (2.5,), 0.5),
        (Status.WARN, (2.5, 4.0), 0.75),
        (Status.WARN, (9.0,), 0.5),  # warned for another reason than the value
        (Status.FAIL, (0.5, 4.0), 0.5),
        (Status.FAIL, (9.0,), 0.0),  # failed for another reason than the value
    ],
)
def test_a_check_scores_by_its_values_or_by_its_status(
    status: Status, values: tuple[float, ...], expected: float | None
) -> None:
    assert check_score(result("a", status, *(value(v) for v in values))) == expected


@pytest.mark.parametrize(
    ("results", "expected"),
    [
        ([result("a", Status.PASS)], Standing.READY),
        ([result("a", Status.PASS), result("b", Status.WARN)], Standing.LIMITED),
        ([result("a", Status.WARN), result("b", Status.FAIL)], Standing.NOT_WORKING),
        ([result("a", Status.PASS), result("b", Status.UNKNOWN)], Standing.UNKNOWN),
        ([result("a", Status.FAIL), result("b", Status.UNKNOWN)], Standing.NOT_WORKING),
        ([result("a", Status.PASS), result("b", Status.UNKNOWN, essential=False)], Standing.READY),
        ([result("a", Status.SKIP)], Standing.NOT_CHECKED),
        ([result("a", Status.UNKNOWN, essential=False), result("b", Status.SKIP)], Standing.UNKNOWN),
        ([result("a", Status.SKIP, behind=("x",))], Standing.ON_HOLD),
        ([result("a", Status.PASS), result("b", Status.SKIP, behind=("x",))], Standing.LIMITED),
    ],
)
def test_a_capability_stands_as_its_worst_proved_check_says(
    results: list[CheckResult], expected: Standing
) -> None:
    assert standing(results) is expected


def judged(results: list[CheckResult], *required: Capability) -> tuple[Verdict, int | None]:
    capabilities = judge_capabilities(results, {c: True for c in required}, {})
    return verdict(capabilities), readiness(results, capabilities).value


CALLS, FILES = Capability.CALLS, Capability.FILES


def test_the_number_cannot_contradict_the_verdict() -> None:
    good = [result(f"g{i}", Status.PASS) for i in range(20)]
    assert judged([*good, result("bad", Status.FAIL)], CALLS) == (Verdict.NOT_READY, 49)
    assert judged([*good, result("meagre", Status.WARN)], CALLS) == (Verdict.READY_WITH_WARNINGS, 89)
    assert judged(good, CALLS) == (Verdict.READY, 100)


def test_an_unknown_required_capability_cannot_be_judged_unless_another_fails() -> None:
    unknown = result("u", Status.UNKNOWN)
    files = result("f", Status.FAIL, capability=FILES)
    assert judged([unknown], CALLS)[0] is Verdict.UNKNOWN
    assert judged([unknown, files], CALLS, FILES)[0] is Verdict.NOT_READY


def test_what_is_not_required_never_makes_a_set_up_not_ready() -> None:
    files = result("f", Status.FAIL, capability=FILES)
    assert judged([result("a", Status.PASS), files], CALLS) == (Verdict.READY_WITH_WARNINGS, 50)


def test_a_capability_on_hold_is_not_ready_and_unscored() -> None:
    held = result("f", Status.SKIP, capability=FILES, behind=("a",))
    capabilities = judge_capabilities([held], {FILES: True}, {})
    assert capabilities[0].score is None
    assert verdict(capabilities) is Verdict.NOT_READY


def test_nothing_measured_is_never_a_pass() -> None:
    assert judged([result("a", Status.SKIP)], CALLS) == (Verdict.UNKNOWN, None)
    assert judged([]) == (Verdict.UNKNOWN, None)


def test_weights_count_in_both_means() -> None:
    results = [result("a", Status.PASS, weight=3.0), result("b", Status.WARN, weight=1.0)]
    assert judge_capabilities(results, {}, {})[0].score == 88


def test_leverage_is_what_mending_one_thing_alone_would_bring() -> None:
    results = [result("a", Status.PASS), result("b", Status.FAIL), result("c", Status.WARN)]
    capabilities = judge_capabilities(results, {CALLS: True}, {})
    assert readiness(results, capabilities).value == 49
    assert gain({"b"}, results, capabilities) == 83 - 49
    assert gain({"c"}, results, capabilities) == 0  # the cap stays
