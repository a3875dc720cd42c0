"""WireGuard's first packet, with the person's own key, and the gateway's answer to it. Pure: sends nothing, keeps no key.

Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s, as in the WireGuard paper (Donenfeld, NDSS 2017), sections 5.4.2 to 5.4.7. A gateway
answers only whom it knows. Its answer is believed only where nobody but the holder of its key could have made it.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

KEY_BYTES: Final = 32
INITIATION_BYTES: Final = 148
RESPONSE_BYTES: Final = 92
COOKIE_BYTES: Final = 64
_INITIATION: Final = struct.pack("<I", 1)
_RESPONSE: Final = struct.pack("<I", 2)
_COOKIE: Final = struct.pack("<I", 3)
_NAME: Final = b"Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s"
_IDENTIFIER: Final = b"WireGuard v1 zx2c4 Jason@zx2c4.com"
_MAC1_AT: Final = 116
_TAI_OFFSET: Final = 0x400000000000000A


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The person's key and the gateway's, 32 bytes each; ``shared``: what both hold besides, zeros for nothing."""

    private: bytes = field(repr=False)
    gateway: bytes = field(repr=False)
    shared: bytes = field(default=bytes(KEY_BYTES), repr=False)

    def __post_init__(self) -> None:
        if {len(self.private), len(self.gateway), len(self.shared)} != {KEY_BYTES}:
            raise ValueError("a WireGuard key has 32 bytes")


@dataclass(frozen=True, kw_only=True)
class Initiation:
    """One packet to send, and what is needed to know its answer."""

    packet: bytes
    sender: bytes
    keys: Keys
    hash: bytes = field(repr=False)
    chain: bytes = field(repr=False)
    ephemeral: "X25519PrivateKey" = field(repr=False)


def initiation(keys: Keys, sender: bytes, seconds: float) -> Initiation:
    """``sender``: 4 random bytes; ``seconds`` since 1970: a gateway takes each packet only if it is later than the last one.

    Raises ValueError where the gateway's key is none that a secret can be made with.
    """
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    static, ephemeral = X25519PrivateKey.from_private_bytes(keys.private), X25519PrivateKey.generate()
    public = ephemeral.public_key().public_bytes_raw()
    chain = _hash(_NAME)
    seen = _hash(_hash(chain + _IDENTIFIER) + keys.gateway)
    seen, chain = _hash(seen + public), _kdf(chain, public, 1)[0]
    chain, key = _kdf(chain, _shared(ephemeral, keys.gateway), 2)
    hidden = _seal(key, static.public_key().public_bytes_raw(), seen)
    seen = _hash(seen + hidden)
    chain, key = _kdf(chain, _shared(static, keys.gateway), 2)
    stamp = _seal(key, _tai64n(seconds), seen)
    seen = _hash(seen + stamp)
    message = _INITIATION + sender + public + hidden + stamp
    packet = message + _mac1(keys.gateway, message) + bytes(16)
    return Initiation(packet=packet, sender=sender, keys=keys, hash=seen, chain=chain, ephemeral=ephemeral)


def stranger(noise: bytes) -> bytes:
    """A packet of the same size from nobody, for the way it takes: a gateway drops it in silence. ``noise``: 144 random bytes."""
    return (_INITIATION + noise)[:INITIATION_BYTES]


def is_answer(packet: bytes, sent: Initiation) -> bool:
    """True for the gateway's response to this initiation, and for its word that it is too busy for one now."""
    if len(packet) == COOKIE_BYTES and packet[:4] == _COOKIE:
        return packet[4:8] == sent.sender and _is_cookie(packet, sent)
    if len(packet) != RESPONSE_BYTES or packet[:4] != _RESPONSE or packet[8:12] != sent.sender:
        return False
    try:
        return _opens(packet, sent)
    except ValueError:  # a key of no use
        return False


def _opens(packet: bytes, sent: Initiation) -> bool:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    public, sealed = packet[12:44], packet[44:60]
    seen, chain = _hash(sent.hash + public), _kdf(sent.chain, public, 1)[0]
    chain = _kdf(chain, _shared(sent.ephemeral, public), 1)[0]
    chain = _kdf(chain, _shared(X25519PrivateKey.from_private_bytes(sent.keys.private), public), 1)[0]
    _, mixed, key = _kdf(chain, sent.keys.shared, 3)
    try:
        return ChaCha20Poly1305(key).decrypt(bytes(12), sealed, _hash(seen + mixed)) == b""
    except InvalidTag:
        return False


def _is_cookie(packet: bytes, sent: Initiation) -> bool:
    """Whether it is sealed for this very initiation, by one who knows the gateway's public key (paper, 5.4.7)."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    nonce, sealed = packet[8:32], packet[32:]
    key = _hchacha20(_hash(b"cookie--" + sent.keys.gateway), nonce[:16])
    try:
        ChaCha20Poly1305(key).decrypt(bytes(4) + nonce[16:], sealed, sent.packet[_MAC1_AT : _MAC1_AT + 16])
    except InvalidTag:
        return False
    return True


def _hchacha20(key: bytes, nonce: bytes) -> bytes:
    """The key of XChaCha20 (draft-irtf-cfrg-xchacha-03, 2.2): words of ChaCha20's block without the sum at its end (RFC 8439,
    2.3). The library gives the block; what was added is known."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms

    block = Cipher(algorithms.ChaCha20(key, nonce), None).encryptor().update(bytes(64))
    summed = struct.unpack("<8I", block[:16] + block[48:])
    added = struct.unpack("<8I", b"expand 32-byte k" + nonce)
    return struct.pack(
        "<8I", *((word - other) & 0xFFFFFFFF for word, other in zip(summed, added, strict=True))
    )


def _shared(ours: "X25519PrivateKey", theirs: bytes) -> bytes:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey

    return ours.exchange(X25519PublicKey.from_public_bytes(theirs))


def _hash(data: bytes) -> bytes:
    return hashlib.blake2s(data).digest()


def _kdf(chain: bytes, material: bytes, count: int) -> tuple[bytes, ...]:
    """HKDF (RFC 5869) with BLAKE2s."""
    secret = hmac.digest(chain, material, "blake2s")
    told: list[bytes] = []
    for number in range(1, count + 1):
        told.append(hmac.digest(secret, (told[-1] if told else b"") + bytes([number]), "blake2s"))
    return tuple(told)


def _seal(key: bytes, text: bytes, seen: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

    return ChaCha20Poly1305(key).encrypt(bytes(12), text, seen)


def _mac1(gateway: bytes, message: bytes) -> bytes:
    return hashlib.blake2s(message, key=_hash(b"mac1----" + gateway), digest_size=16).digest()


def _tai64n(seconds: float) -> bytes:
    whole = int(seconds)
    return struct.pack(">QI", _TAI_OFFSET + whole, int((seconds - whole) * 1_000_000_000))
