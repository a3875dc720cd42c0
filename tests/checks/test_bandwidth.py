"""The line against the needs of calls: real paced listeners for the measuring, tables for the judging."""

import asyncio
import dataclasses
import socket
from typing import Any

import msgspec
import pytest

from readycheck.adapters.net import RealNet
from readycheck.api import (
    ChildFailed,
    ChildTimeout,
    Finding,
    Interface,
    Meter,
    Owner,
    Refused,
    Route,
    Silent,
    Status,
)
from readycheck.errors import Where
from readycheck.model import CheckResult
from readycheck.testing import FakeChildren, FakeHttp, FakeNet, FakeSystem, run_check
from readycheck_checks.bandwidth import BandwidthOptions, check
from readycheck_checks.calls.limits import Limit, Need
from tests.unit.measure.loopback import Request, Talk, http, speed_server, tcp_listener, unused_port

MEETING = Need(
    title="a meeting",
    down_plan_mbps=4.0,
    down_fail_mbps=1.0,
    up_plan_mbps=2.5,
    up_fail_mbps=0.8,
    source="Example vendor",
    checked="2026-11-21",
)


def options(port: int, **changes: Any) -> BandwidthOptions:
    base = f"http://127.0.0.1:{port}"
    usual: dict[str, Any] = {
        "provider": "http",
        "download_url": f"{base}/garbage.php?ckSize={{mib}}",
        "upload_url": f"{base}/empty.php",
        "ping_url": f"{base}/empty.php",
        "calls": ("meeting",),
        "needs": {"meeting": MEETING},
    }
    return BandwidthOptions(**(usual | changes))


def measure(talk: Talk, *, quick: bool = False, limit: int | None = None, **changes: Any) -> CheckResult:
    """Run the check against a listener on loopback, through the real network adapter."""

    async def run(port: int) -> CheckResult:
        meter = Meter(limit=limit)
        return await run_check(check, options(port, **changes), net=RealNet(meter), meter=meter, quick=quick)

    with tcp_listener(talk) as port:
        return asyncio.run(run(port))


def values(result: CheckResult) -> dict[str, float]:
    return {m.name: m.value for m in result.measurements}


# Real listeners


def test_a_fast_line_carries_the_call_and_says_what_was_measured() -> None:
    result = measure(speed_server(down=40e6, up=20e6))
    assert result.status is Status.PASS
    assert values(result)["download"] == pytest.approx(40, rel=0.05)
    assert values(result)["upload"] == pytest.approx(20, rel=0.1)
    assert values(result)["idle_rtt"] < 50
    assert [f.code for f in result.findings] == ["calls.speed"]
    assert result.summary.startswith(
        "Download 40 Mbit/s, 4 wanted for a meeting; Upload 20 Mbit/s, 2.5 wanted"
    )
    assert 1_000_000 < result.bytes_used < 45_000_000
    assert all("Example vendor" in m.source for m in result.measurements if m.plan_limit is not None)


def test_a_slow_upload_is_the_providers_or_the_homes_and_names_the_call_and_the_numbers() -> None:
    result = measure(speed_server(down=40e6, up=0.3e6))
    assert result.status is Status.FAIL
    failing = [f for f in result.findings if f.status is Status.FAIL]
    assert [f.code for f in failing] == ["calls.upload_too_slow"]
    assert (failing[0].owner, failing[0].either) == (Owner.UNKNOWN, (Owner.ISP, Owner.HOME))
    assert "at least 0.8 needed for a meeting" in failing[0].summary
    assert failing[0].remedy.startswith("Pause")


def test_a_slow_download_fails_alone() -> None:
    result = measure(speed_server(down=0.4e6, up=20e6), calls=("meeting",))
    assert [f.code for f in result.findings if f.status is Status.FAIL] == ["calls.download_too_slow"]


def test_a_line_between_the_limits_is_a_warning() -> None:
    result = measure(speed_server(down=2e6, up=20e6))
    assert result.status is Status.WARN
    assert result.findings[0].code == "calls.download_too_slow"
    assert result.findings[0].either == (Owner.ISP, Owner.HOME)


