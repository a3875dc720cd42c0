"""The words both faces use: one table a kind of sentence."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from rich.cells import cell_len

from readycheck.model import (
    CAPABILITY_TITLES,
    Capability,
    Confidence,
    Measurement,
    Owner,
    Question,
    Report,
    Standing,
    Status,
)
from readycheck.show import wording
from readycheck.show.glyphs import ASCII, BASIC, MODERN, Glyphs, pick_glyphs
from readycheck.show.state import RowStatus, of_report
from readycheck.units import value_text
from tests.tui.reports import (
    NO_CAMERA_RIGHT,
    REPORTS,
    SLOW_UPLOAD,
    TITLES,
    all_good,
    changed,
    finding,
    no_internet,
    not_judged,
    report,
    stopped,
    with_faults,
    with_warning,
)
from tests.tui.world import run_of
from tests.unit.test_state import after

UTF8, OLD = "utf-8", "cp1252"


@pytest.mark.parametrize(
    ("environ", "encoding", "windows", "ascii_only", "expected"),
    [
        ({}, UTF8, False, False, MODERN),
        ({}, "UTF8", False, False, MODERN),
        ({}, UTF8, True, False, BASIC),
        ({"WT_SESSION": "1"}, UTF8, True, False, MODERN),
        ({"TERM_PROGRAM": "vscode"}, UTF8, True, False, MODERN),
        ({"TERM": "linux"}, UTF8, False, False, ASCII),
        ({}, OLD, False, False, ASCII),
        ({"WT_SESSION": "1"}, OLD, True, False, ASCII),
        ({}, UTF8, False, True, ASCII),
    ],
)
def test_the_glyph_set_is_one_the_terminal_can_show(
    environ: dict[str, str], encoding: str, windows: bool, ascii_only: bool, expected: Glyphs
) -> None:
    assert pick_glyphs(environ, encoding=encoding, windows=windows, ascii_only=ascii_only) is expected


@pytest.mark.parametrize("glyphs", [MODERN, BASIC, ASCII], ids=lambda glyphs: glyphs.name)
def test_every_glyph_is_one_cell_wide_and_every_status_has_one(glyphs: Glyphs) -> None:
    drawn = [getattr(glyphs, name) for name in Glyphs.__dataclass_fields__ if name != "name"]
    assert all(cell_len(glyph) == 1 for glyph in drawn)
    assert all(glyphs.of(status) for status in RowStatus)
    assert all(glyphs.of_standing(standing) for standing in Standing)
    if glyphs is ASCII:
        assert all(glyph.isascii() for glyph in drawn)


def test_statuses_that_mean_different_things_differ_without_colour() -> None:
    for glyphs in (MODERN, BASIC, ASCII):
        shown = {
            glyphs.of(status) for status in (RowStatus.OK, RowStatus.LOOK, RowStatus.FIX, RowStatus.NO_RESULT)
        }
        assert len(shown) == 4
    assert len(set(wording.STATUS_WORDS.values())) == len(RowStatus)


def test_every_member_has_a_word() -> None:
    assert set(wording.STATUS_WORDS) == set(RowStatus)
    assert set(wording.STANDING_WORDS) == set(Standing)
    assert set(CAPABILITY_TITLES) == set(Capability)
    assert set(wording.OWNER_WORDS) == set(Owner)
    assert set(wording.CONFIDENCE_WORDS) == set(Confidence)


TWO_FIXES = report(
    changed("disk", finding(Status.FAIL, "device.disk_full", "No space left", "Empty the bin.")),
    changed(
        "share:team", finding(Status.FAIL, "files.access_denied", "The team drive refused you", "Ask IT.")
    ),
)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (all_good(), "Ready to work"),
        (with_faults(), "Not ready yet: 1 thing to fix"),
        (TWO_FIXES, "Not ready yet: 2 things to fix"),
        (no_internet(), "Not ready yet: no internet"),
        (with_warning(), "Ready, with 1 thing to look at"),
        (not_judged(), "We could not check enough to say"),
        (stopped(), "Stopped: 9 of 24 checked"),
        (replace(with_faults(), partial=True), "Not ready yet: 1 thing to fix"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_headline_says_the_verdict(made: Report, expected: str) -> None:
    assert wording.headline(made) == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (all_good(), "Everything that was checked works."),
        (with_faults(), "vpn.example.com does not answer, while other servers do at the same moment"),
        (not_judged(), "Camera: The system does not say which cameras there are"),
        (with_warning(), "Internet speed: Upload 3.1 Mbit/s, 4 wanted: your picture may freeze"),
        (stopped(), "The run was stopped before it was done, so this says little about your computer."),
    ],
)
def test_the_reason_is_one_sentence(made: Report, expected: str) -> None:
    assert wording.reason(made) == expected


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (all_good(), ""),
        (with_faults(), "Also: 1 thing to look at, 1 without a result, 3 on hold."),
        (with_warning(), ""),
        (
            replace(
                with_warning(),
                questions=(Question(id="q", capability=Capability.CALLS, text="Do you see yourself?"),),
            ),
            "Also: 1 question for you.",
        ),
    ],
)
def test_the_also_line_counts_what_the_headline_does_not(made: Report, expected: str) -> None:
    assert wording.also_line(made) == expected


@pytest.mark.parametrize("name", REPORTS)
def test_no_sentence_blames_or_shouts(name: str) -> None:
    made = REPORTS[name]()
    said = " ".join((wording.headline(made), wording.reason(made), wording.also_line(made)))
    assert not {"error", "failed", "invalid", "!"} & set(said.lower().replace("!", " ! ").split())


def test_a_row_says_its_step_then_what_was_found_or_why_not() -> None:
    state = after(*run_of(with_faults()))
    texts = {row.check_id: wording.row_text(row, state) for row in state.rows}
    assert texts["vpn_tunnel"] == "after: VPN gateway"
    assert texts["camera"] == "The system does not say which cameras there are"
    assert texts["power"] == "This computer has no battery"
    late = replace(NO_CAMERA_RIGHT, reason="No result: it took longer than 10 s")
    state = of_report(report(late))
    row = state.row("camera")
    assert row is not None and wording.row_text(row, state) == "it took longer than 10 s"


def test_what_was_checked_again_is_told_in_one_line() -> None:
    assert wording.again_line(report().results[0]) == f"{TITLES[0][1]}: now OK."
    assert wording.again_line(SLOW_UPLOAD) == (
        "Internet speed, checked again: Upload 3.1 Mbit/s, 4 wanted: your picture may freeze"
    )


def value(amount: float, unit: str, plan: float | None = None, fail: float | None = None) -> Measurement:
    return Measurement(name="x", title="X", value=amount, unit=unit, plan_limit=plan, fail_limit=fail)


@pytest.mark.parametrize(
    ("measurement", "expected"),
    [
        (value(3.1e6, "bit/s", 4e6, 1e6), "3.1 Mbit/s, 4 wanted"),
        (value(48e6, "bit/s", 25e6, 5e6), "48 Mbit/s, 25 wanted"),
        (value(3.97e6, "bit/s", 4e6, 1e6), "3.97 Mbit/s, 4 wanted"),
        (value(4e6, "bit/s", 4e6, 1e6), "4 Mbit/s, 4 wanted"),
        (value(900e3, "bit/s", 4e6, 1e6), "0.9 Mbit/s, 4 wanted"),
        (value(40e3, "bit/s", 4e6, 1e6), "0.04 Mbit/s, 4 wanted"),
        (value(95, "ms", 80, 200), "95 ms, at most 80 wanted"),
        (value(0.4, "%", 1, 5), "0.4 %, at most 1 wanted"),
        (value(12.4, "ms"), "12 ms"),
        (value(1_500, "bit/s"), "1.5 kbit/s"),
        (value(9e9, "bytes"), "9 GB"),
        (value(11e6, "bytes/s"), "11 MB/s"),
        (value(512, "B"), "512 bytes"),
        (value(-74, "dBm"), "-74 dBm"),
        (value(90, "s"), "1.5 min"),
        (value(3, ""), "3"),
        (value(0, "bit/s", 4e6, 1e6), "0 Mbit/s, 4 wanted"),
    ],
    ids=lambda case: case if isinstance(case, str) else "",
)
def test_a_number_has_a_unit_of_reading_size_and_the_limit_it_is_held_against(
    measurement: Measurement, expected: str
) -> None:
    assert value_text(measurement) == expected


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("2026-11-21T09:14:00+00:00", "today 09:14"),
        ("2026-11-21T09:14:00+01:00", "today 08:14"),
        ("2026-11-20T17:42:00+00:00", "yesterday 17:42"),
        ("2026-10-02T09:00:00+00:00", "2 Oct 2026, 09:00"),
        ("2026-11-22T09:00:00+00:00", "22 Nov 2026, 09:00"),
        ("somewhen", "somewhen"),
    ],
)
def test_a_time_is_said_as_a_person_says_it(stamp: str, expected: str) -> None:
    assert wording.when_text(stamp, datetime(2026, 11, 21, 12, 0, tzinfo=UTC)) == expected


def test_progress_claims_no_more_than_is_known() -> None:
    state = after(run_of(report())[0])
    assert wording.progress_text(state, 5.2) == "0 of 24 done · 5 s, at most 60 s"


def test_the_network_of_a_hotel_is_not_called_the_persons_own_and_a_password_is_not_the_computers() -> None:
    assert wording.owner_text(Owner.HOME, (), Confidence.MEDIUM) == "the network you are on (likely)"
    assert wording.owner_text(Owner.DEVICE, (), Confidence.HIGH) == "you, on this computer (certain)"
    either = wording.owner_text(Owner.HOME, (Owner.HOME, Owner.ISP))
    assert either.startswith("the network you are on or your internet provider; which of them")
