"""readycheck demo: the embedded office on loopback, in the app or headless, with faults to switch on."""

import argparse
import json
import os
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from readycheck import headless
from readycheck.commands.dry_run import tell_plan
from readycheck.commands.options import delivery, selection, with_answers_from
from readycheck.commands.which_face import has_person, wants_app
from readycheck.diagnostics import say
from readycheck.office.faults import FAULTS, Fault, faults_named
from readycheck.office.profile import office_overlay, office_secrets
from readycheck.office.running import Office
from readycheck.run.assignment import Assignment
from readycheck.run.registry import load_all
from readycheck.run.session import Session
from readycheck.wiring import Ask, assign


def main(arguments: argparse.Namespace) -> int:
    if arguments.list_faults:
        return _list(arguments.format, Path(arguments.output) if arguments.output else None)
    os.environ["no_proxy"] = (
        "*"  # the office is on this computer: a proxy that is set for real networks has no part in it
    )
    asked_headless = arguments.format is not None or arguments.output is not None or arguments.dry_run
    in_app = not asked_headless and wants_app(arguments, sys.stdin, sys.stdout)
    in_person = not asked_headless and has_person(sys.stdin, sys.stdout)
    with _opened(faults_named(arguments.fault), in_app) as office:
        assignment = _assignment(office, arguments)
        if not in_person or arguments.answers:
            assignment = with_answers_from(assignment, arguments.answers)
        if arguments.dry_run:
            return tell_plan(assignment, arguments)
        if in_app:
            return _app(assignment, arguments)
        if in_person:
            return _plain(assignment, arguments)
        for sentence in assignment.simulated:
            say(sentence)
        return headless.run(Session(assignment), delivery(arguments))


def _opened(faults: Sequence[Fault], in_app: bool) -> Office:
    """The office, opened in its own process while this one loads what it needs next."""
    opened: Future[Office] = Future()

    def open_() -> None:
        try:
            opened.set_result(Office.start(faults))
        except BaseException as error:  # handed to the one who waits
            opened.set_exception(error)

    threading.Thread(target=open_, name="office", daemon=True).start()
    load_all()
    if in_app:
        import_module("readycheck.tui.app")
    return opened.result()


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


def _plain(assignment: Assignment, arguments: argparse.Namespace) -> int:
    from readycheck import plain

    return plain.run(Session(assignment), strict=arguments.strict)


def _list(format_: str | None, output: Path | None) -> int:
    rows: list[dict[str, Any]] = [
        {
            "name": fault.name,
            "cause": fault.cause,
            "owner": str(fault.owner),
            "either": [*map(str, fault.either)],
            "title": fault.title,
        }
        for fault in FAULTS.values()
    ]
    if format_ == "json":
        lines = [json.dumps(rows, indent=2)]
    else:
        width = max(len(row["name"]) for row in rows)
        lines = [f"{row['name']:<{width}}  {row['title']}  ({row['cause']}, {_whose(row)})" for row in rows]
    headless.write_out(("\n".join(lines) + "\n").encode(), output)
    return 0


def _whose(row: dict[str, Any]) -> str:
    return " or ".join(row["either"]) or str(row["owner"])
