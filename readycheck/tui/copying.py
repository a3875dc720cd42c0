"""Copying with an honest answer: the system's clipboard where a program confirms it, else the terminal's, which never answers."""

from typing import Any

from textual.app import App

from readycheck.tui.hand import Hand

COPIED = "Copied."
SENT = "Sent to the terminal's clipboard. If nothing arrives, save it as a file instead."


async def copy_text(app: App[Any], hand: Hand, text: str) -> str:
    """The sentence that was shown."""
    if await hand.copy(text):
        said = COPIED
    else:
        app.copy_to_clipboard(text)
        said = SENT
    app.notify(said, markup=False)
    return said
