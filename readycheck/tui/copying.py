"""Copying with an honest answer: the system's clipboard where a program confirms it, else the terminal's, which never answers."""

from typing import Any

from textual.app import App

from readycheck.tui.hand import Hand

COPIED = "Copied."
SENT = "Sent to the terminal's clipboard. If nothing arrives, save it as a file instead."


async def copy_text(app: App[Any], hand: Hand, text: str) -> None:
    """Copy it and say so in a corner of the screen."""
    app.notify(await copied(app, hand, text), markup=False)


async def copied(app: App[Any], hand: Hand, text: str) -> str:
    """Copy it; the sentence that says how, for a screen with a place of its own for it."""
    if await hand.copy(text):
        return COPIED
    app.copy_to_clipboard(text)
    return SENT
