"""What is told and what goes on while a rate is measured, and that nothing is left after it."""

import asyncio
import socket
import threading
import time
from dataclasses import replace

import pytest

from readycheck.errors import Garbled, Silent
from readycheck.measure.throughput.bulk import Limits
from readycheck.measure.throughput.rates import download
from readycheck.measure.transport.tcp_info import TcpInfo, tcp_info
from tests.unit.measure.loopback import http, speed_server, tcp_listener
from tests.unit.measure.throughput.loads import QUICK, at, down, kernel_tells, up


def test_the_load_goes_on_while_it_is_held_and_keeps_what_was_shown() -> None:
    since: list[float] = []

    def hold() -> bool:
        since.append(time.monotonic())
        return since[-1] - since[0] < 0.6

    with tcp_listener(speed_server(down=20e6)) as port:
        found = asyncio.run(download(at(port), "/down?bytes={bytes}", hold=hold))
    assert since[-1] - since[0] >= 0.6
    assert (found.converged, found.stopped_by) == (True, "rule")
    assert found.bits_per_s == pytest.approx(20e6, rel=0.05)


def test_a_load_is_not_held_on_once_it_has_used_what_that_may_cost() -> None:
    limits = replace(QUICK, max_seconds=8.0, hold_bytes=6_000_000)
    with tcp_listener(speed_server(down=20e6)) as port:
        found = asyncio.run(download(at(port), "/down?bytes={bytes}", limits=limits, hold=lambda: True))
    assert (found.converged, found.stopped_by) == (True, "rule")
    assert 6_000_000 <= found.bytes <= 7_500_000


def test_what_others_of_ours_took_of_the_line_counts_with_its_rate() -> None:
    """106 kB on the wire are 100 kB of payload."""
    found = down(speed_server(down=20e6))
    more = 100_000 * 8 / found.seconds
    beside = found.beside(106_000)
    assert beside.bits_per_s - found.bits_per_s == pytest.approx(more)
    assert (beside.low - found.low, beside.high - found.high) == pytest.approx((more, more))


def test_the_time_of_the_load_is_told_on_the_monotonic_clock() -> None:
    before = time.monotonic()
    found = down(speed_server(down=20e6))
    assert before <= found.started_s < found.ended_s <= time.monotonic()
    assert found.ended_s - found.started_s == pytest.approx(found.seconds, abs=0.05)


@kernel_tells
def test_an_upload_says_what_decides_its_pace_and_a_download_cannot_know() -> None:
    sent, received = up(speed_server(up=20e6)), down(speed_server(down=20e6))
    assert sent.congestion_control.isalnum()
    assert received.congestion_control == ""
    assert sent.flow_rtt_ms is not None
    assert sent.flow_rtt_ms > 0
    assert received.loss_seen is False


def test_a_line_without_loss_is_measured_with_four_connections_and_one_that_tells_nothing_with_eight(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert down(speed_server(down=40e6)).connections == 4
    monkeypatch.setattr("readycheck.measure.transport.flow.tcp_info", lambda sock: None)
    found = down(speed_server(down=40e6))
    assert found.bits_per_s == pytest.approx(40e6, rel=0.05)
    assert (found.connections, found.loss_seen, found.flow_rtt_ms) == (8, None, None)


@kernel_tells
@pytest.mark.parametrize(
    ("rate", "budget", "connections"), [(40e6, 60_000_000, 8), (1e6, 60_000_000, 4), (40e6, 7_000_000, 4)]
)
def test_loss_adds_connections_unless_the_line_is_slow_or_the_budget_small(
    monkeypatch: pytest.MonkeyPatch, rate: float, budget: int, connections: int
) -> None:
    def lossy(sock: socket.socket) -> TcpInfo | None:
        info = tcp_info(sock)
        return info and replace(info, out_of_order=7)

    monkeypatch.setattr("readycheck.measure.transport.flow.tcp_info", lossy)
    found = down(speed_server(down=rate), limits=Limits(max_bytes=budget, max_seconds=2.0))
    assert (found.connections, found.loss_seen) == (connections, True)
    assert found.bits_per_s == pytest.approx(rate, rel=0.1)


def test_progress_is_told_with_a_growing_fraction() -> None:
    heard: list[tuple[float, float]] = []
    with tcp_listener(speed_server(down=20e6)) as port:
        asyncio.run(
            download(
                at(port), "/down?bytes={bytes}", limits=QUICK, progress=lambda f, r: heard.append((f, r))
            )
        )
    fractions = [fraction for fraction, _ in heard]
    assert fractions == sorted(fractions)
    assert 0 <= fractions[0] <= fractions[-1] <= 1
    assert heard[-1][1] == pytest.approx(20e6, rel=0.1)


def bulk_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "bulk"]


def test_no_thread_is_left_after_a_measurement_however_it_ends() -> None:
    down(speed_server(down=20e6))
    up(speed_server(up=20e6), QUICK)
    with pytest.raises(Garbled):
        down(http(lambda request: request.reply(404)))
    with pytest.raises(Silent):
        up(lambda conn: time.sleep(3), Limits(silence_s=0.5))
    assert bulk_threads() == []


def test_a_cancelled_measurement_leaves_no_connection_and_no_task_behind() -> None:
    async def cancelled(port: int) -> set[str]:
        task = asyncio.ensure_future(download(at(port), "/down?bytes={bytes}"))
        await asyncio.sleep(0.4)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return {t.get_name() for t in asyncio.all_tasks() if t is not asyncio.current_task()}

    with tcp_listener(speed_server(down=20e6)) as port:
        assert asyncio.run(cancelled(port)) == set()
    assert bulk_threads() == []
