"""What the VPN costs: rates on both sides of it, with their bounds."""

import asyncio
import math
from typing import Any

import msgspec
import pytest

from readycheck.errors import NameUnknown
from readycheck.measure.latency.idle import Latency
from readycheck.measure.providers.base import IdleTold, NoSpeed, RateTold, SpeedPlan, Tell, World
from readycheck.measure.providers.iperf3 import SETTLED_S
from readycheck.measure.throughput.bulk import Throughput
from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import Interface, Meter
from readycheck.testing import FakeHttp, FakeNet, FakeSystem, Where, run_check
from readycheck_checks import vpn_speed
from readycheck_checks.calls.servers import SpeedServer
from readycheck_checks.vpn.cost import Kept, Rate, Side, Terms, judge_cost, measurements, slower
from readycheck_checks.vpn_speed import TURNS, SpeedOptions, check, most_bytes

TUNNEL = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
WIFI = Interface(name="wlan0", kind="wifi", up=True, addresses=("192.168.1.23",), mtu=1500)
UP, DOWN, INSIDE, OUTSIDE = "10.8.0.2", "192.168.1.23", "10.20.0.13", "192.0.2.7"
TERMS = Terms(plan_percent=50, fail_percent=10, enough_mbps=20, added_ms=100)


def rate(mbps: float, spread: float = 0.1) -> Rate:
    return Rate(mbps, mbps * (1 - spread), mbps * (1 + spread))


def side(down: float, up: float, rtt_ms: float = 20.0) -> Side:
    return Side(down=rate(down), up=rate(up), rtt_ms=rtt_ms)


# ---- The verdict ----


@pytest.mark.parametrize(
    ("inside", "outside", "status", "codes"),
    [
        (side(45, 9), side(50, 10), Status.PASS, ["vpn.speed"]),
        (side(15, 9), side(50, 10), Status.WARN, ["vpn.slow"]),
        (side(2, 9), side(50, 10), Status.FAIL, ["vpn.slow"]),
        (side(30, 9), side(900, 10), Status.PASS, ["vpn.speed"]),  # enough, whatever the line does
        (side(5.3, 5.3), side(10, 10), Status.PASS, ["vpn.speed"]),  # the bounds reach beyond the half
        (side(45, 9, rtt_ms=180), side(50, 10), Status.WARN, ["vpn.far"]),
        (side(2, 9, rtt_ms=180), side(50, 10), Status.FAIL, ["vpn.slow", "vpn.far"]),
    ],
)
def test_too_little_is_said_only_where_the_upper_bound_says_so(
    inside: Side, outside: Side, status: Status, codes: list[str]
) -> None:
    found = judge_cost(inside, outside, TERMS)
    assert [each.code for each in found] == codes
    assert found[0].status is status


def test_nobody_is_blamed_alone_for_a_slow_vpn() -> None:
    (found,) = judge_cost(side(2, 9), side(50, 10), TERMS)
    assert (found.owner, found.either) == (Owner.UNKNOWN, (Owner.COMPANY, Owner.ISP, Owner.DEVICE))
    assert "96 % of the download 2 of 50 Mbit/s" in found.summary


def test_a_floor_inside_is_never_too_slow_and_a_floor_outside_bounds_nothing_from_above() -> None:
    kept = Kept(way="download", inside=Rate(2, 2, math.inf), outside=rate(50))
    assert not kept.short_of(50, 20) and kept.high == 100.0
    assert Kept(way="download", inside=rate(2), outside=Rate(50, 45, math.inf)).low == 0.0


def test_a_way_that_is_far_is_said_so_where_no_rate_was_measured_through_the_vpn() -> None:
    far, unmeasured = judge_cost(Side(rtt_ms=270, why="it took too long"), side(50, 10), TERMS)
    assert (far.code, far.status) == ("vpn.far", Status.WARN) and "250 ms" in far.summary
    assert (unmeasured.code, unmeasured.status) == ("vpn.speed_not_measured", Status.UNKNOWN)
    assert "no download and no upload through it, it took too long" in unmeasured.summary


