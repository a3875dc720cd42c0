"""readycheck open: saved reports read again, in the app or in any format. Opening never runs a check."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from readycheck.commands.which_face import wants_app, wants_lines
from readycheck.diagnostics import say
from readycheck.errors import ReportError, UsageError
from readycheck.exit_codes import ExitCode
from readycheck.headless import write_out
from readycheck.model import Report
from readycheck.redact import Level, redact
from readycheck.saved import SavedReport, read_reports

ONE_EACH: Final = ("json", "junit")  # two of them one after the other are neither JSON nor XML
SLOW_S: Final = 0.5  # reading that takes longer says how far it is


def main(arguments: argparse.Namespace) -> int:
    output = Path(arguments.output) if arguments.output else None
    if arguments.schema:
        from readycheck.report.schema import report_schema

        write_out(json.dumps(report_schema(), indent=2).encode() + b"\n", output)
        return ExitCode.READY
    if not arguments.files:
        raise UsageError("Give the report to open: readycheck open FILE. (--schema needs no file.)")
    if len(arguments.files) > 1 and arguments.format in ONE_EACH:
        raise UsageError(f"A {arguments.format} file holds one report. Open them one at a time.")
    found, refused = _read(arguments)
    for error in refused:
        say(f"readycheck: {error.message}")
    if found:
        _show(found, arguments, output)
    return ExitCode.USAGE if refused else ExitCode.READY


def _read(arguments: argparse.Namespace) -> tuple[tuple[SavedReport, ...], tuple[ReportError, ...]]:
    """Every file, with names replaced where that was asked for; on a terminal it says how far it is where it takes long."""
    drawn = sys.stderr.isatty() and not wants_lines(arguments)
    found, refused = read_reports(arguments.files, _Progress(len(arguments.files)).told if drawn else _quiet)
    if arguments.redact:
        found = tuple(replace(one, report=redact(one.report, Level.SUPPORT)) for one in found)
    return found, refused


class _Progress:
    """One line on stderr, drawn over, and gone at the end."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._next = time.monotonic() + SLOW_S
        self._drawn = False

    def told(self, done: int) -> None:
        if done == self._total and self._drawn:
            self._write("")
        elif time.monotonic() >= self._next:
            self._next = time.monotonic() + SLOW_S / 5
            self._write(f"Reading reports: {done} of {self._total}")

    def _write(self, text: str) -> None:
        self._drawn = True
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


def _quiet(done: int) -> None:
    pass


def _show(found: Sequence[SavedReport], arguments: argparse.Namespace, output: Path | None) -> None:
    in_app = arguments.format is None and output is None and not arguments.explain
    if in_app and wants_app(arguments, sys.stdin, sys.stdout):
        from readycheck.tui.app import run_reader

        run_reader(found, ascii=arguments.ascii, theme=arguments.theme)
        return
    chosen = arguments.format or "text"
    between = b"" if chosen == "ndjson" and not arguments.explain else b"\n"
    label = len(arguments.files) > 1
    shown = "explained" if arguments.explain else chosen
    write_out(
        between.join(_told(one, shown, label=label, ascii_only=arguments.ascii) for one in found), output
    )


def _told(saved: SavedReport, shown: str, *, label: bool, ascii_only: bool) -> bytes:
    """One report in a format, or its score "explained". ``label``: below the name of its file, for people who read several;
    ``ascii_only`` is for text: what has a format of its own stays as it is."""
    from readycheck.export import render, text
    from readycheck.export.markdown import escape

    if shown not in ("text", "explained"):
        heading = f"{escape(saved.label)}\n\n" if label and shown == "markdown" else ""
        return heading.encode() + render(saved.report, shown)
    words = text.render(saved.report).decode() if shown == "text" else _explained(saved.report)
    words = (f"{saved.label}\n" if label else "") + words
    return (text.to_ascii(words) if ascii_only else words).encode()


def _explained(report: Report) -> str:
    from readycheck.report.explain import explain

    return explain(report)
