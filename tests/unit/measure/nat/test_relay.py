"""The ways to a relay: what proves one, and what each kind of trouble looks like."""

import asyncio
import socket
import ssl
import time
from collections.abc import Callable

import pytest
import trustme
from aioice import stun as ice

from readycheck.errors import Closed, Garbled, Refused, Silent, TlsFailed
from readycheck.measure.nat.relay import Rung, Transport, Tried, ladder, try_rung
from readycheck.measure.transport.endpoint import Endpoint
from tests.unit.measure.loopback import tcp_listener, udp_listener, unused_port
from tests.unit.measure.nat.turn_server import Relay, turn_server

HOST = "relay.example"


def rung(port: int, *, udp: bool = False, tls: ssl.SSLContext | None = None, host: str = HOST) -> Rung:
    return Rung(endpoint=Endpoint(address="127.0.0.1", port=port, host=host, tls=tls), udp=udp)


def tried(port: int, *, udp: bool = False, timeout_s: float = 3.0) -> Tried:
    return asyncio.run(try_rung(rung(port, udp=udp), timeout_s=timeout_s))


def certified(host: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context for this name, and a client's that trusts it."""
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return server, client


def test_the_refusal_of_a_stranger_proves_every_way() -> None:
    server, client = certified(HOST)

    async def climb() -> tuple[Tried, ...]:
        async with turn_server(Relay()) as port, turn_server(Relay(), server) as tls:
            return await ladder([rung(port, udp=True), rung(port), rung(tls, tls=client)])

    told = asyncio.run(climb())
    assert [(each.rung.transport, each.is_open, each.code) for each in told] == [
        (Transport.UDP, True, 401),
        (Transport.TCP, True, 401),
        (Transport.TLS, True, 401),
    ]
    assert all(each.ms is not None and each.ms < 3000 for each in told)
    assert all(each.bytes > 0 for each in told)


def test_a_relay_that_takes_everybody_gets_its_allocation_back() -> None:
    relay = Relay(open_to_all=True)

    async def climb() -> Tried:
        async with turn_server(relay) as port:
            told = await try_rung(rung(port, udp=True))
            for _ in range(100):
                if len(relay.heard) == 2:
                    break
                await asyncio.sleep(0.01)
            return told

    told = asyncio.run(climb())
    assert (told.is_open, told.code) == (True, None)
    assert relay.heard == [(ice.Method.ALLOCATE, None), (ice.Method.REFRESH, 0)]


def test_a_certificate_of_another_name_is_no_relay() -> None:
    server, client = certified("somebody.example")

    async def climb() -> Tried:
        async with turn_server(Relay(), server) as tls:
            return await try_rung(rung(tls, tls=client))

    error = asyncio.run(climb()).error
    assert isinstance(error, TlsFailed)
    assert error.reason == "wrong_name"


def test_ports_where_nothing_listens_refuse() -> None:
    assert isinstance(tried(unused_port()).error, Refused)
    assert isinstance(tried(unused_port(socket.SOCK_DGRAM), udp=True).error, Refused)


@pytest.mark.parametrize(
    ("talk", "error"),
    [
        (lambda conn: conn.recv(100), Closed),
        (lambda conn: conn.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n") or conn.recv(100), Garbled),
        (lambda conn: conn.sendall(b"\0\1\0\0" + bytes(16)) or conn.recv(100), Garbled),
        (lambda conn: conn.sendall(b"\1\1\xff\xf0" + bytes(16)) or conn.recv(100), Garbled),
    ],
)
def test_what_is_no_relay_is_told_apart(talk: Callable[[socket.socket], None], error: type) -> None:
    with tcp_listener(talk) as port:
        assert isinstance(tried(port).error, error)


def test_datagrams_of_strangers_are_not_heard() -> None:
    with udp_listener(lambda data, address: b"\0" * 40) as port:
        assert isinstance(tried(port, udp=True, timeout_s=0.3).error, Silent)


def test_silent_ways_are_tried_together_and_end_in_time() -> None:
    def hold(conn: socket.socket) -> None:
        while conn.recv(100):
            pass

    with udp_listener(lambda data, address: None) as udp, tcp_listener(hold) as tcp:
        started = time.monotonic()
        told = asyncio.run(ladder([rung(udp, udp=True), rung(tcp), rung(tcp)], timeout_s=0.7))
        seconds = time.monotonic() - started
    assert [type(each.error) for each in told] == [Silent, Silent, Silent]
    assert 0.7 <= seconds < 2.0  # not three times 0.7


def test_a_lost_request_is_sent_again() -> None:
    asked: list[bytes] = []
    relay = Relay()

    def second(data: bytes, address: tuple[str, int]) -> bytes | None:
        asked.append(data)
        return relay.answer(data) if len(asked) > 1 else None

    with udp_listener(second) as port:
        assert tried(port, udp=True).code == 401
    assert asked[0] == asked[1]
