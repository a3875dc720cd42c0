"""Round-trip times against listeners that answer at once, late, sometimes or never."""

import asyncio
import time

import pytest

from readycheck.errors import Closed, Garbled, Refused, Silent
from readycheck.measure.latency.idle import http_latency, tcp_latency
from readycheck.measure.transport.endpoint import Endpoint
from tests.unit.measure.loopback import Request, http, speed_server, tcp_listener, unused_port


def at(port: int) -> Endpoint:
    return Endpoint(address="127.0.0.1", port=port, host="localhost")


def late(seconds: float) -> object:
    def answer(request: Request) -> None:
        time.sleep(seconds)
        request.reply(204)

    return answer


def test_http_requests_on_a_kept_connection_are_timed() -> None:
    with tcp_listener(http(late(0.03))) as port:  # type: ignore[arg-type]
        found = asyncio.run(http_latency(at(port), "/empty.php", count=5))
    assert found.rtt_ms == pytest.approx(33, abs=12)
    assert (found.count, found.missed) == (5, 0)
    assert found.bytes > 0
    assert "HTTP" in found.method


def test_tcp_connections_are_timed_and_need_no_answer() -> None:
    with tcp_listener(lambda conn: time.sleep(1)) as port:
        found = asyncio.run(tcp_latency(at(port), count=5))
    assert 0 < found.least_ms <= found.rtt_ms < 50
    assert "TCP" in found.method


def test_a_late_answer_is_missed_and_not_taken_for_the_next_one() -> None:
    seen: list[int] = []

    def second_is_late(request: Request) -> None:
        seen.append(1)
        time.sleep(0.5 if len(seen) == 2 else 0.0)
        request.reply(204)

    with tcp_listener(http(second_is_late)) as port:
        found = asyncio.run(http_latency(at(port), "/", count=4, timeout_s=0.2))
    assert (found.count, found.missed) == (3, 1)


def test_nobody_answering_is_silent_and_does_not_take_long() -> None:
    started = time.monotonic()
    with tcp_listener(lambda conn: time.sleep(3)) as port, pytest.raises(Silent):
        asyncio.run(http_latency(at(port), "/", timeout_s=0.3))
    assert time.monotonic() - started < 2


def test_refusals_and_wrong_answers_are_no_latency() -> None:
    with pytest.raises(Refused):
        asyncio.run(tcp_latency(at(unused_port())))
    with tcp_listener(speed_server()) as port, pytest.raises(Garbled, match="404"):
        asyncio.run(http_latency(at(port), "/nothing-here"))
    with tcp_listener(lambda conn: None) as port, pytest.raises(Closed):
        asyncio.run(http_latency(at(port), "/"))


def test_a_server_that_closes_after_every_answer_is_timed_as_well() -> None:
    def closing(request: Request) -> None:
        request.reply(204, extra="Connection: close\r\n")
        raise OSError

    with tcp_listener(http(closing)) as port:
        assert asyncio.run(http_latency(at(port), "/", count=4)).count == 4
