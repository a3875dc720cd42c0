"""Probes over HTTP against real listeners, plain and TLS, good and bad."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest
import trustme

from readycheck.errors import Closed, Garbled, Refused, TlsFailed
from readycheck.measure.latency.http_probes import ForeignProber, HttpServer, foreign_probing
from readycheck.measure.latency.probing import Prober, idle_probes
from readycheck.measure.latency.responsiveness import responsiveness
from readycheck.measure.latency.timed_line import TimedLine
from readycheck.measure.transport.endpoint import Endpoint
from readycheck.measure.transport.http1 import request_head
from tests.unit.measure.loopback import Request, Talk, http, tcp_listener, unused_port

AUTHORITY = trustme.CA()
CERTIFICATE = AUTHORITY.issue_cert("localhost")


def plain(port: int) -> Endpoint:
    return Endpoint(address="127.0.0.1", port=port, host="localhost")


def secure(port: int, version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3, *, trusted: bool = True) -> Endpoint:
    context = ssl.create_default_context()
    context.maximum_version = version
    if trusted:
        AUTHORITY.configure_trust(context)
    return Endpoint(address="127.0.0.1", port=port, host="localhost", tls=context)


def over_tls(talk: Talk) -> Talk:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CERTIFICATE.configure_cert(context)

    def wrapped(conn: socket.socket) -> None:
        with context.wrap_socket(conn, server_side=True) as inside:
            talk(inside)

    return wrapped


def late(seconds: float, status: int = 204, body: bytes = b"") -> Talk:
    def answer(request: Request) -> None:
        time.sleep(seconds)
        request.reply(status, body=body)

    return http(answer)


@contextmanager
def server(talk: Talk, *, tls: bool = False) -> Iterator[int]:
    with tcp_listener(over_tls(talk) if tls else talk) as port:
        yield port


def probed(endpoint: Endpoint, seconds: float = 0.5, rate: float = 40.0) -> Prober:
    return asyncio.run(idle_probes(HttpServer(endpoint, "/ping", rate=rate), seconds=seconds))


def foreign(endpoint: Endpoint, seconds: float = 0.6) -> ForeignProber:
    async def work() -> ForeignProber:
        async with foreign_probing(endpoint, "/ping", rate=20) as prober:
            await asyncio.sleep(seconds)
        return prober

    return asyncio.run(work())


@pytest.mark.parametrize("tls", [False, True])
def test_requests_are_timed_with_the_servers_own_time(tls: bool) -> None:
    with server(late(0.04), tls=tls) as port:
        prober = probed(secure(port) if tls else plain(port))
    rtts = [sample.rtt_ms for sample in prober.samples() if sample.rtt_ms is not None]
    assert len(rtts) >= 4
    assert min(rtts) >= 39
    assert sorted(rtts)[len(rtts) // 2] < 120
    assert prober.error is None and prober.bytes > 500


def test_a_slow_server_gets_fewer_requests_and_not_two_at_once_on_a_connection() -> None:
    with server(late(0.2)) as port:
        samples = probed(plain(port), 1.0, rate=200).samples()
    assert 4 <= len(samples) <= 4 * 7


def test_a_refusing_server_ends_the_probes() -> None:
    prober = probed(plain(unused_port()))
    assert isinstance(prober.error, Refused)
    assert prober.samples() == ()


@pytest.mark.parametrize(
    ("talk", "error"),
    [
        (late(0.0, status=302), Garbled),
        (late(0.0, status=500), Garbled),
        (lambda conn: (conn.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"), conn.recv(4_096)), Garbled),
        (lambda conn: conn.recv(4_096), Closed),
    ],
)
def test_anything_but_an_agreeing_answer_is_no_probe(
    talk: Callable[..., None], error: type[Exception]
) -> None:
    with server(talk) as port:
        prober = probed(plain(port), 1.0)
    assert isinstance(prober.error, error)
    assert not [sample for sample in prober.samples() if sample.rtt_ms is not None]


def test_a_connection_that_broke_is_replaced() -> None:
    def one_each(request: Request) -> None:
        request.reply(204)
        raise ConnectionError

    with server(http(one_each)) as port:
        samples = probed(plain(port), 0.6).samples()
    assert len([sample for sample in samples if sample.rtt_ms is not None]) >= 3


@pytest.mark.parametrize("tls", [False, True])
def test_a_page_that_ends_with_its_connection_is_an_answer(tls: bool) -> None:
    def page(request: Request) -> None:
        request.conn.sendall(b"HTTP/1.1 200 X\r\nContent-Type: text/plain\r\n\r\npong")
        if isinstance(request.conn, ssl.SSLSocket):
            with suppress(OSError):
                request.conn.unwrap()
        raise ConnectionError

    with server(http(page), tls=tls) as port:
        line = TimedLine(secure(port) if tls else plain(port), timeout_s=10)
        sent, arrived = line.exchange(request_head("GET", "/", "localhost"), timeout_s=10)
        line.close()
        prober = probed(plain(port), 0.6) if not tls else None
    assert sent < arrived
    assert line.ended
    assert prober is None or (prober.error is None and len(prober.samples()) >= 2)


@pytest.mark.parametrize("tls", [False, True])
def test_a_page_that_ends_before_it_is_whole_is_none(tls: bool) -> None:
    def page(request: Request) -> None:
        request.conn.sendall(b"HTTP/1.1 200 X\r\nContent-Length: 400\r\n\r\npong")
        raise ConnectionError

    with server(http(page), tls=tls) as port:
        line = TimedLine(secure(port) if tls else plain(port), timeout_s=10)
        with pytest.raises(Closed, match="before its answer was whole"):
            line.exchange(request_head("GET", "/", "localhost"), timeout_s=10)
        line.close()


def test_requests_keep_to_what_they_may_use() -> None:
    async def work(endpoint: Endpoint) -> Prober:
        source = HttpServer(endpoint, "/ping", rate=200, may=lambda used: used <= 12_000)
        return await idle_probes(source, seconds=0.6)

    with server(late(0.0), tls=True) as port:
        prober = asyncio.run(work(secure(port)))
    assert len(prober.samples()) >= 3
    assert prober.bytes <= 12_000 + 4 * 8_000, "four connections begin at one moment at most"


def test_a_certificate_nobody_trusts_is_told() -> None:
    with server(late(0.0), tls=True) as port:
        prober = probed(secure(port, trusted=False), 1.0)
    assert isinstance(prober.error, TlsFailed)
    assert prober.error.reason == "untrusted"


def test_foreign_probes_time_each_step_of_a_new_connection() -> None:
    with server(late(0.05), tls=True) as port:
        prober = foreign(secure(port))
    assert len(prober.probes) >= 3 and prober.error is None
    for probe in prober.probes:
        assert 0 < probe.tcp_ms < 45
        assert probe.tls_ms is not None and probe.tls_ms > 0
        assert probe.http_ms >= 49
    assert prober.bytes > 1_000 * len(prober.probes)
    assert responsiveness(prober.probes, []).count == len(prober.probes)


def test_foreign_probes_without_tls_say_so() -> None:
    with server(late(0.0)) as port:
        prober = foreign(plain(port))
    assert prober.probes and all(probe.tls_ms is None for probe in prober.probes)


def test_foreign_probes_of_a_time_are_those_that_began_in_it() -> None:
    with server(late(0.0)) as port:
        prober = foreign(plain(port))
    first, *rest = prober.probes
    assert prober.between(first.at_s, rest[0].at_s) == (first,)


def test_foreign_probes_that_never_succeed_are_told() -> None:
    prober = foreign(plain(unused_port()))
    assert isinstance(prober.error, Refused)
    assert prober.probes == ()


def test_foreign_probes_keep_to_what_they_may_use() -> None:
    async def work(port: int) -> ForeignProber:
        probing = foreign_probing(
            secure(port), "/ping", rate=100, connections=3, may=lambda used: used <= 20_000
        )
        async with probing as prober:
            await asyncio.sleep(0.8)
        return prober

    with server(late(0.0), tls=True) as port:
        prober = asyncio.run(work(port))
    assert 1 <= len(prober.probes) <= 20
    assert 5_000 < prober.bytes <= 20_000


def test_several_foreign_probes_at_a_time_are_more_behind_a_long_wait() -> None:
    async def count(port: int, connections: int) -> int:
        async with foreign_probing(plain(port), "/ping", rate=50, connections=connections) as prober:
            await asyncio.sleep(1.0)
        return len(prober.probes)

    with server(late(0.2)) as port:
        assert asyncio.run(count(port, 1)) <= 6
        assert asyncio.run(count(port, 4)) >= 8


def test_a_foreign_probe_that_ended_later_is_not_of_that_time() -> None:
    with server(late(0.1)) as port:
        first = foreign(plain(port)).probes[0]
    prober = ForeignProber(lambda _used: True)
    prober._probes.append(first)
    assert prober.between(first.at_s, first.at_s + 0.05) == ()
    assert prober.between(first.at_s, first.at_s + first.took_s + 0.01) == (first,)


def test_nobody_waits_for_a_foreign_probe_longer_than_asked() -> None:
    async def work(port: int) -> float:
        async with foreign_probing(plain(port), "/ping", patience_s=0.2):
            await asyncio.sleep(0.2)
            started = time.monotonic()
        return time.monotonic() - started

    with server(late(2.5)) as port:
        assert asyncio.run(work(port)) < 1.5


def test_an_older_handshake_counts_for_its_two_round_trips() -> None:
    """The server holds each of its flights back: one in TLS 1.3, two in TLS 1.2, and the figure is the same."""
    times = {}
    for version in (ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_2):
        with server(slow_handshake(0.1)) as port:
            line = TimedLine(secure(port, version), timeout_s=10)
            times[version] = line.tls_ms
            line.exchange(request_head("GET", "/", "localhost"), timeout_s=10)
            line.close()
    assert all(ms is not None and 99 <= ms < 190 for ms in times.values()), times


def slow_handshake(seconds: float) -> Talk:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    CERTIFICATE.configure_cert(context)

    def talk(conn: socket.socket) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = context.wrap_bio(incoming, outgoing, server_side=True)
        done = False
        while not done:
            try:
                tls.do_handshake()
                done = True
            except ssl.SSLWantReadError:
                pass
            if flight := outgoing.read():
                if not done or tls.version() == "TLSv1.2":
                    time.sleep(seconds)
                conn.sendall(flight)
            if not done:
                incoming.write(conn.recv(65_536))
        while True:
            try:
                tls.read(4_096)
                break
            except ssl.SSLWantReadError:
                incoming.write(conn.recv(65_536))
        tls.write(b"HTTP/1.1 204 X\r\n\r\n")
        conn.sendall(outgoing.read())
        conn.recv(1)

    return talk


def test_a_silent_server_does_not_hold_anybody_up() -> None:
    def silent(conn: socket.socket) -> None:
        conn.recv(1)
        time.sleep(0.5)

    with server(silent) as port:
        line = TimedLine(plain(port), timeout_s=5)
        started = time.monotonic()
        with pytest.raises(TimeoutError):
            line.exchange(b"GET / HTTP/1.1\r\n\r\n", timeout_s=0.2)
        line.close()
    assert time.monotonic() - started < 3


def test_threads_end_with_their_probes() -> None:
    with server(late(0.01)) as port:
        probed(plain(port), 0.2)
        foreign(plain(port), 0.2)
    left = [thread for thread in threading.enumerate() if "probes" in thread.name]
    for thread in left:
        thread.join(2)  # it has told its end, and may not have come to it
    assert not [thread.name for thread in left if thread.is_alive()]
