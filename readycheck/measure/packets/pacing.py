"""UDP packets sent at set times, and when what came back arrived. Knows nothing of what is inside them, judges nothing.

One plain thread sends on an absolute schedule: event loops round their timers to milliseconds and share them with other work.
It wakes a little early, sleeps again until shortly before a packet is due and waits out the rest awake: a sleeper is woken late,
and the later the longer it slept.
"""

import asyncio
import select
import socket
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from readycheck.errors import Where
from readycheck.measure.packets.promptness import prefer_short_turns
from readycheck.measure.packets.stamps import StampedReceiver, had_no_room, was_refused
from readycheck.measure.transport.endpoint import net_error

HEADER_BYTES: Final = {socket.AF_INET: 28, socket.AF_INET6: 48}  # UDP and IP
_EARLY_S: Final = 0.002
_AWAKE_S: Final = 0.0001
_LOOK_S: Final = 0.1
_AT_ONCE: Final = 16
_ENOUGH_REFUSALS: Final = 3

Packet = bytes | Callable[[], bytes]


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """A datagram and when it came, by ``time.monotonic()``."""

    data: bytes
    at_s: float


@dataclass(frozen=True, kw_only=True)
class Trace:
    """What was sent and what came. Times by ``time.monotonic()``; due_s[n] and sent_s[n] belong to packet n.

    sent_s         None: the system did not take this packet
    arrivals       in order of arrival, whatever they are
    refused        how often an answer was that nothing listens there (ICMP port unreachable)
    kernel_stamps  arrival times are the kernel's, not this process's
    seconds        from the first moment to the end of waiting
    bytes          both ways, with the headers of UDP and IP
    """

    due_s: tuple[float, ...]
    sent_s: tuple[float | None, ...]
    arrivals: tuple[Arrival, ...]
    refused: int
    kernel_stamps: bool
    seconds: float
    bytes: int


class Pacer:
    """Sends to one literal address from a socket of its own (``source``: the local address), or over() a given one. Runs once."""

    def __init__(self, address: str, port: int, *, source: str = "") -> None:
        self.where = Where(host=address, port=port, address=address)
        self._source = source
        self._given: socket.socket | None = None
        self._no_more = threading.Event()
        self._at_once = threading.Event()
        self._all_sent = threading.Event()

    @classmethod
    def over(cls, sock: socket.socket) -> "Pacer":
        """Over a connected, non-blocking UDP socket, which stays open and its owner's."""
        address, port = sock.getpeername()[:2]
        pacer = cls(address, port)
        pacer._given = sock
        return pacer

    def stop(self, *, at_once: bool = False) -> None:
        """No more packets: run() returns when its waiting time is over, or within 0.1 s. From any thread."""
        self._no_more.set()
        if at_once:
            self._at_once.set()

    @property
    def has_sent_all(self) -> bool:
        """Whether no packet will leave any more; one may still do so just after stop()."""
        return self._all_sent.is_set()

    async def run(
        self,
        packets: Iterable[tuple[float, Packet]],
        *,
        wait_s: float = 1.0,
        complete: Callable[[bytes], bool] | None = None,
        heard: Callable[[Arrival], None] | None = None,
        sent: Callable[[int, float], None] | None = None,
    ) -> Trace:
        """Send each packet so many seconds after the beginning, and listen for ``wait_s`` after the last one.

        ``packets`` is read one ahead and may be endless; a callable is asked for its bytes at the moment of sending.
        ``complete`` ends everything when it says True of a datagram; ``heard`` gets every arrival, ``sent`` the number of each
        packet and when it left: all three are called in the sending thread.
        Ends early where the first answers are that nothing listens there. Raises NetError where the socket cannot be used, and
        what the callables raise. Cancelled, its thread ends within 0.1 s.
        """
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Trace] = loop.create_future()

        def work() -> None:
            outcome = self._outcome(packets, wait_s, _Listener(complete, heard, sent))
            with suppress(RuntimeError):  # the loop has ended: nobody waits any more
                loop.call_soon_threadsafe(_settle, done, outcome)

        threading.Thread(target=work, name="pacer", daemon=True).start()
        try:
            return await done
        finally:
            self._at_once.set()

    def _outcome(
        self, packets: Iterable[tuple[float, Packet]], wait_s: float, listener: "_Listener"
    ) -> Trace | Exception:
        prefer_short_turns()
        try:
            if self._given is not None:
                return self._paced(self._given, packets, wait_s, listener)
            with self._open() as sock:
                return self._paced(sock, packets, wait_s, listener)
        except OSError as error:
            return net_error(self.where, error)
        except Exception as error:  # what a callable raised: run() raises it
            return error

    def _open(self) -> socket.socket:
        sock = socket.socket(socket.AF_INET6 if ":" in self.where.host else socket.AF_INET, socket.SOCK_DGRAM)
        try:
            sock.setblocking(False)
            if self._source:
                sock.bind((self._source, 0))
            sock.connect((self.where.host, self.where.port))
        except OSError:
            sock.close()
            raise
        return sock

    def _paced(
        self,
        sock: socket.socket,
        packets: Iterable[tuple[float, Packet]],
        wait_s: float,
        listener: "_Listener",
    ) -> Trace:
        line = _Line(sock, listener, self._no_more, self._at_once)
        line.send_all(packets)
        self._all_sent.set()
        line.listen(wait_s)
        return line.trace()


