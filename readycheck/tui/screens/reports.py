"""Several saved reports: which one to read, found by what tells them apart."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from readycheck.saved import SavedReport
from readycheck.show import wording
from readycheck.show.state import of_report
from readycheck.tui import roles
from readycheck.tui.commands import REPORTS, bindings
from readycheck.tui.desk import Desk
from readycheck.tui.screens.page import Page
from readycheck.tui.screens.run import RunScreen
from readycheck.tui.widgets.bars import Stripe
from readycheck.tui.widgets.line_list import Cell, LineList, ListLine, width_of

WIDE: Final = 100  # cells, from which on a computer and its file stand side by side


class ReportsScreen(Page):
    CSS_PATH = "reports.tcss"
    commands = REPORTS
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(REPORTS),
        Binding("escape", "screen.all_or_leave", show=False),
        Binding("up", "screen.from_field(-1)", show=False),
        Binding("down", "screen.from_field(1)", show=False),
    ]
    AUTO_FOCUS = "LineList"

    def __init__(self, desk: Desk, reports: Sequence[SavedReport]) -> None:
        super().__init__(desk)
        self._reports = tuple(reports)
        self._searched = tuple(_searched(saved, desk.now()) for saved in self._reports)

    def where(self) -> str:
        return wording.plural(len(self._reports), "1 saved report", "{} saved reports")

    def body(self) -> Iterable[Widget]:
        yield Stripe(self.desk.glyphs)
        yield Input(placeholder="Type to search", compact=True, disabled=True)
        yield LineList(glyphs=self.desk.glyphs)

    def on_mount(self) -> None:
        self._show()

    def on_resize(self) -> None:
        self._show()

    def _show(self) -> None:
        words = self.query_one(Input).value.casefold().split()
        found = [n for n, text in enumerate(self._searched) if all(word in text for word in words)]
        wide = self.size.width >= WIDE
        names = width_of([_names(saved, wide) for saved in self._reports], 40 if wide else 20)
        self.query_one(LineList).show([self._line(n, wide, names) for n in found] or [_NONE])

    def _line(self, place: int, wide: bool, names: int) -> ListLine:
        saved = self._reports[place]
        report, score = saved.report, saved.report.score.value
        verdict = f"{self.desk.glyphs.of_verdict(report)} {wording.headline(report)}"
        return ListLine(
            key=str(place),
            cells=(
                Cell(text=wording.when_text(report.finished, self.desk.now()), width=19),
                Cell(text=saved.reference, role="muted", width=12),
                Cell(text=_names(saved, wide), width=names),
                Cell(text="" if score is None else f"{score:>3}", width=4),
                Cell(text=verdict, role=roles.of_verdict(report)),
            ),
        )

    def action_find(self) -> None:
        field = self.query_one(Input)
        field.disabled = False
        field.focus()

    def on_input_changed(self, message: Input.Changed) -> None:
        self._show()

    def on_input_submitted(self, message: Input.Submitted) -> None:
        self.query_one(LineList).focus()

    def action_from_field(self, step: int) -> None:
        """From the field into the list, where the arrows have moved nothing yet."""
        self.query_one(LineList).focus()

    async def action_all_or_leave(self) -> None:
        field = self.query_one(Input)
        if field.disabled:
            await self.run_action("app.interrupt")
            return
        field.value = ""
        self.query_one(LineList).focus()
        field.disabled = True

    def on_line_list_chosen(self, message: LineList.Chosen) -> None:
        state = of_report(self._reports[int(message.key)].report)
        old = self.desk
        desk = Desk(session=None, hand=old.hand, glyphs=old.glyphs, state=state, now=old.now)
        self.app.push_screen(RunScreen(desk, main=False))


_NONE: Final = ListLine(cells=(Cell(text="No report has these words.", role="muted"),))


def _names(saved: SavedReport, wide: bool) -> str:
    """Whose report it is: the computer, or the file where it is not told; beside each other where there is room."""
    computer = saved.report.environment.computer
    if not computer or computer.startswith("["):  # a pseudonym: every redacted report calls its computer so
        return saved.file
    return f"{computer}, {saved.file}" if wide else computer


def _searched(saved: SavedReport, now: datetime) -> str:
    report = saved.report
    told = (
        saved.label,
        report.policy.title,
        report.finished,
        wording.when_text(report.finished, now),
        wording.headline(report),
    )
    return " ".join(told).casefold()
