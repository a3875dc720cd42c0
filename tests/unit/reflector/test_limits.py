"""What the reflector gives and for how long it waits: every limit, over real connections where they are about connections."""

import io
import json
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readycheck.reflector.addresses import client, neighbourhood, plain
from readycheck.reflector.brake import Brake
from readycheck.reflector.guests import Guests
from readycheck.reflector.journal import BURST, Journal
from readycheck.reflector.limits import Limits
from tests.unit.reflector.house import House, get, house, post, read_all, status, until
from tests.unit.reflector.secure import Identity, secure_house


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def open_ones(
    reflector: House, count: int, stack: ExitStack, source: str = "127.0.0.1"
) -> list[socket.socket]:
    return [stack.enter_context(reflector.connect(source=source)) for _ in range(count)]


def test_connections_of_one_client_are_limited_and_others_are_not_touched() -> None:
    with house(per_client=3) as reflector, ExitStack() as stack:
        open_ones(reflector, 3, stack)
        assert until(lambda: reflector.metric("connections") == 3)
        with reflector.connect() as fourth:
            assert fourth.recv(1) == b""
        (other,) = open_ones(reflector, 1, stack, "127.0.0.2")
        other.sendall(get("/ping"))
        assert status(read_all(other)) == 204
        assert reflector.metric('refused_total{reason="too many of one client"}') == 1


def test_clients_together_are_limited_and_a_place_is_free_when_one_leaves() -> None:
    with house(clients=2) as reflector, ExitStack() as stack:
        (first,) = open_ones(reflector, 1, stack, "127.0.0.1")
        open_ones(reflector, 1, stack, "127.0.0.2")
        assert until(lambda: reflector.metric("clients") == 2)
        with reflector.connect(source="127.0.0.3") as third:
            assert third.recv(1) == b""
        first.close()
        assert until(lambda: reflector.metric("clients") == 1)
        with reflector.connect(source="127.0.0.3") as third:
            third.sendall(get("/ping"))
            assert status(read_all(third)) == 204


def test_a_flood_of_connections_is_braked() -> None:
    with house(connection_rate=10) as reflector:
        for _ in range(60):
            with reflector.connect():
                pass
        assert until(lambda: reflector.metric('refused_total{reason="too many connections a second"}') >= 20)


def test_the_bytes_of_a_client_in_a_minute_are_limited_and_it_is_told_when_to_come_again() -> None:
    with house(client_bytes=1_000_000) as reflector:
        assert status(reflector.ask(get("/down?bytes=900000"))) == 200
        answer = reflector.ask(get("/down?bytes=900000"))
        assert status(answer) == 429
        assert b"Retry-After: " in answer
        assert status(reflector.ask(post("/up", b"x" * 50_000))) == 200


def test_the_bytes_of_all_clients_in_a_minute_are_limited() -> None:
    with house(total_bytes=1_000_000) as reflector:
        for source, expected in (("127.0.0.1", 200), ("127.0.0.2", 429)):
            with reflector.connect(source=source) as sock:
                sock.sendall(get("/down?bytes=900000"))
                assert status(read_all(sock)) == expected


def test_what_did_not_move_is_given_back() -> None:
    with house(client_bytes=50_000_000, request_bytes=50_000_000) as reflector:
        with reflector.connect() as sock:
            sock.sendall(get("/down?bytes=50000000"))
            sock.recv(1_000)
        assert until(lambda: len(reflector.lines("download")) == 1)
        assert reflector.lines("download")[0]["bytes"] < 40_000_000
        assert status(reflector.ask(get("/down?bytes=10000000"))) == 200


@pytest.mark.parametrize("begin", [b"G", b"GET /ping HTTP/1.1\r\nHost: a\r\nX-Slow: "])
def test_a_head_that_drips_is_cut_off(begin: bytes) -> None:
    with house(head_s=0.3) as reflector, reflector.connect() as sock:
        sock.sendall(begin)
        started = time.monotonic()
        assert read_all(sock) == b""
        assert time.monotonic() - started < 10
        assert reflector.metric('refused_total{reason="slow head"}') == 1