def test_the_direction_that_was_measured_is_judged_and_the_other_one_is_not_taken_for_good() -> None:
    half = Side(down=rate(2), rtt_ms=20, why="it took too long")
    slow, unmeasured = judge_cost(half, side(50, 10), TERMS)
    assert (slow.code, slow.status) == ("vpn.slow", Status.FAIL)
    assert "no upload through it, it took too long" in unmeasured.summary
    good = Side(down=rate(45), rtt_ms=20, why="it took too long")
    assert [each.status for each in judge_cost(good, side(50, 10), TERMS)] == [Status.UNKNOWN]


def test_a_floor_that_is_little_is_no_proof_that_the_vpn_is_fast_enough() -> None:
    cut = Side(down=Rate(2, 2, math.inf), up=rate(9), rtt_ms=20)
    (found,) = judge_cost(cut, side(50, 10), TERMS)
    assert found.status is Status.UNKNOWN and "at least 2 Mbit/s" in found.summary
    enough = Side(down=Rate(25, 25, math.inf), up=rate(9), rtt_ms=20)
    assert [each.status for each in judge_cost(enough, side(900, 10), TERMS)] == [Status.PASS]


FLOOR_15, FLOOR_25 = Rate(15, 14, math.inf), Rate(25, 24, math.inf)


@pytest.mark.parametrize(
    ("inside", "outside"),
    [
        (FLOOR_15, FLOOR_25),  # each was cut short: nothing is known of what is left
        (FLOOR_15, Rate(16, 15, math.inf)),
        (rate(15), Rate(16, 15, math.inf)),  # the line may do a hundred times as much
        (Rate(21, 19, math.inf), rate(90)),  # its lower bound is below what is enough
        (rate(4.8), rate(10)),  # 48 %, and the bounds reach beyond the half
    ],
    ids=str,
)
def test_a_rate_that_is_not_proved_to_be_enough_is_not_called_so(inside: Rate, outside: Rate) -> None:
    here, there = Side(down=inside, up=rate(9), rtt_ms=20), Side(down=outside, up=rate(10), rtt_ms=20)
    (found,) = judge_cost(here, there, TERMS)
    assert (found.code, found.status) == ("vpn.speed_not_measured", Status.UNKNOWN)


def test_of_rates_that_are_at_least_something_no_part_is_told() -> None:
    here, there = Side(down=FLOOR_25, up=rate(9), rtt_ms=20), Side(down=FLOOR_25, up=rate(10), rtt_ms=20)
    (found,) = judge_cost(here, there, TERMS)
    assert found.status is Status.PASS
    assert "leaves download at least 24 of at least 24 Mbit/s and 10 % of the upload" in found.summary
    assert [m.name for m in measurements(here, there, TERMS) if "kept" in m.name] == ["vpn_upload_kept"]


def test_a_line_that_was_cut_short_still_shows_a_vpn_that_is_slower() -> None:
    here, there = Side(down=rate(2), up=rate(9), rtt_ms=20), Side(down=FLOOR_25, up=rate(10), rtt_ms=20)
    (found,) = judge_cost(here, there, TERMS)
    assert (found.code, found.status) == ("vpn.slow", Status.FAIL)
    assert "2 of at least 24 Mbit/s" in found.summary


def test_a_line_without_a_lower_bound_is_nothing_to_compare_with() -> None:
    lost = Side(down=Rate(2, 0, math.inf), up=rate(10), rtt_ms=20)
    (found,) = judge_cost(side(2, 9), lost, TERMS)
    assert found.status is Status.UNKNOWN
    assert "the download beside it was too unsteady to compare with" in found.summary


def test_of_two_turns_the_reason_is_that_of_the_one_that_lacks_a_rate() -> None:
    first = Side(down=rate(50), rtt_ms=20, why="there was no time left for the upload")
    both = slower(first, side(50, 10))
    (found,) = judge_cost(side(45, 9), both, TERMS)
    assert "no upload beside it, there was no time left for the upload" in found.summary


# ---- The check ----


