"""The JSON Schema (2020-12) of a profile, for editors: every table, every check's options, with descriptions and limits.

It is for completion and quick marks while typing. Being layered, a profile may leave out what a lower layer sets, so the schema
asks for nothing at the level of tables; readycheck itself judges the whole.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from readycheck.api import Check
from readycheck.model import Capability
from readycheck.profile.document import SCHEMA, Document
from readycheck.profile.instances import INSTANCE_NAME, CommonKeys
from readycheck.text import clean

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
IDENTITY: Final = f"urn:readycheck:profile:{SCHEMA}"


def schema(checks: Sequence[Check]) -> dict[str, Any]:
    """The schema as JSON values. ``checks`` are those whose tables the profile may hold."""
    types = (Document, CommonKeys, *dict.fromkeys(check.options for check in checks))
    refs, parts = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    parts = {name: _closed(part) for name, part in parts.items()}
    tables = {kind: parts.pop(_name(ref)) for kind, ref in zip(types, refs, strict=True)}
    properties = tables[Document]["properties"]
    properties["capabilities"]["propertyNames"] = {"enum": [str(capability) for capability in Capability]}
    properties["checks"] = {
        "description": "Options of the checks, a table each.",
        "type": "object",
        "additionalProperties": False,
        "properties": {check.id: _check(check, tables) for check in checks},
    }
    whole = {
        "$schema": DIALECT,
        "$id": IDENTITY,
        **tables[Document],
        "title": "readycheck profile",
        "$defs": parts,
    }
    plain: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(whole))
    return plain


def _name(ref: Mapping[str, Any]) -> str:
    return str(ref["$ref"]).removeprefix("#/$defs/")


def _closed(part: Mapping[str, Any]) -> dict[str, Any]:
    """A table in which unknown keys are marked: strictness is the reader's rule, not a mark on each type."""
    return {**part, "additionalProperties": False} if "properties" in part else dict(part)


def _check(check: Check, tables: Mapping[Any, Mapping[str, Any]]) -> dict[str, Any]:
    properties = {**tables[CommonKeys]["properties"], **tables[check.options]["properties"]}
    table = {
        "description": clean(check.summary or check.title),
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }
    if not check.many:
        return table
    names = {"pattern": f"^{INSTANCE_NAME.pattern}$"}
    return {
        "description": table["description"],
        "type": "object",
        "propertyNames": names,
        "additionalProperties": table,
    }
