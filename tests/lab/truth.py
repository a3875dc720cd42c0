"""The truth table as a whole: which rounds it has, played in several labs side by side, written down."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Final, Literal

import msgspec

from readycheck.model import Report
from tests.lab import catalogue, sandbox, table
from tests.lab.catalogue import Case
from tests.lab.judge import Row
from tests.lab.rounds import Played, Round

Kind = Literal["fast", "faults", "healthy", "pairs", "all", "whole"]
REPEATED: Final = ("at-home", "split-tunnel")  # what is run again and again: it has to come out the same
FAST_PAIRS, FAST_REPEATS = 6, 3
WHOLE_PAIRS, WHOLE_HEALTHY, WHOLE_REPEATS = 40, 5, 20


def chosen(kind: Kind, *, times: int = 1, pairs: int = WHOLE_PAIRS) -> list[Round]:
    """fast: what every test run takes; whole: all there is, as often as the figures ask for; the others ``times`` times."""
    match kind:
        case "fast":
            fast = [case for case in catalogue.cases() if case.fast]
            rounds = [*singly(fast), *in_pairs(catalogue.faults(), FAST_PAIRS), *_repeated(FAST_REPEATS)]
        case "whole":
            rounds = [*singly(catalogue.faults()), *singly(catalogue.healthy(), WHOLE_HEALTHY)]
            rounds += [*in_pairs(catalogue.faults(), WHOLE_PAIRS), *_repeated(WHOLE_REPEATS)]
        case "faults":
            rounds = singly(catalogue.faults(), times)
        case "healthy":
            rounds = singly(catalogue.healthy(), times)
        case "pairs":
            rounds = in_pairs(catalogue.faults(), pairs, times)
        case "all":
            rounds = [*singly(catalogue.cases(), times), *in_pairs(catalogue.faults(), pairs, times)]
    return list(dict.fromkeys(rounds))


def singly(cases: Iterable[Case], times: int = 1) -> list[Round]:
    names = [case.name for case in cases]
    return [Round((name,), number) for number in range(times) for name in names]


def _repeated(times: int) -> list[Round]:
    return singly((case for case in catalogue.healthy() if case.name in REPEATED), times)


def in_pairs(cases: Sequence[Case], count: int, times: int = 1) -> list[Round]:
    """Pairs of independent faults, chosen so that no fault is in many of them."""
    left = [
        (one.name, other.name)
        for one, other in combinations(cases, 2)
        if one.level == other.level == "fail" and one.independent_of(other)
    ]
    used: Counter[str] = Counter()
    pairs: list[tuple[str, str]] = []
    while left and len(pairs) < count:
        pair = min(
            left, key=lambda names: (max(used[name] for name in names), sum(used[name] for name in names))
        )
        left.remove(pair)
        used.update(pair)
        pairs.append(pair)
    return [Round(pair, number) for number in range(times) for pair in pairs]


def side_by_side(
    rounds: Sequence[Round], labs: int, output: Path | None, heard: Callable[[Row], None] = lambda row: None
) -> list[Row]:
    """Several labs at once, each with its part of the rounds; ``heard`` is told of every row when it is there.

    A row for every round, also for those whose lab ended before them. The reports are kept in ``output``.
    """
    parts = [part for part in (rounds[number::labs] for number in range(labs)) if part]
    workers = [
        subprocess.Popen(
            sandbox.command(["work"]),
            cwd=sandbox.REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in parts
    ]
    with ThreadPoolExecutor(max_workers=labs) as pool:
        try:
            played = pool.map(partial(_played, output=output, heard=heard), workers, parts)
            return [row for rows in played for row in rows]
        finally:
            for worker in workers:
                worker.kill()


def _played(
    worker: "subprocess.Popen[bytes]",
    part: Sequence[Round],
    *,
    output: Path | None,
    heard: Callable[[Row], None],
) -> list[Row]:
    assert worker.stdin and worker.stdout
    for task in (partial(worker.stdin.write, msgspec.json.encode(part)), worker.stdin.close):
        with suppress(BrokenPipeError):  # one that ended before it had read: none of its rounds is played
            task()
    rows = []
    for line in worker.stdout:
        if not line.endswith(b"\n"):
            break  # it ended in the middle of it
        played = msgspec.json.decode(line, type=Played)
        if output and played.report:
            _keep(output / "reports", played.row, played.report)
        rows.append(played.row)
        heard(played.row)
    code, left = worker.wait(), part[len(rows) :]
    if left:
        print(f"A lab ended with {code}: {len(left)} of its rounds were not played.", file=sys.stderr)
    why = f"not played: its lab ended with {code}"
    return [*rows, *(Row(names=each.names, run=each.number, trouble=why) for each in left)]


def _keep(folder: Path, row: Row, report: Report) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    name = "+".join(row.names) + (f".{row.run}" if row.run else "")
    (folder / f"{name}.json").write_bytes(msgspec.json.format(msgspec.json.encode(report)))


def write(rows: Sequence[Row], folder: Path) -> None:
    """truth.md for people, truth.json for programs."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "truth.md").write_text(table.markdown(rows), encoding="utf-8")
    told = {"figures": table.figures(rows), "rows": rows}
    (folder / "truth.json").write_bytes(msgspec.json.format(msgspec.json.encode(told)))
