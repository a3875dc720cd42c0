"""One HTTP/1.1 connection of the event loop for small requests, one at a time. Bulk transfers have flow.py.

Refuses to report an exchange that the server did not agree to: any status but 2xx, another protocol, an early end is a NetError.
"""

import asyncio
import socket
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, cast

from readycheck.errors import Closed, Garbled, NetError, Where
from readycheck.measure.transport.dial import connect
from readycheck.measure.transport.endpoint import Endpoint, net_error
from readycheck.measure.transport.http1 import Answer, BadResponse, ResponseReader, objection

_BUFFER_BYTES: Final = 65_536


@dataclass
class Tally:
    """Bytes of all connections of a measurement, as handed over to and taken from the system."""

    received: int = 0
    sent: int = 0


class Connection(asyncio.BufferedProtocol):
    """Made by open_connection()."""

    def __init__(self, where: Where, tally: Tally) -> None:
        self.closed = False
        self._where = where
        self._tally = tally
        self._buffer = memoryview(bytearray(_BUFFER_BYTES))
        self._reader = ResponseReader()
        self._answer: asyncio.Future[Answer] | None = None
        self._transport: asyncio.Transport | None = None

    async def exchange(self, head: bytes) -> Answer:
        """Send one request and wait for its whole answer. No time limit of its own. Raises Closed, Garbled, NoRoute."""
        if self._transport is None or self.closed:
            raise Closed(self._where)
        self._reader = ResponseReader()
        self._answer = asyncio.get_running_loop().create_future()
        try:
            self._transport.write(head)
            self._tally.sent += len(head)
            answer = await self._answer
        except BaseException:
            self._forget()
            raise
        if answer.head.closes:
            self.abort()
        return answer

    def abort(self) -> None:
        """End the connection now; nothing that waits in the kernel is sent any more."""
        self.closed = True
        if self._transport is not None:
            self._transport.abort()

    def _forget(self) -> None:
        """Nobody waits for this answer any more, and a late one must not be taken for the next: the connection is spent."""
        if self._answer is not None and not self._answer.cancel() and not self._answer.cancelled():
            self._answer.exception()  # an error that nobody fetched would be logged
        self.abort()

    def _settle(self, error: NetError | None = None) -> None:
        if self._answer is None or self._answer.done():
            return
        if error is not None:
            self._answer.set_exception(error)
        else:
            self._answer.set_result(self._reader.answer())

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self._tally.received += nbytes
        try:
            self._reader.feed(self._buffer[:nbytes])
        except BadResponse as bad:
            return self._settle(Garbled(self._where, str(bad)))
        if against := objection(self._reader.head):
            return self._settle(Garbled(self._where, against))
        if self._reader.ended:
            self._settle()
        return None

    def eof_received(self) -> None:
        whole = self._reader.end_of_connection()
        self._settle(None if whole else Closed(self._where, "before its answer was whole"))

    def connection_lost(self, exc: Exception | None) -> None:
        self.closed = True
        error = net_error(self._where, exc) if isinstance(exc, OSError) else Closed(self._where)
        self._settle(error)


async def open_connection(endpoint: Endpoint, tally: Tally) -> Connection:
    """Connect. Raises NetError."""
    transport, connection = await connect(endpoint, lambda: Connection(endpoint.where, tally))
    sock = transport.get_extra_info("socket")
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return connection
