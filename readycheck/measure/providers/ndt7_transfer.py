"""One direction of ndt7 over one WebSocket (specification 0.11). Download: bytes that arrive. Upload: what the server counted.

The messages grow as the specification advises, so that neither slow nor fast lines wait for whole messages.
"""

import asyncio
import contextlib
import json
import os
import socket
from collections.abc import AsyncIterator
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, ProxyError
from websockets.typing import Subprotocol

from readycheck.errors import Closed, Garbled, NetError, Refused, Silent, Where
from readycheck.measure.providers.base import Direction, World
from readycheck.measure.providers.counting import TOLD_NOW_AND_THEN, Count, Points, rate_of
from readycheck.measure.providers.place import endpoint, place
from readycheck.measure.throughput.allowance import Limits, on_the_wire
from readycheck.measure.throughput.bulk import Hold, Progress, Throughput
from readycheck.measure.transport.endpoint import net_error
from readycheck.text import clean

PROTOCOL: Final = Subprotocol("net.measurementlab.ndt.v7")
CONNECT_S: Final = 6.0
LEAVE_S: Final = 1.0
_LEAST_MESSAGE: Final = 1 << 13
_MOST_MESSAGE: Final = 1 << 20
_LARGEST: Final = 1 << 24  # the specification's limit for what a server may send
_LATER_BY: Final = 16  # a message is at most this part of what was sent before
_WITH_FRAMES: Final = 1.02
_HANDSHAKE_BYTES: Final = 16_384
_KEPT_UNSENT: Final = 131_072
_NOISE: Final = os.urandom(_MOST_MESSAGE)
_SCHEMES: Final = ("wss", "ws")


class _OnlyThere(connect):
    """A server that sends us on to another is none that this profile names: its redirect is an answer like any other."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


class _Counting(ClientConnection):
    """Counts what arrives, as it arrives: a message is whole long after its first byte."""

    arrived = 0

    def data_received(self, data: bytes) -> None:
        self.arrived += len(data)
        super().data_received(data)


async def transfer(
    world: World, url: str, direction: Direction, limits: Limits, progress: Progress, hold: Hold
) -> Throughput:
    """The rate of this direction; ``hold`` as in download(). ``world.spent`` hears the bytes used. Raises NetError."""
    there = place(url, _SCHEMES)
    where = Where(host=there.host, port=there.port)
    async with _connected(world, url, where) as line:
        moved = _Download(line) if direction == "download" else _Upload(line)
        work = asyncio.ensure_future(_mapped(moved.run(), where))
        try:
            return await rate_of(moved.count, work, limits, progress, hold, where)
        finally:
            world.spent(moved.used())
            line.transport.abort()  # what is on its way is not wanted any more, either way
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)


@contextlib.asynccontextmanager
async def _connected(world: World, url: str, where: Where) -> AsyncIterator[_Counting]:
    there, _ = await endpoint(world, url)
    if there.proxy is None:
        way: dict[str, Any] = {"host": there.address, "port": there.port, "proxy": None}
    else:
        way = {"proxy": f"http://{_literal(there.proxy.address)}:{there.proxy.port}"}
    if there.tls is not None:
        way |= {"ssl": there.tls, "server_hostname": there.host}
    line = await _mapped(
        _OnlyThere(
            _with_name(url),
            subprotocols=[PROTOCOL],
            compression=None,
            user_agent_header="readycheck",
            open_timeout=CONNECT_S,
            close_timeout=0.1,
            ping_interval=None,
            max_size=_LARGEST,
            max_queue=4,
            create_connection=_Counting,
            **way,
        ),
        where,
    )
    assert isinstance(line, _Counting)
    _keep_little_unsent(line.transport.get_extra_info("socket"))
    try:
        if line.subprotocol != PROTOCOL:
            raise Garbled(where, "it does not speak ndt7")
        yield line
    finally:
        line.transport.abort()
        with contextlib.suppress(TimeoutError):  # it is gone as far as this computer can end it
            async with asyncio.timeout(LEAVE_S):
                await line.wait_closed()


def _keep_little_unsent(sock: Any) -> None:
    """What waits in the kernel was handed over and is not on its way: it would be counted as used data."""
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    if option is not None and sock is not None:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, option, _KEPT_UNSENT)


def _literal(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _with_name(url: str) -> str:
    """The specification asks clients to name themselves, and servers keep what stands in the query: no more than the name."""
    return f"{url}{'&' if '?' in url else '?'}client_name=readycheck"


async def _mapped(talk: Any, where: Where) -> Any:
    """``talk``, with everything that can go wrong as a NetError. The server's own end of a test is its normal end."""
    try:
        return await talk
    except NetError:
        raise
    except ConnectionClosed as closed:
        if closed.rcvd is None or closed.rcvd.code != 1000:
            raise Closed(where, clean(closed)) from None
    except TimeoutError:
        raise Silent(where) from None
    except ProxyError as bad:
        raise Refused(where, f"the proxy: {clean(bad)}") from None
    except InvalidHandshake as bad:
        raise Garbled(where, clean(bad)) from None
    except OSError as error:
        raise net_error(where, error) from None


