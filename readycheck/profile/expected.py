"""Says in words what a type wants: "a whole number of seconds (at least 5)", "one of "udp", "tcp"", "a list of texts"."""

from collections.abc import Sequence
from datetime import date, datetime, time
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from msgspec import Meta, Struct

from readycheck.profile.mistakes import did_you_mean, quoted
from readycheck.profile.rules import Rule
from readycheck.units import number

_NOUNS: Final[dict[Any, tuple[str, str]]] = {
    bool: ("true or false", "true or false"),
    int: ("a whole number", "whole numbers"),
    float: ("a number", "numbers"),
    str: ("a text", "texts"),
    dict: ("a table", "tables"),
    datetime: ("a date with a time", "dates with a time"),
    date: ("a date", "dates"),
    time: ("a time", "times"),
}
_UNITS: Final = {
    "timeout": "seconds",
    "seconds": "seconds",
    "s": "seconds",
    "ms": "milliseconds",
    "minutes": "minutes",
    "hours": "hours",
    "days": "days",
    "percent": "percent",
    "bytes": "bytes",
    "bps": "bits per second",
    "kbps": "kilobits per second",
    "mbps": "megabits per second",
    "mb": "megabytes",
    "gb": "gigabytes",
}
_LIMITS: Final = {
    "ge": "at least {}",
    "gt": "more than {}",
    "le": "at most {}",
    "lt": "less than {}",
    "min_length": "at least {} long",
    "max_length": "at most {} long",
}
LISTS: Final = (list, tuple, set, frozenset, Sequence)


def bare(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """The type without Annotated and without "or None" (TOML has no null), and the notes that stood on it (Meta, Rule)."""
    notes: tuple[Any, ...] = ()
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *extras = get_args(annotation)
            notes += tuple(extras)
        elif get_origin(annotation) in (Union, UnionType):
            members = [member for member in get_args(annotation) if member is not NoneType]
            if len(members) != 1:
                return annotation, notes
            annotation = members[0]
        else:
            return annotation, notes


def expected(annotation: Any, key: str = "") -> str:
    """What a value of this type looks like; ``key`` tells the unit by its last part (max_seconds). One phrase, no full stop."""
    kind, notes = bare(annotation)
    choices = choices_of(kind)
    if choices:
        return choices[0] if len(choices) == 1 else f"one of {', '.join(choices)}"
    ruled = next((note.expected for note in notes if isinstance(note, Rule)), None)
    if ruled:
        return ruled
    metas = [note for note in notes if isinstance(note, Meta)]
    title = next((meta.title for meta in metas if meta.title), None)
    return (title or _noun(kind) + _unit(kind, key)) + _bounds(metas) + _form(metas)


def _noun(kind: Any) -> str:
    origin = get_origin(kind) or kind
    if origin in (Union, UnionType):
        return " or ".join(_noun(bare(member)[0]) for member in get_args(kind) if member is not NoneType)
    if origin in LISTS:
        item = next(iter(get_args(kind)), Any)
        return f"a list of {_plural(bare(item)[0])}" if item is not Any else "a list"
    if isinstance(kind, type) and issubclass(kind, Struct):
        return "a table"
    return _NOUNS.get(origin, ("a value of another kind", ""))[0]


def _plural(kind: Any) -> str:
    origin = get_origin(kind) or kind
    if isinstance(kind, type) and issubclass(kind, Struct):
        return "tables"
    if origin in LISTS:
        return "lists"
    choices = choices_of(kind)
    return ", ".join(choices) if choices else _NOUNS.get(origin, ("", "values"))[1]


def _unit(kind: Any, key: str) -> str:
    unit = _UNITS.get(key.rpartition("_")[2]) if kind in (int, float) else None
    return f" of {unit}" if unit else ""


def _bounds(metas: Sequence[Meta]) -> str:
    """The limits in brackets: (1 to 65535), (more than 0, at most 600), (not empty)."""
    limits = {
        name: limit for meta in metas for name in _LIMITS if (limit := getattr(meta, name, None)) is not None
    }
    words = []
    for low, high, ending in (("ge", "le", ""), ("min_length", "max_length", " long")):
        if {low, high} <= limits.keys():
            words.append(f"{number(limits.pop(low), 3)} to {number(limits.pop(high), 3)}{ending}")
    words += [_limit(name, limit) for name, limit in limits.items()]
    return f" ({', '.join(words)})" if words else ""


def _limit(name: str, limit: float) -> str:
    return "not empty" if (name, limit) == ("min_length", 1) else _LIMITS[name].format(number(limit, 3))


def _form(metas: Sequence[Meta]) -> str:
    """An example says more than a pattern; where the type's author gave none, the pattern has to do."""
    for meta in metas:
        if meta.examples:
            return f" such as {_shown(meta.examples[0])}"
        if meta.pattern:
            return f" of the form {meta.pattern}"
    return ""


def _shown(value: Any) -> str:
    return quoted(value) if isinstance(value, str) else str(value)


def choices_of(kind: Any) -> tuple[str, ...]:
    """The allowed values of an enumeration or a Literal, as they are written in TOML."""
    if isinstance(kind, type) and issubclass(kind, Enum):
        return tuple(_shown(member.value) for member in kind)
    if get_origin(kind) is Literal:
        return tuple(_shown(value) for value in get_args(kind))
    return ()


def hint_for(value: Any, kind: Any) -> str:
    """The question after the sentence, for a text that is nearly one of the allowed ones; else nothing."""
    choices = tuple(choice.strip('"') for choice in choices_of(kind))
    return did_you_mean(value, choices) if isinstance(value, str) and choices else ""
