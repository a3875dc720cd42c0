"""The one QUIC packet that every server answers and no server remembers: an Initial of a version that does not exist.

RFC 9000: version numbers of the form 0x?a?a?a?a are reserved so that they are never spoken (15); a server answers a packet of at
least 1200 bytes of an unknown version with Version Negotiation (6.1), and keeps nothing about it. Pure; sends nothing.
"""

import struct
from typing import Final

SIZE: Final = 1_200  # RFC 9000, 14.1: a shorter one must not be answered
UNSPOKEN: Final = 0x1A2A3A4A
ID_BYTES: Final = 8
_LONG_HEADER: Final = 0xC0  # header form and fixed bit; the type bits 00 are those of an Initial
_FORM: Final = 0x80
_MOST_VERSIONS: Final = 64


def unspoken_initial(destination: bytes, source: bytes) -> bytes:
    """The packet, 1200 bytes. ``destination``, ``source``: unguessable connection ids of ID_BYTES, which the answer repeats."""
    head = struct.pack("!BI", _LONG_HEADER, UNSPOKEN)
    ids = bytes((len(destination),)) + destination + bytes((len(source),)) + source
    return (head + ids).ljust(SIZE, b"\0")


def offered_versions(data: bytes, destination: bytes, source: bytes) -> tuple[int, ...] | None:
    """The versions that a Version Negotiation packet offers (RFC 9000, 17.2.1; RFC 8999, 6); None for anything else, and for
    an answer to another packet than that with these ids. Never raises."""
    if len(data) < 7 or not data[0] & _FORM or data[1:5] != bytes(4):
        return None
    to, rest = _id(data[5:])
    by, versions = _id(rest)
    if to != source or by != destination or not versions or len(versions) % 4:
        return None
    return tuple(number for (number,) in struct.iter_unpack("!I", versions[: 4 * _MOST_VERSIONS]))


def _id(data: bytes) -> tuple[bytes | None, bytes]:
    """A connection id with its length before it (up to 255 bytes: RFC 8999, 5.1), and what follows; None where it is cut off."""
    if not data or len(data) < 1 + data[0]:
        return None, b""
    return data[1 : 1 + data[0]], data[1 + data[0] :]
