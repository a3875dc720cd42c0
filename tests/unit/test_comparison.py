"""Two reports side by side: what got better, what got worse, what cannot be compared, and what a person reads of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from readycheck.cli import run_command
from readycheck.comparison.changes import CauseChange, Change, Comparison, compare
from readycheck.comparison.figures import Way, compared
from readycheck.comparison.render import as_json, as_markdown, as_text
from readycheck.exit_codes import ExitCode
from readycheck.export import json as json_export
from readycheck.model import CheckResult, Fact, Measurement, Owner, Report, Status
from readycheck.redact import Level, redact
from readycheck.run.plan import NOT_ASKED
from readycheck.saved import SavedReport
from readycheck.ticket.marker import reference_of
from tests.unit.sample_reports import (
    CAMERA,
    DISK,
    GATEWAY,
    HOME,
    INTERFACE,
    RESULTS,
    SILENT_GATEWAY,
    TUNNEL,
    UPLOAD,
    report,
)

LATER = {"run_id": "b" * 16, "started": "2026-11-23T10:30:00+01:00"}
MENDED = (
    INTERFACE,
    UPLOAD,
    replace(GATEWAY, status=Status.PASS, summary="It answers", findings=()),
    replace(TUNNEL, status=Status.PASS, summary="Connected", reason="", behind=()),
    CAMERA,
    DISK,
)


def later(*results: CheckResult, **changes: Any) -> Report:
    return report(*results, **(LATER | changes))


def side_by_side(before: Report, after: Report) -> Comparison:
    return compare(
        SavedReport(file="monday.json", report=before), SavedReport(file="tuesday.json", report=after)
    )


def changes(found: Comparison) -> dict[str, Change]:
    return {check.check_id: check.change for check in found.checks}


def measured(value: float, **fields: Any) -> Measurement:
    made = Measurement(name="upload", title="Upload", value=value, unit="bit/s")
    return replace(made, **fields)


def test_what_was_mended_is_better_with_its_cause_gone_and_the_rest_is_only_counted() -> None:
    found = side_by_side(report(), later(*MENDED))
    assert changes(found) == {"vpn_gateway:main": Change.BETTER, "vpn_tunnel": Change.OTHERWISE}
    assert [(cause.code, cause.change) for cause in found.causes] == [
        ("vpn.gateway_silent", CauseChange.GONE)
    ]
    assert found.unchanged == 4
    assert [one.change for one in found.capabilities if one.id == "vpn"] == [Change.BETTER]


def test_what_broke_is_worse_and_what_only_one_report_has_is_new_or_gone() -> None:
    found = side_by_side(report(*MENDED[:5]), later(*RESULTS[1:]))
    assert changes(found) == {
        "vpn_gateway:main": Change.WORSE,
        "vpn_tunnel": Change.OTHERWISE,
        "disk": Change.NEW,
        "interface": Change.GONE,
    }
    assert [cause.change for cause in found.causes] == [CauseChange.NEW]


def test_a_cause_of_another_owner_is_another_cause() -> None:
    other = replace(SILENT_GATEWAY, owner=Owner.UNKNOWN, either=(Owner.COMPANY, Owner.ISP))
    found = side_by_side(report(), later(causes=(other,)))
    assert [(cause.change, cause.owner) for cause in found.causes] == [
        (CauseChange.REPLACED, Owner.COMPANY),
        (CauseChange.INSTEAD, Owner.UNKNOWN),
    ]


def test_two_causes_between_the_same_two_are_one_whoever_is_named_first() -> None:
    before, after = (
        report(causes=(replace(SILENT_GATEWAY, owner=Owner.UNKNOWN, either=either),))
        for either in ((Owner.COMPANY, Owner.ISP), (Owner.ISP, Owner.COMPANY))
    )
    assert [cause.change for cause in side_by_side(before, after).causes] == [CauseChange.SAME]


def test_two_declared_checks_that_fail_alike_have_a_cause_each() -> None:
    wiki, crm = (
        replace(SILENT_GATEWAY, code="declared.web_silent", explains=(f"web:{one}",))
        for one in ("wiki", "crm")
    )
    answers = replace(GATEWAY, check_id="web:crm", status=Status.PASS, findings=())
    found = side_by_side(report(causes=(wiki, crm)), later(*RESULTS, answers, causes=(wiki,)))
    assert [cause.change for cause in found.causes] == [CauseChange.GONE, CauseChange.SAME]


NOT_ASKED_NOW = replace(GATEWAY, status=Status.SKIP, reason=NOT_ASKED, summary="", findings=())
HELD = replace(GATEWAY, status=Status.SKIP, behind=("interface",), reason="On hold", summary="", findings=())
NO_RESULT = replace(GATEWAY, status=Status.UNKNOWN, reason="No result: no control", summary="", findings=())


@pytest.mark.parametrize("unjudged", [(NOT_ASKED_NOW,), (HELD,), (NO_RESULT,), ()])
def test_a_cause_of_what_was_not_judged_is_neither_gone_nor_new(unjudged: tuple[CheckResult, ...]) -> None:
    without = (INTERFACE, UPLOAD, *unjudged, CAMERA)
    lost = side_by_side(report(), later(*without, causes=()))
    assert [cause.change for cause in lost.causes] == [CauseChange.NOT_JUDGED_AFTER]
    assert "Causes not judged in the newer report\n" in as_text(lost).decode()
    came = side_by_side(report(*without, causes=()), later())
    assert [cause.change for cause in came.causes] == [CauseChange.NOT_JUDGED_BEFORE]


def test_what_was_not_asked_for_or_is_on_hold_is_one_line_and_what_is_wrong_now_keeps_its_own() -> None:
    left_out = tuple(
        replace(one, status=Status.SKIP, reason=NOT_ASKED, summary="", findings=(), behind=())
        for one in (INTERFACE, DISK)
    )
    areas = as_text(side_by_side(report(), later(*MENDED))).decode()
    assert "VPN: Not working, then Ready (" in areas and "100, then 100" not in areas
    text = as_text(side_by_side(report(*MENDED), later(*left_out, UPLOAD, HELD, *MENDED[3:5]))).decode()
    assert "  2 checks were not asked for in the newer report: Network connection, Disk space\n" in text
    assert "  1 check was on hold in the newer report: VPN gateway\n" in text
    assert "(vpn_gateway:main)" not in text
    back = as_text(side_by_side(report(*left_out, HELD), later(INTERFACE, DISK, GATEWAY))).decode()
    assert "  2 checks were not asked for in the older report: " in back
    assert "VPN gateway (vpn_gateway:main): Not checked. On hold; then Fix." in back


@pytest.mark.parametrize(
    ("was", "now", "partial", "headline"),
    [
        (49, 49, False, "Not ready (49 of 100), both times"),
        (49, 32, False, "Not ready both times (49, then 32 of 100)"),
        (49, 32, True, "Not ready both times (no score, then 32 of 100)"),
        (49, None, False, "Not ready both times (49 of 100, then no score)"),
    ],
)
def test_the_same_verdict_with_another_score_tells_both_scores(
    was: int, now: int | None, partial: bool, headline: str
) -> None:
    before = report(score=replace(report().score, value=was), partial=partial)
    after = later(score=replace(report().score, value=now))
    assert as_text(side_by_side(before, after)).decode().splitlines()[0] == headline


def test_a_check_that_still_fails_and_by_another_finding_has_changed() -> None:
    refused = replace(GATEWAY.findings[0], code="vpn.gateway_refused")
    found = side_by_side(report(), later(*RESULTS[:2], replace(GATEWAY, findings=(refused,)), *RESULTS[3:]))
    assert changes(found) == {"vpn_gateway:main": Change.OTHERWISE}


def test_the_older_report_comes_first_whichever_was_given_first() -> None:
    found = side_by_side(later(*MENDED), report())
    assert found.swapped and found.before.file == "tuesday.json"
    assert changes(found)["vpn_gateway:main"] is Change.BETTER
    assert "The newer report was given first" in as_text(found).decode()


@pytest.mark.parametrize("started", ["yesterday", "2026-11-23T10:30:00", ""])
def test_where_a_time_cannot_be_read_the_order_is_the_one_given(started: str) -> None:
    assert not side_by_side(report(), later(started=started)).swapped


UP = {"plan_limit": 4e6, "fail_limit": 1e6}
DOWN = {"unit": "ms", "plan_limit": 100, "fail_limit": 300}


@pytest.mark.parametrize(
    ("before", "after", "way", "percent"),
    [
        (measured(3e6, **UP), measured(12e6, **UP), Way.BETTER, 300),
        (measured(12e6, **UP), measured(3e6, **UP), Way.WORSE, -75),
        (measured(40, **DOWN), measured(95, **DOWN), Way.WORSE, 137.5),
        (measured(2, **DOWN), measured(9, **DOWN), Way.ALIKE, 350),
        (measured(2, unit="ms"), measured(6, unit="ms"), Way.ALIKE, 200),
        (measured(0.002, unit="s"), measured(8, unit="ms"), Way.HIGHER, 300),
        (measured(3e6), measured(6e6), Way.HIGHER, 100),
        (measured(6e6), measured(3e6), Way.LOWER, -50),
        (measured(0), measured(5e6, **UP), Way.BETTER, None),
        (measured(3e6, **UP), measured(6e6, plan_limit=1e6, fail_limit=4e6), Way.HIGHER, 100),
        (measured(3e6, low=1e6, high=5e6, **UP), measured(6e6, low=4e6, high=8e6, **UP), Way.ALIKE, 100),
        (
            measured(3e6, method="30 packets", **UP),
            measured(6e6, method="100 packets", **UP),
            Way.BETTER,
            100,
        ),
        (
            measured(3e6, method="download, one connection; settled after 4.0 s and 9 MB", **UP),
            measured(6e6, method="download, one connection; ended by the data allowance after 1 s", **UP),
            Way.BETTER,
            100,
        ),
        (
            measured(40, method="probes, load by cubic, at least: it ended", **DOWN),
            measured(90, method="probes, load by cubic", **DOWN),
            Way.WORSE,
            125,
        ),
        (
            measured(9e6, method="one stream, 2 kB, not finished: an upper bound", high=9e6, **UP),
            measured(3e6, method="one stream, 9 kB", **UP),
            Way.ALIKE,
            -66.7,
        ),
        (measured(40e6, low=39e6, high=41e6, **UP), measured(3e6, low=2.9e6, **UP), Way.ALIKE, -92.5),
        (measured(3e6, low=2.9e6, **UP), measured(1e6, low=0.9e6, high=1.1e6, **UP), Way.WORSE, -66.7),
        (measured(3e6, **UP), measured(12, unit="Mbit/s", plan_limit=4, fail_limit=1), Way.BETTER, 300),
    ],
)
def test_of_two_values_it_is_said_which_is_better_where_that_is_known(
    before: Measurement, after: Measurement, way: Way, percent: float | None
) -> None:
    found = compared("bandwidth", before, after)
    assert (found.way, found.percent) == (way, percent)


@pytest.mark.parametrize(
    ("after", "why"),
    [
        (measured(5, unit="ms"), "measured in different units, bit/s and ms"),
        (measured(6e6, method="by iperf3"), "measured in different ways: not said, and by iperf3"),
    ],
)
def test_values_of_different_units_or_ways_are_shown_and_not_compared(after: Measurement, why: str) -> None:
    found = compared("bandwidth", measured(3e6), after)
    assert (found.way, found.why, found.difference, found.percent) == (Way.NOT_COMPARED, why, None, None)
    assert (found.before, found.after, found.unit, found.unit_after) == (
        3e6,
        after.value,
        "bit/s",
        after.unit,
    )


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"environment": replace(HOME, computer="ben-laptop")}, "two computers, anna-laptop and ben-laptop"),
        ({"environment": replace(HOME, user="ben")}, "Two different people"),
        ({"environment": replace(HOME, system_version="Debian 13")}, "Linux Debian 12, then Linux Debian 13"),
        (
            {"policy": replace(report().policy, name="acme", title="Acme")},
            "Two profiles judged, Office and Acme",
        ),
        ({"policy": replace(report().policy, hash="1" * 64, version="4")}, "changed in between (3, then 4)"),
        ({"score": replace(report().score, version=9)}, "different arithmetic"),
        ({"tool": replace(report().tool, version="9.1")}, "another one: 0.1.0, then 9.1"),
        ({"partial": True}, "The newer run was stopped"),
        ({"simulated": ("the office",)}, "The newer report is of a demonstration"),
        ({"run_id": report().run_id}, "Both files hold the same run"),
    ],
)
def test_what_keeps_two_reports_from_being_compared_is_one_sentence(
    changed: dict[str, Any], sentence: str
) -> None:
    (remark,) = side_by_side(report(), later(**changed)).remarks
    assert (
        sentence in remark
        and remark.endswith(".")
        and remark in as_text(side_by_side(report(), later(**changed))).decode()
    )


def test_two_reports_of_one_computer_and_profile_are_compared_without_a_remark() -> None:
    assert side_by_side(report(), later()).remarks == ()


def test_of_redacted_reports_nobody_can_say_whose_they_are() -> None:
    (remark,) = side_by_side(redact(report(), Level.SUPPORT), later()).remarks
    assert remark.startswith("Names were replaced")


def test_a_person_reads_what_changed_and_not_what_did_not() -> None:
    faster = replace(
        UPLOAD, measurements=(replace(UPLOAD.measurements[0], value=12e6), UPLOAD.measurements[1])
    )
    text = as_text(side_by_side(report(), later(INTERFACE, faster, *MENDED[2:]))).decode()
    assert text.startswith("Not ready (")
    assert "Better\n  VPN gateway (vpn_gateway:main): Fix. The VPN gateway vpn.example.com" in text
    assert "  Upload (bandwidth): 3.1 Mbit/s, then 12 Mbit/s: better (+287 %)\n  1 value is alike" in text
    assert "Disk space" not in text and text.endswith("4 checks have the same result as before.\n")


@pytest.mark.parametrize(
    ("bounds", "told"),
    [
        ({"low": 11e6}, "Upload (bandwidth): 3.1 Mbit/s, then at least 11 Mbit/s: better"),
        ({"low": 1e6}, "Upload (bandwidth): 3.1 Mbit/s, then at least 1 Mbit/s: may be the same"),
        ({"high": 13e6}, "Upload (bandwidth): 3.1 Mbit/s, then at most 13 Mbit/s: may be the same"),
    ],
)
def test_a_bound_is_told_as_one_and_without_a_percentage(bounds: dict[str, float], told: str) -> None:
    bound = replace(UPLOAD, measurements=(replace(UPLOAD.measurements[0], value=12e6, **bounds),))
    assert f"  {told}\n" in as_text(side_by_side(report(), later(INTERFACE, bound))).decode()


def test_where_other_servers_answered_it_is_said_unless_their_names_were_replaced() -> None:
    near, far = (
        replace(UPLOAD, facts=(Fact(name="speed_server", title="Speed server", value=f"ndt7 in {city}"),))
        for city in ("Berlin", "Sydney")
    )
    before, after = report(INTERFACE, near), later(INTERFACE, far)
    assert side_by_side(before, after).remarks == (
        "Speed was measured with other servers: ndt7 in Berlin, then ndt7 in Sydney.",
    )
    (remark,) = side_by_side(redact(before, Level.SUPPORT), redact(after, Level.SUPPORT)).remarks
    assert "nor whether the same servers answered" in remark


def test_a_server_that_measured_nothing_is_no_other_server() -> None:
    near, none = (
        replace(UPLOAD, facts=(Fact(name="speed_server", title="Speed server", value=told),))
        for told in ("ndt7 in Berlin", "ndt7 did not take part")
    )
    used = replace(UPLOAD.measurements[0], name="used", plan_limit=None, fail_limit=None)
    unmeasured = replace(none, measurements=(used,))
    both = replace(near, measurements=(*near.measurements, used))
    assert side_by_side(report(both), later(unmeasured)).remarks == ()


def test_the_same_run_twice_hides_no_other_remark() -> None:
    first, second = side_by_side(report(), later(run_id=report().run_id, partial=True)).remarks
    assert first.startswith("Both files hold the same run") and "newer run was stopped" in second


def test_no_text_of_a_report_becomes_markdown() -> None:
    evil = replace(GATEWAY, title="<b>|[x](http://evil.example)")
    told = as_markdown(side_by_side(report(), later(*RESULTS[:2], evil, DISK))).decode()
    assert "<b>" not in told and "](http" not in told
    assert "## In the older report only" in told


def test_programs_read_the_same_as_json() -> None:
    told = json.loads(as_json(side_by_side(report(), later(*MENDED))))
    assert told["schema"] == "urn:readycheck:comparison:1.0"
    assert told["before"]["reference"] == reference_of(report().run_id)
    assert {check["check_id"]: check["change"] for check in told["checks"]}["vpn_gateway:main"] == "better"
    assert told["figures"][0].keys() >= {"check_id", "name", "unit", "before", "after", "difference", "way"}


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    for name, made in (("old", report()), ("new", later(*MENDED))):
        (tmp_path / f"{name}.json").write_bytes(json_export.render(made))
    return str(tmp_path / "old.json"), str(tmp_path / "new.json")


@pytest.mark.parametrize("format_", ["text", "json", "markdown"])
def test_the_command_compares_two_files_whatever_changed(
    files: tuple[str, str], format_: str, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run_command(["compare", *files, "--format", format_]) == ExitCode.READY
    assert b"vpn" in capfdbinary.readouterr().out


def test_names_can_be_replaced_before_a_comparison_leaves(
    files: tuple[str, str], capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run_command(["compare", *files, "--redact"]) == ExitCode.READY
    told = capfdbinary.readouterr().out
    assert b"anna-laptop" not in told
    assert b"old.json" not in told and b"new.json" not in told and b"(older report)" in told


def test_reports_that_cannot_be_read_are_named_in_a_sentence_each(
    files: tuple[str, str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.json"
    other.write_bytes(
        Path(files[0]).read_bytes().replace(b'"schema_version": "1.0"', b'"schema_version": "2.0"')
    )
    assert run_command(["compare", str(other), str(tmp_path / "gone.json")]) == ExitCode.USAGE
    told = capfd.readouterr()
    first, second = told.err.splitlines()
    assert "report format 2.0" in first and "gone.json cannot be read" in second and not told.out


def test_standard_input_holds_one_of_the_two_at_most(capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["compare", "-", "-"]) == ExitCode.USAGE
    assert "Give the other one as a file" in capfd.readouterr().err
