"""Round-trip times to a host over TCP connects or HTTP requests, one after another on an idle line. Says which it was."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from readycheck.errors import Garbled, NetError, Silent
from readycheck.measure.statistics import median, percentile, rfc3550_jitter
from readycheck.measure.transport.connection import Connection, Tally, open_connection
from readycheck.measure.transport.endpoint import Endpoint, net_error
from readycheck.measure.transport.http1 import Head, request_head

GAP_S: Final = 0.05
_MOST_PAGE_BYTES: Final = 65_536
_CONNECT_BYTES: Final = 180  # SYN, SYN-ACK, ACK and the end of a connection, with IP headers


@dataclass(frozen=True, kw_only=True)
class Latency:
    """Round-trip times in ms of ``count`` answered probes; ``missed`` were not answered in their time."""

    rtt_ms: float
    least_ms: float
    p95_ms: float
    jitter_ms: float
    count: int
    missed: int
    bytes: int
    method: str


def at_once(_head: Head) -> float:
    """What a server that does not tell takes for an answer."""
    return 0.0


async def tcp_latency(endpoint: Endpoint, *, count: int = 10, timeout_s: float = 2.0) -> Latency:
    """Time from SYN to SYN-ACK of ``count`` connections. Raises the first NetError where none came about."""

    async def probe() -> float:
        family = socket.AF_INET6 if ":" in endpoint.address else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as sock:
            sock.setblocking(False)
            try:
                await asyncio.get_running_loop().sock_connect(sock, (endpoint.address, endpoint.port))
            except OSError as error:
                raise net_error(endpoint.where, error) from None
        return 0.0

    rtts, missed = await _series(endpoint, probe, count, timeout_s)
    return _latency(rtts, missed, len(rtts) * _CONNECT_BYTES, "TCP connection times")


async def http_latency(
    endpoint: Endpoint,
    path: str,
    *,
    count: int = 10,
    timeout_s: float = 2.0,
    served_ms: Callable[[Head], float] = at_once,
) -> Latency:
    """Time from a small GET to its answer on a kept connection. Raises NetError.

    ``served_ms`` reads from an answer's head the time that the server took itself, which is taken off; where it tells more than
    the whole took, or nothing, the server's time is included. A page of more than 64 kB is no small one, and nobody is asked for
    it again and again: Garbled.
    """
    tally = Tally()
    line: list[Connection] = []
    head = request_head("GET", path, endpoint.authority, headers=endpoint.headers)

    async def ready() -> None:
        if not line or line[-1].closed:
            line.append(await open_connection(endpoint, tally))

    async def probe() -> float:
        answer = await line[-1].exchange(head)
        if answer.body_bytes > _MOST_PAGE_BYTES:
            raise Garbled(endpoint.where, f"a page of {answer.body_bytes} bytes in place of a small one")
        return served_ms(answer.head)

    try:
        rtts, missed = await _series(endpoint, probe, count, timeout_s, ready)
    finally:
        for connection in line:
            connection.abort()
    return _latency(rtts, missed, tally.received + tally.sent, "HTTP request times on a kept connection")


async def _nothing() -> None:
    return None


async def _series(
    endpoint: Endpoint,
    probe: Callable[[], Awaitable[float]],
    count: int,
    timeout_s: float,
    ready: Callable[[], Awaitable[None]] = _nothing,
) -> tuple[list[float], int]:
    """Round-trip times in ms, less what each probe returns, and the number of probes without answer; two misses before any answer
    end it."""
    loop = asyncio.get_running_loop()
    rtts: list[float] = []
    missed = 0
    for _ in range(count):
        try:
            async with asyncio.timeout(timeout_s):
                await ready()
                started = loop.time()
                elsewhere_ms = await probe()
            took_ms = (loop.time() - started) * 1000
            rtts.append(took_ms - elsewhere_ms if 0 < elsewhere_ms < took_ms else took_ms)
        except (TimeoutError, NetError) as error:
            missed += 1
            if not rtts and missed >= min(2, count):
                raise error if isinstance(error, NetError) else Silent(endpoint.where) from None
        await asyncio.sleep(GAP_S)
    return rtts, missed


def _latency(rtts: list[float], missed: int, used: int, method: str) -> Latency:
    return Latency(
        rtt_ms=median(rtts),
        least_ms=min(rtts),
        p95_ms=percentile(rtts, 0.95),
        jitter_ms=rfc3550_jitter(rtts),
        count=len(rtts),
        missed=missed,
        bytes=used,
        method=method,
    )
