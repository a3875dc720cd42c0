"""When a datagram arrived: by the kernel's own stamp where it gives one, as a time of ``time.monotonic()``.

A stamp taken after the call returned also holds the time the thread waited for its turn; the kernel's does not.
"""

import errno
import socket
import struct
import sys
import time
from typing import Any, Final

_MOST_BYTES: Final = 4_096
_ANCILLARY_BYTES: Final = 64
_BELIEVABLE_NS: Final = 10_000_000_000
_TIGHT_NS: Final = 20_000  # two clocks read within this time were read at the same moment
_READINGS: Final = 3


class StampedReceiver:
    """Receives from a non-blocking socket. ``by_kernel``: whether its stamps come from the kernel (Linux, macOS)."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.by_kernel = False
        option = _OPTIONS.get(sys.platform)
        if option is None or not hasattr(sock, "recvmsg"):
            return
        self._kind, self._format, self._unit_ns = option[1:]
        try:
            sock.setsockopt(socket.SOL_SOCKET, option[0], 1)
        except OSError:
            return
        self.by_kernel = True

    def receive(self) -> tuple[bytes, float]:
        """A datagram and its time of arrival. Raises OSError (BlockingIOError: there is none)."""
        data, at_s, _ = self.receive_from()
        return data, at_s

    def receive_from(self) -> tuple[bytes, float, Any]:
        """As receive(), with the socket address that it came from."""
        if not self.by_kernel:
            data, sender = self._sock.recvfrom(_MOST_BYTES)
            return data, time.monotonic(), sender
        data, ancillary, _, sender = self._sock.recvmsg(_MOST_BYTES, _ANCILLARY_BYTES)
        monotonic_ns, wall_ns = _both_clocks()
        for level, kind, value in ancillary:
            if level == socket.SOL_SOCKET and kind == self._kind and len(value) >= self._format.size:
                seconds, fraction = self._format.unpack_from(value)
                ago_ns = wall_ns - (seconds * 1_000_000_000 + fraction * self._unit_ns)
                if 0 <= ago_ns < _BELIEVABLE_NS:
                    return data, (monotonic_ns - ago_ns) / 1e9, sender
        return data, monotonic_ns / 1e9, sender


# platform: socket option, kind of the ancillary message, its layout, nanoseconds in its second field's unit (Python names none)
_OPTIONS: Final = {
    "linux": (35, 35, struct.Struct("=qq"), 1),  # SO_TIMESTAMPNS in asm-generic/socket.h, a timespec
    "darwin": (0x0400, 0x02, struct.Struct("=qi"), 1_000),  # SO_TIMESTAMP in sys/socket.h, a timeval
}


def _both_clocks() -> tuple[int, int]:
    """(monotonic, wall) in ns, of one moment.

    The stamps are wall-clock times. Only how long ago they were is used, so that a clock that is set meanwhile does no harm; a
    thread that loses its turn between the two readings would shift them, so the closest pair of a few is taken.
    """
    best = (0, 0)
    least = sys.maxsize
    for _ in range(_READINGS):
        before, wall, after = time.monotonic_ns(), time.time_ns(), time.monotonic_ns()
        if after - before < least:
            least, best = after - before, ((before + after) // 2, wall)
        if least < _TIGHT_NS:
            break
    return best


def was_refused(error: OSError) -> bool:
    """The answer to an earlier datagram was ICMP port unreachable (on Windows it resets the socket)."""
    return isinstance(error, ConnectionRefusedError | ConnectionResetError)


def had_no_room(error: OSError) -> bool:
    """The system did not take the datagram: its own queue is full."""
    return isinstance(error, BlockingIOError) or error.errno == errno.ENOBUFS
