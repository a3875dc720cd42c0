"""The line against the needs of calls: real paced listeners for the measuring."""

import asyncio
import time
from pathlib import Path

import msgspec
import pytest

from readycheck.adapters.http import RealHttp
from readycheck.adapters.net import RealNet
from readycheck.api import (
    Meter,
    Owner,
    Status,
)
from readycheck.model import CheckResult
from readycheck.reflector.server import Settings as ReflectorSettings
from readycheck.testing import FakeSecrets, run_check
from readycheck_checks.bandwidth import BandwidthOptions, check
from readycheck_checks.calls.limits import Level, Limit
from tests.checks.speed_servers import (
    MEETING,
    by_connecting,
    measure,
    options,
    said,
    values,
)
from tests.unit.measure.latency.bottleneck import bottleneck
from tests.unit.measure.loopback import Request, http, speed_server, tcp_listener
from tests.unit.reflector.house import house


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


def test_a_slow_upload_is_the_lines_or_the_one_servers_and_names_the_call_and_the_numbers() -> None:
    result = measure(speed_server(down=40e6, up=0.3e6))
    assert result.status is Status.FAIL
    failing = [f for f in result.findings if f.status is Status.FAIL]
    assert [f.code for f in failing] == ["calls.upload_too_slow"]
    assert (failing[0].owner, failing[0].either) == (
        Owner.UNKNOWN,
        (Owner.ISP, Owner.HOME, Owner.COMPANY),
    )
    assert "at least 0.8 needed for a meeting" in failing[0].summary
    assert failing[0].remedy.startswith("Pause")


def test_a_slow_download_fails_alone() -> None:
    result = measure(speed_server(down=0.4e6, up=20e6), calls=("meeting",))
    assert [f.code for f in result.findings if f.status is Status.FAIL] == ["calls.download_too_slow"]


def test_a_line_between_the_limits_is_a_warning() -> None:
    result = measure(speed_server(down=2e6, up=20e6))
    assert result.status is Status.WARN
    assert result.findings[0].code == "calls.download_too_slow"
    assert result.findings[0].either == (Owner.ISP, Owner.HOME, Owner.COMPANY)


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
