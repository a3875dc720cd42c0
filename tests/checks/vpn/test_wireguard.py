"""WireGuard's first packet and its answer, against the other end of the protocol (far_ends.py); and the settings file."""

import base64
import struct

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from readycheck_checks.vpn import wireguard
from readycheck_checks.vpn.wireguard import Initiation, Keys
from readycheck_checks.vpn.wireguard_file import key_of, parse
from readycheck_checks.vpn.wireguard_use import last_handshake
from tests.checks.vpn.far_ends import is_for, read_initiation, wireguard_answer, wireguard_cookie

PERSON, GATEWAY = X25519PrivateKey.generate(), X25519PrivateKey.generate()
PUBLIC = GATEWAY.public_key().public_bytes_raw()
KEYS = Keys(private=PERSON.private_bytes_raw(), gateway=PUBLIC)
SENDER = b"\x01\x02\x03\x04"


def initiation() -> Initiation:
    return wireguard.initiation(KEYS, SENDER, 1_790_000_000.5)


def test_the_initiation_has_its_form_and_a_mac_that_the_gateway_accepts() -> None:
    packet = initiation().packet
    assert (len(packet), packet[:8]) == (148, b"\x01\x00\x00\x00" + SENDER)
    assert is_for(packet, PUBLIC)


def test_the_gateway_reads_in_it_whose_it_is_and_when_it_was_made_and_nobody_else_does() -> None:
    caller = read_initiation(initiation().packet, GATEWAY)
    assert caller.person == PERSON.public_key().public_bytes_raw()
    assert caller.time == struct.pack(">QI", 2**62 + 10 + 1_790_000_000, 500_000_000)
    with pytest.raises(InvalidTag):
        read_initiation(initiation().packet, PERSON)


def test_the_gateways_answer_is_believed_and_nobody_elses() -> None:
    sent = initiation()
    good = wireguard_answer(sent.packet, GATEWAY)
    assert wireguard.is_answer(good, sent)
    assert not wireguard.is_answer(good, initiation()), "another conversation"
    for at in (0, 8, 12, 44):
        spoiled = bytearray(good)
        spoiled[at] ^= 1
        assert not wireguard.is_answer(bytes(spoiled), sent)


def test_where_both_hold_a_further_key_only_an_answer_with_it_is_believed() -> None:
    shared = bytes(range(32))
    keys = Keys(private=KEYS.private, gateway=PUBLIC, shared=shared)
    sent = wireguard.initiation(keys, SENDER, 1_790_000_000.5)
    assert wireguard.is_answer(wireguard_answer(sent.packet, GATEWAY, shared), sent)
    assert not wireguard.is_answer(wireguard_answer(sent.packet, GATEWAY), sent)


def cookie(sent: Initiation, gateway: bytes = PUBLIC) -> bytes:
    return wireguard_cookie(sent.packet, gateway)


def test_a_gateway_that_is_too_busy_lives() -> None:
    sent = initiation()
    assert wireguard.is_answer(cookie(sent), sent)


def test_a_cookie_that_is_not_made_for_this_very_packet_is_no_answer() -> None:
    sent = initiation()
    assert not wireguard.is_answer(b"\x03\x00\x00\x00" + SENDER + bytes(56), sent)
    assert not wireguard.is_answer(cookie(initiation()), sent)
    assert not wireguard.is_answer(cookie(sent, gateway=bytes(32)), sent)
    assert not wireguard.is_answer(cookie(sent)[:4] + bytes(4) + cookie(sent)[8:], sent)


def test_the_cipher_of_cookies_is_that_of_the_standard() -> None:
    """draft-irtf-cfrg-xchacha-03, 2.2.1."""
    nonce = bytes.fromhex("000000090000004a0000000031415927")
    told = "82413b4227b27bfed30e42508a877d73a0f9e4d58a74a853c12ec41326d3ecdc"
    assert wireguard._hchacha20(bytes(range(32)), nonce).hex() == told


@given(st.binary(max_size=100))
def test_any_packet_is_judged_without_a_fault(data: bytes) -> None:
    assert not wireguard.is_answer(data, SENT)
    assert not wireguard.is_answer((b"\x02\x00\x00\x00" + bytes(4) + SENDER + data + bytes(92))[:92], SENT)


SENT = initiation()


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


SETTINGS = f"""
[Interface]
PrivateKey = {text(KEYS.private)}
Address = 10.20.21.2/32, fd00::2/128   # inside
DNS = 10.20.0.10
[Peer]
publickey={text(PUBLIC)}
AllowedIPs = 10.20.0.0/16
Endpoint = vpn.example:51820
"""


def test_a_settings_file_is_read() -> None:
    read = parse(SETTINGS)
    assert read.addresses == ("10.20.21.2", "fd00::2")
    assert read.keys_for("VPN.example") == KEYS
    assert read.keys_for("192.0.2.1") == KEYS, "the only gateway of the file"


def test_of_several_gateways_the_one_of_the_name_is_taken() -> None:
    other = f"[Peer]\nPublicKey = {text(bytes(32))}\nEndpoint = [2001:db8::1]:51820\n"
    read = parse(SETTINGS + other)
    assert read.keys_for("vpn.example") == KEYS
    assert read.keys_for("third.example") is None
    six = read.keys_for("2001:db8::1")
    assert six is not None and six.gateway == bytes(32)


@pytest.mark.parametrize(
    "settings",
    ["", "[Interface]\n", SETTINGS.replace("[Peer]", "[Other]"), SETTINGS.replace("=", "=x", 1), "x" * 5000],
)
def test_what_is_no_settings_file_is_refused_without_repeating_it(settings: str) -> None:
    with pytest.raises(ValueError, match=r"^(a key in it|it has no|it is too long)"):
        parse(settings)


def test_keys_do_not_show_when_they_are_printed() -> None:
    read = parse(SETTINGS)
    shown = f"{read!r}{KEYS!r}{SENT!r}"
    assert repr(KEYS.private)[2:20] not in shown and repr(PUBLIC)[2:20] not in shown


@given(st.text())
def test_any_text_is_read_or_refused(settings: str) -> None:
    for each in (settings, SETTINGS + settings):
        try:
            parse(each)
        except ValueError:
            continue


def test_the_last_handshake_of_this_gateway_is_found() -> None:
    told = f"wg0\t{text(PUBLIC)}\t1790000000\nwg1\t{text(bytes(32))}\t1790000500\nrubbish\nwg2 x 9\n"
    assert last_handshake(told, PUBLIC) == 1_790_000_000
    assert last_handshake("", PUBLIC) == 0


def test_a_key_is_32_bytes_in_base64() -> None:
    assert key_of(text(PUBLIC)) == PUBLIC
    for wrong in ("", "x", text(bytes(31)), "é" * 44):
        with pytest.raises(ValueError, match="no WireGuard key"):
            key_of(wrong)
