"""A question over the screen below: a few sentences and a list of answers. Esc is always the answer "" (nothing happens)."""

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from readycheck.show.glyphs import Glyphs
from readycheck.tui.cells import Paragraph
from readycheck.tui.commands import CHOOSING, bindings
from readycheck.tui.widgets.bars import KeyBar
from readycheck.tui.widgets.line_list import Cell, LineList, ListLine
from readycheck.tui.widgets.painting import Prose


class Dialog(ModalScreen[str]):
    """Dismissed with the id (never empty) of the answer. The cursor is on the first: make it the harmless one."""

    BINDINGS: ClassVar[list[BindingType]] = bindings(CHOOSING)
    AUTO_FOCUS = "LineList"

    def __init__(self, glyphs: Glyphs, said: Sequence[Paragraph], answers: Sequence[tuple[str, str]]) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._said = said
        self._answers = answers

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Prose(self._said)
            yield LineList(glyphs=self._glyphs)
            yield KeyBar(self._glyphs)

    def on_mount(self) -> None:
        lines = [ListLine(key=id_, cells=(Cell(text=text),)) for id_, text in self._answers]
        self.query_one(LineList).show(lines)
        self.query_one(KeyBar).show(CHOOSING)

    def on_line_list_chosen(self, message: LineList.Chosen) -> None:
        self.dismiss(message.key)

    def action_back(self) -> None:
        self.dismiss("")

    def on_key_bar_clicked(self, message: KeyBar.Clicked) -> None:
        self.app.simulate_key("escape" if message.command.id == "back" else "enter")
