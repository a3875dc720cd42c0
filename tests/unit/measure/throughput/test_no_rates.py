"""What is no measurement: servers that refuse, answer something else, break off or say nothing."""

import asyncio
import time
from collections.abc import Callable

import pytest

from readycheck.errors import Closed, Garbled, NetError, NoRoute, Refused, Silent
from readycheck.measure.throughput.bulk import Limits
from readycheck.measure.throughput.rates import download
from readycheck.measure.transport.endpoint import Endpoint
from tests.unit.measure.loopback import Request, Talk, http, tcp_listener, unused_port
from tests.unit.measure.throughput.loads import QUICK, at, down, up


def status(code: int) -> Callable[[Request], None]:
    return lambda request: request.reply(code, body=b"x" * 500_000)


def promise_and_leave(request: Request) -> None:
    request.conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\nxx")
    request.conn.close()


def take_and_fail(request: Request) -> None:
    request.read_body()
    request.reply(500)


@pytest.mark.parametrize(
    ("talk", "error", "says"),
    [
        (http(status(404)), Garbled, "HTTP 404"),
        (http(status(500)), Garbled, "HTTP 500"),
        (http(status(302)), Garbled, "HTTP 302"),
        (http(lambda r: r.reply(200, body=b"<html>" * 50_000, kind="text/html")), Garbled, "web page"),
        (http(lambda r: r.reply(200, body=b"tiny")), Garbled, "only 4 bytes"),
        (http(lambda r: r.reply(204)), Garbled, "only 0 bytes"),
        (lambda conn: conn.sendall(b"SSH-2.0-OpenSSH_9.2\r\n"), Garbled, "no HTTP/1.1"),
        (lambda conn: None, Closed, None),
        (lambda conn: conn.recv(1000) and None, Closed, None),
        (http(promise_and_leave), Closed, None),
        (lambda conn: time.sleep(3), Silent, None),
    ],
)  # fmt: skip
def test_a_download_that_is_none_raises_and_is_no_rate(
    talk: Talk, error: type[NetError], says: str | None
) -> None:
    with pytest.raises(error, match=says):
        down(talk, limits=Limits(max_seconds=1.0))


@pytest.mark.parametrize(
    ("talk", "error"),
    [
        (http(take_and_fail), Garbled),
        (http(lambda r: r.reply(404)), Garbled),
        (lambda conn: None, Closed),
        (lambda conn: time.sleep(3), Silent),
    ],
)
def test_an_upload_that_is_none_raises_and_is_no_rate(talk: Talk, error: type[NetError]) -> None:
    with pytest.raises(error):
        up(talk, Limits(max_seconds=1.0, silence_s=1.0))


def test_an_upload_that_is_refused_only_for_its_size_is_no_rate() -> None:
    def at_most_a_little(request: Request) -> None:
        if request.length > 10_000:
            request.reply(413)
            raise OSError
        request.read_body()
        request.reply(200)

    with pytest.raises((Garbled, Closed)):
        up(http(at_most_a_little))


def test_a_server_that_dies_on_the_way_is_no_rate_and_its_bytes_are_told() -> None:
    def dying(request: Request) -> None:
        request.conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 25000000\r\n\r\n" + b"x" * 200_000)
        time.sleep(0.2)
        raise OSError

    used: list[int] = []
    with tcp_listener(http(dying)) as port, pytest.raises(Closed):
        asyncio.run(download(at(port), "/x", limits=QUICK, spent=used.append))
    assert used[0] >= 200_000


def test_nobody_listening_is_refused() -> None:
    with pytest.raises(Refused):
        asyncio.run(download(at(unused_port()), "/x", limits=QUICK))


def test_no_route_is_said_as_such() -> None:
    blackhole = Endpoint(address="::ffff:0.0.0.0", port=9, host="nowhere.example")
    with pytest.raises((NoRoute, Refused, Closed)):
        asyncio.run(download(blackhole, "/x", limits=QUICK))


def test_a_name_is_no_address() -> None:
    with pytest.raises(ValueError, match="does not appear to be"):
        Endpoint(address="speed.example", port=80, host="speed.example")
