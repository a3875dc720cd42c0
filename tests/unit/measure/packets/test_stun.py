"""STUN messages against the vectors of RFC 5769, the figures of RFC 8489, and arbitrary bytes."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readycheck.measure.packets import stun

VECTOR_ID = bytes.fromhex("b7e7a701bc34d686fa87dfae")
VECTOR_V4 = bytes.fromhex(
    "0101003c2112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220"
    "002000080001a147e112a643000800142b91f599fd9e90c38c7489f92af9ba53f06be7d780280004c07d4c96"
)
VECTOR_V6 = bytes.fromhex(
    "010100482112a442b7e7a701bc34d686fa87dfae8022000b7465737420766563746f7220"
    "002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d900080014a382954e4be67bf11784c97c8292c275bfe3ed4180280004c8fb0b4c"
)
TID = b"123456789012"


def reply(*attributes: tuple[int, bytes], method: int = stun.BINDING, kind: int = stun.SUCCESS) -> bytes:
    return stun.encode(stun.Message(method=method, kind=kind, transaction_id=TID, attributes=attributes))


def test_the_ipv4_response_of_rfc_5769_is_read() -> None:
    message = stun.parse(VECTOR_V4)
    assert (message.method, message.kind, message.transaction_id) == (stun.BINDING, stun.SUCCESS, VECTOR_ID)
    assert message.mapped == ("192.0.2.1", 32853)
    assert message.software == "test vector"


def test_the_ipv6_response_of_rfc_5769_is_read() -> None:
    assert stun.parse(VECTOR_V6).mapped == ("2001:db8:1234:5678:11:2233:4455:6677", 32853)


def test_a_binding_request_has_twenty_bytes_and_the_cookie() -> None:
    assert stun.binding_request(TID) == bytes.fromhex("000100002112a442") + TID


def test_an_allocate_request_asks_for_a_udp_relay_and_carries_no_credentials() -> None:
    assert stun.allocate_request(TID) == bytes.fromhex("000300082112a442") + TID + bytes.fromhex(
        "0019000411000000"
    )


@pytest.mark.parametrize(
    ("ip", "port", "flags"), [(True, True, "06"), (True, False, "04"), (False, True, "02")]
)
def test_a_binding_can_ask_for_an_answer_from_elsewhere(ip: bool, port: bool, flags: str) -> None:
    wanted = bytes.fromhex("000100082112a442") + TID + bytes.fromhex(f"00030004000000{flags}")
    assert stun.binding_request(TID, change_ip=ip, change_port=port) == wanted


@pytest.mark.parametrize(
    ("padded_to", "length"), [(0, 20), (20, 20), (21, 24), (24, 24), (25, 28), (64, 64), (65, 68)]
)
def test_a_binding_can_be_made_as_long_as_its_answer(padded_to: int, length: int) -> None:
    request = stun.binding_request(TID, padded_to=padded_to)
    assert len(request) == length
    assert [kind for kind, _ in stun.parse(request).attributes] == [0x0026] * (length > 20)


def test_padding_and_a_change_of_address_go_together() -> None:
    request = stun.binding_request(TID, change_port=True, padded_to=100)
    assert len(request) == 100
    assert [kind for kind, _ in stun.parse(request).attributes] == [0x0003, 0x0026]


def test_the_other_address_is_read_as_it_stands() -> None:
    """RFC 5780, 7.4: it is not XORed."""
    other = bytes((0, 1)) + struct.pack("!H", 3479) + bytes((198, 51, 100, 2))
    message = stun.parse(reply((0x802C, other)))
    assert message.other_address == ("198.51.100.2", 3479)


def test_a_server_that_offers_no_other_address_has_none() -> None:
    assert stun.parse(VECTOR_V4).other_address is None


def test_an_allocation_is_given_back_with_a_lifetime_of_nothing() -> None:
    assert stun.release_request(TID) == bytes.fromhex("000400082112a442") + TID + bytes.fromhex(
        "000d000400000000"
    )


@pytest.mark.parametrize(
    ("type_", "method", "kind"),
    [(0x0001, 1, stun.REQUEST), (0x0101, 1, stun.SUCCESS), (0x0111, 1, stun.ERROR), (0x0011, 1, stun.INDICATION),
     (0x0113, 3, stun.ERROR), (0x3EEF, 0xFFF, stun.REQUEST), (0x3FFF, 0xFFF, stun.ERROR)],
)  # fmt: skip
def test_class_and_method_bits_are_interleaved_as_in_figure_3(type_: int, method: int, kind: int) -> None:
    message = stun.parse(struct.pack("!HHI12s", type_, 0, stun.MAGIC_COOKIE, TID))
    assert (message.method, message.kind) == (method, kind)
    assert stun.encode(message)[:2] == struct.pack("!H", type_)


def test_an_error_reply_with_our_id_is_a_reply() -> None:
    refusal = reply((0x0009, b"\0\0\x04\x01Unauthorized"), method=stun.ALLOCATE, kind=stun.ERROR)
    assert stun.is_reply(refusal, TID)
    assert stun.parse(refusal).error_code == 401


def test_a_reply_to_somebody_else_a_request_and_noise_are_no_replies() -> None:
    assert not stun.is_reply(reply(), b"another one!")
    assert not stun.is_reply(reply(kind=stun.REQUEST), TID)
    assert not stun.is_reply(b"HTTP/1.1 400 Bad Request\r\n\r\n", TID)


def test_the_older_mapped_address_is_read_where_there_is_no_other() -> None:
    plain = (0x0001, bytes((0, 1)) + struct.pack("!H", 4000) + bytes((198, 51, 100, 7)))
    assert stun.parse(reply(plain)).mapped == ("198.51.100.7", 4000)


@pytest.mark.parametrize("value", [b"", b"\0\x01\0\0", b"\0\x03\0\0\0\0\0\0", b"\0\x02\0\0\0\0\0\0"])
def test_a_malformed_address_is_no_address(value: bytes) -> None:
    message = stun.parse(reply((0x0020, value), (0x802C, value)))
    assert (message.mapped, message.other_address) == (None, None)


@pytest.mark.parametrize("value", [b"", b"\0\0\x02\x01", b"\0\0\x04\x64"])
def test_a_malformed_error_code_is_no_code(value: bytes) -> None:
    assert stun.parse(reply((0x0009, value))).error_code is None


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "too short"),
        (VECTOR_V4[:19], "too short"),
        (b"\x81" + VECTOR_V4[1:], "cookie"),
        (VECTOR_V4[:4] + b"\0\0\0\0" + VECTOR_V4[8:], "cookie"),
        (VECTOR_V4 + b"\0\0\0\0", "says 60 bytes"),
        (VECTOR_V4[:-4], "says 60 bytes"),
        (struct.pack("!HHI12sHH", 0x0101, 4, stun.MAGIC_COOKIE, TID, 0x20, 8), "past the end"),
    ],
)
def test_what_is_not_well_formed_is_refused_with_the_reason(data: bytes, says: str) -> None:
    with pytest.raises(stun.NotStun, match=says):
        stun.parse(data)


def test_a_name_of_a_server_is_cleaned() -> None:
    assert stun.parse(reply((0x8022, b"evil\x1b[31m"))).software == "evil\\u001b[31m"


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_or_refused_and_nothing_else(data: bytes) -> None:
    for candidate in (
        data,
        VECTOR_V4[:20] + data,
        struct.pack("!HHI", 0x0101, len(data), stun.MAGIC_COOKIE) + TID + data,
    ):
        try:
            message = stun.parse(candidate)
        except stun.NotStun:
            continue
        assert isinstance(message.mapped, tuple | None)
        assert isinstance(message.other_address, tuple | None)
        assert isinstance(message.error_code, int | None)
        assert message.software.isprintable() or message.software == ""


@given(
    st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=40)), max_size=6),
    st.integers(0, 0xFFF),
    st.integers(0, 3),
)
def test_what_is_encoded_is_read_back(attributes: list[tuple[int, bytes]], method: int, kind: int) -> None:
    message = stun.Message(method=method, kind=kind, transaction_id=TID, attributes=tuple(attributes))
    assert stun.parse(stun.encode(message)) == message
