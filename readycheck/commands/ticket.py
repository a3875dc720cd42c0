"""readycheck ticket: one ticket from a saved report, redacted unless --full, or the letter to the internet provider."""

import argparse
from pathlib import Path
from typing import Final

from readycheck.errors import UsageError
from readycheck.headless import write_out
from readycheck.model import Report
from readycheck.redact import Level
from readycheck.report.reading import read_report
from readycheck.ticket.compose import compose
from readycheck.ticket.render import as_json, eml, markdown, provider_letter

DEFAULT_FORMAT: Final = "markdown"


def main(arguments: argparse.Namespace) -> int:
    report = read_report(Path(arguments.file))
    data = _letter(arguments, report) if arguments.reader == "provider" else _ticket(arguments, report)
    write_out(data, Path(arguments.output) if arguments.output else None)
    return 0


def _letter(arguments: argparse.Namespace, report: Report) -> bytes:
    if arguments.format != DEFAULT_FORMAT:
        raise UsageError("The letter to the internet provider is plain text. Leave --format out.")
    if not (letter := provider_letter(report)):
        raise UsageError(
            "Nothing in this report is the internet provider's to mend, so there is no letter to it."
        )
    return letter


def _ticket(arguments: argparse.Namespace, report: Report) -> bytes:
    level = Level.FULL if arguments.unredacted else Level.SUPPORT
    ticket = compose(report, level=level, note=arguments.note)
    match arguments.format:
        case "eml":
            return eml(ticket)
        case "json":
            return as_json(ticket)
    return markdown(ticket).encode()
