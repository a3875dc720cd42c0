"""Address translation as facts of call_path: its kind, whom it lets in, whether there is a second one."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from readycheck.api import Hop, HopKind, Meter, NotTold, Privacy
from readycheck.measure.nat.double import Second
from readycheck.measure.packets import stun
from readycheck.model import Fact
from readycheck.testing import FakeNet, fake_context
from readycheck_checks.calls.addresses import BYTES, second_nat, translation
from readycheck_checks.calls.probes import StunReply
from tests.checks.stun_servers import server, success
from tests.unit.measure.loopback import udp_listener
from tests.unit.measure.nat.rfc5780 import World, has_second_loopback, stun_server

HOME, PC, PUBLIC = "192.168.1.1", "192.168.1.10", "203.0.113.1"
OUTSIDE = "198.51.100.7"
needs_second_address = pytest.mark.skipif(
    not has_second_loopback(), reason="second loopback address: this system has none"
)


def reply(port: int) -> StunReply:
    """As a server on loopback answered."""
    message = stun.parse(success(stun.binding_request(bytes(12))))
    return StunReply(target="stun.example:3478", address="127.0.0.1", port=port, rtt_ms=1.0, message=message)


def told(*replies: StunReply) -> dict[str, Fact]:
    meter = Meter()
    net = FakeNet(sources={"127.0.0.1": "127.0.0.1"})
    facts = asyncio.run(translation(replies, fake_context(net=net, meter=meter)))
    assert net.probed == []  # nothing of a home router's private addresses is in sight
    assert not facts or 0 < meter.used < BYTES
    return {each.name: each for each in facts}


@needs_second_address
def test_a_server_with_two_addresses_tells_the_kind_and_whom_it_lets_in() -> None:
    with stun_server(World(maps=lambda client, place: (OUTSIDE, client[1]))) as one:
        facts = told(reply(one.first[1]))
    values = {name: each.value for name, each in facts.items()}
    assert values == {
        "nat_mapping": "the same towards every server",
        "nat_kind": "full cone",
        "nat_filtering": "everybody",
        "mapped_address": OUTSIDE,
    }
    assert facts["mapped_address"].privacy is Privacy.ADDRESS


def test_two_plain_servers_tell_the_mapping_only() -> None:
    with udp_listener(server()) as one, udp_listener(server()) as two:
        facts = told(reply(one), reply(two))
    assert {name: each.value for name, each in facts.items()} == {
        "nat_mapping": "no address translation",
        "mapped_address": "127.0.0.1",
    }


def test_two_plain_servers_that_see_different_addresses_are_enough_to_call_it_symmetric() -> None:
    def moved(by: int) -> Callable[[bytes, tuple[str, int]], bytes]:
        return lambda data, address: success(data, (OUTSIDE, address[1] + by))

    with udp_listener(moved(1)) as one, udp_listener(moved(2)) as two:
        facts = told(reply(one), reply(two))
    assert facts["nat_kind"].value == "symmetric"
    assert "nat_filtering" not in facts


@needs_second_address
def test_a_second_address_that_is_not_there_is_no_reason_to_know_nothing() -> None:
    with stun_server(World(elsewhere=False)) as one, udp_listener(server()) as two:
        one.world.deaf = {one.other, (one.other[0], one.first[1])}
        facts = told(reply(one.first[1]), reply(two))
    assert set(facts) == {"nat_mapping", "mapped_address"}
    assert facts["nat_mapping"].value == "no address translation"


def test_servers_that_answered_over_ipv6_are_asked_over_ipv4_where_addresses_are_translated() -> None:
    def over_ipv6(port: int) -> StunReply:
        return replace(reply(port), address="2001:db8::1")

    net = FakeNet(names={"stun.example": ("2001:db8::1", "127.0.0.1")}, sources={"127.0.0.1": "127.0.0.1"})
    with udp_listener(server()) as one, udp_listener(server()) as two:
        facts = asyncio.run(translation([over_ipv6(one), over_ipv6(two)], fake_context(net=net)))
    assert facts[0].title == "Address translation"
    assert facts[-1].value == "127.0.0.1"


def test_one_plain_server_tells_nothing() -> None:
    with udp_listener(server()) as one:
        assert told(reply(one)) == {}


@pytest.mark.parametrize(
    ("hops", "second"),
    [
        ((HOME, PUBLIC), Second.NO),
        ((HOME, "192.168.178.1"), Second.LIKELY),
        ((HOME, "100.64.0.1"), Second.PROVIDER),
        ((HOME, None, None), Second.UNKNOWN),
        ((HOME, Hop(kind=HopKind.PROHIBITED, address="10.0.0.1")), Second.UNKNOWN),
        (NotTold("no permission"), Second.UNKNOWN),
    ],
)
def test_the_routers_on_the_way_tell_of_a_second_translation(
    hops: tuple[str | Hop | None, ...] | NotTold, second: Second
) -> None:
    net = FakeNet(hops={("udp", "127.0.0.1", 3478): hops})
    assert asyncio.run(second_nat(("127.0.0.1", 3478), PC, fake_context(net=net))) is second
