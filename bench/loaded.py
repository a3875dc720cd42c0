"""Latency under load on queues of 50, 100 and 200 ms, beside a ping that runs at the same time, and what we invent where a load
fills no queue. Cloudflare's engine on the same queues, where it is there.

The queue is never quite full, for cubic empties a part of it each time it loses a packet. So the truth is what ping saw in the
very seconds whose probes the client's figure comes from, against what it saw before the load; the same for every client. How
much of the queue's full depth that is stands beside it.
"""

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bench import far_end, link_check, programs, world
from bench.figure import Figure, stated
from bench.links import DIRECTIONS, Direction, Link, NotEmulated, Shape, laid
from bench.peers import ENGINE, WITH_ENGINE, WORDS
from readycheck.measure.statistics import median

QUEUES_MS: Final = (50.0, 100.0, 200.0)
DOWN_MBPS, UP_MBPS, RTT_MS = 50.0, 20.0, 20.0
TIMES: Final = 3
LEAST_MS: Final = 1.0
PROBES: Final = ("echo", "stun", "http")
USUAL_PATH: Final = "/download?bytes={bytes}"
SLOW_PATH: Final = "/slow?bytes={bytes}"  # a server that sends less than the line carries


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One load: increases of the round-trip time in ms, as the client says (median; what it holds when full: the 95th percentile,
    where it tells that) and as the witness saw. ``queue_ms`` 0: no queue."""

    queue_ms: float
    direction: Direction
    probe: str
    said_ms: float = 0.0
    witness_ms: float = 0.0
    seconds: float = 0.0
    full_ms: float | None = None
    still_rising: bool = False
    wrong: str = ""

    @property
    def error(self) -> float:
        """In percent of the truth, where that is a millisecond at least."""
        return 100 * (self.said_ms - self.witness_ms) / max(self.witness_ms, LEAST_MS)


def measured() -> Iterator[Seen]:
    for queue in (*QUEUES_MS, 0.0):
        filled = Shape(down_mbps=DOWN_MBPS, up_mbps=UP_MBPS, rtt_ms=RTT_MS, queue_ms=queue)
        shape = filled if queue else Shape(down_mbps=100, up_mbps=100, rtt_ms=RTT_MS)
        try:
            with laid(shape) as line:
                link_check.check(line)
                with far_end.web(line), far_end.reflector(line), far_end.coturn(line):
                    yield from _filled_queues(line, queue) if queue else _empty_queues(line)
        except NotEmulated as reason:
            yield Seen(queue_ms=queue, direction="down", probe="", wrong=f"not emulated: {reason}")


def _filled_queues(line: Link, queue_ms: float) -> Iterator[Seen]:
    for way in (*DIRECTIONS,) * TIMES:
        yield from (_seen(line, way, probe, queue_ms) for probe in PROBES)
    for way in DIRECTIONS:
        yield from _engine(line, way, queue_ms)


def _empty_queues(line: Link) -> Iterator[Seen]:
    for _ in range(TIMES):
        yield from (_seen(line, "down", probe, 0.0, SLOW_PATH) for probe in PROBES)


def _seen(line: Link, way: Direction, probe: str, queue_ms: float, path: str = USUAL_PATH) -> Seen:
    """As the check does it, with its data and its probes beside the load."""
    nothing = Seen(queue_ms=queue_ms, direction=way, probe=probe)
    try:
        with Witness(line) as witness:
            asks = {"stun": probe == "stun", "echo": probe == "echo"}
            said = programs.speed(line, "nginx-tls", way, download=path, **asks).json
        if (loaded := said["loaded"]) is None:
            return replace(nothing, wrong="too few probes were answered")
        began, since, ended = (
            at + said["wall_offset_s"] for at in (said["started_s"], loaded["since_s"], said["ended_s"])
        )
        return replace(
            nothing,
            said_ms=loaded["increase_ms"],
            full_ms=loaded["full_ms"],
            witness_ms=witness.increase_ms(began, [(since, ended)]),
            seconds=said["seconds"],
            still_rising=loaded["still_rising"],
        )
    except programs.ProgramFailed as error:
        return replace(nothing, wrong=str(error)[-200:])


def _engine(line: Link, way: Direction, queue_ms: float) -> Iterator[Seen]:
    """Cloudflare's own figure, which comes from its last probes beside loads that were long enough for it."""
    if not ENGINE.exists():
        return
    nothing = Seen(queue_ms=queue_ms, direction=way, probe="Cloudflare's engine")
    try:
        with Witness(line) as witness:
            asked = (str(WITH_ENGINE), str(ENGINE.resolve()), f"http://{line.server_ip}", WORDS[way])
            ran = programs.run(line, "node", *asked)
        said = ran.json
        yield replace(
            nothing,
            said_ms=said["loaded_ms"] - said["idle_ms"],
            witness_ms=witness.increase_ms(said["load_began_s"], said["probed_s"]),
            seconds=ran.seconds,
        )
    except programs.ProgramFailed as error:
        yield replace(nothing, wrong=str(error)[-200:])


