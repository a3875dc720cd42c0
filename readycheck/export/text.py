"""The report in plain language: the same words as on the screen, line by line, readable aloud and on paper."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from textwrap import TextWrapper
from typing import Final

from readycheck.export.parts import run_line, stood_in_for
from readycheck.model import CAPABILITY_TITLES, Cause, CheckResult, Report
from readycheck.questions import tally
from readycheck.show.listing import Group, sections
from readycheck.show.state import Row, RowStatus, RunState, of_report
from readycheck.show.wording import (
    STANDING_WORDS,
    STATUS_WORDS,
    also_line,
    date_text,
    headline,
    on_hold_line,
    owner_text,
    plural,
    reason,
    row_text,
    score_text,
)
from readycheck.ticket.card import card_lines
from readycheck.ticket.reach import help_line, in_trouble

WIDTH: Final = 80
_PSEUDONYM: Final = re.compile(r"(\[[a-z-]+) ([0-9]+\])")  # "[wi-fi 1]" stays on one line, as one name
_GLUE: Final = "\0"
_PLAIN: Final = {
    "…": "...",
    "–": "-",
    "—": "-",
    "·": "-",
    "’": "'",
    "‘": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "×": "x",
}


def render(
    report: Report, *, now: datetime | None = None, width: int = WIDTH, ascii_only: bool = False
) -> bytes:
    """UTF-8 lines of at most ``width`` characters (single words may be longer), one newline at the end.

    ``now`` (with zone) is for a run that has just ended: the support desk is "open now" or opens at a time. Without it the
    opening hours are shown as written, which stays true whenever the report is read.
    """
    text = "\n".join(line for part in _parts(report, now) for line in _wrapped(part, width)) + "\n"
    return (to_ascii(text) if ascii_only else text).encode()


def to_ascii(text: str) -> str:
    """The nearest ASCII text: accents go, what has no relative becomes a question mark."""
    text = "".join(_PLAIN.get(char, char) for char in text)
    letters = (char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return "".join(letters).encode("ascii", "replace").decode()


def _wrapped(part: str, width: int) -> list[str]:
    """One part as lines; what follows its first line stands below its text, behind a number or a dash."""
    text = part.lstrip(" ")
    indent = len(part) - len(text)
    head = text.partition(" ")[0]
    hanging = indent + (len(head) + 1 if head.rstrip(".").isdigit() or head == "-" else 0)
    wrapper = TextWrapper(
        width=width,
        initial_indent=" " * indent,
        subsequent_indent=" " * hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
    glued = _PSEUDONYM.sub(rf"\1{_GLUE}\2", text.replace(_GLUE, "?"))
    return [line.replace(_GLUE, " ") for line in wrapper.wrap(glued)] or [""]


def _parts(report: Report, now: datetime | None) -> Iterator[str]:
    yield f"RESULT: {headline(report)}. Readiness: {score_text(report)}."
    trouble, support = in_trouble(report), help_line(report.contact, report, now)
    told = (_sentence(reason(report)), also_line(report), support if trouble else "")
    yield from (line for line in told if line)
    yield " ".join(
        f"{CAPABILITY_TITLES[c.id]}: {STANDING_WORDS[c.status].lower()}." for c in report.capabilities
    )
    yield from _paragraphs(report, now, "" if trouble else support)
    yield ""
    played = "This was a demonstration." if now else stood_in_for(report)  # a run says it before it begins
    yield run_line(report, when=_when(report.started, now), simulated=played)


def _when(stamp: str, now: datetime | None) -> str:
    """In the zone of ``now``, or else in UTC, which stays true wherever the report is read; what is no time stays."""
    try:
        moment = datetime.fromisoformat(stamp)
        return date_text(moment.astimezone(now.tzinfo)) if now else f"{date_text(moment.astimezone(UTC))} UTC"
    except (ValueError, OverflowError):
        return stamp


def _paragraphs(report: Report, now: datetime | None, support: str) -> Iterator[str]:
    """``support``: the line that says which way to it works, where it did not stand beside the verdict."""
    state = of_report(report)
    for lines in (
        tuple(line for cause in report.causes if not _told(cause, state) for line in _cause(cause)),
        tuple(_needs_you(state)),
        tuple(_the_rest(state)),
        tuple(_questions(report)),
        tuple(f"Note: {_sentence(problem)}" for problem in report.problems),
        (*card_lines(report.contact, now), *((support,) if support else ())),
    ):
        if lines:
            yield ""
            yield from lines


def _needs_you(state: RunState) -> Iterator[str]:
    """What needs the person, the worst first, each with what to do."""
    found = [section for section in sections(state) if section.group is Group.NEEDS_YOU]
    for section in found:  # there is at most one
        for number, row in enumerate(section.rows, 1):
            waiting = section.held.get(row.check_id, 0)
            held = f" {on_hold_line(waiting)}." if waiting else ""
            yield f"{number}. {STATUS_WORDS[row.status]}: {row.title}. {_sentence(row_text(row, state))}{held}"
            yield from _to_do(row, state)


def _told(cause: Cause, state: RunState) -> bool:
    """Whether a row says this cause's sentence already: then its owner stands there, and the cause is not told twice."""
    row = state.row(cause.explains[0]) if cause.explains else None
    return row is not None and row.result is not None and row.result.summary == cause.summary


