"""The company network: what shows that the VPN carries, what does not, and that one fault does not hide another."""

from typing import Any

import pytest

from readycheck.errors import NameUnknown, NetError, NoRoute, NotAllowed, Refused, Silent
from readycheck.model import Confidence, Owner, Status
from readycheck.ports import Hop, HopKind, NotTold
from readycheck_checks.vpn_inside import InsideOptions, check
from tests.checks.vpn.test_inside_in_depth import (
    DEAD,
    DEAD_TUNNEL,
    DOWN,
    GOOD,
    INSIDE,
    NO_NAME,
    NOT_PROVED,
    OWN,
    QUIET,
    UNKNOWN_HERE,
    UP,
    WHERE,
    WIKI_IP,
    ask,
    says,
    told,
)

SILENT = Silent(WHERE)
GATEWAY = Hop(kind=HopKind.EXPIRED, address="10.8.0.1")
BY_NAME: dict[str, Any] = {
    "names": UNKNOWN_HERE,
    "wiki": NO_NAME,
    "servers": ("wiki.corp:443",),
    "name_servers": (f"{OWN}:53",),
    "resolvers": ("192.168.1.1",),
}
NAMES_SILENT = [("vpn.inside_names_silent", Owner.COMPANY, ())]


# ---- Is it the VPN, or what lies behind it? ----


@pytest.mark.parametrize(
    "on_the_way", [(), NotTold("not here"), [Hop(kind=HopKind.NO_ROUTE, here=True)]], ids=str
)
def test_where_only_a_name_server_was_asked_and_is_silent_it_is_as_likely_the_vpn(on_the_way: Any) -> None:
    result, _ = ask(**BY_NAME, more_hops={("tcp", OWN, 53): on_the_way})
    assert told(result) == DEAD_TUNNEL
    assert OWN in result.summary and "carries nothing" in result.summary


def test_a_router_that_answers_in_the_vpn_shows_that_the_silence_is_behind_it() -> None:
    result, _ = ask(**BY_NAME, more_hops={("tcp", OWN, 53): [GATEWAY]})
    assert told(result) == NAMES_SILENT
    assert "although 10.8.0.1 answers through the VPN" in result.summary
    result, _ = ask(**DEAD, hops=[None, GATEWAY])
    assert told(result) == [("vpn.inside_silent", Owner.COMPANY, ())]
    assert result.findings[0].confidence is Confidence.MEDIUM


def test_a_host_of_the_internet_that_answers_through_a_full_tunnel_shows_that_it_carries() -> None:
    full: dict[str, Any] = {
        "names": DEAD["names"] | {"vpn.example": ("192.0.2.7",)},
        "sources": {"192.0.2.7": UP},
    }
    result, net = ask(**(DEAD | full))
    assert told(result) == [("vpn.inside_silent", Owner.COMPANY, ())]
    assert "vpn.example answers through it" in result.summary
    assert net.probed == []


def test_a_host_of_the_internet_behind_a_full_tunnel_says_nothing_of_large_packets_on_the_line() -> None:
    result, _ = ask(
        names={"wiki.corp": (WIKI_IP,), "vpn.example": ("192.0.2.7",)},
        sources={"192.0.2.7": UP},
        certificates={"wiki.corp": QUIET, "vpn.example": GOOD},
        small={"wiki.corp": GOOD},
        tls=("wiki.corp:443",),
    )
    assert result.findings[0].either == (Owner.COMPANY, Owner.DEVICE, Owner.ISP, Owner.HOME)


def test_a_router_is_looked_for_only_where_nobody_inside_said_anything() -> None:
    assert ask(wiki=SILENT)[1].probed == []
    assert ask(**DEAD)[1].probed != []


def test_a_name_server_whose_machine_refuses_shows_that_the_vpn_carries() -> None:
    result, _ = ask(**BY_NAME, replies={(OWN, 53): Refused(WHERE)})
    assert told(result) == NAMES_SILENT


def test_a_name_that_is_not_found_does_not_hide_a_dead_vpn() -> None:
    result, _ = ask(names=UNKNOWN_HERE, wiki=NO_NAME, files=SILENT)
    assert told(result) == DEAD_TUNNEL


def test_a_question_that_this_computer_keeps_back_is_no_silence_of_the_company() -> None:
    result, _ = ask(**BY_NAME, replies={(OWN, 53): NotAllowed(WHERE)})
    assert told(result) == [("vpn.inside_blocked_here", Owner.DEVICE, ())]


# ---- One fault does not hide another ----


