"""readycheck ticket: one ticket from a saved report, redacted unless --full."""

import argparse
from pathlib import Path

from readycheck.headless import write_out
from readycheck.redact import Level
from readycheck.report.reading import read_report
from readycheck.ticket.compose import compose
from readycheck.ticket.render import as_json, eml, markdown


def main(arguments: argparse.Namespace) -> int:
    level = Level.FULL if arguments.full else Level.SUPPORT
    ticket = compose(read_report(Path(arguments.file)), level=level, note=arguments.note)
    match arguments.format:
        case "eml":
            data = eml(ticket)
        case "json":
            data = as_json(ticket)
        case _:
            data = markdown(ticket).encode()
    write_out(data, Path(arguments.output) if arguments.output else None)
    return 0
