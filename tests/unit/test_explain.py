"""The arithmetic of the score, as text."""

from msgspec.structs import replace

from readycheck.model import Score, Status, Verdict
from readycheck.report.explain import explain
from tests.unit.sample_reports import DISK, UPLOAD, report


def test_the_whole_way_from_a_value_to_the_score_is_shown() -> None:
    told = explain(report())
    assert "Upload 3.1 Mbit/s: plan 4 Mbit/s, fail 1.5 Mbit/s: 0.64" in told
    assert "bandwidth (Speed): warn: 0.82, weight 1" in told
    assert "Readiness = (100 x 1 + 82 x 1 + 0 x 1 + 100 x 1) / 4 = 71" in told
    assert "Held down to 49" in told
    assert "Score: 49 of 100." in told
    assert "Verdict: not_ready." in told
    assert "agrees" in told


def test_what_was_not_judged_is_said_to_be_left_out() -> None:
    assert "camera (Camera): unknown: left out" in explain(report())


def test_each_problem_says_what_mending_it_alone_would_bring() -> None:
    told = explain(report())
    assert "vpn.gateway_silent with all that waits for it (your company's IT): 40 points" in told
    assert "bandwidth (Speed): 0 points" in told


def test_what_a_cause_explains_is_counted_with_it_and_not_again() -> None:
    named = [line for line in explain(report()).splitlines() if line.endswith(" points")]
    assert not [line for line in named if line.startswith("  vpn_gateway")]


def test_a_check_that_is_worse_than_its_values_is_explained() -> None:
    failing = replace(UPLOAD, status=Status.FAIL)
    assert "the values alone would give 0.82; a finding of status fail holds it at 0" in explain(
        report(failing)
    )


def test_a_stored_score_that_differs_is_named() -> None:
    told = explain(report(score=Score(value=97, version=1), verdict=Verdict.READY))
    assert "DIFFERS: the score is stored as 97; from the results it comes out as 49." in told
    assert "DIFFERS: the verdict is stored as ready; from the results it comes out as not_ready." in told
    assert "agrees" not in told


def test_a_score_of_another_version_is_said_to_be_one() -> None:
    assert "scored with version 7" in explain(report(score=Score(value=49, version=7)))


def test_a_capability_that_was_left_out_of_the_report_is_noticed() -> None:
    assert "DIFFERS: the status of Video calls is stored as none" in explain(report(capabilities=()))


def test_a_report_without_anything_measured_has_no_score() -> None:
    skipped = replace(DISK, status=Status.SKIP, reason="Not asked for", summary="")
    told = explain(report(skipped))
    assert "Score: none of 100." in told
    assert "nothing that counts" in told


def test_weights_of_nothing_do_not_divide_by_zero() -> None:
    assert "nothing that counts" in explain(report(replace(DISK, weight=0.0)))