class Server:
    """A speed server that tells the rates it was given, one pair at each turn, or refuses; ``hangs`` before this direction."""

    def __init__(self, *turns: float | NoSpeed, rtt_ms: float = 20, hangs: str = "") -> None:
        self.turns = list(turns)
        self.rtt_ms, self.hangs = rtt_ms, hangs
        self.plans: list[SpeedPlan] = []

    async def measure(self, world: World, plan: SpeedPlan, tell: Tell) -> None:
        self.plans.append(plan)
        told = self.turns.pop(0)
        if isinstance(told, NoSpeed):
            raise told
        tell(
            IdleTold(
                latency=Latency(
                    rtt_ms=self.rtt_ms,
                    least_ms=19,
                    p95_ms=22,
                    jitter_ms=1,
                    count=10,
                    missed=0,
                    bytes=1,
                    method="",
                )
            )
        )
        for direction in ("download", "upload"):
            if direction == self.hangs:
                await asyncio.Event().wait()
            tell(RateTold(direction=direction, rate=_throughput(told)))


def _throughput(mbps: float) -> Throughput:
    return Throughput(
        bits_per_s=mbps * 1e6,
        low=mbps * 0.9e6,
        high=mbps * 1.1e6,
        converged=True,
        seconds=3,
        bytes=1,
        connections=4,
        method="",
        stopped_by="rule",
    )


def run(
    monkeypatch: pytest.MonkeyPatch,
    inside: Server,
    outside: Server,
    /,
    *,
    sources: tuple[str | None, str | None] = (UP, DOWN),
    left: int | None = None,
    names: dict[str, Any] | None = None,
    more: dict[str, str | None] | None = None,
    proxies: dict[str, str] | None = None,
    **changes: Any,
) -> CheckResult:
    def provider_of(server: SpeedServer, secret: Any) -> Server:
        return inside if server.host == INSIDE else outside

    monkeypatch.setattr(vpn_speed, "provider_of", provider_of)
    net = FakeNet(sources={INSIDE: sources[0], OUTSIDE: sources[1], **(more or {})}, names=names or {})
    system, meter = FakeSystem(network=(TUNNEL, WIFI)), Meter(limit=left)
    http = FakeHttp(proxies=proxies or {})
    return asyncio.run(run_check(check, options(**changes), net=net, http=http, system=system, meter=meter))


def options(**changes: Any) -> SpeedOptions:
    servers = {
        "inside": {"kind": "iperf3", "at": f"{INSIDE}:5201"},
        "outside": {"kind": "iperf3", "at": f"{OUTSIDE}:5201"},
    }
    return msgspec.convert(servers | changes, SpeedOptions)


def test_both_sides_are_measured_in_one_run_and_stand_beside_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = run(monkeypatch, Server(40.0), Server(50.0))
    assert result.status is Status.PASS
    values = {each.name: each.value for each in result.measurements}
    assert (values["vpn_download_inside"], values["vpn_download_outside"]) == (40.0, 50.0)
    assert values["vpn_upload_kept"] == 80.0
    assert result.summary.startswith("The VPN costs 20 % of the download 40 of 50 Mbit/s")


