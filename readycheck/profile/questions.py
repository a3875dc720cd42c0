"""Tables of questions to Questions, by capability; a bad name of one is a mistake like any other. Asks nobody."""

from collections.abc import Iterator, Mapping
from typing import Any

from readycheck.model import Capability, Question
from readycheck.profile.document import QuestionTable
from readycheck.profile.instances import INSTANCE_NAME
from readycheck.profile.mistakes import Mistake, key_text


def questions_of(tables: Mapping[str, QuestionTable]) -> tuple[Question, ...]:
    """Those that are enabled, capability by capability, in the order of the profile."""
    order = tuple(Capability)
    asked = [(name, table) for name, table in tables.items() if table.enabled]
    return tuple(
        Question(
            id=name,
            capability=table.capability,
            text=table.text,
            answers=table.answers,
            help=table.help,
            advice=table.advice,
        )
        for name, table in sorted(asked, key=lambda pair: order.index(pair[1].capability))
    )


def pointless_after(tables: Mapping[str, QuestionTable]) -> dict[str, tuple[str, ...]]:
    """By the name of a question: the codes of findings that make it pointless."""
    return {name: table.pointless_after for name, table in tables.items() if table.pointless_after}


def id_mistakes(tables: Any) -> Iterator[Mistake]:
    """A table whose name is not one that a file of answers can use. ``tables``: as it was written, of whatever type."""
    for name in tables if isinstance(tables, Mapping) else ():
        path = ("questions", name)
        if not INSTANCE_NAME.fullmatch(name):
            text = f'{key_text(path)} needs another name: small letters, digits, - and _, such as "camera".'
            yield Mistake(path=path, text=text)
