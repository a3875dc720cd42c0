"""Walks a report: every leaf with its path and its privacy class, so that a visitor can look at it or put another in its place.

Knows the structure of reports and nothing about what becomes of a leaf: redactor.py hides, report/reading.py cleans.
"""

from collections.abc import Callable
from enum import Enum
from functools import cache
from typing import Any, NamedTuple, TypeVar

from msgspec import Meta, Struct
from msgspec.structs import fields, replace

from readycheck.model import Fact
from readycheck.privacy import Privacy

Value = TypeVar("Value")


class Leaf(NamedTuple):
    """One value that has no parts. ``path`` as in ``$.results[2].facts[0].value``; ``privacy`` None: no class was given."""

    path: str
    privacy: Privacy | None
    value: Any


Visit = Callable[[Leaf], Any]


def rebuild(value: Value, visit: Visit) -> Value:
    """The same value with every text and number replaced by what ``visit`` returns for it.

    Enum members, booleans and None are closed vocabularies: they are kept without a visit.
    """
    rebuilt: Value = _rebuilt(value, visit, "$", None)
    return rebuilt


def _rebuilt(value: Any, visit: Visit, path: str, privacy: Privacy | None) -> Any:
    match value:
        case Enum() | bool() | None:
            return value
        case Struct():
            return _rebuild_struct(value, visit, path)
        case tuple():
            return tuple(
                _rebuilt(item, visit, f"{path}[{place}]", privacy) for place, item in enumerate(value)
            )
        case dict():
            return {
                visit(Leaf(f"{path}.{key}", privacy, key)): _rebuilt(item, visit, f"{path}.{key}", privacy)
                for key, item in value.items()
            }
        case _:
            return visit(Leaf(path, privacy, value))


def _rebuild_struct(value: Struct, visit: Visit, path: str) -> Struct:
    parts = {
        name: _rebuilt(getattr(value, name), visit, f"{path}.{name}", _class_in(value, name, given))
        for name, given in field_classes(type(value))
    }
    return replace(value, **parts)


def _class_in(owner: Struct, name: str, given: Privacy | None) -> Privacy | None:
    return owner.privacy if isinstance(owner, Fact) and name == "value" else given


@cache
def field_classes(struct: type[Struct]) -> tuple[tuple[str, Privacy | None], ...]:
    """The fields of a struct type in order, each with its privacy class (None: it has none)."""
    return tuple((field.name, privacy_of(field.type)) for field in fields(struct))


def privacy_of(annotation: Any) -> Privacy | None:
    """The class in ``Annotated[..., PUBLIC]``."""
    marks = (mark.extra or {} for mark in getattr(annotation, "__metadata__", ()) if isinstance(mark, Meta))
    return next((mark["privacy"] for mark in marks if "privacy" in mark), None)


def leaves(value: Any) -> tuple[Leaf, ...]:
    """Every text and number of a report (or of a part of it), in order."""
    found: list[Leaf] = []

    def keep(leaf: Leaf) -> Any:
        found.append(leaf)
        return leaf.value

    rebuild(value, keep)
    return tuple(found)
