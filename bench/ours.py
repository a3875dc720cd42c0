"""python -m bench.ours WHAT OPTIONS: one measurement by the measuring library, as JSON with the CPU time that it took.

OPTIONS is a JSON object: address, port, host, ca (a file; TLS then), path, and what the measurement itself takes.
"""

import asyncio
import json
import resource
import ssl
import sys
import time
from contextlib import AsyncExitStack
from dataclasses import asdict, replace
from typing import Any

from readycheck.measure.latency.http_probes import HttpServer
from readycheck.measure.latency.idle import tcp_latency
from readycheck.measure.latency.loaded import loaded_latency
from readycheck.measure.latency.probing import Source, StunServer, UdpEcho, idle_probes, probing
from readycheck.measure.media.call import call
from readycheck.measure.media.directions import Direction
from readycheck.measure.packets.echo_session import echo_session
from readycheck.measure.throughput.bulk import Limits, Throughput
from readycheck.measure.throughput.rates import download, upload
from readycheck.measure.throughput.stop_rule import Rule
from readycheck.measure.transport.endpoint import Endpoint

Options = dict[str, Any]


def main(what: str, options: Options) -> dict[str, Any]:
    endpoint = _endpoint(options)
    started, cpu = time.monotonic(), _cpu_s()
    result = asyncio.run(_MEASURES[what](endpoint, options))
    return result | {"seconds_all": time.monotonic() - started, "cpu_measuring_s": _cpu_s() - cpu}


async def _down(endpoint: Endpoint, options: Options) -> dict[str, Any]:
    path = options.get("path", "/download?bytes={bytes}")
    return _told(await download(endpoint, path, limits=await _limits(endpoint, options)))


async def _up(endpoint: Endpoint, options: Options) -> dict[str, Any]:
    return _told(
        await upload(endpoint, options.get("path", "/upload"), limits=await _limits(endpoint, options))
    )


async def _loaded(endpoint: Endpoint, options: Options) -> dict[str, Any]:
    """A load in ``direction``, with probes before and during it: ``probe`` is echo (a reflector), stun, or http."""
    async with AsyncExitStack() as stack:
        source = await _source(stack, endpoint, options)
        idle = await idle_probes(source)
        async with probing(source) as prober:
            way, path = options["direction"], options["path"]
            limits = await _limits(endpoint, options)
            load = download if way == "down" else upload
            result = await load(endpoint, path, limits=limits, hold=prober.rising)
    loaded = loaded_latency(
        idle.samples(),
        prober.samples(),
        started_s=result.started_s,
        ended_s=result.ended_s,
        method=source.method,
        congestion_control=result.congestion_control,
    )
    told = {"loaded": asdict(loaded) if loaded else None, "wall_offset_s": time.time() - time.monotonic()}
    return _told(result) | told


async def _source(stack: AsyncExitStack, endpoint: Endpoint, options: Options) -> Source:
    match options["probe"]:
        case "echo":
            session = echo_session(endpoint.address, options["udp_port"], count=2000, rate=100, size=64)
            return UdpEcho(await stack.enter_async_context(session))
        case "stun":
            return StunServer(endpoint.address, options["udp_port"])
        case _:
            return HttpServer(endpoint, "/ping")


async def _calls(endpoint: Endpoint, options: Options) -> dict[str, Any]:
    """``times`` calls of ``seconds`` to a reflector, one after another."""
    made = []
    for _ in range(options["times"]):
        one = await call(endpoint.address, options["udp_port"], seconds=options["seconds"])
        ways = {name: _way(way) for name, way in (("up", one.up), ("down", one.down))}
        made.append(ways | {"rtts_ms": one.round_trip.rtts_ms})
    return {"calls": made}


def _way(way: Direction) -> dict[str, Any]:
    return {"loss": asdict(way.loss), "jitter": asdict(way.jitter_ms) if way.jitter_ms else None}


async def _limits(endpoint: Endpoint, options: Options) -> Limits:
    """As a check does it: the idle line first, for its round-trip time. ``forever``: never stop for having seen enough."""
    rtt = (await tcp_latency(endpoint, count=3)).rtt_ms / 1000
    given = {name: options[name] for name in ("max_bytes", "max_seconds", "connections") if name in options}
    limits = Limits(rtt_s=rtt, **given)
    return replace(limits, rule=Rule(target=0.0, cap_s=60.0)) if options.get("forever") else limits


def _told(result: Throughput) -> dict[str, Any]:
    told = asdict(result)
    told["high"] = None if result.is_floor else result.high
    return told


def _endpoint(options: Options) -> Endpoint:
    tls = ssl.create_default_context(cafile=options["ca"]) if options.get("ca") else None
    return Endpoint(address=options["address"], port=options["port"], host=options["host"], tls=tls)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


_MEASURES = {"download": _down, "upload": _up, "loaded": _loaded, "calls": _calls}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], json.loads(sys.argv[2])), default=str))
