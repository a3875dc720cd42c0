"""readycheck profile: check one, show what counts, or print the schema for editors."""

import argparse
import json
import sys

from readycheck.diagnostics import say
from readycheck.errors import ProfileError
from readycheck.exit_codes import ExitCode
from readycheck.plan import Selection
from readycheck.profile import check_names, load, schema, show
from readycheck.registry import load_all
from readycheck.wiring import plan_for


def main(arguments: argparse.Namespace) -> int:
    checks, _ = load_all()
    if arguments.action == "schema":
        print(json.dumps(schema(checks), indent=2))
        return 0
    if arguments.action == "show":
        print(show(load(arguments.name)), end="")
        return 0
    try:
        profile = load(arguments.file)
        check_names(profile, checks)
        plan = plan_for(profile, checks, Selection())
    except ProfileError as error:
        for problem in getattr(error, "problems", ()) or (error.message,):
            say(f"readycheck: {problem}")
        return ExitCode.USAGE
    print(f"{arguments.file}: right. {len(plan.running)} checks would run.", file=sys.stdout)
    return 0
