"""One download or upload against a listener on loopback, for the tests of rates."""

import asyncio
import socket

import pytest

from readycheck.measure.throughput.bulk import Limits, Throughput
from readycheck.measure.throughput.rates import download, upload
from readycheck.measure.transport.endpoint import Endpoint
from tests.unit.measure.loopback import Talk, tcp_listener

QUICK = Limits(max_bytes=20_000_000, max_seconds=3.0)
kernel_tells = pytest.mark.skipif(
    not hasattr(socket, "TCP_NOTSENT_LOWAT"), reason="loss and acknowledged bytes are told by Linux only"
)


def at(port: int) -> Endpoint:
    return Endpoint(address="127.0.0.1", port=port, host="localhost")


def down(talk: Talk, path: str = "/down?bytes={bytes}", limits: Limits = QUICK) -> Throughput:
    with tcp_listener(talk) as port:
        return asyncio.run(download(at(port), path, limits=limits))


def up(talk: Talk, limits: Limits = QUICK, *, count_acknowledged: bool = True) -> Throughput:
    with tcp_listener(talk) as port:
        return asyncio.run(
            upload(at(port), "/empty.php", limits=limits, count_acknowledged=count_acknowledged)
        )
