"""Whose a slow line is: the provider's, the home's, the company's behind a VPN or a proxy. What was measured is made up."""

import asyncio
import dataclasses
from typing import Any

import pytest

from readycheck.api import (
    ChildFailed,
    ChildTimeout,
    Confidence,
    Finding,
    Interface,
    Measurement,
    Owner,
    Route,
    Status,
)
from readycheck.measure.providers.base import RateTold, ServerTold, Told
from readycheck.measure.throughput.bulk import Throughput
from readycheck.model import CheckResult
from readycheck.testing import ADDRESS, FakeChildren, FakeNet, FakeSystem, fake_context, run_check
from readycheck_checks.bandwidth import check
from readycheck_checks.calls.bandwidth_verdict import Line, Terms, findings, servers_in_words
from readycheck_checks.calls.servers import SpeedServer
from readycheck_checks.calls.sites import Site
from tests.checks.speed_servers import (
    MEETING,
    options,
    values,
)

LEGACY = {
    "ping_ms": 12.0,
    "server": "Sponsor, Town",
    "down": {"bits_per_s": 50e6, "bytes": 20_000_000, "seconds": 3.2, "connections": 4},
    "up": {"bits_per_s": 20e6, "bytes": 8_000_000, "seconds": 3.2, "connections": 4},
}


def through_speedtest(answer: Any, *, world: dict[str, Any] | None = None, **changes: Any) -> CheckResult:
    children = FakeChildren(answers={"readycheck.measure.providers.speedtest_child:measure": answer})
    wanted = options(SpeedServer(kind="speedtest.net", url=changes.pop("mini_url", "")), **changes)
    return asyncio.run(run_check(check, wanted, children=children, **(world or {})))


def test_speedtest_net_runs_in_a_child_and_is_judged_like_any_other() -> None:
    result = through_speedtest(LEGACY)
    assert result.status is Status.PASS
    assert values(result) == {"idle_rtt": 12.0, "download": 50.0, "upload": 20.0}
    assert 28_000_000 <= result.bytes_used < 31_000_000, "and what headers add"
    assert all("legacy" in m.method for m in result.measurements if m.name != "idle_rtt")


def test_the_old_method_proves_too_slow_only_beyond_its_known_error() -> None:
    below = through_speedtest(LEGACY | {"down": LEGACY["down"] | {"bits_per_s": 0.9e6}})  # type: ignore[operator]
    assert below.status is Status.WARN
    far_below = through_speedtest(LEGACY | {"down": LEGACY["down"] | {"bits_per_s": 0.7e6}})  # type: ignore[operator]
    assert far_below.status is Status.FAIL


def test_a_short_run_of_the_old_method_is_a_floor() -> None:
    short = through_speedtest(LEGACY | {"down": LEGACY["down"] | {"bits_per_s": 3e6, "seconds": 0.5}})  # type: ignore[operator]
    assert short.status is Status.UNKNOWN


@pytest.mark.parametrize(
    "trouble", [ChildFailed("HTTP Error 403: Forbidden"), ChildTimeout("no answer in 40 s")]
)
def test_a_speedtest_that_gives_nothing_is_unknown(trouble: Exception) -> None:
    result = through_speedtest(trouble)
    assert (result.status, result.findings[0].code) == (Status.UNKNOWN, "calls.speed_server")


WIRED = Interface(name="eth0", kind="wired", up=True, addresses=("192.168.1.23",), mtu=1500)


TUNNEL = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400, speed_mbps=1)


def slow_upload(mbps: float = 0.4, *, link_mbps: int = 0, out_by: str = "192.168.1.23") -> Finding:
    """What is said of it; ``out_by``: the address of this computer from which everything leaves."""
    link = dataclasses.replace(WIRED, speed_mbps=link_mbps)
    system = FakeSystem(network=(link, TUNNEL), route=Route(interface="eth0", gateway="192.168.1.1"))
    net = FakeNet(sources={"192.0.2.1": out_by, "192.168.1.1": "192.168.1.23"})
    slow = LEGACY | {"up": LEGACY["up"] | {"bits_per_s": mbps * 1e6}}  # type: ignore[operator]
    return through_speedtest(slow, world={"net": net, "system": system}).findings[-1]


def test_a_slow_line_a_slow_home_network_and_a_slow_server_give_the_same_rate() -> None:
    found = slow_upload(link_mbps=1000)
    assert (found.code, found.status, found.owner) == ("calls.upload_too_slow", Status.FAIL, Owner.UNKNOWN)
    assert (found.either, found.confidence) == ((Owner.ISP, Owner.HOME, Owner.SERVICE), Confidence.LOW)
    assert "measured with one server only" in found.detail
    assert "another speed test" in found.remedy and "VPN" not in found.remedy


