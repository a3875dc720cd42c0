"""Where a flow ends, by table: what the packets of two flows met at hop 1, 2, 3, 4, and what that proves."""

import pytest

from readycheck.api import Hop, HopKind
from readycheck_checks.blame.ending import AWAY, Ending, Flow, Place, Trail, is_local, judge_ending

OPENVPN = Flow("udp", "vpn.example", 1194)
HTTPS = Flow("tcp", "www.example", 443)
SOURCE = "192.168.1.10"
TARGET = "198.51.100.9"
MEETS = {
    "home": "192.168.1.1",
    "home2": "10.0.0.1",
    "cgn": "100.64.0.1",
    "isp": "203.0.113.1",
    "isp2": "203.0.113.5",
    "far": "198.51.100.1",
}
SAYS = {
    "target": Hop(kind=HopKind.REACHED, address=TARGET),
    "-": Hop(kind=HopKind.SILENT),
    "here!": Hop(kind=HopKind.PROHIBITED, here=True),
    "here?": Hop(kind=HopKind.NO_ROUTE, here=True),
}


def hop(word: str) -> Hop:
    """``isp``: its router answers that the time ran out; ``isp!``: that it is forbidden; ``isp?``: that no way leads there."""
    if word in SAYS:
        return SAYS[word]
    kind = {"!": HopKind.PROHIBITED, "?": HopKind.NO_ROUTE}.get(word[-1], HopKind.EXPIRED)
    return Hop(kind=kind, address=MEETS[word.rstrip("!?")])


def ending(
    silent: str, control: str | None = None, *, flow: Flow = OPENVPN, same_host: bool = False
) -> Ending:
    beside = None if control is None else Trail(HTTPS, tuple(map(hop, control.split())))
    trail = Trail(flow, tuple(map(hop, silent.split())))
    return judge_ending(trail, beside, source=SOURCE, same_host=same_host)


HERE, ROUTER, PROVIDER, BEYOND = Place.COMPUTER, Place.ROUTER, Place.PROVIDER, Place.BEYOND


@pytest.mark.parametrize(
    ("silent", "control", "places", "sure"),
    [
        # this computer
        ("here! here! here! here!", "home isp far target", (HERE,), True),
        ("- - - -", "here! here! here! here!", (HERE,), True),
        ("target target target target", "here! here! here! here!", (HERE,), True),
        ("here? here? here? here?", "home isp far target", (), False),
        # the home router
        ("- - - -", "home isp far target", (ROUTER,), True),
        ("home - - -", "home isp far target", (ROUTER,), False),
        ("home - - -", "home cgn isp far", (ROUTER,), False),
        ("home - - -", "home home2 isp far", (ROUTER,), False),
        ("home home! home! -", None, (ROUTER,), True),
        ("home! - - -", None, (ROUTER,), True),
        ("home? home? - -", "home isp far target", (ROUTER,), True),
        ("home? home? - -", "home? - - -", (ROUTER, PROVIDER), False),
        # after the home router
        ("home isp - -", "home isp target target", (BEYOND, PROVIDER), False),
        ("home isp - -", None, (BEYOND, PROVIDER), False),
        ("home cgn - -", None, (BEYOND, PROVIDER), False),
        ("- isp - -", "home isp far target", (BEYOND, PROVIDER), False),
        ("home home2 isp -", None, (BEYOND, PROVIDER), False),
        ("home isp isp2 -", "home isp isp2 far", (BEYOND,), False),
        ("home isp isp! isp!", None, (PROVIDER,), True),
        ("home isp isp? -", None, (BEYOND, PROVIDER), False),
        ("home isp - far!", None, (BEYOND, PROVIDER), False),
        # not to be told
        ("- - - -", "- - - -", (), False),
        ("- - - -", None, (), False),
        ("- - - -", "- isp far target", (), False),
        ("home - - -", "home - - target", AWAY, False),
        ("home - - -", None, AWAY, False),
        ("home - - -", "target target target target", AWAY, False),
        ("home home2 - -", "home home2 isp far", AWAY, False),
        ("home isp! isp! -", "home far target target", AWAY, False),
        ("isp - - -", "isp isp2 far target", AWAY, False),
        ("- - - -", "isp isp2 far target", (), False),
        # the target
        ("home isp target target", "home isp target target", (Place.TARGET,), False),
    ],
)
def test_where_a_flow_ends_is_told_by_who_answers_for_it_and_for_another(
    silent: str, control: str | None, places: tuple[Place, ...], sure: bool
) -> None:
    told = ending(silent, control)
    assert (told.places, told.sure) == (places, sure), told.sentence
    assert told.sentence


