"""The app over the world of world.py, and its screen as plain text."""

from pathlib import Path
from typing import Any

from textual.screen import Screen

from readycheck.glyphs import MODERN, Glyphs
from readycheck.tui.app import ReadycheckApp
from readycheck.tui.desk import Desk
from readycheck.tui.screens.run import RunScreen
from tests.tui.world import FakeHand, FakeSession

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
    desk = Desk(session=session, hand=hand or FakeHand(folder=folder), glyphs=glyphs)

    def first() -> list[Screen[Any]]:
        from readycheck.tui.screens.start import StartScreen

        return [RunScreen(desk), *([StartScreen(desk, first=True)] if first_start else [])]

    return ReadycheckApp(desk, first, theme=theme, environ={})


def shown(app: ReadycheckApp) -> str:
    """What is on the screen, as lines of text without trailing blanks."""
    strips = app.screen._compositor.render_strips()
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)
