"""IKE's first packets, and what gateways say to them."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readycheck_checks.vpn import ike
from readycheck_checks.vpn.ike import Answer, Said

SPI, THEIRS = bytes(range(8)), bytes(range(8, 16))
REQUEST = ike.init_request(SPI, bytes(32), bytes(96))


def version_2(first: int, body: bytes, *, spi: bytes = SPI, flags: int = 0x20) -> bytes:
    return struct.pack("!8s8sBBBBII", spi, bytes(8), first, 0x20, 34, flags, 0, 28 + len(body)) + body


def version_1(first: int, body: bytes, *, exchange: int = 5, theirs: bytes = THEIRS) -> bytes:
    return struct.pack("!8s8sBBBBII", SPI, theirs, first, 0x10, exchange, 0, 0, 28 + len(body)) + body


def notify(number: int, data: bytes = b"", following: int = 0) -> bytes:
    return struct.pack("!BBHBBH", following, 0, 8 + len(data), 0, 0, number) + data


def notify_1(number: int) -> bytes:
    return struct.pack("!BBHIBBH", 0, 0, 12, 1, 1, 0, number)


def test_the_request_names_its_length_and_offers_group_1_last_of_all() -> None:
    assert struct.unpack_from("!I", REQUEST, 24)[0] == len(REQUEST) < 1280
    assert REQUEST.count(struct.pack("!BBHBBH", 0, 0, 8, 4, 0, 1)) == 2, (
        "the last transform of both proposals"
    )
    assert struct.pack("!HH", 1, 0) + bytes(96) in REQUEST, "the key that goes with it"


# What strongSwan 5.9.8 answers.
@pytest.mark.parametrize(
    ("packet", "said"),
    [
        (version_2(41, notify(17, b"\x00\x13")), Answer(Said.WANTS_GROUP, 19)),
        (version_2(41, notify(14)), Answer(Said.NO_PROPOSAL)),
        (version_2(41, notify(16390, bytes(20))), Answer(Said.COOKIE)),
        (version_2(41, notify(5)), Answer(Said.OTHER_VERSION)),
        (version_2(41, notify(7)), Answer(Said.ERROR, 7)),
        (version_2(41, notify(16431, following=41) + notify(14)), Answer(Said.NO_PROPOSAL)),
        (version_2(33, bytes((0, 0, 0, 8)) + bytes(4)), Answer(Said.ACCEPTS)),
        (version_1(11, notify_1(14)), Answer(Said.NO_PROPOSAL)),
        (version_1(11, notify_1(5)), Answer(Said.OTHER_VERSION)),
        (version_1(1, bytes((0, 0, 0, 8)) + bytes(4), exchange=2), Answer(Said.ACCEPTS)),
        (version_2(0, b""), Answer(Said.ERROR)),
    ],
)
def test_answers_are_understood(packet: bytes, said: Answer) -> None:
    assert ike.answer_to(packet, SPI, 500) == said
    assert ike.answer_to(bytes(4) + packet, SPI, 4500) == said
    assert ike.answer_to(packet, SPI, 4500) is None, "without the four zeros it is ESP there"


@pytest.mark.parametrize(
    "packet",
    [
        REQUEST,  # an echo server
        ike.main_mode_request(SPI),
        version_2(41, notify(14), spi=THEIRS),
        version_2(41, notify(14))[:-1],
        version_2(41, notify(14)) + b"\x00",
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n" * 2,
    ],
)
def test_anything_else_is_no_answer(packet: bytes) -> None:
    assert ike.answer_to(packet, SPI, 500) is None


def test_parts_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match="SPI"):
        ike.init_request(SPI[:4], bytes(32), bytes(96))
    with pytest.raises(ValueError, match="SPI"):
        ike.main_mode_request(b"")


@given(st.sampled_from([33, 41, 1, 11, 0]), st.binary(max_size=80), st.booleans())
def test_any_body_is_read_without_a_fault(first: int, body: bytes, newer: bool) -> None:
    packet = version_2(first, body) if newer else version_1(first, body)
    assert isinstance(ike.answer_to(packet, SPI, 500), Answer)
