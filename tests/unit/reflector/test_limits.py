"""What the reflector gives and for how long it waits: every limit, over real connections where they are about connections."""

import asyncio
import socket
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from readycheck.measure.packets.echo_session import echo_session
from readycheck.reflector.addresses import client, neighbourhood, plain
from readycheck.reflector.brake import Brake
from readycheck.reflector.connection import HEAD_PIECE
from readycheck.reflector.requests import MOST_HEAD
from readycheck.reflector.server import Settings
from tests.unit.reflector.house import House, get, house, post, read_all, status, until
from tests.unit.reflector.secure import Identity, secure_house
from tests.unit.reflector.service import Clock


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


def uploading(reflector: House, stack: ExitStack, source: str) -> socket.socket:
    (sock,) = open_ones(reflector, 1, stack, source)
    sock.sendall(post("/up", b"x" * 1_000)[:-500])
    return sock


def test_clients_together_are_limited_and_a_place_is_free_when_one_leaves() -> None:
    with house(clients=2) as reflector, ExitStack() as stack:
        first, _ = (uploading(reflector, stack, source) for source in ("127.0.1.1", "127.0.2.1"))
        assert until(lambda: reflector.metric('requests_total{path="/up",status="200"}') == 2)
        with reflector.connect(source="127.0.3.1") as third:
            assert third.recv(1) == b""
        first.close()
        assert until(lambda: reflector.metric("clients") == 1)
        with reflector.connect(source="127.0.3.1") as third:
            third.sendall(get("/ping"))
            assert status(read_all(third)) == 204


def test_who_waits_for_nothing_makes_room_for_who_comes_and_a_transfer_does_not() -> None:
    with house(clients=2) as reflector, ExitStack() as stack:
        uploading(reflector, stack, "127.0.1.1")
        assert until(lambda: reflector.metric('requests_total{path="/up",status="200"}') == 1)
        (idle,) = open_ones(reflector, 1, stack, "127.0.2.1")
        assert until(lambda: reflector.metric("clients") == 2)
        with reflector.connect(source="127.0.3.1") as third:
            third.sendall(get("/ping"))
            assert status(read_all(third)) == 204
        assert read_all(idle) == b""
        assert reflector.metric('refused_total{reason="made room for others"}') == 1


def test_a_tls_handshake_that_is_under_way_makes_room_too(tmp_path: Path) -> None:
    identity = Identity(tmp_path)
    with (
        secure_house(identity, clients=1, handshake_s=60) as reflector,
        reflector.connect(source="127.0.2.1") as slow,
    ):
        slow.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        assert until(lambda: reflector.metric("clients") == 1)
        plain_socket = reflector.connect(source="127.0.3.1")
        with identity.trust.wrap_socket(plain_socket, server_hostname="reflector.example") as sock:
            sock.sendall(get("/ping"))
            assert status(read_all(sock)) == 204
        assert read_all(slow)[:1] in (b"", b"\x15")
        assert reflector.lines("fault") == []


