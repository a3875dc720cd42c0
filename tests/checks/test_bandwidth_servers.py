"""Speed servers that do not take part, and several one after the other: real listeners on loopback."""

import asyncio
import socket
import time

import pytest

from readycheck.adapters.net import RealNet
from readycheck.api import (
    Confidence,
    Meter,
    Owner,
    Refused,
    Silent,
    Status,
)
from readycheck.errors import Where
from readycheck.model import CheckResult
from readycheck.testing import FakeNet, run_check
from readycheck_checks.bandwidth import check
from tests.checks.speed_servers import (
    broken,
    by_connecting,
    librespeed,
    measure,
    options,
    said,
    through,
    values,
)
from tests.unit.measure.loopback import Pace, Request, Talk, http, speed_server, tcp_listener, unused_port


@pytest.mark.parametrize(
    "talk", [broken(404), broken(500), lambda conn: None, lambda conn: conn.sendall(b"nonsense\r\n")]
)
def test_a_speed_server_that_does_not_serve_says_nothing_about_the_line(talk: Talk) -> None:
    result = measure(talk)
    assert result.status is Status.UNKNOWN
    assert [f.code for f in result.findings if f.status is Status.UNKNOWN] == ["calls.speed_server"]
    assert "says nothing about your line" in result.summary
    assert "download" not in values(result)


def test_an_upload_that_is_refused_leaves_the_download_judged() -> None:
    def down_only(request: Request) -> None:
        if request.method == "POST":
            return request.reply(500)
        return request.reply_bytes(25_000_000) if "garbage" in request.target else request.reply(200)

    result = measure(http(down_only))
    assert result.status is Status.UNKNOWN
    assert [f.code for f in result.findings] == ["calls.download", "calls.speed_server"]
    assert result.bytes_used > 1_000_000


@pytest.mark.parametrize("trouble", [Silent(Where(host="s")), Refused(Where(host="s"))])
def test_a_speed_server_that_cannot_be_reached_is_unknown(trouble: Silent | Refused) -> None:
    net = FakeNet(ports={("127.0.0.1", 80): trouble})
    result = asyncio.run(run_check(check, options(by_connecting(80)), net=net))
    assert (result.status, result.findings[0].code) == (Status.UNKNOWN, "calls.speed_server")


def test_nobody_listening_at_the_speed_port_is_unknown_over_the_real_network() -> None:
    async def run() -> CheckResult:
        meter = Meter()
        server = librespeed(unused_port(socket.SOCK_STREAM))
        return await run_check(check, options(server), net=RealNet(meter), meter=meter)

    result = asyncio.run(run())
    assert (result.status, result.findings[0].code) == (Status.UNKNOWN, "calls.speed_server")


def no_uploads() -> Talk:
    """A server that sends, at 100 Mbit/s, and takes nothing."""
    pace = Pace(100e6)

    def answer(request: Request) -> None:
        if request.method == "POST":
            return request.reply(500)
        size = request.target.partition("ckSize=")[2]
        return request.reply_bytes(int(size) << 20, pace) if size else request.reply(200)

    return http(answer)


def test_the_first_server_that_takes_part_measures_and_the_reason_of_the_other_is_told() -> None:
    with tcp_listener(speed_server(down=40e6, up=20e6)) as port:
        gone = librespeed(unused_port(), title="Gone")
        result = through(gone, librespeed(port, title="Second"), quick=True)
    assert result.status is Status.PASS
    assert said(result) == "Second; Gone did not take part: 127.0.0.1 refused the connection"
    assert {"download", "upload"} <= set(values(result))


def test_a_second_server_measures_only_what_the_first_left_open() -> None:
    asked: list[str] = []
    serve = speed_server(down=40e6, up=20e6)

    def second(conn: socket.socket) -> None:
        asked.append("somebody")
        serve(conn)

    with tcp_listener(no_uploads()) as one, tcp_listener(second) as two:
        result = through(librespeed(one, title="First"), librespeed(two, title="Second"))
    assert result.status is Status.PASS
    assert values(result)["download"] == pytest.approx(100, rel=0.1), "the first one's"
    assert values(result)["upload"] == pytest.approx(20, rel=0.15)
    assert [m.name for m in result.measurements].count("download") == 1
    assert [m.name for m in result.measurements].count("idle_rtt") == 1
    assert "First did not take part: 127.0.0.1 answered HTTP 500" in said(result)
    assert asked


