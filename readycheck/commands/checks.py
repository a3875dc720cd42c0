"""readycheck checks: the catalogue of what can be checked, what each check may cost, and what it can say."""

import argparse
import json
from pathlib import Path
from typing import Any

from readycheck.catalogue.page import page
from readycheck.catalogue.rows import cost_words, rows
from readycheck.diagnostics import say
from readycheck.headless import write_out
from readycheck.run.registry import load_all


def main(arguments: argparse.Namespace) -> int:
    checks, problems = load_all()
    for problem in problems:
        say(f"Note: {problem}")
    catalogue = rows(checks)
    match arguments.format:
        case "json":
            text = json.dumps(catalogue, indent=2) + "\n"
        case "markdown":
            text = page(catalogue)
        case _:
            text = as_text(catalogue)
    write_out(text.encode(), Path(arguments.output) if arguments.output else None)
    return 0


def as_text(catalogue: list[dict[str, Any]]) -> str:
    lines = []
    for row in catalogue:
        lines.append(f"{row['id']}  ({row['capability']})  {row['title']}")
        lines += [f"    {row['does']}"] if row["does"] else []
        lines.append(f"    cost: {cost_words(row)}; time limit {row['timeout_seconds']:g} s")
        lines += [f"    after: {', '.join(row['after'])}"] if row["after"] else []
        lines += [f"    option {option['name']}: {option['description']}" for option in row["options"]]
        lines += [f"    says {code['code']}: {code['meaning']}" for code in row["codes"]]
    return "\n".join(lines) + "\n"