class _Download:
    def __init__(self, line: _Counting) -> None:
        self._line = line
        self._before = line.arrived
        self._loop = asyncio.get_running_loop()
        self._started = self._loop.time()
        self._points: list[tuple[float, float]] = [(0.0, 0.0)]
        self.count = Count(
            points=self._seen, used=self.used, method="ndt7 download, bytes received, one connection"
        )

    async def run(self) -> None:
        async for _message in self._line:  # payload and the server's measurements alike: only the bytes count
            await asyncio.sleep(0)

    def used(self) -> int:
        return on_the_wire(self._line.arrived)

    def _seen(self) -> Points:
        self._points.append((self._loop.time() - self._started, float(self._line.arrived - self._before)))
        return self._points


class _Upload:
    def __init__(self, line: _Counting) -> None:
        self._line = line
        self._sent = 0
        self._points: list[tuple[float, float]] = [(0.0, 0.0)]
        self.count = Count(
            points=lambda: self._points,
            used=self.used,
            method="ndt7 upload, bytes counted by the server, one connection",
            rule=TOLD_NOW_AND_THEN,
        )

    async def run(self) -> None:
        hearing = asyncio.ensure_future(self._hear())
        try:
            await self._send()
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)

    async def _send(self) -> None:
        size = _LEAST_MESSAGE
        while True:
            await self._line.send(_NOISE[:size])
            self._sent += size
            if size < _MOST_MESSAGE and size < self._sent // _LATER_BY:
                size *= 2

    async def _hear(self) -> None:
        async for message in self._line:
            if isinstance(message, str):
                point = counted(message)
                if point is not None and self._follows(point):
                    self._points.append(point)

    def _follows(self, point: tuple[float, float]) -> bool:
        """Later than the last, and no more than was sent with what TLS and frames add: anything else is no count of ours."""
        later = point[0] > self._points[-1][0] and point[1] >= self._points[-1][1]
        return later and point[1] <= self._sent * _WITH_FRAMES + _HANDSHAKE_BYTES

    def used(self) -> int:
        return on_the_wire(self._sent + self._line.arrived)


def counted(message: str) -> tuple[float, float] | None:
    """Seconds and bytes received so far from one of the server's measurements; None where it holds neither.

    The kernel's count (TCPInfo) is preferred to the program's (AppInfo), which waits for whole messages.
    """
    try:
        told = json.loads(message)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    for part, key in (("TCPInfo", "BytesReceived"), ("AppInfo", "NumBytes")):
        values = told.get(part)
        if isinstance(values, dict):
            elapsed_us, count = _count(values.get("ElapsedTime")), _count(values.get(key))
            if elapsed_us and count:
                return elapsed_us / 1e6, float(count)
    return None


def _count(value: object) -> int:
    """0 for what is no count."""
    sound = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 1 << 53
    return value if sound and isinstance(value, int) else 0
