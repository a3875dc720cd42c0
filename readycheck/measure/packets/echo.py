"""The packets of the UDP echo that `readycheck reflector` offers: encoded and strictly read, both sides. Sends and keeps nothing.

A client asks (HELLO), gets a cookie (CHALLENGE), brings it back (OPEN) and has thereby shown that it receives at its address;
only then does the server keep anything (ACCEPT). Every packet of the stream (DATA) comes back (ECHO) with how many arrived there
so far and with the server's own times, so that loss is known for each direction (as in irtt, and in STAMP, RFC 8762) and the
server's own delay can be taken out of a round trip. At the end ASK and REPORT tell which packets arrived there.

All numbers are big-endian; every packet begins with the magic, type u8, version u8 = 1, flags u16. The lengths are part of the
format: what a stranger can send is never shorter than what it is answered with.
"""

import hashlib
import hmac
import os
import struct
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

MAGIC: Final = b"RCE1"
VERSION: Final = 1
HELLO, CHALLENGE, OPEN, ACCEPT, REFUSE, DATA, ECHO, ASK, REPORT, CLOSE = range(1, 11)

NONCE_BYTES: Final = 16
COOKIE_BYTES: Final = 16
SESSION_BYTES: Final = 8
LEAST_DATA: Final = 30
LEAST_ECHO: Final = 48
ASK_BYTES: Final = 512
PAGE: Final = (ASK_BYTES - 28) * 8  # packets that one REPORT can tell of

NO_TOKEN, BUSY, TOO_MUCH, STALE_COOKIE = 1, 2, 3, 4  # why an OPEN is refused

_HEADER: Final = struct.Struct("!4sBBH")
_HELLO: Final = struct.Struct("!8x16s40x")
_CHALLENGE: Final = struct.Struct("!8x16s16s")
_OPEN: Final = struct.Struct("!8x16s16s32sIHH16x")
_ACCEPT: Final = struct.Struct("!8x16s8sIHHH")
_REFUSE: Final = struct.Struct("!8x16sBH")
_DATA: Final = struct.Struct("!8x8sIQH")
_ECHO: Final = struct.Struct("!8x8sIQIQQ")
_ASK: Final = struct.Struct("!8x8sI492x")
_REPORT: Final = struct.Struct("!8x8sIII")
_CLOSE: Final = struct.Struct("!8x8s")
_TOKEN_NEEDED: Final = 1
_NOISE: Final = os.urandom(65_536)  # padding that no tunnel on the way can compress


class NotEcho(ValueError):
    """These bytes are no packet of this format; the text says what is wrong with them."""


class Hello(NamedTuple):
    nonce: bytes


class Challenge(NamedTuple):
    nonce: bytes
    cookie: bytes
    token_needed: bool


class Open(NamedTuple):
    """Asks for a stream: how many packets, how many a second, of how many bytes at most. ``proof``: see proof()."""

    nonce: bytes
    cookie: bytes
    proof: bytes
    packets: int
    rate: int
    size: int


class Accept(NamedTuple):
    """What is granted, never more than was asked for; the session ends after ``seconds``."""

    nonce: bytes
    session: bytes
    packets: int
    rate: int
    size: int
    seconds: int


class Refuse(NamedTuple):
    nonce: bytes
    reason: int
    retry_s: int


class Data(NamedTuple):
    """``reply_bytes`` below 48 asks for no ECHO: the packet is counted and that is all. ``length`` is that of the packet."""

    session: bytes
    sequence: int
    sent_ns: int
    reply_bytes: int
    length: int


class Echo(NamedTuple):
    """``received``: different packets that reached the server so far, this one included. Its times are of a clock of its own."""

    session: bytes
    sequence: int
    sent_ns: int
    received: int
    server_received_ns: int
    server_sent_ns: int
    length: int


class Ask(NamedTuple):
    session: bytes
    first: int


class Report(NamedTuple):
    """Bit ``n`` of ``bitmap`` (lowest bit of a byte first): whether the packet ``first + n`` reached the server."""

    session: bytes
    received: int
    answered: int
    first: int
    bitmap: bytes


class Close(NamedTuple):
    session: bytes


Packet = Hello | Challenge | Open | Accept | Refuse | Data | Echo | Ask | Report | Close


def proof(token: bytes, nonce: bytes, cookie: bytes) -> bytes:
    """What shows that the client knows the token without sending it: HMAC-SHA256; zeros without a token."""
    return hmac.digest(token, nonce + cookie, hashlib.sha256) if token else bytes(32)


