"""readycheck open: saved reports read again, in the app or in any format. Opening never runs a check."""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from readycheck.errors import UsageError
from readycheck.faces import wants_app
from readycheck.headless import write_out
from readycheck.report.reading import read_report

ONE_EACH: Final = ("json", "junit")  # two of them one after the other are neither JSON nor XML


def main(arguments: argparse.Namespace) -> int:
    output = Path(arguments.output) if arguments.output else None
    if arguments.schema:
        from readycheck.report.schema import report_schema

        write_out(json.dumps(report_schema(), indent=2).encode() + b"\n", output)
        return 0
    if not arguments.files:
        raise UsageError("Give the report to open: readycheck open FILE. (--schema needs no file.)")
    if len(arguments.files) > 1 and arguments.format in ONE_EACH:
        raise UsageError(f"A {arguments.format} file holds one report. Open them one at a time.")
    reports = [read_report(Path(name)) for name in arguments.files]
    if arguments.explain:
        from readycheck.report.explain import explain

        write_out("\n".join(explain(report) for report in reports).encode(), output)
        return 0
    if arguments.format is None and output is None and wants_app(arguments, sys.stdin, sys.stdout):
        from readycheck.tui.app import run_reader

        run_reader(reports, ascii=arguments.ascii, theme=arguments.theme)
        return 0
    from readycheck.export import render

    between = b"" if arguments.format == "ndjson" else b"\n"
    write_out(between.join(render(report, arguments.format or "text") for report in reports), output)
    return 0
