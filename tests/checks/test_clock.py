import asyncio
import struct
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from readycheck.errors import TlsFailed
from readycheck.model import CheckResult, Confidence, Owner, Status
from readycheck.ports import HttpAnswer
from readycheck.testing import FakeClock, FakeHttp, FakeNet, Silent, Where, http_answer, run_check
from readycheck_checks.clock import ClockOptions, Reading, agreed, check, duration
from readycheck_checks.sntp import Question, offset_s, server_times
from tests.checks.connection_listeners import LOOPBACK, closed_port, real_world, udp_server, web_server

NTP_EPOCH = datetime(1900, 1, 1, tzinfo=UTC)


def stamp(moment: datetime) -> bytes:
    since = (moment - NTP_EPOCH).total_seconds()
    return struct.pack("!II", int(since) & 0xFFFFFFFF, int((since % 1) * 2**32))


def reply(request: bytes, moment: datetime, *, stratum: int = 2, leap: int = 0) -> bytes:
    """As a server with this clock answers (RFC 4330, section 5): our transmit time comes back as originate time."""
    head = struct.pack("!BBbb", leap << 6 | 4 << 3 | 4, stratum, 6, -20)
    return head + bytes(12) + stamp(moment) + request[40:48] + stamp(moment) + stamp(moment)


def server(offset: float = 0.0, **kind: int) -> Callable[[bytes], bytes]:
    return lambda request: reply(request, datetime.now(UTC) + timedelta(seconds=offset), **kind)


def asked_servers(
    *servers: Callable[[bytes], bytes | None], pages: Callable[[], str] | None = None
) -> CheckResult:
    """``pages``: what a web server says that the date is."""
    with ExitStack() as stack:
        ports = [stack.enter_context(udp_server(each)) for each in servers]
        dated: tuple[str, ...] = ()
        if pages is not None:
            web = stack.enter_context(web_server({"*": (200, {"Date": pages()}, b"")}))
            dated = (f"http://{LOOPBACK}:{web}/",)
        options = ClockOptions(servers=tuple(f"{LOOPBACK}:{port}" for port in ports), pages=dated)
        return asyncio.run(run_check(check, options, **real_world()))


def test_a_right_clock_passes_against_real_servers_within_a_hundredth() -> None:
    outcome = asked_servers(server(), server())
    assert outcome.status is Status.PASS
    assert outcome.measurements[0].value < 0.05
    assert outcome.measurements[0].method.startswith("SNTP")


@pytest.mark.parametrize(("offset", "way"), [(40.0, "behind"), (-40.0, "ahead")])
def test_a_clock_that_is_off_is_a_warning_and_says_which_way(offset: float, way: str) -> None:
    outcome = asked_servers(server(offset))
    assert (outcome.status, outcome.findings[0].code) == (Status.WARN, "connection.clock_off")
    assert f"40 s {way}" in outcome.summary


def test_more_than_five_minutes_off_fails_and_is_the_devices_matter() -> None:
    outcome = asked_servers(server(4_000.0), server(4_000.2))
    assert (outcome.status, outcome.findings[0].owner) == (Status.FAIL, Owner.DEVICE)
    assert outcome.measurements[0].fail_limit == 300


@pytest.mark.parametrize("kind", [{"stratum": 0}, {"leap": 3}, {"stratum": 16}])
def test_a_server_that_knows_no_time_is_not_believed(kind: dict[str, int]) -> None:
    assert asked_servers(server(9_000.0, **kind)).status is Status.UNKNOWN


def test_one_lying_server_is_outvoted() -> None:
    assert asked_servers(server(), server(), server(9_000.0)).status is Status.PASS


def test_two_servers_that_disagree_are_both_disbelieved() -> None:
    outcome = asked_servers(server(), server(9_000.0))
    assert (outcome.status, outcome.findings[0].code) == (Status.UNKNOWN, "connection.clock_not_agreed")


def test_forged_short_and_missing_replies_are_no_answers_and_cost_little_time() -> None:
    def forged(request: bytes) -> bytes:
        return reply(request[:40] + b"notours!", datetime.now(UTC) + timedelta(hours=3))

    started = time.monotonic()
    outcome = asked_servers(forged, lambda request: b"hello", lambda request: None)
    assert outcome.status is Status.UNKNOWN
    assert time.monotonic() - started < 5


