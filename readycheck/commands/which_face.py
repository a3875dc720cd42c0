"""Which face fits: the app, or plain text."""

import argparse
import os
import sys
from typing import TextIO


def wants_app(arguments: argparse.Namespace, stdin: TextIO, stdout: TextIO) -> bool:
    """The app needs a terminal on all sides (it draws on stderr) and nobody who asked for plain text."""
    if wants_lines(arguments):
        return False
    return has_person(stdin, stdout) and sys.stderr is not None and sys.stderr.isatty()


def has_person(stdin: TextIO, stdout: TextIO) -> bool:
    """Somebody reads there what is told and can answer what is asked."""
    return stdin.isatty() and stdout.isatty()


def wants_lines(arguments: argparse.Namespace) -> bool:
    """Somebody asked for plain text, or the terminal cannot move its cursor: lines, and nothing that is drawn over."""
    return bool(arguments.plain or os.environ.get("TERM", "") == "dumb" or os.environ.get("CI"))
