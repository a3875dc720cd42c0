"""ndt7 against a server made by its specification with the same WebSocket library; and servers that break it."""

import asyncio
import json
import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.asyncio.server import ServerConnection, serve

from readycheck.errors import Garbled, Where
from readycheck.measure.providers.base import SpeedPlan
from readycheck.measure.providers.ndt7 import Ndt7, nearest
from readycheck.measure.providers.ndt7_transfer import PROTOCOL, counted
from readycheck.testing import FakeHttp, http_answer
from tests.unit.measure.loopback import RECEIVE_BUFFER, Request, http, tcp_listener, unused_port
from tests.unit.measure.providers.asking import QUICK, Heard, ask

Handler = Callable[[ServerConnection], Awaitable[None]]
PLAN = SpeedPlan(down_bytes=12_000_000, up_bytes=8_000_000, seconds=30)
WHERE = Where(host="locate.example")
EVERY_S = 0.1


class Ndt:
    """The server's part: sends or takes at a pace, tells its measurements, and remembers what it was asked."""

    def __init__(self, down_bps: float = 40e6, up_bps: float = 20e6, **words: Any) -> None:
        self.down_bps, self.up_bps, self.words = down_bps, up_bps, words
        self.asked: list[str] = []
        self.received = 0

    async def __call__(self, line: ServerConnection) -> None:
        assert line.request is not None
        self.asked.append(line.request.path)
        if urlsplit(line.request.path).path == "/ndt/v7/download":
            await self._send(line)
        elif urlsplit(line.request.path).path == "/ndt/v7/upload":
            await self._take(line)

    async def _send(self, line: ServerConnection) -> None:
        size, sent, started = 1 << 13, 0, time.monotonic()
        while time.monotonic() - started < 10:
            await line.send(bytes(size))
            sent += size
            await asyncio.sleep(max(0.0, started + sent * 8 / self.down_bps - time.monotonic()))
            if size < 1 << 17 and size < sent / 16:
                size *= 2

    async def _take(self, line: ServerConnection) -> None:
        started = last = time.monotonic()
        self.received = 0
        async for message in line:
            self.received += len(message)
            await asyncio.sleep(max(0.0, started + self.received * 8 / self.up_bps - time.monotonic()))
            if time.monotonic() - last >= EVERY_S:
                last = time.monotonic()
                await line.send(self._measurement(last - started))

    def _measurement(self, seconds: float) -> str:
        count = {"ElapsedTime": int(seconds * 1e6), "BytesReceived": self.received}
        app = {"ElapsedTime": int(seconds * 1e6), "NumBytes": self.received}
        return json.dumps(
            {"AppInfo": app, "Origin": "server", "Test": "upload", "TCPInfo": count} | self.words
        )


@contextmanager
def ndt_server(handler: Handler, **options: Any) -> Iterator[int]:
    """The port of a WebSocket server in a thread of its own."""
    loop = asyncio.new_event_loop()
    usual: dict[str, Any] = {
        "subprotocols": [PROTOCOL],
        "compression": None,
        "max_size": 1 << 24,
        "max_queue": 1,
        "close_timeout": 0.2,
    }
    ready: list[int] = []
    ending = asyncio.Event()

    async def run() -> None:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        listener.bind(("127.0.0.1", 0))
        async with serve(handler, sock=listener, **(usual | options)) as server:
            ready.append(next(iter(server.sockets)).getsockname()[1])
            started.set()
            await ending.wait()
            server.close(close_connections=True)

    started = threading.Event()
    thread = threading.Thread(target=lambda: loop.run_until_complete(run()), daemon=True)
    thread.start()
    assert started.wait(5)
    try:
        yield ready[0]
    finally:
        loop.call_soon_threadsafe(ending.set)
        thread.join(10)
        assert not thread.is_alive()
        loop.close()


def measured(handler: Handler, plan: SpeedPlan = PLAN, **options: Any) -> Heard:
    with ndt_server(handler, **options) as port:
        return ask(Ndt7(url=f"ws://127.0.0.1:{port}"), plan)


def test_both_directions_are_measured_within_the_data() -> None:
    server = Ndt()
    heard = measured(server)
    assert heard.refused is None
    assert heard.rates["download"].bits_per_s == pytest.approx(40e6, rel=0.1)
    assert heard.rates["upload"].bits_per_s == pytest.approx(20e6, rel=0.15)
    assert all(rate.connections == 1 for rate in heard.rates.values())
    assert heard.spent < 1.3 * (PLAN.down_bytes + PLAN.up_bytes)


