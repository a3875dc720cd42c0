"""STUN messages (RFC 8489): requests that need no account, and a strict reader of what comes back. Sends nothing.

Two requests prove a UDP path without credentials: Binding, and TURN Allocate (RFC 8656, 7.2), which any TURN server answers with
an error 401 and allocates nothing. Success or error, an answer with our transaction id proves that the path is open.
A Binding may ask to be answered from the server's other address or port (RFC 5780, 7), as tests of a NAT do.
"""

import ipaddress
import os
import struct
from dataclasses import dataclass
from typing import Final

from readycheck.text import clean_bytes

MAGIC_COOKIE: Final = 0x2112A442
BINDING: Final = 0x001
ALLOCATE: Final = 0x003
REFRESH: Final = 0x004
REQUEST, INDICATION, SUCCESS, ERROR = 0b00, 0b01, 0b10, 0b11

_HEADER: Final = struct.Struct("!HHI12s")
_MAPPED_ADDRESS: Final = 0x0001
_CHANGE_REQUEST: Final = 0x0003
_ERROR_CODE: Final = 0x0009
_LIFETIME: Final = 0x000D
_REQUESTED_TRANSPORT: Final = 0x0019
_XOR_MAPPED_ADDRESS: Final = 0x0020
_PADDING: Final = 0x0026
_SOFTWARE: Final = 0x8022
_OTHER_ADDRESS: Final = 0x802C
_CHANGE_IP, _CHANGE_PORT = 0x04, 0x02  # RFC 5780, 7.2
_UDP: Final = 17  # IANA protocol number


class NotStun(ValueError):
    """These bytes are no well-formed STUN message; the text says what is wrong with them."""


@dataclass(frozen=True, kw_only=True)
class Message:
    """A STUN message: ``kind`` is REQUEST, INDICATION, SUCCESS or ERROR; ``attributes`` in order, unpadded."""

    method: int
    kind: int
    transaction_id: bytes
    attributes: tuple[tuple[int, bytes], ...] = ()

    @property
    def mapped(self) -> tuple[str, int] | None:
        """The address that the server saw (XOR-MAPPED-ADDRESS, else the older MAPPED-ADDRESS); None: it did not say."""
        xored = self._first(_XOR_MAPPED_ADDRESS)
        if xored is not None:
            return _address(xored, struct.pack("!I", MAGIC_COOKIE) + self.transaction_id)
        return self._plain(_MAPPED_ADDRESS)

    @property
    def other_address(self) -> tuple[str, int] | None:
        """The server's address for tests of a NAT, another IP address and port (RFC 5780, 7.4); None: it offers no such tests."""
        return self._plain(_OTHER_ADDRESS)

    @property
    def error_code(self) -> int | None:
        """300 to 699; None where there is none or it is malformed."""
        value = self._first(_ERROR_CODE)
        if value is None or len(value) < 4:
            return None
        hundreds, rest = value[2] & 0x07, value[3]
        return hundreds * 100 + rest if 3 <= hundreds <= 6 and rest < 100 else None

    @property
    def software(self) -> str:
        """What the server calls itself, cleaned; empty where it does not say."""
        return clean_bytes(self._first(_SOFTWARE) or b"", 80)

    def _plain(self, wanted: int) -> tuple[str, int] | None:
        value = self._first(wanted)
        return None if value is None else _address(value, bytes(16))

    def _first(self, wanted: int) -> bytes | None:
        return next((value for kind, value in self.attributes if kind == wanted), None)


def new_transaction_id() -> bytes:
    """96 unguessable bits: a reply that carries them was made by somebody who saw the request."""
    return os.urandom(12)


def binding_request(
    transaction_id: bytes, *, change_ip: bool = False, change_port: bool = False, padded_to: int = 0
) -> bytes:
    """A Binding request: 20 bytes, answered by every STUN server.

    ``change_ip``, ``change_port``: asks to be answered from the server's other address or port (CHANGE-REQUEST).
    ``padded_to``: makes the message at least that many bytes long (PADDING, RFC 5780, 7.6). A server that knows neither must
    answer with error 420 (RFC 8489, 6.3.1), so use them only with one that offers them.
    """
    attributes: list[tuple[int, bytes]] = []
    if change_ip or change_port:
        wanted = _CHANGE_IP * change_ip | _CHANGE_PORT * change_port
        attributes.append((_CHANGE_REQUEST, struct.pack("!I", wanted)))
    missing = padded_to - _HEADER.size - 8 * len(attributes)
    if missing > 0:
        attributes.append((_PADDING, bytes(max(0, missing - 4 + -missing % 4))))
    return encode(
        Message(method=BINDING, kind=REQUEST, transaction_id=transaction_id, attributes=tuple(attributes))
    )


