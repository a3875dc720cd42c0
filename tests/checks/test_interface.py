import asyncio
import sys

import pytest

from readycheck.adapters.children import RealChildren
from readycheck.adapters.net import RealNet
from readycheck.adapters.system import real_system
from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import Interface, Meter, NotTold, Route
from readycheck.privacy import Privacy
from readycheck.testing import FakeNet, FakeSystem, run_check
from readycheck_checks.interface import InterfaceOptions, check

TARGET = InterfaceOptions().target


def card(
    name: str = "wlan0", kind: str = "wifi", *, up: bool = True, addresses: tuple[str, ...] = ()
) -> Interface:
    return Interface(name=name, kind=kind, up=up, addresses=addresses, mtu=1500, speed_mbps=433)


def result(
    network: tuple[Interface, ...] | None, source: str | None, route: Route | NotTold | None
) -> CheckResult:
    system, net = FakeSystem(network=network, route=route), FakeNet(sources={TARGET: source})
    return asyncio.run(run_check(check, system=system, net=net))


def code(outcome: CheckResult) -> str:
    return outcome.findings[0].code


def test_the_interface_that_the_kernel_would_use_is_named() -> None:
    outcome = result(
        (card(addresses=("192.168.1.23",)),), "192.168.1.23", Route(interface="wlan0", gateway="")
    )
    assert outcome.status is Status.PASS
    assert "Wi-Fi (wlan0, 433 Mbit/s)" in outcome.summary


def test_a_full_tunnel_is_named_and_not_the_cable_below_it() -> None:
    network = (
        card("eth0", "wired", addresses=("192.168.1.5",)),
        card("tun0", "tunnel", addresses=("10.8.0.2",)),
    )
    outcome = result(network, "10.8.0.2", Route(interface="eth0", gateway="192.168.1.1"))
    assert "VPN tunnel (tun0" in outcome.summary


def test_an_ipv6_only_network_counts_although_the_ipv4_target_has_no_route() -> None:
    network = (card(addresses=("2001:db8::23", "fe80::1")),)
    assert result(network, None, Route(interface="wlan0", gateway="fe80::1%wlan0")).status is Status.PASS


def test_without_a_list_of_interfaces_no_router_is_said_to_have_given_no_address() -> None:
    outcome = result(None, None, None)
    assert (outcome.status, code(outcome)) == (Status.FAIL, "connection.no_route")
    assert "router" not in outcome.summary and "knows no way out" in outcome.summary


def test_nothing_up_but_loopback_is_not_connected_and_the_device_owner_mends_it() -> None:
    network = (card("lo", "loopback", addresses=("127.0.0.1",)), card(up=False))
    outcome = result(network, None, None)
    assert (outcome.status, code(outcome)) == (Status.FAIL, "connection.not_connected")
    assert outcome.findings[0].owner is Owner.DEVICE


def test_idle_tunnels_and_virtual_bridges_do_not_count_as_a_network() -> None:
    network = (
        card("utun0", "tunnel", addresses=("fe80::2",)),
        card("docker0", "virtual", addresses=("172.17.0.1",)),
    )
    assert code(result(network, None, None)) == "connection.not_connected"


@pytest.mark.parametrize("addresses", [(), ("169.254.7.9",), ("fe80::5",)])
def test_an_interface_with_only_a_self_given_address_has_no_route(addresses: tuple[str, ...]) -> None:
    outcome = result((card(addresses=addresses),), addresses[0] if addresses else None, None)
    assert (outcome.status, code(outcome)) == (Status.FAIL, "connection.no_route")
    assert outcome.findings[0].either == (Owner.HOME, Owner.DEVICE)
    assert "gave it no address" in outcome.summary


def test_an_address_without_a_way_out_says_so() -> None:
    outcome = result((card(addresses=("192.168.1.23",)),), None, None)
    assert code(outcome) == "connection.no_route"
    assert "no way out" in outcome.summary


def test_a_system_that_tells_neither_route_nor_source_is_unknown() -> None:
    outcome = result((card(addresses=("192.168.1.23",)),), None, NotTold("no permission"))
    assert outcome.status is Status.UNKNOWN
    assert "no permission" in outcome.findings[0].detail


def test_without_an_interface_list_the_kernel_s_own_answer_decides() -> None:
    assert result(None, "192.168.1.23", NotTold("x")).status is Status.PASS
    assert result(None, None, None).status is Status.FAIL
    assert result(None, None, NotTold("x")).status is Status.UNKNOWN


def test_only_private_ipv4_addresses_are_public_facts_and_link_local_ones_are_left_out() -> None:
    addresses = ("192.168.1.23", "84.1.2.3", "fd00::1", "fe80::1ff:fe23:4567")
    outcome = result((card(addresses=addresses),), "192.168.1.23", None)
    shown = {fact.value: fact.privacy for fact in outcome.facts if fact.name == "address"}
    assert shown == {
        "192.168.1.23": Privacy.PUBLIC,
        "84.1.2.3": Privacy.ADDRESS,
        "fd00::1": Privacy.ADDRESS,
    }


@pytest.mark.skipif(sys.platform != "linux", reason="loopback is the only network every Linux machine has")
def test_a_loopback_target_is_reached_through_loopback_on_this_machine() -> None:
    world = {"net": RealNet(Meter()), "system": real_system(RealChildren().run)}
    outcome = asyncio.run(run_check(check, InterfaceOptions(target="127.0.0.1"), **world))
    assert outcome.status is Status.PASS
    assert [fact.value for fact in outcome.facts if fact.name == "interface_kind"] == ["loopback"]


@pytest.mark.parametrize(
    ("speed", "duplex", "status", "words"),
    [
        (1000, "full", Status.PASS, "1000 Mbit/s)"),
        (100, "full", Status.PASS, "ten times as much"),
        (10, "full", Status.WARN, "10 Mbit/s"),
        (100, "half", Status.WARN, "half duplex"),
        (0, "", Status.PASS, "(eth0)"),
    ],
)
def test_a_cable_far_below_what_cables_carry_is_a_warning(
    speed: int, duplex: str, status: Status, words: str
) -> None:
    cable = Interface(
        name="eth0",
        kind="wired",
        up=True,
        addresses=("192.168.1.23",),
        mtu=1500,
        speed_mbps=speed,
        duplex=duplex,
    )
    outcome = result((cable,), "192.168.1.23", None)
    assert outcome.status is status
    assert words in outcome.summary


def test_a_target_that_is_a_name_is_a_mistake_in_the_profile() -> None:
    with pytest.raises(ValueError, match=r'"www\.example\.org": write an address'):
        InterfaceOptions(target="www.example.org")
