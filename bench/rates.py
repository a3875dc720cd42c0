"""How far our rates are from the truth, on lines of 2 to 1000 Mbit/s with 5 to 80 ms and up to 0.5 % loss.

    python -m bench rates                  the quick part of the grid
    python -m bench.rates --whole          all of it, into results/rates.md and rates.json (an hour)

The truth is what the line carries: 0.9564 of the rate on the wire (bench.links). With loss it stays that: cubic does not fill
such a line with few flows, and whoever says what he got without saying so is wrong.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, nullcontext
from dataclasses import asdict, dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Final

from bench import far_end, link_check, programs, world
from bench.figure import Figure, median, percentile, stated
from bench.links import DIRECTIONS, Direction, Link, NotEmulated, Shape, laid

RATES: Final = (2, 10, 50, 100, 300, 1000)
RTTS: Final = (5, 20, 80)
LOSSES: Final = (0.0, 0.001, 0.005)
QUICK: Final = (
    (2, 20, 0.0),
    (10, 80, 0.001),
    (50, 20, 0.005),
    (100, 20, 0.0),
    (300, 20, 0.0),
    (1000, 5, 0.0),
)
SERVERS: Final = ("nginx", "nginx-tls", "reflector", "reflector-tls")
TARGETS: Final[dict[Direction, tuple[float, float]]] = {
    "down": (0.5, 2.0),
    "up": (1.0, 3.0),
}  # median, p95 in %
OFF_PERCENT: Final = 5.0
BUDGET_BYTES: Final = 400_000_000
RESULTS: Final = Path(__file__).parent / "results"


@dataclass(frozen=True, kw_only=True)
class Run:
    """One measurement; ``error`` in percent of the truth. ``wrong`` says why there is no rate."""

    mbps: float
    rtt_ms: float
    loss: float
    server: str
    direction: Direction
    error: float = 0.0
    low_error: float = 0.0
    high_error: float | None = None
    converged: bool = False
    seconds: float = 0.0
    megabytes: float = 0.0
    wrong: str = ""

    @property
    def cell(self) -> tuple[float, float, float, str]:
        return self.mbps, self.rtt_ms, self.loss, self.direction

    @property
    def holds_truth(self) -> bool:
        """Whether the stated interval holds the truth; a floor has no upper end."""
        return self.low_error <= 0 and (self.high_error is None or self.high_error >= 0)


def measured(
    cells: Sequence[tuple[float, float, float]], times: int, servers: Sequence[str]
) -> Iterator[Run]:
    """All runs of these cells; one link for all losses above 0 of a rate and round-trip time."""
    for (mbps, rtt_ms, lossy), same in groupby(sorted(cells), key=lambda cell: (*cell[:2], cell[2] > 0)):
        losses = [loss for *_, loss in same]
        shape = Shape(down_mbps=mbps, up_mbps=mbps, rtt_ms=rtt_ms, loss=max(losses) if lossy else 0.0)
        try:
            with laid(shape) as line:
                link_check.check(line)
                yield from _on(line, losses, times, servers)
        except NotEmulated as reason:
            nothing = Run(
                mbps=mbps,
                rtt_ms=rtt_ms,
                loss=0.0,
                server="",
                direction="down",
                wrong=f"not emulated: {reason}",
            )
            yield from (replace(nothing, loss=loss, direction=way) for loss in losses for way in DIRECTIONS)


def _on(line: Link, losses: Iterable[float], times: int, servers: Iterable[str]) -> Iterator[Run]:
    with far_end.web(line):
        for server in servers:
            with ExitStack() as stack:
                tls = server.endswith("-tls")
                own = server.startswith("reflector")
                stack.enter_context(far_end.reflector(line, tls=tls) if own else nullcontext())
                for loss in losses:
                    line.set_loss(loss)
                    for _ in range(times):
                        for direction in DIRECTIONS:
                            yield _one(line, server, direction, loss)
                line.set_loss(0.0)


def _one(line: Link, server: str, direction: Direction, loss: float) -> Run:
    options = programs.tls_options(server.endswith("-tls"))
    if server.startswith("reflector"):
        options |= {
            "port": far_end.REFLECTOR,
            "path": "/down?bytes={bytes}" if direction == "down" else "/up",
        }
    what = "download" if direction == "down" else "upload"
    nothing = Run(
        mbps=line.shape.mbps(direction),
        rtt_ms=line.shape.rtt_ms,
        loss=loss,
        server=server,
        direction=direction,
    )
    try:
        ran = programs.ours(line, what, max_bytes=BUDGET_BYTES, **options)
    except programs.ProgramFailed as error:
        return replace(nothing, wrong=str(error)[-200:])
    said, truth = ran.json, line.shape.goodput(direction)
    high = said["high"]
    return replace(
        nothing,
        error=100 * (said["bits_per_s"] / truth - 1),
        low_error=100 * (said["low"] / truth - 1),
        high_error=None if high is None else 100 * (high / truth - 1),
        converged=said["converged"],
        seconds=said["seconds"],
        megabytes=(ran.down_bytes if direction == "down" else ran.up_bytes) / 1e6,
    )


def summary(runs: Sequence[Run]) -> list[Figure]:
    found: list[Figure] = []
    for direction in DIRECTIONS:
        name = "download" if direction == "down" else "upload"
        ours = [run for run in runs if run.direction == direction and not run.wrong]
        sure = [run for run in ours if run.converged]
        if not sure:
            continue
        errors = [abs(run.error) for run in sure]
        off = [run for run in sure if abs(run.error) > OFF_PERCENT]
        outside = [run for run in ours if not run.holds_truth]
        target, target95 = TARGETS[direction]
        said = f"{len(sure)} of {len(ours)} runs converged"
        figures = (
            ("error, median", median(errors), "%", target, said),
            ("error, 95 %", percentile(errors, 0.95), "%", target95, said),
            (f'"converged" but off by more than {OFF_PERCENT:g} %', len(off), "runs", 0.0, _where(off)),
            ("truth outside the stated interval", 100 * len(outside) / len(ours), "%", 5.0, _where(outside)),
        )
        found += [
            Figure(name=f"{name}: {text}", value=value, unit=unit, budget=budget, runs=len(ours), note=note)
            for text, value, unit, budget, note in figures
        ]
    missing = [run for run in runs if run.wrong]
    cells = {run.cell[:3] for run in missing}
    return [*found, stated("cells without a figure", len(cells), "cells", len(runs), _where(missing))]


def _where(runs: Iterable[Run]) -> str:
    cells = sorted({(run.mbps, run.rtt_ms, run.loss) for run in runs})
    return "; ".join(f"{mbps:g} Mbit/s {rtt:g} ms {loss:.1%}" for mbps, rtt, loss in cells[:6])


def table(runs: Sequence[Run]) -> str:
    head = "| Mbit/s | RTT ms | loss % | way | runs | converged | median error % | worst % | seconds | MB | note |"
    lines = [head, "|" + "---|" * 11]
    for cell, group in groupby(sorted(runs, key=lambda run: run.cell), key=lambda run: run.cell):
        lines.append(_row(cell, list(group)))
    return "\n".join(lines) + "\n"


def _row(cell: tuple[float, float, float, str], runs: Sequence[Run]) -> str:
    mbps, rtt, loss, way = cell
    good = [run for run in runs if not run.wrong]
    note = "; ".join(sorted({run.wrong for run in runs if run.wrong}))
    start = f"| {mbps:g} | {rtt:g} | {100 * loss:g} | {way} | {len(good)}"
    if not good:
        return f"{start} | | | | | | {note} |"
    errors = [run.error for run in good]
    worst = max(errors, key=abs)
    sure = sum(run.converged for run in good)
    seconds, size = median([run.seconds for run in good]), median([run.megabytes for run in good])
    return f"{start} | {sure} | {median(errors):+.2f} | {worst:+.2f} | {seconds:.2f} | {size:.2f} | {note} |"


def figures() -> list[Figure]:
    said = world.measured("bench.rates", "--quick")
    return summary([Run(**run) for run in said])


def _asked(options: argparse.Namespace) -> Iterator[Run]:
    every = [(mbps, rtt, loss) for mbps in RATES for rtt in RTTS for loss in LOSSES]
    cells = (
        QUICK if options.quick else [cell for cell in every if not options.mbps or cell[0] in options.mbps]
    )
    return measured(cells, options.times, options.servers)


def main(words: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.rates", description=__doc__.partition("\n")[0])
    part = parser.add_mutually_exclusive_group(required=True)
    part.add_argument("--quick", action="store_true", help="six cells")
    part.add_argument(
        "--whole", action="store_true", help="the whole grid, or of it the rates given by --mbps"
    )
    parser.add_argument("--times", type=int, default=2, help="runs of each server and direction in a cell")
    parser.add_argument("--servers", nargs="+", choices=SERVERS, default=["nginx", "nginx-tls"])
    parser.add_argument("--mbps", nargs="+", type=float, default=[])
    options = parser.parse_args(words)
    if world.is_inside():
        world.tell(lambda: _asked(options))
        return
    runs = [Run(**run) for run in world.measured("bench.rates", *words)]
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "rates.md").write_text(table(runs), encoding="utf-8")
    (RESULTS / "rates.json").write_text(json.dumps([asdict(run) for run in runs]) + "\n", encoding="utf-8")
    print(table(runs))
    print(*summary(runs), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
