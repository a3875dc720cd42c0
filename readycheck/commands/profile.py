"""readycheck profile: check one, show what counts, or print the schema for editors."""

import argparse
import json
from collections.abc import Sequence

from readycheck.api import Check
from readycheck.diagnostics import say
from readycheck.errors import ProfileError
from readycheck.exit_codes import ExitCode
from readycheck.headless import write_out
from readycheck.profile import load, schema, show
from readycheck.run.plan import Selection
from readycheck.run.registry import load_all
from readycheck.wiring import Fetching, plan_for


def main(arguments: argparse.Namespace) -> int:
    match arguments.action:
        case "schema":
            write_out(json.dumps(schema(load_all()[0]), indent=2).encode() + b"\n", None)
        case "show":
            write_out(show(load(arguments.name, fetch=Fetching())).encode(), None)
        case "check":
            checks, broken = load_all()
            for problem in broken:
                say(f"Note: {problem}")
            return _check(arguments.file, checks)
    return 0


def _check(source: str, checks: Sequence[Check]) -> int:
    """Every mistake of a profile, a line each; or that it is right."""
    try:
        profile = load(source, fetch=Fetching(), checks=checks)
        plan = plan_for(profile, checks, Selection())
    except ProfileError as error:
        for problem in error.problems or (error.message,):
            say(f"readycheck: {problem}")
        return ExitCode.USAGE
    write_out(f"{source}: right. {len(plan.running)} checks would run.\n".encode(), None)
    return 0