def _settle(done: "asyncio.Future[Trace]", outcome: Trace | Exception) -> None:
    if done.done():
        return
    if isinstance(outcome, Exception):
        done.set_exception(outcome)
    else:
        done.set_result(outcome)


@dataclass(frozen=True)
class _Listener:
    """Who wants to know what, while it runs."""

    complete: Callable[[bytes], bool] | None
    heard: Callable[[Arrival], None] | None
    sent: Callable[[int, float], None] | None


class _Line:
    """One run, in the sending thread."""

    def __init__(
        self,
        sock: socket.socket,
        listener: _Listener,
        no_more: threading.Event,
        at_once: threading.Event,
    ) -> None:
        self._sock = sock
        self._receiver = StampedReceiver(sock)
        self._listener = listener
        self._no_more, self._at_once = no_more, at_once
        self._header = HEADER_BYTES[sock.family]
        self._due: list[float] = []
        self._sent: list[float | None] = []
        self._arrivals: list[Arrival] = []
        self._refused = self._bytes = 0
        self._complete = False
        self._began = time.monotonic()

    def send_all(self, packets: Iterable[tuple[float, Packet]]) -> None:
        for offset_s, packet in packets:
            due = self._began + offset_s
            if not self._wait_until(due):
                return
            self._send(due, packet)

    def listen(self, wait_s: float) -> None:
        """Hear what still comes."""
        ends = time.monotonic() + wait_s
        while not self._is_over() and (left := ends - time.monotonic()) > 0:
            self._hear_within(min(left, _LOOK_S))
        if not self._complete:
            self._hear()  # what has come is heard, however late this thread was

    def trace(self) -> Trace:
        return Trace(
            due_s=tuple(self._due),
            sent_s=tuple(self._sent),
            arrivals=tuple(self._arrivals),
            refused=self._refused,
            kernel_stamps=self._receiver.by_kernel,
            seconds=time.monotonic() - self._began,
            bytes=self._bytes,
        )

    def _is_over(self) -> bool:
        hopeless = self._refused >= _ENOUGH_REFUSALS and not self._arrivals
        return self._complete or hopeless or self._at_once.is_set()

    def _wait_until(self, due: float) -> bool:
        """Whether the moment came; what arrives meanwhile is taken, also where the schedule leaves no time for it."""
        self._hear()
        while not (self._no_more.is_set() or self._is_over()):
            left = due - time.monotonic()
            if left <= _AWAKE_S:
                _stay_awake_until(due)
                return True
            self._hear_within(min(left - (_EARLY_S if left > 2 * _EARLY_S else _AWAKE_S), _LOOK_S))
        return False

    def _hear_within(self, seconds: float) -> None:
        if select.select([self._sock], [], [], seconds)[0]:
            self._hear()

    def _send(self, due: float, packet: Packet) -> None:
        data = packet if isinstance(packet, bytes) else packet()
        at: float | None = time.monotonic()
        try:
            self._sock.send(data)
            self._bytes += len(data) + self._header
        except OSError as error:
            at = None
            self._bear(error)
        self._due.append(due)
        self._sent.append(at)
        if at is not None and self._listener.sent is not None:
            self._listener.sent(len(self._sent) - 1, at)

    def _hear(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                data, at = self._receiver.receive()
            except OSError as error:
                self._bear(error)
                return
            self._take(Arrival(data=data, at_s=at))

    def _take(self, arrival: Arrival) -> None:
        self._bytes += len(arrival.data) + self._header
        self._arrivals.append(arrival)
        if self._listener.heard is not None:
            self._listener.heard(arrival)
        if self._listener.complete is not None and self._listener.complete(arrival.data):
            self._complete = True

    def _bear(self, error: OSError) -> None:
        """A refusal answers an earlier packet (the one that met it was not sent), and a full queue passes. The rest is raised."""
        if was_refused(error):
            self._refused += 1
        elif not had_no_room(error):
            raise error


def _stay_awake_until(due: float) -> None:
    while time.monotonic() < due:
        pass
