"""Loads of an emulated line (bench/links.py) with probes beside them, as JSON: what the test of accuracy runs in a private world.

python -m tests.unit.measure.latency.on_a_link QUEUE_MS

Beside each load ping looks at the same line: what its queue held then, on a machine that may do other work meanwhile. All of it
goes before that work, as the delay of the line does: a probe that waits for the processor shows nothing of the queue.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from bench import far_end
from bench.links import REAL_TIME, Link, Shape, laid
from readycheck.measure.latency.loaded import loaded_latency
from readycheck.measure.latency.probing import Prober, Source, StunServer, UdpEcho, idle_probes, probing
from readycheck.measure.packets.echo_session import echo_session
from readycheck.measure.statistics import median, percentile
from readycheck.measure.throughput.allowance import Limits
from readycheck.measure.throughput.bulk import Throughput
from readycheck.measure.throughput.rates import download, upload
from readycheck.measure.transport.endpoint import Endpoint

LIMITS = Limits(max_bytes=100_000_000, max_seconds=8.0, hold_bytes=100_000_000)
PING = (*REAL_TIME, "ping", "-n", "-D", "-i", "0.01")
PING_SAYS = re.compile(r"^\[([0-9.]+)\].* time=([0-9.]+) ms", re.MULTILINE)
Pings = list[tuple[float, float]]
"""When each left, on the clock of time.monotonic(), and its round-trip time in ms."""


async def loads(line: Link) -> list[dict[str, Any]]:
    ip, port = line.server_ip, far_end.REFLECTOR
    endpoint = Endpoint(address=ip, port=port, host=far_end.NAME)
    async with echo_session(ip, port, count=5_000, rate=100, size=100) as session:
        return [
            await load(source, endpoint, way)
            for source in (UdpEcho(session), StunServer(ip, port, padded_to=100))
            for way in ("down", "up")
        ]


@contextmanager
def pinged(ip: str, pings: Pings) -> Iterator[None]:
    """``pings`` is filled at the end."""
    ahead_s = time.time() - time.monotonic()
    with subprocess.Popen((*PING, ip), stdout=subprocess.PIPE, text=True) as ping:
        try:
            yield
        finally:
            ping.terminate()
            said, _ = ping.communicate()
    for came, ms in PING_SAYS.findall(said):
        pings.append((float(came) - ahead_s - float(ms) / 1000, float(ms)))


def what_ping_saw(pings: Pings, started_s: float, since_s: float, ended_s: float) -> float:
    """What the queue held when it was full: the figure ``full_ms`` of LoadedLatency, of the same time."""
    idle = [ms for left, ms in pings if left < started_s]
    loaded = [ms for left, ms in pings if since_s <= left < ended_s]
    return percentile(loaded, 0.95) - median(idle)


async def load(source: Source, endpoint: Endpoint, way: str) -> dict[str, Any]:
    pings: Pings = []
    with pinged(endpoint.address, pings):
        idle = await idle_probes(source)
        rate, prober = await loaded(source, endpoint, way)
    found = loaded_latency(
        idle.samples(),
        prober.samples(),
        started_s=rate.started_s,
        ended_s=rate.ended_s,
        method=prober.method,
        congestion_control=rate.congestion_control,
    )
    await asyncio.sleep(0.3)  # the queue empties before the next look at the idle line
    if found is None:
        return {"way": way}
    seen = what_ping_saw(pings, rate.started_s, found.since_s, rate.ended_s)
    return {"way": way, "seconds": rate.seconds, "pinged_ms": seen, **asdict(found)}


async def loaded(source: Source, endpoint: Endpoint, way: str) -> tuple[Throughput, Prober]:
    async with probing(source) as prober:
        if way == "down":
            rate = await download(endpoint, "/down?bytes={bytes}", limits=LIMITS, hold=prober.rising)
        else:
            rate = await upload(endpoint, "/up", limits=LIMITS, hold=prober.rising)
    return rate, prober


def main(queue_ms: float) -> list[dict[str, Any]]:
    os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(10))
    shape = Shape(down_mbps=50.0, up_mbps=10.0, rtt_ms=20.0, queue_ms=queue_ms)
    with (
        laid(shape) as line,
        far_end.reflector(line, tls=False),
        line.client.entered(),
    ):
        return asyncio.run(loads(line))


if __name__ == "__main__":
    print(json.dumps(main(float(sys.argv[1]))))
