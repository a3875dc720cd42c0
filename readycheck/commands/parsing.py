"""argparse as every command uses it: a mistake is one sentence, and the help keeps the lines that were written for it."""

import argparse
import textwrap
from difflib import get_close_matches
from typing import Any, Final

from readycheck.errors import UsageError
from readycheck.text import clean

EXIT_CODES: Final = """exit codes:
    0  ready (also with warnings, unless --strict)
    1  readycheck itself broke
    2  usage error, unreadable profile or report
    3  not ready
    4  only warnings, with --strict
    5  could not be judged
  130  interrupted"""
OF_SAVED: Final = """exit codes:
  0  told, whatever the report says
  2  usage error, or a report that cannot be read"""


class Formatter(argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of what stands above and below the options; only those that are too long are broken."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(
            textwrap.fill(line, width, initial_indent=indent, subsequent_indent=indent)
            for line in text.splitlines()
        )


class Parser(argparse.ArgumentParser):
    """argparse, with one sentence for a mistake instead of usage and exit; no option is known by its beginning."""

    def __init__(self, **given: Any) -> None:
        given = {"formatter_class": Formatter, "allow_abbrev": False, **given}
        super().__init__(**given)

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        """A word that is none of the choices: they are named, and the nearest one is asked about."""
        if action.choices is None or value in action.choices:
            return
        choices = [str(choice) for choice in action.choices]
        near = get_close_matches(str(value), choices, n=1)
        hint = f'Did you mean "{near[0]}"? ' if near else ""
        name = "/".join(action.option_strings) or action.metavar or action.dest
        self.error(f'{name} cannot be "{clean(value, 60)}". {hint}Choose from: {", ".join(choices)}')

    def error(self, message: str) -> "None":  # type: ignore[override]
        text = message if message.startswith("-") else message[:1].upper() + message[1:]
        raise UsageError(f"{text}. See: {self.prog} --help")
