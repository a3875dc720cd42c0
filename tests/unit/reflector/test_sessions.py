"""The UDP handshake, the streams behind it, and what a client gets of them."""

import os

import pytest

from readycheck.measure.packets import echo, stun
from readycheck.measure.packets.echo import (
    Accept,
    Ask,
    Close,
    Echo,
    Hello,
    Open,
    Refuse,
    Report,
)
from tests.unit.reflector.service import ANNA, BEN, Service, data

# The handshake


def test_nothing_is_kept_for_who_only_asks_for_a_cookie() -> None:
    service = Service(unproved_rate=1_000_000)
    for n in range(2_000):
        service.say(echo.encode(Hello(os.urandom(16))), (f"198.51.{n % 256}.{n // 256}", 1_000 + n))
    assert len(service.answers.sessions) == 0
    assert service.guests.present == 0


def test_a_session_opens_with_the_cookie_and_grants_no_more_than_the_limits() -> None:
    service = Service(udp_count=100, udp_rate=50, udp_size=500)
    granted = service.open(packets=1_000, rate=10, size=1_400)
    assert isinstance(granted, Accept)
    assert (granted.packets, granted.rate, granted.size) == (100, 10, 500)
    assert granted.seconds >= 10


@pytest.mark.parametrize(
    "change", ["another address", "another port", "another nonce", "another cookie", "too late"]
)
def test_a_cookie_is_good_for_one_address_port_nonce_and_a_short_time(change: str) -> None:
    service = Service()
    nonce = os.urandom(16)
    cookie, client = service.cookie(nonce), ANNA
    match change:
        case "another address":
            client = BEN
        case "another port":
            client = (ANNA[0], ANNA[1] + 1)
        case "another nonce":
            nonce = os.urandom(16)
        case "another cookie":
            cookie = bytes((cookie[0] ^ 1,)) + cookie[1:]
        case "too late":
            service.clock.now += 21
    asked = echo.encode(Open(nonce, cookie, bytes(32), 10, 10, 100))
    answer = echo.parse(service.say(asked, client) or b"")
    assert isinstance(answer, Refuse)
    assert answer.reason == echo.STALE_COOKIE
    assert len(service.answers.sessions) == 0


def test_cookies_of_another_server_are_worthless() -> None:
    nonce = os.urandom(16)
    asked = echo.encode(Open(nonce, Service().cookie(nonce), bytes(32), 10, 10, 100))
    answer = echo.parse(Service().say(asked) or b"")
    assert isinstance(answer, Refuse)


def test_an_open_that_comes_twice_has_one_session_and_the_same_answer() -> None:
    service = Service()
    nonce = os.urandom(16)
    asked = echo.encode(Open(nonce, service.cookie(nonce), bytes(32), 10, 10, 100))
    assert service.say(asked) == service.say(asked)
    assert len(service.answers.sessions) == 1


def test_a_new_session_of_the_same_socket_ends_the_one_before_and_both_are_noted() -> None:
    service = Service()
    first, second = service.accepted(), service.accepted()
    assert service.counters.value("sessions_total") == 2
    assert [line["reason"] for line in service.lines("session end")] == ["replaced"]
    assert service.say(data(first, 0)) is None
    assert service.say(data(second, 0)) is not None
    assert len(service.answers.sessions) == 1


@pytest.mark.parametrize(
    ("token", "opens"), [(b"the right token!", True), (b"the wrong token!", False), (b"", False)]
)
def test_a_token_is_proved_without_being_sent(token: bytes, opens: bool) -> None:
    answer = Service(token=b"the right token!").open(token=token)
    assert isinstance(answer, Accept if opens else Refuse)
    if isinstance(answer, Refuse):
        assert answer.reason == echo.NO_TOKEN


# Streams


def test_an_echo_counts_what_arrived_and_carries_the_times() -> None:
    service = Service()
    session = service.accepted()
    for sequence, received in ((0, 1), (4, 2), (2, 3)):
        back = echo.parse(service.say(data(session, sequence, 150, 90)) or b"")
        assert isinstance(back, Echo)
        assert (back.sequence, back.sent_ns, back.received, back.length) == (sequence, 7, received, 90)
        assert back.server_received_ns == back.server_sent_ns == 1_000_000_000_000
    report = echo.parse(service.say(echo.encode(Ask(session, 0))) or b"")
    assert isinstance(report, Report)
    assert (report.received, report.answered) == (3, 3)
    assert [n for n, there in enumerate(echo.arrived(report)) if there] == [0, 2, 4]


def test_a_session_belongs_to_its_address_and_port() -> None:
    service = Service()
    session = service.accepted()
    for other in (BEN, (ANNA[0], ANNA[1] + 1)):
        assert service.say(data(session, 0), other) is None
        assert service.say(echo.encode(Ask(session, 0)), other) is None
        service.say(echo.encode(Close(session)), other)
    assert service.say(data(session, 0)) is not None


def test_a_packet_that_comes_twice_is_answered_once() -> None:
    service = Service()
    session = service.accepted()
    assert service.say(data(session, 3)) is not None
    assert service.say(data(session, 3)) is None
    report = echo.parse(service.say(echo.encode(Ask(session, 0))) or b"")
    assert isinstance(report, Report) and (report.received, report.answered) == (1, 1)


def test_what_is_beyond_the_grant_is_not_answered() -> None:
    service = Service()
    session = service.accepted(packets=10, size=200)
    assert service.say(data(session, 10)) is None
    assert service.say(data(session, 2**32 - 1)) is None
    assert service.say(data(session, 0, length=201)) is None


