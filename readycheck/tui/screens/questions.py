"""S3: what only the person can tell about the set-up. A list of the questions; Enter opens one with its answers."""

from collections.abc import Iterable
from typing import ClassVar, Final

from textual.binding import BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget

from readycheck.model import Question
from readycheck.questions import LATER, tally
from readycheck.show import wording
from readycheck.show.state import RowStatus
from readycheck.tui import roles
from readycheck.tui.cells import Paragraph
from readycheck.tui.commands import QUESTIONING, bindings
from readycheck.tui.desk import Desk
from readycheck.tui.screens.dialog import Dialog
from readycheck.tui.screens.page import Page
from readycheck.tui.widgets.bars import Stripe
from readycheck.tui.widgets.detail_pane import GAP
from readycheck.tui.widgets.line_list import Cell, LineList, ListLine
from readycheck.tui.widgets.painting import Prose

PROMISE: Final = "Your answers stay in this report and count in no score. Each can be left out."
READ_ONLY: Final = "The answers of this saved report. They count in no score."


class QuestionsScreen(Page):
    """Beside a run or after it; of a saved report the answers are read only. Nothing waits for them."""

    CSS_PATH = "questions.tcss"
    commands = QUESTIONING
    BINDINGS: ClassVar[list[BindingType]] = bindings(QUESTIONING)
    AUTO_FOCUS = "LineList"

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self._asking = ""

    def where(self) -> str:
        return f"Questions: {tally(self.desk.questions)}"

    def can(self, command_id: str) -> bool:
        return command_id not in ("enter", "take_back") or self.desk.session is not None

    def body(self) -> Iterable[Widget]:
        said = Stripe(self.desk.glyphs, id="said")
        said.show(PROMISE if self.desk.session is not None else READ_ONLY)
        yield said
        yield Stripe(self.desk.glyphs)
        with Horizontal(id="middle"):
            yield LineList(glyphs=self.desk.glyphs)
            yield VerticalScroll(Prose(id="about"), can_focus=False)

    def on_mount(self) -> None:
        self._show(at=self._next_open())

    def hear(self, settled: bool) -> None:
        if settled:
            self._show()
            self.refresh_edges()

    def _show(self, at: str = "") -> None:
        lines = [self._line(question) for question in self.desk.questions]
        questions = self.query_one(LineList)
        questions.styles.max_height = len(lines) + 1  # what it does not need is room for the help
        questions.show(lines, at=at)
        self._show_about()

    def _line(self, question: Question) -> ListLine:
        status = status_of(question)
        mark = f"{self.desk.glyphs.of(status)} {wording.STATUS_WORDS[status]}"
        return ListLine(
            key=question.id,
            cells=(Cell(text=mark, role=roles.of_status(status), width=13), Cell(text=question.text)),
        )

    def _show_about(self) -> None:
        question = self._under_cursor()
        if question is not None:
            self.query_one("#about", Prose).show(about(question))

    def _under_cursor(self) -> Question | None:
        key = self.query_one(LineList).key
        return next((one for one in self.desk.questions if one.id == key), None)

    def _next_open(self, after: str = "") -> str:
        """The first question without an answer behind this one, then from the top; empty: all have one."""
        ids = [one.id for one in self.desk.questions]
        start = ids.index(after) + 1 if after in ids else 0
        ring = (*self.desk.questions[start:], *self.desk.questions[:start])
        return next((one.id for one in ring if not one.answer), "")

    def on_line_list_moved(self, message: LineList.Moved) -> None:
        self._show_about()

    def on_line_list_chosen(self, message: LineList.Chosen) -> None:
        question = self._under_cursor()
        if question is None or self.desk.session is None:
            return
        self._asking = question.id
        place = [one.id for one in self.desk.questions].index(question.id) + 1
        said = [
            Paragraph(text=f"Question {place} of {len(self.desk.questions)}", role="muted"),
            Paragraph(text=question.text, role="strong"),
        ]
        said += [GAP, Paragraph(text=question.help)] if question.help else []
        answers = [(answer, answer[:1].upper() + answer[1:]) for answer in question.answers]
        self.app.push_screen(
            Dialog(self.desk.glyphs, said, [*answers, (LATER, "Later, ask me again")]), self._said
        )

    def _said(self, answer: str | None) -> None:
        if answer and answer != LATER:
            self._answer(self._asking, answer)
            self._show(at=self._next_open(self._asking) or self._asking)
            self.refresh_edges()

    def action_take_back(self) -> None:
        question = self._under_cursor()
        if question is not None and question.answer:
            self._answer(question.id, "")
            self._show()
            self.refresh_edges()

    def _answer(self, question_id: str, answer: str) -> None:
        if self.desk.session is not None:
            self.desk.session.answer(question_id, answer)
            self.desk.drain()


def status_of(question: Question) -> RowStatus:
    """How its line is marked: an answer is never a fault."""
    if not question.answer:
        return RowStatus.TURN
    return RowStatus.LOOK if question.to_look_at else RowStatus.OK


def about(question: Question) -> list[Paragraph]:
    """The question, the answer so far, and what to do: about the answer, or to find it out."""
    said = [Paragraph(text=question.text, role="strong")]
    if question.answer:
        said.append(Paragraph(text=question.answer, lead="Your answer: "))
    if question.to_look_at and question.advice:
        return [*said, GAP, Paragraph(text="What to do", role="strong"), Paragraph(text=question.advice)]
    return [*said, GAP, Paragraph(text=question.help)] if question.help else said
