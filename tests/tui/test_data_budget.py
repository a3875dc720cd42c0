"""The app says what a run may use before it runs, in whole sentences at the sizes of window that people have."""

from dataclasses import replace

import pytest
from textual.pilot import Pilot

from readycheck.events import RunStarted
from readycheck.model import Report
from tests.tui.app_world import app_of, press, run, shown, until
from tests.tui.reports import with_faults
from tests.tui.world import METERED, FakeSession, finished, in_the_middle, metered, started

WINDOWS = ((80, 24), (100, 30))


def flat(pilot: Pilot[None]) -> str:
    """The screen as running text: the borders of panes and the ends of lines are no part of a sentence."""
    return " ".join(shown(pilot.app).replace("│", " ").split())  # type: ignore[arg-type]


@pytest.mark.parametrize("size", WINDOWS)
@pytest.mark.parametrize(("session", "data"), [(FakeSession(), "45 MB"), (metered(), "2.9 MB")])
def test_the_start_says_seconds_data_and_hosts_before_anything_runs(
    size: tuple[int, int], session: FakeSession, data: str
) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.pause(0.05)
        said = flat(pilot)
        assert f"at most 60 seconds and {data} of data" in said
        assert f"A run takes at most 60 seconds and {data} of data." in said
        assert "It talks to speed.example.com" in said and "others." in said
        assert "Just the basics" in said
        assert session.notice in said
        assert not session.asked

    run(scene, app_of(session, first_start=True), size)


def test_the_start_tells_the_small_plan_as_soon_as_the_system_has_told_that_the_connection_is_metered() -> (
    None
):
    session = FakeSession()

    async def scene(pilot: Pilot[None]) -> None:
        await pilot.pause(0.05)
        assert "45 MB" in flat(pilot)
        session.is_metered()
        await until(pilot, lambda: METERED in flat(pilot))
        assert "45 MB" not in flat(pilot)
        assert flat(pilot).count("2.9 MB of data") == 2

    run(scene, app_of(session, first_start=True), (80, 24))


@pytest.mark.parametrize("size", [*WINDOWS, (60, 16)])
def test_a_run_on_a_metered_connection_says_so_on_the_screen(size: tuple[int, int]) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.pause(0.05)
        assert METERED in flat(pilot)

    run(scene, app_of(metered(past=in_the_middle(with_faults()))), size)


def with_costs() -> FakeSession:
    """A run that has just begun, in which every check may use something."""
    begun = started()
    rows = tuple(
        replace(one, max_bytes=40_000, max_seconds=2.5, hosts="the router, www.example.com")
        for one in begun.planned
    )
    event: RunStarted = replace(begun, planned=rows, hosts=("www.example.com", "the router"))
    return FakeSession(past=[event])


def test_a_check_that_waits_says_what_it_may_use_and_whom_it_talks_to() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "enter")
        said = flat(pilot)
        assert "May use 40 kB and 2.5 seconds." in said
        assert "It talks to the router, www.example.com." in said

    run(scene, app_of(with_costs()), (80, 24))


def test_help_names_every_host_of_the_run() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "f1", "end")
        await until(pilot, lambda: "It talks to www.example.com and the router." in flat(pilot))
        assert "It may use 45 MB." in flat(pilot)

    run(scene, app_of(with_costs()), (80, 24))


def test_help_says_after_a_run_how_much_it_used() -> None:
    from readycheck.show.spending import used_text

    session = finished("all-good")
    report: Report = session.past[-1].report  # type: ignore[union-attr]

    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "f1", "end")
        await until(pilot, lambda: used_text(report) in flat(pilot))

    run(scene, app_of(session), (100, 30))
