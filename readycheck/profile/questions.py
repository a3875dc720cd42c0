"""Tables of questions to Questions, in the order of the areas; a bad name of one is a mistake like any other. Asks nobody."""

from collections.abc import Iterator, Mapping
from typing import Any

from readycheck.model import Capability, Question
from readycheck.profile.document import QuestionTable
from readycheck.profile.instances import INSTANCE_NAME
from readycheck.profile.mistakes import Mistake, key_text


def questions_of(tables: Mapping[str, QuestionTable]) -> tuple[Question, ...]:
    """Those that are enabled, area by area, in the order of the profile."""
    areas = tuple(Capability)
    asked = [(name, table) for name, table in tables.items() if table.enabled]
    return tuple(
        Question(
            id=name,
            capability=table.area,
            text=table.text,
            answers=table.answers,
            help=table.help,
            advice=table.advice,
        )
        for name, table in sorted(asked, key=lambda pair: areas.index(pair[1].area))
    )


def id_mistakes(tables: Any) -> Iterator[Mistake]:
    """A table whose name is not one that a file of answers can use. ``tables``: as it was written, of whatever type."""
    for name in tables if isinstance(tables, Mapping) else ():
        path = ("questions", name)
        if not INSTANCE_NAME.fullmatch(name):
            text = f'{key_text(path)} needs another name: small letters, digits, - and _, such as "camera".'
            yield Mistake(path=path, text=text)
