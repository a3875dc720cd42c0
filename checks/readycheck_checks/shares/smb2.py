"""SMB2 NEGOTIATE, the first exchange with a file server, before any credentials. Offers SMB 2.0.2 to 3.1.1 and never SMB1.

Layout: MS-SMB2 2.2.1, 2.2.3, 2.2.4; each message follows a zero byte and its length, 24 bits, big-endian (2.1).
"""

import os
import struct
from dataclasses import dataclass
from typing import Final

FRAME_HEAD_BYTES: Final = 4
MAX_REPLY_BYTES: Final = 65_536
_DIALECTS: Final = {0x0202: "2.0.2", 0x0210: "2.1", 0x0300: "3.0", 0x0302: "3.0.2", 0x0311: "3.1.1"}
_HEADER: Final = struct.Struct("<4sHHIHHIIQIIQ16s")
_REQUEST: Final = struct.Struct("<HHHHI16sIHH")
_SIGNING_ENABLED: Final = 1
_SIGNING_REQUIRED: Final = 2
_SHA_512: Final = 1


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What the server chose: ``dialect`` as people write it ("3.1.1")."""

    dialect: str
    signing_required: bool


def negotiate_request() -> bytes:
    """One framed NEGOTIATE request."""
    header = _HEADER.pack(b"\xfeSMB", 64, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, bytes(16))
    dialects = b"".join(struct.pack("<H", number) for number in _DIALECTS)
    unpadded = _HEADER.size + _REQUEST.size + len(dialects)
    padding = bytes(-unpadded % 8)
    body = _REQUEST.pack(
        36, len(_DIALECTS), _SIGNING_ENABLED, 0, 0, os.urandom(16), unpadded + len(padding), 1, 0
    )
    message = header + body + dialects + padding + _integrity_context()
    return struct.pack("!I", len(message)) + message


def _integrity_context() -> bytes:
    """The context that SMB 3.1.1 must be offered with: pre-authentication integrity by SHA-512 (2.2.3.1.1)."""
    salt = os.urandom(32)
    data = struct.pack("<HHH", 1, len(salt), _SHA_512) + salt
    return struct.pack("<HHI", 1, len(data), 0) + data


def reply_length(frame_head: bytes) -> int | None:
    """The length of the reply behind these four bytes; None where they are no frame of a reasonable size."""
    (length,) = struct.unpack("!I", frame_head)
    return int(length) if 0 < length <= MAX_REPLY_BYTES else None


def offer_in(reply: bytes) -> Offer | None:
    """The server's choice; None where the reply is no successful SMB2 NEGOTIATE response."""
    if len(reply) < _HEADER.size + 6:
        return None
    protocol, _, _, status, command, *_ = _HEADER.unpack_from(reply)
    size, mode, dialect = struct.unpack_from("<HHH", reply, _HEADER.size)
    if protocol != b"\xfeSMB" or status or command or size != 65 or dialect not in _DIALECTS:
        return None
    return Offer(dialect=_DIALECTS[dialect], signing_required=bool(mode & _SIGNING_REQUIRED))
