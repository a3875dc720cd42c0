"""What the tests of the lab measure it with: datagrams to an echo, transfers over TCP, and how a NAT looks from outside."""

import math
import socket
import statistics
import threading
import time
from bisect import bisect
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import accumulate
from typing import Final, Self

from tests.lab.hosts import Host

SETTLED_S: Final = 0.8  # after this long in silence, what has not come was lost
SLOW_START_S: Final = 0.7
Place = tuple[str, int]


def datagrams(host: Host) -> socket.socket:
    """An IPv4 UDP socket of this host."""
    with host.entered():
        return socket.socket(socket.AF_INET, socket.SOCK_DGRAM)


@contextmanager
def echo(host: Host, place: Place) -> Iterator[None]:
    """A UDP echo on a host, for as long as the block lasts."""
    one = datagrams(host)
    one.bind(place)

    def answer() -> None:
        while (datagram := one.recvfrom(2000))[0] != b"end":
            one.sendto(*datagram)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    try:
        yield
    finally:
        with datagrams(host) as other:
            other.sendto(b"end", place)
        thread.join(1)
        one.close()


def round_trips(host: Host, place: Place, count: int, pause_s: float = 0.003) -> list[float]:
    """Milliseconds to an echo and back, of each datagram that came back."""
    sent = [0.0] * count
    found: dict[int, float] = {}
    for number, at in _exchanged(host, place, sent, pause_s, enough=count):
        found.setdefault(number, (at - sent[number]) * 1000)
    return list(found.values())


def numbers_back(host: Host, place: Place, count: int) -> list[int]:
    """The numbers of the datagrams that came back from an echo, as they came."""
    return [number for number, _ in _exchanged(host, place, [0.0] * count, 0.0005)]


def _exchanged(
    host: Host, place: Place, sent: list[float], pause_s: float, enough: float = math.inf
) -> list[tuple[int, float]]:
    """Numbers sent and what came back, each with its time. ``sent`` is filled with when each one left."""
    arrivals: list[tuple[int, float]] = []
    one = datagrams(host)
    one.connect(place)
    one.settimeout(SETTLED_S)

    def listen() -> None:
        with suppress(TimeoutError):
            while len(arrivals) < enough:
                number = int(one.recv(100))
                arrivals.append((number, time.monotonic()))

    listener = threading.Thread(target=listen)
    listener.start()
    for number in range(len(sent)):
        sent[number] = time.monotonic()
        one.send(b"%d" % number)
        time.sleep(pause_s)
    listener.join()
    one.close()
    return arrivals


def transferred(sender: Host, receiver: Host, place: Place, size: int, limit_s: float = 1.5) -> int:
    """How many of these bytes arrive over one TCP connection within the limit. ``place`` is where the company listens."""
    return sum(amount for amount, _ in _received(sender, receiver, place, size, limit_s))


def goodput_kbit(sender: Host, receiver: Host, place: Place, seconds: float = 2.2) -> float:
    """What one TCP connection carries once it has found its speed."""
    arrivals = list(_received(sender, receiver, place, 100_000_000, seconds))
    times = [at for _, at in arrivals]
    sums = list(accumulate(amount for amount, _ in arrivals))
    steady = bisect(times, times[0] + SLOW_START_S)
    # A line through all points: the ends alone would be at the mercy of one late look.
    return statistics.linear_regression(times[steady:], sums[steady:]).slope * 8 / 1000


def _received(
    sender: Host, receiver: Host, place: Place, size: int, limit_s: float
) -> Iterator[tuple[int, float]]:
    """Amounts as they come, each with its time. Who has the address of ``place`` listens, the other one connects."""
    with ExitStack() as all_sockets:
        near, far = _connected(sender, receiver, place)
        for one in (near, far):
            all_sockets.enter_context(one)
            one.settimeout(limit_s)
        pump = threading.Thread(target=_pump, args=(near, size), daemon=True)
        pump.start()
        until = time.monotonic() + limit_s
        got = 0
        with suppress(TimeoutError):
            while got < size and time.monotonic() < until:
                amount = len(far.recv(65536))
                got += amount
                yield amount, time.monotonic()


def _connected(sender: Host, receiver: Host, place: Place) -> tuple[socket.socket, socket.socket]:
    """The ends of one connection: the sender's, the receiver's. The pc is the one that connects."""
    listening, connecting = (sender, receiver) if receiver.name == "pc" else (receiver, sender)
    with listening.entered(), socket.create_server(place) as listener:
        with connecting.entered():
            caller = socket.create_connection(place, timeout=3)
        called, _ = listener.accept()
    return (called, caller) if receiver.name == "pc" else (caller, called)


def _pump(one: socket.socket, size: int) -> None:
    with suppress(OSError):  # the receiver has seen enough
        one.sendall(bytes(size))


class Mirror:
    """Peers outside a NAT that tell whom they see, at several places of one host, and a socket of the pc that speaks to them."""

    def __init__(self, pc: Host, outside: Host, places: list[Place]) -> None:
        self._pc, self._outside, self._places = pc, outside, places
        self._peers: dict[Place, socket.socket] = {}

    def __enter__(self) -> Self:
        for place in self._places:
            self._peers[place] = datagrams(self._outside)
            self._peers[place].bind(place)
            self._peers[place].settimeout(1)
        self._inside = datagrams(self._pc)
        self._inside.settimeout(0.3)
        return self

    def __exit__(self, *_: object) -> None:
        for one in (self._inside, *self._peers.values()):
            one.close()

    def sees(self, place: Place) -> Place:
        """As whom the peer at this place sees the pc, which speaks to it."""
        self._inside.sendto(b"hello", place)
        seen: Place = self._peers[place].recvfrom(100)[1]
        return seen

    def heard(self, seen: Place) -> set[Place]:
        """Which of the peers the pc hears when all speak to this outside address and port."""
        for peer in self._peers.values():
            peer.sendto(b"hello", seen)
        found: set[Place] = set()
        with suppress(TimeoutError):
            while True:
                found.add(self._inside.recvfrom(100)[1])
        return found
