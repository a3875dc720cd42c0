"""The report as Markdown (CommonMark with GitHub tables), for a ticket system, a wiki or a chat.

Everything that is not our own word is escaped: no text of a report becomes a heading, a link, a picture or HTML.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from readycheck.export.parts import run_line, stood_in_for
from readycheck.model import CAPABILITY_TITLES, Cause, CheckResult, Report
from readycheck.questions import tally
from readycheck.show.state import row_status
from readycheck.show.wording import (
    STANDING_WORDS,
    STATUS_WORDS,
    headline,
    owner_text,
    plural,
    reason,
    result_text,
    score_text,
)
from readycheck.text import clean
from readycheck.ticket.card import card_lines
from readycheck.ticket.details import measurement_line
from readycheck.ticket.reach import help_line

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]#|~!$])")
_ENTITIES: Final = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_AUTOLINK: Final = re.compile(r"://|\bwww\.", re.IGNORECASE)


def render(report: Report) -> bytes:
    """UTF-8, one newline at the end."""
    return ("\n".join(_lines(report)).rstrip("\n") + "\n").encode()


def escape(text: str) -> str:
    """A text as one line of Markdown that shows exactly its characters."""
    line = " ".join(clean(text, 4000, lines=True).split("\n"))
    line = "".join(_ENTITIES.get(char, char) for char in line)
    line = _SPECIAL.sub(r"\\\1", line)
    return _AUTOLINK.sub(lambda match: match.group().replace("://", "\\://").replace(".", "\\."), line)


def code(text: str) -> str:
    """A code as one; not for tables, where a pipe would still part it."""
    return "`" + clean(text).replace("`", "'") + "`"


def _lines(report: Report) -> Iterator[str]:
    yield f"# {escape(headline(report))}"
    yield ""
    yield f"Readiness: **{score_text(report)}**. {escape(reason(report))}"
    yield ""
    yield from _capabilities(report)
    yield from _causes(report.causes)
    yield from _results(report)
    yield from _section("Questions", _questions(report))
    yield from _section("How to get help", _card(report))
    yield from _section("Notes", (f"- {escape(text)}" for text in report.problems))
    when = report.started.replace("T", " ")
    yield escape(run_line(report, when=when, simulated=stood_in_for(report)))


def _card(report: Report) -> Iterator[str]:
    """The card as a list below its heading; a card without routes is sentences only."""
    heading, *lines = [escape(line) for line in card_lines(report.contact, None)]
    yield heading
    if lines:
        yield ""
        yield from (f"- {line}" for line in lines)
    if support := help_line(report.contact, report, None):
        yield from ("", escape(support))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    inside = tuple(lines)
    if inside:
        yield from (f"## {title}", "", *inside, "")


def _capabilities(report: Report) -> Iterator[str]:
    yield "| What for | How it stands | Score | Why |"
    yield "| --- | --- | ---: | --- |"
    for one in report.capabilities:
        name = CAPABILITY_TITLES[one.id] + ("" if one.required else " (optional)")
        score = "–" if one.score is None else str(one.score)
        yield f"| {name} | {STANDING_WORDS[one.status]} | {score} | {escape(one.reason)} |"
    yield ""


def _causes(causes: tuple[Cause, ...]) -> Iterator[str]:
    for place, cause in enumerate(causes, 1):
        yield from (f"## Cause {place} of {len(causes)}", "")
        yield escape(cause.summary)
        yield ""
        yield f"- Whose it is to mend: {owner_text(cause.owner, cause.either, cause.confidence)}"
        yield f"- Next step: {escape(cause.next_step)}"
        yield f"- Code: {code(cause.code)}; mending it brings {plural(cause.gain, '1 point', '{} points')}"
        yield from (f"- Evidence for it: {escape(text)}" for text in cause.evidence_for)
        yield from (f"- Evidence against it: {escape(text)}" for text in cause.evidence_against)
        yield ""


def _results(report: Report) -> Iterator[str]:
    yield from ("## Results", "")
    for result in report.results:
        word = STATUS_WORDS[row_status(result)]
        yield f"- **{word}: {escape(result.title)}.** {escape(result_text(result))}"
        yield from (f"  - {line}" for line in _details(result))
    yield ""


def _questions(report: Report) -> Iterator[str]:
    if report.questions:
        yield f"{escape(tally(report.questions))}."
        yield ""
    for question in report.questions:
        yield f"- {escape(question.text)} {escape(question.answer) or 'not answered'}"
        if question.to_look_at and question.advice:
            yield from (f"  - To do: {escape(line)}" for line in question.advice.splitlines())


def _details(result: CheckResult) -> Iterator[str]:
    for finding in result.findings:
        if finding.remedy:
            yield from (f"To do: {escape(line)}" for line in finding.remedy.splitlines())
        if finding.detail:
            yield f"{code(finding.code)}: {escape(finding.detail)}"
    for measurement in result.measurements:
        yield escape(measurement_line(measurement))
    for fact in result.facts:
        yield f"{escape(fact.title)}: {escape(fact.value)}"