def encode(packet: Packet) -> bytes:
    """The packet as it goes over the wire. Raises ValueError or struct.error for what does not fit its field."""
    match packet:
        case Hello():
            return _packed(HELLO, _HELLO, packet)
        case Challenge(nonce, cookie, needed):
            return _packed(CHALLENGE, _CHALLENGE, (nonce, cookie), _TOKEN_NEEDED if needed else 0)
        case Open():
            return _packed(OPEN, _OPEN, packet)
        case Accept():
            return _packed(ACCEPT, _ACCEPT, packet)
        case Refuse():
            return _packed(REFUSE, _REFUSE, packet)
        case Data():
            return _padded(_packed(DATA, _DATA, packet[:-1]), packet.length)
        case Echo():
            return _padded(_packed(ECHO, _ECHO, packet[:-1]), packet.length)
        case Ask():
            return _packed(ASK, _ASK, packet)
        case Report():
            return _packed(REPORT, _REPORT, packet[:-1]) + packet.bitmap
        case Close():
            return _packed(CLOSE, _CLOSE, packet)


def parse(data: bytes) -> Packet:
    """Read one packet. Raises NotEcho and nothing else."""
    if len(data) < _HEADER.size:
        raise NotEcho(f"{len(data)} bytes are too short")
    magic, kind, version, flags = _HEADER.unpack_from(data)
    if magic != MAGIC or version != VERSION:
        raise NotEcho("another protocol, or another version")
    if kind == DATA:  # first: of all packets but a few
        return _data(data)
    if kind == ECHO:
        return _echo(data)
    return _rare(data, kind, flags)


def bitmap(arrived: Iterable[int], first: int, count: int) -> bytes:
    """The bitmap of a REPORT about ``count`` packets from ``first``."""
    bits = bytearray((count + 7) // 8)
    for sequence in arrived:
        at = sequence - first
        if 0 <= at < count:
            bits[at >> 3] |= 1 << (at & 7)
    return bytes(bits)


def arrived(report: Report) -> tuple[bool, ...]:
    """The bitmap, unfolded: whether ``first``, ``first + 1`` ... reached the server."""
    return tuple(bool(byte >> bit & 1) for byte in report.bitmap for bit in range(8))


def _packed(kind: int, fields: struct.Struct, values: tuple[object, ...], flags: int = 0) -> bytes:
    packet = bytearray(fields.size)
    fields.pack_into(packet, 0, *values)
    _HEADER.pack_into(packet, 0, MAGIC, kind, VERSION, flags)
    return bytes(packet)


def _padded(packet: bytes, length: int) -> bytes:
    if length < len(packet):
        raise ValueError(f"{length} bytes are too few for this packet: it takes {len(packet)}")
    return packet + _NOISE[: length - len(packet)]


def _data(data: bytes) -> Data:
    if len(data) < LEAST_DATA:
        raise NotEcho(f"{len(data)} bytes are too short for DATA")
    session, sequence, sent_ns, reply_bytes = _DATA.unpack_from(data)
    return Data(session, sequence, sent_ns, reply_bytes, len(data))


def _echo(data: bytes) -> Echo:
    if len(data) < LEAST_ECHO:
        raise NotEcho(f"{len(data)} bytes are too short for ECHO")
    session, sequence, sent_ns, received, received_ns, answered_ns = _ECHO.unpack_from(data)
    return Echo(session, sequence, sent_ns, received, received_ns, answered_ns, len(data))


def _rare(data: bytes, kind: int, flags: int) -> Packet:
    if kind == CHALLENGE:
        nonce, cookie = _exactly(_CHALLENGE, data)
        return Challenge(nonce, cookie, bool(flags & _TOKEN_NEEDED))
    if kind == REPORT:
        if not _REPORT.size <= len(data) <= ASK_BYTES:
            raise NotEcho(f"a REPORT does not have {len(data)} bytes")
        session, received, answered, first = _REPORT.unpack_from(data)
        return Report(session, received, answered, first, data[_REPORT.size :])
    known = _PLAIN.get(kind)
    if known is None:
        raise NotEcho(f"no packet of type {kind}")
    made_of, fields = known
    return made_of(*_exactly(fields, data))


_PLAIN: Final[dict[int, tuple[Callable[..., Packet], struct.Struct]]] = {
    HELLO: (Hello, _HELLO),
    OPEN: (Open, _OPEN),
    ACCEPT: (Accept, _ACCEPT),
    REFUSE: (Refuse, _REFUSE),
    ASK: (Ask, _ASK),
    CLOSE: (Close, _CLOSE),
}


def _exactly(fields: struct.Struct, data: bytes) -> tuple[Any, ...]:
    if len(data) != fields.size:
        raise NotEcho(f"{len(data)} bytes, expected {fields.size}")
    return fields.unpack(data)
