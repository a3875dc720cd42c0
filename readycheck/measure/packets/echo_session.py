"""The client's side of the reflector's UDP echo: handshake, packets of a stream, and which of them arrived there.

Sends no stream itself: a Pacer does, over the same socket, so that the stream comes from the address that was proved.
"""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final, TypeVar

from readycheck.errors import NetError, Silent, Where
from readycheck.measure.packets import echo
from readycheck.measure.packets.echo import Accept, Challenge, Echo, NotEcho, Packet, Refuse, Report
from readycheck.measure.packets.pacing import HEADER_BYTES
from readycheck.measure.transport.endpoint import net_error

P = TypeVar("P", bound=Packet)
REASONS: Final = {
    echo.NO_TOKEN: "a token is needed, and this one is not right",
    echo.BUSY: "busy",
    echo.TOO_MUCH: "more than it allows",
    echo.STALE_COOKIE: "the handshake took too long",
}
_WAITS_S: Final = (0.25, 0.5, 1.0, 2.0, 4.0)  # before a packet of the handshake is sent again
_ASK_WAITS_S: Final = (0.3, 0.6, 1.0, 1.5)
_MOST_BYTES: Final = 2_048


class NotGranted(NetError):
    """The server is there and speaks the protocol, and takes part in no measurement now. ``retry_s``: when it may; 0: not by
    waiting. The words tell of both."""

    says = "did not grant a measurement"

    def __init__(self, where: Where, reason: int, retry_s: int) -> None:
        again = f", again in {retry_s} s" if retry_s else ""
        super().__init__(where, REASONS.get(reason, f"reason {reason}") + again)
        self.reason = reason
        self.retry_s = retry_s


@dataclass(frozen=True, kw_only=True)
class ArrivedThere:
    """``sequences[n]``: whether packet ``n`` reached the server; ``answered``: how many it sent back."""

    sequences: tuple[bool, ...]
    answered: int


class EchoSession:
    """Made by echo_session(). ``count``, ``rate`` (packets/s), ``size`` (bytes): what was granted for a stream over ``sock``."""

    def __init__(self, sock: socket.socket, where: Where, granted: Accept) -> None:
        self.sock = sock
        self.id = granted.session
        self.count = granted.packets
        self.rate = granted.rate
        self.size = granted.size
        self.seconds = granted.seconds
        self.bytes = 0  # of handshake and reports, both ways, with UDP and IP headers
        self._where = where

    def packet(self, sequence: int, size: int, reply_bytes: int) -> bytes:
        """DATA number ``sequence`` (from 0) with the present time in it.

        ``size`` bytes (30 or more), to come back with ``reply_bytes``: 48 to ``size``, or 0 for not at all.
        """
        return echo.encode(echo.Data(self.id, sequence, time.monotonic_ns(), reply_bytes, size))

    def parse(self, data: bytes) -> Echo | None:
        """The ECHO in these bytes, if it is one of this session."""
        packet = _parsed(data)
        return packet if isinstance(packet, Echo) and packet.session == self.id else None

    async def report(self, count: int | None = None) -> ArrivedThere:
        """Which of the first ``count`` packets (all that were granted, if left out) reached the server.

        Each page of the answer is asked for up to 4 times. Raises Silent, Refused, NoRoute.
        """
        wanted = self.count if count is None else min(count, self.count)
        sequences: list[bool] = []
        answered = 0
        while len(sequences) < wanted:
            page = await self._page(len(sequences))
            sequences += echo.arrived(page)
            answered = page.answered
        return ArrivedThere(sequences=tuple(sequences[:wanted]), answered=answered)

    async def close(self) -> None:
        """Tell the server that it may forget the session. Nothing answers; where this is lost, time ends it."""
        with suppress(OSError):
            await _send(self, echo.encode(echo.Close(self.id)))

    async def _page(self, first: int) -> Report:
        def is_it(packet: Packet) -> Report | None:
            mine = isinstance(packet, Report) and packet.session == self.id and packet.first == first
            return packet if isinstance(packet, Report) and mine and packet.bitmap else None

        return await _exchange(self, self._where, echo.encode(echo.Ask(self.id, first)), is_it, _ASK_WAITS_S)


