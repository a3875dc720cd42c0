"""Every screen at every size of window: it draws, the cursor is to be seen, and the way out is named."""

import pytest
from rich.cells import cell_len
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from readycheck.show.glyphs import ASCII
from tests.tui.app_world import SIZES, app_of, press, reader_of, run, shown
from tests.tui.reports import with_faults, with_warning
from tests.tui.world import FakeSession, finished, in_the_middle

SCREENS: dict[str, tuple[str, ...]] = {
    "run": (),
    "details": ("down", "d"),
    "detail": ("enter", "d"),
    "ticket": ("t",),
    "note": ("t", "e"),
    "view": ("t", "v"),
    "send": ("t", "enter"),
    "help": ("f1",),
    "menu": ("m",),
    "leave?": ("escape",),
}
READING = {"help", "view"}  # text to scroll: no line has a cursor


def check_the_screen(pilot: Pilot[None], name: str, width: int, height: int) -> None:
    text = shown(pilot.app)  # type: ignore[arg-type]
    lines = text.split("\n")
    assert len(lines) <= height and all(cell_len(line) <= width for line in lines)
    focused = pilot.app.focused
    assert focused is not None, f"{name}: nothing has the focus"
    assert "►" in text or name in READING or isinstance(focused, Input | TextArea), text
    assert "q Quit" in lines[-1] or "Esc" in text, text
    assert not any(line.endswith(("Esc", "q", "Enter")) for line in lines[-1:]), "the key bar is cut"


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_draws_itself_at_every_size(name: str) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, *SCREENS[name])
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await pilot.pause(0.02)
            check_the_screen(pilot, name, width, height)

    run(scene, app_of(finished("with-faults")), (80, 24))


@pytest.mark.parametrize("name", ["running", "first start"])
def test_a_screen_of_the_beginning_draws_itself_at_every_size(name: str) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await pilot.pause(0.02)
            check_the_screen(pilot, name, width, height)

    running = FakeSession(past=in_the_middle(with_faults()))
    run(scene, app_of(running) if name == "running" else app_of(FakeSession(), first_start=True), (80, 24))


def test_saved_reports_draw_themselves_at_every_size_and_offer_no_run() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await pilot.pause(0.02)
            check_the_screen(pilot, "reports", width, height)
        await press(pilot, "down", "enter")
        text = shown(pilot.app)  # type: ignore[arg-type]
        assert "Ready, with 1 thing to look at" in text and "read only" in text
        assert "Check again" not in text and "Run all" not in text and "Esc Back" in text
        await press(pilot, "a", "r", "x", "escape")
        assert "2 saved reports" in shown(pilot.app)  # type: ignore[arg-type]

    run(scene, reader_of(with_faults(), with_warning()), (100, 30))


def test_one_saved_report_is_read_on_the_main_screen_and_can_become_a_ticket() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        assert "Saved report of today 08:14, read only" in shown(pilot.app)  # type: ignore[arg-type]
        await press(pilot, "t")
        assert "what will be sent" in shown(pilot.app)  # type: ignore[arg-type]

    run(scene, reader_of(with_faults()), (100, 30))


def test_a_window_that_is_too_small_says_so_and_keeps_the_verdict() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        for width, height in ((40, 12), (100, 10), (50, 30), (20, 4)):
            await pilot.resize_terminal(width, height)
            await pilot.pause(0.05)
            words = " ".join(shown(pilot.app).split())  # type: ignore[arg-type]
            assert "Not ready yet" in words and "Needs you" not in words, words
        await pilot.resize_terminal(60, 16)
        await pilot.pause(0.05)
        assert "Needs you" in shown(pilot.app)  # type: ignore[arg-type]

    run(scene, app_of(finished("with-faults")), (80, 24))


@pytest.mark.parametrize("name", ["with-faults", "no-internet"])
def test_a_window_that_is_too_small_still_tells_whom_to_call_and_what_to_read_out(name: str) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        text = shown(pilot.app)  # type: ignore[arg-type]
        words = " ".join(text.split())
        assert "+49 30 1234567" in words and "rc-5f3a9c0d" in words and "at least 60 x 16" in words
        assert "--plain" in words and len(text.split("\n")) <= 12

    run(scene, app_of(finished(name)), (40, 12))


@pytest.mark.parametrize("name", ["details", "ticket", "send", "menu", "help"])
def test_in_ascii_mode_no_other_character_is_drawn(name: str) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, *SCREENS[name])
        text = shown(pilot.app)  # type: ignore[arg-type]
        assert text.isascii(), sorted({char for char in text if not char.isascii()})

    run(scene, app_of(finished("with-faults"), glyphs=ASCII), (100, 30))


def test_what_is_stood_in_for_is_said_on_the_screen_and_in_full_in_the_help() -> None:
    said = "Demonstration: the speed server is played by this computer."

    async def scene(pilot: Pilot[None]) -> None:
        assert said in shown(pilot.app)  # type: ignore[arg-type]
        await pilot.resize_terminal(60, 16)
        await pilot.pause(0.02)
        assert "Demonstration" in shown(pilot.app)  # type: ignore[arg-type]

    run(scene, app_of(finished("all-good", simulated=(said,))), (80, 24))
