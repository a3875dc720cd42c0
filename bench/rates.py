"""How far our rates are from the truth, on lines of 2 to 1000 Mbit/s with 5 to 80 ms and up to 0.5 % loss.

    python -m bench rates                      the quick part of the grid
    python -m bench.rates --whole              all of it (under an hour), into results/rates.jsonl, rates.md and rates.json
    python -m bench.rates --whole --resume     the cells that are not in the file yet; --mbps 2 10: those rates only
    python -m bench.rates --from FILE          measures nothing: what is in the file so far

Each run is one direction of what the check `bandwidth` does, with the data that its whole plan has for it: the idle line, the
load, the probes beside it. A second row has the load alone, with data enough for the fastest line: what the method can do, where
the first row shows what probes and a small plan cost.

The truth is what the line carries: 0.9564 of the rate on the wire (bench.links). With loss it stays that: cubic does not fill
such a line with few flows, and whoever says what he got without saying so is wrong.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from bench import far_end, link_check, programs, world
from bench.figure import Figure
from bench.figure import table as figure_table
from bench.links import DIRECTIONS, Direction, Link, NotEmulated, Shape, laid
from bench.rate_runs import Cell, Run, cell_of, cells_of, summary, table
from bench.shipped import AMPLE_BYTES

RATES: Final = (2, 10, 50, 100, 300, 1000)
RTTS: Final = (5, 20, 80)
LOSSES: Final = (0.0, 0.001, 0.005)
GRID: Final = tuple((mbps, rtt, loss) for mbps in RATES for rtt in RTTS for loss in LOSSES)
QUICK: Final = (
    (2, 20, 0.0),
    (10, 80, 0.001),
    (50, 20, 0.005),
    (100, 20, 0.0),
    (300, 20, 0.0),
    (1000, 5, 0.0),
)
SERVERS: Final = ("nginx", "nginx-tls", "reflector", "reflector-tls")
MINUTES: Final = 52.0  # the last line takes up to three
RESULTS: Final = Path(__file__).parent / "results"

Place = tuple[float, float, float]


def measured(
    places: Sequence[Place], times: int, servers: Sequence[str], minutes: float = MINUTES
) -> Iterator[Cell]:
    """All of these cells, each as it is done; one link for all losses above 0 of a rate and round-trip time.

    ``times`` while the time lasts: behind schedule each run is made once, and after ``minutes`` no other link.
    """
    began, done = time.monotonic(), 0
    for (mbps, rtt_ms, lossy), same in groupby(sorted(places), key=lambda cell: (*cell[:2], cell[2] > 0)):
        losses = [loss for *_, loss in same]
        shape = Shape(down_mbps=mbps, up_mbps=mbps, rtt_ms=rtt_ms, loss=max(losses) if lossy else 0.0)
        gone = (time.monotonic() - began) / (60 * minutes)
        if gone > 1:
            return
        late = gone * len(places) > done + 1  # a cell's time is too little to tell by
        done += len(losses)
        try:
            with laid(shape) as line, far_end.web(line):
                yield from _on(line, losses, 1 if late else times, servers)
        except NotEmulated as reason:
            for loss in losses:
                yield Cell(mbps=mbps, rtt_ms=rtt_ms, loss=loss, not_emulated=str(reason))


def _on(line: Link, losses: Sequence[float], times: int, servers: Sequence[str]) -> list[Cell]:
    """Raises NotEmulated, on a fast line also where it is no longer what it was set to be: then it was not in between, either."""
    link_check.check(line)
    cells = []
    for loss in losses:
        line.set_loss(loss)
        runs = tuple(_runs(line, times, servers))
        cells.append(Cell(mbps=line.shape.down_mbps, rtt_ms=line.shape.rtt_ms, loss=loss, runs=runs))
    line.set_loss(0.0)
    if line.shape.down_mbps >= link_check.FAST_MBPS:
        link_check.check_rates(line)
    return cells


def _runs(line: Link, times: int, servers: Sequence[str]) -> Iterator[Run]:
    """Both ways in turn, as the check does it as often as asked, and once the load alone."""
    for server in servers:
        own = server.startswith("reflector")
        with far_end.reflector(line, tls=server.endswith("-tls")) if own else nullcontext():
            for alone in (*(False,) * times, True):
                for direction in DIRECTIONS:
                    yield _run(line, server, direction, alone)


def _run(line: Link, server: str, direction: Direction, alone: bool) -> Run:
    try:
        asked = (line, server, direction)
        ran = programs.bulk(*asked, AMPLE_BYTES) if alone else programs.speed(*asked)
    except programs.ProgramFailed as error:
        return Run(server=server, direction=direction, alone=alone, wrong=str(error)[-200:])
    said, truth = ran.json, line.shape.goodput(direction)
    high = said["high"]
    return Run(
        server=server,
        direction=direction,
        alone=alone,
        error=100 * (said["bits_per_s"] / truth - 1),
        low_error=100 * (said["low"] / truth - 1),
        high_error=None if high is None else 100 * (high / truth - 1),
        converged=said["converged"],
        seconds=said["seconds"],
        seconds_all=said["seconds_all"],
        megabytes=(ran.down_bytes + ran.up_bytes) / 1e6,
    )


def figures() -> list[Figure]:
    told = world.measured("bench.rates", "--quick")
    return summary([cell_of(each) for each in told], len(QUICK))


def main(words: Sequence[str]) -> None:
    options = _options(words)
    places = [cell for cell in GRID if not options.mbps or cell[0] in options.mbps]
    if options.quick:
        places = list(QUICK)
    if world.is_inside():
        left = [tuple(cell) for cell in json.loads(options.only)] if options.only else places
        world.tell(lambda: measured(left, options.times, options.servers, options.minutes))
        return
    file = options.from_ or options.into
    if not options.from_:
        _measure(file, places, words, resume=options.resume)
    cells = cells_of(file.read_text(encoding="utf-8").splitlines(keepends=True))
    _write(cells, file)
    print(table(cells), figure_table(summary(cells, max(len(places), len(cells)))), sep="\n", end="")


def _measure(file: Path, places: Sequence[Place], words: Sequence[str], *, resume: bool) -> None:
    """Each cell into the file as it is done; with ``resume`` those that are not in it yet, or were not carried then."""
    file.parent.mkdir(parents=True, exist_ok=True)
    before = file.read_text(encoding="utf-8") if resume and file.exists() else ""
    known = cells_of(before.splitlines(keepends=True))
    done = {cell.place for cell in known if not cell.not_emulated}
    left = [place for place in places if place not in done]
    with file.open("w", encoding="utf-8") as out:
        out.writelines(cell.line() for cell in known)
        out.flush()
        for told in world.streamed("bench.rates", *words, "--only", json.dumps(left)) if left else ():
            out.write(cell_of(told).line())
            out.flush()


def _write(cells: Sequence[Cell], beside: Path) -> None:
    """As a table and as JSON, next to the file of lines."""
    beside.with_suffix(".md").write_text(table(cells), encoding="utf-8")
    told: list[dict[str, Any]] = [asdict(cell) for cell in cells]
    beside.with_suffix(".json").write_text(json.dumps(told) + "\n", encoding="utf-8")


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.rates", description=__doc__.partition("\n")[0])
    part = parser.add_mutually_exclusive_group(required=True)
    part.add_argument("--quick", action="store_true", help="six cells")
    part.add_argument(
        "--whole", action="store_true", help="the whole grid, or of it the rates given by --mbps"
    )
    part.add_argument("--from", dest="from_", type=Path, metavar="FILE", help="sum up what is in this file")
    parser.add_argument(
        "--mbps", nargs="+", type=float, default=[], help="of the whole grid these rates only"
    )
    parser.add_argument("--times", type=int, default=2, help="runs of each server and direction in a cell")
    parser.add_argument("--servers", nargs="+", choices=SERVERS, default=["nginx", "nginx-tls"])
    parser.add_argument("--minutes", type=float, default=MINUTES, help="after so many no other link is made")
    parser.add_argument("--into", type=Path, default=RESULTS / "rates.jsonl", help="one line a cell")
    parser.add_argument("--resume", action="store_true", help="go on with that file")
    parser.add_argument("--only", help=argparse.SUPPRESS)
    return parser.parse_args(words)


if __name__ == "__main__":
    main(sys.argv[1:])