def test_where_no_time_server_answers_the_date_of_a_real_web_server_tells() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=600), usegmt=True)
    with web_server({"*": (200, {"Date": date}, b"")}) as port:
        pages = (f"http://{LOOPBACK}:{port}/", f"http://{LOOPBACK}:{port}/other")
        options = ClockOptions(servers=(f"{LOOPBACK}:{closed_port()}",), pages=pages)
        outcome = asyncio.run(run_check(check, options, **real_world()))
    assert outcome.status is Status.FAIL
    assert abs(outcome.measurements[0].value - 600) < 2
    assert "whole seconds" in outcome.measurements[0].method


def test_without_any_answer_the_clock_is_unknown() -> None:
    options = ClockOptions(servers=("time.example:123",), pages=("https://www.one.example/",))
    outcome = asyncio.run(run_check(check, options))
    assert outcome.status is Status.UNKNOWN


def test_certificates_that_look_out_of_date_are_told_as_a_hint_and_not_as_proof() -> None:
    page = "https://www.one.example/"
    error = TlsFailed(Where(host="www.one.example"), reason="not_yet_valid")
    outcome = asyncio.run(run_check(check, ClockOptions(pages=(page,)), http=FakeHttp(pages={page: error})))
    assert outcome.status is Status.UNKNOWN
    assert "clock" in outcome.findings[0].remedy


def test_a_page_with_a_broken_date_is_no_answer() -> None:
    page = "http://www.one.example/"
    pages = {page: http_answer(page, 200, b"", date="yesterday")}
    outcome = asyncio.run(run_check(check, ClockOptions(pages=(page,)), http=FakeHttp(pages=pages)))
    assert outcome.status is Status.UNKNOWN


def test_a_date_that_a_cache_has_kept_is_not_believed() -> None:
    page = "http://www.one.example/"
    pages = {page: http_answer(page, 200, b"", date="Mon, 23 Nov 2026 08:00:00 GMT", age="3600")}
    outcome = asyncio.run(run_check(check, ClockOptions(pages=(page,)), http=FakeHttp(pages=pages)))
    assert outcome.status is Status.UNKNOWN


def test_a_slow_page_does_not_make_the_date_of_a_quick_one_look_old() -> None:
    quick, slow = "http://www.one.example/", "http://www.two.example/"
    clock = FakeClock()

    class Uneven(FakeHttp):
        async def get(self, url: str, **kwargs: object) -> HttpAnswer:
            date = format_datetime(clock.moment, usegmt=True)
            if url == slow:
                await asyncio.sleep(0)
                await clock.sleep(4)
                raise Silent(Where(host=url))
            return http_answer(url, 200, b"", date=date)

    options = ClockOptions(pages=(quick, slow))
    outcome = asyncio.run(run_check(check, options, http=Uneven(), clock=clock))
    assert outcome.measurements[0].value < 1.0


def test_one_server_alone_makes_no_failure_of_it() -> None:
    alone = asked_servers(server(4_000.0))
    assert (alone.status, alone.findings[0].confidence) == (Status.WARN, Confidence.LOW)
    assert alone.summary.startswith("One server alone says")


def test_time_servers_alone_may_be_one_box_on_the_way_and_a_page_that_agrees_makes_it_sure() -> None:
    off = server(4_000.0)
    assert asked_servers(off, off).findings[0].confidence is Confidence.MEDIUM
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=4_000), usegmt=True)
    assert asked_servers(off, off, pages=lambda: later).findings[0].confidence is Confidence.HIGH


def test_the_offset_is_the_mean_of_both_ways_whatever_the_round_trip() -> None:
    start = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    asked, heard = start, start + timedelta(seconds=0.4)
    received = sent = start + timedelta(seconds=10.2)
    assert offset_s(asked, received, sent, heard) == pytest.approx(10.0)


def test_time_goes_on_after_the_first_era_ends_in_2036() -> None:
    late = datetime(2040, 5, 1, 12, 0, 0, tzinfo=UTC)
    question = Question()
    times = server_times(reply(question.packet(), late))
    assert times is not None and abs((times[1] - late).total_seconds()) < 0.001


