"""Whose it is that names are not looked up: every name server is asked by itself, and the answers are weighed together."""

import asyncio
from collections.abc import Mapping
from typing import Any

import dns.rcode
import msgspec
import pytest

from readycheck.errors import Closed, NameSilent, NameUnknown, NetError, NotAllowed, Refused
from readycheck.model import Confidence, Finding, Owner, Status
from readycheck.ports import NotTold, Route
from readycheck.testing import FakeNet, FakeSystem, Where, run_check
from readycheck_checks.dns import DnsOptions, check
from tests.checks.connection_listeners import LOOPBACK, closed_port, real_world
from tests.checks.name_servers import (
    CLOSED,
    FAILS,
    FAR,
    GOOD,
    GOOD_OPINIONS,
    HERE,
    INSIDE,
    NAMES,
    NEAR,
    NO_ROUTE,
    OPINIONS,
    OPTIONS,
    REFUSES,
    ROUTER,
    STUB,
    UNKNOWN,
    VPN,
    WIFI,
    Speaks,
    name_server,
    whose,
)


def looked_up(
    speak: Mapping[str, Speaks],
    *,
    set_: tuple[str, ...] | None = (ROUTER,),
    error: type[NetError] = NameSilent,
    tunnelled: tuple[str, ...] = (),
    options: DnsOptions = OPTIONS,
    **world: Any,
) -> Finding:
    """The finding where no name is found: ``speak`` says what each name server answers, the others are silent."""
    net = FakeNet(
        names={name: error(Where(host=name)) for name in NAMES},
        replies={(ip, 53): said for ip, said in speak.items()},
        sources=dict.fromkeys(tunnelled, "10.8.0.2"),
    )
    network = (WIFI, VPN) if tunnelled else (WIFI,)
    system = FakeSystem(network=network, resolvers=set_)
    result = asyncio.run(run_check(check, options, **({"net": net, "system": system} | world)))
    assert result.status is Status.FAIL
    return result.findings[-1]


@pytest.mark.parametrize("bad", [{}, {FAR: REFUSES}, {FAR: FAILS}, {FAR: UNKNOWN}, {FAR: CLOSED}])
def test_a_name_server_beside_a_router_that_answers_was_set_here_or_handed_out_by_the_router(
    bad: dict[str, Speaks],
) -> None:
    finding = looked_up(bad | {ROUTER: GOOD}, set_=(FAR,))
    assert (whose(finding), finding.confidence) == ((Owner.DEVICE, Owner.HOME), Confidence.MEDIUM)
    assert FAR in finding.summary and "automatic" in finding.remedy


def test_beside_the_router_that_is_set_as_well_a_silent_one_may_have_been_handed_out() -> None:
    assert whose(looked_up({ROUTER: GOOD}, set_=(FAR, ROUTER))) == (Owner.DEVICE, Owner.HOME)


@pytest.mark.parametrize("spare", [{}, {FAR: FAILS}, {FAR: UNKNOWN}])
def test_a_spare_name_server_after_one_that_answers_is_blamed_for_nothing(spare: dict[str, Speaks]) -> None:
    finding = looked_up({ROUTER: GOOD, **spare}, set_=(ROUTER, FAR))
    assert whose(finding) == (Owner.DEVICE, Owner.HOME)
    assert FAR not in finding.summary


@pytest.mark.parametrize("first", [CLOSED, REFUSES, FAILS])
def test_a_name_server_that_only_makes_lookups_go_on_to_the_next_is_blamed_for_nothing(first: Speaks) -> None:
    assert FAR not in looked_up({FAR: first, ROUTER: GOOD}, set_=(FAR, ROUTER)).summary


def test_a_private_name_server_beside_a_router_that_answers_may_have_been_handed_out() -> None:
    assert whose(looked_up({ROUTER: GOOD}, set_=(NEAR,))) == (Owner.DEVICE, Owner.HOME)
    vpn = looked_up(
        {ROUTER: GOOD}, set_=(NEAR,), tunnelled=(INSIDE,)
    )  # it may be the VPN's, and the route is missing
    assert whose(vpn) == (Owner.DEVICE, Owner.COMPANY, Owner.HOME)


@pytest.mark.parametrize("closed", [Refused(HERE), Closed(HERE)])
def test_a_router_without_a_name_server_is_the_home_for_certain(closed: NetError) -> None:
    finding = looked_up({ROUTER: closed, **GOOD_OPINIONS})
    assert (finding.owner, finding.confidence) == (Owner.HOME, Confidence.HIGH)
    assert looked_up({ROUTER: closed}).owner is Owner.HOME  # others that are silent refuse nothing


def test_where_every_name_server_is_refused_it_may_be_a_filter_on_this_computer() -> None:
    assert whose(looked_up(dict.fromkeys((ROUTER, *OPINIONS), CLOSED))) == (Owner.HOME, Owner.DEVICE)
    assert whose(looked_up({ROUTER: NO_ROUTE, **GOOD_OPINIONS})) == (Owner.HOME, Owner.DEVICE)


