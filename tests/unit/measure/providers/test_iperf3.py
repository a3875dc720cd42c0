"""iperf3 with its real program on both ends, and what of its words is believed."""

import asyncio
import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from readycheck.api import ChildFailed, ChildTimeout
from readycheck.measure.providers import iperf3
from readycheck.measure.providers.base import NoSpeed, RateTold
from readycheck.measure.providers.iperf3 import (
    Iperf3,
    first_rate,
    held_back,
    least_rtt,
    main_bytes,
    parsed,
    rate,
    sent,
)
from readycheck.ports import CommandAnswer
from readycheck.testing import FakeChildren
from tests.unit.measure.loopback import unused_port
from tests.unit.measure.providers.asking import PLAN, ask

needs_iperf3 = pytest.mark.skipif(shutil.which("iperf3") is None, reason="iperf3 is not installed")


@contextmanager
def server() -> Iterator[int]:
    port = unused_port()
    program = subprocess.Popen(
        ["iperf3", "-s", "-B", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        time.sleep(0.5)
        yield port
    finally:
        program.kill()
        program.wait(5)


@needs_iperf3
def test_the_real_program_measures_both_ways_within_the_data_that_was_allowed() -> None:
    with server() as port:
        heard = ask(Iperf3(host="127.0.0.1", port=port))
    assert heard.refused is None
    assert {each.direction for each in heard.of(RateTold)} == {"download", "upload"}
    assert all(found.bits_per_s > 4e6 for found in heard.rates.values())
    assert heard.spent <= 1.1 * (PLAN.down_bytes + PLAN.up_bytes)
    assert heard.server.name == "iperf3 on 127.0.0.1"
    assert 0 < heard.idle_ms < 100


@needs_iperf3
def test_a_busy_or_absent_server_is_a_reason_and_no_rate() -> None:
    heard = ask(Iperf3(host="127.0.0.1", port=unused_port()))
    assert heard.rates == {}
    assert heard.refused is not None and "refused" in heard.refused.evidence.lower()


def test_without_the_program_it_is_said_that_it_is_missing() -> None:
    missing = ChildFailed("iperf3: No such file or directory")
    heard = ask(Iperf3(host="127.0.0.1"), children=FakeChildren(commands={"iperf3": missing}))
    assert heard.refused is not None and heard.refused.reason == "iperf3 is not installed here"


# What it says


def said(mbps: float, count: int = 2_000_000, seconds: float = 2.0, **more: Any) -> dict[str, Any]:
    total = {"bits_per_second": mbps * 1e6, "bytes": count, "seconds": seconds}
    streams = [{"sender": {"min_rtt": 20_400}}, {"sender": {"min_rtt": 19_900}}]
    end = {"sum_received": total, "sum_sent": total, "streams": streams}
    return {"end": end, **more}


def test_the_first_run_keeps_to_its_part_of_the_data() -> None:
    arguments = held_back(10_000_000)
    assert int(arguments[arguments.index("-b") + 1]) * 4 == first_rate(10_000_000) == 16e6


def test_a_line_that_kept_up_is_measured_with_what_is_left_and_a_slow_one_with_what_it_carries_in_five_seconds() -> (
    None
):
    assert main_bytes(said(15.9), 10_000_000) == 7_000_000
    assert main_bytes(said(8.0), 10_000_000) == 5_000_000
    assert main_bytes(said(0.3), 250_000) == 175_000


@needs_iperf3
def test_a_line_that_looked_slow_at_first_and_is_fast_costs_no_more_than_was_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A long ramp hides what a line can do."""
    monkeypatch.setattr("readycheck.measure.providers.iperf3.held_back", lambda most: ("-n", "128K"))
    monkeypatch.setattr("readycheck.measure.providers.iperf3._received", seems_slow)
    with server() as port:
        heard = ask(Iperf3(host="127.0.0.1", port=port), replace(PLAN, up_bytes=0))
    assert set(heard.rates) == {"download"}
    assert heard.spent <= 1.1 * PLAN.down_bytes


def seems_slow(told: dict[str, Any]) -> tuple[float, int, float]:
    return 4e6, int(told["end"]["sum_received"]["bytes"]), 1.0


@pytest.mark.parametrize(
    ("stdout", "used"),
    [
        (json.dumps({"end": {"sum_sent": {"bytes": 700}}, "start": {"connected": [{}]}}), 700),
        (json.dumps({"end": {}, "start": {"connected": []}, "error": "refused"}), 0),
        (json.dumps({"end": {}, "start": {"connected": [{}]}, "error": "interrupted"}), 1_000),
        ("", 1_000),
        ("[]", 1_000),
    ],
)
def test_what_a_run_used_is_what_it_tells_or_what_it_may_have_used(stdout: str, used: int) -> None:
    assert sent(stdout.encode(), 1_000) == used


def test_a_run_that_never_ended_is_counted_with_all_that_it_was_allowed() -> None:
    stuck = FakeChildren(commands={"iperf3": ChildTimeout("no answer in 13 s")})
    heard = ask(Iperf3(host="127.0.0.1"), children=stuck)
    assert heard.refused is not None and heard.spent >= 0.2 * PLAN.down_bytes


NO_SERVER = {"start": {"connected": []}, "end": {}, "error": "unable to connect to server: No route"}


@pytest.mark.parametrize(
    "answer",
    [
        ChildTimeout("no answer in 13 s"),
        ChildFailed("iperf3: No such file or directory"),
        CommandAnswer(code=1, stdout=json.dumps(NO_SERVER).encode(), stderr=b""),
    ],
)
def test_nobody_there_for_the_download_is_not_waited_for_again_for_the_upload(answer: Any) -> None:
    children = FakeChildren(commands={"iperf3": answer})
    heard = ask(Iperf3(host="127.0.0.1"), children=children)
    assert heard.refused is not None and len(children.ran) == 1


def test_a_server_that_refuses_one_direction_is_asked_for_the_other() -> None:
    busy = CommandAnswer(
        code=1, stdout=json.dumps({**NO_SERVER, "error": "the server is busy"}).encode(), stderr=b""
    )
    children = FakeChildren(commands={"iperf3": busy})
    assert ask(Iperf3(host="127.0.0.1"), children=children).refused is not None
    assert len(children.ran) == 2


def test_its_bounds_leave_room_for_the_ramp_and_a_short_run_is_a_floor() -> None:
    found = rate(said(90.0), said(16.0))
    assert found.low < 90e6 < 95.6e6 < found.high
    assert found.bytes == 4_000_000
    assert rate(said(90.0, seconds=0.6), said(16.0)).is_floor


def test_on_a_way_that_is_far_a_run_of_the_same_length_is_mostly_ramp_and_a_floor() -> None:
    assert not rate(said(7.0, seconds=4.0), said(2.0), rtt_s=0.02).is_floor
    assert rate(said(7.0, seconds=4.0), said(2.0), rtt_s=0.25).is_floor


class Slowly(FakeChildren):
    """iperf3 whose every first run takes ``beside_s`` longer than its load, and of which a main run never ends."""

    def __init__(self, beside_s: float) -> None:
        super().__init__()
        self.beside_s = beside_s

    async def run(self, command: Any, *, timeout_s: float, **more: Any) -> CommandAnswer:
        self.ran.append((tuple(command), None, b""))
        if "-n" in command:
            await asyncio.sleep(timeout_s)
            raise ChildTimeout("no answer")
        await asyncio.sleep(self.beside_s)
        return CommandAnswer(code=0, stdout=json.dumps(said(2.0, seconds=0.0)).encode(), stderr=b"")


def test_a_rate_that_there_is_no_time_for_is_what_the_first_run_reached_and_the_round_trip_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(iperf3, "_LEAST_S", 0.05)
    monkeypatch.setattr(iperf3, "_SPARE_S", 0.2)
    heard = ask(Iperf3(host="127.0.0.1"), replace(PLAN, seconds=1.2), children=Slowly(0.2))
    assert heard.idle_ms == pytest.approx(19.9)
    assert all(found.is_floor and found.bits_per_s == 2e6 for found in heard.rates.values())
    assert {found.stopped_by for found in heard.rates.values()} == {"time"}
    assert set(heard.rates) == {"download", "upload"} and heard.refused is None


class Quickly(FakeChildren):
    """iperf3 that answers at once, with a main run of half a second."""

    async def run(self, command: Any, *, timeout_s: float, **more: Any) -> CommandAnswer:
        seconds = 0.5 if "-n" in command else 0.0
        return CommandAnswer(code=0, stdout=json.dumps(said(2.0, seconds=seconds)).encode(), stderr=b"")


@pytest.mark.parametrize(("most", "ended"), [(8_000_000, "time"), (100_000, "data")])
def test_a_short_run_says_whether_time_or_data_made_it_short(
    most: int, ended: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = replace(PLAN, down_bytes=most, up_bytes=0, seconds=3.5)
    heard = ask(Iperf3(host="127.0.0.1"), plan, children=Quickly())
    assert heard.rates["download"].is_floor and heard.rates["download"].stopped_by == ended


def test_a_run_that_does_not_end_leaves_the_other_direction_its_part_of_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(iperf3, "_LEAST_S", 0.02)
    monkeypatch.setattr(iperf3, "_SPARE_S", 0.02)
    children = Slowly(0.0)
    heard = ask(Iperf3(host="127.0.0.1"), replace(PLAN, seconds=0.8), children=children)
    assert set(heard.rates) == {"download", "upload"}
    assert sum("-n" in command for command, _, _ in children.ran) == 2


def test_a_first_run_alone_is_a_floor() -> None:
    first = said(16.0, seconds=1.0)
    found = rate(first, first)
    assert found.is_floor and found.low < 16e6
    assert (found.bytes, found.seconds) == (2_000_000, 1.0)


def test_the_least_round_trip_is_the_idle_one() -> None:
    found = least_rtt(said(5.0))
    assert found is not None and found.rtt_ms == pytest.approx(19.9)
    assert least_rtt({"end": {"streams": [{"sender": {}}]}}) is None


@pytest.mark.parametrize(
    ("stdout", "reason"),
    [
        (b"", "nothing that can be read"),
        (b"[]", "nothing that can be read"),
        (b'{"start": {}, "end": {}}', "nothing that can be read"),
        (b'{"error": "unable to connect to server: Connection refused"}', "did not take part"),
        (b'{"error": "the server is busy running a test. try again later"}', "somebody else's line"),
        (json.dumps(said(0.0, count=0)).encode(), "did not take part"),
        (json.dumps(said(5.0, error="interrupt")).encode(), "did not take part"),
    ],
)
def test_what_is_no_result_is_a_reason(stdout: bytes, reason: str) -> None:
    with pytest.raises(NoSpeed) as refused:
        parsed(stdout, "speed.example")
    assert reason in refused.value.reason
