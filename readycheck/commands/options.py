"""What the run options of the command line mean, for the commands that share them."""

import argparse
from pathlib import Path

from readycheck.diagnostics import say
from readycheck.errors import UsageError
from readycheck.headless import Delivery, write_out
from readycheck.plan import Plan, Selection
from readycheck.session import Assignment
from readycheck.sizes import parse_size, readable_size


def selection(arguments: argparse.Namespace) -> Selection:
    """Raises UsageError for a size or a time that means nothing."""
    if arguments.timeout is not None and not 0 < arguments.timeout <= 3600:
        raise UsageError(f"--timeout is a number of seconds from 1 to 3600, not {arguments.timeout:g}")
    return Selection(
        only=_names(arguments.only),
        skip=_names(arguments.skip),
        quick=arguments.quick,
        offline=arguments.offline,
        max_bytes=_size(arguments.max_data),
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


def tell_plan(assignment: Assignment, arguments: argparse.Namespace) -> int:
    """The whole of --dry-run: text, whatever the format of a report would be, to stdout or --output; the exit code."""
    for problem in assignment.problems:
        say(f"Note: {problem}")
    write_out(dry_run(assignment.plan).encode(), Path(arguments.output) if arguments.output else None)
    return 0


def dry_run(plan: Plan) -> str:
    """What would run, what it may use and whom it would talk to, as text; nothing is sent for it."""
    lines = [
        f"Would run {len(plan.running)} checks: at most "
        f"{readable_size(plan.stated_bytes)} of data and {plan.max_seconds:.0f} seconds.",
        "",
    ]
    for planned in plan.checks:
        name = f"{planned.check_id:<24}"
        if planned.skip:
            lines.append(f"  {name} {planned.skip}")
            continue
        hosts = "stays on this computer" if planned.check.local else planned.cost.hosts
        used = "no data" if planned.check.local else f"up to {readable_size(planned.cost.bytes)}"
        lines.append(f"  {name} {used}, {planned.cost.seconds:g} s{'; ' + hosts if hosts else ''}")
    return "\n".join(lines) + "\n"
