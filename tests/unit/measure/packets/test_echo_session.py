"""The client's side of the UDP echo, against a real reflector and against listeners that misbehave."""

import asyncio
import socket
import time
from pathlib import Path

import pytest

from readycheck.errors import Refused, Silent
from readycheck.measure.packets import echo
from readycheck.measure.packets.echo import Accept, Challenge, Hello, Open, Refuse, Report
from readycheck.measure.packets.echo_session import ArrivedThere, EchoSession, NotGranted, echo_session
from readycheck.reflector.server import Settings
from tests.unit.measure.loopback import udp_listener, unused_port
from tests.unit.reflector.house import house


async def send(session: EchoSession, *sequences: int, size: int = 100, reply_bytes: int = 100) -> None:
    loop = asyncio.get_running_loop()
    for sequence in sequences:
        await loop.sock_sendall(session.sock, session.packet(sequence, size, reply_bytes))


async def next_echo(session: EchoSession) -> echo.Echo | None:
    async with asyncio.timeout(10):
        return session.parse(await asyncio.get_running_loop().sock_recv(session.sock, 2_048))


async def _stream(address: str, port: int) -> ArrivedThere:
    async with echo_session(address, port, count=50, rate=100, size=100) as session:
        assert (session.count, session.rate, session.size) == (50, 100, 100)
        for sequence in range(50):
            if sequence % 10 != 3:
                before = time.monotonic_ns()
                await send(session, sequence)
                back = await next_echo(session)
                assert back is not None
                assert (back.sequence, back.length) == (sequence, 100)
                assert before <= back.sent_ns <= time.monotonic_ns()
                assert back.server_sent_ns >= back.server_received_ns
                assert back.received == sequence + 1 - (sequence + 6) // 10
        return await session.report()


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_stream_comes_back_and_the_server_tells_which_packets_reached_it(address: str) -> None:
    with house() as reflector:
        told = asyncio.run(_stream(address, reflector.udp_port))
    assert told.answered == 45
    assert [n for n, there in enumerate(told.sequences) if not there] == [3, 13, 23, 33, 43]


def test_a_packet_that_asks_for_no_echo_is_only_counted() -> None:
    async def work(port: int) -> ArrivedThere:
        async with echo_session("127.0.0.1", port, count=3, rate=10, size=100) as session:
            await send(session, 0, 1, reply_bytes=0)
            await send(session, 2)
            back = await next_echo(session)
            assert back is not None and (back.sequence, back.received) == (2, 3)
            return await session.report()

    with house() as reflector:
        assert asyncio.run(work(reflector.udp_port)) == ArrivedThere(sequences=(True, True, True), answered=1)


def test_a_long_stream_is_reported_in_pages() -> None:
    count = echo.PAGE + 100

    async def work(port: int) -> ArrivedThere:
        async with echo_session("127.0.0.1", port, count=count, rate=1000, size=48) as session:
            await send(session, 0, echo.PAGE - 1, echo.PAGE, count - 1, size=48, reply_bytes=48)
            for _ in range(4):
                await next_echo(session)
            return await session.report()

    with house() as reflector:
        told = asyncio.run(work(reflector.udp_port))
    assert len(told.sequences) == count
    assert [n for n, there in enumerate(told.sequences) if there] == [0, echo.PAGE - 1, echo.PAGE, count - 1]


def test_the_server_forgets_a_session_that_is_closed() -> None:
    async def work(port: int) -> None:
        async with echo_session("127.0.0.1", port, count=3, rate=10, size=100) as session:
            await session.close()
            with pytest.raises(Silent):
                await session.report()

    with house() as reflector:
        asyncio.run(work(reflector.udp_port))
        assert reflector.metric("sessions") == 0


def secret(folder: Path, text: str) -> Path:
    path = folder / "token"
    path.write_text(text)
    path.chmod(0o600)
    return path


