"""Connections that come about directly, through a proxy, with TLS inside the tunnel, or not at all; blocking and in the loop."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
import trustme

from readycheck.errors import Closed, Garbled, NetError, Refused, Silent, TlsFailed
from readycheck.measure.throughput.allowance import Limits
from readycheck.measure.throughput.rates import download
from readycheck.measure.transport.connection import Tally, open_connection
from readycheck.measure.transport.dial import connect, dial
from readycheck.measure.transport.endpoint import Endpoint, Proxy
from readycheck.measure.transport.http1 import request_head
from tests.unit.measure.loopback import Talk, speed_server, tcp_listener, unused_port

NAME = "speed.example"  # nobody here can look it up: the proxy does


def tunnel_to(port: int, asked: list[str]) -> Talk:
    """An HTTP proxy that connects everybody to this port."""

    def talk(conn: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            head += conn.recv(4_096)
        asked.append(head.split(b"\r\n")[0].decode())
        far = socket.create_connection(("127.0.0.1", port))
        conn.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
        back = threading.Thread(target=carry, args=(far, conn), daemon=True)
        back.start()
        carry(conn, far)
        back.join(5)

    return talk


def carry(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
    with suppress(OSError):
        sink.shutdown(socket.SHUT_WR)


def behind(port: int, **changes: Any) -> Endpoint:
    return Endpoint(address="", port=8443, host=NAME, proxy=Proxy(address="127.0.0.1", port=port), **changes)


def reached_blocking(endpoint: Endpoint) -> None:
    dial(endpoint, timeout_s=1.0).close()


def reached_in_loop(endpoint: Endpoint) -> None:
    async def once() -> None:
        (await open_connection(endpoint, Tally())).abort()

    asyncio.run(once())


Reach = Callable[[Endpoint], None]
either_way = pytest.mark.parametrize("reach", [reached_blocking, reached_in_loop])


def test_a_download_goes_through_a_proxy_which_is_told_the_name() -> None:
    asked: list[str] = []
    with tcp_listener(speed_server(down=20e6)) as far, tcp_listener(tunnel_to(far, asked)) as near:
        found = asyncio.run(download(behind(near), "/down?bytes={bytes}", limits=Limits(max_seconds=2.0)))
    assert found.bits_per_s == pytest.approx(20e6, rel=0.1)
    assert asked[0] == f"CONNECT {NAME}:8443 HTTP/1.1"


@either_way
def test_tls_inside_the_tunnel_is_verified_against_the_name(reach: Reach) -> None:
    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert(NAME).configure_cert(server)
    authority.configure_trust(client)

    def shaken(conn: socket.socket) -> None:
        with suppress(ssl.SSLError), server.wrap_socket(conn, server_side=True) as tls:
            tls.recv(1)

    with tcp_listener(shaken) as far, tcp_listener(tunnel_to(far, [])) as near:
        reach(behind(near, tls=client))
        with pytest.raises(TlsFailed):
            reach(behind(near, tls=ssl.create_default_context()))


def says(answer: bytes) -> Talk:
    def talk(conn: socket.socket) -> None:
        conn.recv(4_096)
        conn.sendall(answer)

    return talk


@either_way
@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n\r\n", Refused, "the proxy .* answered HTTP 403"),
        (b"HTTP/1.1 407 Who are you\r\n\r\n", Refused, "HTTP 407, it wants a sign-in"),
        (b"HTTP/1.1 502 Bad\r\nContent-Length: 3\r\n\r\nbad", Refused, "HTTP 502"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", Garbled, "the proxy: no HTTP/1.1"),
        (b"", Closed, "hung up"),
    ],
)
def test_a_proxy_that_does_not_connect_is_said_to(
    reach: Reach, answer: bytes, error: type[NetError], words: str
) -> None:
    with tcp_listener(says(answer)) as near, pytest.raises(error, match=words):
        reach(behind(near))


@either_way
def test_a_proxy_that_is_not_there_is_named(reach: Reach) -> None:
    port = unused_port()
    with pytest.raises(Refused, match=f"127.0.0.1:{port}"):
        reach(behind(port))


@either_way
def test_a_proxy_that_drips_its_answer_is_silent_within_the_time(
    monkeypatch: pytest.MonkeyPatch, reach: Reach
) -> None:
    def drip(conn: socket.socket) -> None:
        for byte in b"HTTP/1.1 200 X\r\n" + b"a: b\r\n" * 1_500:
            conn.sendall(bytes([byte]))
            time.sleep(0.001)

    monkeypatch.setattr("readycheck.measure.transport.connection.connect", partial(connect, timeout_s=1.0))
    started = time.monotonic()
    with tcp_listener(drip) as near, pytest.raises(Silent):
        reach(behind(near))
    assert time.monotonic() - started < 3.0


def test_a_proxy_that_says_nothing_is_silent_within_the_time() -> None:
    with (
        tcp_listener(lambda conn: conn.recv(4_096) and conn.recv(4_096) and None) as near,
        pytest.raises(Silent),
    ):
        dial(behind(near), timeout_s=0.3)


def test_what_the_far_end_says_right_after_the_tunnel_is_not_swallowed() -> None:
    with tcp_listener(says(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 204 Early\r\n\r\n")) as near:
        sock = dial(behind(near), timeout_s=1.0)
        with sock:
            assert sock.recv(100).startswith(b"HTTP/1.1 204")


def test_a_connection_of_the_loop_that_nobody_waits_for_any_more_is_closed() -> None:
    hung_up = threading.Event()

    def slow(conn: socket.socket) -> None:
        conn.recv(4_096)
        threading.Event().wait(0.3)
        conn.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        if conn.recv(1) == b"":
            hung_up.set()

    async def impatient(port: int) -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1):
                await open_connection(behind(port), Tally())
        await asyncio.sleep(0.8)

    with tcp_listener(slow) as near:
        asyncio.run(impatient(near))
        assert hung_up.wait(3)


def test_a_connection_of_the_loop_exchanges_small_requests() -> None:
    async def ask(port: int) -> int:
        tally = Tally()
        endpoint = Endpoint(address="127.0.0.1", port=port, host="localhost")
        connection = await open_connection(endpoint, tally)
        try:
            head = request_head("GET", "/empty.php", endpoint.authority)
            await connection.exchange(head)
            return (await connection.exchange(head)).head.status
        finally:
            connection.abort()

    with tcp_listener(speed_server()) as port:
        assert asyncio.run(ask(port)) == 200


@pytest.mark.parametrize("address", ["", "speed.example"])
def test_without_a_proxy_an_address_is_needed(address: str) -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        Endpoint(address=address, port=80, host="speed.example")


def test_a_proxy_has_a_literal_address() -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        Proxy(address="proxy.example", port=3128)
