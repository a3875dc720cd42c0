"""The company network, looked at closer after a failure: names, routes, large packets, servers that hang."""

import asyncio
from typing import Any

import dns.message
import dns.rcode
import dns.rrset
import msgspec
import pytest

from readycheck.errors import NameUnknown, NetError, NoRoute, NotAllowed, Refused, Silent, TlsFailed
from readycheck.model import CheckResult, Confidence, Owner, Status
from readycheck.ports import Hop, HopKind, Interface, NotTold, TlsAnswer
from readycheck.testing import FakeNet, FakeSystem, Where, run_check, tls_answer
from readycheck_checks.vpn_inside import InsideOptions, check

WIKI, FILES, CONTROL = ("wiki.corp", 443), ("10.20.0.10", 445), ("vpn.example", 443)
INSIDE, WIKI_IP, OWN, PUBLIC = "10.20.0.1", "10.20.0.9", "10.20.0.53", "9.9.9.9"
WHERE = Where(host="wiki.corp")
TUNNEL = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
WIFI = Interface(name="wlan0", kind="wifi", up=True, addresses=("192.168.1.23",), mtu=1500)
UP, DOWN = "10.8.0.2", "192.168.1.23"
USUAL: dict[str, str | None] = {INSIDE: UP, "10.20.0.10": UP, WIKI_IP: UP, OWN: UP, "192.168.1.1": DOWN}
OPTIONS: dict[str, Any] = {
    "inside": INSIDE,
    "servers": ("wiki.corp:443", "10.20.0.10:445"),
    "tcp_controls": ("vpn.example:443",),
}


def ask(
    *,
    names: dict[str, Any] | None = None,
    wiki: float | NetError = 8.0,
    sources: dict[str, str | None] | None = None,
    resolvers: tuple[str, ...] | None = (OWN,),
    replies: dict[tuple[str, int], Any] | None = None,
    certificates: dict[str, TlsAnswer | NetError] | None = None,
    small: dict[str, TlsAnswer] | None = None,
    files: float | NetError = 12.0,
    hops: Any = (),
    more_hops: dict[tuple[str, str, int], Any] | None = None,
    names_only: tuple[str, ...] = (),
    **options: Any,
) -> tuple[CheckResult, FakeNet]:
    net = FakeNet(
        names=names or {"wiki.corp": (WIKI_IP,)},
        ports={WIKI: wiki, FILES: files, CONTROL: 20.0},
        hops={("tcp", WIKI_IP, 443): hops, **(more_hops or {})},
        sources={**USUAL, **(sources or {})},
        replies=replies or {},
        certificates=certificates or {},
        small_segments=small or {},
    )
    system = FakeSystem(network=(TUNNEL, WIFI), resolvers=resolvers)
    wanted = InsideOptions(**(OPTIONS | {"names": names_only} | options))
    return asyncio.run(run_check(check, wanted, net=net, system=system)), net


def told(result: CheckResult) -> list[tuple[str, Owner, tuple[Owner, ...]]]:
    return [(each.code, each.owner, each.either) for each in result.findings]


def says(known: bool) -> Any:
    """A name server's answer to whatever is asked."""

    def answer(request: bytes) -> bytes:
        asked = dns.message.from_wire(request)
        reply = dns.message.make_response(asked)
        if known:
            reply.answer.append(dns.rrset.from_text(asked.question[0].name, 60, "IN", "A", WIKI_IP))
        else:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()

    return answer


ANYBODY = (Owner.COMPANY, Owner.DEVICE, Owner.HOME, Owner.ISP)
DEAD_TUNNEL = [("vpn.inside_silent", Owner.UNKNOWN, ANYBODY)]
NOT_PROVED = [("vpn.inside_unproved", Owner.UNKNOWN, ())]
UNKNOWN_HERE = {"wiki.corp": NameUnknown(WHERE)}
NO_NAME = NameUnknown(WHERE)


def without_name(**more: Any) -> list[tuple[str, Owner, tuple[Owner, ...]]]:
    return told(ask(names=UNKNOWN_HERE, wiki=NO_NAME, **more)[0])


# ---- Names ----


def test_name_servers_that_lie_past_the_tunnel_may_be_the_vpns_fault_or_the_computers() -> None:
    expected = [("vpn.inside_name", Owner.UNKNOWN, (Owner.COMPANY, Owner.DEVICE))]
    assert without_name(resolvers=("192.168.1.1",)) == expected


