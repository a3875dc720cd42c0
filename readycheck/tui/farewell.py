"""What stays on the terminal when the app has been left: the verdict, the next step, a way to a human, and where things lie."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from textwrap import wrap
from typing import Final

from readycheck.export.text import to_ascii
from readycheck.model import Report
from readycheck.show import wording
from readycheck.ticket.reach import in_trouble
from readycheck.tui.desk import Desk

UNFINISHED: Final = "You left before the run was done: nothing of it was kept."
PLAYED: Final = "This was a demonstration: nothing of it was kept."
NOT_KEPT: Final = "This run was not kept. Before you leave, t keeps a ticket of it; readycheck run --output FILE keeps a report."


def parting_words(desk: Desk) -> tuple[str, ...]:
    """A sentence or two a line, none of them empty; nothing where nothing was run."""
    if desk.session is None or not (desk.report or desk.state.rows):
        return ()
    return tuple(line for line in _lines(desk, desk.report) if line)


def _lines(desk: Desk, report: Report | None) -> Iterator[str]:
    if report is None:
        yield UNFINISHED
        return
    yield f"readycheck: {wording.headline(report)}. {wording.reason(report)}".strip()
    step = wording.next_step(report).partition("\n")[0]
    yield f"Next: {step}" if step else ""
    if in_trouble(report):
        yield desk.support
    kept = dict.fromkeys(map(str, desk.kept))
    yield from (f"Kept: {path}" for path in kept)
    if not kept:
        yield PLAYED if report.simulated else NOT_KEPT


def say_parting_words(desk: Desk) -> None:
    """On the standard output, wrapped where the window is; silently nothing where the terminal is gone."""
    width = max(20, shutil.get_terminal_size().columns)
    with suppress(OSError):
        for line in parting_words(desk):
            for part in wrap(line, width, break_long_words=False, break_on_hyphens=False):
                _say(part)


def _say(text: str) -> None:
    try:
        print(text)
    except UnicodeEncodeError:
        print(to_ascii(text))
