"""What the run options of the command line mean, for the commands that share them."""

import argparse
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Final

from readycheck.commands.which_face import wants_lines
from readycheck.diagnostics import say
from readycheck.errors import ProfileError, UsageError
from readycheck.exit_codes import ExitCode
from readycheck.headless import Delivery
from readycheck.questions import MOST_BYTES, answered, matched, parse_answers
from readycheck.run.assignment import Assignment
from readycheck.run.plan import Selection
from readycheck.sizes import parse_size
from readycheck.storage.regular_file import read_regular_file
from readycheck.text import clean
from readycheck.ticket.kept_card import kept_card_lines

LEAST_S: Final = 1
MOST_S: Final = 3600


def amount(arguments: argparse.Namespace) -> Selection:
    """All checks, with as much data as was asked for. Raises UsageError for a size that means nothing."""
    if arguments.quick and arguments.full:  # one before the command's name, one after it
        raise UsageError("--quick is the small plan and --full the whole one: give one of them.")
    return Selection(quick=arguments.quick, full=arguments.full, max_bytes=_size(arguments.max_data))


def selection(arguments: argparse.Namespace) -> Selection:
    """Raises UsageError for a size or a time that means nothing."""
    return replace(
        amount(arguments),
        only=_names(arguments.only),
        skip=_names(arguments.skip),
        offline=arguments.offline,
        max_seconds=_seconds(arguments.timeout),
    )


def _names(given: list[str]) -> frozenset[str]:
    return frozenset(name.strip() for text in given for name in text.split(",") if name.strip())


def _size(text: str | None) -> int | None:
    if text is None:
        return None
    try:
        return parse_size(text)
    except ValueError as error:
        raise UsageError(f"--max-data: {error}") from None


def _seconds(text: str | None) -> float | None:
    if text is None:
        return None
    with suppress(ValueError):
        if LEAST_S <= (seconds := float(text)) <= MOST_S:
            return seconds
    raise UsageError(f'--timeout is a number of seconds from {LEAST_S} to {MOST_S}, not "{clean(text, 60)}"')


def with_answers_from(assignment: Assignment, file: str | None) -> Assignment:
    """For a run without a person: the questions with the answers of this file; without one nothing is asked.

    Raises UsageError for a file that cannot be read, and for what the profile does not ask. What the profile asks and this run
    does not is left out, and said.
    """
    if file is None:
        return replace(assignment, questions=(), fitting=None)
    shown = clean(file, 200)
    try:
        data = read_regular_file(Path(file), MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "this is no file name"
        raise UsageError(f"The answers in {shown} cannot be read: {clean(why)}.") from None
    try:
        answers = matched(parse_answers(data), (*assignment.questions, *assignment.not_asked))
    except ValueError as error:
        raise UsageError(f"The answers in {shown} cannot be used: {error}.") from None
    unasked = ", ".join(one.id for one in assignment.not_asked if one.id in answers)
    if unasked:
        say(
            f"Note: This run does not ask {unasked}, which is about another capability; what {shown} answers is left out."
        )
    return replace(assignment, questions=answered(assignment.questions, answers), fitting=None)


def help_without_profile(error: ProfileError) -> int:
    """No profile could be read, so nothing can run: why, and the support desk of the last one that could be read."""
    say(f"readycheck: {error.message}")
    for line in kept_card_lines(datetime.now().astimezone()):
        say(line)
    return ExitCode.USAGE


def delivery(arguments: argparse.Namespace) -> Delivery:
    return Delivery(
        format=arguments.format or "text",
        output=Path(arguments.output) if arguments.output else None,
        strict=arguments.strict,
        ascii_only=arguments.ascii,
        lines=wants_lines(arguments),
    )
