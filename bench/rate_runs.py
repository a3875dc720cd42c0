"""Measurements of a rate against the truth: one run, the runs of one cell of the grid, and what many of them say. Pure."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from itertools import groupby
from typing import Any, Final, Literal

from bench.figure import Figure, stated
from bench.links import DIRECTIONS, Direction
from readycheck.measure.statistics import median, percentile

Outcome = Literal["converged", "at least", "not settled", "failed"]
OUTCOMES: Final[tuple[Outcome, ...]] = ("converged", "at least", "not settled", "failed")
TARGETS: Final[dict[Direction, tuple[float, float]]] = {
    "down": (0.5, 2.0),
    "up": (1.0, 3.0),
}  # median, p95 in %
OFF_PERCENT: Final = 5.0
FAILED_PERCENT: Final = 100.0  # a run that tells no rate has missed all of it
WORDS: Final[dict[Direction, str]] = {"down": "download", "up": "upload"}


@dataclass(frozen=True, kw_only=True)
class Run:
    """One measurement; errors in percent of the truth. ``high_error`` None: a floor, "at least". ``wrong``: why there is no rate.

    ``seconds`` of the load, ``seconds_all`` with the idle line before it; ``megabytes`` on the wire, both ways.
    ``alone``: without the idle line before it and the probes beside it, and with more data than the shipped plan has.
    """

    server: str
    direction: Direction
    alone: bool = False
    error: float = 0.0
    low_error: float = 0.0
    high_error: float | None = None
    converged: bool = False
    seconds: float = 0.0
    seconds_all: float = 0.0
    megabytes: float = 0.0
    wrong: str = ""

    @property
    def outcome(self) -> Outcome:
        if self.wrong:
            return "failed"
        if self.converged:
            return "converged"
        return "at least" if self.high_error is None else "not settled"

    @property
    def holds_truth(self) -> bool:
        """Whether the stated interval holds the truth; a floor has no upper end."""
        return self.low_error <= 0 and (self.high_error is None or self.high_error >= 0)


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A line of the grid with its runs; ``not_emulated`` says why the machine does not carry it: then there are none."""

    mbps: float
    rtt_ms: float
    loss: float
    runs: Sequence[Run] = field(default=())
    not_emulated: str = ""

    @property
    def place(self) -> tuple[float, float, float]:
        return self.mbps, self.rtt_ms, self.loss

    @property
    def name(self) -> str:
        return f"{self.mbps:g} Mbit/s {self.rtt_ms:g} ms {self.loss:.1%}"

    def line(self) -> str:
        return json.dumps(asdict(self)) + "\n"


def cell_of(told: Mapping[str, Any]) -> Cell:
    """The reverse of asdict()."""
    return Cell(**{**told, "runs": tuple(Run(**run) for run in told["runs"])})


def cells_of(lines: Iterable[str]) -> list[Cell]:
    """The cells of a file, one a line; of one that is there twice the later. A last line that was cut off does not count."""
    found = {}
    for line in lines:
        if line.endswith("\n"):
            cell = cell_of(json.loads(line))
            found[cell.place] = cell
    return list(found.values())


def summary(cells: Sequence[Cell], wanted: int) -> list[Figure]:
    """Of a grid of ``wanted`` cells. What is not counted is said: cells not emulated, cells not reached."""
    carried = [cell for cell in cells if not cell.not_emulated]
    found: list[Figure] = []
    for alone in (False, True):
        for direction in DIRECTIONS:
            found += _figures(carried, direction, alone)
    missing = [cell.name for cell in cells if cell.not_emulated]
    found.append(
        stated("cells not emulated, not counted", len(missing), "cells", wanted, _first(missing, "; "))
    )
    if len(cells) < wanted:
        found.append(stated("cells not reached", wanted - len(cells), "cells", wanted))
    return found


