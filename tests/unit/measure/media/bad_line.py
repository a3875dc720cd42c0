"""A reflector in this process behind a line that loses and delays, for tests of calls. The answers are the reflector's own."""

import heapq
import random
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO

from readycheck.measure.packets import echo
from readycheck.measure.packets.stamps import StampedReceiver
from readycheck.reflector.answers import Answers
from readycheck.reflector.counters import Counters
from readycheck.reflector.guests import Guests
from readycheck.reflector.journal import Journal
from readycheck.reflector.limits import Limits

Fate = Callable[
    [int], float | None
]  # of the packet with this number: seconds of delay, or None where it is lost
_ENDS = b"end"


def well(number: int) -> float | None:
    return 0.0


def losing(fraction: float, seed: int = 1) -> Fate:
    dice = random.Random(seed)
    return lambda number: None if dice.random() < fraction else 0.0


def every(count: int, fate: float | None = None) -> Fate:
    return lambda number: fate if number % count == count - 1 else 0.0


def wobbling(seconds: float, seed: int = 1) -> Fate:
    """Each packet late by something even between 0 and this."""
    dice = random.Random(seed)
    return lambda number: dice.random() * seconds


@dataclass
class Line:
    """``sent``, ``reached``, ``came``: numbers of the packets of the stream as they passed. ``no_report``: no ASK arrives."""

    up: Fate = well
    down: Fate = well
    no_report: bool = False
    clock_ahead_s: float = 1_000.0  # of the server's clock
    limits: Limits = field(default_factory=Limits)
    token: bytes = b""
    sent: list[int] = field(default_factory=list)
    reached: list[int] = field(default_factory=list)
    came: list[int] = field(default_factory=list)
    lengths: list[tuple[int, int]] = field(default_factory=list)
    held_ms: list[float] = field(default_factory=list)  # how late echoes really left, a busy machine included


class _Far:
    def __init__(self, line: Line) -> None:
        self.line = line
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 21)
        self.sock.bind(("127.0.0.1", 0))
        self.sock.setblocking(False)
        self._receiver = StampedReceiver(self.sock)
        self._due: list[tuple[float, int, bool, bytes, tuple[str, int]]] = []
        self._count = 0
        limits = line.limits
        self._answers = Answers(
            limits, Guests(limits), Counters(), Journal(StringIO()), token=line.token, clock=self._clock
        )

    def serve(self) -> None:
        while True:
            wait = max(0.0, self._due[0][0] - time.monotonic()) if self._due else 0.05
            if select.select([self.sock], [], [], min(wait, 0.05))[0]:
                data, at_s, sender = self._receiver.receive_from()
                if data == _ENDS:
                    return
                self._heard(data, at_s, sender)
            while self._due and self._due[0][0] <= time.monotonic():
                at_s, _, is_up, data, client = heapq.heappop(self._due)
                self._arrived(data, at_s, client) if is_up else self._send(data, client)

    def _send(self, data: bytes, client: tuple[str, int]) -> None:
        packet = echo.parse(data)
        assert isinstance(packet, echo.Echo)
        self.line.held_ms.append((self._clock() - packet.server_sent_ns / 1e9) * 1000)
        self.sock.sendto(data, client)

    def _clock(self) -> float:
        return time.monotonic() + self.line.clock_ahead_s

    def _heard(self, data: bytes, at_s: float, client: tuple[str, int]) -> None:
        try:
            packet = echo.parse(data)
        except echo.NotEcho:
            return
        if isinstance(packet, echo.Data):
            self.line.sent.append(packet.sequence)
            late_s = self.line.up(packet.sequence)
            if late_s is not None:
                self._later(at_s + late_s, True, data, client)
        elif not (isinstance(packet, echo.Ask) and self.line.no_report):
            self._arrived(data, at_s, client)

    def _arrived(self, data: bytes, at_s: float, client: tuple[str, int]) -> None:
        """As at the server: ``at_s`` is when the packet came out of the line, though this thread may come to it later."""
        reply = self._answers.answer(data, *client, at_s + self.line.clock_ahead_s)
        packet = echo.parse(data)
        if not isinstance(packet, echo.Data):
            if reply is not None:
                self.sock.sendto(reply, client)
            return
        self.line.reached.append(packet.sequence)
        late_s = None if reply is None else self.line.down(packet.sequence)
        if reply is not None and late_s is not None:
            self.line.came.append(packet.sequence)
            self.line.lengths.append((len(data), len(reply)))
            self._later(time.monotonic() + late_s, False, reply, client)

    def _later(self, at_s: float, is_up: bool, data: bytes, client: tuple[str, int]) -> None:
        self._count += 1
        heapq.heappush(self._due, (at_s, self._count, is_up, data, client))


@contextmanager
def reflector_behind(line: Line) -> Iterator[int]:
    """The UDP port of the reflector."""
    far = _Far(line)
    thread = threading.Thread(target=far.serve, daemon=True)
    thread.start()
    try:
        yield int(far.sock.getsockname()[1])
    finally:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ending:
            ending.sendto(_ENDS, far.sock.getsockname())
        thread.join(2)
        far.sock.close()
