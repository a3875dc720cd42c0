"""S1: the verdict, the areas, the list of checks and, where there is room, all about the one under the cursor."""

import os
from collections.abc import Iterable
from dataclasses import replace
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.timer import Timer
from textual.widget import Widget

from readycheck.model import Capability, Report, Verdict
from readycheck.show.state import AREAS as ALL_AREAS
from readycheck.show.state import Area, Row
from readycheck.ticket.reach import in_trouble
from readycheck.tui.cells import Paragraph
from readycheck.tui.commands import AREAS, BACK, RUN, Command, bindings
from readycheck.tui.desk import Desk
from readycheck.tui.screens.page import Page
from readycheck.tui.widgets.area_strip import AreaStrip
from readycheck.tui.widgets.check_list import CheckList
from readycheck.tui.widgets.detail_pane import GAP, DetailPane, detail
from readycheck.tui.widgets.line_list import LineList
from readycheck.tui.widgets.verdict_band import VerdictBand

TICK_S = 0.25
TICK_OVER_SSH_S = 0.5
FOLLOW_S = 0.08  # the pane follows the cursor after this pause, so that a held arrow key stays quick


class RunScreen(Page):
    """The main screen of a session, and of a saved report (then nothing can be run). ``main``: nothing lies below it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(RUN),
        *(Binding(str(n), f"screen.area({n})", show=False) for n in range(len(ALL_AREAS) + 1)),
        Binding("escape", "screen.leave", show=False),
    ]
    AUTO_FOCUS = "CheckList"

    def __init__(self, desk: Desk, *, main: bool = True) -> None:
        super().__init__(desk)
        self.main = main
        self.commands: tuple[Command, ...] = RUN if main else (*RUN, BACK)  # type: ignore[misc]
        self._only: Capability | None = None
        self._opened = False
        self._about: tuple[Row | None, Report | None, bool] | None = None
        self._judged = desk.report is not None
        self._ticking: Timer | None = None
        self._following: Timer | None = None

    def body(self) -> Iterable[Widget]:
        yield VerdictBand(self.desk.glyphs)
        yield AreaStrip(self.desk.glyphs)
        yield Horizontal(CheckList(glyphs=self.desk.glyphs), DetailPane(), id="middle")

    def on_mount(self) -> None:
        interval = TICK_OVER_SSH_S if os.environ.get("SSH_CONNECTION") else TICK_S
        self._ticking = self.set_interval(interval, self._tick, pause=True)
        self.hear(True)

    def on_screen_suspend(self) -> None:
        if self._ticking is not None:
            self._ticking.pause()

    def can(self, command_id: str) -> bool:
        running, session = self.desk.state.running, self.desk.session
        match command_id:
            case "again":
                return session is not None and not running and bool(self.query_one(CheckList).key)
            case "run_all":
                return session is not None and not running
            case "stop":
                return session is not None and running
            case "profile":
                return session is not None and len(session.profiles()) > 1
            case "ticket":
                return self.desk.report is not None
            case "questions":
                return bool(self.desk.questions)
            case "area":
                return bool(self._areas())
        return True

    def active(self) -> tuple[Command, ...]:
        """With the keys of the areas that there are."""
        keys = replace(AREAS, shown_as=f"0-{len(self._areas())}")
        return tuple(keys if command is AREAS else command for command in super().active())

    def hear(self, settled: bool) -> None:
        """Results are shown at once, progress on the next tick."""
        if not settled:
            return
        self._show()
        self.refresh_edges()
        if self._ticking is not None:
            self._ticking.resume() if self.desk.state.running else self._ticking.pause()

    def _tick(self) -> None:
        if (failure := self.desk.failure()) is not None:
            raise failure
        self.desk.drain()
        self._show()

    def _show(self) -> None:
        desk, state = self.desk, self.desk.state
        self.query_one(VerdictBand).show(
            state, elapsed_s=desk.elapsed_s, message=desk.message, support=self._support()
        )
        self.query_one(AreaStrip).show(self._areas(), self._only)
        checks = self.query_one(CheckList)
        checks.follow(state, self._only, to_first=self._verdict_is_new() and not checks.touched)
        self._show_detail()

    def _support(self) -> str:
        """Which way to a human works now; only beside a verdict that makes one want it."""
        report = self.desk.report
        if self.desk.session is None or report is None or not in_trouble(report):
            return ""
        return self.desk.support

    def _verdict_is_new(self) -> bool:
        new = not self._judged and self.desk.report is not None
        self._judged = self.desk.report is not None
        return new

    def _show_detail(self) -> None:
        row = self.desk.state.row(self.query_one(CheckList).key)
        about = (row, self.desk.report, self._opened)
        if about == self._about:
            return
        self._about = about
        paragraphs: list[Paragraph] = []
        if row is not None:
            paragraphs = detail(row, self.desk.state, self.desk.glyphs, opened=self._opened)
        report = self.desk.report
        if report is not None and report.verdict is Verdict.READY and self.desk.session is not None:
            nothing = Paragraph(text="Nothing to do. Press q to close.", role="ok")
            paragraphs = [nothing, GAP, *paragraphs]
        self.query_one(DetailPane).show(paragraphs)

    def on_line_list_moved(self, message: LineList.Moved) -> None:
        if self._following is not None:
            self._following.stop()
        self._following = self.set_timer(FOLLOW_S, self._show_detail)

    def on_line_list_chosen(self, message: LineList.Chosen) -> None:
        from readycheck.tui.screens.detail import DetailScreen

        self.app.push_screen(DetailScreen(self.desk, message.key, self.query_one(CheckList).keys))

    def on_area_strip_picked(self, message: AreaStrip.Picked) -> None:
        self._only = message.capability
        self._show()

    def action_area(self, number: int) -> None:
        areas = self._areas()
        if number <= len(areas):
            self._only = areas[number - 1].capability if number else None
            self._show()

    def _areas(self) -> list[Area]:
        """Those that anything is checked for, in the order of their numbers."""
        return [area for capability in ALL_AREAS if (area := self.desk.state.area(capability)).total]

    def action_again(self) -> None:
        if self.desk.session is not None:
            self.desk.session.check_again(self.query_one(CheckList).key)

    def action_run_all(self) -> None:
        if self.desk.session is not None:
            self.desk.session.start()

    def action_stop(self) -> None:
        if self.desk.session is not None:
            self.desk.session.stop()

    def action_details(self) -> None:
        self._opened = not self._opened
        self._show_detail()

    def action_ticket(self) -> None:
        from readycheck.tui.screens.ticket import TicketScreen

        self.app.push_screen(TicketScreen(self.desk))

    def action_questions(self) -> None:
        from readycheck.tui.screens.questions import QuestionsScreen

        self.app.push_screen(QuestionsScreen(self.desk))

    def action_contact(self) -> None:
        from readycheck.tui.screens.contact import ContactScreen

        self.app.push_screen(ContactScreen(self.desk))

    def action_profile(self) -> None:
        from readycheck.tui.screens.start import StartScreen

        self.app.push_screen(StartScreen(self.desk, first=False))

    async def action_leave(self) -> None:
        """Esc: one step back; on the main screen that is out, so it asks."""
        if not self.main:
            self.dismiss()
        elif self._only is not None:
            self.action_area(0)
        else:
            await self.app.run_action("app.interrupt")
