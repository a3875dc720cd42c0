"""What ends a measurement: its data, its time, a server that stops, connections that come to their end."""

import asyncio
import socket
import time
from dataclasses import replace

import pytest

from readycheck.measure.throughput.bulk import Limits
from readycheck.measure.throughput.rates import download
from readycheck.measure.throughput.stop_rule import Rule
from readycheck.measure.transport.tcp_info import TcpInfo, tcp_info
from tests.unit.measure.loopback import Request, http, speed_server, tcp_listener
from tests.unit.measure.throughput.loads import at, down, kernel_tells, up


def test_a_data_budget_ends_the_measurement_and_is_kept() -> None:
    found = down(speed_server(down=200e6), limits=Limits(max_bytes=2_000_000))
    assert found.stopped_by == "data"
    assert found.bytes <= 2_000_000 * 1.05
    assert found.is_floor
    assert found.low > 0


def test_a_server_that_sends_more_than_was_asked_for_is_cut_off_at_the_budget() -> None:
    found = down(speed_server(down=100e6), "/garbage.php?ckSize=100", Limits(max_bytes=3_000_000))
    assert found.stopped_by == "data"
    assert found.bytes < 5_000_000


def test_an_upload_keeps_to_its_budget() -> None:
    found = up(speed_server(up=200e6), Limits(max_bytes=1_000_000))
    assert found.stopped_by == "data"
    assert found.bytes <= 1_100_000


@kernel_tells
def test_eight_connections_use_most_of_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packets are lost, so that four more come, and the rate never shows."""

    def lossy(sock: socket.socket) -> TcpInfo | None:
        info = tcp_info(sock)
        return info and replace(info, out_of_order=7)

    monkeypatch.setattr("readycheck.measure.transport.flow.tcp_info", lossy)
    limits = Limits(max_bytes=9_000_000, rule=Rule(target=0.0))
    found = down(speed_server(down=80e6), limits=limits)
    assert (found.connections, found.stopped_by) == (8, "data")
    assert 0.6 * limits.max_bytes < found.bytes <= limits.max_bytes * 1.05


@pytest.mark.parametrize("path", ["/garbage.php?ckSize={mib}", "/down?bytes={bytes}"])
def test_requests_together_keep_to_the_budget(path: str) -> None:
    found = down(speed_server(down=80e6), path, limits=Limits(max_bytes=3_500_000, rule=Rule(target=0.0)))
    assert found.stopped_by == "data"
    assert 1_500_000 < found.bytes <= 3_510_000


def test_a_dripping_server_ends_at_the_time_limit_with_a_tiny_rate() -> None:
    def drip(request: Request) -> None:
        request.conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 25000000\r\n\r\n")
        while True:
            request.conn.sendall(b"x" * 100)
            time.sleep(0.3)

    started = time.monotonic()
    found = down(http(drip), limits=Limits(max_seconds=1.5))
    assert time.monotonic() - started < 3.0
    assert (found.stopped_by, found.converged) == ("time", False)
    assert found.bits_per_s < 100_000


def test_a_server_that_breaks_off_shows_what_the_line_can_do_at_least_and_never_at_most() -> None:
    def break_off(request: Request) -> None:
        request.conn.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 25000000\r\n\r\n" + b"x" * 75_000)
        request.conn.recv(1)  # and not a byte more

    found = down(http(break_off), limits=Limits(max_seconds=4.0))
    assert found.is_floor and not found.converged
    assert found.bits_per_s > 0


def test_a_budget_too_small_to_measure_with_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot be measured"):
        asyncio.run(download(at(1), "/", limits=Limits(max_bytes=50_000)))


def test_small_objects_on_kept_and_on_closed_connections_are_asked_for_again_and_again() -> None:
    def closing(request: Request) -> None:
        request.reply(200, body=b"x" * 400_000, extra="Connection: close\r\n")
        raise OSError

    def unannounced(request: Request) -> None:
        request.reply(200, body=b"x" * 400_000)
        raise OSError

    for answer in (closing, unannounced):
        found = down(http(answer), "/file.bin", Limits(max_bytes=10_000_000, max_seconds=2.0))
        assert found.bytes > 4 * 400_000


def test_a_connection_that_the_server_refuses_leaves_the_others_measuring() -> None:
    paced = speed_server(down=20e6)
    seen: list[int] = []

    def only_two(conn: socket.socket) -> None:
        seen.append(1)
        if len(seen) > 2:
            return
        paced(conn)

    found = down(only_two)
    assert found.connections == 2
    assert found.bits_per_s == pytest.approx(20e6, rel=0.05)


def test_a_hold_ends_with_the_data_budget_and_with_the_time() -> None:
    for limits in (Limits(max_bytes=8_000_000), Limits(max_seconds=2.0)):
        with tcp_listener(speed_server(down=20e6)) as port:
            found = asyncio.run(download(at(port), "/down?bytes={bytes}", limits=limits, hold=lambda: True))
        assert (found.converged, found.stopped_by) == (True, "rule")
        assert found.bytes <= limits.max_bytes * 1.05
        assert found.seconds <= limits.max_seconds + 0.5
