"""F1: what the screen below shows, its keys, the marks, and how to reach support."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widget import Widget

from readycheck.show import spending, wording
from readycheck.show.state import RowStatus
from readycheck.tui import roles
from readycheck.tui.cells import Paragraph
from readycheck.tui.commands import READING, Command, bindings
from readycheck.tui.contact_text import contact_card
from readycheck.tui.copying import copy_text
from readycheck.tui.desk import Desk
from readycheck.tui.screens.page import Page
from readycheck.tui.widgets.bars import Stripe
from readycheck.tui.widgets.detail_pane import GAP
from readycheck.tui.widgets.painting import Prose
from readycheck.units import quantity

ABOUT: Final = {
    "RunScreen": "The sentence on top says whether you can work. Below it: the areas of your work, then every check. "
    "What needs you stands first.",
    "DetailScreen": "Everything about one check: what was found, what to do, and who can mend it.",
    "TicketScreen": "What IT support would get. Switch off what you want them to read; hidden names stay hidden "
    "everywhere in the text.",
    "SendScreen": "The ways to send the ticket. A copy is kept on this computer in every case.",
    "QuestionsScreen": "What no program can measure: only you can tell. Answers are your own words about the set-up; "
    "they stay in the report and count in no score.",
    "ContactScreen": "The ways to reach a human, the best one for this moment first. A phone works when everything else is down.",
    "StartScreen": "Choose what is nearest to your work. You can change it later in the menu.",
}
MARKS: Final = {
    RowStatus.OK: "works",
    RowStatus.LOOK: "works, and not well",
    RowStatus.FIX: "does not work",
    RowStatus.TURN: "a question that only you can answer",
    RowStatus.NO_RESULT: "could not be judged; that says nothing about your computer",
    RowStatus.ON_HOLD: "waits for something that does not work",
    RowStatus.NOT_NEEDED: "does not apply here",
}
READER: Final = (
    "With a screen reader, leave with q and start: readycheck --plain. It says the same, line by line."
)


class HelpScreen(Page):
    CSS_PATH = "help.tcss"
    commands = READING
    BINDINGS: ClassVar[list[BindingType]] = bindings(READING)
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, desk: Desk, *, about: str, commands: Sequence[Command]) -> None:
        super().__init__(desk)
        self._about = about
        self._explained = tuple(commands)

    def where(self) -> str:
        return "Help"

    def can(self, command_id: str) -> bool:
        return command_id != "help"

    def body(self) -> Iterable[Widget]:
        yield Stripe(self.desk.glyphs)
        yield VerticalScroll(Prose(self._text()))

    def _text(self) -> list[Paragraph]:
        glyphs = self.desk.glyphs
        return [
            Paragraph(text="This screen", role="strong"),
            Paragraph(text=ABOUT.get(self._about, "")),
            GAP,
            Paragraph(text="Keys", role="strong"),
            *(_key(command.key_shown(glyphs) or "in the menu", command.help) for command in self._explained),
            _key("Tab", "Go to the next part of the screen."),
            GAP,
            Paragraph(text="Marks", role="strong"),
            *(self._mark(status, text) for status, text in MARKS.items()),
            GAP,
            *contact_card(self.desk.contact, self.desk.now()),
            GAP,
            *self._notes(),
            Paragraph(text=READER),
        ]

    def _notes(self) -> list[Paragraph]:
        """What was stood in for, what it may use, did use and talks to, and what went wrong in readycheck itself."""
        desk, report = self.desk, self.desk.report
        may = f"It may use {quantity(desk.state.max_bytes, 'bytes')}." if desk.state.max_bytes else ""
        used = [spending.used_text(report), *report.problems] if report else [may]
        hosts = spending.hosts_text(desk.state.hosts, len(desk.state.hosts))
        said = (Paragraph(text=note) for note in (*desk.simulated, *used, hosts) if note)
        return [Paragraph(text="About this run", role="strong"), *said, GAP]

    def _mark(self, status: RowStatus, text: str) -> Paragraph:
        lead = f"  {self.desk.glyphs.of(status)} {wording.STATUS_WORDS[status]}".ljust(16)
        return Paragraph(text=text, lead=lead, lead_role=roles.of_status(status))

    async def action_copy(self) -> None:
        await copy_text(self.app, self.desk.hand, "\n".join(p.lead + p.text for p in self._text()))


def _key(key: str, text: str) -> Paragraph:
    return Paragraph(text=text, lead=f"  {key}".ljust(14), lead_role="key")
