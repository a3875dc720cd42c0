"""Loss and jitter of a call against what the link does: is the truth inside the stated interval, in at least 95 of 100 runs? And
round-trip time and jitter beside irtt's.

    python -m bench media                 20 calls of 5 s for each loss and jitter
    python -m bench.media 100             as many as this, each

The truth about jitter is computed: a line that is late by something even between 0 and J and lets nobody overtake. Ten links run
side by side, one program at a time on each: what waits on one link holds up whatever is behind it. So we and irtt measure in the
same seconds, but on twin links, and then change places; where packets are late by chance, single runs differ by chance, and the
median of the differences is told with its bounds. Each link is looked at by ping before it is used (bench.link_check.trim); its
rate is not, for a call needs a thousandth of it.
"""

import random
import statistics
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import pairwise
from typing import Any, Final, TypeVar

from bench import far_end, link_check, programs, world
from bench.figure import Figure, table
from bench.links import DIRECTIONS, Link, Shape, laid
from readycheck.measure.statistics import median, median_interval

LOSSES: Final = (0.0, 0.01, 0.02, 0.05)
JITTERS_MS: Final = (0.0, 10.0, 30.0)
TIMES: Final = 20
SIDE_BY_SIDE: Final = 10
RTT_MS: Final = 20.0
SECONDS: Final = 5.0
SPACING_MS: Final = 20.0
LEAST_SHARE: Final = 95.0
BLOCK_S: Final = 20.0  # of one run beside irtt's
BLOCKS: Final = {
    0.0: 1,
    10.0: 2,
    30.0: 6,
}  # on each link: the wider the jitter, the more packets a median needs
_SIMULATED: Final = 100_000

Ways = dict[str, Any]
Seen = dict[str, float]  # rtt_ms, and the jitter up and down
A = TypeVar("A")
R = TypeVar("R")


def measured(times: int) -> Iterator[dict[str, Any]]:
    """One value a cell (loss, jitter, its calls), and one a jitter: pairs of what we and irtt saw in the same seconds."""
    far_end.certificate()  # made once, before the links side by side all want it
    for jitter in JITTERS_MS:
        for loss in LOSSES:
            cell = (loss, jitter, times // SIDE_BY_SIDE)
            calls = [call for calls in _side_by_side(_calls, [cell] * SIDE_BY_SIDE) for call in calls]
            yield {"loss": loss, "jitter_ms": jitter, "calls": calls}
        blocks = _side_by_side(_in_turn, [(jitter, number % 2 == 0) for number in range(SIDE_BY_SIDE)])
        yield {"jitter_ms": jitter, "pairs": _pairs(blocks)}


def _side_by_side(work: Callable[[A], R], each: Sequence[A]) -> list[R]:
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return list(pool.map(work, each))


def _calls(cell: tuple[float, float, int]) -> list[Ways]:
    loss, jitter, times = cell
    with laid(Shape(down_mbps=100, up_mbps=100, rtt_ms=RTT_MS, loss=loss, jitter_ms=jitter)) as line:
        link_check.trim(line)
        with far_end.reflector(line, tls=False):
            line.set_loss(loss)
            return _ours(line, times, SECONDS)


def _in_turn(link: tuple[float, bool]) -> list[tuple[Seen, Seen]]:
    """What we and irtt see on one link, in turn; ``ours_first`` on every other link."""
    jitter, ours_first = link
    seen = []
    with laid(Shape(down_mbps=100, up_mbps=100, rtt_ms=RTT_MS, jitter_ms=jitter)) as line:
        link_check.trim(line)
        with far_end.reflector(line, tls=False), far_end.irtt(line):
            for _ in range(BLOCKS[jitter]):
                theirs = None if ours_first else _irtt(line, BLOCK_S)
                call = _ours(line, 1, BLOCK_S)[0]
                seen.append((_seen(call), theirs or _irtt(line, BLOCK_S)))
    return seen


def _pairs(links: Sequence[Sequence[tuple[Seen, Seen]]]) -> list[tuple[Seen, Seen]]:
    """Ours and irtt's of the same seconds: one comes from a link, the other from its twin."""
    twins = zip(links[::2], links[1::2], strict=True)
    return [
        pair
        for one, other in twins
        for (a, their_a), (b, their_b) in zip(one, other, strict=True)
        for pair in ((a, their_b), (b, their_a))
    ]


def _ours(line: Link, times: int, seconds: float) -> list[Ways]:
    asked = {"port": far_end.REFLECTOR, "udp_port": far_end.REFLECTOR}
    calls: list[Ways] = programs.ours(line, "calls", times=times, seconds=seconds, **asked).json["calls"]
    return calls


def _seen(call: Ways) -> Seen:
    jitters: Seen = {way: call[way]["jitter"]["value"] for way in DIRECTIONS}
    return {"rtt_ms": median(call["rtts_ms"]), **jitters}


def _irtt(line: Link, seconds: float) -> Seen:
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


def summary(told: Sequence[dict[str, Any]]) -> list[Figure]:
    cells = [each for each in told if "calls" in each]
    found = [_loss(loss, [cell for cell in cells if cell["loss"] == loss]) for loss in LOSSES]
    for jitter in JITTERS_MS:
        same = [cell for cell in cells if cell["jitter_ms"] == jitter]
        found += [_jitter(jitter, same)] if jitter else []
        pairs = [pair for each in told if each["jitter_ms"] == jitter for pair in each.get("pairs", ())]
        found += _beside_irtt(jitter, pairs)
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


def _beside_irtt(jitter: float, pairs: Sequence[tuple[Seen, Seen]]) -> list[Figure]:
    if not pairs:
        return []
    truth = RTT_MS + median([late for _, late in link_check.delays_ms(jitter, SPACING_MS, _SIMULATED)])
    names = {"rtt_ms": "RTT", "up": "jitter up", "down": "jitter down"}
    rtt, *jitters = (_beside(f"{name}, jitter {jitter:g} ms", key, pairs) for key, name in names.items())
    return [replace(rtt, note=f"{rtt.note}; computed {truth:.2f} ms"), *jitters]


def _beside(name: str, key: str, pairs: Sequence[tuple[Seen, Seen]]) -> Figure:
    """The median of the differences of runs in the same seconds, and how sure it is."""
    apart = [ours[key] - theirs[key] for ours, theirs in pairs]
    sure = median_interval(apart)
    ours, theirs = (median([pair[side][key] for pair in pairs]) for side in (0, 1))
    note = f"ours {ours:.3f} ms, irtt {theirs:.3f} ms; 95 % bounds of the median difference {sure.low:+.2f} to {sure.high:+.2f}"
    note += f"; one run apart by {median(list(map(abs, apart))):.2f}"
    return Figure(
        name=f"{name}: away from irtt",
        value=abs(median(apart)),
        unit="ms",
        budget=0.3,
        runs=len(pairs),
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