@pytest.mark.parametrize("bad", [{}, {ROUTER: REFUSES}, {ROUTER: FAILS}, {ROUTER: UNKNOWN}])
@pytest.mark.parametrize("opinions", [{}, GOOD_OPINIONS])
def test_a_router_that_is_of_no_use_looks_like_its_providers_name_server(
    bad: dict[str, Speaks], opinions: dict[str, Speaks]
) -> None:
    finding = looked_up(bad | opinions)
    assert (finding.code, whose(finding)) == ("connection.dns_broken", (Owner.HOME, Owner.ISP))
    assert ("1.1.1.1" in finding.remedy) == bool(opinions)  # a way around it, where there is one
    assert ("1.1.1.1 answers" in finding.detail) == bool(opinions)


def test_well_known_names_that_do_not_exist_are_wrong_answers_with_the_same_owners() -> None:
    finding = looked_up({ROUTER: UNKNOWN, **GOOD_OPINIONS}, error=NameUnknown)
    assert (finding.code, whose(finding)) == ("connection.dns_wrong", (Owner.HOME, Owner.ISP))


@pytest.mark.parametrize(
    ("speak", "owners"),
    [
        (GOOD_OPINIONS, (Owner.ISP, Owner.DEVICE, Owner.HOME)),
        ({FAR: REFUSES, **GOOD_OPINIONS}, (Owner.ISP, Owner.DEVICE, Owner.HOME)),
        ({}, (Owner.HOME, Owner.ISP)),  # nobody answers: port 53 is held back
        (
            {FAR: REFUSES},
            (Owner.ISP, Owner.DEVICE, Owner.HOME),
        ),  # its own word; the others may be closed on purpose
        (
            dict.fromkeys((FAR, *OPINIONS), REFUSES),
            (Owner.HOME, Owner.ISP),
        ),  # somebody speaks for all of them
    ],
)
@pytest.mark.parametrize("router", [{}, {ROUTER: CLOSED}])
def test_a_name_server_outside_is_weighed_against_the_others_outside(
    router: dict[str, Speaks], speak: dict[str, Speaks], owners: tuple[Owner, ...]
) -> None:
    assert whose(looked_up(router | speak, set_=(FAR,))) == owners


def test_a_silent_name_server_outside_can_be_anybodys_where_no_other_is_asked() -> None:
    finding = looked_up({}, set_=(FAR,), options=DnsOptions(names=NAMES))
    assert whose(finding) == (Owner.ISP, Owner.DEVICE, Owner.HOME)


@pytest.mark.parametrize("said", [CLOSED, REFUSES, FAILS, UNKNOWN])
def test_what_is_said_through_a_tunnel_is_said_by_the_company(said: Speaks) -> None:
    finding = looked_up({INSIDE: said, ROUTER: GOOD}, set_=(INSIDE,), tunnelled=(INSIDE,))
    assert (finding.code, finding.owner) == ("connection.dns_vpn", Owner.COMPANY)
    assert finding.confidence is Confidence.MEDIUM


def test_silence_through_a_tunnel_may_be_the_tunnels() -> None:
    split = looked_up({ROUTER: GOOD, **GOOD_OPINIONS}, set_=(INSIDE,), tunnelled=(INSIDE,))
    assert (split.code, whose(split)) == ("connection.dns_vpn", (Owner.COMPANY, Owner.DEVICE))
    full = looked_up(GOOD_OPINIONS, set_=(INSIDE,), tunnelled=(INSIDE, *OPINIONS))
    assert full.owner is Owner.COMPANY  # others answer through the same tunnel


@pytest.mark.parametrize("said", [REFUSES, FAILS])
def test_a_public_name_server_that_is_asked_through_a_tunnel_may_have_been_set_here(said: Speaks) -> None:
    finding = looked_up({FAR: said, **GOOD_OPINIONS}, set_=(FAR,), tunnelled=(FAR, *OPINIONS))
    assert (finding.code, whose(finding)) == ("connection.dns_vpn", (Owner.COMPANY, Owner.DEVICE))
    assert "brings its own" not in finding.summary


def test_a_lookup_program_of_this_computer_that_does_not_run_is_this_computers_for_certain() -> None:
    finding = looked_up({STUB: CLOSED, **GOOD_OPINIONS}, set_=(STUB,))
    assert (finding.owner, finding.confidence) == (Owner.DEVICE, Confidence.HIGH)


def test_whom_a_lookup_program_of_this_computer_asks_is_not_known() -> None:
    assert whose(looked_up({STUB: FAILS}, set_=(STUB,))) == (Owner.HOME, Owner.ISP)
    others = looked_up({STUB: FAILS, **GOOD_OPINIONS}, set_=(STUB,))
    assert whose(others) == (Owner.HOME, Owner.ISP, Owner.DEVICE)
    assert looked_up({STUB: FAILS, ROUTER: GOOD}, set_=(STUB,)).owner is Owner.DEVICE
    vpn = looked_up({STUB: FAILS, ROUTER: GOOD}, set_=(STUB,), tunnelled=(INSIDE,))
    assert whose(vpn) == (Owner.DEVICE, Owner.COMPANY)


