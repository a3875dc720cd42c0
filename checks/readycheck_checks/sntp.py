"""The time of one server by SNTP (RFC 4330; packet: RFC 5905, section 7.3). Builds and reads the 48 bytes; judges no clock."""

import secrets
import struct
from datetime import UTC, datetime, timedelta

_CLIENT = 0x23  # no leap warning, version 4, mode 3
_SERVER_MODE = 4
_UNSYNCHRONISED = 3
_PACKET = struct.Struct("!BBbb11I")
_BYTES = 48
_ERA_0 = datetime(1900, 1, 1, tzinfo=UTC)
_ERA_1 = datetime(
    2036, 2, 7, 6, 28, 16, tzinfo=UTC
)  # RFC 4330, section 3: seconds without the top bit count from here
_TOP_BIT = 0x8000_0000


class Question:
    """One request. Its transmit time is a random number, which the reply must bring back: it tells ours from forged ones."""

    def __init__(self) -> None:
        self._mark = secrets.token_bytes(8)

    def packet(self) -> bytes:
        return bytes([_CLIENT]) + bytes(39) + self._mark

    def accepts(self, reply: bytes) -> bool:
        """A server's reply to this very request, whatever it is worth."""
        return len(reply) >= _BYTES and reply[0] & 7 == _SERVER_MODE and reply[24:32] == self._mark


def server_times(reply: bytes) -> tuple[datetime, datetime] | None:
    """(received, sent) by the server's clock; None where the server says that it knows no time (RFC 4330, section 8)."""
    head, stratum, _, _, *words = _PACKET.unpack(reply[:_BYTES])
    if head >> 6 == _UNSYNCHRONISED or not 1 <= stratum <= 15 or not words[9]:
        return None
    return _moment(words[7], words[8]), _moment(words[9], words[10])


def _moment(seconds: int, fraction: int) -> datetime:
    start = _ERA_0 if seconds & _TOP_BIT else _ERA_1
    return start + timedelta(seconds=seconds + fraction / 2**32)


def offset_s(asked: datetime, received: datetime, sent: datetime, heard: datetime) -> float:
    """Seconds by which the server is ahead of us: ((t1 - t0) + (t2 - t3)) / 2 (RFC 5905, section 8)."""
    return ((received - asked) + (sent - heard)).total_seconds() / 2
