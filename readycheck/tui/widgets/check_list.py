"""The list of checks: sections and rows of a state as lines of one LineList."""

from rich.cells import cell_len

from readycheck.model import CAPABILITY_TITLES, Capability
from readycheck.show import wording
from readycheck.show.glyphs import Glyphs
from readycheck.show.listing import Group, Section, sections
from readycheck.show.state import Row, RowStatus, RunState
from readycheck.tui import roles
from readycheck.tui.widgets.line_list import Cell, LineList, ListLine, width_of

STATUS_WIDTH = max(cell_len(word) for word in wording.STATUS_WORDS.values()) + 3
LEAST_TITLE, MOST_TITLE = 23, 34
BAR = 8


class CheckList(LineList):
    """``follow()`` it a state. Rows keep their place during a run; at its end they are ordered by need, once."""

    _followed: tuple[RunState, Capability | None] | None = None

    def follow(self, state: RunState, only: Capability | None, *, to_first: bool = False) -> None:
        self._followed = (state, only)
        most = max(LEAST_TITLE, min(MOST_TITLE, self.size.width * 9 // 20))
        lines = check_lines(state, only, self.glyphs, most)
        first = next((line.key for line in lines if line.key), "")
        self.show(lines, at=first if to_first else "")

    def on_resize(self) -> None:
        if self._followed is not None:
            self.follow(*self._followed)


def check_lines(
    state: RunState, only: Capability | None, glyphs: Glyphs, most: int = MOST_TITLE
) -> list[ListLine]:
    found = sections(state, only)
    title_width = width_of([row.title for section in found for row in section.rows], most)
    lines: list[ListLine] = []
    if only is not None:
        lines.append(_only(only))
    for section in found:
        lines.append(_heading(section))
        for row in section.rows:
            lines.append(_row(row, state, title_width, glyphs))
            if held := section.held.get(row.check_id, 0):
                lines.append(_fold(held, glyphs))
    return lines


def _heading(section: Section) -> ListLine:
    title = wording.heading(section)
    if section.group is Group.AREA:
        done = f"{section.done} of {len(section.rows)}"
        return ListLine(cells=(Cell(text=title, role="strong"), Cell(text=done, role="muted", width=9)))
    return ListLine(cells=(Cell(text=f"{title} ({len(section.rows)})", role="strong"),))


def _only(capability: Capability) -> ListLine:
    text = f"Only {CAPABILITY_TITLES[capability]} is shown. Press 0 for everything."
    return ListLine(cells=(Cell(text=text, role="muted"),))


def _row(row: Row, state: RunState, title_width: int, glyphs: Glyphs) -> ListLine:
    role = roles.of_status(row.status)
    status = f"{glyphs.of(row.status)} {wording.STATUS_WORDS[row.status]}"
    quiet = row.status in (RowStatus.ON_HOLD, RowStatus.NOT_NEEDED, RowStatus.WAITING, RowStatus.STOPPED)
    return ListLine(
        key=row.check_id,
        cells=(
            Cell(text=status, role=role, width=STATUS_WIDTH),
            Cell(text=row.title, role="muted" if quiet else "", width=title_width),
            Cell(text=row_words(row, state, glyphs), role="muted" if row.status is not RowStatus.FIX else ""),
        ),
    )


def row_words(row: Row, state: RunState, glyphs: Glyphs) -> str:
    """The text of a row; for a running one with a known fraction a bar."""
    if row.status is RowStatus.CHECKING and row.was is None and row.fraction is not None:
        full = min(BAR, max(0, round(BAR * row.fraction)))
        return f"{glyphs.full * full}{glyphs.empty * (BAR - full)} {100 * row.fraction:3.0f} %"
    return wording.row_text(row, state)


def _fold(count: int, glyphs: Glyphs) -> ListLine:
    text = f"{glyphs.branch} {wording.on_hold_line(count)}"
    return ListLine(cells=(Cell(text="", width=STATUS_WIDTH), Cell(text=text, role="muted")))
