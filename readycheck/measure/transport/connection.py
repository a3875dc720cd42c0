"""One HTTP/1.1 connection for measuring: one request at a time, what arrives is counted and dropped, what leaves is noise.

Refuses to report a transfer that the server did not agree to: any status but 2xx, another protocol, an early end is a NetError.
"""

import asyncio
import os
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, cast

from readycheck.errors import Closed, Garbled, NetError, Where
from readycheck.measure.transport.endpoint import Endpoint, connect, net_error
from readycheck.measure.transport.http1 import BadResponse, Head, ResponseReader
from readycheck.measure.transport.tcp_info import TcpInfo, tcp_info

BUFFER_BYTES: Final = 262_144
_NOISE: Final = os.urandom(65_536)  # longer than the window of any compressor on the way
_KEPT_UNSENT: Final = 131_072


@dataclass
class Tally:
    """Bytes of all connections of a measurement, as handed over to and taken from the system."""

    received: int = 0
    sent: int = 0


@dataclass(frozen=True, kw_only=True)
class Answer:
    head: Head
    body_bytes: int


class Connection(asyncio.BufferedProtocol):
    """Made by open_connection(). ``exchanges`` counts answered requests; ``heard`` whether the present one got a byte back."""

    def __init__(self, where: Where, tally: Tally) -> None:
        self.exchanges = 0
        self.closed = False
        self.heard = False
        self._where = where
        self._tally = tally
        self._buffer = memoryview(bytearray(BUFFER_BYTES))
        self._reader = ResponseReader()
        self._answer: asyncio.Future[Answer] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._transport: asyncio.Transport | None = None
        self._wants_data = False
        self._last_info: TcpInfo | None = None

    async def exchange(self, head: bytes, *, body_bytes: int = 0, wants_data: bool = False) -> Answer:
        """Send one request and wait for its whole answer. No time limit of its own. Raises Closed, Garbled, NoRoute.

        With ``wants_data`` an HTML page is no answer: it comes from a sign-in page or a proxy in the server's place.
        """
        if self._transport is None or self.closed:
            raise Closed(self._where)
        self._reader = ResponseReader()
        self._wants_data = wants_data
        self.heard = False
        self._answer = asyncio.get_running_loop().create_future()
        try:
            self._write(head)
            await self._write_noise(body_bytes)
            answer = await self._answer
        except BaseException:
            self._forget()
            raise
        self.exchanges += 1
        if answer.head.closes:
            self.abort()
        return answer

    def abort(self) -> None:
        """End the connection now; nothing that waits in the kernel is sent any more."""
        self.info()
        self.closed = True
        if self._transport is not None:
            self._transport.abort()

    def info(self) -> TcpInfo | None:
        """What the kernel counted on this connection so far, also after its end; None where it does not tell."""
        if self._transport is not None and not self.closed:
            self._last_info = tcp_info(self._transport.get_extra_info("socket")) or self._last_info
        return self._last_info

    def _write(self, data: bytes) -> None:
        assert self._transport is not None
        self._transport.write(data)
        self._tally.sent += len(data)

    async def _write_noise(self, count: int) -> None:
        """Write the body. An answer that comes early does not end it, a refusal or the end of the connection does."""
        left = count
        while left > 0 and not self._refused():
            if self.closed:
                raise Closed(self._where, "before it took everything")
            self._write(_NOISE[:left])
            left -= len(_NOISE)
            await asyncio.sleep(0)  # a buffer with room would otherwise never let anybody else run
            await self._writable.wait()

    def _refused(self) -> bool:
        return self._answer is not None and self._answer.done() and self._answer.exception() is not None

    def _forget(self) -> None:
        """Nobody waits for this answer any more, and a late one must not be taken for the next: the connection is spent."""
        if self._answer is not None and not self._answer.cancel() and not self._answer.cancelled():
            self._answer.exception()  # an error that nobody fetched would be logged
        self.abort()

    def _settle(self, error: NetError | None = None) -> None:
        self._writable.set()
        if self._answer is None or self._answer.done():
            return
        if error is not None:
            self._answer.set_exception(error)
        elif self._reader.head is not None:
            self._answer.set_result(Answer(head=self._reader.head, body_bytes=self._reader.body_bytes))

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._tally.received += nbytes
        self.heard = True
        try:
            self._reader.feed(self._buffer[:nbytes])
        except BadResponse as bad:
            return self._settle(Garbled(self._where, str(bad)))
        objection = self._objection()
        if objection:
            return self._settle(Garbled(self._where, objection))
        if self._reader.ended:
            self._settle()
        return None

    def _objection(self) -> str:
        head = self._reader.head
        if head is None:
            return ""
        if not 200 <= head.status < 300:
            return f"HTTP {head.status}"
        return "a web page in place of data" if self._wants_data and head.is_page else ""

    def eof_received(self) -> None:
        whole = self._reader.end_of_connection()
        self._settle(None if whole else Closed(self._where, "before its answer was whole"))

    def connection_lost(self, exc: Exception | None) -> None:
        self.info()
        self.closed = True
        error = net_error(self._where, exc) if isinstance(exc, OSError) else Closed(self._where)
        self._settle(error)

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()


async def open_connection(endpoint: Endpoint, tally: Tally) -> Connection:
    """Connect. Raises NetError. Data still unsent when the connection is aborted is dropped, not sent behind our back."""
    transport, connection = await connect(endpoint, lambda: Connection(endpoint.where, tally))
    sock = transport.get_extra_info("socket")
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if hasattr(socket, "TCP_NOTSENT_LOWAT"):
        with suppress(OSError):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _KEPT_UNSENT)
    return connection
