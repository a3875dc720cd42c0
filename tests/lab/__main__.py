"""python -m tests.lab: the truth table, a shell in the lab, its tests. Needs Linux and root; stays in a private world."""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from tests import run_all
from tests.lab import catalogue, machine, sandbox, table, truth
from tests.lab.judge import Row
from tests.lab.rounds import Round

CANNOT = 2
INTERRUPTED = 130


def main(arguments: Sequence[str]) -> int:
    asked, rest = _parser().parse_known_args(arguments)
    if rest and asked.what != "test":
        _parser().error(f"unknown: {' '.join(rest)}")
    if asked.what == "list":
        return _list()
    if trouble := machine.obstacle():
        print(f"The lab cannot run on this machine: it {trouble}.", file=sys.stderr)
        return CANNOT
    match asked.what:
        case "check":
            return 0
        case "test":
            return run_all.main(rest or ["tests/lab"])
        case "shell":
            signal.signal(signal.SIGINT, lambda number, frame: None)  # Ctrl-C is for what runs in the shell
            return sandbox.run(["shell", *asked.situations])
        case _:
            return _table(asked)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    kinds = parser.add_subparsers(dest="what", required=True)
    kinds.add_parser("check", help="say whether the lab can run on this machine, and if not, why")
    kinds.add_parser("list", help="every situation of the catalogue")
    kinds.add_parser("test", help="the lab's tests; takes the arguments of pytest", add_help=False)
    shell = kinds.add_parser("shell", help="a shell on the person's computer")
    shell.add_argument("situations", nargs="*", help="what is to be broken")
    rows = kinds.add_parser("table", help="play rounds, compare every verdict with the truth")
    rows.add_argument(
        "--of", choices=get_args(truth.Kind), default="fast", help="which rounds (default: fast)"
    )
    rows.add_argument(
        "--only", action="append", default=[], metavar="NAME[+NAME]", help="only these (repeatable)"
    )
    rows.add_argument("--times", type=int, default=1, help="how often each is run")
    rows.add_argument("--pairs", type=int, default=truth.WHOLE_PAIRS, help="how many pairs (default: 40)")
    rows.add_argument("--labs", type=int, default=2, help="labs side by side (default: 2)")
    rows.add_argument("--output", type=Path, help="folder for truth.md, truth.json and the reports")
    return parser


def _list() -> int:
    for case in catalogue.cases():
        print(f"{case.name:32} {case.level:8} {case.title}")
    return 0


def _table(asked: argparse.Namespace) -> int:
    """0 where every figure is as wanted."""
    if asked.only:
        names = [tuple(name.split("+")) for name in asked.only]
        rounds = list(dict.fromkeys(Round(each, number) for number in range(asked.times) for each in names))
    else:
        rounds = truth.chosen(asked.of, times=asked.times, pairs=asked.pairs)
    if trouble := _impossible(rounds):
        print(trouble, file=sys.stderr)
        return CANNOT
    try:
        rows = truth.side_by_side(rounds, asked.labs, asked.output, heard=_progress)
    except KeyboardInterrupt:
        print("Stopped. Nothing of the labs is left.", file=sys.stderr)
        return INTERRUPTED
    if asked.output:
        truth.write(rows, asked.output)
    print(table.markdown(rows))
    return 0 if all(figure.met for figure in table.figures(rows)) else 1


def _impossible(rounds: Sequence[Round]) -> str:
    """Why one of these cannot be played, if so."""
    for each in rounds:
        if trouble := catalogue.obstacle(each.names):
            return trouble
    return ""


def _progress(row: Row) -> None:
    print(table.plain(row), file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