class Witness:
    """A ping, fifty a second, while the block lasts."""

    def __init__(self, line: Link) -> None:
        self._line = line
        self._times: list[tuple[float, float]] = []  # when it left (wall clock), round-trip time in ms

    def __enter__(self) -> "Witness":
        asked = ("ping", "-n", "-D", "-i", "0.02", self._line.server_ip)
        self._ping = self._line.client.popen(*asked, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return self

    def __exit__(self, *_: object) -> None:
        self._ping.terminate()
        said = self._ping.communicate(timeout=10)[0].decode()
        for at, ms in re.findall(r"^\[([0-9.]+)\].* time=([0-9.]+) ms", said, re.MULTILINE):
            self._times.append((float(at) - float(ms) / 1000, float(ms)))

    def increase_ms(self, began: float, probed: Sequence[Sequence[float]]) -> float:
        """Median of what left while the client's probes were out, above the median before the load began."""
        busy = [ms for at, ms in self._times if any(start <= at < end for start, end in probed)]
        still = [ms for at, ms in self._times if at < began]
        if not busy or not still:
            raise programs.ProgramFailed("ping saw nothing of these seconds")
        return median(busy) - median(still)


def summary(every_one: Sequence[Seen]) -> list[Figure]:
    found: list[Figure] = []
    seen = [each for each in every_one if not each.wrong]
    for probe in dict.fromkeys(each.probe for each in every_one):
        if failed := [each for each in every_one if each.probe == probe and each.wrong]:
            name, note = f"failed, {probe}" if probe else "queues left out", failed[0].wrong
            of = Figure(name=name, value=len(failed), unit="runs", budget=0, runs=len(failed), note=note)
            found.append(of if probe in PROBES else stated(name, len(failed), "runs", len(failed), note))
        for queue in QUEUES_MS:
            every = [each for each in seen if each.probe == probe and each.queue_ms == queue]
            found += _of_queue(probe, queue, every) if every else []
        idle = [
            abs(each.said_ms - each.witness_ms) for each in seen if each.probe == probe and not each.queue_ms
        ]
        if idle:
            name = f"invented or overlooked without a queue, {probe}"
            note = f"the worst; median {median(idle):.2f} ms"
            found.append(Figure(name=name, value=max(idle), unit="ms", budget=1.0, runs=len(idle), note=note))
    return found


def _of_queue(probe: str, queue: float, every: Sequence[Seen]) -> list[Figure]:
    errors = [each.error for each in every]
    rising = sum(each.still_rising for each in every)
    said = ", ".join(f"{each.direction} {each.said_ms:.0f} (ping {each.witness_ms:.0f})" for each in every)
    name = f"error on a queue of {queue:g} ms, {probe}"
    value = median([abs(error) for error in errors])
    note = said + (f"; still rising in {rising}" if rising else "")
    if probe not in PROBES:
        return [stated(name, value, "%", len(every), note), _filled(probe, queue, every)]
    judged = Figure(name=name, value=value, unit="%", budget=10.0, runs=len(every), note=note)
    return [judged, _filled(probe, queue, every)]


def _filled(probe: str, queue: float, every: Sequence[Seen]) -> Figure:
    """How much of the queue's depth was in use, in percent, as each of them saw it."""
    pinged, told = (
        100 * median([getattr(one, name) for one in every]) / queue for name in ("witness_ms", "said_ms")
    )
    full = [one.full_ms for one in every if one.full_ms is not None]
    at_most = f", {100 * median(full) / queue:.0f} % at its fullest" if full else ""
    note = f"by ping; the client said {told:.0f} %{at_most}"
    return stated(f"of a queue of {queue:g} ms in use, {probe}", pinged, "%", len(every), note)


def figures() -> list[Figure]:
    return summary([Seen(**each) for each in world.measured("bench.loaded")])


if __name__ == "__main__":
    world.tell(measured)