def _to_do(row: Row, state: RunState) -> Iterator[str]:
    result = row.result
    if result is None:
        return
    causes = state.report.causes if state.report is not None else ()
    mine = [cause for cause in causes if row.check_id in cause.explains and row.status is RowStatus.FIX]
    if mine and not any(row.check_id in cause.explains[:1] and _told(cause, state) for cause in mine):
        yield f"   Part of one fault: {_sentence(mine[0].summary)}"
        return
    for cause in causes:
        if row.check_id in cause.explains[:1] and _told(cause, state):
            yield _owner_line(cause)
    for remedy in _remedies(result):
        for line in remedy.splitlines():
            yield f"   - {_sentence(line)}"


def _remedies(result: CheckResult) -> tuple[str, ...]:
    found = (finding.remedy for finding in result.findings if finding.status is result.status)
    return tuple(dict.fromkeys(remedy for remedy in found if remedy))


def _owner_line(cause: Cause) -> str:
    return f"   Whose it is to mend: {owner_text(cause.owner, cause.either, cause.confidence)}."


def _cause(cause: Cause) -> Iterator[str]:
    yield f"Cause: {_sentence(cause.summary)}"
    yield _owner_line(cause)
    if cause.next_step:
        yield f"   Next step: {_sentence(cause.next_step)}"


def _the_rest(state: RunState) -> Iterator[str]:
    working = state.count(RowStatus.OK)
    if working:
        yield plural(working, "1 check is OK.", "{} checks are OK.")
    alike: dict[tuple[RowStatus, str], list[str]] = {}
    for row in state.rows:
        if row.status in (RowStatus.STOPPED, RowStatus.ON_HOLD, RowStatus.NOT_NEEDED):
            alike.setdefault((row.status, _sentence(row_text(row, state))), []).append(row.title)
    for (status, why), titles in alike.items():
        yield f"{STATUS_WORDS[status]}: {', '.join(titles)}. {why}"


def _questions(report: Report) -> Iterator[str]:
    """How many were answered, and what to do about the answers that do not say that all is well."""
    if report.questions:
        yield f"Questions for you: {tally(report.questions)}."
    for question in report.questions:
        if question.to_look_at:
            yield f"Look: {question.text} You said: {_sentence(question.answer)} {_sentence(question.advice)}".rstrip()


def _sentence(text: str) -> str:
    """One line that begins and ends like a sentence; names such as ``vpn.example.com`` keep their small letter."""
    line = " ".join(text.split())
    if line.partition(" ")[0].rstrip(",:").isalpha():
        line = line[0].upper() + line[1:]
    return line if not line or line[-1] in ".?:" else f"{line}."
