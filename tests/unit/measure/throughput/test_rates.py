"""Rates against listeners of known pace, and listeners that answer wrongly, half, slowly or not at all."""

import asyncio
import socket
import ssl
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

import pytest
import trustme

from readycheck.errors import Closed, Garbled, NetError, NoRoute, Refused, Silent, TlsFailed
from readycheck.measure.throughput.bulk import Limits, Throughput
from readycheck.measure.throughput.rates import download, upload
from readycheck.measure.transport.endpoint import Endpoint
from readycheck.measure.transport.tcp_info import TcpInfo, tcp_info
from tests.unit.measure.loopback import Pace, Request, Talk, http, speed_server, tcp_listener, unused_port

QUICK = Limits(max_bytes=20_000_000, max_seconds=3.0)


def at(port: int) -> Endpoint:
    return Endpoint(address="127.0.0.1", port=port, host="localhost")


def down(talk: Talk, path: str = "/down?bytes={bytes}", limits: Limits = QUICK) -> Throughput:
    with tcp_listener(talk) as port:
        return asyncio.run(download(at(port), path, limits=limits))


def up(talk: Talk, limits: Limits = QUICK, *, count_acknowledged: bool = True) -> Throughput:
    with tcp_listener(talk) as port:
        return asyncio.run(
            upload(at(port), "/empty.php", limits=limits, count_acknowledged=count_acknowledged)
        )


# Known truth


@pytest.mark.parametrize("rate", [5e6, 40e6])
def test_a_paced_download_reads_within_five_percent(rate: float) -> None:
    found = down(speed_server(down=rate), "/garbage.php?ckSize={mib}")
    assert found.bits_per_s == pytest.approx(rate, rel=0.05)
    assert (found.converged, found.stopped_by, found.connections) == (True, "rule", 4)
    assert found.low <= found.bits_per_s <= found.high


@pytest.mark.skipif(
    not hasattr(socket, "TCP_NOTSENT_LOWAT"), reason="acknowledged bytes are told by Linux only"
)
def test_a_paced_upload_reads_within_five_percent() -> None:
    found = up(speed_server(up=40e6), Limits(max_bytes=60_000_000))
    assert found.bits_per_s == pytest.approx(40e6, rel=0.05)
    assert found.method == "HTTP upload, bytes acknowledged"


def test_a_slow_sink_is_read_as_slow() -> None:
    found = up(speed_server(up=2e6), Limits(max_seconds=3.0))
    assert found.low <= 2e6 * 1.1
    assert found.high >= 2e6 * 0.9
    assert found.bits_per_s < 4e6


@pytest.mark.skipif(
    not hasattr(socket, "TCP_NOTSENT_LOWAT"), reason="acknowledged bytes are told by Linux only"
)
def test_the_slowest_sinks_are_bounded_above_within_the_usual_limits() -> None:
    """Their kernels take some 30 kB a connection in advance, and open their windows in steps, with segments sent again."""
    rates = (0.1e6, 0.2e6, 0.4e6, 1e6, 2e6)

    async def all_at_once(ports: list[int]) -> list[Throughput]:
        return await asyncio.gather(*(upload(at(port), "/empty.php") for port in ports))

    with ExitStack() as listening:
        ports = [listening.enter_context(tcp_listener(speed_server(up=rate))) for rate in rates]
        found = asyncio.run(all_at_once(ports))
    for rate, each in zip(rates, found, strict=True):
        assert each.seconds <= 8.5
        assert each.low <= rate * 1.1
        assert rate * 0.9 <= each.high <= 1.5 * rate + 0.35e6


@pytest.mark.skipif(
    not hasattr(socket, "TCP_NOTSENT_LOWAT"), reason="acknowledged bytes are told by Linux only"
)
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


# Limits


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


# While it runs


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


def test_a_hold_ends_with_the_data_budget_and_with_the_time() -> None:
    for limits in (Limits(max_bytes=8_000_000), Limits(max_seconds=2.0)):
        with tcp_listener(speed_server(down=20e6)) as port:
            found = asyncio.run(download(at(port), "/down?bytes={bytes}", limits=limits, hold=lambda: True))
        assert (found.converged, found.stopped_by) == (True, "rule")
        assert found.bytes <= limits.max_bytes * 1.05
        assert found.seconds <= limits.max_seconds + 0.5


def test_the_time_of_the_load_is_told_on_the_monotonic_clock() -> None:
    before = time.monotonic()
    found = down(speed_server(down=20e6))
    assert before <= found.started_s < found.ended_s <= time.monotonic()
    assert found.ended_s - found.started_s == pytest.approx(found.seconds, abs=0.05)


@pytest.mark.skipif(
    not hasattr(socket, "TCP_NOTSENT_LOWAT"), reason="acknowledged bytes are told by Linux only"
)
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


@pytest.mark.skipif(not hasattr(socket, "TCP_NOTSENT_LOWAT"), reason="loss is told by Linux only")
@pytest.mark.parametrize(
    ("rate", "budget", "connections"), [(40e6, 60_000_000, 8), (4e6, 60_000_000, 4), (40e6, 7_000_000, 4)]
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


def bulk_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "bulk"]


def test_no_thread_is_left_after_a_measurement_however_it_ends() -> None:
    down(speed_server(down=20e6))
    up(speed_server(up=20e6), QUICK)
    with pytest.raises(Garbled):
        down(http(status(404)))
    with pytest.raises(Silent):
        up(lambda conn: time.sleep(3), Limits(silence_s=0.5))
    assert bulk_threads() == []


# What is no measurement


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
