"""What a profile may say of speed servers, and what is stated before a run."""

import asyncio
from typing import Any

import msgspec
import pytest

from readycheck.api import Meter, Status
from readycheck.testing import fake_context, run_check
from readycheck_checks.bandwidth import BandwidthOptions, check
from readycheck_checks.calls import speed
from readycheck_checks.calls.servers import SpeedServer
from tests.checks.speed_servers import by_connecting, options


def test_no_provider_is_not_a_failure_but_not_asked_for() -> None:
    result = asyncio.run(run_check(check, BandwidthOptions()))
    assert (result.status, result.findings[0].code) == (Status.SKIP, "calls.speed_not_asked")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"calls": ["teams"]}, "no table under needs"),
        ({"use": ["office"]}, "no table under servers"),
        ({"servers": {"a": {"kind": "http"}}}, "needs download_url"),
        ({"servers": {"a": {"kind": "cloudflare"}}}, "needs url"),
        ({"servers": {"a": {"kind": "iperf3"}}}, "needs at"),
        ({"servers": {"a": {"kind": "ftp"}}}, "Invalid enum value"),
        ({"servers": {"a": {"kind": "librespeed", "url": "speed.example/x"}}}, "no http or https URL"),
        ({"servers": {"a": {"kind": "ndt7", "url": "ftp://speed.example/x"}}}, "no wss or ws or https URL"),
        ({"max_mb": 0}, ">= 1"),
        ({"needs": {"x": {"title": "x", "down_plan_mbps": 1, "down_fail_mbps": 2, "up_plan_mbps": 2,
                          "up_fail_mbps": 1, "source": "s", "checked": "2026-11-21"}}}, "above what fails"),
        ({"rtt_ms": {"plan": 300, "fail": 100, "source": "s", "checked": "2026-11-21"}}, "below fail"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_profile_is_refused_with_what_was_expected(table: dict[str, Any], says: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=says):
        msgspec.convert(table, BandwidthOptions)


def test_the_cost_is_stated_before_the_run() -> None:
    full = options(by_connecting(80), SpeedServer(kind="speedtest.net"))
    assert check.cost_of(full, quick=False).bytes == 45_000_000
    assert check.cost_of(full, quick=True).bytes < 3_000_000
    assert check.cost_of(full, quick=False).hosts == (
        "the first speed server of the profile that takes part, and another where that is slow"
    )
    assert check.cost_of(full, quick=False).unnamed == ("the nearest server that speedtest.net names",)
    assert check.cost_of(BandwidthOptions(), quick=False).bytes == 0


def test_what_it_takes_at_least_is_stated_for_servers_that_send_whole_mebibytes_and_for_others() -> None:
    by_bytes = SpeedServer(kind="cloudflare", url="https://speed.example")
    assert check.cost_of(options(by_connecting(80)), quick=False).least == 1_450_000
    assert check.cost_of(options(by_connecting(80), by_bytes), quick=True).least == 571_429


@pytest.mark.parametrize("left", [1_450_000, 1_540_000, 2_000_000])
def test_of_a_small_allowance_such_a_download_gets_what_one_mebibyte_takes(left: int) -> None:
    ctx = fake_context(meter=Meter(limit=left))
    spend = speed.budget(ctx, 45_000_000, speed.ONE_MEBIBYTE)
    assert (spend.all, spend.enough) == (left, True)
    assert spend.down >= speed.ONE_MEBIBYTE
    assert speed.budget(ctx, 45_000_000).down == int(left * speed.DOWN_SHARE)


@pytest.mark.parametrize(
    ("server", "names", "words"),
    [
        (
            SpeedServer(kind="cloudflare", url="https://speed.example", stun="stun.example:3478"),
            ("speed.example", "stun.example"),
            "",
        ),
        (
            SpeedServer(kind="http", download_url="http://a.example/d", upload_url="http://b.example:81/u"),
            ("a.example", "b.example"),
            "",
        ),
        (
            SpeedServer(kind="ndt7", url="https://locate.example"),
            ("locate.example",),
            "the nearest server that locate.example names",
        ),
        (SpeedServer(kind="ndt7", url="wss://ndt.example"), ("ndt.example",), ""),
        (SpeedServer(kind="iperf3", at="iperf.example:5201"), ("iperf.example",), ""),
        (
            SpeedServer(kind="speedtest.net"),
            ("www.speedtest.net",),
            "the nearest server that speedtest.net names",
        ),
        (
            SpeedServer(kind="speedtest.net", url="http://mini.example/"),
            ("www.speedtest.net", "mini.example"),
            "",
        ),
    ],
)
def test_every_host_that_is_known_before_is_named_and_the_others_are_said_in_words(
    server: SpeedServer, names: tuple[str, ...], words: str
) -> None:
    wanted = options(server)
    assert check.hosts_of is not None and check.hosts_of(wanted) == names
    assert check.cost_of(wanted, quick=False).unnamed == ((words,) if words else ())