class _Line:
    """A connected socket and what went over it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.bytes = 0


@asynccontextmanager
async def echo_session(
    address: str,
    port: int,
    *,
    token: bytes = b"",
    count: int,
    rate: int,
    size: int,
    timeout_s: float = 3.0,
    source: str = "",
) -> AsyncIterator[EchoSession]:
    """A session with the reflector at a literal address for ``count`` packets of up to ``size`` bytes, ``rate`` a second.

    ``source``: the local address to send from. Raises Silent, Refused (ICMP port unreachable), NoRoute and NotGranted.
    The socket is closed at the end, however it comes.
    """
    where = Where(host=address, port=port, address=address)
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        line = _Line(sock)
        try:
            if source:
                sock.bind((source, 0))
            sock.connect((address, port))
        except OSError as error:
            raise net_error(where, error) from None
        try:
            async with asyncio.timeout(timeout_s):
                granted = await _handshake(line, where, token, (count, rate, size))
        except TimeoutError:
            raise Silent(where) from None
        session = EchoSession(sock, where, granted)
        session.bytes = line.bytes
        try:
            yield session
        finally:
            await session.close()


async def _handshake(line: _Line, where: Where, token: bytes, wish: tuple[int, int, int]) -> Accept:
    """HELLO, CHALLENGE, OPEN, ACCEPT; from the beginning again where the cookie has aged on the way."""
    while True:
        nonce = os.urandom(echo.NONCE_BYTES)

        def challenge(packet: Packet, nonce: bytes = nonce) -> Challenge | None:
            return packet if isinstance(packet, Challenge) and packet.nonce == nonce else None

        def verdict(packet: Packet, nonce: bytes = nonce) -> Accept | Refuse | None:
            return packet if isinstance(packet, Accept | Refuse) and packet.nonce == nonce else None

        cookie = (await _exchange(line, where, echo.encode(echo.Hello(nonce)), challenge)).cookie
        asked = echo.Open(nonce, cookie, echo.proof(token, nonce, cookie), *wish)
        answer: Accept | Refuse = await _exchange(line, where, echo.encode(asked), verdict)
        if isinstance(answer, Accept):
            return answer
        if answer.reason != echo.STALE_COOKIE:
            raise NotGranted(where, answer.reason, answer.retry_s)


async def _exchange(
    line: "_Line | EchoSession",
    where: Where,
    request: bytes,
    wanted: Callable[[Packet], P | None],
    waits_s: Iterable[float] = _WAITS_S,
) -> P:
    """Send a request, again after each wait, until what is wanted comes. Other packets are dropped. Raises NetError."""
    for wait_s in waits_s:
        try:
            async with asyncio.timeout(wait_s):
                await _send(line, request)
                return await _heard(line, wanted)
        except TimeoutError:
            continue
        except OSError as error:
            raise net_error(where, error) from None
    raise Silent(where)


async def _heard(line: "_Line | EchoSession", wanted: Callable[[Packet], P | None]) -> P:
    receive: Callable[[socket.socket, int], Awaitable[bytes]] = asyncio.get_running_loop().sock_recv
    while True:
        data = await receive(line.sock, _MOST_BYTES)
        line.bytes += len(data) + HEADER_BYTES[line.sock.family]
        packet = _parsed(data)
        found = None if packet is None else wanted(packet)
        if found is not None:
            return found
        await asyncio.sleep(0)  # a queue full of late packets would not let the time limit act


async def _send(line: "_Line | EchoSession", data: bytes) -> None:
    await asyncio.get_running_loop().sock_sendall(line.sock, data)
    line.bytes += len(data) + HEADER_BYTES[line.sock.family]


def _parsed(data: bytes) -> Packet | None:
    try:
        return echo.parse(data)
    except NotEcho:
        return None
