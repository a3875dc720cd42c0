"""A narrow line in user space: one queue for TCP and UDP, emptied at a set rate, so that what a load does to probes is known.

The queue takes from a bulk transfer only while it has room (the sender waits, as it would for a window), and small pieces at
once. Under a bulk transfer it is therefore always full, and a probe that comes waits for as long as the queue is deep.
"""

import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

_PIECE = 8_192
_SMALL = 1_000
_TURN_S = 0.002


@dataclass
class Ports:
    tcp: int
    udp: int


@dataclass
class Queue:
    """Things to send, each with its size; emptied at ``bits_per_s``."""

    bits_per_s: float
    deep_s: float
    _items: deque[tuple[int, Callable[[], object]]] = field(default_factory=deque)
    _bytes: int = 0
    _changed: threading.Condition = field(default_factory=threading.Condition)
    ended: bool = False

    def put(self, size: int, send: Callable[[], object], *, wait: bool) -> None:
        with self._changed:
            while wait and not self.ended and self._bytes * 8 / self.bits_per_s >= self.deep_s:
                self._changed.wait(0.1)
            self._items.append((size, send))
            self._bytes += size
            self._changed.notify_all()

    def end(self) -> None:
        with self._changed:
            self.ended = True
            self._changed.notify_all()

    def carry(self) -> None:
        """What leaves leaves on an absolute schedule: a thread that was late catches up."""
        free_at = time.monotonic()
        while (item := self._next()) is not None:
            size, send = item
            free_at = max(free_at, time.monotonic() - 0.05) + size * 8 / self.bits_per_s
            if (early := free_at - time.monotonic()) > _TURN_S:
                time.sleep(early)
            with suppress(OSError):
                send()
            with self._changed:
                self._bytes -= size
                self._changed.notify_all()

    def _next(self) -> tuple[int, Callable[[], object]] | None:
        with self._changed:
            while not self._items and not self.ended:
                self._changed.wait(0.1)
            return None if self.ended else self._items.popleft()


@contextmanager
def bottleneck(tcp_port: int, udp_port: int, *, bits_per_s: float, deep_s: float) -> Iterator[Ports]:
    """Ports that lead to those of a server on loopback; what comes back from it goes through the queue."""
    queue = Queue(bits_per_s, deep_s)
    opened: list[socket.socket] = []
    listener = socket.create_server(("127.0.0.1", 0))
    datagrams = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    datagrams.bind(("127.0.0.1", 0))
    onward = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    onward.connect(("127.0.0.1", udp_port))
    opened += [listener, datagrams, onward]
    clients: list[tuple[str, int]] = []

    def ask() -> None:
        while True:
            data, client = datagrams.recvfrom(4_096)
            if not data:  # it was shut down
                return
            clients[:] = [client]
            onward.send(data)

    def answer() -> None:
        while data := onward.recv(4_096):
            client = clients[0]
            queue.put(len(data), partial(datagrams.sendto, data, client), wait=False)

    def accept() -> None:
        while True:
            near, _ = listener.accept()
            far = socket.create_connection(("127.0.0.1", tcp_port))
            far.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
            opened.extend((near, far))
            _start(partial(_pass, near, far.sendall, partial(far.shutdown, socket.SHUT_RDWR)))
            _start(partial(_pass, far, partial(back, near), partial(end_behind, near)))

    def back(near: socket.socket, data: bytes) -> None:
        queue.put(len(data), partial(near.sendall, data), wait=len(data) > _SMALL)

    def end_behind(near: socket.socket) -> None:
        queue.put(0, partial(near.shutdown, socket.SHUT_WR), wait=False)

    for work in (queue.carry, ask, answer, accept):
        _start(work)
    try:
        yield Ports(tcp=listener.getsockname()[1], udp=datagrams.getsockname()[1])
    finally:
        queue.end()
        for sock in opened:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()


def _pass(source: socket.socket, take: Callable[[bytes], object], end: Callable[[], object]) -> None:
    """Until the source ends or breaks; then its other side ends too."""
    try:
        while data := source.recv(_PIECE):
            take(data)
    finally:
        end()


def _start(work: Callable[[], object]) -> None:
    def quietly() -> None:
        with suppress(OSError):
            work()

    threading.Thread(target=quietly, daemon=True).start()
