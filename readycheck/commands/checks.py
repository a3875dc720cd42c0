"""readycheck checks: the catalogue of what can be checked, and what each check may cost."""

import argparse
import json
from pathlib import Path
from typing import Any

import msgspec

from readycheck.api import Check
from readycheck.diagnostics import say
from readycheck.headless import write_out
from readycheck.plan import ORDER
from readycheck.registry import load_all
from readycheck.sizes import readable_size


def main(arguments: argparse.Namespace) -> int:
    checks, problems = load_all()
    for problem in problems:
        say(f"Note: {problem}")
    rows = [describe(check) for check in sorted(checks, key=lambda c: ORDER.index(c.capability))]
    text = json.dumps(rows, indent=2) + "\n" if arguments.format == "json" else as_text(rows)
    write_out(text.encode(), Path(arguments.output) if arguments.output else None)
    return 0


def describe(check: Check) -> dict[str, Any]:
    """One row of the catalogue; ``cost`` is the most it may use with its default options."""
    cost = check.cost if not callable(check.cost) else _default_cost(check)
    return {
        "id": check.id,
        "capability": str(check.capability),
        "title": check.title,
        "does": check.summary,
        "cost": None
        if cost is None
        else {"bytes": cost.bytes, "seconds": cost.seconds, "hosts": cost.in_words},
        "local": check.local,
        "alone": check.alone,
        "many": check.many,
        "after": list(check.after),
        "timeout_seconds": check.timeout,
        "options": options_of(check),
    }


def _default_cost(check: Check) -> Any:
    try:
        return check.cost_of(check.options(), False)
    except TypeError:  # an option without a default: only a profile can tell
        return None


def options_of(check: Check) -> list[dict[str, Any]]:
    """Name, description and default of each option, from the type itself."""
    _, definitions = msgspec.json.schema_components([check.options])
    properties = definitions[check.options.__name__].get("properties", {})
    return [
        {"name": name, "description": field.get("description", ""), "default": field.get("default")}
        for name, field in properties.items()
    ]


def as_text(rows: list[dict[str, Any]]) -> str:
    lines = []
    for row in rows:
        lines.append(f"{row['id']}  ({row['capability']})  {row['title']}")
        lines += [f"    {row['does']}"] if row["does"] else []
        lines.append(f"    cost: {_cost_words(row)}; time limit {row['timeout_seconds']:g} s")
        lines += [f"    after: {', '.join(row['after'])}"] if row["after"] else []
        lines += [f"    option {option['name']}: {option['description']}" for option in row["options"]]
    return "\n".join(lines) + "\n"


def _cost_words(row: dict[str, Any]) -> str:
    if row["local"]:
        return "nothing is sent"
    if row["cost"] is None:
        return "as its options say"
    hosts = f", to {row['cost']['hosts']}" if row["cost"]["hosts"] else ""
    return f"up to {readable_size(row['cost']['bytes'])}{hosts}"
