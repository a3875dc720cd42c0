"""Says in words what a type wants: "a whole number of seconds (at least 5)", "one of "udp", "tcp"", "a list of texts"."""

from collections.abc import Sequence
from datetime import date, datetime, time
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Final, Literal, Union, get_args, get_origin

from msgspec import Meta, Struct

from readycheck.profile.mistakes import did_you_mean, quoted

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
LISTS: Final = (list, tuple, set, frozenset, Sequence)


def bare(annotation: Any) -> tuple[Any, tuple[Meta, ...]]:
    """The type without Annotated and without "or None" (TOML has no null), and the Metas that stood on it."""
    metas: tuple[Meta, ...] = ()
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *extras = get_args(annotation)
            metas += tuple(extra for extra in extras if isinstance(extra, Meta))
        elif get_origin(annotation) in (Union, UnionType):
            members = [member for member in get_args(annotation) if member is not NoneType]
            if len(members) != 1:
                return annotation, metas
            annotation = members[0]
        else:
            return annotation, metas


def expected(annotation: Any, key: str = "") -> str:
    """What a value of this type looks like; ``key`` tells the unit by its last part (max_seconds). One phrase, no full stop."""
    kind, metas = bare(annotation)
    choices = choices_of(kind)
    if choices:
        return choices[0] if len(choices) == 1 else f"one of {', '.join(choices)}"
    named = next((meta.title for meta in metas if meta.title), None)
    noun = named or _noun(kind) + _unit(kind, key)
    return noun + _bounds(kind, metas) + _example(metas)


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


def _bounds(kind: Any, metas: Sequence[Meta]) -> str:
    """" (1 to 65535)", " (more than 0, at most 600)", " (not empty)"."""
    said: dict[str, Any] = {}
    for meta in metas:
        for name in ("ge", "gt", "le", "lt", "min_length", "max_length"):
            if getattr(meta, name) is not None:
                said[name] = getattr(meta, name)
    if said.get("min_length") == 1:
        del said["min_length"]
        words = ["not empty"]
    else:
        words = []
    if "ge" in said and "le" in said:
        words.append(f"{said.pop('ge'):g} to {said.pop('le'):g}")
    things = "characters" if kind is str else "entries"
    forms = {
        "ge": "at least {:g}",
        "gt": "more than {:g}",
        "le": "at most {:g}",
        "lt": "less than {:g}",
        "min_length": f"at least {{}} {things}",
        "max_length": f"at most {{}} {things}",
    }
    words += [forms[name].format(limit) for name, limit in said.items()]
    return f" ({', '.join(words)})" if words else ""


def _example(metas: Sequence[Meta]) -> str:
    examples = next((meta.examples for meta in metas if meta.examples), [])
    return f" such as {_shown(examples[0])}" if examples else ""


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
    """" Did you mean "tcp"?" for a text that is nearly one of the allowed ones."""
    choices = tuple(choice.strip('"') for choice in choices_of(kind))
    return did_you_mean(value, choices) if isinstance(value, str) and choices else ""


