"""Media through a TURN relay, with an account: an address of the relay, and a stream that goes to it and comes back.

What is sent to one's own relayed address comes back by the way it went: once up the line and once down, as in a call over this
relay. Streams over UDP and over TCP or TLS at the same moment show which suits calls better. Pacing and times are those of an
event loop, alike for both: good for comparing, and coarser by a fraction of a millisecond than the paced thread of packets/.

The relay chooses the IP version of the address that it gives; the other one cannot be asked for (RFC 8656, 18.8 is not spoken).
"""

import asyncio
import struct
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from readycheck.errors import Closed, Garbled, NetError, Refused, Silent
from readycheck.measure.nat.asking import Address
from readycheck.measure.nat.relay import TIMEOUT_S, Rung
from readycheck.measure.statistics import (
    Estimate,
    Interval,
    burst_ratio,
    difference_interval,
    loss_interval,
    mean_jitter,
    percentile,
)
from readycheck.measure.transport.dial import connect
from readycheck.measure.transport.endpoint import net_error

if TYPE_CHECKING:
    from aioice import turn

COUNT: Final = 100
INTERVAL_S: Final = 0.02
SIZE: Final = 160  # the payload of a voice packet, as heavy as G.711's
WAIT_S: Final = 0.5
CARRY_S: Final = 6.5  # then half a second to give the address back
METHOD: Final = "packets through the relay and back"
_RELEASE_S: Final = 0.5
_OVERHEAD: Final = {
    True: 32,
    False: 66,
}  # headers of a packet over UDP, and over TCP with TLS at its heaviest
_ALLOCATION_BYTES: Final = 8_000
_LEAD: Final = struct.Struct("!4sI")
_MARK: Final = b"RCLY"
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Account:
    """A long-term credential of the relay (RFC 8489, 9.2)."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class RelayStream:
    """What came back of ``sent`` packets. Times in ms; ``loss`` and its 95 % bounds (Wilson, wider in bursts) as fractions 0..1.

    Later than 0.5 s after the last one was sent is lost. ``jitter_ms``: mean of the jitter of RFC 3550, on round-trip times in
    order of arrival; None where fewer than 21 packets tell.
    """

    sent: int
    received: int
    rtt_p50_ms: float
    rtt_p95_ms: float
    jitter_ms: Estimate | None
    loss: float
    loss_low: float
    loss_high: float


@dataclass(frozen=True, kw_only=True)
class Carried:
    """How far a rung was of use: the ``relayed`` address after ``ms``, the stream where one was asked for, or the ``error``."""

    rung: Rung
    bytes: int
    relayed: Address | None = None
    ms: float | None = None
    stream: RelayStream | None = None
    error: NetError | None = None


def excess_loss(udp: RelayStream, stream: RelayStream) -> Interval:
    """How much more of its packets UDP lost than the connection beside it: 95 % bounds of the difference, as fractions."""
    bounds = [Interval(low=each.loss_low, high=each.loss_high) for each in (udp, stream)]
    return difference_interval(udp.loss, bounds[0], stream.loss, bounds[1])


def most_bytes(count: int) -> int:
    """What one rung can use, both ways."""
    return _ALLOCATION_BYTES + 2 * (count + 1) * (SIZE + _OVERHEAD[False])


async def carry(rung: Rung, account: Account, *, count: int = COUNT) -> Carried:
    """Get a relayed address this way and send ``count`` packets through it (0: none); at most 7 s beside the packets' time.

    Raises nothing for what the network does.
    """
    import_module("aioice.turn")  # now, not while the clock runs; only for those who have an account: 0.2 s
    done = _Done()
    try:
        async with asyncio.timeout(CARRY_S + count * INTERVAL_S), allocation(rung, account) as relay:
            done.ms = (time.monotonic() - done.started) * 1000
            done.relay = relay
            done.stream = await relay.stream(count) if count else None
    except TimeoutError:
        done.error = Silent(rung.endpoint.where)
    except NetError as error:
        done.error = error
    return done.told(rung)


@dataclass
class _Done:
    """How far it came."""

    started: float = field(default_factory=time.monotonic)
    ms: float | None = None
    relay: "Relay | None" = None
    stream: RelayStream | None = None
    error: NetError | None = None

    def told(self, rung: Rung) -> Carried:
        begun = 0 if rung.udp else _ALLOCATION_BYTES // 2
        return Carried(
            rung=rung,
            bytes=begun + (self.relay.bytes if self.relay else 0),
            relayed=self.relay.address if self.relay else None,
            ms=self.ms,
            stream=self.stream,
            error=self.error,
        )


@asynccontextmanager
async def allocation(rung: Rung, account: Account) -> AsyncIterator["Relay"]:
    """A relayed address, given back at the end; 3 s each for the connection and for the address.

    Raises Silent, NoRoute, Closed, TlsFailed; Refused where the relay answers with an error (401: not this account);
    Garbled where its answer lacks what belongs in it.
    """
    made = partial(_client, rung, account)
    inner = await (_udp(rung, made) if rung.udp else _stream(rung, made))
    relay = Relay(inner, rung)
    try:
        await relay.open()
        yield relay
    finally:
        with suppress(Exception):
            async with asyncio.timeout(_RELEASE_S):
                await inner.delete()
        inner.transport.abort()  # closing would wait for the other end's goodbye


def _client(rung: Rung, account: Account) -> "turn.TurnClientProtocol":
    """Drops what cannot be unpacked, as it does with what is no STUN at all."""
    from aioice import turn

    class Udp(turn.TurnClientUdpProtocol):
        def datagram_received(self, data: bytes | str, addr: Any) -> None:
            with suppress(struct.error):
                super().datagram_received(data, addr)

    class Tcp(turn.TurnClientTcpProtocol):
        def datagram_received(self, data: bytes | str, addr: Any) -> None:
            with suppress(struct.error):
                super().datagram_received(data, addr)

    server, kind = (rung.endpoint.address, rung.endpoint.port), Udp if rung.udp else Tcp
    return kind(server, account.user, account.password, lifetime=600, channel_refresh_time=500)


async def _udp(rung: Rung, made: Callable[[], "turn.TurnClientProtocol"]) -> "turn.TurnClientProtocol":
    endpoint = rung.endpoint
    loop = asyncio.get_running_loop()
    try:
        _, inner = await loop.create_datagram_endpoint(
            lambda: cast("turn.TurnClientUdpProtocol", made()),
            remote_addr=(endpoint.address, endpoint.port),
        )
    except OSError as error:
        raise net_error(endpoint.where, error) from None
    return inner


async def _stream(rung: Rung, made: Callable[[], "turn.TurnClientProtocol"]) -> "turn.TurnClientProtocol":
    _, inner = await connect(
        rung.endpoint, lambda: cast("turn.TurnClientTcpProtocol", made()), timeout_s=TIMEOUT_S
    )
    return inner


class Relay:
    """An allocation in use. ``address``: the relay's address that stands for us; ``bytes``: used so far, with headers."""

    def __init__(self, inner: "turn.TurnClientProtocol", rung: Rung) -> None:
        self.address: Address = ("", 0)
        self.bytes = 0
        self._inner = inner
        self._where = rung.endpoint.where
        self._packet_bytes = SIZE + _OVERHEAD[rung.udp]

    async def open(self) -> None:
        self.bytes += _ALLOCATION_BYTES // 2
        self.address = await self._answered(self._inner.connect())

    async def stream(self, count: int) -> RelayStream:
        """``count`` packets of 160 bytes, 20 ms apart, to our own relayed address. Raises Silent, Refused, Closed."""
        heard = _Heard(self)
        self._inner.receiver = heard
        await self._answered(self._send(bytes(SIZE)))  # the first one binds a channel, and is not counted
        sent: dict[int, float] = {}
        started = time.monotonic()
        for number in range(count):
            await asyncio.sleep(max(0.0, started + number * INTERVAL_S - time.monotonic()))
            sent[number] = time.monotonic()
            await self._send(_LEAD.pack(_MARK, number).ljust(SIZE, b"\0"))
        await heard.all_of(count, WAIT_S)
        if not heard.at_s:
            raise Closed(self._where) if self._inner.transport.is_closing() else Silent(self._where)
        return _summary(sent, heard.at_s)

    def came(self) -> None:
        self.bytes += self._packet_bytes

    async def _send(self, packet: bytes) -> None:
        if self._inner.transport.is_closing():
            return
        self.bytes += self._packet_bytes
        await self._inner.send_data(packet, self.address)

    async def _answered(self, conversation: Awaitable[T]) -> T:
        """Its result within 3 s, or the NetError that stands for what came instead."""
        from aioice import stun

        try:
            async with asyncio.timeout(TIMEOUT_S):
                return await conversation
        except stun.TransactionFailed as failed:
            raise Refused(self._where, f"the relay answers with error {failed.response.error_code}") from None
        except (TimeoutError, stun.TransactionTimeout):
            raise Closed(self._where) if self._inner.transport.is_closing() else Silent(self._where) from None
        except (LookupError, ValueError, struct.error) as error:
            raise Garbled(self._where, str(error)) from None
        except OSError as error:
            if type(error) is ConnectionError:  # so the library says that an answer lacks something
                raise Garbled(self._where, str(error)) from None
            raise net_error(self._where, error) from None


