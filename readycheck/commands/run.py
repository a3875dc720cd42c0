"""readycheck run: headless, for scripts."""

import argparse
import sys

from readycheck import headless
from readycheck.commands.options import delivery, dry_run, selection
from readycheck.session import Session
from readycheck.wiring import Ask, assign


def main(arguments: argparse.Namespace) -> int:
    ask = Ask(source=arguments.profile, selection=selection(arguments), may_prompt=sys.stdin.isatty())
    assignment = assign(ask)
    if arguments.dry_run:
        print(dry_run(assignment.plan), end="")
        return 0
    return headless.run(Session(assignment), delivery(arguments))
