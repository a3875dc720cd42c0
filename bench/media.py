"""Loss and jitter of a call against what the link does: is the truth inside the stated interval, in at least 95 of 100 runs? And
round-trip time and jitter beside irtt's on the same link.

    python -m bench media                 20 calls of 5 s for each loss and jitter
    python -m bench.media 100             as many as this, each

The truth about jitter is computed: a line that is late by something even between 0 and J and lets nobody overtake. Ten links run
side by side, one program at a time on each: what waits on one link holds up whatever is behind it.
"""

import math
import random
import statistics
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any, Final

from bench import far_end, link_check, programs, world
from bench.figure import Figure, median, table
from bench.links import DIRECTIONS, Link, Shape, laid

LOSSES: Final = (0.0, 0.01, 0.02, 0.05)
JITTERS_MS: Final = (0.0, 10.0, 30.0)
TIMES: Final = 20
SIDE_BY_SIDE: Final = 10
SECONDS: Final = 5.0
SPACING_MS: Final = 20.0
LEAST_SHARE: Final = 95.0
_SIMULATED: Final = 100_000

Ways = dict[str, dict[str, Any]]


def measured(times: int) -> Iterator[dict[str, Any]]:
    """One value a cell: loss, jitter, its calls, and what irtt saw."""
    far_end.certificate()  # made once, before the links side by side all want it
    for jitter in JITTERS_MS:
        for loss in LOSSES:
            with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
                each = list(pool.map(_on_one_link, [(loss, jitter, times // SIDE_BY_SIDE)] * SIDE_BY_SIDE))
            calls = [one for called, _ in each for one in called]
            yield {"loss": loss, "jitter_ms": jitter, "calls": calls, "irtt": [told for _, told in each]}


def _on_one_link(cell: tuple[float, float, int]) -> tuple[list[Ways], dict[str, Any]]:
    loss, jitter, times = cell
    with laid(Shape(down_mbps=100, up_mbps=100, rtt_ms=20, loss=loss, jitter_ms=jitter)) as line:
        link_check.trim(line)
        with far_end.reflector(line, tls=False), far_end.irtt(line):
            line.set_loss(loss)
            asked = {"port": far_end.REFLECTOR, "udp_port": far_end.REFLECTOR}
            said = programs.ours(line, "calls", times=times, seconds=SECONDS, **asked).json
            return said["calls"], _irtt(line, times * SECONDS)


def _irtt(line: Link, seconds: float) -> dict[str, Any]:
    asked = ("client", "-q", "-o", "-", "-i", "20ms", "-l", "172", "-d", f"{seconds:g}s", line.server_ip)
    stats: dict[str, Any] = programs.run(line, "irtt", *asked).json["stats"]
    return {
        "rtt_ms": stats["rtt"]["median"] / 1e6,
        "up": stats["ipdv_send"]["mean"] / 1e6,
        "down": stats["ipdv_receive"]["mean"] / 1e6,
    }


@cache
def true_jitter_ms(jitter_ms: float, loss: float) -> dict[str, float]:
    """Mean |D| each way, of packets 20 ms apart, delayed first and lost afterwards, as on the link; the echo leaves at once."""
    chance = random.Random(20)
    up: list[float] = []
    down: list[float] = []
    last_there = last_here = 0.0
    for number in range(_SIMULATED):
        left = number * SPACING_MS
        last_there = max(last_there, left + chance.uniform(0, jitter_ms))
        if chance.random() < loss:
            continue
        last_here = max(last_here, last_there + chance.uniform(0, jitter_ms))
        if chance.random() >= loss:  # what does not come back tells of neither way
            up.append(last_there - left)
            down.append(last_here - last_there)
    return {
        way: statistics.mean(abs(b - a) for a, b in pairwise(each))
        for way, each in (("up", up), ("down", down))
    }


def summary(cells: Sequence[dict[str, Any]]) -> list[Figure]:
    found = [_loss(loss, [cell for cell in cells if cell["loss"] == loss]) for loss in LOSSES]
    for jitter in JITTERS_MS:
        same = [cell for cell in cells if cell["jitter_ms"] == jitter]
        found += [_jitter(jitter, same)] if jitter else []
        found += _beside_irtt(jitter, same)
    return found


def _loss(loss: float, cells: Sequence[dict[str, Any]]) -> Figure:
    stated_losses = [call[way]["loss"] for cell in cells for call in cell["calls"] for way in DIRECTIONS]
    inside = [each["low"] <= loss <= each["high"] for each in stated_losses]
    mean = statistics.mean(each["value"] for each in stated_losses)
    return _share(f"loss {loss:.0%}: truth inside the interval", inside, f"mean of all {mean:.2%}")


def _jitter(jitter: float, cells: Sequence[dict[str, Any]]) -> Figure:
    inside, values = [], []
    for cell in cells:
        truth = true_jitter_ms(jitter, cell["loss"])
        for call in cell["calls"]:
            for way in DIRECTIONS:
                if bounds := call[way]["jitter"]:
                    inside.append(bounds["low"] <= truth[way] <= bounds["high"])
                    values.append(bounds["value"])
    truth = true_jitter_ms(jitter, 0.0)
    note = f"mean of all {statistics.mean(values):.2f} ms; truth without loss {truth['up']:.2f} up, {truth['down']:.2f} down"
    return _share(f"jitter of {jitter:g} ms: truth inside the interval", inside, note)


def _share(name: str, inside: Sequence[bool], note: str) -> Figure:
    share = 100 * sum(inside) / len(inside)
    return Figure(
        name=name, value=share, unit="%", budget=LEAST_SHARE, runs=len(inside), note=note, at_least=True
    )


def _beside_irtt(jitter: float, cells: Sequence[dict[str, Any]]) -> list[Figure]:
    calls = [call for cell in cells for call in cell["calls"]]
    theirs = [told for cell in cells for told in cell["irtt"]]
    rtts = [value for call in calls for value in call["rtts_ms"]]
    rtt = median(rtts)
    chance = 1.96 * math.sqrt(2) * 1.2533 * statistics.pstdev(rtts) / math.sqrt(len(rtts))  # of two medians
    their_rtt = median([told["rtt_ms"] for told in theirs])
    found = [
        _beside(
            f"RTT, jitter {jitter:g} ms",
            rtt,
            their_rtt,
            len(calls),
            0.3,
            f"; by chance up to {chance:.2f} ms",
        )
    ]
    for way in DIRECTIONS:
        ours = statistics.mean(call[way]["jitter"]["value"] for call in calls if call[way]["jitter"])
        their = statistics.mean(told[way] for told in theirs)
        found.append(_beside(f"jitter {way}, jitter {jitter:g} ms", ours, their, len(calls), 0.3))
    return found


def _beside(name: str, ours: float, theirs: float, runs: int, budget: float, more: str = "") -> Figure:
    note = f"ours {ours:.3f} ms, irtt {theirs:.3f} ms{more}"
    return Figure(
        name=f"{name}: away from irtt",
        value=abs(ours - theirs),
        unit="ms",
        budget=budget,
        runs=runs,
        note=note,
    )


def figures() -> list[Figure]:
    return summary(world.measured("bench.media", str(TIMES)))


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else TIMES
    if world.is_inside():
        world.tell(lambda: measured(count))
    else:
        print(table(summary(world.measured("bench.media", str(count)))))
