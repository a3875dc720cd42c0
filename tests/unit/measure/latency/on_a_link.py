"""Loads of an emulated line (bench/links.py) with probes beside them, as JSON: what the test of accuracy runs in a private world.

python -m tests.unit.measure.latency.on_a_link QUEUE_MS
"""

import asyncio
import json
import sys
from dataclasses import asdict
from typing import Any

from bench import far_end
from bench.links import Link, Shape, laid
from readycheck.measure.latency.loaded import loaded_latency
from readycheck.measure.latency.probing import Source, StunServer, UdpEcho, idle_probes, probing
from readycheck.measure.packets.echo_session import echo_session
from readycheck.measure.throughput.allowance import Limits
from readycheck.measure.throughput.rates import download, upload
from readycheck.measure.transport.endpoint import Endpoint

LIMITS = Limits(max_bytes=100_000_000, max_seconds=8.0, hold_bytes=100_000_000)


async def loads(line: Link) -> list[dict[str, Any]]:
    ip, port = line.server_ip, far_end.REFLECTOR
    endpoint = Endpoint(address=ip, port=port, host=far_end.NAME)
    async with echo_session(ip, port, count=5_000, rate=100, size=100) as session:
        return [
            await load(source, endpoint, way)
            for source in (UdpEcho(session), StunServer(ip, port, padded_to=100))
            for way in ("down", "up")
        ]


async def load(source: Source, endpoint: Endpoint, way: str) -> dict[str, Any]:
    idle = await idle_probes(source)
    async with probing(source) as prober:
        if way == "down":
            rate = await download(endpoint, "/down?bytes={bytes}", limits=LIMITS, hold=prober.rising)
        else:
            rate = await upload(endpoint, "/up", limits=LIMITS, hold=prober.rising)
    found = loaded_latency(
        idle.samples(),
        prober.samples(),
        started_s=rate.started_s,
        ended_s=rate.ended_s,
        method=prober.method,
        congestion_control=rate.congestion_control,
    )
    await asyncio.sleep(0.3)  # the queue empties before the next look at the idle line
    return {"way": way, "seconds": rate.seconds, **(asdict(found) if found else {})}


def main(queue_ms: float) -> list[dict[str, Any]]:
    shape = Shape(down_mbps=50.0, up_mbps=10.0, rtt_ms=20.0, queue_ms=queue_ms)
    with (
        laid(shape) as line,
        far_end.reflector(line, tls=False),
        line.client.entered(),
    ):
        return asyncio.run(loads(line))


if __name__ == "__main__":
    print(json.dumps(main(float(sys.argv[1]))))
