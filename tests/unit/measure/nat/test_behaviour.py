"""Kinds of address translation, as a server with two addresses sees them; and servers that cannot tell."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest

from readycheck.errors import NetError, NoRoute, Silent
from readycheck.measure.nat.asking import other_address
from readycheck.measure.nat.behaviour import (
    Behaviour,
    Filtering,
    Kind,
    Mapping,
    behaviour,
    compared,
)
from readycheck.measure.nat.mapping import Nat
from readycheck.measure.packets import stun
from tests.unit.measure.loopback import udp_listener
from tests.unit.measure.nat.rfc5780 import (
    FIRST_IP,
    OTHER_IP,
    Address,
    World,
    has_second_loopback,
    stun_server,
)

pytestmark = pytest.mark.skipif(
    not has_second_loopback(), reason="second loopback address: this system has none"
)
OUTSIDE = "198.51.100.7"
LetsIn = Callable[[set[Address], Address], bool]
Maps = Callable[[Address, Address], Address]


def same(client: Address, place: Address) -> Address:
    return OUTSIDE, client[1]


def by_address(client: Address, place: Address) -> Address:
    return OUTSIDE, 20_000 + int(place[0][-1])


def by_address_and_port(client: Address, place: Address) -> Address:
    return OUTSIDE, 20_000 + hash(place) % 40_000


def everybody(spoken: set[Address], place: Address) -> bool:
    return True


def known_addresses(spoken: set[Address], place: Address) -> bool:
    return place[0] in {ip for ip, _ in spoken}


def known_places(spoken: set[Address], place: Address) -> bool:
    return place in spoken


def ask(world: World) -> Behaviour:
    with stun_server(world) as server:
        return asyncio.run(behaviour(server.first, source=FIRST_IP))


@pytest.mark.parametrize(
    ("maps", "lets_in", "mapping", "filtering", "kind"),
    [
        (None, everybody, Mapping.NONE, Filtering.ENDPOINT_INDEPENDENT, Kind.NONE),
        (None, known_addresses, Mapping.NONE, Filtering.ADDRESS_DEPENDENT, Kind.FIREWALL),
        (None, known_places, Mapping.NONE, Filtering.ADDRESS_AND_PORT_DEPENDENT, Kind.FIREWALL),
        (same, everybody, Mapping.ENDPOINT_INDEPENDENT, Filtering.ENDPOINT_INDEPENDENT, Kind.FULL_CONE),
        (same, known_addresses, Mapping.ENDPOINT_INDEPENDENT, Filtering.ADDRESS_DEPENDENT, Kind.RESTRICTED),
        (
            same,
            known_places,
            Mapping.ENDPOINT_INDEPENDENT,
            Filtering.ADDRESS_AND_PORT_DEPENDENT,
            Kind.PORT_RESTRICTED,
        ),
    ],
)
def test_every_kind_of_one_mapping_is_told_by_whom_it_lets_in(
    maps: Maps | None, lets_in: LetsIn, mapping: Mapping, filtering: Filtering, kind: Kind
) -> None:
    found = ask(World(lets_in=lets_in, maps=maps) if maps else World(lets_in=lets_in))
    assert (found.mapping, found.filtering, found.kind, found.why) == (mapping, filtering, kind, "")
    assert found.mapped is not None
    assert found.mapped[0] == (OUTSIDE if maps else FIRST_IP)


def hidden_behind_its_own_mapping(maps: Maps) -> World:
    """Where each peer has an address of its own, what is sent to that of another peer never comes from one spoken to."""
    return World(maps=maps, lets_in=lambda spoken, place: place in spoken and len(spoken) > 0)


@pytest.mark.parametrize(
    ("maps", "mapping"),
    [(by_address, Mapping.ADDRESS_DEPENDENT), (by_address_and_port, Mapping.ADDRESS_AND_PORT_DEPENDENT)],
)
def test_another_address_for_each_peer_is_symmetric(maps: Maps, mapping: Mapping) -> None:
    found = ask(hidden_behind_its_own_mapping(maps))
    assert (found.mapping, found.kind) == (mapping, Kind.SYMMETRIC)
    assert found.filtering is Filtering.ADDRESS_AND_PORT_DEPENDENT


@pytest.mark.parametrize(
    ("trouble", "why"),
    [
        ({"elsewhere": False}, "nothing shows"),
        ({"refuses": True}, "refuses"),
        ({"ignores_change": True}, "from another address"),
    ],
)
def test_a_server_that_does_not_answer_from_elsewhere_proves_no_filter(trouble: Any, why: str) -> None:
    found = ask(World(maps=same, **trouble))
    assert (found.mapping, found.filtering) == (Mapping.ENDPOINT_INDEPENDENT, Filtering.UNKNOWN)
    assert found.kind is Kind.CONE
    assert why in found.why


def test_a_second_address_that_is_not_there_leaves_everything_unknown() -> None:
    world = World(maps=same, elsewhere=False)
    with stun_server(world) as server:
        world.deaf = {server.other, (OTHER_IP, server.first[1])}
        found = asyncio.run(behaviour(server.first, source=FIRST_IP))
    assert (found.mapping, found.filtering, found.kind) == (Mapping.UNKNOWN, Filtering.UNKNOWN, Kind.UNKNOWN)


@pytest.mark.parametrize("offers", [None, ("127.0.0.1", 9), ("224.0.0.1", 3479)])
def test_a_server_without_a_second_address_of_use_is_not_tested(offers: Address | None) -> None:
    found = ask(World(maps=same, offers=offers))
    assert (found.mapping, found.filtering, found.why) == (
        Mapping.UNKNOWN,
        Filtering.UNKNOWN,
        "the server has no second address",
    )


def test_whatever_happens_it_takes_no_longer_than_it_says() -> None:
    started = time.monotonic()
    world = World(maps=same, elsewhere=False)
    with stun_server(world) as server:
        world.deaf = {server.other}
        asyncio.run(behaviour(server.first, source=FIRST_IP))
    assert time.monotonic() - started < 3.9 + 2.0  # a busy machine


def test_a_silent_server_is_silent() -> None:
    with udp_listener(lambda data, address: None) as port, pytest.raises(Silent):
        asyncio.run(behaviour((FIRST_IP, port), source=FIRST_IP))


def test_an_address_that_is_not_ours_cannot_be_asked_from() -> None:
    with pytest.raises(NetError) as caught:
        asyncio.run(behaviour((FIRST_IP, 9), source="203.0.113.9"))
    assert isinstance(caught.value, NoRoute)


@pytest.mark.parametrize(
    ("server", "offered", "fit"),
    [
        (("198.51.100.1", 3478), ("198.51.100.2", 3479), True),
        (("198.51.100.1", 3478), ("198.51.100.2", 3478), False),
        (("198.51.100.1", 3478), ("198.51.100.1", 3479), False),
        (("8.8.8.8", 3478), ("10.0.0.2", 3479), False),
        (("10.0.0.1", 3478), ("10.0.0.2", 3479), True),
        (("10.0.0.1", 3478), ("127.0.0.1", 3479), False),
        (("10.0.0.1", 3478), ("224.0.0.1", 3479), False),
        (("2001:db8::1", 3478), ("198.51.100.2", 3479), False),
    ],
)
def test_packets_go_only_to_a_second_address_that_can_be_one(
    server: Address, offered: Address, fit: bool
) -> None:
    raw = b"\0\1" + offered[1].to_bytes(2, "big") + bytes(map(int, offered[0].split(".")))
    reply = stun.Message(method=1, kind=stun.SUCCESS, transaction_id=bytes(12), attributes=((0x802C, raw),))
    assert other_address(reply, server) == (offered if fit else None)


LOCAL = ("192.168.1.10", 5000)
ONE, TWO = ("192.0.2.1", 3478), ("192.0.2.2", 3478)


@pytest.mark.parametrize(
    ("seen", "mapping", "kind"),
    [
        ({ONE: LOCAL, TWO: LOCAL}, Mapping.NONE, Kind.NONE),
        ({ONE: (OUTSIDE, 1), TWO: (OUTSIDE, 1)}, Mapping.ENDPOINT_INDEPENDENT, Kind.CONE),
        ({ONE: (OUTSIDE, 1), TWO: (OUTSIDE, 2)}, Mapping.DEPENDENT, Kind.SYMMETRIC),
        ({ONE: (OUTSIDE, 1)}, Mapping.UNKNOWN, Kind.UNKNOWN),
    ],
)
def test_two_plain_servers_show_the_mapping_and_not_whom_it_lets_in(
    seen: dict[Address, Address], mapping: Mapping, kind: Kind
) -> None:
    found = compared(Nat(seen=seen, local=LOCAL, bytes=100))
    assert (found.mapping, found.filtering, found.kind) == (mapping, Filtering.UNKNOWN, kind)
