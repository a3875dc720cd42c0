"""The verdict on top: one sentence, why, the next step, and the score; during a run how far it is."""

from collections.abc import Sequence

from rich.cells import cell_len

from readycheck import wording
from readycheck.glyphs import Glyphs
from readycheck.model import Report
from readycheck.state import RunState
from readycheck.tui import roles
from readycheck.tui.cells import Line, Span, fit, two_sides, wrap
from readycheck.tui.widgets.painting import Painting


class VerdictBand(Painting):
    """``show()`` it a state. Its height comes from the style sheet; what does not fit is left out from the bottom."""

    def __init__(self, glyphs: Glyphs) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._state = RunState()
        self._message = ""
        self._elapsed_s = 0.0

    def show(self, state: RunState, *, elapsed_s: float = 0.0, message: str = "") -> None:
        self._state, self._elapsed_s, self._message = state, elapsed_s, message
        self.changed()

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
        left = wording.seconds_left_text(state.seconds_left(self._elapsed_s))
        progress = f"{state.done} of {len(state.rows)} done {glyphs.middot} {left}"
        head = two_sides((("Checking your computer", "strong"),), ((progress, "muted"),), width, glyphs.dots)
        found: Line = ((fit(wording.found_so_far(state), width, glyphs.dots), ""),)
        room = max(10, min(width - 8, 80))
        full = room * state.done // total
        bar: Line = (
            (glyphs.full * full, "info"),
            (glyphs.empty * (room - full), "muted"),
            (f"  {100 * state.done // total} %", "muted"),
        )
        return [head, found] if height <= 2 else [head, bar, found]

    def _judged(self, report: Report, width: int, height: int) -> list[Line]:
        score = self._score(report)
        side = max(cell_len(text) for text, _ in score)
        lines = self._sentences(report, width - side - 2, height)
        if height <= 2:
            score = score[1:]
        right = [*score, *[("", "")] * len(lines)]
        return [
            two_sides((line,), ((fit("", 2), ""), (text.rjust(side), role)), width, self._glyphs.dots)
            for line, (text, role) in zip(lines, right, strict=False)
        ]

    def _score(self, report: Report) -> list[Span]:
        return [("Readiness", "muted"), (wording.score_text(report), "strong")]

    def _sentences(self, report: Report, width: int, height: int) -> list[Span]:
        role = roles.of_verdict(report)
        head = f"{self._glyphs.of_verdict(report)} {wording.headline(report)}"
        lines: list[Span] = [(head, "fix" if role == "fix" else f"{role}")]
        why = wrap(wording.reason(report), width)
        if self._message:
            why = [*why[: max(1, height - 2)], self._message][: height - 1] if height > 2 else [self._message]
        lines += [(text, "") for text in why]
        step = wording.next_step(report)
        also = wording.also_line(report)
        if step:
            rest = wrap(f"Next: {step}", width)
            if len(lines) + len(rest) + bool(also) <= height or height > 3:
                lines += [(text, "strong") for text in rest[: max(1, height - len(lines) - bool(also))]]
        if also:
            lines.append((also, "muted"))
        return lines[:height]