def test_with_a_token_only_who_knows_it_is_served(tmp_path: Path) -> None:
    async def work(port: int, token: bytes) -> None:
        async with echo_session("127.0.0.1", port, token=token, count=3, rate=10, size=100) as session:
            await send(session, 0)
            assert await next_echo(session)

    with house(Settings(token_file=secret(tmp_path, "correct horse battery\n"))) as reflector:
        asyncio.run(work(reflector.udp_port, b"correct horse battery"))
        for wrong in (b"", b"correct horse batterie"):
            with pytest.raises(NotGranted) as caught:
                asyncio.run(work(reflector.udp_port, wrong))
            assert caught.value.reason == echo.NO_TOKEN


async def opened(port: int, timeout_s: float = 3.0) -> None:
    async with echo_session("127.0.0.1", port, count=3, rate=10, size=100, timeout_s=timeout_s):
        return


def test_where_nothing_listens_it_is_refused() -> None:
    with pytest.raises(Refused):
        asyncio.run(opened(unused_port(socket.SOCK_DGRAM)))


def test_silence_ends_in_the_stated_time() -> None:
    with udp_listener(lambda data, sender: None) as port:
        started = time.monotonic()
        with pytest.raises(Silent):
            asyncio.run(opened(port, timeout_s=0.4))
        assert time.monotonic() - started < 5


def test_lost_packets_of_the_handshake_are_sent_again() -> None:
    with house() as reflector, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as behind:
        behind.settimeout(2)
        behind.connect(("127.0.0.1", reflector.udp_port))
        seen: list[bytes] = []

        def every_second(data: bytes, sender: tuple[str, int]) -> bytes | None:
            seen.append(data)
            if len(seen) % 2:
                return None
            behind.send(data)
            return None if isinstance(echo.parse(data), echo.Close) else behind.recv(2_048)

        with udp_listener(every_second) as port:
            asyncio.run(opened(port))
        assert len(seen) >= 4


def test_a_cookie_that_aged_on_the_way_begins_the_handshake_anew() -> None:
    opens: list[Open] = []

    def stale_once(data: bytes, sender: tuple[str, int]) -> bytes | None:
        match echo.parse(data):
            case Hello(nonce):
                return echo.encode(Challenge(nonce, bytes(16), False))
            case Open() as asked:
                opens.append(asked)
                if len(opens) == 1:
                    return echo.encode(Refuse(asked.nonce, echo.STALE_COOKIE, 0))
                return echo.encode(Accept(asked.nonce, b"12345678", 3, 10, 100, 60))
        return None

    with udp_listener(stale_once) as port:
        asyncio.run(opened(port))
    assert opens[0].nonce != opens[1].nonce


def test_being_busy_is_told_with_the_time_to_come_again() -> None:
    def busy(data: bytes, sender: tuple[str, int]) -> bytes | None:
        packet = echo.parse(data)
        if isinstance(packet, Hello):
            return echo.encode(Challenge(packet.nonce, bytes(16), False))
        return echo.encode(Refuse(packet[0], echo.BUSY, 30))

    with udp_listener(busy) as port, pytest.raises(NotGranted, match="busy, again in 30 s") as caught:
        asyncio.run(opened(port))
    assert caught.value.retry_s == 30


def test_answers_of_strangers_and_noise_are_not_taken_for_ours() -> None:
    def noisy(data: bytes, sender: tuple[str, int]) -> bytes | None:
        packet = echo.parse(data)
        if isinstance(packet, Hello):
            return echo.encode(Challenge(b"another nonce!!!", bytes(16), False))
        return b"noise"

    with udp_listener(noisy) as port, pytest.raises(Silent):
        asyncio.run(opened(port, timeout_s=0.5))


def test_a_report_without_a_page_is_no_report() -> None:
    def empty(data: bytes, sender: tuple[str, int]) -> bytes | None:
        match echo.parse(data):
            case Hello(nonce):
                return echo.encode(Challenge(nonce, bytes(16), False))
            case Open() as asked:
                return echo.encode(Accept(asked.nonce, b"12345678", 3, 10, 100, 60))
            case echo.Ask(session, first):
                return echo.encode(Report(session, 0, 0, first, b""))
        return None

    async def work(port: int) -> None:
        async with echo_session("127.0.0.1", port, count=3, rate=10, size=100) as session:
            with pytest.raises(Silent):
                await session.report()

    with udp_listener(empty) as port:
        asyncio.run(work(port))
