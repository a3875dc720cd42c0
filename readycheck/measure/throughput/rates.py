"""Download and upload rates over HTTP/1.1, several connections at once. Counts what arrived, never what was handed to a socket.

Download: bytes received. Upload: bytes that the other end acknowledged (TCP_INFO, Linux), elsewhere completed requests. The rate
is goodput: payload of TCP, without headers of TCP, IP and the link. Reports no rate that the server did not take part in.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from readycheck.errors import Garbled
from readycheck.measure.throughput.bulk import (
    LEAST_BYTES,
    OBJECT_BYTES,
    Bulk,
    Limits,
    Progress,
    Throughput,
)
from readycheck.measure.transport.connection import Connection
from readycheck.measure.transport.endpoint import Endpoint
from readycheck.measure.transport.http1 import request_head

USUAL: Final = Limits()
_PIECE_BYTES: Final = 16_384


async def download(
    endpoint: Endpoint,
    path: str,
    *,
    limits: Limits = USUAL,
    progress: Progress | None = None,
    spent: Callable[[int], None] | None = None,
) -> Throughput:
    """Measure what arrives from GET ``path``, repeated as long as needed.

    In ``path``, ``{bytes}`` and ``{mib}`` (LibreSpeed's ckSize, mebibytes) stand for the size to ask for, so that no more than
    the budget is on its way; without them the server decides. ``progress`` hears (fraction 0..1, rate so far in bit/s);
    ``spent`` hears the bytes used once, at the end, however it ends.
    Raises NetError: Garbled for any answer but data (status not 2xx, a web page, less than 100 kB), Closed, Refused, Silent,
    NoRoute, TlsFailed; ValueError for a budget below 200 kB.
    """
    return await _Download(endpoint, path, limits).run(progress, spent)


async def upload(
    endpoint: Endpoint,
    path: str,
    *,
    limits: Limits = USUAL,
    progress: Progress | None = None,
    spent: Callable[[int], None] | None = None,
    count_acknowledged: bool = True,
) -> Throughput:
    """Measure what the other end acknowledges of POSTs of random bytes to ``path``; a small one must be answered 2xx first.

    ``count_acknowledged=False``, and systems without TCP_INFO, count completed requests instead (coarser, wider bounds).
    Raises as download() does.
    """
    return await _Upload(endpoint, path, limits, count_acknowledged).run(progress, spent)


class _Download(Bulk):
    method = "HTTP download, bytes received"

    def __init__(self, endpoint: Endpoint, path: str, limits: Limits) -> None:
        whole_mebibytes = "{mib}" in path and "{bytes}" not in path
        most = max(1, limits.max_bytes >> 20) if whole_mebibytes else limits.connections
        super().__init__(endpoint, path, replace(limits, connections=min(limits.connections, most)))

    def counted(self) -> int:
        return self.tally.received

    async def transfer(self, connection: Connection, size: int) -> int:
        path = self.path.replace("{bytes}", str(size)).replace("{mib}", str(max(1, size >> 20)))
        head = request_head("GET", path, self.endpoint.authority)
        moved = (await connection.exchange(head, wants_data=True)).body_bytes
        if moved < min(LEAST_BYTES, size):
            raise Garbled(self.endpoint.where, f"only {moved} bytes of data")
        return moved


class _Upload(Bulk):
    method = "HTTP upload, bytes acknowledged"

    def __init__(self, endpoint: Endpoint, path: str, limits: Limits, count_acknowledged: bool) -> None:
        super().__init__(endpoint, path, limits)
        self._acknowledged = count_acknowledged
        self._completed = 0
        self._piece = _PIECE_BYTES

    async def prepare(self) -> None:
        connection = await self.open()
        await self._post(connection, 1_000)
        if not self._acknowledged or connection.info() is None:
            self._acknowledged = False
            self.method = "HTTP upload, requests completed"
            self.rule = replace(self.rule, bin_s=0.25, plateau_s=0.5, least_window_s=2.0)  # steps, not a flow
        connection.abort()

    def counted(self) -> int:
        if not self._acknowledged:
            return self._completed
        return sum(info.acked for connection in self.opened[1:] if (info := connection.info()))

    def next_size(self) -> int:
        return self.allowance.take() if self._acknowledged else self.allowance.take(self._piece)

    async def transfer(self, connection: Connection, size: int) -> int:
        loop = asyncio.get_running_loop()
        started = loop.time()
        await self._post(connection, size)
        self._completed += size
        self._piece = _next_piece(size, loop.time() - started)
        return size

    async def _post(self, connection: Connection, size: int) -> None:
        head = request_head("POST", self.path, self.endpoint.authority, body_bytes=size)
        await connection.exchange(head, body_bytes=size)


def _next_piece(size: int, seconds: float) -> int:
    """Large enough that the line counts more than the turn-around, small enough to be completed every 0.1 to 0.4 s."""
    if seconds < 0.1:
        return min(2 * size, OBJECT_BYTES)
    return max(size // 2, _PIECE_BYTES) if seconds > 0.4 else size
