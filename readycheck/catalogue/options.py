"""The options of a check as rows, made from their type: names as in a profile, what they are, defaults, descriptions. Pure."""

from collections.abc import Container, Iterator, Mapping
from inspect import get_annotations
from typing import Any, Final, NamedTuple

import msgspec

from readycheck.api import Check

_ROOT: Final = "#/$defs/"


class Option(NamedTuple):
    """``name``: behind the tables that it stands in ("servers.NAME.url"); ``kind``: what it is, in words."""

    name: str
    kind: str
    default: Any
    needed: bool
    description: str


def options_of(check: Check) -> tuple[Option, ...]:
    """Every option of this check, those of its nested tables behind the table that holds them; last what it may be told like
    other checks, with which it shares a base."""
    (root,), types = msgspec.json.schema_components([check.options], ref_template=_ROOT + "{name}")
    name = root["$ref"].removeprefix(_ROOT)
    shared_last = {**types[name], "properties": _shared_last(types[name], get_annotations(check.options))}
    return tuple(_options(name, {**types, name: shared_last}, "", ()))


def _shared_last(described: Mapping[str, Any], own: Container[str]) -> dict[str, Any]:
    fields, needed = described.get("properties", {}), described.get("required", ())
    return dict(sorted(fields.items(), key=lambda field: field[0] not in own and field[0] not in needed))


def _options(name: str, types: Mapping[str, Any], ahead: str, within: tuple[str, ...]) -> Iterator[Option]:
    described = types[name]
    for key, written in described.get("properties", {}).items():
        field = _values_here(written, types)
        yield Option(
            name=ahead + key,
            kind=_kind(field),
            default=field.get("default"),
            needed=key in described.get("required", ()),
            description=_description(field),
        )
        for step, nested in _tables(field):
            if nested not in within:  # a type that holds itself is told once
                yield from _options(nested, types, f"{ahead}{key}{step}.", (*within, nested))


def _values_here(field: Mapping[str, Any], types: Mapping[str, Any]) -> dict[str, Any]:
    """The field with the values of an enumeration in the place of its name; what it says of itself stays."""
    here = dict(field)
    named = types.get(str(field.get("$ref", "")).removeprefix(_ROOT), {})
    if "enum" in named:
        del here["$ref"]
        here["enum"] = named["enum"]
    for key in ("items", "additionalProperties"):
        if isinstance(here.get(key), dict):
            here[key] = _values_here(here[key], types)
    if "anyOf" in here:
        here["anyOf"] = [_values_here(part, types) for part in here["anyOf"]]
    return here


def _tables(field: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The types of the tables that a field holds, and what stands between its name and theirs."""
    if "$ref" in field:
        yield "", str(field["$ref"]).removeprefix(_ROOT)
    for other in field.get("anyOf", ()):
        yield from _tables(other)
    for key, step in (("items", "[]"), ("additionalProperties", ".NAME")):
        if isinstance(inner := field.get(key), dict):
            yield from ((step + further, nested) for further, nested in _tables(inner))


def _kind(field: Mapping[str, Any]) -> str:
    match field:
        case {"$ref": _}:
            return "table"
        case {"anyOf": parts}:
            kinds = (_kind(part) for part in parts if part.get("type") != "null" and part.get("enum") != [""])
            return " or ".join(dict.fromkeys(kinds))
        case {"enum": values}:
            return " or ".join(f'"{value}"' for value in values)
        case {"type": "array"}:
            return f"list of {_plural(_kind(field.get('items') or {}))}"
        case {"type": "object", "additionalProperties": dict(inner)}:
            return f"{_plural(_kind(inner))} by name"
    return _WORDS.get(str(field.get("type")), "anything") + _range(field)


_WORDS: Final = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "table",
}


def _plural(kind: str) -> str:
    word, comma, bounds = kind.partition(",")
    return f"{word}s{comma}{bounds}" if word in ("text", "number", "whole number", "table") else kind


def _range(field: Mapping[str, Any]) -> str:
    least, most = _number(field.get("minimum")), _number(field.get("maximum"))
    if least and most:
        return f", {least} to {most}"
    bounds = (
        ("above", _number(field.get("exclusiveMinimum"))),
        ("at least", least),
        ("at most", most),
        ("below", _number(field.get("exclusiveMaximum"))),
    )
    return "".join(f", {word} {bound}" for word, bound in bounds if bound)


def _number(value: float | None) -> str:
    """All its digits; empty for none."""
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() else f"{value:g}"


def _description(field: Mapping[str, Any]) -> str:
    own = field.get("description", "")
    return own or next((d for part in field.get("anyOf", ()) if (d := part.get("description"))), "")