@pytest.mark.parametrize(
    ("speak", "owners"),
    [({NEAR: CLOSED}, (Owner.HOME, Owner.DEVICE)), ({NEAR: FAILS}, (Owner.HOME, Owner.ISP, Owner.DEVICE))],
)
def test_a_private_name_server_of_no_use_is_of_this_network_or_set_by_hand(
    speak: dict[str, Speaks], owners: tuple[Owner, ...]
) -> None:
    assert whose(looked_up(speak, set_=(NEAR,))) == owners


def test_a_computer_that_lets_no_question_out_is_at_fault_itself() -> None:
    assert looked_up(dict.fromkeys((ROUTER, *OPINIONS), NotAllowed(HERE))).owner is Owner.DEVICE


def test_no_way_to_any_name_server_may_be_the_word_of_the_router_as_well() -> None:
    assert whose(looked_up(dict.fromkeys((ROUTER, *OPINIONS), NO_ROUTE))) == (Owner.HOME, Owner.DEVICE)


def test_a_name_server_that_answers_directly_leaves_this_computer_and_its_network() -> None:
    assert whose(looked_up({ROUTER: GOOD})) == (Owner.DEVICE, Owner.HOME)


@pytest.mark.parametrize(
    ("set_", "owners"), [((), (Owner.DEVICE, Owner.HOME)), (None, (Owner.HOME, Owner.ISP))]
)
def test_no_name_server_set_is_told_from_none_that_could_be_told(
    set_: tuple[str, ...] | None, owners: tuple[Owner, ...]
) -> None:
    assert whose(looked_up({}, set_=set_)) == owners


def test_the_name_server_of_the_profile_is_asked_and_none_that_is_set_on_this_computer() -> None:
    net = FakeNet(
        names={name: NameSilent(Where(host=name)) for name in NAMES}, replies={(OPINIONS[0], 53): GOOD}
    )
    finding = looked_up({}, net=net, resolver=f"{FAR}:5353")
    assert [sent[:2] for sent in net.sent] == [(FAR, 5353), *((ip, 53) for ip in OPINIONS)]
    assert whose(finding) == (Owner.ISP, Owner.COMPANY)  # the company set it


def test_a_router_with_an_address_of_the_link_is_asked_over_its_interface() -> None:
    net = FakeNet(names={name: NameSilent(Where(host=name)) for name in NAMES})
    system = FakeSystem(route=Route(interface="wlan0", gateway="fe80::1"), resolvers=("2001:db8::53",))
    looked_up({}, net=net, system=system)
    assert ("fe80::1%wlan0", 53) in [sent[:2] for sent in net.sent]


def test_a_system_that_does_not_tell_its_router_asks_the_others() -> None:
    system = FakeSystem(route=NotTold("no permission"), resolvers=(FAR,))
    assert whose(looked_up(GOOD_OPINIONS, system=system)) == (Owner.ISP, Owner.DEVICE, Owner.HOME)


def test_what_is_set_and_is_no_address_is_left_out() -> None:
    assert looked_up({ROUTER: CLOSED}, set_=("dns.example", ROUTER)).owner is Owner.HOME
    assert whose(looked_up({ROUTER: CLOSED}, set_=("dns.example",))) == (Owner.DEVICE, Owner.HOME)


def test_no_more_name_servers_are_asked_than_a_system_would() -> None:
    finding = looked_up({}, set_=tuple(f"192.88.99.{number}" for number in range(1, 6)))
    assert "192.88.99.3" in finding.detail and "192.88.99.4" not in finding.detail


def test_names_that_are_found_a_moment_later_are_a_warning() -> None:
    class Waking(FakeNet):
        async def resolve(self, host: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
            if timeout_s == OPTIONS.wait_s:
                raise NameSilent(Where(host=host))
            return await super().resolve(host, timeout_s=timeout_s)

    result = asyncio.run(run_check(check, OPTIONS, net=Waking()))
    assert (result.status, result.findings[0].code) == (Status.WARN, "connection.dns_unsteady")


def test_a_real_name_server_that_fails_and_a_real_second_opinion_are_both_heard() -> None:
    def opinion(name: str) -> tuple[int, str | None]:
        return dns.rcode.NOERROR, "192.0.2.10"

    with name_server(lambda name: (dns.rcode.SERVFAIL, None)) as failing, name_server(opinion) as good:
        others = (good, f"{LOOPBACK}:{closed_port()}", failing)  # who is asked already is asked once
        options = DnsOptions(names=NAMES, second_opinion=others)
        world = real_world(resolver=failing) | {"resolver": failing, "system": FakeSystem()}
        (finding,) = asyncio.run(run_check(check, options, **world)).findings
    assert whose(finding) == (Owner.HOME, Owner.ISP)
    replies = ("says that it fails", "answers", "nothing listens there")
    assert "; ".join(f"127.0.0.1 (this computer) {said}" for said in replies) + "; www" in finding.detail


def test_a_second_opinion_by_name_is_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"dns\.example:53"):
        msgspec.convert({"names": NAMES, "second_opinion": ["dns.example:53"]}, DnsOptions)
