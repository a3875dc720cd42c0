"""The speed endpoint keeps its rates, for several streams together and as the sender of an upload feels them."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack

import httpx
import pytest

from readycheck.office import sites, web
from readycheck.office.listeners import Listeners
from readycheck.office.pace import Pace
from readycheck.office.values import OfficeValues


class Endpoint:
    """A speed endpoint of its own rates in a thread."""

    def __init__(self, download_bps: float, upload_bps: float) -> None:
        self._rates = (download_bps, upload_bps)
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    async def _serve(self) -> None:
        self._loop, self._over = asyncio.get_running_loop(), asyncio.Event()
        async with AsyncExitStack() as stack:
            handler = sites.speed(*(Pace(rate) for rate in self._rates))
            self.port = await Listeners(stack).tcp(web.conversation(handler))
            self._ready.set()
            await self._over.wait()

    def __enter__(self) -> "Endpoint":
        self._thread.start()
        assert self._ready.wait(5)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join(5)


@pytest.fixture
def url(office: OfficeValues) -> str:
    return f"http://127.0.0.1:{office.speed_port}"


def test_garbage_comes_in_mebibytes_and_does_not_repeat_within_one(url: str) -> None:
    answer = httpx.get(f"{url}/garbage.php?ckSize=1")
    assert answer.headers["content-length"] == "1048576" and len(answer.content) == 1_048_576
    assert answer.content[:1000] not in answer.content[1000:]


@pytest.mark.parametrize(
    ("asked", "mebibytes"), [("", 4), ("?ckSize=x", 4), ("?ckSize=0", 4), ("?ckSize=5000", 1024)]
)
def test_a_strange_size_is_answered_as_librespeed_does(url: str, asked: str, mebibytes: int) -> None:
    with httpx.stream("GET", f"{url}/garbage.php{asked}") as answer:
        assert int(answer.headers["content-length"]) == mebibytes << 20


def test_the_ping_page_is_empty_and_keeps_the_connection(url: str) -> None:
    with httpx.Client() as client:
        for _ in range(3):
            answer = client.get(f"{url}/empty.php")
            assert (answer.status_code, answer.content) == (200, b"")
        assert client.get(f"{url}/other").status_code == 404


def test_a_download_over_four_streams_has_the_rate_of_the_link(url: str) -> None:
    async def fetch(client: httpx.AsyncClient) -> int:
        answer = await client.get(f"{url}/garbage.php?ckSize=4")
        return len(answer.content)

    async def measure() -> float:
        async with httpx.AsyncClient() as client:
            began = time.monotonic()
            counts = await asyncio.gather(*(fetch(client) for _ in range(4)))
            return sum(counts) * 8 / (time.monotonic() - began)

    assert undisturbed(lambda: asyncio.run(measure())) == pytest.approx(120e6, rel=0.08)


def undisturbed(rate: Callable[[], float]) -> float:
    """The highest of a few: a busy machine makes a rate lower, and nothing may make it higher."""
    return max(rate() for _ in range(4))


def blocks(count: int, size: int) -> Iterator[bytes]:
    for _ in range(count):
        yield bytes(size)


@pytest.mark.parametrize(
    "content", [lambda: bytes(5_000_000), lambda: blocks(50, 100_000)], ids=["length", "chunks"]
)
def test_an_upload_has_the_rate_of_the_link_with_a_length_and_in_chunks(
    url: str, content: Callable[[], bytes | Iterator[bytes]]
) -> None:
    def measure() -> float:
        began = time.monotonic()
        assert client.post(f"{url}/empty.php", content=content(), timeout=20).status_code == 200
        return 5e6 * 8 / (time.monotonic() - began)

    with (
        httpx.Client() as client
    ):  # made beforehand: to read the system's certificates takes a tenth of a second
        assert undisturbed(measure) == pytest.approx(40e6, rel=0.08)


def test_the_sender_of_a_slow_upload_feels_the_rate_early() -> None:
    """What the receiver's kernel takes in advance must be small, or a short test would read far too much."""
    with Endpoint(1e6, 1e6) as endpoint, socket.create_connection(("127.0.0.1", endpoint.port)) as conn:
        conn.sendall(b"POST /empty.php HTTP/1.1\r\nHost: x\r\nContent-Length: 2000000\r\n\r\n")
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16_384)
        conn.setblocking(False)
        sent, until = 0, time.monotonic() + 2.0
        while time.monotonic() < until:
            try:
                sent += conn.send(bytes(4096))
            except BlockingIOError:
                time.sleep(0.005)
    assert 250_000 <= sent <= 250_000 + 60_000


def test_a_slow_link_is_slow() -> None:
    with Endpoint(1e6, 1e6) as endpoint:
        took = 0.0
        with httpx.stream("GET", f"http://127.0.0.1:{endpoint.port}/garbage.php?ckSize=1") as answer:
            began, count = time.monotonic(), 0
            for block in answer.iter_raw():
                count += len(block)
                took = time.monotonic() - began
                if took > 1.0:
                    break
        assert count * 8 / took == pytest.approx(1e6, rel=0.1)


def test_the_server_survives_clients_that_speak_no_http_or_hang_up(url: str, office: OfficeValues) -> None:
    for said in (
        b"\x16\x03\x01\x00\x00",
        b"POST /empty.php HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc",
        b"",
    ):
        with socket.create_connection(("127.0.0.1", office.speed_port), timeout=2) as conn:
            conn.sendall(said)
    assert httpx.get(f"{url}/empty.php").status_code == 200


def test_a_sender_that_asks_first_is_told_to_continue(office: OfficeValues) -> None:
    with socket.create_connection(("127.0.0.1", office.speed_port), timeout=2) as conn:
        conn.sendall(
            b"POST /empty.php HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"
        )
        assert conn.recv(1000).startswith(b"HTTP/1.1 100")
        conn.sendall(b"abc")
        assert conn.recv(1000).startswith(b"HTTP/1.1 200")