class _Heard(asyncio.DatagramProtocol):
    """When which packet came back."""

    def __init__(self, relay: Relay) -> None:
        self.at_s: dict[int, float] = {}
        self._relay = relay
        self._news = asyncio.Event()

    async def all_of(self, count: int, wait_s: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                while len(self.at_s) < count:
                    self._news.clear()
                    await self._news.wait()

    def datagram_received(self, data: bytes, addr: object) -> None:
        now = time.monotonic()
        self._relay.came()
        if len(data) == SIZE and data.startswith(_MARK):
            self.at_s.setdefault(_LEAD.unpack_from(data)[1], now)
            self._news.set()


def _summary(sent_s: Mapping[int, float], came_s: Mapping[int, float]) -> RelayStream:
    rtts_ms = [(at - sent_s[number]) * 1000 for number, at in came_s.items() if number in sent_s]
    sent, lost = len(sent_s), len(sent_s) - len(rtts_ms)
    bounds = loss_interval(lost, sent, burst_ratio([number in came_s for number in sent_s]))
    return RelayStream(
        sent=sent,
        received=len(rtts_ms),
        rtt_p50_ms=percentile(rtts_ms, 0.5),
        rtt_p95_ms=percentile(rtts_ms, 0.95),
        jitter_ms=mean_jitter(rtts_ms),
        loss=lost / sent,
        loss_low=bounds.low,
        loss_high=bounds.high,
    )
