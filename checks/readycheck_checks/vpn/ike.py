"""IKE's first packets: asks an IPsec gateway in a way that leaves nothing open there, and reads what it says. Pure.

IKEv2 (RFC 7296): everything customary is offered, and a key of group 1 (768 bit) beside it, which no sane gateway takes. It
answers with the group that it wants (INVALID_KE_PAYLOAD) and forgets us. IKEv1 (RFC 2408, 2409): an offer that nobody takes.
On port 4500 four zero bytes go before each packet (RFC 3948).
"""

import struct
from dataclasses import dataclass
from enum import Enum
from typing import Final

SPI_BYTES: Final = 8
NONCE_BYTES: Final = 32
GROUP_1_BYTES: Final = 96
NAT_PORT: Final = 4500
NON_ESP: Final = bytes(4)
_HEADER: Final = struct.Struct("!8s8sBBBBII")
_SA, _KE, _NONCE, _NOTIFY = 33, 34, 40, 41
_INIT, _IS_ANSWER = 34, 0x20
_SA_V1, _NOTIFY_V1 = 1, 11
_MAIN_MODE, _INFORMATIONAL_V1 = 2, 5
# Numbers of IANA's registry "Internet Key Exchange Version 2 (IKEv2) Parameters", as of 2026-11.
_GCM: Final = (
    (20, 256),
    (20, 192),
    (20, 128),
    (19, 256),
    (18, 256),
    (18, 128),
    (16, 256),
    (16, 128),
    (28, 0),
)
_CBC: Final = ((12, 256), (12, 192), (12, 128), (23, 256), (23, 128), (13, 256), (3, 0))
_PRFS: Final = (5, 6, 7, 2, 4, 8, 1)
_INTEGRITY: Final = (12, 13, 14, 2, 5, 1)
_GROUPS: Final = (14, 19, 20, 21, 31, 32, 15, 16, 17, 18, 24, 23, 22, 28, 29, 30, 27, 25, 26, 5, 2, 1)
_ENCRYPTION, _PRF, _INTEGRITY_TYPE, _GROUP = 1, 2, 3, 4


class Said(Enum):
    """What a gateway said; every one proves that it lives."""

    ACCEPTS = "takes the offer"
    WANTS_GROUP = "asks for another key group"
    NO_PROPOSAL = "takes nothing of what was offered"
    COOKIE = "is busy and asks to come again"
    OTHER_VERSION = "speaks another version of IKE"
    ERROR = "answers with an error"


@dataclass(frozen=True)
class Answer:
    """``number``: of the group that it wants, or of its error."""

    said: Said
    number: int = 0

    def __str__(self) -> str:
        return f"{self.said.value} ({self.number})" if self.number else self.said.value


def init_request(spi: bytes, nonce: bytes, key: bytes) -> bytes:
    """IKE_SA_INIT of version 2; ``key``: 96 random bytes in the place of a public key of group 1."""
    if (len(spi), len(nonce), len(key)) != (SPI_BYTES, NONCE_BYTES, GROUP_1_BYTES):
        raise ValueError("an IKE request needs an SPI of 8 bytes, a nonce of 32 and a key of 96")
    offer = _payload(_KE, _offer())
    exchange = _payload(_NONCE, struct.pack("!HH", 1, 0) + key)
    body = offer + exchange + _payload(0, nonce)
    return _HEADER.pack(spi, bytes(8), _SA, 0x20, _INIT, 0x08, 0, _HEADER.size + len(body)) + body


def _payload(following: int, content: bytes) -> bytes:
    return struct.pack("!BBH", following, 0, 4 + len(content)) + content


def _offer() -> bytes:
    """Two proposals (RFC 7296, 3.3): ciphers that prove integrity themselves, and the others."""
    prfs = [_transform(_PRF, number) for number in _PRFS]
    groups = [_transform(_GROUP, number) for number in _GROUPS]
    checks = [_transform(_INTEGRITY_TYPE, number) for number in _INTEGRITY]
    modern = [*(_transform(_ENCRYPTION, *each) for each in _GCM), *prfs, *groups]
    classic = [*(_transform(_ENCRYPTION, *each) for each in _CBC), *prfs, *checks, *groups]
    return _proposal(1, modern, last=False) + _proposal(2, classic, last=True)


