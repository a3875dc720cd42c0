"""The ways to a TURN relay (RFC 8656), tried together: over UDP, over TCP, over TLS. Needs no account and allocates nothing.

An Allocate without credentials is answered with error 401 by every relay that wants some. Whatever STUN answer carries our
transaction id has come that way, so it proves the way; that the relay carries media is proved by relayed.py, with an account.
Names are not looked up; a relay with several addresses is several rungs.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, cast

from readycheck.errors import Closed, Garbled, NetError, Silent
from readycheck.measure.packets import stun
from readycheck.measure.transport.dial import connect
from readycheck.measure.transport.endpoint import Endpoint, net_error

TIMEOUT_S: Final = 3.0
MOST_BYTES: Final = 8_000  # of one rung, both ways: a TLS handshake with a long chain
_WAITS_S: Final = (0.4, 0.8)  # then what is left
_HEADER_BYTES: Final = 20
_LONGEST: Final = 4_096


class Transport(StrEnum):
    """What carries the packets between this computer and the relay."""

    UDP = "UDP"
    TCP = "TCP"
    TLS = "TLS"


_ABOUT_BYTES: Final = {Transport.UDP: 250, Transport.TCP: 600, Transport.TLS: 6_000}


@dataclass(frozen=True, kw_only=True)
class Rung:
    """One way to the relay. ``udp``: datagrams to the endpoint; else a connection, with TLS where the endpoint has it."""

    endpoint: Endpoint
    udp: bool = False

    @property
    def transport(self) -> Transport:
        if self.udp:
            return Transport.UDP
        return Transport.TLS if self.endpoint.tls is not None else Transport.TCP

    def __str__(self) -> str:
        return f"{self.transport} {self.endpoint.port}"


@dataclass(frozen=True, kw_only=True)
class Tried:
    """``ms``: from the start, with connection and handshake, to the relay's answer; None with the ``error`` that came instead.

    ``bytes``: about what was used, both ways, with headers; the system does not tell what a handshake took.
    ``code``: the STUN error of the answer, 401 as a rule; None where it granted an allocation to nobody in particular, which was
    given back.
    """

    rung: Rung
    ms: float | None = None
    code: int | None = None
    software: str = ""
    error: NetError | None = None

    @property
    def bytes(self) -> int:
        return _ABOUT_BYTES[self.rung.transport if self.is_open else Transport.UDP]

    @property
    def is_open(self) -> bool:
        return self.ms is not None


async def ladder(rungs: Sequence[Rung], *, timeout_s: float = TIMEOUT_S) -> tuple[Tried, ...]:
    """Try all at once, each for at most ``timeout_s``; in the order given. Raises nothing for what the network does."""
    return tuple(await asyncio.gather(*(try_rung(rung, timeout_s=timeout_s) for rung in rungs)))


async def try_rung(rung: Rung, *, timeout_s: float = TIMEOUT_S) -> Tried:
    """Whether an Allocate is answered this way. Raises nothing for what the network does."""
    started = time.monotonic()
    try:
        async with asyncio.timeout(timeout_s):
            message = await (_over_udp(rung) if rung.udp else _over_stream(rung))
    except TimeoutError:
        return Tried(rung=rung, error=Silent(rung.endpoint.where))
    except NetError as error:
        return Tried(rung=rung, error=error)
    ms = (time.monotonic() - started) * 1000
    return Tried(rung=rung, ms=ms, code=message.error_code, software=message.software)


async def _over_udp(rung: Rung) -> stun.Message:
    loop = asyncio.get_running_loop()
    endpoint, asked = rung.endpoint, _Asked(rung)
    try:
        transport, _ = await loop.create_datagram_endpoint(
            lambda: asked, remote_addr=(endpoint.address, endpoint.port)
        )
    except OSError as error:
        raise net_error(endpoint.where, error) from None
    try:
        for wait_s in (*_WAITS_S, None):  # None: until the caller's limit
            transport.sendto(asked.request)
            answered, _ = await asyncio.wait([asked.answer], timeout=wait_s)
            if answered:
                break
        message = asked.answer.result()
        if message.kind == stun.SUCCESS:
            transport.sendto(stun.release_request(stun.new_transaction_id()))
        return message
    finally:
        transport.close()


async def _over_stream(rung: Rung) -> stun.Message:
    asked = _Asked(rung)
    transport, _ = await connect(rung.endpoint, lambda: asked, timeout_s=TIMEOUT_S)
    try:
        transport.write(asked.request)
        return await asked.answer
    finally:
        transport.abort()  # which gives back what was allocated


class _Asked(asyncio.Protocol, asyncio.DatagramProtocol):
    """One Allocate and the answer to it. Datagrams that are none are not heard; a stream that has anything else ends it."""

    def __init__(self, rung: Rung) -> None:
        self.answer: asyncio.Future[stun.Message] = asyncio.get_running_loop().create_future()
        self._where = rung.endpoint.where
        self._transaction_id = stun.new_transaction_id()
        self._received = b""
        self.request = stun.allocate_request(self._transaction_id)

    def datagram_received(self, data: bytes, addr: object) -> None:
        if stun.is_reply(data, self._transaction_id):
            self._settle(stun.parse(data))

    def data_received(self, data: bytes) -> None:
        self._received += data
        if len(self._received) < _HEADER_BYTES:
            return
        length = _HEADER_BYTES + int.from_bytes(self._received[2:4], "big")
        if self._received[0] & 0xC0 or length > _LONGEST:
            self._settle(Garbled(self._where, "no STUN message"))
        elif len(self._received) >= length:
            whole = self._received[:length]
            reply = stun.is_reply(whole, self._transaction_id)
            self._settle(stun.parse(whole) if reply else Garbled(self._where, "no answer to an Allocate"))

    def error_received(self, exc: Exception) -> None:
        self._settle(net_error(self._where, cast(OSError, exc)))

    def connection_lost(self, exc: Exception | None) -> None:
        self._settle(Closed(self._where))

    def _settle(self, outcome: stun.Message | NetError) -> None:
        if self.answer.done():
            return
        if isinstance(outcome, NetError):
            self.answer.set_exception(outcome)
            self.answer.exception()  # nobody may be there any more to fetch it
        else:
            self.answer.set_result(outcome)