def test_a_connection_without_a_request_ends_quietly() -> None:
    with house(idle_s=0.2) as reflector, reflector.connect() as sock:
        assert read_all(sock) == b""
        assert reflector.lines("refused") == []


def test_an_upload_that_stalls_or_drips_is_cut_off() -> None:
    with house(slow_s=0.5, least_rate=1_000) as reflector, reflector.connect() as sock:
        sock.sendall(post("/up", b"x" * 100_000)[:-90_000])
        assert read_all(sock) == b""
        assert until(lambda: reflector.metric('refused_total{reason="slow transfer"}') == 1)


def test_a_download_that_nobody_reads_is_cut_off_and_holds_little_memory() -> None:
    with house(slow_s=0.5, least_rate=1_000) as reflector, reflector.connect() as sock:
        sock.sendall(get("/down?bytes=90000000"))
        assert until(lambda: reflector.metric('refused_total{reason="slow transfer"}') == 1)


def test_a_slow_download_above_the_least_rate_goes_on() -> None:
    with house(slow_s=0.3, least_rate=1_000) as reflector, reflector.connect() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16_384)
        sock.sendall(get("/down?bytes=3000000"))
        received = 0
        while piece := sock.recv(65_536):
            received += len(piece)
            time.sleep(0.01)
        assert received > 3_000_000


def test_no_transfer_takes_longer_than_its_time() -> None:
    with house(transfer_s=0.5) as reflector, reflector.connect() as sock:
        sock.sendall(post("/up", b"x" * 60_000)[:-50_000])
        ends = time.monotonic() + 10
        while time.monotonic() < ends:
            try:
                sock.sendall(b"x" * 100)
            except OSError:
                break
            time.sleep(0.02)
        assert time.monotonic() < ends


def test_answers_that_nobody_reads_do_not_pile_up() -> None:
    with house(head_s=0.5, slow_s=60) as reflector, reflector.connect() as sock:
        sock.settimeout(0.3)
        try:
            for _ in range(2_000):
                sock.sendall(get("/about", close=False) * 100)
        except OSError:
            pass
        assert until(lambda: reflector.metric("connections") == 0)


def test_a_half_open_tls_handshake_is_cut_off(tmp_path: Path) -> None:
    with secure_house(Identity(tmp_path), handshake_s=0.3) as reflector, reflector.connect() as sock:
        sock.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        assert read_all(sock)[:1] in (b"", b"\x15")
        assert until(lambda: reflector.metric('garbage_total{protocol="tcp",kind="handshake"}') == 1)
        assert until(lambda: reflector.metric("connections") == 0)


def test_garbage_in_place_of_a_tls_handshake_is_cut_off_and_counted(tmp_path: Path) -> None:
    with secure_house(Identity(tmp_path)) as reflector:
        for garbage in (get("/ping"), b"\x16\x03\x01\x00\x02ab", b"\x00" * 100):
            with reflector.connect() as sock:
                sock.sendall(garbage)
                read_all(sock)
        assert until(lambda: reflector.metric('garbage_total{protocol="tcp",kind="handshake"}') == 3)
        assert reflector.lines("fault") == []


# Without sockets


def test_a_budget_fills_up_again_in_a_minute() -> None:
    clock = Clock()
    guests = Guests(Limits(client_bytes=600), clock=clock)
    assert guests.reserve("192.0.2.1", 600) == 0
    assert guests.reserve("192.0.2.1", 100) == 11
    assert guests.reserve("192.0.2.2", 100) == 0
    clock.now = 11
    assert guests.reserve("192.0.2.1", 100) == 0