def test_each_question_has_its_own_number() -> None:
    one, other = Question(), Question()
    assert not one.accepts(reply(other.packet(), datetime.now(UTC)))
    assert one.accepts(reply(one.packet(), datetime.now(UTC)))


def test_the_round_trip_is_taken_from_the_send_that_was_answered() -> None:
    """FakeNet tells a round trip of 20 ms; a server on our time exactly then reads half of it off."""
    clock = FakeClock()
    net = FakeNet(replies={("time.example", 123): lambda request: reply(request, clock.moment)})
    options = ClockOptions(servers=("time.example:123",))
    outcome = asyncio.run(run_check(check, options, net=net, clock=clock))
    assert outcome.measurements[0].value == pytest.approx(0.01, abs=0.001)


@pytest.mark.parametrize(
    ("offsets", "expected"),
    [((), None), ((3.0,), 3.0), ((3.0, 3.4), 3.2), ((0.0, 900.0), None), ((0.0, 0.1, 900.0), 0.05)],
)
def test_servers_must_agree(offsets: tuple[float, ...], expected: float | None) -> None:
    believed = agreed([Reading(ahead_s=offset, within_s=0.01) for offset in offsets])
    assert (believed and believed.ahead_s) == (expected and pytest.approx(expected))


@pytest.mark.parametrize(
    ("seconds", "text"), [(4.2, "4 s"), (300, "5 min"), (10_800, "3 h"), (400_000, "5 days")]
)
def test_durations_are_readable(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def with_page(offset: float, date_offset: float) -> CheckResult:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=date_offset), usegmt=True)
    pages = {"*": (200, {"Date": date}, b"")}
    with udp_server(server(offset)) as one, udp_server(server(offset)) as two, web_server(pages) as web:
        options = ClockOptions(
            servers=(f"{LOOPBACK}:{one}", f"{LOOPBACK}:{two}"), pages=(f"http://{LOOPBACK}:{web}/",)
        )
        return asyncio.run(run_check(check, options, **real_world()))


def test_time_servers_that_a_web_server_contradicts_do_not_make_the_clock_wrong() -> None:
    outcome = with_page(3_600.0, 0.0)
    assert (outcome.status, outcome.findings[0].code) == (Status.UNKNOWN, "connection.clock_not_agreed")


def test_time_servers_and_web_servers_that_agree_prove_a_wrong_clock() -> None:
    outcome = with_page(3_600.0, 3_600.0)
    assert (outcome.status, outcome.measurements[0].method[:4]) == (Status.FAIL, "SNTP")


def test_a_web_server_is_the_second_witness_of_a_single_time_server() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=3_600), usegmt=True)
    with udp_server(server(3_600.0)) as one, web_server({"*": (200, {"Date": date}, b"")}) as web:
        options = ClockOptions(servers=(f"{LOOPBACK}:{one}",), pages=(f"http://{LOOPBACK}:{web}/",))
        outcome = asyncio.run(run_check(check, options, **real_world()))
    assert outcome.status is Status.FAIL
    assert "2 of 2" in outcome.measurements[0].method


def test_a_deviation_within_its_own_uncertainty_of_the_limit_is_no_warning() -> None:
    page, clock = "https://www.one.example/", FakeClock()
    date = format_datetime(clock.moment + timedelta(seconds=5), usegmt=True)
    http = FakeHttp(pages={page: http_answer(page, 200, b"", date=date)})
    outcome = asyncio.run(run_check(check, ClockOptions(pages=(page,)), http=http, clock=clock))
    assert outcome.measurements[0].value > 5.0
    assert outcome.status is Status.PASS


@pytest.mark.parametrize(
    "date", ["Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 01 Jan 2026 99999999999:00:00 GMT"]
)
def test_a_date_beyond_all_numbers_is_no_answer(date: str) -> None:
    page = "http://www.one.example/"
    pages = {page: http_answer(page, 200, b"", date=date)}
    outcome = asyncio.run(run_check(check, ClockOptions(pages=(page,)), http=FakeHttp(pages=pages)))
    assert (outcome.status, outcome.crash) == (Status.UNKNOWN, "")
