"""readycheck demo: the embedded office on loopback, in the app or headless, with faults to switch on."""

import argparse
import json
import sys
from dataclasses import replace

from readycheck import headless
from readycheck.commands.options import delivery, dry_run, selection
from readycheck.diagnostics import say
from readycheck.faces import wants_app
from readycheck.office.faults import FAULTS, faults_named
from readycheck.office.profile import office_overlay, office_secrets
from readycheck.office.running import Office
from readycheck.session import Assignment, Session
from readycheck.wiring import Ask, assign


def main(arguments: argparse.Namespace) -> int:
    if arguments.list_faults:
        return _list(arguments.format)
    faults = faults_named(arguments.fault)
    with Office.start(faults) as office:
        assignment = _assignment(office, arguments)
        if arguments.dry_run:
            print(dry_run(assignment.plan), end="")
            return 0
        asked_headless = arguments.format is not None or arguments.output is not None
        if not asked_headless and wants_app(arguments, sys.stdin, sys.stdout):
            return _app(assignment, arguments)
        for sentence in assignment.simulated:
            say(sentence)
        return headless.run(Session(assignment), delivery(arguments))


def _assignment(office: Office, arguments: argparse.Namespace) -> Assignment:
    ask = Ask(
        source="demo",
        overlay=office_overlay(office.values),
        secrets=office_secrets(office.values),
        selection=selection(arguments),
    )
    return replace(assign(ask), release=office.stop)


def _app(assignment: Assignment, arguments: argparse.Namespace) -> int:
    from readycheck.commands.app import run_face

    return run_face(Session(assignment), arguments)


def _list(format_: str | None) -> int:
    rows = [
        {"name": f.name, "cause": f.cause, "owner": str(f.owner), "title": f.title} for f in FAULTS.values()
    ]
    if format_ == "json":
        print(json.dumps(rows, indent=2))
    else:
        width = max(len(row["name"]) for row in rows)
        for row in rows:
            print(f"{row['name']:<{width}}  {row['title']}  ({row['cause']}, {row['owner']})")
    return 0
