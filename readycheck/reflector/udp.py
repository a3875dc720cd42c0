"""The sockets of the UDP echo: one thread receives, stamps and sends. What to answer is said by answers.py.

A thread of its own, so that a TLS download in the event loop does not stand between a packet and its echo. The time of arrival
in an echo is the kernel's where it gives one, so that a client can take out what remains of the delay.
"""

import math
import select
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from readycheck.measure.packets.stamps import StampedReceiver
from readycheck.reflector.addresses import plain
from readycheck.reflector.answers import Answers
from readycheck.reflector.guests import Guests

_AT_ONCE: Final = 32
_LOOK_S: Final = 0.25
_SWEEP_S: Final = 1.0
_QUEUE_BYTES: Final = 4_194_304


def udp_socket(address: str, port: int) -> socket.socket:
    """A bound socket. Raises OSError."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _QUEUE_BYTES)
        sock.bind((address, port))
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


class UdpService:
    """Answers on these sockets from start() until finish(), and closes them."""

    def __init__(self, sockets: Sequence[socket.socket], answers: Answers, guests: Guests) -> None:
        self._sockets = tuple(sockets)
        self._answers = answers
        self._guests = guests
        self._ends = math.inf
        self._thread = threading.Thread(target=self._serve, name="udp echo", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def finish(self, seconds: float) -> None:
        """End when no session is left, or after so many seconds. Returns at once."""
        self._answers.stopping = True
        self._ends = time.monotonic() + seconds

    def wait(self) -> None:
        """Until the thread has ended, after finish()."""
        self._thread.join(max(0.0, self._ends - time.monotonic()) + 4 * _LOOK_S)

    def _serve(self) -> None:
        receivers = {sock: StampedReceiver(sock) for sock in self._sockets}
        swept = time.monotonic()
        while not self._over():
            for sock in select.select(self._sockets, (), (), _LOOK_S)[0]:
                self._answer_some(sock, receivers[sock])
            if time.monotonic() - swept >= _SWEEP_S:
                swept = time.monotonic()
                self._answers.sweep()
                self._guests.sweep()
        self._answers.end_all()
        for sock in self._sockets:
            sock.close()

    def _over(self) -> bool:
        finishing = self._answers.stopping and not len(self._answers.sessions)
        return finishing or time.monotonic() >= self._ends

    def _answer_some(self, sock: socket.socket, receiver: StampedReceiver) -> None:
        """At most so many, so that one busy socket does not starve another."""
        for _ in range(_AT_ONCE):
            try:
                data, at_s, sender = receiver.receive_from()
            except BlockingIOError:
                return
            except OSError:  # the fate of an earlier answer (ICMP): of no interest
                continue
            reply = self._reply(data, sender, at_s)
            if reply is not None:
                with suppress(OSError):  # a full queue loses it, as the network might
                    sock.sendto(reply, sender)

    def _reply(self, data: bytes, sender: Any, at_s: float) -> bytes | None:
        try:
            return self._answers.answer(data, plain(sender), sender[1], at_s)
        except Exception as error:  # a mistake of ours about one packet must not silence all others
            self._answers.broke(error)
            return None
