"""readycheck explain: what a code of a report or ticket means, whose it is, and what to do."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from readycheck.catalogue.meaning import Meaning, as_text, meanings, nobody_says
from readycheck.catalogue.rows import code_row
from readycheck.diagnostics import say
from readycheck.exit_codes import ExitCode
from readycheck.headless import write_out
from readycheck.run.registry import load_all


def main(arguments: argparse.Namespace) -> int:
    checks, problems = load_all()
    for problem in problems:
        say(f"Note: {problem}")
    found = {name: meanings(name, checks) for name in arguments.codes}
    entries = [meaning for each in found.values() for meaning in each]
    if entries:
        write_out(_told(entries, arguments.format), Path(arguments.output) if arguments.output else None)
    unknown = [name for name, each in found.items() if not each]
    for name in unknown:
        say(f"readycheck: {nobody_says(name, checks)}")
    return ExitCode.USAGE if unknown else ExitCode.READY


def _told(entries: Sequence[Meaning], format_: str) -> bytes:
    if format_ == "json":
        rows = [code_row(meaning.code) | {"said_by": list(meaning.said_by)} for meaning in entries]
        return (json.dumps(rows, indent=2) + "\n").encode()
    return "\n".join(as_text(meaning) for meaning in entries).encode()