def test_name_servers_behind_the_tunnel_that_do_not_know_it_are_the_companys() -> None:
    assert without_name() == [("vpn.inside_name", Owner.COMPANY, ())]


@pytest.mark.parametrize("resolvers", [None, ("127.0.0.53",), (OWN, "192.168.1.1")], ids=str)
def test_where_not_all_name_servers_are_known_to_lie_behind_the_tunnel_it_may_be_the_computer(
    resolvers: tuple[str, ...] | None,
) -> None:
    expected = [("vpn.inside_name", Owner.UNKNOWN, (Owner.COMPANY, Owner.DEVICE))]
    assert without_name(resolvers=resolvers) == expected


def test_what_the_companys_name_server_knows_was_asked_of_the_wrong_one() -> None:
    asked: dict[str, Any] = {"name_servers": (f"{OWN}:53",), "replies": {(OWN, 53): says(known=True)}}
    result, _ = ask(names=UNKNOWN_HERE, wiki=NO_NAME, resolvers=("192.168.1.1",), **asked)
    assert told(result) == [("vpn.inside_name", Owner.UNKNOWN, (Owner.COMPANY, Owner.DEVICE))]
    assert f"asks 192.168.1.1 instead of {OWN}" in result.summary


def test_what_the_companys_name_server_does_not_know_is_gone() -> None:
    asked: dict[str, Any] = {"name_servers": (f"{OWN}:53",), "replies": {(OWN, 53): says(known=False)}}
    assert without_name(resolvers=("192.168.1.1",), **asked) == [("vpn.inside_name_gone", Owner.COMPANY, ())]


@pytest.mark.parametrize("trouble", [Silent(WHERE), Refused(WHERE)])
def test_a_name_server_of_the_company_that_does_not_answer_is_told_apart(trouble: NetError) -> None:
    asked: dict[str, Any] = {"name_servers": (f"{OWN}:53",), "replies": {(OWN, 53): trouble}}
    assert without_name(**asked) == [("vpn.inside_names_silent", Owner.COMPANY, ())]


def test_names_that_are_found_are_asked_of_nobody_else() -> None:
    _, net = ask(names={"wiki.corp": (WIKI_IP,)}, name_servers=(f"{OWN}:53",))
    assert net.sent == []


# ---- Names in public ----


def test_public_name_servers_are_asked_only_where_the_profile_says_so() -> None:
    _, net = ask(names={"wiki.corp": (WIKI_IP,)})
    assert net.sent == []


@pytest.mark.parametrize(("known", "status"), [(True, Status.WARN), (False, Status.PASS)])
def test_an_inside_name_that_the_public_knows_is_a_warning_to_the_company(
    known: bool, status: Status
) -> None:
    wanted = InsideOptions(**(OPTIONS | {"names": ("wiki.corp",), "public_name_servers": (f"{PUBLIC}:53",)}))
    net = FakeNet(
        names={"wiki.corp": (WIKI_IP,)},
        ports={WIKI: 8.0, FILES: 12.0, CONTROL: 20.0},
        sources=USUAL,
        replies={(PUBLIC, 53): says(known)},
    )
    result = asyncio.run(run_check(check, wanted, net=net, system=FakeSystem(network=(TUNNEL, WIFI))))
    assert result.status is status
    assert ("vpn.name_public" in [each.code for each in result.findings]) is known


# ---- Routes ----


def test_a_silent_server_whose_private_address_lies_past_the_tunnel_has_no_route() -> None:
    result, _ = ask(wiki=Silent(WHERE), sources={WIKI_IP: DOWN})
    assert told(result) == [("vpn.route_missing", Owner.UNKNOWN, (Owner.COMPANY, Owner.DEVICE))]
    assert "10.20.0.10" not in result.summary


def test_a_silent_server_with_a_public_address_may_well_lie_past_the_tunnel() -> None:
    names = {"wiki.corp": ("192.0.2.9",)}
    result, _ = ask(names=names, wiki=Silent(WHERE), sources={"192.0.2.9": DOWN})
    assert told(result) == [("vpn.inside_silent", Owner.UNKNOWN, ANYBODY)]
    assert result.findings[0].confidence is Confidence.LOW


TURNED = Hop(kind=HopKind.NO_ROUTE, address="10.8.0.1")
HERE = Hop(kind=HopKind.NO_ROUTE, here=True)


