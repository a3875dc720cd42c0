"""Measures the line through the provider that the profile chose, and tells what it used. Judges nothing."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from readycheck.api import Context
from readycheck.measure.latency.idle import Latency, http_latency, tcp_latency
from readycheck.measure.throughput.bulk import LEAST_BYTES, Limits, Throughput
from readycheck.measure.throughput.rates import download, upload
from readycheck.measure.transport.endpoint import Endpoint

QUICK_BYTES: Final = 2_000_000  # leaves room for the other checks of a quick run, which stays below 3 MB
DOWN_SHARE: Final = 0.65
LEGACY_LOW: Final = 0.75  # speedtest-cli's counting was off by -10 to +18 % on links of known rate
LEGACY_HIGH: Final = 1.25
LEGACY_SETTLED_S: Final = 1.5
_CHILD: Final = "readycheck_checks.speedtest_child:measure"
ANYWHERE: Final = "192.0.2.1"  # RFC 5737: the way there is the way to everything; nothing is sent to it

Heard = Callable[[float, float], None]


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a URL leads: host and port to connect to, and the path to ask for. ``is_tls`` for https."""

    host: str
    port: int
    path: str
    is_tls: bool


def place(url: str) -> Place:
    """Take apart an http or https URL; ``{bytes}`` and ``{mib}`` in it stay. Raises ValueError for anything else."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f'"{url}" is no http or https URL')
    if not url.isascii() or any(character.isspace() for character in url):
        raise ValueError(f'"{url}" holds a character that a URL cannot have')
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    is_tls = parts.scheme == "https"
    return Place(host=parts.hostname, port=parts.port or (443 if is_tls else 80), path=path, is_tls=is_tls)


@dataclass(frozen=True, kw_only=True)
class Budget:
    """Bytes for each direction."""

    down: int
    up: int

    @property
    def enough(self) -> bool:
        return min(self.down, self.up) >= 2 * LEAST_BYTES


def budget(ctx: Context, most_bytes: int) -> Budget:
    """What may be used: the check's own plan, the quick plan, and what is left of the run, whichever is least."""
    planned = min(most_bytes, QUICK_BYTES) if ctx.quick else most_bytes
    left = planned if ctx.meter.left is None else min(planned, ctx.meter.left)
    down = int(left * DOWN_SHARE)
    return Budget(down=down, up=left - down)


async def connected(ctx: Context, url: str) -> tuple[Endpoint, str]:
    """The endpoint for this URL, at the address that answered first, and the path. Raises NetError."""
    where = place(url)
    answer = await ctx.net.tcp(where.host, where.port)
    tls: ssl.SSLContext | None = ctx.net.ssl_context() if where.is_tls else None
    return Endpoint(address=answer.address, port=where.port, host=where.host, tls=tls), where.path


async def idle_latency(ctx: Context, url: str, ping_url: str) -> Latency:
    """Over HTTP where the profile names a page for it, else TCP connection times to the speed server. Raises NetError."""
    endpoint, path = await connected(ctx, ping_url or url)
    found = await (http_latency(endpoint, path) if ping_url else tcp_latency(endpoint))
    ctx.meter.add(found.bytes)
    return found


async def http_download(
    ctx: Context, url: str, max_bytes: int, rtt_ms: float, heard: Heard | None = None
) -> Throughput:
    """Raises NetError."""
    endpoint, path = await connected(ctx, url)
    limits = Limits(max_bytes=max_bytes, rtt_s=rtt_ms / 1000)
    return await download(endpoint, path, limits=limits, progress=heard, spent=ctx.meter.add)


async def http_upload(
    ctx: Context, url: str, max_bytes: int, rtt_ms: float, heard: Heard | None = None
) -> Throughput:
    """Raises NetError."""
    endpoint, path = await connected(ctx, url)
    limits = Limits(max_bytes=max_bytes, rtt_s=rtt_ms / 1000)
    return await upload(endpoint, path, limits=limits, progress=heard, spent=ctx.meter.add)


@dataclass(frozen=True, kw_only=True)
class LegacyResult:
    """What speedtest.net's old method told; ``server`` as it names itself."""

    ping_ms: float
    down: Throughput
    up: Throughput
    server: str


async def speedtest_net(
    ctx: Context, spend: Budget, mini_url: str, timeout_s: float, heard: Callable[[str, float | None], None]
) -> LegacyResult:
    """speedtest-cli in a child process. Raises ChildTimeout, ChildFailed (its text says what went wrong)."""
    request = {
        "down_bytes": spend.down,
        "up_bytes": spend.up,
        "mini_url": mini_url,
        "seconds": 4 if ctx.quick else 8,
        "ipv4": not mini_url and ctx.net.source_address(ANYWHERE) is not None,
    }
    answer = await ctx.children.call(_CHILD, request, timeout_s=timeout_s, progress=heard)
    ctx.meter.add(int(answer["down"]["bytes"]) + int(answer["up"]["bytes"]))
    return LegacyResult(
        ping_ms=float(answer["ping_ms"]),
        down=_legacy_rate(answer["down"]),
        up=_legacy_rate(answer["up"]),
        server=str(answer["server"]),
    )


def _legacy_rate(told: Mapping[str, Any]) -> Throughput:
    """Its rate with the bounds that its errors on known links suggest; a short run is a floor only."""
    rate, seconds = float(told["bits_per_s"]), float(told["seconds"])
    settled = seconds >= LEGACY_SETTLED_S
    return Throughput(
        bits_per_s=rate,
        low=rate * LEGACY_LOW,
        high=rate * LEGACY_HIGH if settled else float("inf"),
        converged=settled,
        seconds=seconds,
        bytes=int(told["bytes"]),
        connections=int(told["connections"]),
        method="speedtest.net through speedtest-cli, legacy method",
        stopped_by="rule" if settled else "data",
    )
