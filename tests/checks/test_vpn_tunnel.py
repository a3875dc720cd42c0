import asyncio
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import Interface
from readycheck.testing import FakeNet, FakeSystem, run_check
from readycheck_checks.vpn_tunnel import TunnelOptions, check
from tests.checks.connection_listeners import LOOPBACK, real_world

INSIDE, OUTSIDE = "10.20.0.10", "1.1.1.1"
WIFI = Interface(name="wlan0", kind="wifi", up=True, addresses=("192.168.1.23", "fe80::1%wlan0"), mtu=1500)
TUNNEL = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2", "fd00::2"), mtu=1400)


def ask(
    inside: str | None,
    outside: str | None = "192.168.1.23",
    interfaces: tuple[Interface, ...] | None = (WIFI, TUNNEL),
    **options: Any,
) -> CheckResult:
    net = FakeNet(sources={INSIDE: inside, OUTSIDE: outside})
    wanted = TunnelOptions(inside=INSIDE, **options)
    return asyncio.run(run_check(check, wanted, net=net, system=FakeSystem(network=interfaces)))


def test_a_split_tunnel_is_seen_with_its_name_and_mtu() -> None:
    result = ask("10.8.0.2")
    assert result.status is Status.PASS
    assert "tun0" in result.summary and "split tunnel" in result.summary
    assert {fact.name: fact.value for fact in result.facts}["vpn_tunnel_mtu"] == "1400"


def test_a_full_tunnel_is_told_from_a_split_one() -> None:
    assert "full tunnel" in ask("10.8.0.2", "10.8.0.2").summary


def test_without_a_route_outside_the_tunnel_still_counts() -> None:
    assert ask("10.8.0.2", None).status is Status.PASS


def test_company_traffic_that_would_leave_through_the_wifi_is_a_vpn_that_is_not_connected() -> None:
    result = ask("192.168.1.23", interfaces=(WIFI,), client="AnyConnect")
    assert (result.status, result.findings[0].code) == (Status.FAIL, "vpn.not_connected")
    assert result.findings[0].owner is Owner.DEVICE
    assert "wlan0" in result.summary
    assert result.findings[0].remedy == "Open AnyConnect, connect, and check again."


def test_the_steps_of_the_profile_are_the_remedy() -> None:
    steps = ("Open AnyConnect", "Choose vpn.example.com", "Press Connect")
    remedy = ask("192.168.1.23", interfaces=(WIFI,), steps=steps).findings[0].remedy
    assert remedy == "1. Open AnyConnect\n2. Choose vpn.example.com\n3. Press Connect"


def test_company_traffic_that_would_leave_past_a_tunnel_that_is_on_is_a_missing_route_or_another_vpn() -> (
    None
):
    finding = ask("192.168.1.23", client="AnyConnect").findings[0]
    assert (finding.code, finding.either) == ("vpn.route_missing", (Owner.COMPANY, Owner.DEVICE))
    assert "tun0" in finding.summary and "wlan0" in finding.summary
    assert "then connect AnyConnect" in finding.remedy and INSIDE in finding.remedy


@pytest.mark.parametrize(
    "changed", [{"up": False}, {"addresses": ("fe80::2%tun0",)}, {"kind": "virtual"}], ids=str
)
def test_a_tunnel_that_is_off_or_that_the_system_keeps_for_itself_is_none(changed: dict[str, Any]) -> None:
    interfaces = (WIFI, replace(TUNNEL, **changed))
    assert ask("192.168.1.23", interfaces=interfaces).findings[0].code == "vpn.not_connected"


def test_no_way_at_all_is_not_connected_either() -> None:
    assert ask(None, None).findings[0].code == "vpn.not_connected"


def test_where_no_tunnel_is_wanted_its_absence_is_no_fault() -> None:
    assert ask("192.168.1.23", expect="any").status is Status.SKIP


def test_interfaces_that_the_system_does_not_tell_are_unknown() -> None:
    assert ask("10.8.0.2", interfaces=None).status is Status.UNKNOWN


def test_a_source_address_of_no_known_interface_is_unknown() -> None:
    assert ask("172.16.9.9").status is Status.UNKNOWN


def test_addresses_are_compared_as_numbers_without_their_scope() -> None:
    result = ask("fe80:0:0:0:0:0:0:1", tunnel_kinds=("wifi",))
    assert result.status is Status.PASS


def test_loopback_stands_in_for_the_tunnel_where_the_profile_says_so() -> None:
    loopback = Interface(name="lo", kind="loopback", up=True, addresses=(LOOPBACK,), mtu=65536)
    options = TunnelOptions(inside=LOOPBACK, internet=LOOPBACK, tunnel_kinds=("loopback",))
    system = FakeSystem(network=(loopback,))
    result = asyncio.run(run_check(check, options, system=system, net=real_world()["net"]))
    assert result.status is Status.PASS


@pytest.mark.parametrize("inside", ["intranet.example", "", "10.0.0.0/8"])
def test_the_inside_must_be_a_literal_address(inside: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"inside": inside}, TunnelOptions)


def test_an_interface_of_unknown_kind_may_be_the_tunnel() -> None:
    strange = Interface(name="ext0", kind="unknown", up=True, addresses=("10.8.0.2",), mtu=1400)
    assert ask("10.8.0.2", interfaces=(WIFI, strange)).status is Status.UNKNOWN