def test_no_way_behind_the_tunnel_is_the_companys_where_a_router_there_says_so() -> None:
    result, _ = ask(wiki=NoRoute(WHERE), hops=[None, TURNED])
    assert told(result) == [("vpn.inside_no_route", Owner.COMPANY, ())]
    assert "10.8.0.1" in result.findings[0].detail


@pytest.mark.parametrize("hops", [[], [HERE, HERE], NotTold("no errors are kept here")], ids=str)
def test_no_way_that_no_router_vouches_for_may_be_said_by_this_computer_and_is_unknown(hops: Any) -> None:
    result, _ = ask(wiki=NoRoute(WHERE), hops=hops)
    assert (result.status, result.findings[0].code) == (Status.UNKNOWN, "vpn.inside_unproved")
    assert "who says so" in result.reason


def test_what_this_computer_does_not_let_out_is_its_own_and_not_the_companys() -> None:
    result, net = ask(wiki=NotAllowed(WHERE), hops=[None, TURNED])
    assert told(result) == [("vpn.inside_blocked_here", Owner.DEVICE, ())]
    assert net.probed == []


def test_a_device_at_home_that_refuses_is_no_server_of_the_company() -> None:
    result, _ = ask(wiki=Refused(WHERE), sources={WIKI_IP: DOWN})
    assert told(result) == [("vpn.route_missing", Owner.UNKNOWN, (Owner.COMPANY, Owner.DEVICE))]


@pytest.mark.parametrize("came", [Refused(WHERE), Silent(WHERE), NoRoute(WHERE)], ids=str)
def test_a_network_with_the_companys_addresses_is_told_from_a_missing_route(came: NetError) -> None:
    result, _ = ask(names={"wiki.corp": ("192.168.1.9",)}, wiki=came, sources={"192.168.1.9": DOWN})
    assert told(result) == [("vpn.route_missing", Owner.UNKNOWN, (Owner.HOME, Owner.COMPANY))]
    assert "has the same addresses" in result.findings[0].summary


def test_a_device_at_home_that_answers_proves_nothing_about_the_company() -> None:
    result, _ = ask(sources={WIKI_IP: DOWN})
    assert (result.status, result.findings[0].code) == (Status.UNKNOWN, "vpn.inside_unproved")
    assert "wiki.corp:443 leads past the VPN" in result.reason
    silent, _ = ask(sources={WIKI_IP: DOWN}, files=Silent(WHERE))
    assert told(silent) == [*DEAD_TUNNEL, *NOT_PROVED]
    assert "carries nothing" in silent.summary and "10.20.0.10" in silent.summary


def test_one_that_is_reached_past_the_tunnel_does_not_show_that_the_tunnel_carries_anything() -> None:
    result, _ = ask(
        names={"wiki.corp": ("192.0.2.9",)}, sources={"192.0.2.9": DOWN}, files=Silent(WHERE), resolvers=()
    )
    assert told(result) == DEAD_TUNNEL


def test_large_packets_are_asked_of_nobody_at_home() -> None:
    result, _ = ask(
        sources={WIKI_IP: DOWN}, certificates={"wiki.corp": QUIET}, small={"wiki.corp": GOOD}, **TLS
    )
    assert [code for code, *_ in told(result)] == ["vpn.inside_unproved"]


# ---- Does the tunnel carry anything? ----

DEAD: dict[str, Any] = {"wiki": Silent(WHERE), "files": Silent(WHERE), "names": {"wiki.corp": (WIKI_IP,)}}


def test_a_name_that_is_found_does_not_make_a_dead_tunnel_the_companys_silence() -> None:
    """It may come from a cache, a file or a public name server."""
    result, _ = ask(**DEAD)
    assert told(result) == DEAD_TUNNEL
    assert "carries nothing" in result.summary


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("options", [{}, {"name_servers": (f"{OWN}:53",), "resolvers": ("192.168.1.1",)}])
def test_a_name_server_that_speaks_through_the_tunnel_shows_that_it_carries(
    known: bool, options: dict[str, Any]
) -> None:
    result, _ = ask(**DEAD, **options, replies={(OWN, 53): says(known)})
    assert told(result) == [("vpn.inside_silent", Owner.COMPANY, ())]


