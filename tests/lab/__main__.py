"""python -m tests.lab: the truth table, a shell in the lab, its tests. Needs Linux and root; everything stays in a private world."""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import msgspec

from tests.lab import catalogue, sandbox, table
from tests.lab.judge import Row
from tests.lab.rounds import Round


def main(arguments: Sequence[str]) -> int:
    asked = _arguments().parse_args(arguments)
    if lacking := sandbox.missing():
        print(f"The lab needs these Debian packages: {' '.join(lacking)}", file=sys.stderr)
        return 2
    match asked.what:
        case "test":
            return sandbox.run(["pytest", *(asked.rest or ["tests/lab"])])
        case "shell":
            return sandbox.run(["shell", *asked.rest])
        case _:
            return _table(asked)


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.lab", description=__doc__)
    parser.add_argument("what", choices=("table", "test", "shell"))
    parser.add_argument("--of", choices=("fast", "faults", "healthy", "pairs", "all"), default="fast", help="which rounds (default: fast)")
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help="only these situations (repeatable)")
    parser.add_argument("--times", type=int, default=1, help="how often each is run")
    parser.add_argument("--pairs", type=int, default=40, help="how many pairs (default: 40)")
    parser.add_argument("--labs", type=int, default=2, help="labs side by side (default: 2)")
    parser.add_argument("--output", type=Path, help="folder for truth.md, truth.json and the reports")
    parser.add_argument("rest", nargs="*", help="arguments of pytest; situations for the shell")
    return parser


def _table(asked: argparse.Namespace) -> int:
    """0 where every row is right and truthful."""
    rounds = chosen(asked.of, asked.only, asked.times, asked.pairs)
    rows = side_by_side(rounds, asked.labs, asked.output)
    text = table.markdown(rows)
    if asked.output:
        asked.output.mkdir(parents=True, exist_ok=True)
        (asked.output / "truth.md").write_text(text, encoding="utf-8")
        (asked.output / "truth.json").write_bytes(msgspec.json.format(msgspec.json.encode(rows)))
    print(text)
    return 0 if len(rows) == len(rounds) and all(row.right and row.truthful for row in rows) else 1


def chosen(of: str, only: Sequence[str], times: int, pairs: int) -> list[Round]:
    """The rounds asked for, each ``times`` times."""
    every = catalogue.cases()
    single = {
        "fast": [case for case in every if case.fast],
        "faults": catalogue.faults(),
        "healthy": catalogue.healthy(),
        "pairs": (),
        "all": every,
    }[of]
    names = [(case.name,) for case in single] + (independent_pairs(pairs) if of in ("pairs", "all") else [])
    if only:
        names = [tuple(name.split("+")) for name in only]
    return [Round(each, number) for number in range(times) for each in names]


def independent_pairs(count: int) -> list[tuple[str, ...]]:
    """Pairs of independent faults, spread evenly over all that there are."""
    all_pairs = [
        (one.name, other.name)
        for one, other in combinations(catalogue.faults(), 2)
        if one.level == other.level == "fail" and one.independent_of(other)
    ]
    step = max(1.0, len(all_pairs) / count)
    return [all_pairs[int(number * step)] for number in range(min(count, len(all_pairs)))]


def side_by_side(rounds: Sequence[Round], labs: int, output: Path | None) -> list[Row]:
    """Several labs at once, each with its part of the rounds; what they say on stderr goes through."""
    keep = [str((output / "reports").resolve())] if output else []
    parts = [part for part in (rounds[number::labs] for number in range(labs)) if part]
    workers = [
        subprocess.Popen(sandbox.command(["work", *keep]), cwd=sandbox.REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in parts
    ]
    for worker, part in zip(workers, parts, strict=True):
        assert worker.stdin is not None
        worker.stdin.write(msgspec.json.encode(part))
        worker.stdin.close()
    rows = []
    for worker in workers:
        assert worker.stdout is not None
        rows += [msgspec.json.decode(line, type=Row) for line in worker.stdout]
        if worker.wait():
            print(f"A lab ended with {worker.returncode}: its remaining rounds were not run.", file=sys.stderr)
    return rows


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
