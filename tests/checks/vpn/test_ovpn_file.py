"""What is read of an .ovpn file, and that nothing of it shows where it cannot be read."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readycheck_checks.vpn.ovpn_file import (
    OvpnFile,
    Remote,
    client_key,
    parse,
    static_key,
    with_key,
    words_of,
)

DIGITS = bytes(range(256)).hex()
STATIC = "\n".join(
    [
        "#",
        "# 2048 bit OpenVPN static key",
        "#",
        "-----BEGIN OpenVPN Static key V1-----",
        *(DIGITS[at : at + 32] for at in range(0, 512, 32)),
        "-----END OpenVPN Static key V1-----",
    ]
)
WKC = bytes(range(40))
CLIENT = (
    "-----BEGIN OpenVPN tls-crypt-v2 client key-----\n"
    + base64.encodebytes(bytes(range(256)) + WKC).decode()
    + "-----END OpenVPN tls-crypt-v2 client key-----\n"
)
TYPICAL = f"""
client
dev tun  # a comment
; another one
proto udp
remote vpn.example 1194
remote vpn.example 443 tcp-client
remote 2001:db8::1 1195 udp6
resolv-retry infinite
auth SHA512
key-direction 1
verify-x509-name "Gateway of Example" name
<ca>
-----BEGIN CERTIFICATE-----
remote not.this.one 1
-----END CERTIFICATE-----
</ca>
<tls-auth>
{STATIC}
</tls-auth>
"""


def test_a_typical_file() -> None:
    read = parse(TYPICAL)
    assert read.remotes == (
        Remote("vpn.example", 1194, "udp"),
        Remote("vpn.example", 443, "tcp"),
        Remote("2001:db8::1", 1195, "udp"),
    )
    assert (read.wrapping, read.direction, read.digest) == ("tls-auth", 1, "sha512")
    assert static_key(read.key) == bytes(range(256))


def test_windows_line_ends_and_a_byte_order_mark_do_not_matter() -> None:
    assert parse("\ufeff" + TYPICAL.replace("\n", "\r\n")) == parse(TYPICAL)


def test_a_key_may_stand_in_a_file_of_its_own() -> None:
    read = parse('remote a.example\ntls-auth "keys/our key.txt" 0\n')
    assert (read.wrapping, read.key_file, read.direction) == ("tls-auth", "keys/our key.txt", 0)
    assert static_key(with_key(read, STATIC).key) == bytes(range(256))


def test_an_inline_key_may_be_named_before_it_comes() -> None:
    read = parse(f"tls-crypt [inline]\n<tls-crypt>\n{STATIC}\n</tls-crypt>\n")
    assert (read.wrapping, read.key_file) == ("tls-crypt", "") and static_key(read.key)


def test_port_and_protocol_hold_for_remotes_that_do_not_say_their_own() -> None:
    assert parse("remote a.example\nport 443\nproto tcp\n").remotes == (Remote("a.example", 443, "tcp"),)
    assert parse("remote a.example\n").remotes == (Remote("a.example", 1194, "udp"),)


def test_connection_blocks_have_settings_of_their_own() -> None:
    blocks = "<connection>\nremote a.example\nproto tcp\nport 443\n</connection>\n"
    blocks += "<connection>\nremote b.example 1195\n</connection>\n"
    assert parse(blocks).remotes == (Remote("a.example", 443, "tcp"), Remote("b.example", 1195, "udp"))


def test_the_second_version_of_tls_crypt_has_a_key_for_each_client() -> None:
    read = parse(f"setenv opt tls-crypt-v2 [inline]\n<tls-crypt-v2>\n{CLIENT}</tls-crypt-v2>\n")
    assert read.wrapping == "tls-crypt-v2"
    assert client_key(read.key) == (bytes(range(256)), WKC)


def test_words_are_kept_together_by_quotes_and_end_at_a_comment() -> None:
    assert words_of(r'a "b \"c\" d" ' + "'e # f' g#h # i") == ["a", 'b "c" d', "e # f", "g#h"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("remote secret.example 70000", "no port"),
        ("remote secret.example 1194 sctp", "neither UDP nor TCP"),
        ("key-direction secret", "neither 0 nor 1"),
        ("tls-crypt", "names no key"),
        ("<tls-crypt>\nsecret", "has no end"),
        ("auth secret", "none that is known"),
        ("x" * 5000, "too long"),
        ("remote secret.example\n" * 65, "more than 64"),
    ],
)
def test_what_is_needed_and_wrong_is_told_without_repeating_it(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as told:
        parse(text)
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("text", ["", STATIC[:-200], STATIC.replace("\n0", "\ng", 1), CLIENT])
def test_half_a_key_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no OpenVPN static key"):
        static_key(text)


@pytest.mark.parametrize("text", ["", STATIC, CLIENT.replace("A", "*", 1), CLIENT.replace("\n", "", 3)[:99]])
def test_half_a_client_key_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="no OpenVPN tls-crypt-v2"):
        client_key(text)


def test_a_key_does_not_show_when_the_file_is_printed() -> None:
    assert DIGITS[:32] not in repr(parse(TYPICAL))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert isinstance(parse(text), OvpnFile)
    except ValueError:
        return