def test_a_name_server_past_the_tunnel_shows_nothing_and_is_not_taken_for_the_companys() -> None:
    asked: dict[str, Any] = {"name_servers": (f"{OWN}:53",), "sources": {OWN: DOWN}}
    result, net = ask(**DEAD, **asked, replies={(OWN, 53): says(known=False)})
    assert told(result) == DEAD_TUNNEL
    assert without_name(**asked, replies={(OWN, 53): says(known=False)})[0][0] == "vpn.inside_name"
    assert not any(host == OWN for host, *_ in net.sent)


def test_servers_past_the_tunnel_do_not_make_it_look_dead() -> None:
    options: dict[str, Any] = {"servers": ("wiki.corp:443",)}
    result, _ = ask(wiki=Silent(WHERE), sources={WIKI_IP: DOWN}, **options)
    assert [code for code, *_ in told(result)] == ["vpn.route_missing"]


# ---- Large packets ----

TLS: dict[str, Any] = {"tls": ("wiki.corp:443",)}
GOOD, QUIET = tls_answer("wiki.corp"), Silent(WHERE)


def test_answers_that_come_in_small_packets_only_are_lost_in_the_vpn() -> None:
    fine_outside: dict[str, TlsAnswer | NetError] = {
        "wiki.corp": QUIET,
        "vpn.example": tls_answer("vpn.example"),
    }
    result, _ = ask(certificates=fine_outside, small={"wiki.corp": GOOD}, **TLS)
    assert told(result) == [("vpn.large_packets_lost", Owner.UNKNOWN, (Owner.COMPANY, Owner.DEVICE))]


def test_where_nobody_outside_sends_large_packets_either_it_may_be_the_line() -> None:
    result, _ = ask(certificates={"wiki.corp": QUIET}, small={"wiki.corp": GOOD}, **TLS)
    assert result.findings[0].either == (Owner.COMPANY, Owner.DEVICE, Owner.ISP, Owner.HOME)


def test_a_server_that_says_nothing_in_packets_of_any_size_hangs() -> None:
    result, _ = ask(certificates={"wiki.corp": QUIET}, **TLS)
    assert told(result) == [("vpn.inside_hangs", Owner.COMPANY, ())]


@pytest.mark.parametrize("outcome", [GOOD, TlsFailed(WHERE, reason="untrusted"), Refused(WHERE)])
def test_any_other_outcome_says_nothing_about_large_packets(outcome: TlsAnswer | NetError) -> None:
    assert ask(certificates={"wiki.corp": outcome}, **TLS)[0].status is Status.PASS


def test_without_the_vpn_nothing_is_sent_to_its_servers_for_their_packets() -> None:
    result, _ = ask(certificates={"wiki.corp": QUIET}, sources={INSIDE: DOWN}, **TLS)
    assert result.status is Status.PASS


@pytest.mark.parametrize(
    "options",
    [
        {"name_servers": ("dns.corp:53",)},
        {"public_name_servers": ("one.example:53",)},
        {"tls": ("wiki.corp",)},
        {"addresses": ("10.8.0.1/16",)},
    ],
)
def test_mistakes_in_the_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"names": ["wiki.corp"], **options}, InsideOptions)


# ---- Sizes ----


def sizes(**world: Any) -> CheckResult:
    wanted = InsideOptions(**(OPTIONS | {"names": ("wiki.corp",), "sizes_to": f"{OWN}:53"}))
    net = FakeNet(
        names={"wiki.corp": (WIKI_IP,)},
        ports={WIKI: 8.0, FILES: 12.0, CONTROL: 20.0},
        sources=USUAL,
        replies={(OWN, 53): says(known=True)},
        **world,
    )
    return asyncio.run(run_check(check, wanted, net=net, system=FakeSystem(network=(TUNNEL, WIFI))))


@pytest.mark.parametrize(
    ("world", "largest"), [({}, 1400), ({"silent_above": 1380}, 1380), ({"told_mtu": 1300}, 1280)]
)
def test_the_largest_packet_through_the_tunnel_is_measured_up_to_its_own_size(
    world: dict[str, int], largest: int
) -> None:
    result = sizes(**world)
    assert {each.name: each.value for each in result.measurements}["vpn_inside_packet"] == largest
    assert result.status is Status.PASS


def test_a_name_server_that_takes_no_question_proves_no_size() -> None:
    result = sizes(silent_above=100)
    assert "vpn_inside_packet" not in {each.name for each in result.measurements}
    assert result.status is Status.PASS
