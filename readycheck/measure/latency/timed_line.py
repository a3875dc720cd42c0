"""One connection whose steps are timed, for a plain thread: TCP handshake, TLS handshake, small GETs, one after another.

Arrivals are stamped by the kernel where it does so (packets/stamps.py), also under TLS: a probe thread that waits for its turn
behind a bulk transfer would otherwise measure its own waiting.
"""

import ssl
import time
from dataclasses import replace
from typing import Final

from readycheck.errors import Closed, Garbled
from readycheck.measure.packets.stamps import StampedReceiver
from readycheck.measure.transport.dial import dial
from readycheck.measure.transport.endpoint import Endpoint
from readycheck.measure.transport.http1 import BadResponse, ResponseReader
from readycheck.measure.transport.tcp_info import tcp_info
from readycheck.measure.transport.traffic import Traffic

_HEADER_BYTES: Final = 52  # TCP with time stamps, IPv4
_TLS13_ROUND_TRIPS: Final = 1
_OLDER_ROUND_TRIPS: Final = 2


class TimedLine:
    """A new connection to a literal address. Raises OSError (TimeoutError, ssl.SSLError are kinds of it) and NetError.

    tcp_ms   time of the TCP handshake; behind a proxy also of its own to the server
    tls_ms   time of the TLS handshake divided by its round trips (1 with TLS 1.3, 2 before); None without TLS
    traffic  both ways, with headers of TCP and IP as far as they can be told; counted in the one handed over, if any
    ended    the server has ended it, or said that it will: no further exchange
    """

    def __init__(self, endpoint: Endpoint, *, timeout_s: float, traffic: Traffic | None = None) -> None:
        self.tls_ms: float | None = None
        self.ended = False
        self.traffic = Traffic() if traffic is None else traffic
        self._endpoint = endpoint
        self._ends = time.monotonic() + timeout_s
        self._tls: ssl.SSLObject | None = None
        began = time.monotonic()
        self._sock = dial(replace(endpoint, tls=None), timeout_s=timeout_s)
        self.traffic.count(sent=2 * _HEADER_BYTES, received=_HEADER_BYTES)
        self.tcp_ms = self._handshake_ms(time.monotonic() - began)
        try:
            self._receiver = StampedReceiver(self._sock)
            if endpoint.tls is not None:
                self._secure(endpoint.tls)
        except BaseException:
            self.close()
            raise

    def exchange(self, head: bytes, *, timeout_s: float) -> tuple[float, float]:
        """Send a request and read its whole answer: when it left, when the last of it arrived (``time.monotonic()``)."""
        self._ends = time.monotonic() + timeout_s
        reader = ResponseReader()
        if self._tls is not None:
            self._tls.write(head)
        sent = self._send(head if self._tls is None else self._outgoing.read())
        arrived = sent
        while not reader.ended:
            data, at = self._receive()
            arrived = at if data else arrived
            self._feed(reader, data)
            if self.ended and not reader.end_of_connection():
                raise Closed(self._endpoint.where, "before its answer was whole")
        self.ended = self.ended or (reader.head is not None and reader.head.closes)
        return sent, arrived

    def close(self) -> None:
        self._sock.close()

    def _handshake_ms(self, seconds: float) -> float:
        """From SYN to SYN-ACK as the kernel timed it, where it tells and the far end is the server and no proxy."""
        info = None if self._endpoint.proxy else tcp_info(self._sock)
        return info.rtt_us / 1000 if info and info.rtt_us else seconds * 1000

    def _secure(self, context: ssl.SSLContext) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=self._endpoint.host)
        began = arrived = 0.0
        while True:
            try:
                tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                left = self._send(self._outgoing.read())
                began = began or left  # making the keys is this computer's work and not the line's
                data, arrived = self._receive()
                if not data:
                    raise Closed(self._endpoint.where, "in the TLS handshake") from None
                self._incoming.write(data)
        self._send(self._outgoing.read())
        round_trips = _TLS13_ROUND_TRIPS if tls.version() == "TLSv1.3" else _OLDER_ROUND_TRIPS
        self.tls_ms = (arrived - began) * 1000 / round_trips
        self._tls = tls

    def _feed(self, reader: ResponseReader, data: bytes) -> None:
        try:
            for plain in self._plain(data):
                reader.feed(memoryview(plain))
        except BadResponse as bad:
            raise Garbled(self._endpoint.where, str(bad)) from None
        if reader.head is not None and not 200 <= reader.head.status < 300:
            raise Garbled(self._endpoint.where, f"HTTP {reader.head.status}")

    def _plain(self, data: bytes) -> list[bytes]:
        if self._tls is None:
            return [data]
        self._incoming.write(data)
        pieces: list[bytes] = []
        try:
            while piece := self._tls.read(65_536):
                pieces.append(piece)
            self.ended = True
        except ssl.SSLWantReadError:
            pass
        return pieces

    def _send(self, data: bytes) -> float:
        """When it left."""
        self._sock.settimeout(self._left())
        at = time.monotonic()
        if data:
            self._sock.sendall(data)
            self.traffic.count(sent=len(data) + _HEADER_BYTES)
        return at

    def _receive(self) -> tuple[bytes, float]:
        """What came and when; nothing where the connection has ended."""
        self._sock.settimeout(self._left())
        data, at = self._receiver.receive()
        self.ended = not data
        self.traffic.count(received=len(data) + _HEADER_BYTES)
        return data, at

    def _left(self) -> float:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left
