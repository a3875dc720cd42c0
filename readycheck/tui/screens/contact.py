"""S6: reach a human right now: which way works, what to read out, and the number as a square for the camera of a phone."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget

from readycheck.model import ContactRoute, Report
from readycheck.ticket.card import KINDS, WHEN, card_lines
from readycheck.ticket.marker import reference_of
from readycheck.ticket.reach import State, Way, help_line, ways
from readycheck.tui.cells import Line, Paragraph
from readycheck.tui.commands import READING, bindings
from readycheck.tui.copying import copy_text
from readycheck.tui.desk import Desk
from readycheck.tui.screens.page import Page
from readycheck.tui.square import square, tel_link
from readycheck.tui.widgets.bars import Stripe
from readycheck.tui.widgets.detail_pane import GAP
from readycheck.tui.widgets.painting import Flowing, Prose

WORDS: Final = {
    State.WORKS: "works",
    State.OPEN: "open",
    State.CLOSED: "closed",
    State.UNSURE: "not sure",
    State.BLOCKED: "not now",
    State.DOWN: "down",
}
ROLES: Final = {State.WORKS: "ok", State.OPEN: "ok", State.UNSURE: "look", State.DOWN: "fix"}


class Square(Flowing):
    """The code of a phone number, dark on light whatever the theme; as high as it is. Without lines it takes no room."""

    def __init__(self) -> None:
        super().__init__(id="square")
        self._lines_of_it: tuple[str, ...] = ()
        self.display = False

    def show(self, lines: Sequence[str]) -> None:
        if tuple(lines) == self._lines_of_it:
            return
        self._lines_of_it = tuple(lines)
        self.styles.width = max(map(len, lines), default=0)
        self.display = bool(lines)
        self.flows_anew()

    def lines_at(self, width: int) -> Sequence[Line]:
        return [((line, "square"),) for line in self._lines_of_it]


class ContactScreen(Page):
    """Needs no network and no report: what the profile names is shown in any case."""

    CSS_PATH = "contact.tcss"
    commands = READING
    BINDINGS: ClassVar[list[BindingType]] = bindings(READING)
    AUTO_FOCUS = "#ways"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._ways = self._ways_now()

    @property
    def _tried(self) -> Report | None:
        """What was tried in this session: what an old report tried says nothing about now."""
        return self.desk.report if self.desk.session is not None else None

    def _ways_now(self) -> tuple[Way, ...]:
        return ways(self.desk.contact, self._tried, self.desk.now())

    def where(self) -> str:
        return "Reach a human"

    def body(self) -> Iterable[Widget]:
        yield Stripe(self.desk.glyphs)
        with Horizontal(id="middle"):
            yield VerticalScroll(Prose(id="told"), id="ways")
            yield Square()

    def on_mount(self) -> None:
        self.hear(True)

    def hear(self, settled: bool) -> None:
        """A run that goes on below this screen tries ways, and ends with a report whose mark is read out."""
        if not settled:
            return
        self._ways = self._ways_now()
        lines = self._square()
        self.query_one(Square).show(lines)
        self.query_one("#told", Prose).show(self._text(scan=bool(lines)))
        self.refresh_edges()

    def _square(self) -> tuple[str, ...]:
        """Not where its characters or its two colours are missing, and not in a window where nothing would stand beside it."""
        phone = self._phone()
        if phone is None or self.desk.glyphs.name == "ascii" or self.app.no_color:
            return ()
        lines = square(tel_link(phone.value, self.desk.contact.country))
        width, height = self.app.size
        fits = lines and len(lines) <= height - 4 and len(lines[0]) + 40 <= width
        return lines if fits else ()

    def _phone(self) -> ContactRoute | None:
        phones = [way for way in self._ways if way.route.kind == "phone" and way.state is not State.DOWN]
        return min(phones, key=lambda way: (not way.usable, way.opens_at)).route if phones else None

    def _text(self, *, scan: bool) -> list[Paragraph]:
        desk, phone = self.desk, self._phone()
        if not self._ways:
            return [Paragraph(text=line) for line in card_lines(desk.contact, desk.now())]
        said = [Paragraph(text=help_line(desk.contact, self._tried, desk.now()), role="strong")]
        if desk.report is not None:
            spelled = " ".join(reference_of(desk.report.run_id))
            said += [GAP, Paragraph(text=spelled, lead="To read out:  ", role="strong")]
        if scan and phone is not None:
            said += [GAP, Paragraph(text=f"Point your phone's camera at the square: it calls {phone.value}.")]
        said += [GAP, Paragraph(text=desk.contact.name or "Your IT support", role="strong")]
        said += [paragraph for way in self._ways for paragraph in self._about(way)]
        notes = [Paragraph(text=line) for line in desk.contact.note.splitlines()]
        return said + ([GAP, *notes] if notes else [])

    def _about(self, way: Way) -> Iterable[Paragraph]:
        glyphs, route = self.desk.glyphs, way.route
        mark = {State.DOWN: glyphs.fix, State.UNSURE: glyphs.unknown}.get(way.state, glyphs.hold)
        mark = glyphs.ok if way.usable else mark
        lead = f"{mark} {WORDS[way.state]}".ljust(12)
        kind = KINDS.get(route.kind, route.kind)
        named = f"{kind}, {route.title}" if route.title not in ("", kind) else kind
        told = "; ".join(filter(None, (way.told, WHEN.get(route.when, ""), route.note)))
        yield Paragraph(text=f"{named}: {route.value}", lead=lead, lead_role=ROLES.get(way.state, "muted"))
        if told:
            yield Paragraph(text=told, lead=" " * 12, role="muted")

    async def action_copy(self) -> None:
        text = "\n".join(p.lead + p.text for p in self._text(scan=False))
        await copy_text(self.app, self.desk.hand, text)
