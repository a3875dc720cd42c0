import asyncio
from typing import Any

import pytest

from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import Interface, NotTold, Route, WifiLink
from readycheck.privacy import Privacy
from readycheck.testing import FakeNet, FakeSystem, run_check
from readycheck_checks.wifi import ANYWHERE, Signal, WifiOptions, check

LIMITS = WifiOptions(signal=Signal(plan=-67, weak=-75, source="somebody", checked="2026-11-21"))
HERE = "192.168.1.23"
RADIO = Interface(name="wlan0", kind="wifi", up=True, addresses=(HERE,), mtu=1500)
CABLE = Interface(name="eth0", kind="wired", up=True, addresses=(HERE,), mtu=1500)


def result(
    radios: tuple[WifiLink, ...] | NotTold,
    options: WifiOptions = LIMITS,
    network: tuple[Interface, ...] = (RADIO,),
    source: str = HERE,
    **system: Any,
) -> CheckResult:
    told = FakeSystem(network=network, radios=radios, **system)
    return asyncio.run(run_check(check, options, system=told, net=FakeNet(sources={ANYWHERE: source})))


def link(dbm: float | None = -52, **more: Any) -> WifiLink:
    return WifiLink(interface="wlan0", signal_dbm=dbm, **more)


@pytest.mark.parametrize(
    ("dbm", "status", "code"),
    [
        (-52, Status.PASS, "connection.wifi"),
        (-70, Status.PASS, "connection.wifi"),
        (-80, Status.WARN, "connection.wifi_weak"),
        (None, Status.UNKNOWN, "connection.wifi_not_told"),
    ],
)
def test_only_a_weak_signal_is_a_warning(dbm: float | None, status: Status, code: str) -> None:
    outcome = result((link(dbm),))
    assert (outcome.status, outcome.findings[0].code) == (status, code)


def test_a_weak_signal_is_the_homes_and_in_the_slow_band_the_other_one_is_advised() -> None:
    outcome = result((link(-80, band_ghz=2.4),))
    assert outcome.findings[0].owner is Owner.HOME
    assert "5 GHz" in outcome.findings[0].remedy


def test_without_limits_the_signal_is_told_and_not_judged() -> None:
    outcome = result((link(-92),), WifiOptions())
    assert (outcome.status, outcome.findings[0].code) == (Status.SKIP, "connection.wifi_unjudged")
    assert "-92 dBm" in outcome.findings[0].summary
    assert outcome.measurements[0].plan_limit is None


def test_the_name_of_the_network_is_in_a_personal_fact_and_in_no_sentence() -> None:
    outcome = result((link(-80, network="Annas Home"),))
    assert [each.privacy for each in outcome.facts if each.value == "Annas Home"] == [Privacy.WIFI]
    assert "Annas" not in outcome.findings[0].summary + outcome.findings[0].detail


def test_a_cable_in_use_makes_the_radio_beside_it_no_matter() -> None:
    outcome = result((link(-80),), network=(CABLE,))
    assert (outcome.status, outcome.findings[0].code) == (Status.SKIP, "connection.not_wifi")


def test_under_a_vpn_the_radio_beneath_it_is_judged() -> None:
    tunnel = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
    route = Route(interface="wlan0", gateway="192.168.1.1")
    outcome = result((link(-80),), network=(RADIO, tunnel), source="10.8.0.2", route=route)
    assert outcome.status is Status.WARN


def test_a_refusal_of_the_system_is_unknown_with_its_reason() -> None:
    outcome = result(NotTold("only to programs that may use the location"))
    assert (outcome.status, outcome.findings[0].code) == (Status.UNKNOWN, "connection.wifi_not_told")
    assert "location" in outcome.findings[0].detail


def test_limits_the_wrong_way_round_are_refused() -> None:
    with pytest.raises(ValueError, match="plan must be above weak"):
        Signal(plan=-80, weak=-70, source="somebody", checked="2026-11-21")
