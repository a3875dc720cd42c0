import asyncio
from dataclasses import replace
from typing import Any

import msgspec
import pytest

from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import CommandAnswer, Interface, Route
from readycheck.testing import FakeChildren, FakeNet, FakeSystem, run_check
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


@pytest.mark.parametrize(("near", "stays"), [("10.20.0.50", True), ("10.20.1.50", False), (None, False)])
def test_a_network_with_the_companys_addresses_keeps_its_traffic_here_whatever_the_vpn_does(
    near: str | None, stays: bool
) -> None:
    home = replace(WIFI, addresses=("10.20.0.50", "10.20.1.50"))
    finding = ask(near, interfaces=(home, TUNNEL)).findings[0]
    assert (finding.either == (Owner.HOME, Owner.COMPANY)) is stays
    assert ("has the same addresses as the company's" in finding.summary) is stays
    assert ("another network" in finding.remedy) is stays


def test_without_a_vpn_a_network_with_the_companys_addresses_is_a_vpn_that_is_not_connected() -> None:
    home = replace(WIFI, addresses=("10.20.0.50",))
    assert ask("10.20.0.50", interfaces=(home,)).findings[0].code == "vpn.not_connected"


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


# ---- What goes through it ----

RELAY, INSIDE6 = "52.112.0.1", "2606:4700:4700::1111"
HOME6 = "2a00:77:1::23"
FULL = {INSIDE: "10.8.0.2", OUTSIDE: "10.8.0.2", RELAY: "10.8.0.2", INSIDE6: None}
SPLIT = FULL | {OUTSIDE: "192.168.1.23", RELAY: "192.168.1.23"}
MEDIA = FULL | {RELAY: "192.168.1.23"}
IPV6_PAST = FULL | {INSIDE6: HOME6}


def carries(sources: dict[str, str | None], expect: str, media: tuple[str, ...] = (RELAY,)) -> CheckResult:
    wifi = replace(WIFI, addresses=(*WIFI.addresses, HOME6))
    options = TunnelOptions(inside=INSIDE, expect=expect, media=media)  # type: ignore[arg-type]
    system = FakeSystem(network=(wifi, TUNNEL))
    return asyncio.run(run_check(check, options, net=FakeNet(sources=dict(sources)), system=system))


@pytest.mark.parametrize(
    ("sources", "expect", "code"),
    [
        (FULL, "tunnel", "vpn.connected"),
        (FULL, "full", "vpn.connected"),
        (FULL, "split", "vpn.not_split"),
        (FULL, "media_direct", "vpn.media_inside"),
        (SPLIT, "tunnel", "vpn.connected"),
        (SPLIT, "full", "vpn.not_full"),
        (SPLIT, "split", "vpn.connected"),
        (SPLIT, "media_direct", "vpn.not_full"),
        (MEDIA, "tunnel", "vpn.connected"),
        (MEDIA, "full", "vpn.not_full"),
        (MEDIA, "split", "vpn.not_split"),
        (MEDIA, "media_direct", "vpn.connected"),
        (IPV6_PAST, "full", "vpn.not_full"),
        (IPV6_PAST, "media_direct", "vpn.not_full"),
        (IPV6_PAST, "tunnel", "vpn.connected"),
        (FULL | {OUTSIDE: None}, "full", "vpn.connected"),
        (SPLIT, "any", "vpn.connected"),
    ],
)
def test_what_goes_through_is_held_against_what_the_profile_wants(
    sources: dict[str, str | None], expect: str, code: str
) -> None:
    result = carries(sources, expect)
    assert result.findings[0].code == code
    assert result.status is (Status.PASS if code == "vpn.connected" else Status.WARN)
    if result.status is Status.WARN:
        assert result.findings[0].either == (Owner.COMPANY, Owner.DEVICE)


def test_a_media_exception_needs_every_relay_past_the_tunnel_and_one_at_least() -> None:
    assert "media exception" in carries(MEDIA, "tunnel").summary
    assert "media exception" not in carries(MEDIA, "tunnel", media=(RELAY, OUTSIDE)).summary
    assert "media exception" not in carries(MEDIA, "tunnel", media=()).summary
    assert carries(FULL, "media_direct", media=()).status is Status.PASS


def test_ipv6_beside_a_full_tunnel_is_said() -> None:
    assert "IPv6 goes past it" in carries(IPV6_PAST, "tunnel").summary
    assert "IPv6" not in carries(FULL, "tunnel").summary


