"""Picks the command; each is a module of readycheck.commands, imported when it is used."""

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import Final

from readycheck.diagnostics import flush_stdout, guarded

COMMANDS: Final = {
    None: "app",
    "run": "run",
    "demo": "demo",
    "open": "open_report",
    "compare": "compare",
    "ticket": "ticket",
    "checks": "checks",
    "explain": "explain",
    "profile": "profile",
    "reflector": "reflector",
    "completion": "completion",
}


def run_command(argv: Sequence[str]) -> int:
    """Run one command line; the exit code. Never raises, except for SystemExit of --help."""
    return guarded(lambda: _dispatch(argv))


def _dispatch(argv: Sequence[str]) -> int:
    from readycheck.commands.arguments import parse

    arguments = parse(argv)
    if arguments.version:
        from readycheck import __version__

        print(f"readycheck {__version__}")
        return 0
    return _command(arguments)


def _command(arguments: argparse.Namespace) -> int:
    module = import_module(f"readycheck.commands.{COMMANDS[arguments.command]}")
    code: int = module.main(arguments)
    flush_stdout()
    return code
