"""SMB2 NEGOTIATE, the first exchange with a file server, before any credentials. Offers SMB 2.0.2 to 3.1.1 and never SMB1.

Layout: MS-SMB2 2.2.1, 2.2.3, 2.2.4; each message follows a zero byte and its length, 24 bits, big-endian (2.1).
"""

import os
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

FRAME_HEAD_BYTES: Final = 4
MAX_REPLY_BYTES: Final = 65_536
_DIALECTS: Final = {0x0202: "2.0.2", 0x0210: "2.1", 0x0300: "3.0", 0x0302: "3.0.2", 0x0311: "3.1.1"}
_HEADER: Final = struct.Struct("<4sHHIHHIIQIIQ16s")
_REQUEST: Final = struct.Struct("<HHHHI16sIHH")
_SIGNING_ENABLED: Final = 1
_SIGNING_REQUIRED: Final = 2
_SHA_512: Final = 1
_CAN_DFS, _CAN_ENCRYPT = 0x01, 0x40
_INTEGRITY, _ENCRYPTION = 1, 2  # negotiate contexts
_CIPHERS: Final = {2: "AES-128-GCM", 4: "AES-256-GCM", 1: "AES-128-CCM", 3: "AES-256-CCM"}
_MOST_CONTEXTS: Final = 16
_REPLY: Final = struct.Struct("<HHHH16sIIIIQQHHI")
_SINCE: Final = datetime(1601, 1, 1, tzinfo=UTC)
_LATEST: Final = 2_600_000_000_000_000_000  # FILETIME, units of 100 ns: a date that can still be told


@dataclass(frozen=True, kw_only=True)
class Offer:
    """What the server chose: ``dialect`` as people write it ("3.1.1"), ``cipher`` of an encryption it offers (empty: none),
    ``clock`` its time, None where it does not tell."""

    dialect: str
    signing_required: bool
    cipher: str = ""
    clock: datetime | None = None

    @property
    def signing(self) -> str:
        return "required" if self.signing_required else "offered"

    @property
    def encryption(self) -> str:
        return f"offered ({self.cipher})" if self.cipher else "not offered"


def negotiate_request() -> bytes:
    """One framed NEGOTIATE request."""
    header = _HEADER.pack(b"\xfeSMB", 64, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, bytes(16))
    dialects = b"".join(struct.pack("<H", number) for number in _DIALECTS)
    unpadded = _HEADER.size + _REQUEST.size + len(dialects)
    padding = bytes(-unpadded % 8)
    contexts = _context(_INTEGRITY, _integrity()) + _context(_ENCRYPTION, _encryption())
    body = _REQUEST.pack(
        36,
        len(_DIALECTS),
        _SIGNING_ENABLED,
        0,
        _CAN_DFS | _CAN_ENCRYPT,
        os.urandom(16),
        unpadded + len(padding),
        2,
        0,
    )
    message = header + body + dialects + padding + contexts
    return struct.pack("!I", len(message)) + message


def _context(kind: int, data: bytes) -> bytes:
    """A negotiate context of SMB 3.1.1 (2.2.3.1), filled up to eight bytes for the one behind it."""
    return struct.pack("<HHI", kind, len(data), 0) + data + bytes(-len(data) % 8)


def _integrity() -> bytes:
    """What SMB 3.1.1 must be offered with: pre-authentication integrity by SHA-512 (2.2.3.1.1)."""
    salt = os.urandom(32)
    return struct.pack("<HHH", 1, len(salt), _SHA_512) + salt


def _encryption() -> bytes:
    """The ciphers that a client of today takes (2.2.3.1.2)."""
    return struct.pack(f"<H{len(_CIPHERS)}H", len(_CIPHERS), *_CIPHERS)


def reply_length(frame_head: bytes) -> int | None:
    """The length of the reply behind these four bytes; None where they are no frame of a reasonable size."""
    (length,) = struct.unpack("!I", frame_head)
    return int(length) if 0 < length <= MAX_REPLY_BYTES else None


def offer_in(reply: bytes) -> Offer | None:
    """The server's choice; None where the reply is no successful SMB2 NEGOTIATE response."""
    if len(reply) < _HEADER.size + _REPLY.size:
        return None
    protocol, _, _, status, command, *_ = _HEADER.unpack_from(reply)
    size, mode, dialect, contexts, _, can, *_, clock, _, _, _, at = _REPLY.unpack_from(reply, _HEADER.size)
    if protocol != b"\xfeSMB" or status or command or size != 65 or dialect not in _DIALECTS:
        return None
    if dialect == 0x0311:
        cipher = _chosen_cipher(reply, at, contexts)
    else:
        cipher = _CIPHERS[1] if dialect >= 0x0300 and can & _CAN_ENCRYPT else ""
    return Offer(
        dialect=_DIALECTS[dialect],
        signing_required=bool(mode & _SIGNING_REQUIRED),
        cipher=cipher,
        clock=_SINCE + timedelta(microseconds=clock // 10) if 0 < clock < _LATEST else None,
    )


def _chosen_cipher(reply: bytes, at: int, contexts: int) -> str:
    """The cipher in the server's contexts; empty where it names none, or where they run beyond the reply."""
    for _ in range(min(contexts, _MOST_CONTEXTS)):
        if at + 8 > len(reply):
            return ""
        kind, size = struct.unpack_from("<HH", reply, at)
        if kind == _ENCRYPTION and size >= 4 and at + 12 <= len(reply):
            return _CIPHERS.get(struct.unpack_from("<H", reply, at + 10)[0], "")
        at += 8 + size + -size % 8
    return ""
