"""python -m bench.ours WHAT OPTIONS: one measurement by the measuring library, as JSON with the CPU time that it took.

OPTIONS is a JSON object: address, port, host, ca (a file; TLS then), path, and what the measurement itself takes.
"""

import asyncio
import json
import resource
import ssl
import sys
import time
from dataclasses import asdict, replace
from typing import Any

from readycheck.adapters.children import RealChildren
from readycheck.adapters.http import RealHttp
from readycheck.adapters.net import RealNet
from readycheck.api import Meter
from readycheck.measure.latency.idle import tcp_latency
from readycheck.measure.latency.probing import UdpEcho
from readycheck.measure.media.call import call
from readycheck.measure.media.directions import Direction
from readycheck.measure.packets.echo_session import echo_session
from readycheck.measure.providers.base import RateTold, SpeedPlan, Told, World
from readycheck.measure.providers.http import HttpSpeed
from readycheck.measure.providers.loading import PROBES_PER_S
from readycheck.measure.throughput.bulk import Limits, Throughput
from readycheck.measure.throughput.rates import download, upload
from readycheck.measure.throughput.stop_rule import Rule
from readycheck.measure.transport.endpoint import Endpoint
from readycheck_checks.calls.servers import SpeedServer, provider_of

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


async def _speed(endpoint: Endpoint, options: Options) -> dict[str, Any]:
    """One direction as the check `bandwidth` does it: the idle line, the load within ``bytes`` of data, probes beside it.

    ``echo_port``: the probes are those of a reflector there, while the load is the server's.
    """
    meter = Meter()
    net = RealNet(meter, context=endpoint.tls)
    world = World(net=net, http=RealHttp(net, meter), children=RealChildren())
    told: list[Told] = []
    down, up = (options["bytes"], 0) if options["direction"] == "down" else (0, options["bytes"])
    plan = SpeedPlan(down_bytes=down, up_bytes=up)
    provider = provider_of(SpeedServer(**options["server"]), lambda _: None)
    if port := options.get("echo_port"):
        assert isinstance(provider, HttpSpeed)
        async with echo_session(endpoint.address, port, count=1000, rate=PROBES_PER_S, size=64) as session:
            source = UdpEcho(session, rate=PROBES_PER_S)
            await provider.measure_beside(world, plan, told.append, (source,))
    else:
        await provider.measure(world, plan, told.append)
    rate = next(each for each in told if isinstance(each, RateTold))
    loaded = asdict(rate.loaded) if rate.loaded else None
    return _told(rate.rate) | {"loaded": loaded, "wall_offset_s": time.time() - time.monotonic()}


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


_MEASURES = {"download": _down, "upload": _up, "speed": _speed, "calls": _calls}


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1], json.loads(sys.argv[2])), default=str))
