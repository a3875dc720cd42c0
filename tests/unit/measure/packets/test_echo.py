"""The wire format of the UDP echo: what is written is read back, everything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readycheck.measure.packets import echo
from readycheck.measure.packets.echo import (
    Accept,
    Ask,
    Challenge,
    Close,
    Data,
    Echo,
    Hello,
    NotEcho,
    Open,
    Packet,
    Refuse,
    Report,
)

U8, U16, U32, U64 = (st.integers(0, 2**bits - 1) for bits in (8, 16, 32, 64))
NONCE = COOKIE = st.binary(min_size=16, max_size=16)
SESSION = st.binary(min_size=8, max_size=8)
PACKETS: st.SearchStrategy[Packet] = st.one_of(
    st.builds(Hello, NONCE),
    st.builds(Challenge, NONCE, COOKIE, st.booleans()),
    st.builds(Open, NONCE, COOKIE, st.binary(min_size=32, max_size=32), U32, U16, U16),
    st.builds(Accept, NONCE, SESSION, U32, U16, U16, U16),
    st.builds(Refuse, NONCE, U8, U16),
    st.builds(Data, SESSION, U32, U64, U16, st.integers(30, 1500)),
    st.builds(Echo, SESSION, U32, U64, U32, U64, U64, st.integers(48, 1500)),
    st.builds(Ask, SESSION, U32),
    st.builds(Report, SESSION, U32, U32, U32, st.binary(max_size=484)),
    st.builds(Close, SESSION),
)


@given(PACKETS)
def test_what_is_written_is_read_back(packet: Packet) -> None:
    assert echo.parse(echo.encode(packet)) == packet


@pytest.mark.parametrize(
    ("packet", "length"),
    [
        (Hello(bytes(16)), 64),
        (Challenge(bytes(16), bytes(16), True), 40),
        (Open(bytes(16), bytes(16), bytes(32), 1, 1, 1), 96),
        (Accept(bytes(16), bytes(8), 1, 1, 1, 1), 42),
        (Refuse(bytes(16), 1, 1), 27),
        (Ask(bytes(8), 0), 512),
        (Report(bytes(8), 0, 0, 0, bytes(echo.PAGE // 8)), 512),
        (Close(bytes(8)), 16),
    ],
)
def test_the_lengths_are_those_of_the_format(packet: Packet, length: int) -> None:
    assert len(echo.encode(packet)) == length


def test_a_packet_begins_with_magic_type_version_and_flags() -> None:
    assert echo.encode(Challenge(bytes(16), bytes(16), True))[:8] == b"RCE1\x02\x01\x00\x01"
    assert echo.encode(Data(b"sessions", 5, 6, 100, 40))[:28] == b"RCE1\x06\x01\x00\x00sessions" + bytes(
        (0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 6)
    )


@given(st.binary(max_size=600), st.integers(0, 255))
def test_arbitrary_bytes_are_read_or_refused_and_nothing_else(data: bytes, kind: int) -> None:
    for candidate in (data, b"RCE1" + bytes((kind, 1, 0, 0)) + data):
        try:
            packet = echo.parse(candidate)
        except NotEcho:
            continue
        assert len(echo.encode(packet)) == len(candidate)


@pytest.mark.parametrize("cut", [1, 5, 40])
@given(packet=PACKETS)
def test_a_packet_cut_short_is_refused_or_says_its_own_length(cut: int, packet: Packet) -> None:
    data = echo.encode(packet)[:-cut]
    try:
        read = echo.parse(data)
    except NotEcho:
        return
    assert isinstance(read, Data | Echo | Report)
    assert len(echo.encode(read)) == len(data)


def test_another_version_and_another_magic_are_refused() -> None:
    good = echo.encode(Close(bytes(8)))
    for bad in (b"RCE2" + good[4:], good[:5] + b"\x02" + good[6:], b"", b"RCE1"):
        with pytest.raises(NotEcho):
            echo.parse(bad)


def test_a_padding_shorter_than_the_packet_is_a_mistake_of_ours() -> None:
    with pytest.raises(ValueError, match="30"):
        echo.encode(Data(bytes(8), 0, 0, 0, 29))


def test_a_proof_needs_the_token_and_both_sides_randomness() -> None:
    right = echo.proof(b"secret", b"n" * 16, b"c" * 16)
    assert len(right) == 32
    assert right != echo.proof(b"other!", b"n" * 16, b"c" * 16)
    assert right != echo.proof(b"secret", b"m" * 16, b"c" * 16)
    assert right != echo.proof(b"secret", b"n" * 16, b"d" * 16)
    assert echo.proof(b"", b"n" * 16, b"c" * 16) == bytes(32)


@given(st.sets(st.integers(0, 400)), st.integers(0, 40).map(lambda n: 8 * n), st.integers(1, 300))
def test_a_bitmap_tells_what_arrived(arrived: set[int], first: int, count: int) -> None:
    report = Report(bytes(8), 0, 0, first, echo.bitmap(arrived, first, count))
    told = echo.arrived(report)[:count]
    assert {first + n for n, there in enumerate(told) if there} == {
        n for n in arrived if first <= n < first + count
    }
