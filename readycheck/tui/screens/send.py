"""S5: the ways a ticket can go. Each keeps a copy first, says plainly what happened, and names the way out where it did not."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from readycheck.errors import ReadycheckError
from readycheck.tui.cells import Paragraph
from readycheck.tui.commands import SEND, bindings
from readycheck.tui.contact_text import contact_card
from readycheck.tui.copying import copied
from readycheck.tui.desk import Desk
from readycheck.tui.draft import Draft, Form
from readycheck.tui.screens.page import Page
from readycheck.tui.widgets.bars import Stripe
from readycheck.tui.widgets.line_list import Cell, LineList, ListLine, width_of
from readycheck.tui.widgets.painting import Prose


@dataclass(frozen=True, kw_only=True)
class Way:
    id: str
    form: Form
    title: str
    text: str


EMAIL: Final = Way(
    id="email",
    form=Form.EMAIL,
    title="E-mail",
    text="Opens ready to go; you press Send.",
)
WAYS: Final = (
    EMAIL,
    Way(id="file", form=Form.TEXT, title="Save to a file", text="Text to attach to a message."),
    Way(id="copy", form=Form.TEXT, title="Copy the text", text="Paste it into a chat or a web form."),
    Way(id="data", form=Form.DATA, title="Save for IT", text="The report, for readycheck open."),
    Way(
        id="provider",
        form=Form.PROVIDER,
        title="For your provider",
        text="A letter without your company in it.",
    ),
)
NO_MAIL: Final = "Not possible: no mail program here."


class SendScreen(Page):
    CSS_PATH = "send.tcss"
    commands = SEND
    BINDINGS: ClassVar[list[BindingType]] = bindings(SEND)
    AUTO_FOCUS = "LineList"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        draft = desk.draft()
        assert draft is not None, "a ticket is about a report"
        self._draft: Draft = draft
        self._busy = False

    def where(self) -> str:
        return "Step 2 of 2: send"

    def body(self) -> Iterable[Widget]:
        glyphs = self.desk.glyphs
        said = Stripe(glyphs, id="said")
        said.show("How do you want to send it? A copy is kept here too.")
        yield said
        yield Stripe(glyphs)
        yield LineList(glyphs=glyphs)
        yield Prose(id="result")
        yield Stripe(glyphs)
        yield VerticalScroll(
            Prose(contact_card(self.desk.contact, self.desk.now())), id="contact", can_focus=False
        )

    def on_mount(self) -> None:
        ways = [way for way in WAYS if way.form in self._draft.forms]
        width = width_of([way.title for way in ways], 20)
        lines = [self._line(way, width) for way in ways]
        self.query_one(LineList).show(lines)

    def _line(self, way: Way, width: int) -> ListLine:
        if way is EMAIL and not self.desk.hand.mails:
            cells = (Cell(text=way.title, role="muted", width=width), Cell(text=NO_MAIL, role="muted"))
            return ListLine(cells=cells)
        cells = (Cell(text=way.title, role="strong", width=width), Cell(text=way.text, role="muted"))
        return ListLine(key=way.id, cells=cells)

    def _way(self) -> Way:
        key = self.query_one(LineList).key
        return next(way for way in WAYS if way.id == key)

    def action_view(self) -> None:
        from readycheck.tui.screens.view import ViewScreen

        self.app.push_screen(ViewScreen(self.desk, self._way().form))

    def on_line_list_chosen(self, message: LineList.Chosen) -> None:
        if not self._busy:
            self._busy = True
            self.run_worker(self._send(self._way()), exit_on_error=False)

    async def _send(self, way: Way) -> None:
        try:
            await self._sent(way)
        finally:
            self._busy = False

    async def _sent(self, way: Way) -> None:
        hand, draft = self.desk.hand, self._draft
        try:
            keep = hand.save if way.id in ("email", "copy") else hand.hand_over
            path = await keep(draft.name(way.form), draft.bytes_of(way.form))
        except (ReadycheckError, TimeoutError) as error:
            await self._not_kept(way, error)
            return
        self.desk.sent = self.desk.sent or way.form is not Form.PROVIDER
        self.desk.kept.append(path)
        match way.id:
            case "email":
                await self._open(path)
            case "copy":
                said = await copied(self.app, hand, draft.bytes_of(way.form).decode())
                self._say(True, f"{said} A copy is kept as", path)
            case _:
                self._say(True, "Saved as", path)

    async def _open(self, path: Path) -> None:
        if await self.desk.hand.open_mail(path):
            asked = "Your mail program was asked to open it. It goes when you press Send. Kept as"
            self._say(True, asked, path)
        else:
            self._say(False, "No mail program opened. Nothing is lost: open this file yourself:", path)

    async def _not_kept(self, way: Way, error: Exception) -> None:
        why = error.message if isinstance(error, ReadycheckError) else "The folder did not answer in time."
        if way.id == "copy":
            said = await copied(self.app, self.desk.hand, self._draft.bytes_of(way.form).decode())
            self._say(True, f"{said} No file was kept: {why}")
        else:
            self._say(False, f"Not saved: {why} Your message stays here; you can copy the text instead.")

    def _say(self, well: bool, text: str, path: Path | None = None) -> None:
        """``path``: name and folder have lines of their own, so that neither is broken where it fits in one."""
        glyphs = self.desk.glyphs
        lead, role = (glyphs.ok, "ok") if well else (glyphs.fix, "fix")
        said = [Paragraph(text=text, lead=f" {lead} ", lead_role=role)]
        if path is not None:
            said = [
                Paragraph(text=f"{text} {path.name}", lead=f" {lead} ", lead_role=role),
                Paragraph(text=f"in {path.parent}", lead="   "),
            ]
        self.query_one("#result", Prose).show(said)
