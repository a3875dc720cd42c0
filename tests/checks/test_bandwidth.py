"""The line against the needs of calls: real paced listeners for the measuring, tables for the judging."""

import asyncio
import dataclasses
import socket
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from readycheck.adapters.http import RealHttp
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
from readycheck.measure.providers.base import ServerTold
from readycheck.model import CheckResult
from readycheck.reflector.server import Settings as ReflectorSettings
from readycheck.testing import FakeChildren, FakeNet, FakeSecrets, FakeSystem, run_check
from readycheck_checks.bandwidth import BandwidthOptions, check
from readycheck_checks.calls.limits import Level, Limit, Need
from readycheck_checks.calls.line_verdict import Line, Terms, servers_in_words
from readycheck_checks.calls.servers import SpeedServer
from tests.unit.measure.latency.bottleneck import bottleneck
from tests.unit.measure.loopback import Pace, Request, Talk, http, speed_server, tcp_listener, unused_port
from tests.unit.reflector.house import house

MEETING = Need(
    title="a meeting",
    down_plan_mbps=4.0,
    down_fail_mbps=1.0,
    up_plan_mbps=2.5,
    up_fail_mbps=0.8,
    source="Example vendor",
    checked="2026-11-21",
)


def librespeed(port: int, **changes: Any) -> SpeedServer:
    return SpeedServer(**({"kind": "librespeed", "url": f"http://127.0.0.1:{port}/"} | changes))


def by_connecting(port: int) -> SpeedServer:
    """The same server, without a page for round-trip times."""
    base = f"http://127.0.0.1:{port}"
    return SpeedServer(
        kind="http", download_url=f"{base}/garbage.php?ckSize={{mib}}", upload_url=f"{base}/empty.php"
    )


def options(*servers: SpeedServer, **changes: Any) -> BandwidthOptions:
    named = {f"server{number}": server for number, server in enumerate(servers)}
    usual: dict[str, Any] = {
        "use": tuple(named),
        "servers": named,
        "calls": ("meeting",),
        "needs": {"meeting": MEETING},
    }
    return BandwidthOptions(**(usual | changes))


def measure(talk: Talk, *, quick: bool = False, limit: int | None = None, **changes: Any) -> CheckResult:
    """Run the check against a listener on loopback, through the real network adapter."""

    with tcp_listener(talk) as port:
        return through(librespeed(port), quick=quick, limit=limit, **changes)


def through(
    *servers: SpeedServer, quick: bool = False, limit: int | None = None, **changes: Any
) -> CheckResult:
    async def run() -> CheckResult:
        meter = Meter(limit=limit)
        wanted = options(*servers, **changes)
        return await run_check(check, wanted, net=RealNet(meter), meter=meter, quick=quick)

    return asyncio.run(run())


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
    result = asyncio.run(run_check(check, options(by_connecting(80)), net=net))
    assert (result.status, result.findings[0].code) == (Status.UNKNOWN, "calls.speed_server")


def test_no_provider_is_not_a_failure_but_not_asked_for() -> None:
    result = asyncio.run(run_check(check, BandwidthOptions()))
    assert (result.status, result.findings[0].code) == (Status.SKIP, "calls.speed_not_asked")


def test_a_far_speed_server_is_at_most_a_warning() -> None:
    def slow(request: Request) -> None:
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
        "the first speed server of the profile that takes part, or the nearest server that speedtest.net names"
    )
    assert check.cost_of(BandwidthOptions(), quick=False).bytes == 0


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
        (SpeedServer(kind="iperf3", at="iperf.example:5201"), ("iperf.example",), "iperf3 on iperf.example"),
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
    assert words in check.cost_of(wanted, quick=False).hosts
    assert server.hosts_in_words == words


# speedtest.net

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
                await run_check(check, options(by_connecting(port)), net=RealNet(meter), meter=meter)
        await asyncio.sleep(0)
        return {task.get_name() for task in asyncio.all_tasks() if task is not asyncio.current_task()}

    with tcp_listener(speed_server(down=1e6)) as port:
        assert asyncio.run(run(port)) == set()


