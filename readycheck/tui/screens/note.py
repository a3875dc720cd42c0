"""A few words of the person to IT support, in an editor of several lines."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import TextArea

from readycheck.show.glyphs import Glyphs
from readycheck.text import clean
from readycheck.tui.cells import Paragraph
from readycheck.tui.commands import WRITING, bindings
from readycheck.tui.widgets.bars import KeyBar
from readycheck.tui.widgets.painting import Prose

LONGEST = 2000
ASKED = "What do you want to do, and since when does it not work? Write as you would say it."


class NoteScreen(ModalScreen[str]):
    """Dismissed with the text, cleaned: what was pasted can hold characters that steer a terminal."""

    CSS_PATH = "note.tcss"
    BINDINGS: ClassVar[list[BindingType]] = bindings(WRITING)
    AUTO_FOCUS = "TextArea"

    def __init__(self, glyphs: Glyphs, note: str) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._note = note

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Prose([Paragraph(text="Your message", role="strong"), Paragraph(text=ASKED)])
            yield TextArea(self._note, compact=True, tab_behavior="focus")
            yield KeyBar(self._glyphs)

    def on_mount(self) -> None:
        area = self.query_one(TextArea)
        area.move_cursor(area.document.end)
        self.query_one(KeyBar).show(WRITING)

    def on_text_area_changed(self, message: TextArea.Changed) -> None:
        area = message.text_area
        cleaned = clean(area.text, LONGEST, lines=True)
        if cleaned != area.text:
            area.text = cleaned
            area.move_cursor(area.document.end)

    @property
    def written(self) -> str:
        """The message as far as it is written."""
        return clean(self.query_one(TextArea).text, LONGEST, lines=True).strip()

    def action_back(self) -> None:
        self.dismiss(self.written)

    def on_key_bar_clicked(self, message: KeyBar.Clicked) -> None:
        self.action_back()
