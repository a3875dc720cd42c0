"""Rates against listeners of known pace, with the kernel's counters and without."""

import asyncio
import socket
import ssl
from contextlib import ExitStack

import pytest
import trustme

from readycheck.errors import TlsFailed
from readycheck.measure.throughput.bulk import Limits, Throughput
from readycheck.measure.throughput.rates import download, upload
from readycheck.measure.transport.endpoint import Endpoint
from tests.unit.measure.loopback import Pace, Request, Talk, http, speed_server, tcp_listener
from tests.unit.measure.throughput.loads import QUICK, at, down, kernel_tells, up


@pytest.mark.parametrize("rate", [5e6, 40e6])
def test_a_paced_download_reads_within_five_percent(rate: float) -> None:
    found = down(speed_server(down=rate), "/garbage.php?ckSize={mib}")
    assert found.bits_per_s == pytest.approx(rate, rel=0.05)
    assert (found.converged, found.stopped_by, found.connections) == (True, "rule", 4)
    assert found.low <= found.bits_per_s <= found.high


@kernel_tells
def test_a_paced_upload_reads_within_five_percent() -> None:
    found = up(speed_server(up=40e6), Limits(max_bytes=60_000_000))
    assert found.bits_per_s == pytest.approx(40e6, rel=0.05)
    assert found.method == "HTTP upload, bytes acknowledged"


def test_a_slow_sink_is_read_as_slow() -> None:
    found = up(speed_server(up=2e6), Limits(max_seconds=3.0))
    assert found.low <= 2e6 * 1.1
    assert found.high >= 2e6 * 0.9
    assert found.bits_per_s < 4e6


@kernel_tells
def test_slow_sinks_are_bounded_above_within_the_usual_limits() -> None:
    """Their kernels take some 30 kB a connection in advance, and open their windows in steps, with segments sent again.

    At 0.1 Mbit/s a step is 2 s apart from the next, and cannot be told from a transfer that broke off: that may stay open above.
    """
    rates = (0.1e6, 0.2e6, 0.4e6, 1e6, 2e6)

    async def all_at_once(ports: list[int]) -> list[Throughput]:
        return await asyncio.gather(*(upload(at(port), "/empty.php") for port in ports))

    with ExitStack() as listening:
        ports = [listening.enter_context(tcp_listener(speed_server(up=rate))) for rate in rates]
        found = asyncio.run(all_at_once(ports))
    for rate, each in zip(rates, found, strict=True):
        assert each.seconds <= 8.5
        assert each.low <= rate * 1.1
        may_be_open = rate == rates[0] and each.is_floor
        assert may_be_open or rate * 0.9 <= each.high <= 1.5 * rate + 0.35e6


@kernel_tells
def test_bytes_handed_to_a_socket_are_not_an_upload() -> None:
    """The sink takes hardly anything; buffers on our side swallow more than half a megabyte in the same time."""
    found = up(speed_server(up=0.1e6), Limits(max_seconds=0.5))
    assert found.bits_per_s < 4e6


def test_without_acknowledgements_completed_requests_are_counted() -> None:
    found = up(speed_server(up=20e6), Limits(max_seconds=3.0), count_acknowledged=False)
    assert found.method == "HTTP upload, requests completed"
    assert found.low <= 20e6 * 1.05
    assert found.bits_per_s == pytest.approx(20e6, rel=0.25)


def test_a_tls_download_is_verified_and_measured() -> None:
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("speed.example").configure_cert(server)
    client = ssl.create_default_context()
    authority.configure_trust(client)
    talk = over_tls(server, speed_server(down=20e6))
    with tcp_listener(talk) as port:
        good = Endpoint(address="127.0.0.1", port=port, host="speed.example", tls=client)
        found = asyncio.run(download(good, "/down?bytes={bytes}", limits=QUICK))
        assert found.bits_per_s == pytest.approx(20e6, rel=0.05)
        with pytest.raises(TlsFailed) as wrong_name:
            other = Endpoint(address="127.0.0.1", port=port, host="other.example", tls=client)
            asyncio.run(download(other, "/down?bytes={bytes}", limits=QUICK))
        assert wrong_name.value.reason == "wrong_name"
        with pytest.raises(TlsFailed) as untrusted:
            stranger = Endpoint(
                address="127.0.0.1", port=port, host="speed.example", tls=ssl.create_default_context()
            )
            asyncio.run(download(stranger, "/down?bytes={bytes}", limits=QUICK))
        assert untrusted.value.reason == "untrusted"


def over_tls(context: ssl.SSLContext, talk: Talk) -> Talk:
    def wrapped(conn: socket.socket) -> None:
        with context.wrap_socket(conn, server_side=True) as tls:
            talk(tls)

    return wrapped


def test_ipv6_works_like_ipv4() -> None:
    if not socket.has_ipv6:
        pytest.skip("no IPv6 on this computer")
    try:
        with tcp_listener(speed_server(down=20e6), host="::1") as port:
            there = Endpoint(address="::1", port=port, host="localhost")
            found = asyncio.run(download(there, "/down?bytes={bytes}", limits=QUICK))
    except OSError:
        pytest.skip("no IPv6 on loopback")
    assert found.bits_per_s == pytest.approx(20e6, rel=0.05)


def test_a_server_that_counts_is_believed_where_the_system_does_not_tell() -> None:
    """It says that half of every upload got lost on its way."""
    paced = Pace(20e6)

    def half(request: Request) -> None:
        request.read_body(paced)
        request.reply(
            200, body=b'{"bytes": %d, "seconds": 0.1}' % (request.length // 2), kind="application/json"
        )

    found = up(http(half), Limits(max_seconds=3.0), count_acknowledged=False)
    assert found.method == "HTTP upload, bytes counted by the server"
    assert found.bits_per_s == pytest.approx(10e6, rel=0.25)


@pytest.mark.parametrize(
    "body", [b"[]", b'{"bytes": "many"}', b'{"bytes": -1}', b'{"bytes": 1e99}', b"ok", b"\xff"]
)
def test_an_answer_that_counts_nothing_sensible_is_a_completed_request(body: bytes) -> None:
    def answer(request: Request) -> None:
        request.read_body()
        request.reply(200, body=body)

    limits = Limits(max_bytes=1_000_000, max_seconds=1.0)
    assert up(http(answer), limits, count_acknowledged=False).method == "HTTP upload, requests completed"
