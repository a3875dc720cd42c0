"""Following a flow hop by hop: what is asked, what is asked again, and when nobody is asked at all."""

import asyncio
from typing import Any

import pytest

from readycheck.api import Hop, HopKind, Interface, Meter, NameUnknown, NotTold
from readycheck.errors import Where
from readycheck.testing import FakeClock, FakeNet, FakeSystem, fake_context
from readycheck_checks.blame.ending import Ending, Flow, Place
from readycheck_checks.blame.way_out import seen, where_it_ends

VPN, WEB = "198.51.100.9", "203.0.113.80"
HOME, ISP, ISP2, FAR = "192.168.1.1", "100.64.0.1", "203.0.113.1", "203.0.113.5"
OPENVPN, HTTPS = Flow("udp", VPN, 1194, b"reset"), Flow("tcp", WEB, 443)
CONTROL = (HOME, ISP, ISP2, FAR)


class LaterNet(FakeNet):
    """Hops that answer only when they are asked for the second time."""

    async def hop(self, host: str, port: int, **words: Any) -> Hop:
        first = (words["protocol"], host, port, words["ttl"]) not in self.probed
        told = await super().hop(host, port, **words)
        return Hop(kind=HopKind.SILENT) if first else told


def follow(
    net: FakeNet, silent: Flow = OPENVPN, control: Flow | None = HTTPS, **world: Any
) -> tuple[Ending, FakeClock]:
    clock = FakeClock()
    ctx = fake_context(net=net, clock=clock, **world)
    return asyncio.run(where_it_ends(ctx, silent, control)), clock


def lan(*vpn: str | Hop | None) -> dict[tuple[str, str, int], Any]:
    return {("udp", VPN, 1194): vpn, ("tcp", WEB, 443): CONTROL}


def test_a_port_that_the_home_router_drops_is_told_from_one_that_it_passes() -> None:
    assert follow(FakeNet(hops=lan(HOME)))[0].places == (Place.ROUTER,)
    assert follow(FakeNet(hops=lan(HOME, ISP)))[0].places == (Place.BEYOND, Place.PROVIDER)


def test_each_router_hears_the_silent_flow_first() -> None:
    net = FakeNet(hops=lan(HOME))
    follow(net)
    assert net.probed[:4] == [
        ("udp", VPN, 1194, 1),
        ("tcp", WEB, 443, 1),
        ("udp", VPN, 1194, 2),
        ("tcp", WEB, 443, 2),
    ]


def test_only_hops_that_stayed_silent_are_asked_once_more_a_second_later() -> None:
    net = FakeNet(hops=lan(HOME))
    _, clock = follow(net)
    assert [ttl for protocol, _, _, ttl in net.probed if protocol == "udp"] == [1, 2, 3, 4, 2, 3, 4]
    assert clock.seconds == pytest.approx(1.1)


def test_a_flow_that_everybody_answers_for_or_somebody_turns_away_is_not_asked_again() -> None:
    forbids = Hop(kind=HopKind.PROHIBITED, address=HOME)
    for hops in (lan(HOME, ISP, ISP2, FAR), lan(HOME, forbids, forbids)):
        net = FakeNet(hops=hops)
        follow(net)
        assert len(net.probed) == 8


def test_an_answer_lost_at_first_counts_when_it_comes_later() -> None:
    assert follow(LaterNet(hops=lan(HOME, ISP)))[0].places == (Place.BEYOND, Place.PROVIDER)


def test_without_a_control_only_answers_count() -> None:
    assert follow(FakeNet(hops=lan(HOME)), control=None)[0].places == (
        Place.ROUTER,
        Place.PROVIDER,
        Place.BEYOND,
    )


def test_a_control_that_leaves_by_another_way_is_none() -> None:
    net = FakeNet(hops=lan(HOME), sources={WEB: "10.9.0.2"})
    assert follow(net)[0].places == (Place.ROUTER, Place.PROVIDER, Place.BEYOND)
    assert {host for _, host, _, _ in net.probed} == {VPN}


def test_names_are_looked_up_and_ipv4_is_followed_where_there_is_one() -> None:
    names: Any = {"vpn.example": ("2001:db8::9", VPN), "www.example": (WEB, "2001:db8::80")}
    net = FakeNet(names=names, hops=lan(HOME))
    told, _ = follow(net, Flow("udp", "vpn.example", 1194), Flow("tcp", "www.example", 443))
    assert told.places == (Place.ROUTER,)


def test_a_name_that_is_not_known_any_more_tells_nothing() -> None:
    names: Any = {"vpn.example": NameUnknown(Where(host="vpn.example"))}
    net = FakeNet(names=names)
    assert follow(net, Flow("udp", "vpn.example", 1194), None)[0].places == ()
    assert net.probed == []


@pytest.mark.parametrize("address", ["192.168.1.20", "10.20.0.10", "fd00::1"])
def test_a_target_in_a_private_network_is_not_followed(address: str) -> None:
    net = FakeNet()
    assert follow(net, Flow("udp", address, 1194))[0].places == ()
    assert net.probed == []


def test_to_a_target_on_this_computer_no_router_stands_between() -> None:
    net = FakeNet()
    assert follow(net, Flow("udp", "127.0.0.1", 1194))[0].places == (Place.TARGET,)
    assert net.probed == []


def test_through_a_tunnel_the_first_router_is_not_the_homes() -> None:
    tunnel = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
    net = FakeNet(sources={VPN: "10.8.0.2"}, hops=lan(HOME))
    told, _ = follow(net, system=FakeSystem(network=(tunnel,)))
    assert (told.places, net.probed) == ((), [])
    assert "VPN" in told.sentence


def test_where_the_system_does_not_tell_nothing_is_told() -> None:
    told, clock = follow(FakeNet(hops={("udp", VPN, 1194): NotTold("only Linux tells")}))
    assert (told.places, told.sentence, clock.seconds) == ((), "only Linux tells", 0.0)


def test_without_data_left_nobody_is_asked() -> None:
    net = FakeNet(hops=lan(HOME))
    told, _ = follow(net, meter=Meter(limit=10_000, used=9_000))
    assert (told.places, net.probed) == ((), [])


def test_what_was_seen_is_a_fact_without_any_address() -> None:
    assert seen(Ending(sentence="no")) == []
    (fact,) = seen(Ending(places=(Place.ROUTER, Place.PROVIDER)))
    assert (fact.name, fact.value) == ("ends_at", "the home router or the internet provider")
