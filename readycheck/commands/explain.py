"""readycheck explain: what a code of a report or ticket means, whose it is, and what to do."""

import argparse
import json
from pathlib import Path

from readycheck.catalogue.meaning import as_text, meanings
from readycheck.catalogue.rows import code_row
from readycheck.diagnostics import say
from readycheck.headless import write_out
from readycheck.run.registry import load_all


def main(arguments: argparse.Namespace) -> int:
    checks, problems = load_all()
    for problem in problems:
        say(f"Note: {problem}")
    entries = [meaning for name in arguments.codes for meaning in meanings(name, checks)]
    if arguments.format == "json":
        rows = [code_row(meaning.code) | {"said_by": list(meaning.said_by)} for meaning in entries]
        text = json.dumps(rows, indent=2) + "\n"
    else:
        text = "\n".join(as_text(meaning) for meaning in entries)
    write_out(text.encode(), Path(arguments.output) if arguments.output else None)
    return 0