def _transform(kind: int, number: int, bits: int = 0) -> bytes:
    """Without the byte that says whether another one follows."""
    attribute = struct.pack("!HH", 0x8000 | 14, bits) if bits else b""
    return struct.pack("!BHBBH", 0, 8 + len(attribute), kind, 0, number) + attribute


def _proposal(number: int, transforms: list[bytes], *, last: bool) -> bytes:
    ends = [b"\x03"] * (len(transforms) - 1) + [b"\x00"]
    body = b"".join(end + each for end, each in zip(ends, transforms, strict=True))
    return struct.pack("!BBHBBBB", 0 if last else 2, 0, 8 + len(body), number, 1, 0, len(transforms)) + body


def main_mode_request(spi: bytes) -> bytes:
    """IKEv1 main mode with an offer that nobody takes: DES and MD5 with group 1 and signatures (RFC 2409, appendix A)."""
    if len(spi) != SPI_BYTES:
        raise ValueError("an IKE request needs an SPI of 8 bytes")
    attributes = b"".join(
        struct.pack("!HH", 0x8000 | kind, value)
        for kind, value in ((1, 1), (2, 1), (3, 3), (4, 1), (11, 1), (12, 60))
    )
    transform = struct.pack("!BBHBBH", 0, 0, 8 + len(attributes), 1, 1, 0) + attributes
    proposal = struct.pack("!BBHBBBB", 0, 0, 8 + len(transform), 1, 1, 0, 1) + transform
    offer = _payload(0, struct.pack("!II", 1, 1) + proposal)
    return _HEADER.pack(spi, bytes(8), _SA_V1, 0x10, _MAIN_MODE, 0, 0, _HEADER.size + len(offer)) + offer


def for_port(packet: bytes, port: int) -> bytes:
    """As it travels to this port."""
    return NON_ESP + packet if port == NAT_PORT else packet


def answer_to(data: bytes, spi: bytes, port: int) -> Answer | None:
    """What the gateway said to the request of this SPI; None for what is no answer to it. Raises nothing."""
    if port == NAT_PORT:
        if data[:4] != NON_ESP:
            return None
        data = data[4:]
    if len(data) < _HEADER.size or data[:SPI_BYTES] != spi:
        return None
    _, theirs, first, version, exchange, flags, _, length = _HEADER.unpack_from(data)
    if length != len(data):
        return None
    match version >> 4, exchange:
        case 2, 34:
            return _of_version_2(first, data[_HEADER.size :]) if flags & _IS_ANSWER else None
        case 1, 2:  # an echo of our own request has no SPI of the gateway
            return _of_version_1(first, data[_HEADER.size :]) if theirs != bytes(SPI_BYTES) else None
        case 1, 5:
            return _of_version_1(first, data[_HEADER.size :])
    return None


def _of_version_2(kind: int, body: bytes) -> Answer:
    """The first notification that says something, or the offer that was taken."""
    for number, content in _payloads(kind, body):
        if number == _SA:
            return Answer(Said.ACCEPTS)
        if number == _NOTIFY and len(content) >= 4:
            error = int.from_bytes(content[2:4], "big")
            told = content[4 + content[1] :]
            match error:
                case 17:
                    return Answer(Said.WANTS_GROUP, int.from_bytes(told[:2], "big"))
                case 14:
                    return Answer(Said.NO_PROPOSAL)
                case 16390:
                    return Answer(Said.COOKIE)
                case 5:
                    return Answer(Said.OTHER_VERSION)
            if error < 16384:
                return Answer(Said.ERROR, error)
    return Answer(Said.ERROR)


def _of_version_1(kind: int, body: bytes) -> Answer:
    for number, content in _payloads(kind, body):
        if number == _SA_V1:
            return Answer(Said.ACCEPTS)
        if number == _NOTIFY_V1 and len(content) >= 8:
            error = int.from_bytes(content[6:8], "big")
            known = {14: Said.NO_PROPOSAL, 5: Said.OTHER_VERSION}.get(error)
            return Answer(known) if known else Answer(Said.ERROR, error)
    return Answer(Said.ERROR)


def _payloads(kind: int, body: bytes) -> list[tuple[int, bytes]]:
    """Number and content of each payload; what is cut off or nonsense ends the list."""
    found = []
    while kind and len(body) >= 4:
        following, length = body[0], int.from_bytes(body[2:4], "big")
        if not 4 <= length <= len(body):
            break
        found.append((kind, body[4:length]))
        kind, body = following, body[length:]
    return found
