import asyncio
from typing import Any

import pytest

from readycheck.errors import Closed
from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import Interface, NotTold, Route
from readycheck.testing import FakeNet, FakeSystem, NoRoute, Where, run_check
from readycheck_checks.gateway import GatewayOptions, check
from tests.checks.connection_listeners import LOOPBACK, closed_port, real_world, silent_tcp, tcp_listener

GATEWAY = "192.168.1.1"


def result(options: GatewayOptions | None = None, **world: Any) -> CheckResult:
    return asyncio.run(run_check(check, options or GatewayOptions(), **world))


def test_a_gateway_that_accepts_a_connection_answers() -> None:
    with tcp_listener() as port:
        outcome = result(GatewayOptions(host=LOOPBACK, ports=(port,)), **real_world())
    assert outcome.status is Status.PASS
    assert outcome.measurements[0].name == "gateway_rtt"


def test_a_refusal_is_an_answer() -> None:
    outcome = result(GatewayOptions(host=LOOPBACK, ports=(closed_port(),)), **real_world())
    assert outcome.status is Status.PASS


def test_silence_of_a_real_port_alone_is_unknown() -> None:
    with silent_tcp() as port:
        options = GatewayOptions(host=LOOPBACK, ports=(port,), wait_s=0.5)
        outcome = result(options, **real_world(), system=FakeSystem())
    assert (outcome.status, outcome.findings[0].code) == (Status.UNKNOWN, "connection.gateway_not_proved")


def test_a_silent_gateway_that_answers_on_the_link_is_there() -> None:
    outcome = result(system=FakeSystem(neighbours={GATEWAY: True}), net=FakeNet())
    assert outcome.status is Status.PASS


def test_a_silent_gateway_that_nobody_answers_for_on_the_link_is_a_home_matter() -> None:
    outcome = result(system=FakeSystem(neighbours={GATEWAY: False}), net=FakeNet())
    assert (outcome.status, outcome.findings[0].code) == (Status.FAIL, "connection.gateway_silent")
    assert outcome.findings[0].either == (Owner.HOME, Owner.DEVICE)


def test_host_unreachable_alone_proves_nothing_because_the_gateway_itself_may_say_it() -> None:
    ports = {(GATEWAY, port): NoRoute(Where(host=GATEWAY)) for port in (53, 80, 443)}
    assert result(net=FakeNet(ports=ports), system=FakeSystem()).status is Status.UNKNOWN


def test_an_answer_counts_more_than_a_neighbour_table_that_lags_behind() -> None:
    outcome = result(net=FakeNet(ports={(GATEWAY, 80): 2.0}), system=FakeSystem(neighbours={GATEWAY: False}))
    assert outcome.status is Status.PASS


def test_a_point_to_point_link_has_no_gateway_to_ask() -> None:
    assert result(system=FakeSystem(route=Route(interface="wwan0", gateway=""))).status is Status.SKIP


def test_a_system_that_does_not_tell_its_route_is_unknown() -> None:
    assert result(system=FakeSystem(route=NotTold("no permission"))).status is Status.UNKNOWN


TUNNEL_ROUTE = Route(interface="tun0", gateway="10.8.0.1")


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("tunnel", "connection.gateway_behind_vpn"),
        ("unknown", "connection.gateway_behind_vpn"),
        ("wired", "connection.gateway_answers"),
    ],
)
def test_the_far_end_of_a_vpn_is_not_asked_as_the_router_of_this_network(kind: str, code: str) -> None:
    there = Interface(name="tun0", kind=kind, up=True, addresses=("10.8.0.2",), mtu=1400)
    net = FakeNet(ports={("10.8.0.1", 80): 20.0}, sources={"10.8.0.1": "10.8.0.2"})
    outcome = result(net=net, system=FakeSystem(network=(there,), route=TUNNEL_ROUTE))
    assert outcome.findings[0].code == code


def test_a_router_that_the_profile_names_is_asked_all_the_same() -> None:
    there = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
    outcome = result(
        GatewayOptions(host=GATEWAY),
        net=FakeNet(ports={(GATEWAY, 80): 2.0}),
        system=FakeSystem(network=(there,), route=TUNNEL_ROUTE),
    )
    assert outcome.status is Status.PASS


GATEWAY6 = "fe80::1%wlan0"
ROUTE6 = Route(interface="wlan0", gateway="fe80::1")


def test_a_gateway_of_ipv4_that_nobody_has_says_nothing_of_ipv6() -> None:
    system = FakeSystem(neighbours={GATEWAY: False}, route6=ROUTE6)
    outcome = result(system=system, net=FakeNet(ports={(GATEWAY6, 80): 2.0}))
    assert (outcome.status, outcome.findings[0].code) == (Status.WARN, "connection.gateway_silent")
    assert outcome.findings[0].either == (Owner.HOME, Owner.DEVICE)
    assert "IPv4" in outcome.summary and "answers over IPv6" in outcome.summary


def test_a_gateway_of_ipv6_that_keeps_silent_leaves_open_whether_anything_leads_out() -> None:
    outcome = result(system=FakeSystem(neighbours={GATEWAY: False}, route6=ROUTE6), net=FakeNet())
    assert (outcome.status, outcome.findings[0].code) == (Status.WARN, "connection.gateway_silent")
    assert "nothing leads out" not in outcome.summary


def test_gateways_of_both_versions_that_nobody_has_are_a_router_that_is_gone() -> None:
    system = FakeSystem(neighbours={GATEWAY: False, GATEWAY6: False}, route6=ROUTE6)
    assert result(system=system, net=FakeNet()).status is Status.FAIL


def test_a_router_that_answers_over_one_version_and_is_silent_over_the_other_is_there() -> None:
    outcome = result(system=FakeSystem(route6=ROUTE6), net=FakeNet(ports={(GATEWAY6, 80): 2.0}))
    assert outcome.status is Status.PASS


def test_beside_a_way_into_a_vpn_the_router_of_the_other_version_is_asked_for_itself() -> None:
    there = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
    wifi = Interface(name="wlan0", kind="wifi", up=True, addresses=("2001:db8::2",), mtu=1500)
    system = FakeSystem(
        network=(there, wifi), route=TUNNEL_ROUTE, neighbours={GATEWAY6: False}, route6=ROUTE6
    )
    outcome = result(system=system, net=FakeNet())
    assert (outcome.status, outcome.findings[0].code) == (Status.WARN, "connection.gateway_silent")


def test_an_address_that_this_computer_cannot_use_is_no_answer_of_the_router() -> None:
    ports = {(GATEWAY, port): Closed(Where(host=GATEWAY), "Invalid argument") for port in (53, 80, 443)}
    assert result(net=FakeNet(ports=ports), system=FakeSystem()).status is Status.UNKNOWN
