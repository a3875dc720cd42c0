"""A paced stream of STUN Bindings, about as heavy as a voice call, and what the network did to it. Round trip, both ways in one.

Every request has an id of its own and is sent once: what is missing was lost, on the way there, at the server or on the way back.
One plain thread sends on an absolute schedule: event loops round their timers to milliseconds and share them with other work.
"""

import asyncio
import select
import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from readycheck.errors import NetError, Refused, Silent, Where
from readycheck.measure.packets import stun
from readycheck.measure.statistics import burst_ratio, delay_variation, percentile, rfc3550_jitter, wilson
from readycheck.measure.transport.endpoint import net_error

METHOD: Final = "round trips of STUN Bindings"
_SO_TIMESTAMPNS: Final = 35  # asm-generic/socket.h; Python has no name for it
_UDP_IP_BYTES: Final = 28
_ENOUGH_REFUSALS: Final = 3
_LOOK_S: Final = 0.1


@dataclass(frozen=True, kw_only=True)
class Stream:
    """What came back of ``sent`` packets. Times in ms; ``loss`` and its 95 % bounds (Wilson) as fractions 0..1.

    jitter_ms     RFC 3550, on round-trip times in order of arrival
    variation_ms  95th percentile of the round-trip times minus their median
    reordered     packets that arrived after a later one (RFC 4737)
    burst_ratio   1 = losses at random, above 1 = in bursts; None without loss
    rtts_ms       every round-trip time, in order of arrival
    """

    sent: int
    received: int
    rtt_p50_ms: float
    rtt_p95_ms: float
    jitter_ms: float
    variation_ms: float
    loss: float
    loss_low: float
    loss_high: float
    reordered: int
    burst_ratio: float | None
    seconds: float
    bytes: int
    rtts_ms: tuple[float, ...] = ()


