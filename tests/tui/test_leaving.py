"""Every way out: quickly, asked where something would be lost, and with the terminal as it was before."""

import asyncio
import signal
import sys
import time

import pytest
from textual.pilot import Pilot

from readycheck.tui import terminal
from tests.tui.app_world import app_of, press, run, shown, until
from tests.tui.reports import with_faults
from tests.tui.test_hostile import in_a_terminal
from tests.tui.world import FakeSession, finished, in_the_middle


def test_leaving_in_the_middle_of_a_run_asks_and_then_takes_no_time() -> None:
    took: list[float] = []

    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, "q")
        assert "The run is not finished. Leave anyway?" in shown(pilot.app)  # type: ignore[arg-type]
        await press(pilot, "enter")
        assert "Checking your computer" in shown(pilot.app)  # type: ignore[arg-type]
        await press(pilot, "ctrl+q", "down")
        begun = time.monotonic()
        await pilot.press("enter")
        await until(pilot, lambda: not pilot.app.is_running)
        took.append(time.monotonic() - begun)

    run(scene, app_of(FakeSession(past=in_the_middle(with_faults()))), (80, 24))
    assert took[0] < 2.0  # 0.05 s where nothing else runs


def test_q_leaves_at_once_when_nothing_would_be_lost() -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await pilot.press("q")
        await until(pilot, lambda: not pilot.app.is_running)

    run(scene, app_of(finished("all-good")), (80, 24))


@pytest.mark.parametrize("key", ["ctrl+c", "escape"])
def test_keys_pressed_by_mistake_ask_and_escape_stays(key: str) -> None:
    async def scene(pilot: Pilot[None]) -> None:
        await press(pilot, key)
        assert "Leave readycheck?" in shown(pilot.app)  # type: ignore[arg-type]
        await press(pilot, "escape")
        assert pilot.app.is_running and "Needs you" in shown(pilot.app)  # type: ignore[arg-type]

    run(scene, app_of(finished("with-faults")), (80, 24))


def test_on_windows_the_kitty_keyboard_is_given_back_so_that_altgr_types(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    written: list[str] = []
    monkeypatch.setattr(terminal, "_write", lambda app, sequence: written.append(sequence))
    app = app_of(finished("all-good"))

    async def on(platform: str) -> None:
        terminal.prepare(app, platform)

    asyncio.run(on("linux"))
    assert written == []
    asyncio.run(on("win32"))
    assert written == ["\x1b[<u"]


def test_a_title_cannot_steer_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    monkeypatch.setattr(terminal, "_write", lambda app, sequence: written.append(sequence))
    terminal.title(app_of(finished("all-good")), "Ready\x07\x1b]52;c;eA==\x07")
    assert written[0].count("\x1b") == 1 and written[0].count("\x07") == 1


BROKEN = """
from readycheck.tui.app import run_app
from readycheck.tui.widgets.verdict_band import VerdictBand
from tests.tui.world import FakeHand, finished

def broken(self, width, height):
    secret = "token-4711"
    raise KeyError("our own fault")

VerdictBand.draw = broken
try:
    run_app(finished("all-good"), hand=FakeHand())
except KeyError as error:
    print("RAISED", error)
"""
RUNNING = """
import os, signal, sys, threading
from readycheck.errors import ToldToEnd
from readycheck.tui.app import run_app
from tests.tui.reports import with_faults
from tests.tui.world import FakeHand, FakeSession, in_the_middle

threading.Timer(1.5, lambda: os.kill(os.getpid(), signal.{signal})).start()
try:
    run_app(FakeSession(past=in_the_middle(with_faults())), hand=FakeHand())
except ToldToEnd as told:
    print("LEFT", *told.kept)
"""
needs_a_terminal = pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo terminal")


@needs_a_terminal
def test_a_fault_of_our_own_reaches_the_caller_without_a_traceback_and_without_values() -> None:
    written = in_a_terminal(BROKEN, keys=b"").decode()
    assert "RAISED 'our own fault'" in written and "type: reset" in written
    assert "token-4711" not in written and "Traceback" not in written
    assert "\x1b[?1049l" in written


@needs_a_terminal
def test_being_told_to_end_leaves_the_terminal_as_it_was() -> None:
    written = in_a_terminal(RUNNING.replace("{signal}", "SIGTERM"), keys=b"").decode()
    assert "LEFT" in written and written.rindex("\x1b[?1049l") < written.rindex("LEFT")


@needs_a_terminal
def test_an_interrupt_from_outside_asks_like_the_key() -> None:
    program = RUNNING.replace("{signal}", "SIGINT")
    quitting = "threading.Timer(4.0, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()\ntry:"
    written = in_a_terminal(program.replace("try:", quitting, 1), keys=b"").decode()
    assert "The run is not finished. Leave anyway?" in written and "LEFT" in written


def test_a_session_that_broke_raises_its_failure() -> None:
    broken = FakeSession(past=in_the_middle(with_faults()), failure=RuntimeError("the engine broke"))
    app = app_of(broken)

    async def scene(pilot: Pilot[None]) -> None:
        await until(pilot, lambda: app.fault is not None)

    with pytest.raises(RuntimeError, match="the engine broke"):
        run(scene, app, (80, 24))


def test_the_signals_are_given_back_afterwards() -> None:
    before = signal.getsignal(signal.SIGINT)
    with terminal.signals(app_of(finished("all-good"))):
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
