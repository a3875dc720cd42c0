"""Silence and refusal are what the kernel makes of them, not what a program pretends."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest

from readycheck.office.listeners import Listeners, hold


def with_ports(test: Callable[[Listeners], None]) -> None:
    async def run() -> None:
        async with AsyncExitStack() as stack:
            test(Listeners(stack))

    asyncio.run(run())


def connect(port: int) -> None:
    socket.create_connection(("127.0.0.1", port), timeout=0.5).close()


def send(port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(0.5)
        sock.connect(("127.0.0.1", port))
        sock.send(b"x")
        sock.recv(10)


@pytest.mark.parametrize(
    ("opened", "attempt", "expected"),
    [
        (Listeners.silent_tcp, connect, TimeoutError),
        (Listeners.refusing_tcp, connect, ConnectionRefusedError),
        (Listeners.silent_udp, send, TimeoutError),
        (Listeners.refusing_udp, send, ConnectionRefusedError),
    ],
)
def test_a_port_is_silent_or_refuses(
    opened: Callable[[Listeners], int], attempt: Callable[[int], None], expected: type[Exception]
) -> None:
    def twice(ports: Listeners) -> None:
        port = opened(ports)
        for _ in range(2):
            with pytest.raises(expected):
                attempt(port)

    with_ports(twice)


def test_ports_are_free_again_when_the_stack_is_closed() -> None:
    async def run() -> int:
        async with AsyncExitStack() as stack:
            port = await Listeners(stack).tcp(hold)
            connect(port)
        return port

    port = asyncio.run(run())
    with pytest.raises(ConnectionRefusedError):
        connect(port)