def test_a_link_to_the_router_below_what_is_wanted_is_the_home_networks() -> None:
    found = slow_upload(1.5, link_mbps=2)
    assert (found.status, found.owner, found.either) == (Status.WARN, Owner.HOME, ())
    assert "the link to the router runs at 2 Mbit/s" in found.detail


def test_a_slow_link_that_would_do_does_not_explain_a_rate_that_does_not() -> None:
    assert slow_upload(0.4, link_mbps=2).either == (Owner.ISP, Owner.HOME, Owner.SERVICE)


def test_through_a_vpn_the_company_has_a_part_in_the_rate() -> None:
    found = slow_upload(out_by="10.8.0.2")
    assert found.either == (Owner.ISP, Owner.COMPANY, Owner.HOME, Owner.SERVICE)
    alone = by_rates((OURS, 0.4), (CLOUD, 0.4), out_by="10.8.0.2")
    assert alone.either == (Owner.ISP, Owner.COMPANY, Owner.HOME)
    assert "VPN" in alone.remedy


def test_a_speed_server_on_the_own_network_shows_nothing_of_the_provider() -> None:
    slow = LEGACY | {"up": LEGACY["up"] | {"bits_per_s": 0.4e6}}  # type: ignore[operator]
    net = FakeNet(names={"speed.example": ("10.1.2.3",)})
    found = through_speedtest(slow, world={"net": net}, mini_url="http://speed.example/").findings[-1]
    assert (found.status, found.owner, found.either) == (Status.FAIL, Owner.UNKNOWN, ())


def test_a_proxy_on_the_way_is_named_with_the_server() -> None:
    told = ServerTold(name="Speed", proxy="proxy.example:3128")
    line = Line(terms=Terms(needs={}, rtt_ms=None, load_increase_ms=None), servers=[told])
    assert servers_in_words(line, []) == "Speed, through the proxy proxy.example:3128"


PROXY = "proxy.example:3128"


def rate(mbps: float) -> Throughput:
    return Throughput(
        bits_per_s=mbps * 1e6,
        low=mbps * 1e6,
        high=mbps * 1e6,
        converged=True,
        seconds=1.0,
        bytes=1_000_000,
        connections=4,
        method="test, through the proxy",
        stopped_by="rule",
    )


def shown(line: Line) -> list[Measurement]:
    return [each for each in line.at_the_end() if isinstance(each, Measurement)]


OURS = Site(title="Ours", host="speed.example", far=(Owner.COMPANY,))
THEIRS = Site(title="Ours too", host="speed2.example", far=(Owner.COMPANY,))
CLOUD = Site(title="Cloud", host="speed.example.net")
ANOTHER = Site(title="Another")


def by_rates(*uploads: tuple[Site, float], **more: Any) -> Finding:
    """What is said of an upload that these servers measured, one after another."""
    return judged(tuple((site, rate(mbps)) for site, mbps in uploads), **more)[0]


def through_proxy(upload_mbps: float, **more: Any) -> tuple[Finding, Measurement]:
    """What is said of an upload through a proxy, which two servers show."""
    finding, measurements = judged(
        ((OURS, rate(upload_mbps)), (CLOUD, rate(upload_mbps))), proxy=PROXY, **more
    )
    return finding, measurements[-1]


def judged(
    uploads: tuple[tuple[Site, Throughput], ...],
    *,
    proxy: str = "",
    at: str = "192.0.2.9",
    out_by: str = "192.168.1.23",
    link_mbps: int = 0,
) -> tuple[Finding, list[Measurement]]:
    line = Line(terms=Terms(needs={"meeting": MEETING}, rtt_ms=None, load_increase_ms=None))
    told: list[Told | Site] = [
        ServerTold(name="Speed", proxy=proxy),
        RateTold(direction="download", rate=rate(50)),
    ]
    for site, upload in uploads:
        told += [site, RateTold(direction="upload", rate=upload)]
    measurements = [measurement for each in told for measurement in line.hear(each)]
    link = dataclasses.replace(WIRED, speed_mbps=link_mbps)
    ctx = fake_context(
        net=FakeNet(
            names={"proxy.example": (at,)},
            sources={at: out_by, ADDRESS: out_by, "192.0.2.1": out_by, "192.168.1.1": "192.168.1.23"},
        ),
        system=FakeSystem(network=(link, TUNNEL), route=Route(interface="eth0", gateway="192.168.1.1")),
    )
    found = asyncio.run(findings(line, (), (), ctx))
    return found[-1], [each for each in (*measurements, *shown(line)) if each.name == "upload"]