def test_the_quick_plan_stays_below_three_megabytes() -> None:
    result = measure(speed_server(down=200e6, up=200e6), quick=True)
    assert 100_000 < result.bytes_used < 3_000_000
    assert result.status is Status.PASS
    assert "at least" in result.findings[0].summary


def test_what_is_left_of_the_runs_data_is_respected() -> None:
    result = measure(speed_server(down=200e6, up=200e6), limit=1_500_000)
    assert result.bytes_used <= 1_500_000 * 1.1


def test_without_data_left_nothing_is_measured_and_nothing_is_judged() -> None:
    result = measure(speed_server(), limit=100_000)
    assert (result.status, result.findings[0].code) == (Status.UNKNOWN, "calls.speed_budget")
    assert result.measurements == ()


def broken(status: int) -> Talk:
    def answer(request: Request) -> None:
        if request.target == "/empty.php" and request.method == "GET":
            return request.reply(200)
        return request.reply(status)

    return http(answer)


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
    fixed = options(80, ping_url="")
    result = asyncio.run(
        run_check(check, fixed, net=net, http=FakeHttp(proxies={fixed.download_url: "http://p"}))
    )
    assert (result.status, result.findings[0].code) == (Status.UNKNOWN, "calls.speed_server")


def test_no_provider_is_not_a_failure_but_not_asked_for() -> None:
    result = asyncio.run(run_check(check, BandwidthOptions()))
    assert (result.status, result.findings[0].code) == (Status.SKIP, "calls.speed_not_asked")


def test_a_far_speed_server_is_at_most_a_warning() -> None:
    def slow(request: Request) -> None:
        import time

        time.sleep(0.05 if request.target == "/empty.php" and request.method == "GET" else 0)
        if request.method == "POST":
            request.read_body()
            return request.reply(200)
        return request.reply_bytes(2_000_000) if "garbage" in request.target else request.reply(200)

    tight = Limit(plan=10, fail=40, source="Example", checked="2026-11-21")
    result = measure(http(slow), quick=True, rtt_ms=tight, calls=())
    warning = result.findings[0]
    assert (warning.code, warning.status) == ("calls.rtt_high", Status.WARN)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"calls": ["teams"]}, "no table under needs"),
        ({"provider": "http"}, "needs download_url"),
        ({"provider": "ftp"}, "Invalid enum value"),
        ({"download_url": "speed.example/x"}, "no http or https URL"),
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
    full = options(80)
    assert check.cost_of(full, quick=False).bytes == 45_000_000
    assert check.cost_of(full, quick=True).bytes < 3_000_000
    assert check.cost_of(BandwidthOptions(), quick=False).bytes == 0


# speedtest.net

LEGACY = {
    "ping_ms": 12.0,
    "server": "Sponsor, Town",
    "down": {"bits_per_s": 50e6, "bytes": 20_000_000, "seconds": 3.2, "connections": 4},
    "up": {"bits_per_s": 20e6, "bytes": 8_000_000, "seconds": 3.2, "connections": 4},
}


def through_speedtest(answer: Any, *, world: dict[str, Any] | None = None, **changes: Any) -> CheckResult:
    children = FakeChildren(answers={"readycheck_checks.speedtest_child:measure": answer})
    wanted = options(80, provider="speedtest.net", **changes)
    return asyncio.run(run_check(check, wanted, children=children, **(world or {})))


def test_speedtest_net_runs_in_a_child_and_is_judged_like_any_other() -> None:
    result = through_speedtest(LEGACY)
    assert result.status is Status.PASS
    assert values(result) == {"idle_rtt": 12.0, "download": 50.0, "upload": 20.0}
    assert result.bytes_used == 28_000_000
    assert all("legacy" in m.method for m in result.measurements if m.name != "idle_rtt")


def test_the_old_method_proves_too_slow_only_beyond_its_known_error() -> None:
    below = through_speedtest(LEGACY | {"down": LEGACY["down"] | {"bits_per_s": 0.9e6}})  # type: ignore[operator]
    assert below.status is Status.WARN
    far_below = through_speedtest(LEGACY | {"down": LEGACY["down"] | {"bits_per_s": 0.7e6}})  # type: ignore[operator]
    assert far_below.status is Status.FAIL


