"""OpenVPN's key wrapping of first packets: tls-auth, tls-crypt, tls-crypt-v2. Pure; its keys never show in what it prints.

Layouts: OpenVPN 2.6, doc/tls-crypt-v2.txt and src/openvpn/{crypto.h,tls_crypt.h,ssl_pkt.h}. A static key is two pairs of 64 bytes
for the cipher and 64 for the HMAC, one pair for each direction. Packet ids begin at 1, with the time of day beside them;
with tls-crypt-v2 at one that says "early negotiation", without which a gateway opens a session at once or keeps silent.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass, field
from typing import Final

from readycheck_checks.vpn.openvpn import (
    CLIENT_RESET_V2,
    SERVER_RESET_V2,
    SESSION_ID_BYTES,
    acknowledges,
    checked,
    unacknowledging,
)

STATIC_KEY_BYTES: Final = 256
CLIENT_RESET_V3: Final = 10 << 3
_FIRST: Final = 1
_EARLY: Final = 0x0F000001  # EARLY_NEG_START and one: we can take the cookie of a gateway that keeps no state
_HEAD: Final = 1 + SESSION_ID_BYTES
_COUNT: Final = 8  # packet id and time
_TAG: Final = 32
_PAIR: Final = 128
_HMAC_AT: Final = 64
_DIGESTS: Final = {
    "SHA1": "sha1",
    "SHA224": "sha224",
    "SHA256": "sha256",
    "SHA384": "sha384",
    "SHA512": "sha512",
    "MD5": "md5",
}


def digest_named(name: str) -> str:
    """hashlib's name for an OpenVPN digest (``auth SHA256``, ``RSA-SHA256``, ``sha-256``). Raises ValueError for others."""
    plain = name.upper().removeprefix("RSA-").replace("-", "")
    if plain not in _DIGESTS:
        raise ValueError("its digest (auth) is none that is known here")
    return _DIGESTS[plain]


def _checked_key(key: bytes) -> bytes:
    if len(key) != STATIC_KEY_BYTES:
        raise ValueError(f"an OpenVPN static key has {STATIC_KEY_BYTES} bytes")
    return key


@dataclass(frozen=True)
class TlsAuth:
    """tls-auth: an HMAC before each packet. ``direction``: 0, 1, or None where both ends use the same half of the key."""

    key: bytes = field(repr=False)
    direction: int | None
    digest: str
    seconds: int  # the time of day, as it stands in the packet

    def __post_init__(self) -> None:
        _checked_key(self.key)

    def _tag(self, pair: int, message: bytes) -> bytes:
        at = pair * _PAIR + _HMAC_AT
        size = hashlib.new(self.digest).digest_size
        return hmac.digest(self.key[at : at + size], message, self.digest)

    def wrap(self, session_id: bytes) -> bytes:
        head = bytes([CLIENT_RESET_V2]) + checked(session_id)
        count, rest = struct.pack("!II", _FIRST, self.seconds), unacknowledging()
        return head + self._tag(int(self.direction == 1), count + head + rest) + count + rest

    def is_answer(self, packet: bytes, session_id: bytes) -> bool:
        at = _HEAD + hashlib.new(self.digest).digest_size
        head, tag = packet[:_HEAD], packet[_HEAD:at]
        count, rest = packet[at : at + _COUNT], packet[at + _COUNT :]
        proved = hmac.compare_digest(tag, self._tag(int(self.direction == 0), count + head + rest))
        return proved and head[:1] == bytes([SERVER_RESET_V2]) and acknowledges(rest, session_id)


@dataclass(frozen=True)
class TlsCrypt:
    """tls-crypt, and with ``wrapped_client_key`` (WKc) tls-crypt-v2: HMAC-SHA256 and AES-256-CTR over what follows the head."""

    key: bytes = field(repr=False)
    seconds: int
    wrapped_client_key: bytes = field(default=b"", repr=False)

    def __post_init__(self) -> None:
        _checked_key(self.key)

    def _tag(self, pair: int, message: bytes) -> bytes:
        at = pair * _PAIR + _HMAC_AT
        return hmac.digest(self.key[at : at + 32], message, "sha256")

    def _crypt(self, pair: int, tag: bytes, text: bytes) -> bytes:
        """Both ways: a stream cipher in counter mode."""
        from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

        key = self.key[pair * _PAIR : pair * _PAIR + 32]
        stream = Cipher(algorithms.AES(key), modes.CTR(tag[:16])).encryptor()
        return stream.update(text) + stream.finalize()

    def wrap(self, session_id: bytes) -> bytes:
        opcode = CLIENT_RESET_V3 if self.wrapped_client_key else CLIENT_RESET_V2
        number = _EARLY if self.wrapped_client_key else _FIRST
        head = bytes([opcode]) + checked(session_id) + struct.pack("!II", number, self.seconds)
        tag = self._tag(1, head + unacknowledging())
        return head + tag + self._crypt(1, tag, unacknowledging()) + self.wrapped_client_key

    def is_answer(self, packet: bytes, session_id: bytes) -> bool:
        at = _HEAD + _COUNT
        head, tag, hidden = packet[:at], packet[at : at + _TAG], packet[at + _TAG :]
        if len(tag) < _TAG or head[:1] != bytes([SERVER_RESET_V2]):
            return False
        rest = self._crypt(0, tag, hidden)
        return hmac.compare_digest(tag, self._tag(0, head + rest)) and acknowledges(rest, session_id)
