"""The list of saved reports: what tells them apart stands there, and typing finds one among many."""

from msgspec.structs import replace
from textual.pilot import Pilot

from readycheck.model import Report
from readycheck.redact import Level, redact
from readycheck.tui.screens.run import RunScreen
from tests.tui.app_world import press, reader_of, run, shown
from tests.tui.reports import with_faults, with_warning


def of(computer: str, run_id: str, report: Report | None = None) -> Report:
    found = report or with_warning()
    return replace(found, run_id=run_id, environment=replace(found.environment, computer=computer))


def test_a_line_says_when_which_run_whose_computer_the_score_and_the_verdict() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        line = next(line for line in shown(pilot.app).split("\n") if "rc-0a1b2c3d" in line)  # type: ignore[arg-type]
        assert line.split() == [
            *("►today", "08:14", "rc-0a1b2c3d", "ben-laptop"),
            *("49", "✗", "Not", "ready", "yet:", "1", "thing", "to", "f…"),
        ]

    run(scene, reader_of(of("ben-laptop", "0a1b2c3d" * 2, with_faults()), with_warning()), (80, 24))


def test_a_redacted_report_is_told_by_its_file_and_a_wide_window_shows_files_for_all() -> None:
    async def narrow(pilot: Pilot[None]) -> None:
        text = shown(pilot.app)  # type: ignore[arg-type]
        assert "report-1.json" in text and "[computer 1]" not in text
        assert "anna-laptop" in text and "report-2.json" not in text
        await pilot.resize_terminal(120, 30)
        await pilot.pause(0.05)
        assert "anna-laptop, report-2.json" in shown(pilot.app)  # type: ignore[arg-type]

    run(narrow, reader_of(redact(with_faults(), Level.SUPPORT), with_warning()), (80, 24))


def test_typing_finds_one_among_a_thousand_and_escape_shows_all_again() -> None:
    many = [of(f"laptop-{n}", f"{n:016x}") for n in range(1000)]

    async def scene(pilot: Pilot[None]) -> None:
        app = pilot.app
        await press(pilot, "/", *"laptop-734")
        found = [line for line in shown(app).split("\n") if "today" in line]  # type: ignore[arg-type]
        assert len(found) == 1 and "laptop-734" in found[0]
        await press(pilot, *"xyz")
        assert "No report has these words." in shown(app)  # type: ignore[arg-type]
        await press(pilot, "escape")
        assert "laptop-0" in shown(app) and "laptop-1 " in shown(app)  # type: ignore[arg-type]
        await press(pilot, "/", *"laptop-12", "space", *"ready", "down", "down", "enter")
        assert "read only" in shown(app)  # type: ignore[arg-type]
        assert isinstance(app.screen, RunScreen) and app.screen.desk.report == many[120]

    run(scene, reader_of(*many), (80, 24))


def test_escape_asks_before_leaving_where_nothing_was_typed() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "escape")
        assert "Leave readycheck?" in shown(pilot.app)  # type: ignore[arg-type]

    run(scene, reader_of(with_faults(), with_warning()), (80, 24))