async def stun_stream(
    address: str, port: int, *, count: int = 100, interval_s: float = 0.02, wait_s: float = 1.0
) -> Stream:
    """Send ``count`` Bindings ``interval_s`` apart to a literal address; a reply later than ``wait_s`` after the end is lost.

    Raises Silent where nothing came back, Refused (ICMP port unreachable), NoRoute. Never loop this against a foreign server.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Stream] = loop.create_future()
    burst = _Burst(Where(host=address, port=port, address=address), count, interval_s, wait_s)

    def settle(result: Stream | NetError) -> None:
        if done.done():
            return
        if isinstance(result, NetError):
            done.set_exception(result)
        else:
            done.set_result(result)

    def work() -> None:
        result = burst.outcome()
        with suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(settle, result)

    threading.Thread(target=work, name="stun stream", daemon=True).start()
    try:
        async with asyncio.timeout(count * interval_s + wait_s + 2.0):
            return await done
    except TimeoutError:
        raise Silent(burst.where, "the stream did not end") from None
    finally:
        burst.stop.set()


class _Burst:
    """One stream, run in a thread of its own. ``stop`` ends it early."""

    def __init__(self, where: Where, count: int, interval_s: float, wait_s: float) -> None:
        self.where = where
        self.stop = threading.Event()
        self._ids = [stun.new_transaction_id() for _ in range(count)]
        self._index = {transaction_id: index for index, transaction_id in enumerate(self._ids)}
        self._interval_s = interval_s
        self._wait_s = wait_s
        self._sent_at: dict[int, float] = {}
        self._rtts: dict[int, float] = {}  # in order of arrival, seconds
        self._bytes = 0
        self._refusals = 0

    def outcome(self) -> Stream | NetError:
        family = socket.AF_INET6 if ":" in self.where.host else socket.AF_INET
        started = time.monotonic()
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as sock:
                sock.setblocking(False)
                receive = _stamped(sock)
                sock.connect((self.where.host, self.where.port))
                self._run(sock, receive)
        except OSError as error:
            return net_error(self.where, error)
        if not self._rtts:
            return Refused(self.where) if self._refusals else Silent(self.where)
        return self._summary(time.monotonic() - started)

    def _run(self, sock: socket.socket, receive: Callable[[], tuple[bytes, float]]) -> None:
        start = time.monotonic()
        ends = start + (len(self._ids) - 1) * self._interval_s + self._wait_s
        following = 0
        while not self._is_over(ends):
            due = start + following * self._interval_s if following < len(self._ids) else ends
            wait = due - time.monotonic()
            if wait > 0:
                if select.select([sock], [], [], min(wait, _LOOK_S))[0]:
                    self._receive(receive)
            elif following < len(self._ids):
                self._send(sock, following)
                following += 1

    def _is_over(self, ends: float) -> bool:
        hopeless = self._refusals >= _ENOUGH_REFUSALS and not self._rtts
        complete = len(self._rtts) == len(self._ids)
        return self.stop.is_set() or complete or hopeless or time.monotonic() >= ends

    def _send(self, sock: socket.socket, index: int) -> None:
        packet = stun.binding_request(self._ids[index])
        at = time.monotonic()
        try:
            sock.send(packet)
        except ConnectionRefusedError:  # the answer to an earlier packet; this one was not sent
            self._refusals += 1
            return
        except BlockingIOError:
            return
        self._sent_at[index] = at
        self._bytes += len(packet) + _UDP_IP_BYTES

    def _receive(self, receive: Callable[[], tuple[bytes, float]]) -> None:
        try:
            data, at = receive()
        except ConnectionRefusedError:
            self._refusals += 1
            return
        except BlockingIOError:
            return
        self._bytes += len(data) + _UDP_IP_BYTES
        index = self._index.get(data[8:20])
        if index is not None and index not in self._rtts and stun.is_reply(data, self._ids[index]):
            self._rtts[index] = at - self._sent_at[index]

    def _summary(self, seconds: float) -> Stream:
        rtts = [rtt * 1000 for rtt in self._rtts.values()]
        sent = len(self._sent_at)
        lost = sent - len(rtts)
        bounds = wilson(lost, sent)
        return Stream(
            sent=sent,
            received=len(rtts),
            rtt_p50_ms=percentile(rtts, 0.5),
            rtt_p95_ms=percentile(rtts, 0.95),
            jitter_ms=rfc3550_jitter(rtts),
            variation_ms=delay_variation(rtts),
            loss=lost / sent,
            loss_low=bounds.low,
            loss_high=bounds.high,
            reordered=_reordered(list(self._rtts)),
            burst_ratio=burst_ratio([index in self._rtts for index in sorted(self._sent_at)]),
            seconds=seconds,
            bytes=self._bytes,
            rtts_ms=tuple(rtts),
        )


def _reordered(arrivals: list[int]) -> int:
    """How many arrived after one that was sent later."""
    latest, count = -1, 0
    for index in arrivals:
        count += index < latest
        latest = max(latest, index)
    return count


def _stamped(sock: socket.socket) -> Callable[[], tuple[bytes, float]]:
    """A receive function that gives a datagram and its time of arrival (monotonic), by the kernel's stamp on Linux.

    The kernel's stamp is wall-clock time: only how long ago it was is used, so a clock that is set meanwhile does no harm.
    """
    if sys.platform != "linux":
        return lambda: (sock.recv(2048), time.monotonic())
    with suppress(OSError):
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)

    def receive() -> tuple[bytes, float]:
        data, extra, _, _ = sock.recvmsg(2048, 64)
        now, wall_ns = time.monotonic(), time.time_ns()
        for level, kind, value in extra:
            if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS and len(value) >= 16:
                seconds, nanoseconds = struct.unpack_from("=qq", value)
                ago_ns = wall_ns - (seconds * 1_000_000_000 + nanoseconds)
                if 0 <= ago_ns < 1_000_000_000:
                    return data, now - ago_ns / 1e9
        return data, now

    return receive