def test_the_upload_is_what_the_server_counted_and_not_what_was_handed_over() -> None:
    """A server that counts half of it is believed."""

    class Half(Ndt):
        def _measurement(self, seconds: float) -> str:
            count = {"ElapsedTime": int(seconds * 1e6), "BytesReceived": self.received // 2}
            return json.dumps({"TCPInfo": count})

    heard = measured(Half(up_bps=20e6))
    assert heard.rates["upload"].bits_per_s == pytest.approx(10e6, rel=0.15)


def test_a_server_that_counted_more_than_was_sent_gives_no_upload() -> None:
    class Boaster(Ndt):
        def _measurement(self, seconds: float) -> str:
            return json.dumps(
                {"TCPInfo": {"ElapsedTime": int(seconds * 1e6), "BytesReceived": self.received + 10**9}}
            )

    heard = measured(Boaster(up_bps=4e6), SpeedPlan(down_bytes=0, up_bytes=1_000_000))
    assert heard.rates == {}
    assert heard.refused is not None


def test_it_names_itself_and_sends_nothing_else_about_this_computer() -> None:
    server = Ndt()
    measured(server, QUICK)
    assert [urlsplit(path).path for path in server.asked] == ["/ndt/v7/download", "/ndt/v7/upload"]
    assert all(parse_qs(urlsplit(path).query) == {"client_name": ["readycheck"]} for path in server.asked)


def test_a_quick_plan_ends_at_its_data() -> None:
    heard = measured(Ndt(80e6, 80e6), QUICK)
    assert heard.rates["download"].stopped_by == "data"
    assert heard.rates["download"].low > 0
    assert heard.spent < 3_500_000


def test_a_server_that_never_tells_what_it_counted_gives_no_upload() -> None:
    class Mute(Ndt):
        def _measurement(self, seconds: float) -> str:
            return json.dumps({"Origin": "server"})

    heard = measured(Mute(up_bps=4e6), SpeedPlan(down_bytes=0, up_bytes=1_000_000))
    assert heard.rates == {}
    assert heard.refused is not None


async def ends_at_once(line: ServerConnection) -> None:
    await line.close()


async def breaks(line: ServerConnection) -> None:
    line.transport.abort()


@pytest.mark.parametrize("handler", [ends_at_once, breaks])
def test_a_server_that_ends_without_data_gives_no_rate(handler: Handler) -> None:
    heard = measured(handler)
    assert heard.rates == {}
    assert heard.refused is not None and "closed the connection" in heard.refused.reason


def test_a_server_of_another_protocol_gives_no_rate() -> None:
    heard = measured(Ndt(), subprotocols=None)
    assert heard.rates == {}
    assert heard.refused is not None and "something unexpected" in heard.refused.reason


@pytest.mark.parametrize("status", [400, 403, 503])
def test_a_server_that_refuses_the_upgrade_gives_no_rate(status: int) -> None:
    with tcp_listener(http(lambda request: request.reply(status))) as port:
        heard = ask(Ndt7(url=f"ws://127.0.0.1:{port}"))
    assert heard.rates == {}
    assert heard.refused is not None and str(status) in heard.refused.evidence


@pytest.mark.parametrize("elsewhere", ["ws://other.example/", "/other", "ws:", ""])
def test_a_redirect_is_not_followed_and_gives_no_rate(elsewhere: str) -> None:
    asked: list[str] = []

    def redirect(request: Request) -> None:
        asked.append(request.target)
        request.reply(302, extra=f"Location: {elsewhere}\r\n")

    with tcp_listener(http(redirect)) as port:
        heard = ask(Ndt7(url=f"ws://127.0.0.1:{port}"))
    assert heard.rates == {} and len(asked) == 1
    assert heard.refused is not None and "302" in heard.refused.evidence


def test_a_connection_that_does_not_end_at_once_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async def for_long(_line: object) -> None:
        await asyncio.sleep(5)

    monkeypatch.setattr("readycheck.measure.providers.ndt7_transfer.LEAVE_S", 0.05)
    monkeypatch.setattr("readycheck.measure.providers.ndt7_transfer._Counting.wait_closed", for_long)
    assert measured(Ndt(), QUICK).refused is None


def test_nobody_there_is_said() -> None:
    heard = ask(Ndt7(url=f"ws://127.0.0.1:{unused_port()}"))
    assert heard.refused is not None and heard.refused.reason == "127.0.0.1 refused the connection"


# The locate service

LOCATE = "https://locate.example"
ASKED = f"{LOCATE}/v2/nearest/ndt/ndt7"


@pytest.mark.parametrize(
    ("status", "reason"), [(204, "no free server"), (429, "too often"), (500, "named no server")]
)
def test_a_locate_service_without_a_server_is_a_reason(status: int, reason: str) -> None:
    heard = ask(Ndt7(url=LOCATE), http=FakeHttp(pages={ASKED: http_answer(ASKED, status)}))
    assert heard.refused is not None and reason in heard.refused.reason


def located(down: str, up: str) -> bytes:
    urls = {
        "wss:///ndt/v7/download": down,
        "wss:///ndt/v7/upload": up,
        "ws:///ndt/v7/upload": "ws://plain.example/",
    }
    return json.dumps({"results": [{"machine": "m", "urls": urls}, {"urls": {}}]}).encode()


def test_the_nearest_servers_addresses_are_taken_with_their_tokens() -> None:
    down, up = (
        "wss://ndt.example/ndt/v7/download?access_token=a",
        "wss://ndt.example/ndt/v7/upload?access_token=b",
    )
    assert nearest(located(down, up), WHERE) == {"download": down, "upload": up}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"results": []}',
        b'{"results": [{"urls": {}}]}',
        located("http://x/", "wss://x/"),
        located("wss://x/", ""),
    ],
)
def test_an_answer_without_secure_addresses_is_none(body: bytes) -> None:
    with pytest.raises(Garbled):
        nearest(body, WHERE)


# What the server counted


@pytest.mark.parametrize(
    ("message", "point"),
    [
        ('{"TCPInfo": {"ElapsedTime": 1500000, "BytesReceived": 77}, "AppInfo": {"ElapsedTime": 1, "NumBytes": 1}}', (1.5, 77.0)),
        ('{"AppInfo": {"ElapsedTime": 2000000, "NumBytes": 5}}', (2.0, 5.0)),
        ('{"TCPInfo": {"ElapsedTime": 0, "BytesReceived": 77}}', None),
        ('{"TCPInfo": {"ElapsedTime": -3, "BytesReceived": 77}}', None),
        ('{"TCPInfo": {"ElapsedTime": 1e3, "BytesReceived": true}}', None),
        ('{"TCPInfo": 3}', None),
        ("[]", None),
        ("nonsense", None),
    ],
)  # fmt: skip
def test_only_sound_counts_of_the_server_are_taken(message: str, point: tuple[float, float] | None) -> None:
    assert counted(message) == point
