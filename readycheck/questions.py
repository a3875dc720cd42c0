"""Questions that only the person can answer about the set-up: counted, answered, read from a file of answers. Pure.

A question is no check: it has no status, no part in the score, and nothing waits for its answer.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from readycheck.model import CheckResult, Question, Report
from readycheck.text import clean

LATER: Final = "later"
MOST_BYTES: Final = 65_536
MOST_DEPTH: Final = 8
_OPENING: Final = re.compile(r"[\[{]")


def answered(questions: Iterable[Question], answers: Mapping[str, str]) -> tuple[Question, ...]:
    """The questions with these answers (id to answer, empty: taken back); the others keep what they have."""
    return tuple(replace(one, answer=answers.get(one.id, one.answer)) for one in questions)


def with_answers(report: Report, answers: Mapping[str, str]) -> Report:
    """The report with these answers. Nothing else in it depends on them."""
    return replace(report, questions=answered(report.questions, answers)) if answers else report


def asked(questions: Iterable[Question], only: frozenset[str], skip: frozenset[str]) -> tuple[Question, ...]:
    """Those about the capabilities of a run: ``only`` and ``skip`` hold, among others, their names."""
    return tuple(
        one for one in questions if (not only or one.capability in only) and one.capability not in skip
    )


def worth_asking(
    questions: Iterable[Question], pointless: Mapping[str, Sequence[str]], results: Iterable[CheckResult]
) -> tuple[Question, ...]:
    """Those that no finding has made pointless (``pointless``: question id to codes), and those that have an answer already."""
    found = {finding.code for result in results for finding in result.findings}
    return tuple(one for one in questions if one.answer or found.isdisjoint(pointless.get(one.id, ())))


def tally(questions: Sequence[Question]) -> str:
    """How many were answered: "3 of 5 answered, 1 to look at"; empty where nothing was asked."""
    if not questions:
        return ""
    told = f"{sum(bool(one.answer) for one in questions)} of {len(questions)} answered"
    looks = sum(one.to_look_at for one in questions)
    return f"{told}, {looks} to look at" if looks else told


def parse_answers(data: bytes) -> dict[str, str]:
    """A file of answers, TOML or JSON, as ``{question id: answer}``; raises ValueError with one sentence.

    What begins with ``{`` is JSON (no TOML document does). Values are texts: what the answers mean is judged by matched().
    """
    if len(data) > MOST_BYTES:
        raise ValueError("it is larger than 64 KiB, which is more than any answers need")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("it is not UTF-8 text") from None
    table = _json(text) if text.lstrip().startswith("{") else _toml(text)
    for key, value in table.items():
        if not isinstance(value, str):
            raise ValueError(f'"{clean(key, 60)}" must be an answer in quotes, such as "yes"')
    return {key: str(value) for key, value in table.items()}


def _json(text: str) -> dict[str, Any]:
    if len(_OPENING.findall(text)) > MOST_DEPTH:  # decoders recurse, and a table of texts nests nothing
        raise ValueError("it must be one table: a question's name and its answer, again and again")
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError as error:
        raise ValueError(f"this is not JSON: {clean(error, 160)}") from None


def _toml(text: str) -> dict[str, Any]:
    if "\0" in text:
        raise ValueError("it is not plain text")
    if len(_OPENING.findall(text)) > MOST_DEPTH:
        raise ValueError("it must be a list of lines: a question's name = its answer in quotes")
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"this is not TOML: {clean(error, 160)}") from None


def matched(answers: Mapping[str, str], questions: Sequence[Question]) -> dict[str, str]:
    """The answers as the questions spell them, "later" left out; raises ValueError for what none of them asks or offers."""
    by_id = {one.id: one for one in questions}
    found = {}
    for name, answer in answers.items():
        if name not in by_id:
            raise ValueError(_no_question(name, tuple(by_id)))
        if answer.strip().casefold() != LATER:
            found[name] = _spelled(answer, by_id[name])
    return found


def _spelled(answer: str, question: Question) -> str:
    known = {one.casefold(): one for one in question.answers}
    spelled = known.get(answer.strip().casefold())
    if spelled is None:
        choices = ", ".join(f'"{one}"' for one in question.answers)
        raise ValueError(
            f'"{question.id}" must be one of {choices} or "{LATER}", not the text "{clean(answer, 60)}"'
        )
    return spelled


def _no_question(name: str, known: Sequence[str]) -> str:
    near = get_close_matches(name[:60], known, n=1)
    hint = f' Did you mean "{near[0]}"?' if near else ""
    listed = f" Its questions: {', '.join(known)}." if known else " It asks nothing."
    return f'the profile has no question "{clean(name, 60)}".{hint}{listed}'.rstrip(".")