def test_where_no_server_takes_part_every_reason_is_told_and_nothing_is_judged() -> None:
    with tcp_listener(broken(403)) as port:
        result = through(librespeed(unused_port(), title="One"), librespeed(port, title="Two"))
    assert result.status is Status.UNKNOWN
    found = result.findings[0]
    assert found.code == "calls.speed_server"
    assert "127.0.0.1 refused the connection; 127.0.0.1 answered HTTP 403" in found.summary
    assert "says nothing about your line" in found.summary
    assert "HTTP 403" in found.detail


def test_servers_that_fail_share_one_allowance_of_data() -> None:
    with tcp_listener(no_uploads()) as one, tcp_listener(no_uploads()) as two:
        result = through(librespeed(one), librespeed(two), quick=True)
    assert result.bytes_used < 3_000_000


def test_a_server_that_hangs_leaves_time_for_the_next() -> None:
    with tcp_listener(lambda conn: time.sleep(20)) as one, tcp_listener(speed_server()) as two:
        started = time.monotonic()
        result = through(librespeed(one, title="Hangs"), librespeed(two), quick=True)
    assert result.status is Status.PASS
    assert time.monotonic() - started < 20
    assert "Hangs did not take part: 127.0.0.1 did not answer" in said(result)


# A first server that is too slow


def test_a_slow_server_is_not_a_slow_line() -> None:
    with tcp_listener(speed_server(down=40e6, up=0.3e6)) as one, tcp_listener(speed_server(up=20e6)) as two:
        result = through(librespeed(one, title="Slow"), librespeed(two, title="Second"))
    assert (result.status, [each.code for each in result.findings]) == (Status.PASS, ["calls.speed"])
    assert values(result)["upload"] == pytest.approx(20, rel=0.15)
    assert values(result)["download"] == pytest.approx(40, rel=0.1), "the first one's, which was fast enough"
    assert [m.name for m in result.measurements].count("upload") == 1
    assert [m.name for m in result.measurements].count("download") == 1
    assert "Mbit/s with Second, so that Slow is slow by itself" in said(result)


def test_a_line_that_is_slow_to_servers_of_two_parties_is_slow() -> None:
    with tcp_listener(speed_server(down=40e6, up=0.3e6)) as one, tcp_listener(speed_server(up=0.3e6)) as two:
        vendors = by_connecting(two)
        result = through(librespeed(one), vendors)
    (found,) = [each for each in result.findings if each.status is Status.FAIL]
    assert (found.code, found.either) == ("calls.upload_too_slow", (Owner.ISP, Owner.HOME))
    assert found.confidence is Confidence.MEDIUM


def test_a_slow_rate_that_no_other_server_could_check_may_be_the_servers() -> None:
    with tcp_listener(speed_server(down=40e6, up=0.3e6)) as one:
        result = through(librespeed(one), librespeed(unused_port(), title="Gone"))
    (found,) = [each for each in result.findings if each.status is Status.FAIL]
    assert found.either == (Owner.ISP, Owner.HOME, Owner.COMPANY)
    assert found.confidence is Confidence.LOW
    assert "Gone did not take part" in said(result)


def test_the_same_host_is_not_asked_twice_about_its_own_slowness() -> None:
    with tcp_listener(speed_server(down=40e6, up=0.3e6)) as one:
        result = through(librespeed(one), librespeed(one, title="Twin"))
    assert result.status is Status.FAIL
    assert "Twin" not in said(result)


def test_of_a_fast_download_a_quick_run_keeps_data_to_ask_a_second_server_about_the_upload() -> None:
    with tcp_listener(speed_server(down=80e6, up=0.7e6)) as one, tcp_listener(speed_server(up=20e6)) as two:
        result = through(by_connecting(one), by_connecting(two), quick=True)
    assert "so that server0 is slow by itself" in said(result)
    assert not [each for each in result.findings if each.status in (Status.WARN, Status.FAIL)]


def test_a_fast_server_is_the_only_one_that_is_asked() -> None:
    asked: list[int] = []
    with (
        tcp_listener(speed_server(down=40e6, up=20e6)) as one,
        tcp_listener(lambda conn: asked.append(1)) as two,
    ):
        assert through(librespeed(one), librespeed(two), quick=True).status is Status.PASS
    assert not asked


def test_in_a_quick_run_both_servers_keep_to_the_stated_data() -> None:
    with tcp_listener(speed_server(down=0.8e6, up=0.3e6)) as one, tcp_listener(speed_server()) as two:
        servers = (librespeed(one), librespeed(two))
        result = through(*servers, quick=True)
    assert result.bytes_used <= check.cost_of(options(*servers), quick=True).bytes
