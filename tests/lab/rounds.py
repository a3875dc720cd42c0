"""Rounds of the truth table inside one lab: bring a situation about, run readycheck as the person, compare with the truth."""

import subprocess
import sys
from collections.abc import Iterable
from typing import Any

import msgspec

from readycheck.model import Report
from readycheck.profile import load
from tests.lab import catalogue, premises
from tests.lab.catalogue import Case
from tests.lab.hosts import HostError
from tests.lab.journey import Visit, source, visit
from tests.lab.judge import Row, row
from tests.lab.lab import Lab
from tests.lab.switches.base import switched

GRACE_S = (
    5.0  # start of the program, and what a check that must be left behind may take beyond the run's limit
)


class Round(msgspec.Struct, frozen=True):
    """Cases that are on at once, and which repetition of them this is."""

    names: tuple[str, ...]
    number: int = 0


class Played(msgspec.Struct, frozen=True):
    """A round that was played: its row, and the report it was judged by."""

    row: Row
    report: Report | None = None


def work() -> int:
    """Rounds as JSON on standard input, what was played as NDJSON on standard output: no file of the machine is in reach."""
    rounds = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Round])
    lab = premises.open_lab()
    for each in rounds:
        sys.stdout.buffer.write(msgspec.json.encode(play(lab, each)) + b"\n")
        sys.stdout.buffer.flush()
    return 0


def play(lab: Lab, each: Round) -> Played:
    """One round. What the lab itself cannot do is the row's trouble, and the lab is healthy again afterwards."""
    by_name = {case.name: case for case in catalogue.cases()}
    told = [by_name[name] for name in each.names]
    strays = lab.strays()
    try:
        seen = _situation(lab, told)
    except (HostError, OSError, subprocess.SubprocessError, ValueError, TypeError) as error:
        return Played(row(told, None, seconds=0.0, run=each.number, trouble=f"lab: {error}"))
    trouble = "" if seen.report is not None else f"exit {seen.code}: {seen.said[-300:]}"
    judged = row(
        told, seen.report, seconds=seen.seconds, run=each.number, limit_s=limit_s(told[0]), trouble=trouble
    )
    return Played(msgspec.structs.replace(judged, strays=lab.strays() - strays), seen.report)


def _situation(lab: Lab, told: Iterable[Case]) -> Visit:
    cases = list(told)
    steps: list[
        dict[str, Any]
    ] = []  # what both begin with is done once: again, it would undo what came after it
    for step in (step for case in cases for step in case.how):
        if step not in steps:
            steps.append(step)
    with premises.vpn(lab, cases[0].tunnel), switched(lab, steps):
        return visit(lab, cases[0].profile)


def limit_s(case: Case) -> float:
    """The time limit that the profile states for a run, and a little for the start."""
    return load(source(case.profile)).run.max_seconds + GRACE_S