def test_who_showed_the_token_keeps_its_place(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("a token for this test")
    secret.chmod(0o600)
    with house(Settings(token_file=secret), clients=4) as reflector, ExitStack() as stack:
        known, stranger = open_ones(reflector, 1, stack, "127.0.1.1") + open_ones(
            reflector, 1, stack, "127.0.2.1"
        )
        known.sendall(get("/ping", "Authorization: Bearer a token for this test", close=False))
        assert status(known.recv(1_000)) == 204
        for source in ("127.0.1.2", "127.0.2.2"):
            with reflector.connect(source=source) as sock:
                sock.sendall(get("/ping"))
                assert status(read_all(sock)) == 204
        assert read_all(stranger) == b"", "its neighbourhood has one place"
        known.sendall(get("/ping"))
        assert status(read_all(known)) == 204


def test_a_session_with_the_token_sends_idle_strangers_away(tmp_path: Path) -> None:
    token = b"a token for this test"
    secret = tmp_path / "token"
    secret.write_bytes(token)
    secret.chmod(0o600)

    async def measure(reflector: House, stranger: socket.socket) -> bool:
        opened = echo_session(
            "127.0.0.1", reflector.udp_port, token=token, count=3, rate=10, size=100, source="127.0.2.1"
        )
        async with opened:
            return await asyncio.to_thread(read_all, stranger) == b""

    with house(Settings(token_file=secret), clients=1) as reflector, ExitStack() as stack:
        (stranger,) = open_ones(reflector, 1, stack, "127.0.1.1")
        assert until(lambda: reflector.metric("clients") == 1)
        assert asyncio.run(measure(reflector, stranger))


def test_where_all_connections_are_taken_the_client_that_waits_the_longest_makes_room() -> None:
    with house() as reflector, ExitStack() as stack:
        reflector.reflector._door._most = 3
        (first,) = open_ones(reflector, 1, stack, "127.0.1.1")
        open_ones(reflector, 2, stack, "127.0.2.1")
        assert until(lambda: reflector.metric("connections") == 3)
        with reflector.connect(source="127.0.3.1") as sock:
            sock.sendall(get("/ping"))
            assert status(read_all(sock)) == 204
        assert read_all(first) == b""


def test_requests_of_one_client_are_braked_over_all_its_connections() -> None:
    with house(request_rate=10) as reflector:
        answers = [status(reflector.ask(get("/ping"))) for _ in range(40)]
        assert answers[:20] == [204] * 20
        assert 429 in answers
        with reflector.connect(source="127.0.0.2") as other:
            other.sendall(get("/ping"))
            assert status(read_all(other)) == 204


def test_many_requests_at_once_do_not_keep_others_from_their_turn() -> None:
    """The event loop is asked beside it: between two of its turns at most so many heads are read."""
    read: list[int] = [0]
    most: list[int] = [0]

    def look(reflector: House) -> None:
        requests = sum(reflector.reflector._counters[0].snapshot().values())
        most[0] = max(most[0], requests - read[0])
        read[0] = requests
        reflector.loop.call_soon(look, reflector)

    with house(request_rate=100_000) as reflector:
        reflector.loop.call_soon_threadsafe(look, reflector)
        answer = reflector.ask(get("/ping", close=False) * 2_000 + get("/ping"))
        assert answer.count(b" 204 ") == 2_001
        assert 0 < most[0] <= 20


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
    with (
        house(head_s=0.5, slow_s=60, request_rate=100_000) as reflector,
        reflector.connect() as sock,
        pytest.raises(OSError),  # nobody reads it
    ):
        sock.settimeout(0.3)
        for _ in range(2_000):
            sock.sendall(get("/about", close=False) * 100)
    assert until(lambda: reflector.metric("connections") == 0)


@pytest.mark.parametrize("encrypted", [False, True])
def test_behind_an_answer_that_nobody_reads_nothing_is_read(tmp_path: Path, encrypted: bool) -> None:
    identity = Identity(tmp_path)
    with ExitStack() as stack:
        reflector = stack.enter_context(secure_house(identity) if encrypted else house())
        sock = stack.enter_context(reflector.connect())
        if encrypted:
            sock = stack.enter_context(identity.trust.wrap_socket(sock, server_hostname="reflector.example"))
        sock.settimeout(0.3)
        sock.sendall(get("/down?bytes=90000000"))
        with pytest.raises(OSError):
            for _ in range(1_000):
                sock.sendall(b"G" * 100_000)
        (connection,) = reflector.reflector._door._inside
        assert len(connection._raw) <= MOST_HEAD + HEAD_PIECE


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


def test_a_brake_lets_through_its_rate_and_keeps_nothing() -> None:
    clock = Clock()
    brake = Brake(5, clock=clock)
    assert sum(brake.allows("here") for _ in range(100)) == 10
    clock.now += 1
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