def test_a_short_run_of_the_old_method_is_a_floor() -> None:
    short = through_speedtest(LEGACY | {"down": LEGACY["down"] | {"bits_per_s": 3e6, "seconds": 0.5}})  # type: ignore[operator]
    assert short.status is Status.UNKNOWN


WIRED = Interface(name="eth0", kind="wired", up=True, addresses=("192.168.1.23",), mtu=1500)
TUNNEL = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400, speed_mbps=1)


def slow_upload(mbps: float = 0.4, *, link_mbps: int = 0, out_by: str = "192.168.1.23") -> Finding:
    """What is said of it; ``out_by``: the address of this computer from which everything leaves."""
    link = dataclasses.replace(WIRED, speed_mbps=link_mbps)
    system = FakeSystem(network=(link, TUNNEL), route=Route(interface="eth0", gateway="192.168.1.1"))
    net = FakeNet(sources={"192.0.2.1": out_by, "192.168.1.1": "192.168.1.23"})
    slow = LEGACY | {"up": LEGACY["up"] | {"bits_per_s": mbps * 1e6}}  # type: ignore[operator]
    return through_speedtest(slow, world={"net": net, "system": system}).findings[-1]


def test_a_slow_line_and_a_slow_home_network_give_the_same_rate() -> None:
    found = slow_upload(link_mbps=1000)
    assert (found.code, found.status, found.owner) == ("calls.upload_too_slow", Status.FAIL, Owner.UNKNOWN)
    assert found.either == (Owner.ISP, Owner.HOME)
    assert "VPN" not in found.remedy


def test_a_link_to_the_router_below_what_is_wanted_is_the_home_networks() -> None:
    found = slow_upload(1.5, link_mbps=2)
    assert (found.status, found.owner, found.either) == (Status.WARN, Owner.HOME, ())
    assert "the link to the router runs at 2 Mbit/s" in found.detail


def test_a_slow_link_that_would_do_does_not_explain_a_rate_that_does_not() -> None:
    assert slow_upload(0.4, link_mbps=2).either == (Owner.ISP, Owner.HOME)


def test_through_a_vpn_the_company_has_a_part_in_the_rate() -> None:
    found = slow_upload(out_by="10.8.0.2")
    assert found.either == (Owner.ISP, Owner.COMPANY, Owner.HOME)
    assert "VPN" in found.remedy


def test_a_speed_server_on_the_own_network_shows_nothing_of_the_provider() -> None:
    slow = LEGACY | {"up": LEGACY["up"] | {"bits_per_s": 0.4e6}}  # type: ignore[operator]
    net = FakeNet(names={"speed.example": ("10.1.2.3",)})
    found = through_speedtest(slow, world={"net": net}, mini_url="http://speed.example/").findings[-1]
    assert (found.status, found.owner, found.either) == (Status.FAIL, Owner.UNKNOWN, ())


@pytest.mark.parametrize(
    "trouble", [ChildFailed("HTTP Error 403: Forbidden"), ChildTimeout("no answer in 40 s")]
)
def test_a_speedtest_that_gives_nothing_is_unknown(trouble: Exception) -> None:
    result = through_speedtest(trouble)
    assert (result.status, result.findings[0].code) == (Status.UNKNOWN, "calls.speed_server")


def test_a_check_that_is_cancelled_leaves_nothing_running() -> None:
    async def run(port: int) -> set[str]:
        meter = Meter()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.2):
                await run_check(check, options(port, ping_url=""), net=RealNet(meter), meter=meter)
        await asyncio.sleep(0)
        return {task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()}

    with tcp_listener(speed_server(down=1e6)) as port:
        assert asyncio.run(run(port)) == set()


def test_nobody_listening_at_the_speed_port_is_unknown_over_the_real_network() -> None:
    async def run() -> CheckResult:
        meter = Meter()
        return await run_check(
            check, options(unused_port(socket.SOCK_STREAM)), net=RealNet(meter), meter=meter
        )

    result = asyncio.run(run())
    assert (result.status, result.findings[0].code) == (Status.UNKNOWN, "calls.speed_server")
