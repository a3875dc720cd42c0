"""The plain face with a person in front of it: lines of ASCII text, numbered choices, no cursor movement. An equal of the app."""

import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from io import TextIOWrapper, UnsupportedOperation
from shutil import get_terminal_size
from textwrap import wrap
from typing import Final

from readycheck.errors import ReadycheckError, ToldToEnd
from readycheck.events import CheckFinished, Event, RunStarted
from readycheck.exit_codes import exit_code
from readycheck.export.text import WIDTH, render, to_ascii
from readycheck.headless import announcement
from readycheck.keeping import keep_message, keep_reports, leave_at_once, when_told_to_end
from readycheck.model import CheckResult, Question, Report, Status
from readycheck.questions import tally
from readycheck.run.session import Session
from readycheck.show.listing import Group, sections
from readycheck.show.state import of_report, row_status
from readycheck.show.wording import STATUS_WORDS, plural, who_mends
from readycheck.units import value_text

QUARTERS: Final = ("A quarter done.", "Half done.", "Three quarters done.")
PROMPT: Final = (
    "Type a number to open it, a to check again, t for help from IT, {}q to quit, then press Enter: "
)
QUESTIONS_CHOICE: Final = "u for the questions to you, "
NO_NOTE: Final = "-"
REPLACEMENT: Final = "\ufffd"  # the character for bytes that are no letters


class Talk:
    """The conversation with the person: ASCII both in what is told and in what is asked. ``note`` is theirs for IT support, and
    ``note_saved`` the one that is in a ticket already. Once the terminal is gone nothing is told, and asking raises EOFError."""

    def __init__(self, ask: Callable[[str], str], tell: Callable[[str], None]) -> None:
        self._ask, self._say = ask, tell
        self.note = self.note_saved = ""
        self.gone = False

    def tell(self, text: str) -> None:
        self._tell(fitted(to_ascii(text)))

    def _tell(self, text: str) -> None:
        try:
            self._say(text)
        except OSError:  # the window was closed
            self.gone = True

    def show(self, text: str) -> None:
        """Letter by letter, for a text that leaves or the path of a file; as ASCII where the terminal has no such letters."""
        try:
            self._tell(text)
        except UnicodeEncodeError:
            self._tell(to_ascii(text))
            self._tell(
                "(This terminal cannot show every letter of it: here the nearest ones stand in for them.)"
            )

    def ask(self, prompt: str) -> str:
        """Once more where letters did not arrive as such. Raises EOFError and KeyboardInterrupt, as the person ends the input or
        presses Ctrl-C."""
        while REPLACEMENT in (answer := self._answer(f"{fitted(to_ascii(prompt).rstrip())} ")):
            self.tell("Some letters of that did not arrive as text. Please type it again.")
        return answer.strip()

    def _answer(self, prompt: str) -> str:
        try:
            return self._ask(prompt)
        except OSError as error:
            self.gone = True
            raise EOFError from error

    def ask_or_back(self, prompt: str) -> str | None:
        """None where the person goes back instead, by Ctrl-D or Ctrl-C."""
        try:
            return self.ask(prompt)
        except (EOFError, KeyboardInterrupt):
            self.tell("")
            return None


def fitted(text: str) -> str:
    """Broken at spaces where the window is narrower than a line: a terminal breaks words."""
    width = get_terminal_size().columns
    lines = (wrap(line, width) if len(line) > width else [line] for line in text.split("\n"))
    return "\n".join(part for parts in lines for part in parts)


def run(
    session: Session,
    ask: Callable[[str], str] = input,
    tell: Callable[[str], None] = print,
    *,
    strict: bool = False,
) -> int:
    """Check, tell, and offer the next steps until the person quits; the exit code is that of the last report."""
    _take_odd_letters()
    talk = Talk(ask, tell)
    talk.tell("readycheck, plain text. Press Control C to stop.")
    for sentence in session.simulated:
        talk.tell(sentence)
    for note in session.notes:
        talk.tell(f"Note: {note}")
    session.listen(Speaker(talk.tell).hear)
    with when_told_to_end(leave_at_once, lambda: _keep_note(session, talk), lambda: keep_reports(session)):
        report = _checked(session, talk)
        if not report.partial:
            ask_questions(session, talk)
        report = _next_steps(session, report, talk)
    if talk.gone:  # nobody told this process so
        raise ToldToEnd((*_keep_note(session, talk), *keep_reports(session)))
    return int(exit_code(report, strict=strict))


def _keep_note(session: Session, talk: Talk) -> tuple[str, ...]:
    unsaved = talk.note if talk.note != talk.note_saved else ""
    return keep_message(session.report, unsaved) if session.report is not None and unsaved else ()


def _take_odd_letters() -> None:
    """Whatever the locale says: bytes that are no letters would end the program, or get into a note."""
    if isinstance(sys.stdin, TextIOWrapper):
        with suppress(UnsupportedOperation):  # something was read before: it stays as it is
            sys.stdin.reconfigure(errors="replace")


def _next_steps(session: Session, report: Report, talk: Talk) -> Report:
    """Whatever the person chooses, until they quit; the last report."""
    prompt = PROMPT.format(QUESTIONS_CHOICE if session.questions else "")
    while True:
        problems = problems_of(report)
        try:
            answer = talk.ask(prompt).lower()
        except EOFError:
            answer = "q"
        if answer == "q":
            return report
        if answer == "a":
            report = _checked(session, talk)
        elif answer == "t":
            offer_ticket(session.report or report, talk)
        elif answer == "u" and session.questions:
            ask_questions(session, talk)
        elif answer.isdecimal() and 1 <= int(answer) <= len(problems):
            tell_details(problems[int(answer) - 1], report, talk)
        else:
            talk.tell("That is not one of the choices.")


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


