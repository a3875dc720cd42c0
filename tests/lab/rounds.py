"""Rounds of the truth table inside one lab: bring a situation about, run readycheck as the person, compare with the truth."""

import sys
from collections.abc import Iterable
from pathlib import Path

import msgspec

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


def work(keep: str = "") -> int:
    """Rounds as JSON on standard input, rows as NDJSON on standard output; ``keep``: a folder for the reports."""
    rounds = msgspec.json.decode(sys.stdin.buffer.read(), type=list[Round])
    lab = premises.open_lab()
    for each in rounds:
        sys.stdout.buffer.write(msgspec.json.encode(play(lab, each, keep)) + b"\n")
        sys.stdout.buffer.flush()
    return 0


def play(lab: Lab, each: Round, keep: str = "") -> Row:
    """One round. What the lab itself cannot do is the row's trouble, and the lab is healthy again afterwards."""
    by_name = {case.name: case for case in catalogue.cases()}
    told = [by_name[name] for name in each.names]
    strays = lab.strays()
    try:
        seen = _situation(lab, told)
    except (HostError, OSError, ValueError, TypeError) as error:
        return row(told, None, seconds=0.0, run=each.number, trouble=f"lab: {error}")
    if keep and seen.report is not None:
        _keep(Path(keep), each, seen)
    trouble = "" if seen.report is not None else f"exit {seen.code}: {seen.said[-300:]}"
    judged = row(
        told, seen.report, seconds=seen.seconds, run=each.number, limit_s=limit_s(told[0]), trouble=trouble
    )
    return msgspec.structs.replace(judged, strays=lab.strays() - strays)


def _situation(lab: Lab, told: Iterable[Case]) -> Visit:
    cases = list(told)
    steps = [step for case in cases for step in case.how]
    again = [argument for case in cases for argument in case.again]
    with premises.vpn(lab, cases[0].tunnel), switched(lab, steps):
        return visit(lab, cases[0].profile, again)


def limit_s(case: Case) -> float:
    """The time limit that the profile states for a run, and a little for the start."""
    return load(source(case.profile)).run.max_seconds + GRACE_S


def _keep(folder: Path, each: Round, seen: Visit) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = "+".join(each.names) + (f".{each.number}" if each.number else "")
    (folder / f"{name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(seen.report)))
