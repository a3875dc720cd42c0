"""What Textual leaves to us at the terminal itself: keyboard mode on Windows, the window's title, and signals."""

import asyncio
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

from textual.app import App

from readycheck.keeping import Keep, when_told_to_end
from readycheck.text import clean

WINDOWS_TIMERS: Final = 64
KITTY_OFF: Final = "\x1b[<u"


def prepare(app: App[Any], platform: str) -> None:
    """Once the app runs. On Windows take back the Kitty keyboard protocol: with it, Windows Terminal 1.25 loses what AltGr
    types (@ \\ { [). There Textual's timers wait in threads of the loop's executor, which must not run out of them.
    """
    if platform == "win32":
        _write(app, KITTY_OFF)
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(WINDOWS_TIMERS))


def title(app: App[Any], text: str) -> None:
    _write(app, f"\x1b]0;{clean(text, 120)}\x07")


def _write(app: App[Any], sequence: str) -> None:
    driver = app._driver
    if driver is not None and not app.is_headless:
        driver.write(sequence)
        driver.flush()


def _soon(app: App[Any], work: Callable[[], object]) -> None:
    """From a signal handler: wakes the loop, which would else sleep on until the next key."""
    if app._loop is None:
        raise KeyboardInterrupt
    app._loop.call_soon_threadsafe(app.call_later, work)


@contextmanager
def signals(app: App[Any], *keeps: Keep) -> Iterator[None]:
    """While the app runs: a Ctrl-C from outside asks. Being told to end keeps what would be lost (``keeps``) and leaves
    the terminal as it was; ToldToEnd is raised then."""

    def ask(number: int, frame: FrameType | None) -> None:
        _soon(app, lambda: app.run_action("app.interrupt"))

    before = signal.signal(signal.SIGINT, ask)
    try:
        with when_told_to_end(lambda: _soon(app, app.exit), *keeps):
            yield
    finally:
        signal.signal(signal.SIGINT, before)