def _figures(cells: Sequence[Cell], direction: Direction, alone: bool) -> list[Figure]:
    """A run that failed counts as one that missed all of the rate. Floors and what did not settle have no error but bounds."""
    placed = [
        (cell, run)
        for cell in cells
        for run in cell.runs
        if run.direction == direction and run.alone == alone
    ]
    if not placed:
        return []
    runs = [run for _, run in placed]
    kinds = Counter(run.outcome for run in runs)
    errors = [abs(run.error) for run in runs if run.outcome == "converged"]
    errors += [FAILED_PERCENT] * kinds["failed"]
    off = [cell for cell, run in placed if run.converged and abs(run.error) > OFF_PERCENT]
    outside = [cell for cell, run in placed if not run.wrong and not run.holds_truth]
    told = len(runs) - kinds["failed"]
    floors = [run.error for run in runs if run.outcome == "at least"]
    all_of_them = ", ".join(f"{kinds[kind]} {kind}" for kind in OUTCOMES)
    target, target95 = TARGETS[direction]
    name = WORDS[direction] + (", the load alone" if alone else "")
    judged: list[tuple[str, float, str, float, str]] = []
    if errors:
        judged += [
            ("error, median", median(errors), "%", target, all_of_them),
            (
                "error, 95 %",
                percentile(errors, 0.95),
                "%",
                target95,
                f"of the {len(errors)} converged or failed",
            ),
        ]
    judged.append((f'"converged" but off by more than {OFF_PERCENT:g} %', len(off), "runs", 0.0, _names(off)))
    if told:
        judged.append(
            ("truth outside the stated interval", 100 * len(outside) / told, "%", 5.0, _names(outside))
        )
    judged.append(
        (
            "failed",
            kinds["failed"],
            "runs",
            0.0,
            _first(sorted({run.wrong for run in runs if run.wrong}), "; "),
        )
    )
    found = [
        Figure(name=f"{name}: {text}", value=value, unit=unit, budget=budget, runs=len(runs), note=note)
        for text, value, unit, budget, note in judged
    ]
    if floors:
        note = f"median {median(floors):+.0f} %, {sum(error > 0 for error in floors)} above the truth"
        found.append(stated(f'{name}: only "at least"', len(floors), "runs", len(runs), note))
    return found


def _names(cells: Iterable[Cell]) -> str:
    counted = Counter(cell.name for cell in cells)
    return _first([name if count == 1 else f"{name} ({count})" for name, count in counted.items()], "; ")


def _first(words: Sequence[str], between: str, most: int = 6) -> str:
    more = f"{between}and {len(words) - most} more" if len(words) > most else ""
    return between.join(words[:most]) + more


def table(cells: Sequence[Cell]) -> str:
    head = '| Mbit/s | RTT ms | loss % | way | what | runs | converged | "at least" | not settled | failed '
    head += "| median error % | worst % | load s | all s | MB | note |"
    lines = [head, "|" + "---|" * 16]
    for cell in sorted(cells, key=lambda cell: cell.place):
        start = f"| {cell.mbps:g} | {cell.rtt_ms:g} | {100 * cell.loss:g} |"
        if cell.not_emulated:
            lines.append(f"{start} both | {'| ' * 11}not emulated: {cell.not_emulated} |")
        order = sorted(cell.runs, key=lambda run: (run.alone, run.direction))
        for (alone, way), group in groupby(order, key=lambda run: (run.alone, run.direction)):
            lines.append(f"{start} {way} | {'load alone' if alone else 'as run'} {_row(list(group))}")
    return "\n".join(lines) + "\n"


def _row(runs: Sequence[Run]) -> str:
    kinds = Counter(run.outcome for run in runs)
    counts = f"| {len(runs)} | " + " | ".join(str(kinds[kind]) for kind in OUTCOMES)
    good = [run for run in runs if not run.wrong]
    note = "; ".join(sorted({run.wrong for run in runs if run.wrong})).replace("|", "/").replace("\n", " ")
    if not good:
        return f"{counts} | | | | | | {note} |"
    errors = [run.error for run in good]
    parts = [median([getattr(run, name) for run in good]) for name in ("seconds", "seconds_all", "megabytes")]
    costs = " | ".join(f"{part:.2f}" for part in parts)
    return f"{counts} | {median(errors):+.2f} | {max(errors, key=abs):+.2f} | {costs} | {note} |"
