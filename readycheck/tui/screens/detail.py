"""S2: one check on a screen of its own, with what one can do about it as a list, so that no letter key is needed."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from readycheck.tui.commands import DETAIL, bindings
from readycheck.tui.copying import copy_text
from readycheck.tui.desk import Desk
from readycheck.tui.screens.page import Page
from readycheck.tui.widgets.bars import Stripe
from readycheck.tui.widgets.detail_pane import detail
from readycheck.tui.widgets.line_list import Cell, LineList, ListLine
from readycheck.tui.widgets.painting import Prose

ACTIONS = (
    ("again", "Check this again"),
    ("ticket", "Send this to IT support"),
    ("details", "Show or hide the technical details"),
    ("back", "Back to the list"),
)


class DetailScreen(Page):
    """``keys``: the checks of the list it was opened from, in its order, for previous and next."""

    CSS_PATH = "detail.tcss"
    commands = DETAIL
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(DETAIL),
        Binding("left", "screen.other(-1)", show=False),
        Binding("right", "screen.other(1)", show=False),
        Binding("pageup", "screen.scroll_text(-1)", show=False, priority=True),
        Binding("pagedown", "screen.scroll_text(1)", show=False, priority=True),
    ]
    AUTO_FOCUS = "LineList"

    def __init__(self, desk: Desk, check_id: str, keys: tuple[str, ...]) -> None:
        super().__init__(desk)
        self._check_id = check_id
        self._keys = keys
        self._opened = False

    def body(self) -> Iterable[Widget]:
        yield Stripe(self.desk.glyphs)
        yield VerticalScroll(Prose(id="about"), id="text", can_focus=False)
        yield Stripe(self.desk.glyphs)
        yield LineList(glyphs=self.desk.glyphs, id="actions")

    def on_mount(self) -> None:
        self.hear(True)

    def hear(self, settled: bool) -> None:
        row = self.desk.state.row(self._check_id)
        if row is not None:
            about = detail(row, self.desk.state, self.desk.glyphs, opened=self._opened)
            self.query_one("#about", Prose).show(about)
        lines = [ListLine(key=id_, cells=(Cell(text=text),)) for id_, text in ACTIONS if self.can(id_)]
        self.query_one("#actions", LineList).show(lines)
        self.refresh_edges()

    def can(self, command_id: str) -> bool:
        match command_id:
            case "again":
                return self.desk.session is not None and not self.desk.state.running
            case "ticket":
                return self.desk.report is not None
            case "other":
                return len(self._keys) > 1
        return True

    async def on_line_list_chosen(self, message: LineList.Chosen) -> None:
        await self.run_action(f"screen.{message.key}")

    def action_again(self) -> None:
        if self.desk.session is not None:
            self.desk.session.check_again(self._check_id)

    def action_details(self) -> None:
        self._opened = not self._opened
        self.hear(True)

    def action_other(self, step: int) -> None:
        if self._check_id in self._keys:
            place = (self._keys.index(self._check_id) + step) % len(self._keys)
            self._check_id = self._keys[place]
            self.query_one("#text", VerticalScroll).scroll_home(animate=False)
            self.hear(True)

    def action_scroll_text(self, direction: int) -> None:
        text = self.query_one("#text", VerticalScroll)
        text.scroll_relative(y=direction * max(1, text.size.height - 1), animate=False)

    def action_ticket(self) -> None:
        from readycheck.tui.screens.ticket import TicketScreen

        self.app.push_screen(TicketScreen(self.desk))

    async def action_copy(self) -> None:
        row = self.desk.state.row(self._check_id)
        if row is not None:
            about = detail(row, self.desk.state, self.desk.glyphs, opened=True)
            await copy_text(self.app, self.desk.hand, "\n".join(p.lead + p.text for p in about))
