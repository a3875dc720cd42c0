"""The other ends of WireGuard and of OpenVPN's wrapped packets, from the bytes of a packet alone: nothing here comes from the
modules that the checks use, so that both ends cannot be wrong together.

WireGuard: Donenfeld, NDSS 2017, 5.4.2 to 5.4.4 and 5.4.7. OpenVPN 2.6: a static key is for what the gateway sends the cipher's
key at 0 and the HMAC's at 64, for what the client sends at 128 and 192.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

KEY = bytes(range(256))  # OpenVPN's static key of all these tests
GATEWAYS_SESSION = bytes(range(0xA1, 0xA9))
QUARTERS = (
    *((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)),
    *((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)),
)
COUNT = bytes.fromhex("00000001 6ab13b80")


@dataclass(frozen=True)
class Caller:
    """Who asks a WireGuard gateway, and when (TAI64N, 12 bytes), as its packet proves; what both ends then hold in common."""

    person: bytes
    time: bytes
    hash: bytes
    chain: bytes


def read_initiation(packet: bytes, gateway: X25519PrivateKey) -> Caller:
    """Raises cryptography's InvalidTag for a packet that this gateway would drop."""
    public = gateway.public_key().public_bytes_raw()
    ephemeral = packet[8:40]
    chain = _blake(b"Noise_IKpsk2_25519_ChaChaPoly_BLAKE2s")
    seen = _blake(_blake(_blake(chain + b"WireGuard v1 zx2c4 Jason@zx2c4.com") + public) + ephemeral)
    chain = _first(chain, ephemeral)
    mixed = gateway.exchange(X25519PublicKey.from_public_bytes(ephemeral))
    chain, key = _first(chain, mixed), _second(chain, mixed)
    person = ChaCha20Poly1305(key).decrypt(bytes(12), packet[40:88], seen)
    seen = _blake(seen + packet[40:88])
    mixed = gateway.exchange(X25519PublicKey.from_public_bytes(person))
    chain, key = _first(chain, mixed), _second(chain, mixed)
    time = ChaCha20Poly1305(key).decrypt(bytes(12), packet[88:116], seen)
    return Caller(person, time, _blake(seen + packet[88:116]), chain)


def wireguard_answer(packet: bytes, gateway: X25519PrivateKey, shared: bytes = bytes(32)) -> bytes:
    """The gateway's response to an initiation, without its MACs, which only a gateway looks at. Raises InvalidTag likewise."""
    caller = read_initiation(packet, gateway)
    ephemeral = X25519PrivateKey.generate()
    public = ephemeral.public_key().public_bytes_raw()
    chain = _first(caller.chain, public)
    chain = _first(chain, ephemeral.exchange(X25519PublicKey.from_public_bytes(packet[8:40])))
    chain = _first(chain, ephemeral.exchange(X25519PublicKey.from_public_bytes(caller.person)))
    key = _third(chain, shared)
    seen = _blake(_blake(caller.hash + public) + _second(chain, shared))
    sealed = ChaCha20Poly1305(key).encrypt(bytes(12), b"", seen)
    return b"\x02\x00\x00\x00" + b"\x09\x09\x09\x09" + packet[4:8] + public + sealed + bytes(32)


def wireguard_cookie(packet: bytes, public: bytes) -> bytes:
    """As a gateway of this key that is too busy makes it (5.4.7): XChaCha20-Poly1305 over a cookie, beside the packet's mac1."""
    nonce = bytes(range(24))
    box = ChaCha20Poly1305(_hchacha20(_blake(b"cookie--" + public), nonce[:16]))
    sealed = box.encrypt(bytes(4) + nonce[16:], bytes(16), packet[116:132])
    return b"\x03\x00\x00\x00" + packet[4:8] + nonce + sealed


def is_for(packet: bytes, public: bytes) -> bool:
    """Whether the packet has the first MAC that this WireGuard gateway wants."""
    key = _blake(b"mac1----" + public)
    return packet[116:132] == hashlib.blake2s(packet[:116], key=key, digest_size=16).digest()


def _blake(data: bytes) -> bytes:
    return hashlib.blake2s(data).digest()


def _first(chain: bytes, material: bytes) -> bytes:
    return hmac.digest(hmac.digest(chain, material, "blake2s"), b"\x01", "blake2s")


def _second(chain: bytes, material: bytes) -> bytes:
    secret = hmac.digest(chain, material, "blake2s")
    return hmac.digest(secret, _first(chain, material) + b"\x02", "blake2s")


def _third(chain: bytes, material: bytes) -> bytes:
    secret = hmac.digest(chain, material, "blake2s")
    return hmac.digest(secret, _second(chain, material) + b"\x03", "blake2s")


def _hchacha20(key: bytes, nonce: bytes) -> bytes:
    """Round by round: draft-irtf-cfrg-xchacha-03, 2.2."""
    state = [*struct.unpack("<4I", b"expand 32-byte k"), *struct.unpack("<12I", key + nonce)]
    for _ in range(10):
        for a, b, c, d in QUARTERS:
            for one, other, mixed, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                state[one] = (state[one] + state[other]) & 0xFFFFFFFF
                turned = state[mixed] ^ state[one]
                state[mixed] = (turned << by | turned >> (32 - by)) & 0xFFFFFFFF
    return struct.pack("<8I", *state[:4], *state[12:])


def acknowledging(session: bytes) -> bytes:
    """What an OpenVPN gateway says to the reset of this session: one acknowledgement, of packet 0, in its own packet 0."""
    return b"\x01" + bytes(4) + session + bytes(4)


def tls_auth_answer(session: bytes, key: bytes, digest: str = "sha1") -> bytes:
    """``key``: the part of the static key that the gateway's HMAC takes."""
    head, rest = b"\x40" + GATEWAYS_SESSION, acknowledging(session)
    return head + hmac.digest(key, COUNT + head + rest, digest) + COUNT + rest


def tls_crypt_answer(session: bytes, key: bytes = KEY) -> bytes:
    head, rest = b"\x40" + GATEWAYS_SESSION + COUNT, acknowledging(session)
    tag = hmac.digest(key[64:96], head + rest, "sha256")
    cipher = Cipher(algorithms.AES(key[0:32]), modes.CTR(tag[:16])).encryptor()
    return head + tag + cipher.update(rest)
