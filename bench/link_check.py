"""Whether a link is what it was set to be: its round-trip time by ping, its rates by iperf3. Trims the delay, then judges.

On a line with jitter the mean round-trip time is judged; the delay cannot be trimmed by it.
"""

import json
import random
import re
import statistics
import subprocess
import time
from collections.abc import Iterator
from typing import Final

from bench.links import DIRECTIONS, FRAME_BYTES, PAYLOAD_BYTES, Direction, Link, NotEmulated
from readycheck.measure.statistics import median
from tests.lab.hosts import Host, HostError

TOLERANCE: Final = 0.01
LEAST_MS: Final = 0.1  # what ping itself and a busy machine cost; below 10 ms this is more than 1 %
PINGS: Final = 40
PINGS_OF_JITTER: Final = 200
PING_EVERY_S: Final = 0.02
DATAGRAM_BYTES: Final = FRAME_BYTES - 14 - 20 - 8
FAST_MBPS: Final = 200
_ROUNDS: Final = 3
_SECONDS: Final = 2
_SECONDS_TCP: Final = 4
_LAST_TCP: Final = 8
_EVERY_S: Final = 0.25


def check(line: Link) -> None:
    """Raises NotEmulated where a rate or the round-trip time is off by more than 1 % (0.1 ms below 10 ms), after ``_ROUNDS``
    looks each. Loss is not looked at."""
    trim(line)
    check_rates(line)


def check_rates(line: Link) -> None:
    """Raises NotEmulated likewise."""
    for direction in DIRECTIONS:
        if line.shape.mbps(direction):
            _check_rate(line, direction)


def trim(line: Link) -> None:
    """Take what the machine itself costs off the delay, so that ping sees the round-trip time that was set: the median, and with
    jitter the mean, as far as chance lets so few packets tell it. Raises NotEmulated where it does not. Looks at no rate."""
    if not line.shape.rtt_ms:
        return None
    if line.shape.jitter_ms:
        return _check_mean(line)
    wanted = delay = line.shape.rtt_ms
    off = 0.0
    for _ in range(_ROUNDS):
        off = rtt_ms(line) - wanted
        if abs(off) <= max(TOLERANCE * wanted, LEAST_MS) / 2:
            return None
        delay = max(0.0, delay - off)
        line.set_delay(delay / 2, delay / 2)
    if abs(off := rtt_ms(line) - wanted) > max(TOLERANCE * wanted, LEAST_MS):
        raise NotEmulated(f"round-trip time {wanted:g} ms: measured {wanted + off:.2f} ms")
    return None


def _check_mean(line: Link) -> None:
    """Of two-way delays that differ by chance: within 1 % and four standard errors: for less, pings would take minutes."""
    wanted = line.shape.rtt_ms + _jitter_mean_ms(line.shape.jitter_ms)
    for _ in range(_ROUNDS):
        times = rtts_ms(line, PINGS_OF_JITTER)
        chance = 4 * statistics.pstdev(times) / len(times) ** 0.5
        if abs(off := statistics.fmean(times) - wanted) <= TOLERANCE * wanted + chance:
            return
    raise NotEmulated(f"mean round-trip time {wanted:.1f} ms with jitter: measured {wanted + off:.1f} ms")


def _jitter_mean_ms(jitter_ms: float) -> float:
    """What jitter adds to a round trip on the mean: half of it each way, and more where it holds up those that come after."""
    return statistics.fmean(late for _, late in delays_ms(jitter_ms, 1000 * PING_EVERY_S, 20_000))


def delays_ms(jitter_ms: float, apart_ms: float, count: int) -> Iterator[tuple[float, float]]:
    """How late packets that leave so far apart are, at the far end and back again, on a line with this jitter (pure, seeded)."""
    chance = random.Random(20)
    there = here = 0.0
    for number in range(count):
        left = number * apart_ms
        there = max(there, left + chance.uniform(0, jitter_ms))
        here = max(here, there + chance.uniform(0, jitter_ms))
        yield there - left, here - left


def rtt_ms(line: Link, pings: int = PINGS) -> float:
    """Median of what ping says."""
    return median(rtts_ms(line, pings))


def rtts_ms(line: Link, pings: int) -> list[float]:
    asked = ("ping", "-n", "-c", str(pings), "-i", str(PING_EVERY_S), "-W", "2", line.server_ip)
    said = line.client.run(*asked).stdout
    times = [float(each) for each in re.findall(r"time=([0-9.]+)", said)]
    if not times:
        raise NotEmulated("nothing comes back")
    return times


def _check_rate(line: Link, direction: Direction) -> None:
    wanted = line.shape.mbps(direction)
    for _ in range(_ROUNDS):
        measured = wire_mbps(line, direction)
        if abs(measured / wanted - 1) <= TOLERANCE:
            return
    raise NotEmulated(f"{direction} {wanted:g} Mbit/s: measured {measured:.2f} Mbit/s on the wire")


def wire_mbps(line: Link, direction: Direction) -> float:
    """Rate on the wire, from what iperf3 receives: datagrams, so many that a sender that is late still fills the line.

    On fast lines four TCP connections: datagrams do not travel in bundles, and cost less than segments and their answers.
    """
    near, far, ip = (
        (line.client, line.server, line.server_ip)
        if direction == "down"
        else (line.server, line.client, line.client_ip)
    )
    sender = far.popen("iperf3", "-s", "-1", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        if line.shape.mbps(direction) >= FAST_MBPS:
            intervals = _received(near, ip, "-P", "4", "-t", str(_SECONDS_TCP))[-_LAST_TCP:]
            return statistics.mean(intervals) * FRAME_BYTES / PAYLOAD_BYTES[4]
        rate = f"{line.shape.mbps(direction) * 1.3:.3f}M"
        datagrams = ("-u", "-b", rate, "-l", str(DATAGRAM_BYTES), "-t", str(_SECONDS))
        intervals = _received(near, ip, *datagrams)[
            2:-1
        ]  # the first ones fill the queue, the last may be a stub
        return statistics.mean(intervals) * FRAME_BYTES / DATAGRAM_BYTES
    except statistics.StatisticsError:  # not one interval
        return 0.0
    finally:
        sender.kill()
        sender.wait(5)


def _received(near: Host, ip: str, *asked: str) -> list[float]:
    """What iperf3 on this host receives, in Mbit/s, a quarter of a second each."""
    until = time.monotonic() + 5
    while True:
        try:
            done = near.run(
                "iperf3", "-c", ip, "-R", *asked, "-i", str(_EVERY_S), "-J", timeout_s=_SECONDS_TCP + 20
            )
        except HostError:  # the other end does not listen yet
            if time.monotonic() > until:
                raise
            time.sleep(0.05)
        else:
            said = json.loads(done.stdout)["intervals"]
            return [each["sum"]["bytes"] * 8e-6 / each["sum"]["seconds"] for each in said]