def test_nobody_listening_at_the_speed_port_is_unknown_over_the_real_network() -> None:
    async def run() -> CheckResult:
        meter = Meter()
        server = librespeed(unused_port(socket.SOCK_STREAM))
        return await run_check(check, options(server), net=RealNet(meter), meter=meter)

    result = asyncio.run(run())
    assert (result.status, result.findings[0].code) == (Status.UNKNOWN, "calls.speed_server")


# More than one server


def no_uploads() -> Talk:
    """A server that sends, at 100 Mbit/s, and takes nothing."""
    pace = Pace(100e6)

    def answer(request: Request) -> None:
        if request.method == "POST":
            return request.reply(500)
        size = request.target.partition("ckSize=")[2]
        return request.reply_bytes(int(size) << 20, pace) if size else request.reply(200)

    return http(answer)


def said(result: CheckResult) -> str:
    return next(str(each.value) for each in result.facts if each.name == "speed_server")


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


def test_a_proxy_on_the_way_is_named_with_the_server() -> None:
    told = ServerTold(name="Speed", proxy="proxy.example:3128")
    line = Line(terms=Terms(needs={}, rtt_ms=None, load_increase_ms=None), servers=[told])
    assert servers_in_words(line, []) == "Speed, through the proxy proxy.example:3128"


# In people's words


def test_what_the_services_can_do_with_the_line_is_a_fact_of_each() -> None:
    levels = (Level(title="calls", down_mbps=0.1, up_mbps=0.1), Level(title="1080p", down_mbps=4, up_mbps=30))
    need = msgspec.structs.replace(MEETING, service="Example Meet", levels=levels)
    result = measure(speed_server(down=40e6, up=20e6), needs={"meeting": need})
    told = next(each for each in result.facts if each.name == "calls_meeting")
    assert (told.title, told.value) == ("Example Meet: what is possible", "up to calls")


def test_a_busy_line_is_measured_while_it_is_busy() -> None:
    result = measure(speed_server(down=40e6, up=20e6))
    assert {
        "loaded_rtt_down",
        "load_increase_down",
        "loaded_rtt_up",
        "load_increase_up",
        "responsiveness",
    } <= set(values(result))


def test_the_projects_own_reflector_measures_with_its_token_from_the_secrets(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text("a-token-of-this-test\n", encoding="utf-8")
    secret.chmod(0o600)
    table = {
        "use": ["ours"],
        "max_mb": 16,
        "servers": {"ours": {"kind": "reflector", "title": "Ours", "token_secret": "reflector"}},
    }
    with (
        house(ReflectorSettings(token_file=secret)) as running,
        bottleneck(running.port, running.udp_port, bits_per_s=20e6, deep_s=0.05) as line,
    ):
        table["servers"]["ours"]["url"] = f"http://127.0.0.1:{line.tcp}"  # type: ignore[index]
        result = with_secrets(msgspec.convert(table, BandwidthOptions), {"reflector": "a-token-of-this-test"})
        refused = with_secrets(msgspec.convert(table, BandwidthOptions), {})
    assert values(result)["download"] == pytest.approx(20, rel=0.1)
    assert {"upload", "loaded_rtt_down", "load_increase_down"} <= set(values(result))
    assert said(result) == "Ours"
    assert result.bytes_used <= 16_000_000
    assert refused.status is Status.UNKNOWN and "wants a token" in refused.summary


def with_secrets(wanted: BandwidthOptions, secrets: dict[str, str]) -> CheckResult:
    async def run() -> CheckResult:
        meter = Meter()
        net = RealNet(meter)
        world = {"net": net, "http": RealHttp(net, meter), "secrets": FakeSecrets(secrets), "meter": meter}
        return await run_check(check, wanted, **world)

    return asyncio.run(run())
