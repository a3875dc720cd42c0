"""readycheck compare: what changed between two saved reports. Runs nothing."""

import argparse
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from readycheck.comparison.changes import Comparison, compare
from readycheck.comparison.render import as_json, as_markdown, as_text
from readycheck.diagnostics import say
from readycheck.errors import UsageError
from readycheck.exit_codes import ExitCode
from readycheck.headless import write_out
from readycheck.redact import Level, redact
from readycheck.report.reading import STDIN
from readycheck.saved import read_reports

RENDER = {"text": as_text, "json": as_json, "markdown": as_markdown}


def main(arguments: argparse.Namespace) -> int:
    """READY where they could be compared, whatever changed."""
    files = (arguments.old, arguments.new)
    if files == (STDIN, STDIN):
        raise UsageError("Standard input holds one report. Give the other one as a file.")
    found, refused = read_reports(files)
    for error in refused:
        say(f"readycheck: {error.message}")
    if refused:
        return ExitCode.USAGE
    if arguments.redact:
        found = tuple(replace(one, report=redact(one.report, Level.SUPPORT)) for one in found)
    comparison = compare(*found)
    if arguments.redact:
        comparison = _unnamed(comparison)
    write_out(RENDER[arguments.format](comparison), Path(arguments.output) if arguments.output else None)
    return ExitCode.READY


def _unnamed(comparison: Comparison) -> Comparison:
    """Without the names of the files, which people name after persons and computers."""
    return structs.replace(
        comparison,
        before=structs.replace(comparison.before, file="older report"),
        after=structs.replace(comparison.after, file="newer report"),
    )