def test_a_burst_after_a_stall_is_answered_but_not_a_stream_far_too_fast() -> None:
    service = Service()
    session = service.accepted(packets=2_000, rate=100)
    answers = [service.say(data(session, sequence)) is not None for sequence in range(1_000)]
    assert answers[:200] == [True] * 200
    assert not any(answers[201:])
    report = echo.parse(service.say(echo.encode(Ask(session, 0))) or b"")
    assert isinstance(report, Report) and report.received == 1_000, "what arrived arrived, answered or not"


def test_a_session_ends_after_its_time_and_after_silence() -> None:
    service = Service()
    service.accepted(packets=10, rate=10)
    service.clock.now += 17
    service.answers.sweep()
    assert len(service.answers.sessions) == 0
    service.accepted(packets=10_000, rate=100)
    service.clock.now += 31
    service.answers.sweep()
    assert len(service.answers.sessions) == 0
    assert service.guests.present == 0


@pytest.mark.parametrize("rate", [1, 7, 100, 1_000, 65_535])
def test_no_session_lives_longer_than_two_minutes_however_slow_it_is(rate: int) -> None:
    service = Service()
    granted = service.open(packets=60_000, rate=rate)
    assert isinstance(granted, Accept)
    assert granted.packets // granted.rate < granted.seconds <= 120
    service.answers.sweep()
    assert len(service.answers.sessions) == 1
    service.clock.now += granted.seconds
    service.answers.sweep()
    assert len(service.answers.sessions) == 0


def test_a_session_that_is_kept_open_does_not_pass_the_limit_of_a_minute() -> None:
    """Two of them, opened one after the other, moved all they may in the same moment."""
    service = Service(client_bytes=100_000)
    assert isinstance(service.open(packets=200, rate=2, size=200), Accept)
    service.clock.now += 70
    second = service.open(("192.0.2.1", 7), packets=200, size=200)
    assert isinstance(second, Refuse) and second.reason == echo.TOO_MUCH


def test_reports_are_not_given_without_end() -> None:
    service = Service()
    session = service.accepted()
    answers = [service.say(echo.encode(Ask(session, 0))) for _ in range(1_000)]
    assert sum(answer is not None for answer in answers) < 100


# Limits


def test_sessions_of_one_client_and_clients_together_are_limited() -> None:
    service = Service(per_client=2, clients=2)
    for port in (1, 2):
        assert isinstance(service.open(("192.0.2.1", port)), Accept)
    crowd = service.open(("192.0.2.1", 3))
    assert isinstance(crowd, Refuse) and crowd.reason == echo.BUSY and crowd.retry_s > 0
    assert isinstance(service.open(("198.51.100.1", 1)), Accept)
    assert isinstance(service.open(("203.0.113.1", 1)), Refuse)
    assert service.refused("too many clients") == service.refused("too many of one client") == 1


def test_a_whole_ipv6_network_is_one_client() -> None:
    service = Service(per_client=2)
    kinds = [type(service.open((f"2001:db8:1:2::{n}", 1))) for n in range(3)]
    assert kinds == [Accept, Accept, Refuse]
    assert isinstance(service.open(("2001:db8:1:3::1", 1)), Accept)


def test_what_a_session_may_move_counts_in_the_minute_and_what_it_did_not_is_given_back() -> None:
    service = Service(client_bytes=100_000)
    session = service.accepted(packets=200, size=200)
    too_much = service.open(("192.0.2.1", 7), packets=200, size=200)
    assert isinstance(too_much, Refuse) and too_much.reason == echo.TOO_MUCH
    service.say(echo.encode(Close(session)))
    assert isinstance(service.open(("192.0.2.1", 7), packets=200, size=200), Accept)


def test_strangers_of_one_neighbourhood_are_answered_so_many_times_a_second() -> None:
    service = Service(unproved_rate=10)
    hello = echo.encode(Hello(bytes(16)))
    answers = sum(service.say(hello, ("192.0.2.9", port)) is not None for port in range(1_000))
    assert answers == 20
    service.clock.now += 1
    assert sum(service.say(hello, ("192.0.2.9", port)) is not None for port in range(1_000)) == 10
    assert service.say(hello, ("203.0.113.9", 1)) is not None


def test_a_flood_of_strangers_keeps_nobody_out_who_brings_its_cookie() -> None:
    service = Service(unproved_rate=10)
    nonce = os.urandom(16)
    asked = echo.encode(Open(nonce, service.cookie(nonce), bytes(32), 10, 10, 100))
    for port in range(1_000):
        service.say(echo.encode(Hello(os.urandom(16))), ("192.0.2.9", port))
        service.say(echo.encode(Open(nonce, os.urandom(16), bytes(32), 10, 10, 100)), ("192.0.2.9", port))
    assert isinstance(echo.parse(service.say(asked) or b""), Accept)


def test_handshakes_and_stun_do_not_keep_each_other_out() -> None:
    service = Service(unproved_rate=10)
    hello, binding = echo.encode(Hello(bytes(16))), stun.binding_request(b"123456789012", padded_to=64)
    for _ in range(2):
        for request in (hello, binding):
            answers = sum(service.say(request) is not None for _ in range(100))
            assert answers == 20
        service.clock.now += 10


def test_forged_cookies_are_braked() -> None:
    service = Service(unproved_rate=10)
    asked = echo.encode(Open(bytes(16), bytes(16), bytes(32), 10, 10, 100))
    assert sum(service.say(asked) is not None for _ in range(1_000)) == 20
