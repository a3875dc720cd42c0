"""The band on top of the main screen: at 80x24 the next step is whole, and whose it is stands there without a key."""

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from readycheck.model import Report
from tests.tui.app_world import app_of, press, run, shown
from tests.tui.reports import REPORTS, no_internet
from tests.tui.world import FakeSession, finished, in_the_middle, run_of

STEP = (
    "Restart the router: unplug it for ten seconds, then wait two minutes until its lights are steady again."
)
REASON = "No server of the internet answers on any of the three ways that were tried, while your router does"


def words(pilot: Pilot[None]) -> str:
    """Of the screen, without the edge of the band and the score beside it."""
    lines = [line.removeprefix("▌") for line in shown(pilot.app).split("\n")]  # type: ignore[arg-type]
    return " ".join(" ".join(lines).replace("49 of 100", "").split())


def wordy() -> Report:
    report = no_internet()
    cause = replace(report.causes[0], summary=REASON, next_step=f"{STEP} Then call your provider.")
    return replace(report, causes=(cause, *report.causes[1:]))


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (160, 48)])
def test_a_long_reason_and_a_long_next_step_stand_in_full_with_the_one_who_can_mend_it(
    size: tuple[int, int],
) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        told = words(pilot)
        assert f"{REASON} Next: {STEP}" in told
        assert "Who can mend it: your internet provider (likely). Also: 13 on hold." in told
        assert "►✗ Fix" in told

    run(scene, app_of(FakeSession(past=run_of(wordy()))), size)


@pytest.mark.parametrize("name", REPORTS)
def test_nothing_of_the_band_is_cut_at_80_columns(name: str) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        band = [line for line in shown(pilot.app).split("\n") if line.startswith("▌")]  # type: ignore[arg-type]
        assert not any("…" in line for line in band), band

    run(scene, app_of(finished(name)), (80, 24))


def test_the_list_keeps_its_place_while_it_is_checked_again() -> None:
    session = FakeSession(past=run_of(wordy()), scripts=[in_the_middle(wordy())])
    heights: list[int] = []

    async def scene(pilot: Pilot[None]) -> None:
        heights.append(pilot.app.screen.query_one("CheckList").region.y)
        await press(pilot, "r")
        assert "Checking your computer" in words(pilot)
        heights.append(pilot.app.screen.query_one("CheckList").region.y)

    run(scene, app_of(session), (80, 24))
    assert heights[0] == heights[1]


def test_one_thing_to_look_at_has_a_next_step_too() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "Next: Stop other uploads, or sit nearer to the router." in words(pilot)

    run(scene, app_of(finished("with-warning")), (80, 24))


def test_a_stopped_run_has_no_score() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "no score" in words(pilot) and "of 100" not in words(pilot)

    run(scene, app_of(finished("stopped")), (80, 24))


def test_the_help_names_the_keys_of_the_areas_that_there_are() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "f1")
        assert "0-6 Show one area only" in words(pilot)

    run(scene, app_of(finished("with-faults")), (100, 40))
