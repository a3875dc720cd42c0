"""What datagrams are answered with: the handshake, STUN, and that nobody can make the reflector send more than was sent to it."""

import ipaddress
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readycheck.measure.packets import echo, stun
from readycheck.measure.packets.echo import (
    Ask,
)
from tests.unit.reflector.house import house, until
from tests.unit.reflector.service import Service, data

# Amplification

IDS = st.binary(min_size=12, max_size=12)
ATTRIBUTES = st.lists(st.tuples(st.integers(0, 0xFFFF), st.binary(max_size=40)), max_size=6)
STUN_MESSAGES = st.builds(
    lambda id_, method, kind, attributes: stun.encode(
        stun.Message(method=method, kind=kind, transaction_id=id_, attributes=tuple(attributes))
    ),
    IDS,
    st.sampled_from([1, 3, 4]),
    st.integers(0, 3),
    ATTRIBUTES,
)
ECHO_PACKETS = st.builds(
    lambda kind, rest: b"RCE1" + bytes((kind, 1, 0, 0)) + rest, st.integers(0, 255), st.binary(max_size=600)
)
SHARED = Service(token=b"a token that is long")


@given(
    st.one_of(st.binary(max_size=600), STUN_MESSAGES, ECHO_PACKETS),
    st.sampled_from(["192.0.2.1", "2001:db8::1"]),
)
def test_no_answer_is_longer_than_what_it_answers_whatever_it_is(request_: bytes, address: str) -> None:
    SHARED.clock.now += 1
    answer = SHARED.say(request_, (address, 1234))
    assert answer is None or len(answer) <= len(request_)
    assert len(SHARED.answers.sessions) == 0
    assert SHARED.refused("reply longer than request") == 0, (
        "the last guard had to act: the format itself is wrong"
    )


@pytest.mark.parametrize("kind", range(12))
@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::1"])
def test_of_every_type_and_length_a_stranger_gets_at_most_one_answer_not_longer(
    kind: int, address: str
) -> None:
    service = Service(unproved_rate=100_000)
    for length in range(1_473):
        request = (b"RCE1" + bytes((kind, 1, 0, 0)) + os.urandom(max(0, length - 8)))[:length]
        answer = service.say(request, (address, 9))
        assert answer is None or len(answer) <= length
    assert len(service.answers.sessions) == 0
    assert service.guests.present == 0


def test_with_a_session_too_no_answer_is_longer() -> None:
    service = Service(udp_size=1_472)
    session = service.accepted(packets=6_000, rate=1_000, size=1_472)
    answered = 0
    for sequence, length in enumerate(range(30, 1_473)):
        service.clock.now += 0.01
        for wished in (length, 65_535, 47, 0):
            answer = service.say(data(session, 4 * sequence + (wished != length), length, wished))
            assert answer is None or len(answer) <= length
            answered += answer is not None
    assert answered == 1_473 - echo.LEAST_ECHO
    for first in (0, 8, 3_872, 4_999, 2**32 - 1):
        answer = service.say(echo.encode(Ask(session, first)))
        assert answer is None or len(answer) <= echo.ASK_BYTES
    assert service.refused("reply longer than request") == 0, "the last guard had to act"


# STUN


def padded(id_: bytes, to: int = 64) -> bytes:
    return stun.binding_request(id_, padded_to=to)


@pytest.mark.parametrize("address", ["192.0.2.1", "2001:db8::7"])
def test_a_padded_binding_says_where_it_came_from(address: str) -> None:
    answer = stun.parse(Service().say(padded(b"123456789012"), (address, 4_321)) or b"")
    assert (answer.kind, answer.transaction_id) == (stun.SUCCESS, b"123456789012")
    assert answer.mapped == (str(ipaddress.ip_address(address)), 4_321)


def test_a_binding_shorter_than_its_answer_is_dropped_and_counted() -> None:
    service = Service()
    assert service.say(stun.binding_request(b"123456789012")) is None
    assert service.say(padded(b"123456789012", 28), ("192.0.2.1", 1)) is None
    assert service.say(padded(b"123456789012", 32), ("192.0.2.1", 1)) is not None
    assert service.say(padded(b"123456789012", 40), ("2001:db8::1", 1)) is None
    assert service.say(padded(b"123456789012", 44), ("2001:db8::1", 1)) is not None
    assert service.counters.value("garbage_total", 'protocol="udp",kind="stun"') == 3


def test_what_a_request_insists_on_and_we_do_not_know_is_named() -> None:
    request = stun.binding_request(b"123456789012", change_ip=True, padded_to=100)
    answer = stun.parse(Service().say(request) or b"")
    assert (answer.kind, answer.error_code) == (stun.ERROR, 420)
    assert dict(answer.attributes)[0x000A] == struct.pack("!H", 0x0003)


def test_only_binding_requests_are_answered() -> None:
    service = Service()
    for method, kind in (
        (stun.ALLOCATE, stun.REQUEST),
        (stun.BINDING, stun.INDICATION),
        (stun.BINDING, stun.SUCCESS),
    ):
        padding = ((0x8022, bytes(60)),)
        message = stun.Message(method=method, kind=kind, transaction_id=b"1" * 12, attributes=padding)
        assert service.say(stun.encode(message)) is None


# Over real sockets


@contextmanager
def client(port: int, address: str = "127.0.0.1") -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(10)
        sock.connect((address, port))
        yield sock


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_stun_is_answered_on_the_port_of_the_echo(address: str) -> None:
    with house() as reflector, client(reflector.udp_port, address) as sock:
        sock.send(padded(b"123456789012"))
        assert stun.parse(sock.recv(2_048)).mapped == sock.getsockname()[:2]


def test_a_mistake_of_ours_about_one_packet_does_not_silence_the_others() -> None:
    with house() as reflector, client(reflector.udp_port) as sock:
        answers = reflector.reflector._answers
        right = answers.answer

        def wrong_once(data: bytes, address: str, port: int, received_s: float) -> bytes | None:
            answers.answer = right  # type: ignore[method-assign]
            raise ZeroDivisionError("on purpose")

        answers.answer = wrong_once  # type: ignore[method-assign]
        sock.send(b"first")
        sock.send(padded(b"123456789012"))
        assert stun.is_reply(sock.recv(2_048), b"123456789012")
        assert until(lambda: "ZeroDivisionError" in str(reflector.lines("fault")))


def test_garbage_is_counted_and_who_is_served_goes_on_being_served() -> None:
    with house() as reflector, client(reflector.udp_port) as sock:
        for n in range(500):
            sock.send(os.urandom(n % 1_400))
            sock.send(b"RCE1" + os.urandom(n % 200))
        sock.send(padded(b"123456789012"))
        assert stun.is_reply(sock.recv(2_048), b"123456789012")
        assert until(lambda: reflector.metric('garbage_total{protocol="udp",kind="other"}') >= 499)
        assert reflector.lines("fault") == []
