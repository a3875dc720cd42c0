"""The pacer against real sockets that echo, drop, refuse or keep silent. Its precision is bench/pacing.py's subject."""

import asyncio
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count, pairwise

import pytest

from readycheck.errors import NoRoute
from readycheck.measure.packets import stamps
from readycheck.measure.packets.pacing import Arrival, Pacer, Trace
from tests.unit.measure.loopback import udp_listener, unused_port

Address = tuple[str, int]
Packet = bytes | Callable[[], bytes]


def echo(data: bytes, address: Address) -> bytes:
    return data


def numbered(total: int, interval_s: float = 0.005) -> Iterator[tuple[float, bytes]]:
    return ((number * interval_s, number.to_bytes(2, "big")) for number in range(total))


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "pacer"]


def test_every_packet_leaves_in_order_and_not_before_its_time() -> None:
    with udp_listener(echo) as port:
        trace = asyncio.run(Pacer("127.0.0.1", port).run(numbered(40), wait_s=0.2))
    sent = [at for at in trace.sent_s if at is not None]
    assert len(sent) == len(trace.due_s) == 40
    assert all(at >= due for at, due in zip(sent, trace.due_s, strict=True))
    assert [arrival.data for arrival in trace.arrivals] == [data for _, data in numbered(40)]


def test_being_late_once_does_not_move_what_follows() -> None:
    trace = asyncio.run(Pacer("127.0.0.1", unused_port_that_listens()).run(late_once(), wait_s=0.0))
    gaps = [later - earlier for earlier, later in pairwise(trace.due_s)]
    assert gaps == pytest.approx([0.01] * 29)
    sent = [at for at in trace.sent_s if at is not None]
    assert sent[10] - trace.due_s[10] > 0.04
    assert sent[-1] - trace.due_s[-1] < 0.04


def late_once() -> Iterator[tuple[float, Packet]]:
    def slow() -> bytes:
        time.sleep(0.05)
        return b"slow"

    for number in range(30):
        yield number * 0.01, slow if number == 9 else b"x"


_sinks: list[socket.socket] = []


