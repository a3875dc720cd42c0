"""The verdict on top: one sentence, why, the next step, who can mend it, and the score; during a run how far it is."""

from collections.abc import Sequence
from typing import Final

from rich.cells import cell_len
from textual.geometry import Size

from readycheck.model import Report
from readycheck.show import wording
from readycheck.show.glyphs import Glyphs
from readycheck.show.state import RunState
from readycheck.tui import roles
from readycheck.tui.cells import Line, Span, fit, two_sides, wrap
from readycheck.tui.widgets.painting import Painting

LONG_STEP: Final = 3  # rows; a next step of several sentences is told as far as it fits in so many


class VerdictBand(Painting):
    """``show()`` it a state. Where the style sheet gives it no height it is as high as its sentences; what does not fit is left
    out from the bottom."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._state = RunState()
        self._message = ""
        self._support = ""
        self._elapsed_s = 0.0
        self._judged_rows = 0

    def show(self, state: RunState, *, elapsed_s: float = 0.0, message: str = "", support: str = "") -> None:
        """``support``: which way to a human works now; shown where there is room for it below all else."""
        self._state, self._elapsed_s, self._message, self._support = state, elapsed_s, message, support
        if self._rows(self.size.width) != self.size.height:
            self.refresh(layout=True)
        self.changed()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._rows(width)

    def _rows(self, width: int) -> int:
        """What the verdict takes with all its sentences; during a run as much as before, so that the list keeps its place."""
        report = self._state.report
        if report is not None:
            parts = self._parts(report, width - 4 - _side(report))
            self._judged_rows = 1 + sum(len(lines) for lines, _ in parts)
        return self._judged_rows

    def draw(self, width: int, height: int) -> Sequence[Line]:
        report = self._state.report
        if report is None:
            role, lines = "info", self._progress(width - 4, height)
        else:
            role, lines = roles.of_verdict(report), self._judged(report, width - 4, height)
        above = (height - len(lines)) // 2 if height > 4 else 0
        lines = [*[()] * above, *lines, *[()] * height]
        return [((f"{self._glyphs.edge} ", role), *line, ("  ", "")) for line in lines[:height]]

    def _progress(self, width: int, height: int) -> list[Line]:
        state, glyphs = self._state, self._glyphs
        total = max(1, len(state.rows))
        progress = wording.progress_text(state, self._elapsed_s, glyphs.middot)
        head = two_sides((("Checking your computer", "strong"),), ((progress, "muted"),), width, glyphs.dots)
        found: Line = ((fit(wording.found_so_far(state), width, glyphs.dots), ""),)
        room = max(10, min(width - 8, 80))
        full = room * state.done // total
        bar: Line = (
            (glyphs.full * full, "info"),
            (glyphs.empty * (room - full), "muted"),
            (f"  {100 * state.done // total} %", "muted"),
        )
        if height <= 2:
            return [head, found]
        return [head, bar, found, (("You can keep working while this runs.", "muted"),)]

    def _judged(self, report: Report, width: int, height: int) -> list[Line]:
        role = roles.of_verdict(report)
        head: Line = ((f"{self._glyphs.of_verdict(report)} {wording.headline(report)}", f"{role} strong"),)
        score: Line = ((f"  {wording.score_text(report)}", "strong"),)
        dots = self._glyphs.dots
        if height <= 2:
            why = self._message or wording.reason(report)
            return [two_sides(head, score, width, dots), ((fit(why, width, dots), ""),)]
        side = _side(report)
        texts = self._sentences(report, width - side, height - 1)
        right: list[Line] = [score, *[()] * height]
        lines = [two_sides(head, (("Readiness".rjust(side), "muted"),), width, dots)]
        return lines + [
            two_sides((text,), edge, width, dots) for text, edge in zip(texts, right, strict=False)
        ]

    def _sentences(self, report: Report, width: int, rows: int) -> list[Span]:
        """Why, the next step, who can mend it, what else, and a way to a human: the last ones are the first to go, and why is cut
        before the first sentence of the next step is."""
        parts = self._parts(report, width)
        while len(parts) > 2 and sum(len(lines) for lines, _ in parts) > rows:
            parts.pop()
        if sum(len(lines) for lines, _ in parts) > rows:
            step = wrap(whole_sentences(self._step(report), width), width)[: rows - 1]
            why = self._cut(self._why(report), width, max(1, rows - len(step)))
            parts = [(why, ""), (step, "strong")]
        room = rows - sum(len(lines) for lines, _ in parts)
        support = self._cut(whole_sentences(self._support, width * room), width, room) if room > 0 else []
        return [(text, role) for lines, role in (*parts, (support, "")) for text in lines][:rows]

    def _parts(self, report: Report, width: int) -> list[tuple[list[str], str]]:
        """Why, the next step, who can mend it, and what else, each as lines with their role."""
        step = whole_sentences(self._step(report), width * LONG_STEP)
        told = (self._why(report), ""), (step, "strong"), (wording.mender(report), "")
        return [
            (wrap(text, width) if text else [], role)
            for text, role in (*told, (wording.also_line(report), "muted"))
        ]

    def _why(self, report: Report) -> str:
        return self._message or wording.reason(report)

    def _step(self, report: Report) -> str:
        step = wording.next_step(report).partition("\n")[0]
        return f"Next: {step}" if step else ""

    def _cut(self, text: str, width: int, rows: int) -> list[str]:
        lines = wrap(text, width)
        if len(lines) <= rows:
            return lines
        return [*lines[: rows - 1], fit(" ".join(lines[rows - 1 :]), width, self._glyphs.dots)]


def _side(report: Report) -> int:
    """The cells of the score's column."""
    return max(len("Readiness"), cell_len(wording.score_text(report))) + 2


def whole_sentences(text: str, cells: int) -> str:
    """As many whole clauses as fit in so many cells; all of the text where not even the first does."""
    if cell_len(text) <= cells:
        return text
    end = max(text.rfind(". ", 0, cells), text.rfind("; ", 0, cells))
    return f"{text[:end]}." if end > 0 else text
