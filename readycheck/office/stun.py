"""Answers of a STUN server (RFC 8489) for IPv4, and the first answer of a TURN server (RFC 8656). Relays nothing."""

import os
import socket
import struct
import zlib
from typing import Final

from readycheck.office.listeners import Address, Answer

COOKIE: Final = 0x2112A442
BINDING: Final = 0x0001
ALLOCATE: Final = 0x0003
SUCCESS: Final = 0x0100
ERROR: Final = 0x0110

_ERROR_CODE: Final = 0x0009
_UNKNOWN_ATTRIBUTES: Final = 0x000A
_REALM: Final = 0x0014
_NONCE: Final = 0x0015
_XOR_MAPPED_ADDRESS: Final = 0x0020
_SOFTWARE: Final = 0x8022
_FINGERPRINT: Final = 0x8028
_UNDERSTOOD: Final = frozenset({0x0006, 0x0019, 0x0024, 0x0025, 0x0026, 0x0027})  # RFC 8489, 8656, 8445, 5780


def server(*, relay: bool) -> Answer:
    """A Binding server; with ``relay`` it asks for credentials on Allocate (401), without it refuses Allocate (400)."""

    def answer(data: bytes, address: Address) -> bytes | None:
        request = _request(data)
        if request is None:
            return None
        method, transaction, kinds = request
        strange = sorted(kind for kind in kinds if kind < 0x8000 and kind not in _UNDERSTOOD)
        if strange:
            listed = b"".join(struct.pack("!H", kind) for kind in strange)
            refusal = _error(420, "Unknown Attribute") + _attribute(_UNKNOWN_ATTRIBUTES, listed)
            return _message(method | ERROR, transaction, refusal)
        if method == BINDING:
            return _message(BINDING | SUCCESS, transaction, _mapped(address))
        if method == ALLOCATE:
            refusal = _challenge() if relay else _error(400, "Bad Request")
            return _message(ALLOCATE | ERROR, transaction, refusal)
        return None

    return answer


def _request(data: bytes) -> tuple[int, bytes, list[int]] | None:
    """Method, transaction id and attribute types of a well-formed request; None for anything else."""
    if len(data) < 20:
        return None
    kind, length, cookie = struct.unpack("!HHI", data[:8])
    if kind & 0xFFF0 or cookie != COOKIE or length % 4 or length != len(data) - 20:
        return None
    kinds = []
    at = 20
    while at + 4 <= len(data):
        attribute, size = struct.unpack("!HH", data[at : at + 4])
        kinds.append(attribute)
        at += 4 + size + (-size % 4)
    return (kind, data[8:20], kinds) if at == len(data) else None


def _message(kind: int, transaction: bytes, attributes: bytes) -> bytes:
    body = attributes + _attribute(_SOFTWARE, b"readycheck demo office")
    head = struct.pack("!HHI", kind, len(body) + 8, COOKIE) + transaction
    checksum = zlib.crc32(head + body) ^ 0x5354554E
    return head + body + _attribute(_FINGERPRINT, struct.pack("!I", checksum))


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)


def _mapped(address: Address) -> bytes:
    (host,) = struct.unpack("!I", socket.inet_aton(address[0]))
    value = struct.pack("!BBHI", 0, 1, address[1] ^ (COOKIE >> 16), host ^ COOKIE)
    return _attribute(_XOR_MAPPED_ADDRESS, value)


def _error(code: int, reason: str) -> bytes:
    return _attribute(_ERROR_CODE, struct.pack("!HBB", 0, code // 100, code % 100) + reason.encode())


def _challenge() -> bytes:
    nonce = os.urandom(8).hex().encode()
    return _error(401, "Unauthorized") + _attribute(_REALM, b"office.test") + _attribute(_NONCE, nonce)