def unused_port_that_listens() -> int:
    """A socket that takes everything and says nothing."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    _sinks.append(sock)
    return int(sock.getsockname()[1])


@pytest.fixture(autouse=True)
def _end_of_sinks() -> Iterator[None]:
    yield
    while _sinks:
        _sinks.pop().close()


def test_arrivals_are_stamped_when_they_came_and_not_when_they_were_read() -> None:
    """The callable that makes the next packet holds the sending thread up for 0.3 s; the answer comes after 0.02 s."""

    def late_echo(data: bytes, address: Address) -> bytes:
        time.sleep(0.02 if data == b"first" else 0.0)
        return data

    def slow() -> bytes:
        time.sleep(0.3)
        return b"slow"

    with udp_listener(late_echo) as port:
        warmed = (
            (n * 0.01, b"w") for n in range(20)
        )  # the kernel begins to stamp a little after it is asked
        packets: list[tuple[float, Packet]] = [*warmed, (0.25, b"first"), (0.25, slow)]
        trace = asyncio.run(Pacer("127.0.0.1", port).run(packets, wait_s=0.3))
    sent = trace.sent_s[20]
    came = next(arrival.at_s for arrival in trace.arrivals if arrival.data == b"first")
    assert trace.kernel_stamps == (sys.platform in ("linux", "darwin"))
    assert sent is not None
    if trace.kernel_stamps:
        assert 0.019 <= came - sent < 0.2


def test_a_callable_is_asked_at_the_moment_of_sending() -> None:
    asked: list[float] = []

    def now() -> bytes:
        asked.append(time.monotonic())
        return b"now"

    pacer = Pacer("127.0.0.1", unused_port_that_listens())
    trace = asyncio.run(pacer.run([(0.02, now), (0.04, now)], wait_s=0.0))
    assert all(at >= due for at, due in zip(asked, trace.due_s, strict=True))


def test_endless_packets_are_read_one_ahead_and_end_with_stop() -> None:
    made: list[int] = []

    def endless() -> Iterator[tuple[float, bytes]]:
        for number in count():
            made.append(number)
            yield number * 0.01, b"x"

    async def stopped() -> Trace:
        pacer = Pacer("127.0.0.1", port)
        run = asyncio.ensure_future(pacer.run(endless(), wait_s=0.1))
        await asyncio.sleep(0.2)
        pacer.stop()
        return await run

    with udp_listener(echo) as port:
        trace = asyncio.run(stopped())
    assert len(trace.due_s) <= len(made) <= len(trace.due_s) + 1
    assert 5 < len(trace.arrivals) == len(trace.due_s) < 60


def test_stopping_at_once_does_not_wait_for_answers() -> None:
    async def stopped() -> Trace:
        pacer = Pacer("127.0.0.1", unused_port_that_listens())
        run = asyncio.ensure_future(pacer.run(numbered(10), wait_s=30.0))
        await asyncio.sleep(0.2)
        pacer.stop(at_once=True)
        return await run

    assert asyncio.run(stopped()).seconds < 5


def test_it_ends_as_soon_as_everything_is_there() -> None:
    seen: list[bytes] = []

    def complete(data: bytes) -> bool:
        seen.append(data)
        return len(seen) == 10

    with udp_listener(echo) as port:
        trace = asyncio.run(Pacer("127.0.0.1", port).run(numbered(10), wait_s=30.0, complete=complete))
    assert len(trace.arrivals) == 10
    assert trace.seconds < 5


def test_what_is_sent_and_heard_is_told_in_the_sending_thread() -> None:
    sent: list[tuple[int, float]] = []
    heard: list[Arrival] = []
    names: set[str] = set()

    def hear(arrival: Arrival) -> None:
        heard.append(arrival)
        names.add(threading.current_thread().name)

    def send(number: int, at: float) -> None:
        sent.append((number, at))
        names.add(threading.current_thread().name)

    with udp_listener(echo) as port:
        trace = asyncio.run(Pacer("127.0.0.1", port).run(numbered(5), wait_s=0.2, heard=hear, sent=send))
    assert sent == list(enumerate(trace.sent_s))
    assert tuple(heard) == trace.arrivals
    assert names == {"pacer"}


def test_bytes_count_both_ways_with_headers() -> None:
    with udp_listener(lambda data, address: b"12345") as port:
        trace = asyncio.run(Pacer("127.0.0.1", port).run([(0.0, b"abc")], wait_s=0.2))
    assert trace.bytes == 3 + 28 + 5 + 28


def test_ipv6_headers_are_longer() -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
        try:
            sock.bind(("::1", 0))
        except OSError:
            pytest.skip("ipv6: this machine has none")
        trace = asyncio.run(Pacer("::1", sock.getsockname()[1]).run([(0.0, b"abc")], wait_s=0.0))
    assert trace.bytes == 3 + 48


def test_a_closed_port_ends_it_early_and_is_counted() -> None:
    pacer = Pacer("127.0.0.1", unused_port(socket.SOCK_DGRAM))
    trace = asyncio.run(pacer.run(numbered(500, 0.02), wait_s=1.0))
    assert trace.refused >= 3
    assert trace.arrivals == ()
    assert len(trace.due_s) < 100


def test_no_way_there_is_a_net_error() -> None:
    with pytest.raises(NoRoute):
        asyncio.run(Pacer("127.0.0.1", 9, source="203.0.113.9").run(numbered(1)))


def test_what_a_callable_raises_reaches_the_caller() -> None:
    def broken() -> bytes:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        asyncio.run(Pacer("127.0.0.1", unused_port_that_listens()).run([(0.0, broken)]))


def test_it_comes_from_the_source_it_is_given() -> None:
    came_from: list[str] = []

    def note(data: bytes, address: Address) -> bytes:
        came_from.append(address[0])
        return data

    with udp_listener(note) as port:
        asyncio.run(Pacer("127.0.0.1", port, source="127.0.0.1").run(numbered(2), wait_s=0.1))
    assert came_from == ["127.0.0.1"] * 2


def test_a_socket_that_is_handed_over_stays_open_and_keeps_its_port() -> None:
    ports: list[int] = []

    def note(data: bytes, address: Address) -> bytes:
        ports.append(address[1])
        return data

    with udp_listener(note) as port, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.setblocking(False)
        sock.connect(("127.0.0.1", port))
        for _ in range(2):
            trace = asyncio.run(Pacer.over(sock).run(numbered(3), wait_s=0.1))
            assert len(trace.arrivals) == 3
        assert set(ports) == {sock.getsockname()[1]}


def test_cancelled_it_leaves_no_thread_behind() -> None:
    async def cancelled() -> None:
        task = asyncio.ensure_future(Pacer("127.0.0.1", unused_port_that_listens()).run(numbered(10_000)))
        await asyncio.sleep(0.1)
        assert threads()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    until = time.monotonic() + 5
    while threads() and time.monotonic() < until:
        time.sleep(0.02)
    assert not threads()


def test_a_system_without_stamps_is_measured_by_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stamps, "_OPTIONS", {})
    with udp_listener(echo) as port:
        trace = asyncio.run(Pacer("127.0.0.1", port).run(numbered(10), wait_s=0.2))
    assert not trace.kernel_stamps
    assert len(trace.arrivals) == 10
    assert all(arrival.at_s >= trace.due_s[0] for arrival in trace.arrivals)


def test_a_clock_that_is_set_meanwhile_does_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each stamp is compared with the wall clock of its own moment; one that cannot be believed is not used."""
    real = time.time_ns
    monkeypatch.setattr(time, "time_ns", lambda: real() - 3_600_000_000_000)
    with udp_listener(echo) as port:
        trace = asyncio.run(Pacer("127.0.0.1", port).run(numbered(10), wait_s=0.2))
    assert all(0 <= arrival.at_s - trace.due_s[0] < 5 for arrival in trace.arrivals)
