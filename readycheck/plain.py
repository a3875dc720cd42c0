"""The plain face with a person in front of it: lines of ASCII text, numbered choices, no cursor movement. An equal of the app."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Final

from readycheck.errors import ReadycheckError
from readycheck.events import CheckFinished, Event, RunStarted
from readycheck.exit_codes import exit_code
from readycheck.export.text import render, to_ascii
from readycheck.headless import announcement
from readycheck.listing import Group, sections
from readycheck.model import CheckResult, Question, Report, Status
from readycheck.questions import tally
from readycheck.session import Session
from readycheck.state import of_report
from readycheck.units import value_text
from readycheck.wording import STATUS_WORDS, plural, row_status

QUARTERS: Final = ("A quarter done.", "Half done.", "Three quarters done.")
PROMPT: Final = (
    "Type a number to open it, a to check again, t for help from IT, {}q to quit, then press Enter: "
)
QUESTIONS: Final = "u for the questions to you, "


def run(session: Session, ask: Callable[[str], str] = input, tell: Callable[[str], None] = print) -> int:
    """Check, tell, and offer the next steps until the person quits; the exit code is that of the last report."""
    tell("readycheck, plain text. Press Control C to stop.")
    for problem in session.problems:
        tell(f"Note: {problem}")
    session.listen(Speaker(tell).hear)
    report = _checked(session, tell)
    if not report.partial:
        ask_questions(session, ask, tell)
    prompt = PROMPT.format(QUESTIONS if session.questions else "")
    while True:
        problems = problems_of(report)
        try:
            answer = ask(prompt).strip().lower()
        except EOFError:
            answer = "q"
        if answer == "q":
            return int(exit_code(report, strict=False))
        if answer == "a":
            report = _checked(session, tell)
        elif answer == "t":
            offer_ticket(session.report or report, ask, tell)
        elif answer == "u" and session.questions:
            ask_questions(session, ask, tell)
        elif answer.isdigit() and 1 <= int(answer) <= len(problems):
            tell_details(problems[int(answer) - 1], tell)
        else:
            tell("That is not one of the choices.")


class Speaker:
    """Says changes and quarters, nothing else, so that a screen reader is not kept busy."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._total = self._done = 0

    def hear(self, event: Event) -> None:
        match event:
            case RunStarted(planned=planned):
                self._total, self._done = len(planned), 0
                self._tell(announcement(event))
            case CheckFinished(result=result):
                self._done += 1
                if result.status in (Status.FAIL, Status.WARN):
                    self._tell(f"{STATUS_WORDS[row_status(result)]}: {result.title}. {result.summary}")
                for part, words in enumerate(QUARTERS, start=1):
                    if self._done == max(1, self._total * part // 4) and self._total >= 4:
                        self._tell(words)


def _checked(session: Session, tell: Callable[[str], None]) -> Report:
    """One run to its end; Ctrl-C stops it and keeps what it found."""
    session.start()
    try:
        while not session.wait(0.2):
            pass
    except KeyboardInterrupt:
        tell("Stopping.")
        session.stop()
        session.wait(5.0)
    if session.failure is not None:
        raise session.failure
    assert session.report is not None
    tell("Done.\n")
    tell(render(session.report, now=datetime.now().astimezone(), ascii_only=True).decode("ascii"))
    return session.report


def ask_questions(session: Session, ask: Callable[[str], str], tell: Callable[[str], None]) -> None:
    """The profile's questions one by one; Enter leaves one out, Ctrl-C (or the end of the input) ends asking and loses none."""
    questions = session.questions
    if not questions:
        return
    count = plural(len(questions), "1 question", "{} questions")
    tell(f"{count} about your set-up. Enter leaves one out, Control C ends them.")
    with suppress(KeyboardInterrupt, EOFError):
        for place, question in enumerate(questions, 1):
            tell(f"\nQuestion {place} of {len(questions)}: {to_ascii(question.text)}")
            _ask_one(question, session, ask, tell)
    tell(f"\nQuestions: {tally(session.questions)}.")
    for question in session.questions:
        if question.to_look_at and question.advice:
            tell(to_ascii(f"Look: {question.text} {question.advice}"))
    tell("")


def _ask_one(
    question: Question, session: Session, ask: Callable[[str], str], tell: Callable[[str], None]
) -> None:
    if question.help:
        tell(to_ascii(question.help))
    if question.answer:
        tell(f"Your answer so far: {to_ascii(question.answer)}")
    choices = ", ".join(f"{number} {answer}" for number, answer in enumerate(question.answers, 1))
    while said := ask(to_ascii(f"{choices}, Enter for later: ")).strip().casefold():
        known = {str(number): answer for number, answer in enumerate(question.answers, 1)}
        known |= {answer.casefold(): answer for answer in question.answers}
        if said in known:
            session.answer(question.id, known[said])
            return
        tell("That is not one of the choices.")


def problems_of(report: Report) -> tuple[CheckResult, ...]:
    """What needs the person, in the order and with the numbers that the text of the report gives them."""
    rows = [row for s in sections(of_report(report)) if s.group is Group.NEEDS_YOU for row in s.rows]
    return tuple(row.result for row in rows if row.result is not None)


def tell_details(result: CheckResult, tell: Callable[[str], None]) -> None:
    tell(f"\n{result.title}: {result.summary}")
    for finding in result.findings:
        if finding.remedy:
            tell(f"What to do: {finding.remedy}")
    for measurement in result.measurements:
        tell(f"{measurement.title}: {value_text(measurement)}")
    for known in result.facts:
        tell(f"{known.title}: {known.value}")
    tell("")


def offer_ticket(report: Report, ask: Callable[[str], str], tell: Callable[[str], None]) -> None:
    """Shows exactly what would leave, then saves it where the person says. Nothing is sent."""
    from readycheck.redact import Level
    from readycheck.ticket.compose import compose
    from readycheck.ticket.outbox import Outbox, default_folder
    from readycheck.ticket.render import eml, markdown, provider_file_name, provider_letter

    note = ask("A sentence of your own for IT support, or just Enter: ")
    ticket = compose(report, level=Level.SUPPORT, note=note)
    text = markdown(ticket)
    tell("\nThis is exactly what the ticket says. Nothing has been sent.\n")
    tell(text)
    letter = provider_letter(report)
    kept = {
        "1": ("ticket.md", text.encode(), "Attach it to a message to IT support."),
        "2": ("ticket.eml", eml(ticket), "Open it and press Send."),
    }
    if letter:
        tell(
            f"This is a letter to your internet provider, without anything of your company:\n\n{letter.decode()}"
        )
        kept["3"] = (provider_file_name(report), letter, "Send it to your internet provider.")
    third = ", 3 save the letter to your provider" if letter else ""
    choice = ask(f"1 save as text, 2 save as an e-mail draft{third}, Enter to go back: ").strip()
    if choice not in kept:
        return
    name, data, then = kept[choice]
    try:
        path = Outbox(default_folder()).put(name, data)
    except ReadycheckError as error:
        tell(error.message)
        return
    tell(f"Saved as {path}. {then}")