def test_an_ipv6_address_of_the_own_site_leads_nowhere_and_so_not_past_the_tunnel() -> None:
    wifi = replace(WIFI, addresses=(*WIFI.addresses, "fd12:3456::23"))
    options = TunnelOptions(inside=INSIDE, expect="full")
    net = FakeNet(sources=FULL | {INSIDE6: "fd12:3456::23"})
    result = asyncio.run(run_check(check, options, net=net, system=FakeSystem(network=(wifi, TUNNEL))))
    assert (result.status, "IPv6" in result.summary) == (Status.PASS, False)


class SlowSystem(FakeSystem):
    """Each of three questions is answered only while the two others are being asked as well."""

    def __init__(self) -> None:
        super().__init__(network=(WIFI, TUNNEL))
        self.asked = asyncio.Barrier(3)

    async def interfaces(self) -> tuple[Interface, ...] | None:
        await self.asked.wait()
        return await super().interfaces()

    async def default_route(self) -> Route | None:
        await self.asked.wait()
        return await super().default_route()

    async def dns_servers(self) -> tuple[str, ...] | None:
        await self.asked.wait()
        return await super().dns_servers()


def test_what_takes_seconds_on_windows_is_asked_at_the_same_moment() -> None:
    """Programs of the system are started for them, one of which may take twelve seconds when it is cold."""

    async def asked() -> CheckResult:
        options, net = TunnelOptions(inside=INSIDE), FakeNet(sources=dict(SPLIT))
        async with asyncio.timeout(5):
            return await run_check(check, options, net=net, system=SlowSystem())

    assert asyncio.run(asked()).status is Status.PASS
    assert check.timeout >= 12 + 6


def test_an_ipsec_without_interface_is_unknown_until_the_profile_knows_its_addresses() -> None:
    wifi = replace(WIFI, addresses=(*WIFI.addresses, "10.9.0.7"))
    near = {"192.168.1.1": "192.168.1.23"}
    net = FakeNet(sources={INSIDE: "10.9.0.7", OUTSIDE: "192.168.1.23", INSIDE6: None, **near})

    def told(**options: Any) -> CheckResult:
        wanted = TunnelOptions(inside=INSIDE, **options)
        return asyncio.run(run_check(check, wanted, net=net, system=FakeSystem(network=(wifi,))))

    assert told().status is Status.UNKNOWN and "IPsec" in told().reason
    assert told(addresses=("10.9.0.0/24",)).status is Status.PASS
    assert told(addresses=("10.10.0.0/24",)).status is Status.UNKNOWN
    assert told(expect="any").status is Status.SKIP


def test_which_name_servers_are_asked_through_the_tunnel_is_a_fact() -> None:
    net = FakeNet(sources=SPLIT | {"10.20.0.53": "10.8.0.2", "192.168.1.1": "192.168.1.23"})
    system = FakeSystem(network=(WIFI, TUNNEL), resolvers=("10.20.0.53", "192.168.1.1", "127.0.0.53", "odd"))
    result = asyncio.run(run_check(check, TunnelOptions(inside=INSIDE), net=net, system=system))
    told = {fact.name: fact.value for fact in result.facts}["vpn_name_servers"]
    assert told == (
        "10.20.0.53 (through the tunnel), 192.168.1.1 (past the tunnel), 127.0.0.53 (this computer itself)"
    )


@pytest.mark.parametrize(
    ("printed", "code", "age"),
    [
        (b"KEY=\t1795424700\nOTHER=\t1795424000\n", 0, "540"),
        (b"KEY=\t0\n", 0, None),
        (b"", 1, None),
        (b"nonsense \xff\n\n1 2 3", 0, None),
    ],
)
def test_the_age_of_the_last_handshake_is_told_where_the_system_tells_it(
    printed: bytes, code: int, age: str | None
) -> None:
    wireguard = replace(TUNNEL, name="wg0")
    children = FakeChildren(commands={"wg": CommandAnswer(code=code, stdout=printed, stderr=b"")})
    system, net = FakeSystem(network=(WIFI, wireguard)), FakeNet(sources=dict(SPLIT))
    result = asyncio.run(
        run_check(check, TunnelOptions(inside=INSIDE), net=net, system=system, children=children)
    )
    assert {fact.name: fact.value for fact in result.facts}.get("vpn_handshake_age") == age