def allocate_request(transaction_id: bytes) -> bytes:
    """A TURN Allocate request without credentials, to be refused with 401: 28 bytes, allocates nothing."""
    transport = (_REQUESTED_TRANSPORT, bytes((_UDP, 0, 0, 0)))
    return encode(
        Message(method=ALLOCATE, kind=REQUEST, transaction_id=transaction_id, attributes=(transport,))
    )


def release_request(transaction_id: bytes) -> bytes:
    """A TURN Refresh with a lifetime of 0, which gives back an allocation that was made without credentials (RFC 8656, 8)."""
    lifetime = (_LIFETIME, bytes(4))
    return encode(
        Message(method=REFRESH, kind=REQUEST, transaction_id=transaction_id, attributes=(lifetime,))
    )


def encode(message: Message) -> bytes:
    """The message as it goes over the wire. Raises ValueError for a transaction id that is not 12 bytes long."""
    if len(message.transaction_id) != 12:
        raise ValueError("a transaction id has 12 bytes")
    body = b"".join(
        struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)
        for kind, value in message.attributes
    )
    return _HEADER.pack(_type(message), len(body), MAGIC_COOKIE, message.transaction_id) + body


def parse(data: bytes) -> Message:
    """Read one message (RFC 8489, 5 and 14); lengths must add up exactly. Raises NotStun and nothing else."""
    if len(data) < _HEADER.size:
        raise NotStun(f"{len(data)} bytes are too short")
    type_, length, cookie, transaction_id = _HEADER.unpack_from(data)
    if type_ & 0xC000 or cookie != MAGIC_COOKIE:
        raise NotStun("no magic cookie")
    if length % 4 or length != len(data) - _HEADER.size:
        raise NotStun(f"it says {length} bytes of attributes and has {len(data) - _HEADER.size}")
    kind = (type_ >> 7 & 0b10) | (type_ >> 4 & 0b01)
    method = (type_ & 0x000F) | (type_ >> 1 & 0x0070) | (type_ >> 2 & 0x0F80)
    return Message(
        method=method, kind=kind, transaction_id=transaction_id, attributes=_attributes(data[_HEADER.size :])
    )


def is_reply(data: bytes, transaction_id: bytes) -> bool:
    """Whether these bytes are a STUN success or error reply to the request with this id."""
    try:
        message = parse(data)
    except NotStun:
        return False
    return message.kind in (SUCCESS, ERROR) and message.transaction_id == transaction_id


def _type(message: Message) -> int:
    """The class bits stand in the middle of the method bits (RFC 8489, figure 3)."""
    method, kind = message.method, message.kind
    bits = (method & 0x000F) | (method & 0x0070) << 1 | (method & 0x0F80) << 2
    return bits | (kind & 0b01) << 4 | (kind & 0b10) << 7


def _attributes(body: bytes) -> tuple[tuple[int, bytes], ...]:
    found = []
    at = 0
    while at < len(body):
        kind, length = struct.unpack_from("!HH", body, at)  # lengths are multiples of 4: a header always fits
        value = body[at + 4 : at + 4 + length]
        if len(value) != length:
            raise NotStun(f"attribute {kind:#06x} reaches past the end")
        found.append((kind, value))
        at += 4 + length + -length % 4
    return tuple(found)


def _address(value: bytes, mask: bytes) -> tuple[str, int] | None:
    """RFC 8489, 14.1 and 14.2: family, then port and address, each XORed with the beginning of the mask."""
    size = {1: 4, 2: 16}.get(value[1]) if len(value) >= 4 else None
    if size is None or len(value) != 4 + size:
        return None
    port = int.from_bytes(value[2:4], "big") ^ int.from_bytes(mask[:2], "big")
    raw = bytes(a ^ b for a, b in zip(value[4:], mask, strict=False))
    return str(ipaddress.ip_address(raw)), port