@pytest.mark.parametrize(
    ("wiki", "files", "codes"),
    [
        (SILENT, Refused(WHERE), ["vpn.inside_refused", "vpn.inside_silent"]),
        (NO_NAME, Refused(WHERE), ["vpn.inside_name", "vpn.inside_refused"]),
        (SILENT, NotAllowed(WHERE), ["vpn.inside_silent", "vpn.inside_blocked_here"]),
        (NoRoute(WHERE), Refused(WHERE), ["vpn.inside_refused", "vpn.inside_unproved"]),
        (NO_NAME, NotAllowed(WHERE), ["vpn.inside_name", "vpn.inside_blocked_here"]),
    ],
    ids=str,
)
def test_each_server_is_told_by_its_own_fault(wiki: NetError, files: NetError, codes: list[str]) -> None:
    names = UNKNOWN_HERE if isinstance(wiki, NameUnknown) else None
    result, _ = ask(names=names, wiki=wiki, files=files)
    assert [each.code for each in result.findings] == codes
    (of_files,) = [each for each in result.findings if "10.20.0.10" in each.summary]
    assert "wiki.corp" not in of_files.summary


def test_a_dead_vpn_does_not_hide_a_missing_route() -> None:
    result, _ = ask(wiki=SILENT, files=SILENT, sources={WIKI_IP: DOWN})
    assert [each.code for each in result.findings] == ["vpn.inside_silent", "vpn.route_missing"]
    assert "wiki.corp" not in result.findings[0].summary


def test_a_server_that_is_asked_for_large_packets_alone_is_told_where_it_is_silent() -> None:
    result, _ = ask(wiki=SILENT, servers=("10.20.0.10:445",), tls=("wiki.corp:443",))
    assert told(result) == [("vpn.inside_silent", Owner.COMPANY, ())]


# ---- What does not vouch for the VPN ----


def test_names_alone_prove_nothing_unless_a_name_server_speaks_through_the_vpn() -> None:
    result, _ = ask(names_only=("wiki.corp",), servers=())
    assert told(result) == NOT_PROVED
    assert "names no server to reach" in result.reason
    result, _ = ask(names_only=("wiki.corp",), servers=(), replies={(OWN, 53): says(known=True)})
    assert result.status is Status.PASS
    result, _ = ask(names_only=("wiki.corp",), servers=(), sources={INSIDE: DOWN})
    assert result.status is Status.UNKNOWN


def test_a_public_server_past_the_vpn_is_no_proof_that_the_vpn_carries() -> None:
    only: dict[str, Any] = {"names": {"wiki.corp": ("192.0.2.9",)}, "sources": {"192.0.2.9": DOWN}}
    result, _ = ask(**only, servers=("wiki.corp:443",))
    assert told(result) == NOT_PROVED
    assert "the way to wiki.corp:443 leads past the VPN" in result.reason
    assert ask(**only)[0].status is Status.PASS  # the other one answers through it


def test_a_server_with_an_address_on_each_side_vouches_for_neither() -> None:
    both: dict[str, Any] = {"names": {"wiki.corp": (WIKI_IP, "192.0.2.9")}, "sources": {"192.0.2.9": DOWN}}
    assert told(ask(**both, servers=("wiki.corp:443",))[0]) == NOT_PROVED


def test_without_the_vpn_a_device_in_this_very_network_is_not_taken_for_the_company() -> None:
    sources = {INSIDE: DOWN, "192.168.1.9": DOWN, "10.20.0.10": DOWN}
    near: dict[str, Any] = {"names": {"wiki.corp": ("192.168.1.9",)}, "sources": sources}
    result, _ = ask(**near, servers=("wiki.corp:443",))
    assert told(result) == NOT_PROVED
    assert "anybody may have its address" in result.reason
    result, _ = ask(**near, files=SILENT)
    assert told(result) == NOT_PROVED


def test_without_the_vpn_a_server_on_the_internet_does_not_show_that_names_are_missing_inside() -> None:
    public: dict[str, Any] = {"names": {"wiki.corp": ("192.0.2.9",), "mail.corp": NO_NAME}}
    result, _ = ask(
        **public,
        names_only=("mail.corp",),
        servers=("wiki.corp:443",),
        sources={INSIDE: DOWN, "192.0.2.9": DOWN},
    )
    assert told(result) == NOT_PROVED


def test_large_packets_are_not_the_vpns_where_their_server_lies_past_it() -> None:
    result, _ = ask(
        names={"wiki.corp": ("192.0.2.9",)},
        sources={"192.0.2.9": DOWN},
        certificates={"wiki.corp": QUIET},
        small={"wiki.corp": GOOD},
        tls=("wiki.corp:443",),
    )
    assert result.status is Status.PASS


def test_a_public_server_that_refuses_past_the_vpn_may_be_anybody_on_the_way() -> None:
    result, _ = ask(names={"wiki.corp": ("192.0.2.9",)}, sources={"192.0.2.9": DOWN}, wiki=Refused(WHERE))
    (found,) = result.findings
    assert (found.code, found.owner, found.confidence) == (
        "vpn.inside_refused",
        Owner.UNKNOWN,
        Confidence.LOW,
    )
    assert set(found.either) == {Owner.COMPANY, Owner.DEVICE, Owner.HOME, Owner.ISP}


def test_who_is_asked_is_named_before() -> None:
    assert check.hosts_of is not None
    assert INSIDE in check.hosts_of(InsideOptions(inside=INSIDE, servers=("wiki.corp:443",)))
