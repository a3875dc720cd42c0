"""What the run options of the command line mean, for the commands that share them."""

import argparse
from dataclasses import replace
from pathlib import Path

from readycheck.errors import UsageError
from readycheck.headless import Delivery
from readycheck.plan import Selection
from readycheck.sizes import parse_size


def amount(arguments: argparse.Namespace) -> Selection:
    """All checks, with as much data as was asked for. Raises UsageError for a size that means nothing."""
    if arguments.quick and arguments.full:  # one before the command's name, one after it
        raise UsageError("--quick is the small plan and --full the whole one: give one of them.")
    return Selection(quick=arguments.quick, full=arguments.full, max_bytes=_size(arguments.max_data))


def selection(arguments: argparse.Namespace) -> Selection:
    """Raises UsageError for a size or a time that means nothing."""
    if arguments.timeout is not None and not 0 < arguments.timeout <= 3600:
        raise UsageError(f"--timeout is a number of seconds from 1 to 3600, not {arguments.timeout:g}")
    return replace(
        amount(arguments),
        only=_names(arguments.only),
        skip=_names(arguments.skip),
        offline=arguments.offline,
        max_seconds=arguments.timeout,
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


def delivery(arguments: argparse.Namespace) -> Delivery:
    return Delivery(
        format=arguments.format or "text",
        output=Path(arguments.output) if arguments.output else None,
        strict=arguments.strict,
        ascii_only=arguments.ascii,
    )
