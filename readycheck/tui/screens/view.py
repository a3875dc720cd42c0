"""Exactly what leaves, on a whole screen: the text, the e-mail with its attachment, the data file, the provider's letter."""

from collections.abc import Iterable
from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from readycheck.tui.commands import VIEWING, bindings
from readycheck.tui.copying import copy_text
from readycheck.tui.desk import Desk
from readycheck.tui.draft import Draft, Form, readable
from readycheck.tui.screens.page import Page
from readycheck.tui.widgets.bars import Stripe
from readycheck.tui.widgets.exact_text import ExactText
from readycheck.units import quantity

TITLES: Final = {
    Form.TEXT: "The text",
    Form.EMAIL: "The e-mail with its attachments",
    Form.DATA: "The data file",
    Form.PROVIDER: "The letter to your internet provider",
}


class ViewScreen(Page):
    CSS_PATH = "view.tcss"
    commands = VIEWING
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings(VIEWING),
        Binding("left", "screen.other(-1)", show=False, priority=True),
        Binding("right", "screen.other(1)", show=False, priority=True),
    ]
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, desk: Desk, form: Form) -> None:
        super().__init__(desk)
        draft = desk.draft()
        assert draft is not None, "a ticket is about a report"
        self._draft: Draft = draft
        self._form = form

    def where(self) -> str:
        return f"{TITLES[self._form]}, {quantity(len(self._draft.bytes_of(self._form)), 'bytes')}"

    def _text(self) -> str:
        return readable(self._form, self._draft.bytes_of(self._form))

    def body(self) -> Iterable[Widget]:
        yield Stripe(self.desk.glyphs)
        yield VerticalScroll(ExactText())

    def on_mount(self) -> None:
        self.query_one(ExactText).show(self._text())

    def action_other(self, step: int) -> None:
        forms = self._draft.forms
        self._form = forms[(forms.index(self._form) + step) % len(forms)]
        self.query_one(ExactText).show(self._text())
        self.query_one(VerticalScroll).scroll_home(animate=False)
        self.refresh_edges()

    async def action_copy(self) -> None:
        await copy_text(self.app, self.desk.hand, self._text())