def test_a_provider_is_named_only_where_the_same_way_goes_on_for_two_routers_more() -> None:
    seen_here = "home isp - -"
    assert ending(seen_here, "home isp isp2 far", same_host=True).places == (PROVIDER,)
    assert ending(seen_here, "home isp isp2 target", same_host=True).places == (BEYOND, PROVIDER), (
        "the last router before the target can be its owner's firewall"
    )
    assert ending(seen_here, "home isp isp2 far", same_host=False).places == (BEYOND, PROVIDER), "another way"


def test_a_connection_attempt_that_ends_before_the_router_can_have_ended_on_this_computer() -> None:
    assert ending("- - - -", "home isp far target", flow=HTTPS).places == (ROUTER, HERE)


def test_an_answer_in_the_targets_name_from_where_a_router_stands_is_that_routers() -> None:
    assert ending("home target target target", "home isp far far", flow=HTTPS).places == (ROUTER,)
    assert ending("target target target target", "home isp far far", flow=HTTPS).places == (ROUTER, HERE)
    assert ending("home target target target", "home home! home! home!", flow=HTTPS).places == (ROUTER,)
    assert ending("home isp far target", "home isp far far", flow=HTTPS).places == (Place.TARGET,)
    assert ending("home target target target", None, flow=HTTPS).places == ()


def test_the_sentence_names_the_home_router_and_nobodys_public_address() -> None:
    told = ending("home - - -", "home isp far target").sentence
    assert told == "the home router (192.168.1.1) passes TCP 443 on and drops UDP 1194"
    for silent in ("home isp - -", "home isp isp! isp!", "home isp - far!", "isp - - -", "home isp isp2 far"):
        sentence = ending(silent, "home isp isp2 far").sentence
        assert not any(MEETS[who] in sentence for who in ("isp", "isp2", "far")), sentence


def test_with_ipv6_the_home_router_is_one_of_our_own_link() -> None:
    def seen(*routers: str) -> Trail:
        return Trail(OPENVPN, tuple(Hop(kind=HopKind.EXPIRED, address=ip) for ip in routers))

    def places(*routers: str) -> tuple[Place, ...]:
        silent = Trail(OPENVPN, (*seen(*routers).hops, *[hop("-")] * (4 - len(routers))))
        return judge_ending(silent, source="2a00:77:1::10").places

    assert places("2a00:77:1::1", "2a00:77:2::1") == (BEYOND, PROVIDER)
    assert places("fe80::1", "2a00:77:2::1") == (BEYOND, PROVIDER)
    assert places("2a00:77:1:5::1", "2a00:77:2::1") == AWAY, "a first router of another link: whose is it?"
    assert places("2a00:77:1::1", "2a00:77:1:5::1") == AWAY, "a second router of our own site"


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("192.168.1.1", True),
        ("172.31.0.1", True),
        ("172.32.0.1", False),
        ("100.64.0.1", False),
        ("203.0.113.1", False),
        ("fd00::1", True),
        ("fe80::1%eth0", True),
        ("2001:db8::1", False),
    ],
)
def test_private_addresses_are_the_homes_and_those_of_carrier_nat_the_providers(
    address: str, local: bool
) -> None:
    assert is_local(address, SOURCE) is local
