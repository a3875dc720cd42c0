"""--dry-run: what would run, what it may use and whom it would talk to. Runs no check, and sends nothing; only a profile at an
https address has been fetched by then, and that is counted and told.
"""

import argparse
import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from textwrap import wrap
from typing import Any, Final

from readycheck.adapters.ways import pac_server
from readycheck.diagnostics import say
from readycheck.headless import write_out
from readycheck.run.assignment import Assignment
from readycheck.run.plan import Plan, PlannedCheck
from readycheck.show.wording import plural
from readycheck.sizes import readable_size

WIDTH: Final = 100
NAMES: Final = 26  # the column of the check ids


def tell_plan(assignment: Assignment, arguments: argparse.Namespace) -> int:
    """To stdout or --output: JSON where that is the format, else text; the exit code. The server of a proxy configuration that
    the settings of this computer name is named."""
    assignment = _with_pac_server(assignment)
    for note in assignment.notes:
        say(f"Note: {note}")
    as_json = arguments.format == "json"
    text = json.dumps(described(assignment), indent=2) + "\n" if as_json else text_of(assignment.plan)
    write_out(text.encode(), Path(arguments.output) if arguments.output else None)
    return 0


def _with_pac_server(assignment: Assignment) -> Assignment:
    """The settings are read for it, and nobody is asked."""
    plan = assignment.plan
    if assignment.simulated or not any(planned.sends for planned in plan.checks):
        return assignment
    server = asyncio.run(pac_server(assignment.system))
    return replace(assignment, plan=replace(plan, pac_server=server)) if server else assignment


def described(assignment: Assignment) -> dict[str, Any]:
    """The plan as data. ``max_bytes``: both directions; ``hosts``: all, who may get most first, in words where nobody can name it
    before; ``fetched_bytes``: what getting the profile has used of ``max_bytes``."""
    plan = assignment.plan
    return {
        "profile": assignment.policy.name,
        "checks": len(plan.running),
        "quick": plan.quick,
        "max_bytes": plan.stated_bytes,
        "max_seconds": plan.max_seconds,
        "hosts": list(plan.hosts),
        "fetched_bytes": plan.fetched,
        "notes": list(assignment.notes),
        "planned": [_row(planned) for planned in plan.checks],
    }


def _row(planned: PlannedCheck) -> dict[str, Any]:
    """``local`` sends nothing; ``left_out`` says why it would not run; ``quick``: by its small plan; ``talks_to`` in words,
    ``hosts`` where they are named, ``unnamed``: whom else."""
    return {
        "check_id": planned.check_id,
        "title": planned.title,
        "capability": str(planned.capability),
        "left_out": planned.skip,
        "local": planned.check.local,
        "quick": planned.quick,
        "max_bytes": planned.stated_bytes,
        "max_seconds": 0.0 if planned.skip else planned.cost.seconds,
        "talks_to": planned.cost.hosts if planned.stated_bytes else "",
        "hosts": list(planned.names),
        "unnamed": list(planned.cost.unnamed) if planned.stated_bytes else [],
    }


def text_of(plan: Plan) -> str:
    """The plan for people, a paragraph for each check."""
    checks = plural(len(plan.running), "1 check", "{} checks")
    most = f"{readable_size(plan.stated_bytes)} of data and {plan.max_seconds:.0f} seconds"
    head = [f"Would run {checks}: at most {most}."]
    if plan.fetched:
        size = readable_size(plan.fetched)
        head.append(f"Of this, {size} are used already: the profile was fetched from its address.")
    if plan.hosts:
        head += wrap(f"Would talk to: {'; '.join(plan.hosts)}.", WIDTH, break_on_hyphens=False)
    rows = (line for planned in plan.checks for line in _paragraph(planned, plan))
    return "\n".join([*head, "", *rows]) + "\n"


def _paragraph(planned: PlannedCheck, plan: Plan) -> Iterator[str]:
    name = f"  {planned.check_id:<{NAMES - 3}} "
    return iter(
        wrap(
            _in_words(planned, plan),
            WIDTH,
            initial_indent=name,
            subsequent_indent=" " * NAMES,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


def _in_words(planned: PlannedCheck, plan: Plan) -> str:
    if planned.skip:
        return planned.skip
    if not planned.stated_bytes:
        return f"no data, {planned.cost.seconds:g} s; stays on this computer"
    small = ", small plan" if planned.quick and not plan.quick else ""
    hosts = f"; {planned.hosts}" if planned.hosts else ""
    return f"up to {readable_size(planned.stated_bytes)}, {planned.cost.seconds:g} s{small}{hosts}"
