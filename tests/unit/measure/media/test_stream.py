"""The paced stream against responders that answer, delay, drop, reorder, refuse or keep silent."""

import asyncio
import random
import socket
import threading
import time

import pytest

from readycheck.errors import Refused, Silent
from readycheck.measure.media.stream import Stream, stun_stream
from readycheck.measure.packets import stun
from tests.unit.measure.loopback import udp_listener, unused_port

Address = tuple[str, int]


def binding(data: bytes, address: Address) -> bytes:
    """The success reply of a STUN server."""
    port = address[1] ^ stun.MAGIC_COOKIE >> 16
    host = int.from_bytes(socket.inet_aton(address[0]), "big") ^ stun.MAGIC_COOKIE
    mapped = b"\0\1" + port.to_bytes(2, "big") + host.to_bytes(4, "big")
    request = stun.parse(data)
    return stun.encode(
        stun.Message(
            method=request.method,
            kind=stun.SUCCESS,
            transaction_id=request.transaction_id,
            attributes=((0x0020, mapped),),
        )
    )


def stream(port: int, count: int = 50, interval_s: float = 0.01, wait_s: float = 0.3) -> Stream:
    return asyncio.run(stun_stream("127.0.0.1", port, count=count, interval_s=interval_s, wait_s=wait_s))


def test_a_clean_path_loses_nothing_and_takes_its_time() -> None:
    with udp_listener(binding) as port:
        started = time.monotonic()
        found = stream(port, count=40, interval_s=0.02)
        took = time.monotonic() - started
    assert (found.sent, found.received, found.loss, found.reordered) == (40, 40, 0.0, 0)
    assert found.rtt_p50_ms < 20
    assert len(found.rtts_ms) == 40 and max(found.rtts_ms) >= found.rtt_p95_ms
    assert found.loss_low == 0.0 < found.loss_high
    assert found.burst_ratio is None
    assert 0.75 < took < 2.0
    assert found.bytes == 40 * (20 + 28) + 40 * (32 + 28)


def test_packets_leave_on_an_absolute_schedule() -> None:
    arrivals: list[float] = []

    def note(data: bytes, address: Address) -> bytes:
        arrivals.append(time.monotonic())
        return binding(data, address)

    with udp_listener(note) as port:
        stream(port, count=50, interval_s=0.02)
    assert arrivals[-1] - arrivals[0] == pytest.approx(49 * 0.02, abs=0.05)


def test_every_tenth_packet_dropped_is_ten_percent_of_loss_with_bounds_around_it() -> None:
    seen: list[int] = []

    def lossy(data: bytes, address: Address) -> bytes | None:
        seen.append(1)
        return None if len(seen) % 10 == 0 else binding(data, address)

    with udp_listener(lossy) as port:
        found = stream(port, count=100, interval_s=0.003)
    assert found.loss == pytest.approx(0.1)
    assert found.loss_low == pytest.approx(0.055, abs=0.002)
    assert found.loss_high == pytest.approx(0.174, abs=0.002)
    assert found.burst_ratio == pytest.approx(0.9)


def test_losses_in_one_burst_prove_less_than_losses_at_random() -> None:
    seen: list[int] = []

    def one_hole(data: bytes, address: Address) -> bytes | None:
        seen.append(1)
        return None if 40 <= len(seen) < 52 else binding(data, address)

    with udp_listener(one_hole) as port:
        found = stream(port, count=100, interval_s=0.003)
    assert found.loss == pytest.approx(0.12)
    assert found.loss_low < 0.02  # at random twelve of a hundred are 7 % at least


def test_delays_that_wobble_show_as_jitter() -> None:
    dice = random.Random(3)

    def wobbling(data: bytes, address: Address) -> bytes:
        time.sleep(0.02 if dice.random() < 0.25 else 0.0)
        return binding(data, address)

    with udp_listener(wobbling) as port:
        found = stream(port, count=50, interval_s=0.03)
    assert found.jitter_ms is not None
    assert found.jitter_ms.low <= found.jitter_ms.value <= found.jitter_ms.high
    assert 1 < found.jitter_ms.value < 25
    assert found.variation_ms > 5


def test_packets_that_overtake_each_other_are_counted() -> None:
    kept: list[tuple[bytes, Address]] = []
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.settimeout(2)

    def in_pairs_backwards() -> None:
        for _ in range(20):
            kept.append(sock.recvfrom(2048))
            if len(kept) == 2:
                for data, address in reversed(kept):
                    sock.sendto(binding(data, address), address)
                kept.clear()

    thread = threading.Thread(target=in_pairs_backwards, daemon=True)
    thread.start()
    found = stream(sock.getsockname()[1], count=20)
    thread.join(2)
    sock.close()
    assert found.reordered == 10
    assert found.loss == 0


def test_silence_is_silent_and_bounded_in_time() -> None:
    started = time.monotonic()
    with udp_listener(lambda data, address: None) as port, pytest.raises(Silent):
        stream(port, count=20, wait_s=0.2)
    assert time.monotonic() - started < 1.5


def test_a_closed_port_is_refused_at_once() -> None:
    started = time.monotonic()
    with pytest.raises(Refused):
        stream(unused_port(socket.SOCK_DGRAM), count=100, interval_s=0.02)
    assert time.monotonic() - started < 1.0


def test_a_reply_to_another_request_counts_for_nothing() -> None:
    def forged(data: bytes, address: Address) -> bytes:
        return binding(data[:8] + bytes(12), address)

    with udp_listener(forged) as port, pytest.raises(Silent):
        stream(port, count=10, wait_s=0.2)


def test_an_echo_of_the_request_is_no_reply() -> None:
    with udp_listener(lambda data, address: data) as port, pytest.raises(Silent):
        stream(port, count=10, wait_s=0.2)


def test_a_cancelled_stream_stops_sending() -> None:
    heard: list[int] = []

    def count(data: bytes, address: Address) -> bytes:
        heard.append(1)
        return binding(data, address)

    async def cancelled(port: int) -> None:
        task = asyncio.ensure_future(stun_stream("127.0.0.1", port, count=500))
        await asyncio.sleep(0.2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    with udp_listener(count) as port:
        asyncio.run(cancelled(port))
        time.sleep(0.1)
        at_once = len(heard)
        time.sleep(0.2)
        assert len(heard) == at_once < 30
