"""Several saved reports: which one to read."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widget import Widget

from readycheck import wording
from readycheck.model import Report
from readycheck.state import of_report
from readycheck.tui import roles
from readycheck.tui.commands import REPORTS, bindings
from readycheck.tui.desk import Desk
from readycheck.tui.screens.page import Page
from readycheck.tui.screens.run import RunScreen
from readycheck.tui.widgets.bars import Stripe
from readycheck.tui.widgets.line_list import Cell, LineList, ListLine


class ReportsScreen(Page):
    CSS_PATH = "reports.tcss"
    commands = REPORTS
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(REPORTS),
        Binding("escape", "app.interrupt", show=False),
    ]
    AUTO_FOCUS = "LineList"

    def __init__(self, desk: Desk, reports: Sequence[Report]) -> None:
        super().__init__(desk)
        self._reports = tuple(reports)

    def where(self) -> str:
        return wording.plural(len(self._reports), "1 saved report", "{} saved reports")

    def body(self) -> Iterable[Widget]:
        yield Stripe(self.desk.glyphs)
        yield LineList(glyphs=self.desk.glyphs)

    def on_mount(self) -> None:
        lines = [self._line(str(n), report, self.desk.now()) for n, report in enumerate(self._reports)]
        self.query_one(LineList).show(lines)

    def _line(self, key: str, report: Report, now: datetime) -> ListLine:
        verdict = f"{self.desk.glyphs.of_verdict(report)} {wording.headline(report)}"
        return ListLine(
            key=key,
            cells=(
                Cell(text=wording.when_text(report.finished, now), width=20),
                Cell(text=report.policy.title, role="muted", width=18),
                Cell(text=verdict, role=roles.of_verdict(report)),
            ),
        )

    def on_line_list_chosen(self, message: LineList.Chosen) -> None:
        state = of_report(self._reports[int(message.key)])
        old = self.desk
        desk = Desk(session=None, hand=old.hand, glyphs=old.glyphs, state=state, now=old.now)
        self.app.push_screen(RunScreen(desk, main=False))
