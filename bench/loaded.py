"""Latency under load on queues of 50, 100 and 200 ms, beside a ping that runs at the same time, and what we invent where a load
fills no queue. Cloudflare's engine on the same queues, where it is there.

The queue is never quite full, for cubic empties a part of it each time it loses a packet. So the truth is what ping saw in the
same second, the last one of the load, without its climb; how deep the queue is stands beside it.
"""

import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bench import far_end, link_check, programs, world
from bench.figure import Figure, median, stated
from bench.links import DIRECTIONS, Direction, Link, Shape, laid
from bench.peers import ENGINE, WITH_ENGINE, WORDS
from readycheck.measure.latency.samples import Sample, answered, settled_since

QUEUES_MS: Final = (50.0, 100.0, 200.0)
DOWN_MBPS, UP_MBPS, RTT_MS = 50.0, 20.0, 20.0
TIMES: Final = 3
LAST_S, CLIMBED = 1.0, 0.85  # as LoadedLatency has it
PROBES: Final = ("echo", "stun", "http")
SLOW_PATH: Final = "/slow?bytes={bytes}"  # a server that sends less than the line carries


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One load: increases of the round-trip time in ms, as we say and as the witness saw. ``queue_ms`` 0: no queue."""

    queue_ms: float
    direction: Direction
    probe: str
    ours_ms: float
    witness_ms: float
    seconds: float
    still_rising: bool = False

    @property
    def error(self) -> float:
        """In percent of the truth."""
        return 100 * (self.ours_ms / self.witness_ms - 1)


def measured() -> Iterator[Seen]:
    for queue in QUEUES_MS:
        shape = Shape(down_mbps=DOWN_MBPS, up_mbps=UP_MBPS, rtt_ms=RTT_MS, queue_ms=queue)
        with laid(shape) as line:
            link_check.check(line)
            with far_end.web(line), far_end.reflector(line), far_end.coturn(line):
                for way in (*DIRECTIONS,) * TIMES:
                    yield from (_seen(line, way, probe, queue) for probe in PROBES)
                for way in DIRECTIONS:
                    yield from _engine(line, way, queue)
    with laid(Shape(down_mbps=100, up_mbps=100, rtt_ms=RTT_MS)) as line:
        link_check.check(line)
        with far_end.web(line), far_end.reflector(line), far_end.coturn(line):
            for _ in range(TIMES):
                yield from (_seen(line, "down", probe, 0.0, SLOW_PATH) for probe in PROBES)


def _seen(line: Link, way: Direction, probe: str, queue_ms: float, path: str = "") -> Seen:
    port = far_end.REFLECTOR if probe == "echo" else far_end.STUN
    usual = "/download?bytes={bytes}" if way == "down" else "/upload"
    asked = {"direction": way, "probe": probe, "udp_port": port, "path": path or usual}
    with Witness(line) as witness:
        said = programs.ours(line, "loaded", **asked, **programs.tls_options(True)).json
    ended = said["ended_s"] + said["wall_offset_s"]
    started = said["started_s"] + said["wall_offset_s"]
    loaded = said["loaded"]
    if loaded is None:
        raise programs.ProgramFailed("too few probes were answered")
    return Seen(
        queue_ms=queue_ms,
        direction=way,
        probe=probe,
        ours_ms=loaded["increase_ms"],
        witness_ms=witness.increase_ms(started, ended),
        seconds=said["seconds"],
        still_rising=loaded["still_rising"],
    )


def _engine(line: Link, way: Direction, queue_ms: float) -> Iterator[Seen]:
    """Cloudflare's own figure; its last load ends with its run, so that the witness's last loaded second is looked for."""
    if not ENGINE.exists():
        return
    with Witness(line) as witness:
        asked = (str(WITH_ENGINE), str(ENGINE.resolve()), f"http://{line.server_ip}", WORDS[way])
        ran = programs.run(line, "node", *asked)
    said = ran.json
    yield Seen(
        queue_ms=queue_ms,
        direction=way,
        probe="Cloudflare's engine",
        ours_ms=said["loaded_ms"] - said["idle_ms"],
        witness_ms=witness.highest_increase_ms(),
        seconds=ran.seconds,
    )


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

    def increase_ms(self, started: float, ended: float) -> float:
        """Median of the last second of the load without its climb, above the median before the load."""
        samples = [Sample(sent_s=at, rtt_ms=ms) for at, ms in self._times]
        window = settled_since(samples, max(started, ended - LAST_S), ended, low=CLIMBED)
        return median(answered(samples, window, ended)) - median(
            [ms for at, ms in self._times if at < started]
        )

    def highest_increase_ms(self) -> float:
        """Median of the second in which it was highest, above the least that was seen."""
        seconds: dict[int, list[float]] = {}
        for at, ms in self._times:
            seconds.setdefault(int(at), []).append(ms)
        return max(median(each) for each in seconds.values()) - min(ms for _, ms in self._times)


def summary(seen: Sequence[Seen]) -> list[Figure]:
    found: list[Figure] = []
    for probe in dict.fromkeys(each.probe for each in seen):
        for queue in QUEUES_MS:
            every = [each for each in seen if each.probe == probe and each.queue_ms == queue]
            found += _of_queue(probe, queue, every) if every else []
        idle = [each.ours_ms - each.witness_ms for each in seen if each.probe == probe and not each.queue_ms]
        if idle:
            found.append(
                Figure(
                    name=f"invented without a queue, {probe}",
                    value=median(idle),
                    unit="ms",
                    budget=1.0,
                    runs=len(idle),
                    note=f"median; worst {max(idle, key=abs):+.2f} ms",
                )
            )
    return found


def _of_queue(probe: str, queue: float, every: Sequence[Seen]) -> list[Figure]:
    errors = [each.error for each in every]
    rising = sum(each.still_rising for each in every)
    said = ", ".join(f"{each.direction} {each.ours_ms:.0f} (ping {each.witness_ms:.0f})" for each in every)
    filled = median([100 * each.witness_ms / queue for each in every])
    note = f"{said}; ping saw {filled:.0f} % of the queue" + (f"; still rising in {rising}" if rising else "")
    name = f"error on a queue of {queue:g} ms, {probe}"
    value = median([abs(error) for error in errors])
    if probe in PROBES:
        return [Figure(name=name, value=value, unit="%", budget=10.0, runs=len(every), note=note)]
    return [stated(name, value, "%", len(every), note)]


def figures() -> list[Figure]:
    return summary([Seen(**each) for each in world.measured("bench.loaded")])


if __name__ == "__main__":
    world.tell(measured)