def test_who_left_with_a_full_budget_is_forgotten() -> None:
    clock = Clock()
    guests = Guests(Limits(), clock=clock)
    for n in range(200):
        assert guests.enter(f"192.0.2.{n}") == ""
        guests.reserve(f"192.0.2.{n}", 1_000_000)
        guests.leave(f"192.0.2.{n}")
    guests.sweep()
    assert len(guests._guests) == 200
    clock.now = 61
    guests.sweep()
    assert len(guests._guests) == 0


def test_even_clients_that_left_are_remembered_in_limited_number() -> None:
    guests = Guests(Limits(clients=2), clock=Clock())
    answers = []
    for n in range(100):
        answers.append(guests.enter(f"192.0.2.{n}"))
        guests.leave(f"192.0.2.{n}")
    assert answers[:40] == [""] * 40
    assert set(answers[40:]) == {"too many clients"}


@given(st.lists(st.tuples(st.sampled_from(["enter", "leave"]), st.integers(1, 4)), max_size=60))
def test_the_number_of_present_clients_is_right_whatever_comes(steps: list[tuple[str, int]]) -> None:
    guests = Guests(Limits(clients=3, per_client=2), clock=Clock())
    inside: list[str] = []
    for step, number in steps:
        address = f"192.0.2.{number}"
        if step == "enter" and guests.enter(address) == "":
            inside.append(address)
        elif step == "leave" and address in inside:
            inside.remove(address)
            guests.leave(address)
        assert guests.present == len(set(inside)) <= 3
        assert all(inside.count(each) <= 2 for each in inside)


def test_a_brake_lets_through_its_rate_and_keeps_nothing() -> None:
    clock = Clock()
    brake = Brake(5, clock=clock)
    assert sum(brake.allows("here") for _ in range(100)) == 10
    clock.now = 1
    assert sum(brake.allows("here") for _ in range(100)) == 5
    for n in range(100_000):
        brake.allows(f"host {n}")
    assert len(brake._left) == len(brake._at) == 4_096


@pytest.mark.parametrize(
    ("address", "one_client", "shown"),
    [
        ("192.0.2.7", "192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("::1", "::/64", "::/48"),
    ],
)
def test_addresses_are_grouped_and_shortened(address: str, one_client: str, shown: str) -> None:
    assert (client(address), neighbourhood(address)) == (one_client, shown)


def test_an_ipv4_address_in_ipv6_clothes_and_a_scope_are_undressed() -> None:
    assert plain(("::ffff:192.0.2.7", 1)) == "192.0.2.7"
    assert plain(("fe80::1%eth0", 1, 0, 2)) == "fe80::1"


def test_the_journal_leaves_out_what_would_fill_a_disk_and_says_how_much() -> None:
    clock, stream = Clock(), io.StringIO()
    journal = Journal(stream, clock=clock)
    for _ in range(5_000):
        journal.note("refused", "192.0.2.7", reason="busy")
    journal.note("listening")
    clock.now = 10
    journal.note("refused", "192.0.2.7", reason="busy")
    journal.close()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert len(lines) == BURST + 2
    assert lines[-1]["left_out"] == 5_000 - BURST
    assert all(line["client"] == "192.0.2.0/24" for line in lines if line["event"] == "refused")


def test_whole_addresses_are_noted_only_where_that_was_asked_for() -> None:
    stream = io.StringIO()
    journal = Journal(stream, whole_addresses=True)
    journal.note("refused", "192.0.2.7", reason="bad\n\x1b[31mthing")
    journal.close()
    line = json.loads(stream.getvalue())
    assert line["client"] == "192.0.2.7"
    assert "\x1b" not in stream.getvalue() and "\n" not in line["reason"]


def test_a_reader_of_the_journal_that_stops_reading_stops_nobody() -> None:
    class Stuck(io.StringIO):
        def write(self, text: str) -> int:
            time.sleep(60)
            return 0

    journal = Journal(Stuck())
    started = time.monotonic()
    for n in range(3_000):
        journal.note(f"event {n}")
    journal.close()
    assert time.monotonic() - started < 10
