"""One HTTP/1.1 connection for bulk transfers, used from one thread: what arrives is counted and dropped, what leaves is noise.

Blocking threads take about a quarter less CPU a byte over TLS than an event loop, which only looks at the counters here.
Refuses to report a transfer that the server did not agree to: any status but 2xx, another protocol, an early end is a NetError.
"""

import os
import selectors
import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final, cast

from readycheck.errors import Closed, Garbled, NetError
from readycheck.measure.transport.dial import dial
from readycheck.measure.transport.endpoint import Endpoint, net_error
from readycheck.measure.transport.http1 import Answer, BadResponse, ResponseReader, objection
from readycheck.measure.transport.tcp_info import TcpInfo, sending_algorithm, tcp_info

_NOISE: Final = memoryview(os.urandom(262_144))  # longer than the window of any compressor on the way
_PIECE: Final = 65_536
_BUFFER_BYTES: Final = 262_144
_KEPT_BYTES: Final = 512
_LEAST_UNSENT: Final = 16_384  # one record of TLS
_NOW: Final = struct.pack("ii", 1, 0)
_NOT_NOW: Final = (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Flow:
    """A connection that one thread works on (open, exchange, close) and any other may watch (the counters, info) or abort.

    received, sent   bytes handed over by and to the system
    last_info        the kernel's counters when they were last asked for
    exchanges        answered requests; ``heard``: whether the present one got a byte back
    """

    def __init__(self, endpoint: Endpoint, *, congestion_control: str = "") -> None:
        self.received = 0
        self.sent = 0
        self.exchanges = 0
        self.closed = False
        self.heard = False
        self.congestion_control = ""
        self._wanted = congestion_control
        self._endpoint = endpoint
        self._where = endpoint.where
        self._sock: socket.socket | None = None
        self._lock = threading.Lock()
        self._buffer = memoryview(bytearray(_BUFFER_BYTES))
        self.last_info: TcpInfo | None = None

    def open(self) -> None:
        """Connect. Raises NetError; Closed where it was aborted meanwhile."""
        sock = dial(self._endpoint, congestion_control=self._wanted, made=self._take)
        with suppress(
            OSError
        ):  # what is unsent when the measurement ends is dropped, not sent behind our back
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NOW)
        self.congestion_control = sending_algorithm(sock)
        self.keep_unsent(0)

    def exchange(self, head: bytes, *, body_bytes: int = 0, wants_data: bool = False) -> Answer:
        """Send one request and take its whole answer. No time limit of its own: abort() ends it. Raises Closed, Garbled, NoRoute.

        With ``wants_data`` an HTML page is no answer: it comes from a sign-in page or a proxy in the server's place.
        """
        reader = ResponseReader(keep=0 if wants_data else _KEPT_BYTES)
        self.heard = False
        try:
            sock = self._open_socket()
            sock.sendall(head)
            self.sent += len(head)
            if body_bytes:
                self._send_noise(sock, body_bytes, reader)
            while not reader.ended:
                self._receive(sock, reader, wants_data)
                if reader.to_come:
                    self._count_body(sock, reader)
        except OSError as error:
            self.close()
            raise (
                Closed(self._where) if isinstance(error, ssl.SSLError) else net_error(self._where, error)
            ) from None
        except NetError:
            self.close()
            raise
        self.exchanges += 1
        answer = reader.answer()
        if answer.head.closes:
            self.close()
        return answer

    def keep_unsent(self, count: int) -> None:
        """How much may wait in the kernel unsent: little, so that what is handed over is soon on its way (TCP_NOTSENT_LOWAT)."""
        option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
        with self._lock, suppress(OSError):
            if option is not None and self._sock is not None:
                self._sock.setsockopt(socket.IPPROTO_TCP, option, max(_LEAST_UNSENT, count))

    def info(self) -> TcpInfo | None:
        """What the kernel counted on this connection so far, also after its end; None where it does not tell."""
        with self._lock:
            if self._sock is not None:
                self.last_info = tcp_info(self._sock) or self.last_info
            return self.last_info

    def abort(self) -> None:
        """End the connection now, from any thread; whoever waits for it is woken and closes it."""
        with self._lock:
            self.closed = True
            if self._sock is not None:
                self.last_info = tcp_info(self._sock) or self.last_info
                with suppress(OSError):  # an SSLSocket's own shutdown would let data pass in clear after it
                    socket.socket.shutdown(self._sock, socket.SHUT_RDWR)

    def close(self) -> None:
        """End the connection now, from its own thread."""
        with self._lock:
            self.closed = True
            if self._sock is not None:
                self.last_info = tcp_info(self._sock) or self.last_info
                self._sock.close()
                self._sock = None

    def _take(self, sock: socket.socket) -> None:
        with self._lock:
            if self.closed:
                raise Closed(self._where)
            self._sock = sock

    def _open_socket(self) -> socket.socket:
        sock = self._sock
        if sock is None or self.closed:
            raise Closed(self._where)
        return sock

    def _receive(self, sock: socket.socket, reader: ResponseReader, wants_data: bool) -> None:
        """Take and read what there is."""
        count = sock.recv_into(self._buffer)
        if not count:
            return self._ended(reader)
        self.received += count
        self.heard = True
        try:
            reader.feed(self._buffer[:count])
        except BadResponse as bad:
            raise Garbled(self._where, str(bad)) from None
        if against := objection(reader.head, wants_data=wants_data):
            raise Garbled(self._where, against)
        return None

    def _count_body(self, sock: socket.socket, reader: ResponseReader) -> None:
        """Take a body of known length without a look at it: this loop is what a fast line costs."""
        take: Callable[[], int] = partial(sock.recv_into, self._buffer)
        if isinstance(sock, ssl.SSLSocket):  # as its recv_into, less two calls for each record
            take = partial(cast("Callable[[int, memoryview], int]", sock.read), _BUFFER_BYTES, self._buffer)
        left = reader.to_come
        while left > 0:
            count = take()
            if not count:
                return self._ended(reader)
            left -= count
            self.received += count
        return reader.skip(reader.to_come)

    def _ended(self, reader: ResponseReader) -> None:
        """Nothing more will come: well where that is how this answer ends."""
        if not reader.end_of_connection():
            raise Closed(self._where, "before its answer was whole")

    def _send_noise(self, sock: socket.socket, count: int, reader: ResponseReader) -> None:
        """Write the body, in full segments. An early answer does not end it, a refusal or the end of the connection does."""
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 0)
        left = count
        with selectors.DefaultSelector() as ready:
            ready.register(sock, selectors.EVENT_READ | selectors.EVENT_WRITE)
            while left > 0:
                try:
                    taken = sock.send(_NOISE[: min(left, _PIECE)])
                    left -= taken
                    self.sent += taken
                except _NOT_NOW:
                    self._wait_for_room(sock, ready, reader)
        sock.setblocking(True)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _wait_for_room(
        self, sock: socket.socket, ready: selectors.BaseSelector, reader: ResponseReader
    ) -> None:
        """Until more can be sent, or the server says something."""
        for _, events in ready.select():
            if events & selectors.EVENT_READ:
                with suppress(*_NOT_NOW):
                    self._receive(sock, reader, wants_data=False)
            if reader.ended:
                ready.modify(sock, selectors.EVENT_WRITE)
