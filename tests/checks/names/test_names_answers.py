"""Names that all lead to one address, and names that come late: whose doing it is. And what one answer of a name server says."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import pytest

from readycheck.errors import NameSilent
from readycheck.model import CheckResult, Confidence, Finding, Owner, Status
from readycheck.testing import FakeClock, FakeNet, FakeSystem, Where, run_check, tls_answer
from readycheck_checks.dns import DnsOptions, check
from readycheck_checks.names.around import Place, Reply
from readycheck_checks.names.findings import whose_slowness
from readycheck_checks.names.message import Question
from tests.checks.name_servers import (
    FAILS,
    FAR,
    GOOD,
    GOOD_OPINIONS,
    INSIDE,
    NAMES,
    NEAR,
    OPTIONS,
    REFUSES,
    ROUTER,
    STUB,
    UNKNOWN,
    VPN,
    WIFI,
    Speaks,
    says,
    whose,
)

LIE = says(dns.rcode.NOERROR, "192.0.2.80")

# ---- one address for every name ----


def led(
    names: Mapping[str, tuple[str, ...]],
    speak: dict[str, Speaks] | None = None,
    *,
    set_: tuple[str, ...] = (ROUTER,),
    **net: Any,
) -> CheckResult:
    replies = {(ip, 53): said for ip, said in (speak or {}).items()}
    fake = FakeNet(names=dict(names), replies=dict(replies), **net)
    options = DnsOptions(names=tuple(names), second_opinion=OPTIONS.second_opinion)
    return asyncio.run(
        run_check(check, options, net=fake, system=FakeSystem(network=(WIFI,), resolvers=set_))
    )


def everywhere(address: str) -> dict[str, tuple[str, ...]]:
    return dict.fromkeys(NAMES, (address,))


def test_a_router_that_leads_every_name_to_itself_is_the_homes() -> None:
    result = led(everywhere(ROUTER), {ROUTER: says(dns.rcode.NOERROR, ROUTER), **GOOD_OPINIONS})
    (finding,) = result.findings
    assert (result.status, finding.code, finding.owner) == (Status.FAIL, "connection.dns_wrong", Owner.HOME)
    assert ROUTER in finding.summary and finding.confidence is Confidence.MEDIUM


@pytest.mark.parametrize("address", ["192.0.2.80", "10.99.0.1", "0.0.0.0"])
def test_an_address_elsewhere_may_be_the_providers_doing(address: str) -> None:
    (finding,) = led(everywhere(address), {ROUTER: says(dns.rcode.NOERROR, address)}).findings
    assert whose(finding) == (Owner.HOME, Owner.ISP)


@pytest.mark.parametrize(
    ("speak", "set_", "owners"),
    [
        ({FAR: LIE, ROUTER: GOOD}, (FAR,), (Owner.DEVICE, Owner.HOME)),
        ({FAR: LIE, **GOOD_OPINIONS}, (FAR,), (Owner.ISP, Owner.DEVICE, Owner.HOME)),
        ({STUB: LIE, ROUTER: GOOD}, (STUB,), (Owner.DEVICE,)),
        ({STUB: LIE, ROUTER: LIE}, (STUB,), (Owner.HOME, Owner.ISP)),  # it passes on what the router says
        ({STUB: LIE}, (STUB,), (Owner.HOME, Owner.ISP, Owner.DEVICE)),
        ({ROUTER: GOOD}, (ROUTER,), (Owner.DEVICE,)),  # no name server says so
        ({ROUTER: GOOD}, (ROUTER, FAR), (Owner.DEVICE,)),  # the second is silent
    ],
)
def test_whose_the_address_is_depends_on_who_says_it(
    speak: dict[str, Speaks], set_: tuple[str, ...], owners: tuple[Owner, ...]
) -> None:
    (finding,) = led(everywhere("192.0.2.80"), speak, set_=set_).findings
    assert whose(finding) == owners


def test_where_no_name_server_says_anything_the_address_is_nobodys_for_sure() -> None:
    (finding,) = led(everywhere("192.0.2.80")).findings
    assert whose(finding) == (Owner.HOME, Owner.ISP, Owner.DEVICE)
    assert finding.confidence is Confidence.LOW


def test_an_address_shared_beside_others_counts() -> None:
    names = {NAMES[0]: ("2001:db8::1", ROUTER), NAMES[1]: (ROUTER, "2001:db8::2")}
    assert led(names).status is Status.FAIL


@pytest.mark.parametrize(
    "names",
    [
        everywhere("198.18.0.7"),  # a program on this computer stands in for everybody
        {NAMES[0]: ("10.0.0.1",), NAMES[1]: ("10.0.0.2",)},  # private addresses, each its own
        {"a.one.example": (ROUTER,), "b.one.example": (ROUTER,)},  # one owner, one machine
    ],
)
def test_one_owner_or_several_addresses_are_no_lie(names: dict[str, tuple[str, ...]]) -> None:
    proved: dict[str, Any] = {name: tls_answer(name) for name in names}
    assert led(names, certificates=proved).status is Status.PASS


def test_an_address_that_proves_who_it_is_is_no_lie() -> None:
    proves = {NAMES[1]: tls_answer(NAMES[1])}
    assert led(everywhere("192.0.2.80"), certificates=proves).status is Status.PASS


# ---- slow lookups ----


@dataclass
class SlowNet(FakeNet):
    clock: FakeClock = field(default_factory=FakeClock)
    each_s: float = 0.3

    async def resolve(self, host: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
        await self.clock.sleep(self.each_s)
        return (f"192.0.2.{len(host)}",)


def slow(
    each_s: float,
    speak: dict[str, Speaks],
    *,
    set_: str = ROUTER,
    source: str = "192.168.1.23",
    clock: FakeClock | None = None,
) -> tuple[SlowNet, Finding]:
    replies: dict[tuple[str, int], Any] = {(ip, 53): said for ip, said in speak.items()}
    net = SlowNet(replies=replies, sources={set_: source}, each_s=each_s, clock=clock or FakeClock())
    options = DnsOptions(
        names=("www.one.example", "www.three.example"), second_opinion=OPTIONS.second_opinion
    )
    system = FakeSystem(network=(WIFI, VPN), resolvers=(set_,))
    result = asyncio.run(run_check(check, options, net=net, clock=net.clock, system=system))
    return net, result.findings[0]


def test_slow_lookups_are_the_routers_or_its_providers_and_nobody_else_is_asked() -> None:
    net, finding = slow(0.3, {})
    assert (finding.code, whose(finding)) == ("connection.dns_slow", (Owner.HOME, Owner.ISP))
    assert net.sent == []


@pytest.mark.parametrize(
    ("set_", "owners"),
    [
        (FAR, (Owner.HOME, Owner.ISP, Owner.DEVICE)),
        (NEAR, (Owner.HOME, Owner.ISP, Owner.DEVICE)),
        (STUB, (Owner.HOME, Owner.ISP, Owner.DEVICE)),  # a filter program, or what it passes questions on to
    ],
)
def test_slow_lookups_of_another_name_server_may_be_of_whoever_set_it(
    set_: str, owners: tuple[Owner, ...]
) -> None:
    assert whose(slow(0.3, {}, set_=set_)[1]) == owners


def test_slow_lookups_of_the_name_server_of_the_profile_may_be_the_companys() -> None:
    found = whose_slowness({Place.FAR}, by_profile=True)
    assert found.blame.either == (Owner.HOME, Owner.ISP, Owner.COMPANY)


def test_slow_lookups_where_no_name_server_is_told_are_nobodys() -> None:
    assert whose_slowness(frozenset()).blame.either == ()


def test_lookups_that_are_slow_because_this_computer_is_late_by_itself_are_unknown() -> None:
    class Late(FakeClock):
        async def sleep(self, seconds: float) -> None:
            await super().sleep(seconds + 0.06)

    finding = slow(0.3, {}, clock=Late())[1]
    assert (finding.status, finding.code) == (Status.UNKNOWN, "connection.dns_time_unproved")
    assert slow(0.9, {}, clock=Late())[1].code == "connection.dns_slow"


def test_slow_lookups_through_a_tunnel_are_nobodys() -> None:
    assert whose(slow(0.3, {}, set_=INSIDE, source="10.8.0.2")[1]) == (Owner.UNKNOWN,)
    assert whose(slow(3.5, {}, set_=INSIDE, source="10.8.0.2")[1]) == (Owner.UNKNOWN,)


def test_lookups_that_programs_give_up_on_are_of_who_set_the_server_where_the_router_is_quick() -> None:
    assert whose(slow(3.5, {ROUTER: GOOD}, set_=FAR)[1]) == (
        Owner.DEVICE,
        Owner.COMPANY,
        Owner.HOME,
    )  # a VPN is on
    assert whose(slow(3.5, {ROUTER: GOOD})[1]) == (Owner.HOME, Owner.ISP)


def test_a_run_that_finds_its_names_asks_no_name_server_by_itself() -> None:
    net = FakeNet(names={name: (f"192.0.2.{number}",) for number, name in enumerate(NAMES)})
    assert asyncio.run(run_check(check, OPTIONS, net=net)).status is Status.PASS
    assert net.sent == []


# ---- one question ----


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        (GOOD, Reply.ANSWERED),
        (UNKNOWN, Reply.UNKNOWN_NAME),
        (says(dns.rcode.NOERROR), Reply.UNKNOWN_NAME),
        (REFUSES, Reply.REFUSES),
        (FAILS, Reply.FAILING),
        (lambda data: data[:2] + b"\x82\x00" + bytes(8), Reply.ODD),  # of no question
        (lambda data: data[:2] + b"\x80\x00" + b"\xff" * 20, Reply.ODD),
        (lambda data: data[:2] + b"\x83\x80" + data[4:], Reply.ANSWERED),  # too long for a datagram
    ],
)
def test_an_answer_is_read_by_its_code(said: Callable[[bytes], bytes], reply: Reply) -> None:
    question = Question(NAMES[0])
    data = said(question.packet)
    assert question.accepts(data)
    assert question.read(data)[0] is reply


def test_what_is_no_answer_to_this_question_is_not_heard() -> None:
    question, other = Question(NAMES[0]), GOOD(Question(NAMES[0]).packet)
    strange = bytes([other[0] ^ 1]) + other[1:] if other[:2] == question.packet[:2] else other
    assert not question.accepts(strange)
    assert not question.accepts(question.packet)  # its own echo
    assert not question.accepts(b"")


# ---- answers that were cut ----


def cut(data: bytes) -> bytes:
    """To be asked again over TCP (RFC 1035, section 4.2.1)."""
    said = dns.message.from_wire(GOOD(data))
    said.answer.clear()
    said.flags |= dns.flags.TC
    return said.to_wire()


@pytest.mark.parametrize("over_tcp", [True, False])
def test_an_answer_that_was_cut_is_of_use_only_where_the_question_for_the_whole_is_taken(
    over_tcp: bool,
) -> None:
    names = {name: NameSilent(Where(host=name)) for name in NAMES}
    net = FakeNet(
        names=dict(names),
        replies={(ROUTER, 53): cut, **{(ip, 53): said for ip, said in GOOD_OPINIONS.items()}},
        ports={(ROUTER, 53): 5.0} if over_tcp else {},
    )
    system = FakeSystem(network=(WIFI,), resolvers=(ROUTER,))
    result = asyncio.run(run_check(check, OPTIONS, net=net, system=system))
    expected = (Owner.DEVICE, Owner.HOME) if over_tcp else (Owner.HOME, Owner.ISP)
    assert whose(result.findings[0]) == expected
