"""OpenVPN's wrapped first packets: what the client sends, and that only the holder of the key can answer."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from readycheck_checks.vpn import openvpn
from readycheck_checks.vpn.openvpn import Wrapping
from readycheck_checks.vpn.openvpn_keys import TlsAuth, TlsCrypt, digest_named

OURS, THEIRS = bytes(range(1, 9)), bytes(range(0xA1, 0xA9))
KEY = bytes(range(256))
OTHER_WAY = KEY[128:] + KEY[:128]  # the gateway's end of the same key
SECONDS = 1_790_000_000
ACKNOWLEDGING = b"\x01" + bytes(4) + OURS + bytes(4)
WKC = bytes(300)


def tls_auth(direction: int | None = 1, digest: str = "sha1") -> TlsAuth:
    return TlsAuth(KEY, direction, digest, SECONDS)


def auth_answer(key: TlsAuth) -> bytes:
    """What a gateway with this end of the key sends."""
    mine = int(key.direction == 1)
    head, count = b"\x40" + THEIRS, bytes.fromhex("00000001 6ab13b80")
    return head + key._tag(mine, count + head + ACKNOWLEDGING) + count + ACKNOWLEDGING


def crypt_answer(key: bytes) -> bytes:
    client = TlsCrypt(key, SECONDS)
    head = b"\x40" + THEIRS + bytes.fromhex("00000001 6ab13b80")
    tag = client._tag(1, head + ACKNOWLEDGING)
    cipher = Cipher(algorithms.AES(key[128:160]), modes.CTR(tag[:16])).encryptor()
    return head + tag + cipher.update(ACKNOWLEDGING)


def test_the_packets_have_the_lengths_that_openvpn_sends() -> None:
    assert len(tls_auth().wrap(OURS)) == 14 + 20 + 8
    assert len(tls_auth(digest="sha256").wrap(OURS)) == 14 + 32 + 8
    assert len(TlsCrypt(KEY, SECONDS).wrap(OURS)) == 14 + 8 + 32
    assert len(TlsCrypt(KEY, SECONDS, WKC).wrap(OURS)) == 14 + 8 + 32 + len(WKC)


def test_version_2_of_tls_crypt_has_an_opcode_of_its_own_and_ends_with_the_wrapped_key() -> None:
    packet = TlsCrypt(KEY, SECONDS, WKC).wrap(OURS)
    assert packet[0] == 10 << 3 and packet.endswith(WKC)


def test_nothing_of_the_session_is_legible_behind_tls_crypt() -> None:
    assert TlsCrypt(KEY, SECONDS).wrap(OURS)[-5:] != openvpn.unacknowledging()


@pytest.mark.parametrize("direction", [0, 1, None])
def test_tls_auth_believes_the_other_end_of_the_key_and_nobody_else(direction: int | None) -> None:
    ours = tls_auth(direction)
    theirs = TlsAuth(KEY, None if direction is None else 1 - direction, "sha1", SECONDS)
    assert ours.is_answer(auth_answer(theirs), OURS)
    stranger = TlsAuth(bytes(256), theirs.direction, "sha1", SECONDS)
    assert not ours.is_answer(auth_answer(stranger), OURS)
    assert not ours.is_answer(auth_answer(theirs), THEIRS)


def test_tls_crypt_believes_the_other_end_of_the_key_and_nobody_else() -> None:
    ours = TlsCrypt(KEY, SECONDS)
    assert ours.is_answer(crypt_answer(OTHER_WAY), OURS)
    assert not ours.is_answer(crypt_answer(KEY), OURS)
    assert not ours.is_answer(crypt_answer(OTHER_WAY), THEIRS)
    changed = bytearray(crypt_answer(OTHER_WAY))
    changed[-1] ^= 1
    assert not ours.is_answer(bytes(changed), OURS), "a stream cipher alone would not notice"


@pytest.mark.parametrize("wrapping", [tls_auth(), TlsCrypt(KEY, SECONDS)])
def test_our_own_packet_sent_back_is_no_answer(wrapping: Wrapping) -> None:
    packet = wrapping.wrap(OURS)
    for length in range(len(packet) + 1):
        assert not wrapping.is_answer(packet[:length], OURS)


def test_keys_do_not_show_when_they_are_printed() -> None:
    assert "\\x" not in f"{tls_auth()!r}{TlsCrypt(KEY, SECONDS, WKC)!r}"


def test_a_key_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match="256 bytes"):
        TlsCrypt(KEY[:-1], SECONDS)


@pytest.mark.parametrize(
    ("name", "known"), [("SHA256", "sha256"), ("RSA-SHA512", "sha512"), ("sha-1", "sha1")]
)
def test_digests_are_known_by_the_names_that_files_use(name: str, known: str) -> None:
    assert digest_named(name) == known


def test_an_unknown_digest_is_not_repeated() -> None:
    with pytest.raises(ValueError, match="none that is known") as told:
        digest_named("whirlpool")
    assert "whirlpool" not in str(told.value)
