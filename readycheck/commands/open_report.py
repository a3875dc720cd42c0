"""readycheck open: saved reports read again, in the app or in any format. Opening never runs a check."""

import argparse
import json
import sys
from pathlib import Path

from readycheck.errors import UsageError
from readycheck.faces import wants_app
from readycheck.headless import write_out
from readycheck.report.reading import read_report


def main(arguments: argparse.Namespace) -> int:
    output = Path(arguments.output) if arguments.output else None
    if arguments.schema:
        from readycheck.report.schema import report_schema

        write_out(json.dumps(report_schema(), indent=2).encode() + b"\n", output)
        return 0
    if not arguments.files:
        raise UsageError("Give the report to open: readycheck open FILE. (--schema needs no file.)")
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

    write_out(b"\n".join(render(report, arguments.format or "text") for report in reports), output)
    return 0