@pytest.mark.parametrize("at", ["192.0.2.9", "10.1.2.3"])
def test_a_slow_proxy_looks_like_a_slow_line_so_the_company_has_a_part_and_the_proxy_is_named(
    at: str,
) -> None:
    found, _ = through_proxy(1.5, at=at)
    assert (found.code, found.status, found.owner) == ("calls.upload_too_slow", Status.WARN, Owner.UNKNOWN)
    assert found.either == (Owner.ISP, Owner.COMPANY, Owner.HOME)
    assert found.summary.startswith(f"Calls through the proxy {PROXY} will lose picture quality")
    assert f"the proxy {PROXY}" in found.remedy and "your internet provider about the line" in found.remedy


def test_a_rate_through_a_proxy_proves_no_failure_of_calls_which_may_go_past_it() -> None:
    found, measured = through_proxy(0.3)
    assert found.status is Status.WARN
    assert "will hardly work: upload 0.3 Mbit/s, at least 0.8 needed for a meeting" in found.summary
    assert "calls that do not go through the proxy may do better" in found.detail
    assert measured.fail_limit is None, "nor does the score count it as one"


def test_behind_a_vpn_the_parties_of_a_proxy_are_the_same() -> None:
    assert through_proxy(1.5, at="10.1.2.3", out_by="10.8.0.2")[0].either == (
        Owner.ISP,
        Owner.COMPANY,
        Owner.HOME,
    )


def test_a_proxy_on_this_computer_may_be_what_is_slow_too() -> None:
    assert Owner.DEVICE in through_proxy(1.5, at="127.0.0.1")[0].either


def test_a_link_to_the_router_that_is_too_slow_explains_it_through_a_proxy_too() -> None:
    found, _ = through_proxy(1.5, link_mbps=2)
    assert (found.status, found.owner, found.either) == (Status.WARN, Owner.HOME, ())


# One server that is slow alone


def bounds(low: float, high: float) -> Throughput:
    return dataclasses.replace(
        rate((low + high) / 2), low=low * 1e6, high=high * 1e6, converged=False, stopped_by="data"
    )


def test_what_another_server_carries_the_line_carries() -> None:
    found = by_rates((CLOUD, 0.3), (ANOTHER, 20))
    assert (found.status, found.code) == (Status.PASS, "calls.speed")


def test_the_better_rate_counts_and_is_measured_once() -> None:
    _, (upload,) = judged(((CLOUD, rate(0.3)), (ANOTHER, rate(20))))
    assert upload.value == 20
    found, (upload,) = judged(((CLOUD, rate(0.3)), (ANOTHER, rate(0.6))))
    assert (upload.value, found.status) == (0.6, Status.FAIL)


def test_servers_of_two_parties_that_are_both_slow_show_the_line() -> None:
    found = by_rates((CLOUD, 0.3), (ANOTHER, 0.4))
    assert (found.status, found.either) == (Status.FAIL, (Owner.ISP, Owner.HOME))
    assert found.confidence is Confidence.MEDIUM
    assert "internet provider" in found.remedy and "another speed test" not in found.remedy


@pytest.mark.parametrize(
    ("first", "second", "far"),
    [
        (OURS, THEIRS, Owner.COMPANY),
        (CLOUD, dataclasses.replace(ANOTHER, host=CLOUD.host), Owner.SERVICE),
        (OURS, dataclasses.replace(OURS, title="The same host"), Owner.COMPANY),
    ],
    ids=["two of the company", "two of one host", "one twice"],
)
def test_two_servers_of_one_party_are_no_second_opinion(first: Site, second: Site, far: Owner) -> None:
    found = by_rates((first, 0.3), (second, 0.4))
    assert (found.either, found.confidence) == ((Owner.ISP, Owner.HOME, far), Confidence.LOW)


def test_a_second_server_that_is_not_sure_leaves_both_unless_it_is_faster_all_the_same() -> None:
    leaves, _ = judged(((CLOUD, rate(0.3)), (ANOTHER, bounds(0.1, 5))))
    assert (leaves.status, leaves.either) == (Status.FAIL, (Owner.ISP, Owner.HOME, Owner.SERVICE))
    faster, _ = judged(((CLOUD, rate(0.3)), (ANOTHER, bounds(0.9, 5))))
    assert (faster.status, faster.code) == (Status.UNKNOWN, "calls.upload_unsure")
