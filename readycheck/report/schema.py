"""The report format as JSON Schema 2020-12, and as tables for its documentation: both made from readycheck.model."""

from typing import Any, Final

import msgspec

from readycheck.model import SCHEMA_URL, SCHEMA_VERSION, Report

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_ROOT: Final = "#/$defs/"


def report_schema() -> dict[str, Any]:
    """What readycheck writes. Closed (no field beside these), while reading is open: later minor versions only add fields."""
    (root,), types = msgspec.json.schema_components((Report,), ref_template=_ROOT + "{name}")
    for described in types.values():
        if described.get("type") == "object":
            described["additionalProperties"] = False
        if "description" in described:
            described["description"] = " ".join(described["description"].split()).replace("``", "`")
    described_report = {
        "$schema": DIALECT,
        "$id": SCHEMA_URL,
        "title": f"readycheck report {SCHEMA_VERSION}",
        **root,
        "$defs": types,
    }
    # Through JSON and back: defaults as JSON has them, lists and no tuples.
    return msgspec.json.decode(msgspec.json.encode(described_report), type=dict[str, Any])


def field_tables() -> str:
    """One Markdown table a structure, in the order in which a reader meets them; the middle of docs/report.md."""
    types = report_schema()["$defs"]
    order = _reachable("Report", types)
    return "\n\n".join(_table(name, types[name]) for name in order) + "\n"


def _reachable(name: str, types: dict[str, Any]) -> list[str]:
    found = [name]
    for place in found:
        for field in types[place].get("properties", {}).values():
            found += [used for used in _names_in(field) if used not in found]
    return found


def _names_in(described: dict[str, Any]) -> list[str]:
    parts = [described, described.get("items", {}), *described.get("anyOf", ())]
    return [part["$ref"].removeprefix(_ROOT) for part in parts if "$ref" in part]


def _table(name: str, described: dict[str, Any]) -> str:
    heading = f"### {name}"
    about = [described["description"]] if "description" in described else []
    if "enum" in described:
        values = ", ".join(f"`{value}`" for value in described["enum"])
        return "\n\n".join([heading, *about, f"One of {values}."])
    rows = ["| field | type | default | privacy |", "| --- | --- | --- | --- |"]
    for field, field_type in described["properties"].items():
        default = _default(field, field_type, described["required"])
        rows.append(f"| `{field}` | {_type(field_type)} | {default} | {field_type['x-privacy']} |")
    return "\n\n".join([heading, *about, "\n".join(rows)])


def _default(field: str, described: dict[str, Any], required: list[str]) -> str:
    if field in required:
        return "always given"
    default = described.get("default")
    return (
        "its defaults"
        if isinstance(default, dict) and default
        else f"`{msgspec.json.encode(default).decode()}`"
    )


def _type(described: dict[str, Any]) -> str:
    if "$ref" in described:
        name = described["$ref"].removeprefix(_ROOT)
        return f"[{name}](#{name.lower()})"
    if "anyOf" in described:
        return " or ".join(_type(one) for one in described["anyOf"])
    if described.get("type") == "array":
        return f"list of {_type(described['items'])}"
    if "additionalProperties" in described:
        return f"object of {_type(described['additionalProperties'])}"
    return str(described["type"])
