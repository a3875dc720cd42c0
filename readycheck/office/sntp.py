"""The answer of a time server (RFC 4330, RFC 5905 section 7.3): the computer's own time, or that time off by a fixed amount."""

import struct
import time
from typing import Final

from readycheck.office.listeners import Address, Answer

_UNIX_TO_NTP_S: Final = 2_208_988_800  # RFC 868: seconds from 1900 to 1970
_SERVER_V4: Final = 0x24  # no leap warning, version 4, mode 4
_CLIENT_MODE: Final = 3
_PACKET_BYTES: Final = 48


def server(offset_s: float = 0.0) -> Answer:
    """Answers client requests with a clock that is ``offset_s`` ahead of the computer's; ignores anything else."""

    def answer(data: bytes, _address: Address) -> bytes | None:
        if len(data) < _PACKET_BYTES or data[0] & 7 != _CLIENT_MODE:
            return None
        now = _stamp(time.time() + offset_s)
        head = struct.pack("!BBbbII4s", _SERVER_V4, 2, data[2] & 0x0F, -20, 0, 1 << 6, b"DEMO")
        return head + now + data[40:48] + now + now

    return answer


def _stamp(unix_s: float) -> bytes:
    """Seconds since 1900 as 32.32 fixed point."""
    return struct.pack("!Q", int((unix_s + _UNIX_TO_NTP_S) * 2**32) & 0xFFFF_FFFF_FFFF_FFFF)