def test_a_slow_vpn_counts_only_where_the_line_is_fast_before_and_after(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert run(monkeypatch, Server(2.0), Server(50.0, 50.0)).status is Status.FAIL
    assert run(monkeypatch, Server(2.0), Server(50.0, 2.5)).status is Status.PASS


def test_a_rate_that_takes_too_long_takes_neither_the_round_trip_nor_the_other_rate_along(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(vpn_speed, "SECONDS", 0.05)
    result = run(monkeypatch, Server(40.0, rtt_ms=270, hangs="upload"), Server(50.0))
    assert [each.code for each in result.findings] == ["vpn.far", "vpn.speed_not_measured"]
    assert result.status is Status.WARN
    values = {each.name: each.value for each in result.measurements}
    assert (values["vpn_rtt_inside"], values["vpn_download_kept"]) == (270, 80)
    assert "no upload through it, 10.20.0.13 took longer" in result.findings[1].summary


def test_what_looks_slow_and_is_not_measured_again_is_not_said_to_be_slow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = run(monkeypatch, Server(2.0, rtt_ms=270), Server(50.0, NoSpeed("it was busy")))
    assert [each.code for each in result.findings] == ["vpn.far", "vpn.speed_not_measured"]
    assert "beside it, it was busy" in result.findings[1].summary


def test_three_turns_share_what_the_run_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, outside = Server(2.0), Server(50.0, 50.0)
    run(monkeypatch, inside, outside, left=12_000_000)
    plans = [*inside.plans, *outside.plans]
    assert len(plans) == 3 and sum(plan.down_bytes + plan.up_bytes for plan in plans) <= 12_000_000


@pytest.mark.parametrize(
    ("sources", "status"),
    [((UP, UP), Status.SKIP), ((DOWN, DOWN), Status.SKIP), ((None, DOWN), Status.UNKNOWN)],
)
def test_without_a_server_on_each_side_nothing_is_measured(
    monkeypatch: pytest.MonkeyPatch, sources: tuple[str | None, str | None], status: Status
) -> None:
    inside = Server(40.0)
    assert run(monkeypatch, inside, Server(50.0), sources=sources).status is status
    assert inside.plans == []


def test_a_server_that_takes_no_part_says_nothing_about_the_vpn(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, Server(NoSpeed("it was busy")), Server(50.0))
    assert result.status is Status.UNKNOWN and "it was busy" in result.reason
    assert run(monkeypatch, Server(40.0), Server(NoSpeed("it was busy"))).status is Status.UNKNOWN


def test_without_data_nothing_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    inside = Server(40.0)
    assert run(monkeypatch, inside, Server(50.0), left=10_000).status is Status.UNKNOWN
    assert inside.plans == []


def test_a_name_that_is_not_found_is_unknown() -> None:
    wanted = options(inside={"kind": "iperf3", "at": "speed.corp:5201"})
    net = FakeNet(names={"speed.corp": NameUnknown(Where(host="speed.corp"))})
    assert asyncio.run(run_check(check, wanted, net=net)).status is Status.UNKNOWN


@pytest.mark.parametrize(
    "changes",
    [
        {"kept_plan_percent": 5.0},
        {"max_mb": 1.0},
        {"inside": {"kind": "ndt7", "url": "https://locate.example"}},
    ],
)
def test_terms_that_make_no_sense_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        options(**changes)


def test_the_data_are_stated_before_and_are_few_in_a_quick_run() -> None:
    assert check.cost_of(options(max_mb=30), quick=False).bytes == 30_000_000
    assert check.cost_of(options(max_mb=30), quick=True).bytes < 3_000_000


def test_the_least_that_may_be_set_is_enough_to_measure_with(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(monkeypatch, Server(40.0), Server(50.0), max_mb=1.2)
    assert result.status is Status.PASS


def test_a_server_with_addresses_on_both_sides_of_the_tunnel_is_on_neither(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    both = {INSIDE: (INSIDE, "10.20.1.13"), OUTSIDE: (OUTSIDE,)}
    inside = Server(40.0)
    more: dict[str, str | None] = {"10.20.1.13": DOWN}
    result = run(monkeypatch, inside, Server(50.0), names=both, more=more)
    assert (result.status, inside.plans) == (Status.UNKNOWN, [])
    result = run(monkeypatch, Server(40.0), Server(50.0), names=both, more={"10.20.1.13": None})
    assert result.status is Status.PASS  # no way leads to it at all


WEB: dict[str, Any] = {
    "kind": "http",
    "download_url": f"http://{OUTSIDE}/",
    "upload_url": f"http://{OUTSIDE}/",
}


def test_through_a_proxy_nothing_is_measured_for_its_way_is_another(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, proxies = Server(40.0), {f"http://{OUTSIDE}/": "http://10.20.0.3:3128"}
    result = run(monkeypatch, inside, Server(50.0), outside=WEB, proxies=proxies)
    assert (result.status, inside.plans) == (Status.UNKNOWN, [])
    assert "proxy" in result.reason
    assert run(monkeypatch, Server(40.0), Server(50.0), outside=WEB).status is Status.PASS


def test_every_host_of_a_server_has_to_lie_on_its_side(monkeypatch: pytest.MonkeyPatch) -> None:
    web = WEB | {"upload_url": "http://192.0.2.8/"}
    inside = Server(40.0)
    more: dict[str, str | None] = {"192.0.2.8": UP}
    assert run(monkeypatch, inside, Server(50.0), outside=web, more=more).status is Status.UNKNOWN
    assert inside.plans == []


def test_the_usual_data_let_iperf3_settle_at_the_rate_that_is_enough() -> None:
    usual = options()
    each_way = most_bytes(usual, quick=False) // TURNS // 2
    seconds = each_way * 0.7 * 8 / (usual.enough_mbps * 1e6)
    assert seconds > SETTLED_S
