"""readycheck run: headless, for scripts."""

import argparse
import sys

from readycheck import headless
from readycheck.commands.dry_run import tell_plan
from readycheck.commands.options import delivery, help_without_profile, selection, with_answers_from
from readycheck.errors import ProfileError
from readycheck.run.session import Session
from readycheck.wiring import Ask, assign


def main(arguments: argparse.Namespace) -> int:
    ask = Ask(source=arguments.profile, selection=selection(arguments), may_prompt=sys.stdin.isatty())
    try:
        assignment = with_answers_from(assign(ask), arguments.answers)
    except ProfileError as error:
        return help_without_profile(error)
    if arguments.dry_run:
        return tell_plan(assignment, arguments)
    return headless.run(Session(assignment), delivery(arguments))
