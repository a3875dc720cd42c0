"""OpenVPN's wrapped first packets: what the client sends, and that only the holder of the key can answer.

The recorded packets are those of OpenVPN 2.6.14 (2026-11-22), as client and as gateway, with the key of far_ends.py.
"""

import pytest

from readycheck_checks.vpn import openvpn
from readycheck_checks.vpn.openvpn import Wrapping
from readycheck_checks.vpn.openvpn_keys import TlsAuth, TlsCrypt, digest_named
from tests.checks.vpn.far_ends import KEY, tls_auth_answer, tls_crypt_answer

OURS, THEIRS = bytes(range(1, 9)), bytes(range(0xA1, 0xA9))
SECONDS = 1_790_000_000
RECORDED_SECONDS = 0x6B031526
WKC = bytes(300)


def tls_auth(direction: int | None = 1, digest: str = "sha1", seconds: int = SECONDS) -> TlsAuth:
    return TlsAuth(KEY, direction, digest, seconds)


def tls_crypt(seconds: int = SECONDS) -> TlsCrypt:
    return TlsCrypt(KEY, seconds)


@pytest.mark.parametrize(
    ("wrapping", "recorded"),
    [
        pytest.param(
            tls_auth(1, "sha1", RECORDED_SECONDS),
            "38a68e185c1d865f235c8d61bf18d68886c1ca48d80df776fa19d592cd000000016b0315260000000000",
            id="tls-auth 1",
        ),
        pytest.param(
            tls_auth(1, "sha256", RECORDED_SECONDS),
            "38042036af3390498b8dcb9efe6315d5073a0a956ff5bb17c7b7ed9421a1aaa43daa00d0387deed930"
            "000000016b0315260000000000",
            id="tls-auth 1, auth SHA256",
        ),
        pytest.param(
            tls_auth(None, "sha1", RECORDED_SECONDS),
            "38ffc5e694df750578d4aa49ab4bb755c997cadf9e43c78b2a400b9f23000000016b0315260000000000",
            id="tls-auth both ways",
        ),
        pytest.param(
            tls_crypt(RECORDED_SECONDS),
            "38711a9bd3e50983ad000000016b031526258af27d565416de01fd4b020f9555b80bbeff8b164bd5faadfc137fa57e88c4"
            "9b6c5924c5",
            id="tls-crypt",
        ),
    ],
)
def test_the_first_packet_is_to_the_byte_that_of_openvpns_own_client(
    wrapping: Wrapping, recorded: str
) -> None:
    packet = bytes.fromhex(recorded)
    assert wrapping.wrap(packet[1:9]) == packet


@pytest.mark.parametrize(
    ("wrapping", "recorded"),
    [
        pytest.param(
            tls_auth(1),
            "4036a7d230232f6c622ac7c3fd35d838865ab38a594646e325fe0b46b1000000016b03150c"
            "0100000000010203040506070800000000",
            id="tls-auth 0",
        ),
        pytest.param(
            tls_auth(1, "sha256"),
            "40ab1e4b505bde77f94d51c4f31dab0415e69499f0d53faf4dd7446f0d314b3e3d8ada0b02d52540db"
            "000000016b03150d0100000000010203040506070800000000",
            id="tls-auth 0, auth SHA256",
        ),
        pytest.param(
            tls_auth(None),
            "40da72f099881bb94bdc951dc2199680f58129fd29f15e971f2f19f590000000016b03150e"
            "0100000000010203040506070800000000",
            id="tls-auth both ways",
        ),
        pytest.param(
            tls_crypt(),
            "408fa8716213a0b77c000000016b03150b70a85a401df6c0bdedc7ab3fc38b3c39e9d2acffe9308b35c6f725d762659"
            "32f8d8dc4febf1fc5c9189e294143348dc1fb",
            id="tls-crypt",
        ),
    ],
)
def test_the_answer_of_openvpns_own_gateway_is_believed(wrapping: Wrapping, recorded: str) -> None:
    packet = bytes.fromhex(recorded)
    assert wrapping.is_answer(packet, OURS)
    assert not wrapping.is_answer(packet, THEIRS)
    for at in range(len(packet)):
        assert not wrapping.is_answer(packet[:at] + bytes([packet[at] ^ 1]) + packet[at + 1 :], OURS)


def test_the_packets_have_the_lengths_that_openvpn_sends() -> None:
    assert len(tls_auth().wrap(OURS)) == 14 + 20 + 8
    assert len(tls_auth(digest="sha256").wrap(OURS)) == 14 + 32 + 8
    assert len(TlsCrypt(KEY, SECONDS).wrap(OURS)) == 14 + 8 + 32
    assert len(TlsCrypt(KEY, SECONDS, WKC).wrap(OURS)) == 14 + 8 + 32 + len(WKC)


def test_version_2_of_tls_crypt_has_an_opcode_of_its_own_and_ends_with_the_wrapped_key() -> None:
    packet = TlsCrypt(KEY, SECONDS, WKC).wrap(OURS)
    assert packet[0] == 10 << 3 and packet.endswith(WKC)


def test_version_2_of_tls_crypt_says_that_it_can_take_a_cookie_and_the_others_count_from_1() -> None:
    numbers = {
        "v2": TlsCrypt(KEY, SECONDS, WKC).wrap(OURS)[9:13],
        "v1": tls_crypt().wrap(OURS)[9:13],
        "auth": tls_auth().wrap(OURS)[29:33],
    }
    assert numbers == {"v2": b"\x0f\0\0\1", "v1": b"\0\0\0\1", "auth": b"\0\0\0\1"}


def test_nothing_of_the_session_is_legible_behind_tls_crypt() -> None:
    assert TlsCrypt(KEY, SECONDS).wrap(OURS)[-5:] != openvpn.unacknowledging()


@pytest.mark.parametrize(("direction", "at"), [(0, 192), (1, 64), (None, 64)])
def test_tls_auth_believes_the_other_end_of_the_key_and_nobody_else(direction: int | None, at: int) -> None:
    ours, good = tls_auth(direction), tls_auth_answer(OURS, KEY[at : at + 20])
    assert ours.is_answer(good, OURS)
    assert not ours.is_answer(tls_auth_answer(OURS, bytes(20)), OURS)
    assert not ours.is_answer(tls_auth_answer(OURS, KEY[256 - at : 276 - at]), OURS), "our own end"
    assert not ours.is_answer(good, THEIRS)


def test_tls_crypt_believes_the_other_end_of_the_key_and_nobody_else() -> None:
    ours, good = tls_crypt(), tls_crypt_answer(OURS)
    assert ours.is_answer(good, OURS)
    assert not ours.is_answer(tls_crypt_answer(OURS, KEY[128:] + KEY[:128]), OURS), "our own end"
    assert not ours.is_answer(good, THEIRS)
    assert not ours.is_answer(good[:-1] + bytes([good[-1] ^ 1]), OURS), (
        "a stream cipher alone would not notice"
    )


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
