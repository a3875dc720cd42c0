"""Which face fits: the app, or plain text."""

import argparse
import os
import sys
from typing import TextIO


def wants_app(arguments: argparse.Namespace, stdin: TextIO, stdout: TextIO) -> bool:
    """The app needs a terminal on all sides (it draws on stderr) and nobody who asked for plain text."""
    if arguments.plain or os.environ.get("TERM", "") == "dumb" or os.environ.get("CI"):
        return False
    return stdin.isatty() and stdout.isatty() and sys.stderr is not None and sys.stderr.isatty()
