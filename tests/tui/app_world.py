"""The app over the world of world.py, and its screen as plain text."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from textual import events
from textual.pilot import Pilot
from textual.screen import Screen

from readycheck.model import Report
from readycheck.saved import SavedReport
from readycheck.show.glyphs import MODERN, Glyphs
from readycheck.show.state import of_report
from readycheck.tui.app import ReadycheckApp
from readycheck.tui.desk import Desk
from readycheck.tui.screens.reports import ReportsScreen
from readycheck.tui.screens.run import RunScreen
from tests.tui.world import FakeHand, FakeSession

NOW = datetime(2026, 11, 21, 8, 20, tzinfo=UTC)
NAMES = {" ": "space", "?": "question_mark", ",": "comma", ".": "full_stop", "/": "slash"}
SIZES = ((60, 16), (80, 24), (100, 30), (160, 48))


def app_of(
    session: FakeSession,
    *,
    folder: Path = Path("/nowhere"),
    hand: FakeHand | None = None,
    glyphs: Glyphs = MODERN,
    first_start: bool = False,
    theme: str = "dark",
) -> ReadycheckApp:
    desk = Desk(session=session, hand=hand or FakeHand(folder=folder), glyphs=glyphs, now=lambda: NOW)

    def first() -> list[Screen[Any]]:
        from readycheck.tui.screens.start import StartScreen

        return [RunScreen(desk), *([StartScreen(desk, first=True)] if first_start else [])]

    return ReadycheckApp(desk, first, theme=theme, environ={})


def shown(app: ReadycheckApp) -> str:
    """What is on the screen, as lines of text without trailing blanks."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


def reader_of(*reports: Report, folder: Path = Path("/nowhere")) -> ReadycheckApp:
    """The app as `readycheck open` starts it, over a fake hand; the files are called report-1.json and so on."""
    saved = [SavedReport(file=f"report-{n}.json", report=report) for n, report in enumerate(reports, 1)]
    state = of_report(reports[0]) if len(reports) == 1 else None
    desk = Desk(session=None, hand=FakeHand(folder=folder), state=state, now=lambda: NOW)
    main = RunScreen(desk) if state is not None else ReportsScreen(desk, saved)
    return ReadycheckApp(desk, lambda: [main], theme="dark", environ={})


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Keys as the terminal sends them, each once the one before is dealt with (pilot.press waits 40 ms after every one)."""
    for key in keys:
        named = NAMES.get(key, key)
        char = key if len(key) == 1 else {"space": " ", "question_mark": "?"}.get(key)
        pilot.app.post_message(events.Key(named, char))
        for _ in range(2):
            await pilot.pause(0)
    await pilot.pause(0.02)


async def until(pilot: Pilot[None], holds: Callable[[], object], limit_s: float = 5.0) -> None:
    """Wait until something holds, at most ``limit_s``."""
    for _ in range(int(limit_s / 0.02)):
        if holds():
            return
        await pilot.pause(0.02)
    raise AssertionError("it did not come about in time")


def run(scene: Callable[[Pilot[None]], Awaitable[None]], app: ReadycheckApp, size: tuple[int, int]) -> None:
    """Play a scene in the app at this size."""

    async def play() -> None:
        async with app.run_test(size=size) as pilot:
            await pilot.pause(0.02)
            await scene(pilot)

    asyncio.run(play())