def _checked(session: Session, talk: Talk) -> Report:
    """One run to its end; Ctrl-C stops it and keeps what it found."""
    session.start()
    try:
        while not session.wait(0.2):
            pass
    except KeyboardInterrupt:
        talk.tell("Stopping.")
        session.stop()
        session.wait(5.0)
    if session.failure is not None:
        raise session.failure
    assert session.report is not None
    talk.tell("Done.\n")
    width, now = min(WIDTH, get_terminal_size().columns), datetime.now().astimezone()
    talk.tell(render(session.report, now=now, width=width, ascii_only=True).decode("ascii"))
    return session.report


def ask_questions(session: Session, talk: Talk) -> None:
    """The profile's questions one by one; Enter leaves one out, Ctrl-C (or the end of the input) ends asking and loses none."""
    questions = session.questions
    if not questions:
        return
    count = plural(len(questions), "1 question", "{} questions")
    talk.tell(f"{count} about your set-up. Enter leaves one out, Control C ends them.")
    with suppress(KeyboardInterrupt, EOFError):
        for place, question in enumerate(questions, 1):
            talk.tell(f"\nQuestion {place} of {len(questions)}: {question.text}")
            _ask_one(question, session, talk)
    talk.tell(f"\nQuestions: {tally(session.questions)}.")
    for question in session.questions:
        if question.to_look_at and question.advice:
            talk.tell(f"Look: {question.text} {question.advice}")
    talk.tell("")


def _ask_one(question: Question, session: Session, talk: Talk) -> None:
    if question.help:
        talk.tell(question.help)
    if question.answer:
        talk.tell(f"Your answer so far: {question.answer}")
    choices = ", ".join(f"{number} {choice}" for number, choice in enumerate(question.answers, 1))
    while answer := talk.ask(f"{choices}, Enter for later: ").casefold():
        known = {str(number): choice for number, choice in enumerate(question.answers, 1)}
        known |= {choice.casefold(): choice for choice in question.answers}
        if answer in known:
            session.answer(question.id, known[answer])
            return
        talk.tell("That is not one of the choices.")


def problems_of(report: Report) -> tuple[CheckResult, ...]:
    """What needs the person, in the order and with the numbers that the text of the report gives them."""
    rows = [row for s in sections(of_report(report)) if s.group is Group.NEEDS_YOU for row in s.rows]
    return tuple(row.result for row in rows if row.result is not None)


def tell_details(result: CheckResult, report: Report, talk: Talk) -> None:
    talk.tell(f"\n{result.title}: {result.summary}")
    cause = next((one for one in report.causes if result.check_id in one.explains), None)
    if whose := who_mends(result, cause):
        talk.tell(f"Who can mend it: {whose}")
    for finding in result.findings:
        if finding.remedy:
            talk.tell(f"What to do: {finding.remedy}")
    for measurement in result.measurements:
        talk.tell(f"{measurement.title}: {value_text(measurement)}")
    for known in result.facts:
        talk.tell(f"{known.title}: {known.value}")
    talk.tell("")


def offer_ticket(report: Report, talk: Talk) -> None:
    """Shows exactly what would leave, then saves it where the person says. Nothing is sent; whoever goes back loses no note."""
    from readycheck.redact import Level
    from readycheck.ticket.compose import compose
    from readycheck.ticket.render import eml, file_name, markdown, provider_file_name, provider_letter

    if not _ask_note(talk):
        return
    ticket = compose(report, level=Level.SUPPORT, note=talk.note)
    text = markdown(ticket)
    talk.tell("\nThis is exactly what the ticket says. Nothing has been sent.\n")
    talk.show(text)
    letter = provider_letter(report)
    kept = {
        "1": (file_name(ticket, ".md"), text.encode(), "Attach it to a message to IT support."),
        "2": (file_name(ticket, ".eml"), eml(ticket), "Open it and press Send."),
    }
    if letter:
        talk.tell("This is a letter to your internet provider, without anything of your company:\n")
        talk.show(letter.decode())
        kept["3"] = (provider_file_name(report), letter, "Send it to your internet provider.")
    third = ", 3 save the letter to your provider" if letter else ""
    prompt = f"1 save as text, 2 save as an e-mail draft{third}, Enter to go back: "
    while (choice := talk.ask_or_back(prompt)) and choice not in kept:
        talk.tell("That is not one of the choices.")
    if choice and _save(*kept[choice], talk) and choice != "3":
        talk.note_saved = talk.note


def _ask_note(talk: Talk) -> bool:
    """What the person writes to IT support; it stays for this sitting. False where they go back."""
    if talk.note:
        talk.tell("Your sentence so far:")
        talk.show(talk.note)
        sentence = talk.ask_or_back(f"Enter keeps it, a new one replaces it, {NO_NOTE} leaves it out: ")
    else:
        sentence = talk.ask_or_back("A sentence of your own for IT support, or just Enter: ")
    if sentence:
        talk.note = "" if sentence == NO_NOTE else sentence
    return sentence is not None


def _save(name: str, data: bytes, then: str, talk: Talk) -> bool:
    from readycheck.ticket.outbox import hand_over

    try:
        path = hand_over(name, data)
    except ReadycheckError as error:
        talk.show(f"{error.message} All of it stands above: copy it from there.")
        return False
    talk.show(f"Saved as {path}.")
    talk.tell(then)
    return True
