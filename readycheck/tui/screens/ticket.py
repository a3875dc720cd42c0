"""S4: what will leave. On the left what is hidden, on the right exactly the text that is sent; always passed before sending."""

from collections.abc import Iterable
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widget import Widget

from readycheck.privacy import Privacy
from readycheck.show.wording import plural
from readycheck.tui.cells import Paragraph
from readycheck.tui.commands import TICKET_PREVIEW, bindings, up_down
from readycheck.tui.copying import copy_text
from readycheck.tui.desk import Desk
from readycheck.tui.draft import KINDS, Draft, Form, readable
from readycheck.tui.screens.page import Page
from readycheck.tui.widgets.bars import Stripe
from readycheck.tui.widgets.exact_text import ExactText
from readycheck.tui.widgets.line_list import Cell, LineList, ListLine
from readycheck.units import quantity

KIND_WORDS: Final = {
    Privacy.USER: "Your user name",
    Privacy.COMPUTER: "Computer name",
    Privacy.FOLDER: "Folders with your name",
    Privacy.WIFI: "Wi-Fi names",
    Privacy.DEVICE: "Serial numbers",
    Privacy.ADDRESS: "Your internet address",
    Privacy.EMAIL: "E-mail addresses",
    Privacy.NOTE: "Private notes",
}
ALL, NOTE, NEXT = "all", "note", "next"


class TicketScreen(Page):
    """Shows and changes the desk's draft; writes nothing and sends nothing."""

    CSS_PATH = "ticket.tcss"
    commands = TICKET_PREVIEW
    BINDINGS: ClassVar[list[BindingType]] = bindings(TICKET_PREVIEW)
    AUTO_FOCUS = "LineList"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        draft = desk.draft()
        assert draft is not None, "a ticket is about a report"
        self._draft: Draft = draft

    def where(self) -> str:
        return "Step 1 of 2: what will be sent"

    def body(self) -> Iterable[Widget]:
        glyphs = self.desk.glyphs
        said = Stripe(glyphs, id="said")
        said.show("Nothing is sent yet. This is exactly what leaves.")
        yield said
        yield Stripe(glyphs)
        with Horizontal(id="middle"):
            yield LineList(glyphs=glyphs)
            with Vertical(id="sheet"):
                yield Stripe(glyphs, id="place")
                yield VerticalScroll(ExactText(), id="preview", can_focus=True)

    def on_mount(self) -> None:
        preview = self.query_one("#preview")
        for changing in ("scroll_y", "virtual_size", "size", "has_focus"):
            self.watch(preview, changing, self._tell_place, init=False)
        self._show()

    def _tell_place(self) -> None:
        """Above the preview: which of its lines are to be seen, and how one reads on."""
        preview = self.query_one("#preview")
        lines, first, height = preview.virtual_size.height, int(preview.scroll_y), preview.size.height
        said = f"Lines {first + 1} to {min(first + height, lines)} of {lines}"
        arrows = up_down(self.desk.glyphs)
        how = f"{arrows} read on" if preview.has_focus else f"Tab, then {arrows}: read on"
        role = "info" if preview.has_focus else "muted"
        self.query_one("#place", Stripe).show(f"{said}   {how}" if lines > height else said, role)

    def on_screen_resume(self) -> None:
        self._show()

    def _use(self, draft: Draft) -> None:
        self._draft = draft
        self.desk.keep(draft)
        self._show()

    def _show(self) -> None:
        self.query_one(LineList).show(list(self._lines()))
        self.query_one(ExactText).show(readable(Form.TEXT, self._draft.bytes_of(Form.TEXT)))

    def _lines(self) -> Iterable[ListLine]:
        draft = self._draft
        size = quantity(len(draft.bytes_of(Form.TEXT)), "bytes")
        yield ListLine(key=NEXT, cells=(Cell(text=f"Next: choose how to send it ({size})", role="strong"),))
        message = next((line for line in draft.note.split("\n") if line.strip()), "")
        said = f"Your message: {message}" if message else "Add a message in your own words"
        yield ListLine(key=NOTE, cells=(Cell(text=said),))
        yield _heading("")
        yield _heading("What to hide")
        yield _switch(ALL, draft.hidden == frozenset(KINDS), "Everything that names you", "")
        for kind in self._found():
            places = plural(draft.places[kind], "1 place", "{} places")
            yield _switch(kind, kind in draft.hidden, KIND_WORDS[kind], places)

    def _found(self) -> tuple[Privacy, ...]:
        return tuple(kind for kind in KINDS if self._draft.places.get(kind, 0))

    def action_switch(self) -> None:
        self._switch(self.query_one(LineList).key)

    def _switch(self, key: str) -> None:
        hidden = self._draft.hidden
        if key == ALL:
            everything = frozenset(KINDS)
            self._use(self._draft.hiding(frozenset() if hidden == everything else everything))
        elif key in {str(kind) for kind in KINDS}:
            self._use(self._draft.hiding(hidden ^ {Privacy(key)}))

    def on_line_list_chosen(self, message: LineList.Chosen) -> None:
        if message.key == NOTE:
            self.action_note()
        elif message.key != NEXT:
            self._switch(message.key)
        elif self._draft.hidden.intersection(self._found()) or not self._found():
            self._go_on("send")
        else:
            self._ask_for_everything()

    def _ask_for_everything(self) -> None:
        from readycheck.tui.screens.dialog import Dialog

        said = [
            Paragraph(text="Nothing is hidden", role="strong"),
            Paragraph(text="Your user name, your computer's name and the like will be readable."),
        ]
        answers = [("no", "Go back and hide them"), ("send", "Send everything as it is")]
        self.app.push_screen(Dialog(self.desk.glyphs, said, answers), self._go_on)

    def _go_on(self, answer: str | None) -> None:
        if answer == "send":
            from readycheck.tui.screens.send import SendScreen

            self.app.push_screen(SendScreen(self.desk))

    def action_note(self) -> None:
        from readycheck.tui.screens.note import NoteScreen

        self.app.push_screen(NoteScreen(self.desk.glyphs, self._draft.note), self._said)

    def _said(self, note: str | None) -> None:
        if note is not None and note != self._draft.note:
            self._use(self._draft.saying(note))
        if note:
            self.query_one(LineList).move_to(NEXT)

    def action_view(self) -> None:
        from readycheck.tui.screens.view import ViewScreen

        self.app.push_screen(ViewScreen(self.desk, Form.TEXT))

    async def action_copy(self) -> None:
        await copy_text(self.app, self.desk.hand, self._draft.bytes_of(Form.TEXT).decode())


def _heading(text: str) -> ListLine:
    return ListLine(cells=(Cell(text=text, role="strong"),))


def _switch(key: str, on: bool, text: str, places: str) -> ListLine:
    box = "[x]" if on else "[ ]"
    return ListLine(
        key=str(key),
        cells=(
            Cell(text=box, role="ok" if on else "look", width=4),
            Cell(text=text),
            Cell(text=places, role="muted", width=12),
        ),
    )
