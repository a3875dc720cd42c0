"""Names that lead to stand-in addresses or nowhere, and names that are blocked."""

import asyncio
from collections.abc import Mapping
from typing import Any

import dns.rcode
import pytest

from readycheck.errors import TlsFailed
from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import Interface
from readycheck.testing import (
    FakeNet,
    FakeSystem,
    NameUnknown,
    Where,
    run_check,
    tls_answer,
)
from readycheck_checks.dns import DnsOptions, check
from readycheck_checks.names.astray import astray
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

STAND_INS: dict[str, Any] = {NAMES[0]: ("198.18.0.7",), NAMES[1]: ("100.64.1.9",)}


def asked(
    names: dict[str, Any],
    speak: Mapping[str, Speaks] | None = None,
    *,
    set_: str | tuple[str, ...] = ROUTER,
    network: tuple[Interface, ...] = (WIFI,),
    **net: Any,
) -> CheckResult:
    fake = FakeNet(names=names, replies={(ip, 53): said for ip, said in (speak or {}).items()}, **net)
    options = DnsOptions(names=NAMES, second_opinion=OPTIONS.second_opinion)
    system = FakeSystem(network=network, resolvers=(set_,) if isinstance(set_, str) else set_)
    return asyncio.run(run_check(check, options, net=fake, system=system))


def codes(outcome: CheckResult) -> list[str]:
    return [finding.code for finding in outcome.findings]


def test_stand_in_addresses_that_are_carried_are_told_and_are_no_fault() -> None:
    outcome = asked(STAND_INS, certificates={NAMES[1]: tls_answer(NAMES[1])})
    assert (outcome.status, codes(outcome)) == (Status.PASS, ["connection.dns_stand_ins", "connection.dns"])


def test_a_program_that_gives_every_name_a_stand_in_invents_no_names() -> None:
    class Everything(FakeNet):
        async def resolve(self, host: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
            return (f"198.18.0.{len(host)}",)

    net = Everything(certificates={NAMES[0]: tls_answer(NAMES[0])})
    options = DnsOptions(names=NAMES, hijack_zone="example.com")
    assert asyncio.run(run_check(check, options, net=net)).status is Status.PASS


def test_a_stranger_behind_a_stand_in_is_carried_too_and_judged_elsewhere() -> None:
    stranger = TlsFailed(Where(host=NAMES[0]), reason="untrusted")
    assert asked(STAND_INS, certificates={NAMES[0]: stranger}).status is Status.PASS


def test_stand_in_addresses_that_nobody_carries_fail_where_others_answer() -> None:
    outcome = asked(STAND_INS, GOOD_OPINIONS)
    assert (outcome.status, codes(outcome)) == (Status.FAIL, ["connection.dns_stand_ins_dead"])
    assert outcome.findings[0].either == (Owner.DEVICE, Owner.COMPANY)


def test_stand_in_addresses_on_a_line_where_nobody_answers_prove_nothing() -> None:
    assert codes(asked(STAND_INS)) == ["connection.dns_stand_ins_unproved"]


@pytest.mark.parametrize("address", ["198.18.0.7", "100.64.1.9"])
def test_a_single_stand_in_that_is_dead_is_a_dead_program_and_no_lie_of_the_name_server(address: str) -> None:
    outcome = asked(dict.fromkeys(NAMES, (address,)), GOOD_OPINIONS)
    assert codes(outcome) == ["connection.dns_stand_ins_dead"]


def test_a_single_stand_in_that_the_routers_name_server_gives_itself_is_its_lie() -> None:
    names = dict.fromkeys(NAMES, ("100.64.1.9",))
    outcome = asked(names, {ROUTER: says(dns.rcode.NOERROR, "100.64.1.9"), **GOOD_OPINIONS})
    assert codes(outcome) == ["connection.dns_wrong"]
    assert whose(outcome.findings[0]) == (Owner.HOME, Owner.ISP)


@pytest.mark.parametrize("address", ["0.0.0.0", "127.0.0.1", "192.168.1.1", "::"])
def test_a_name_that_leads_nowhere_is_a_block_of_whoever_says_so(address: str) -> None:
    names = {NAMES[0]: ("192.0.2.1",), NAMES[1]: (address,)}
    lie = says(dns.rcode.NOERROR, address if ":" not in address else "0.0.0.0")
    outcome = asked(names, {ROUTER: lie, **GOOD_OPINIONS})
    assert (outcome.status, codes(outcome)) == (Status.WARN, ["connection.dns_blocked"])
    assert whose(outcome.findings[0]) == (Owner.HOME, Owner.ISP)
    assert NAMES[1] in outcome.summary


def test_a_block_that_no_name_server_says_is_this_computers() -> None:
    names = {NAMES[0]: ("192.0.2.1",), NAMES[1]: ("127.0.0.1",)}
    outcome = asked(names, {ROUTER: GOOD, **GOOD_OPINIONS})
    assert whose(outcome.findings[0]) == (Owner.DEVICE,)


def test_a_silent_spare_name_server_blocks_nothing() -> None:
    names = {NAMES[0]: ("192.0.2.1",), NAMES[1]: ("127.0.0.1",)}
    finding = asked(names, {ROUTER: GOOD, **GOOD_OPINIONS}, set_=(ROUTER, FAR)).findings[0]
    assert whose(finding) == (Owner.DEVICE,)
    assert FAR not in finding.summary


def test_a_block_about_which_no_name_server_says_anything_is_nobodys() -> None:
    names = {NAMES[0]: ("192.0.2.1",), NAMES[1]: ("127.0.0.1",)}
    assert whose(asked(names, GOOD_OPINIONS).findings[0]) == (Owner.UNKNOWN,)


LED = {NAMES[0]: ("192.0.2.1",), NAMES[1]: ("10.1.1.1",)}
BLOCKS = says(dns.rcode.NOERROR, "10.1.1.1")


@pytest.mark.parametrize(
    ("server", "router", "owners"),
    [
        (FAR, {}, (Owner.ISP, Owner.DEVICE, Owner.HOME)),
        (FAR, {ROUTER: GOOD}, (Owner.DEVICE, Owner.HOME)),  # set here, or handed out by the router
        (FAR, {ROUTER: UNKNOWN}, (Owner.ISP, Owner.DEVICE, Owner.HOME)),
        (STUB, {}, (Owner.DEVICE, Owner.HOME, Owner.ISP)),
        (STUB, {ROUTER: FAILS}, (Owner.DEVICE, Owner.HOME, Owner.ISP)),
        (STUB, {ROUTER: GOOD}, (Owner.DEVICE,)),  # a filter of this computer, or whom it asks past the router
        (STUB, {ROUTER: BLOCKS}, (Owner.HOME, Owner.ISP)),  # it passes on what the router says
        (NEAR, {}, (Owner.HOME, Owner.ISP, Owner.DEVICE, Owner.COMPANY)),
        (NEAR, {ROUTER: GOOD}, (Owner.HOME, Owner.DEVICE, Owner.COMPANY)),
    ],
)
def test_whose_a_block_is_follows_from_who_says_so_and_whether_the_router_does(
    server: str, router: dict[str, Speaks], owners: tuple[Owner, ...]
) -> None:
    outcome = asked(LED, {server: BLOCKS, **router, **GOOD_OPINIONS}, set_=server)
    assert codes(outcome)[0] == "connection.dns_blocked"
    assert whose(outcome.findings[0]) == owners


@pytest.mark.parametrize("spare", [FAILS, REFUSES])
def test_a_name_server_that_fails_says_of_no_name_that_it_is_blocked(spare: Speaks) -> None:
    here = {NAMES[0]: ("192.0.2.1",), NAMES[1]: ("127.0.0.1",)}
    finding = asked(here, {FAR: spare, ROUTER: GOOD, **GOOD_OPINIONS}, set_=(FAR, ROUTER)).findings[0]
    assert whose(finding) == (Owner.DEVICE,)


def test_a_block_by_a_server_that_is_asked_after_one_that_knows_the_name_may_be_this_computers() -> None:
    finding = asked(LED, {ROUTER: BLOCKS, FAR: GOOD, **GOOD_OPINIONS}, set_=(FAR, ROUTER)).findings[0]
    assert whose(finding) == (Owner.HOME, Owner.ISP, Owner.DEVICE)


def test_a_block_through_the_tunnel_is_the_companys_or_of_who_set_a_public_server() -> None:
    for server, owners in ((INSIDE, (Owner.COMPANY,)), (FAR, (Owner.COMPANY, Owner.DEVICE))):
        speak = {server: BLOCKS, **GOOD_OPINIONS}
        finding = asked(LED, speak, set_=server, network=(WIFI, VPN), sources={server: "10.8.0.2"}).findings[
            0
        ]
        assert whose(finding) == owners


def test_a_name_that_was_denied_once_and_is_found_again_is_blocked_by_nobody() -> None:
    class Forgetful(FakeNet):
        async def resolve(self, host: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
            if host == NAMES[1] and timeout_s == OPTIONS.wait_s:
                raise NameUnknown(Where(host=host))
            return await super().resolve(host, timeout_s=timeout_s)

    net = Forgetful(
        names={name: (f"192.0.2.{number}",) for number, name in enumerate(NAMES, start=1)},
        replies={(ip, 53): said for ip, said in {ROUTER: GOOD, **GOOD_OPINIONS}.items()},
    )
    system = FakeSystem(network=(WIFI,), resolvers=(ROUTER,))
    outcome = asyncio.run(run_check(check, OPTIONS, net=net, system=system))
    assert codes(outcome) == ["connection.dns_partial"]
    assert whose(outcome.findings[0]) == (Owner.UNKNOWN,)


def test_a_block_without_a_second_opinion_is_nobodys() -> None:
    names = {NAMES[0]: ("192.0.2.1",), NAMES[1]: ("10.1.1.1",)}
    outcome = asked(names, {ROUTER: says(dns.rcode.NOERROR, "10.1.1.1")})
    assert (outcome.status, whose(outcome.findings[0])) == (Status.WARN, (Owner.UNKNOWN,))


def test_a_private_address_that_proves_who_it_is_is_no_block() -> None:
    names = {NAMES[0]: ("192.0.2.1",), NAMES[1]: ("10.1.1.1",)}
    assert asked(names, certificates={NAMES[1]: tls_answer(NAMES[1])}).status is Status.PASS


def test_a_name_that_only_this_name_server_does_not_know_is_blocked() -> None:
    names = {NAMES[0]: ("192.0.2.1",), NAMES[1]: NameUnknown(Where(host=NAMES[1]))}
    outcome = asked(names, {ROUTER: UNKNOWN, **GOOD_OPINIONS})
    assert codes(outcome) == ["connection.dns_blocked"]
    assert whose(outcome.findings[0]) == (Owner.HOME, Owner.ISP)


def test_a_name_that_nobody_knows_is_no_block() -> None:
    names = {NAMES[0]: ("192.0.2.1",), NAMES[1]: NameUnknown(Where(host=NAMES[1]))}
    outcome = asked(names, {ROUTER: UNKNOWN, "1.1.1.1": UNKNOWN, "9.9.9.9": UNKNOWN})
    assert codes(outcome) == ["connection.dns_partial"]


def test_what_a_name_server_of_the_profile_says_is_as_the_profile_wants_it() -> None:
    net = FakeNet(names={name: (f"127.0.0.{number}",) for number, name in enumerate(NAMES, start=1)})
    outcome = asyncio.run(run_check(check, DnsOptions(names=NAMES), net=net, resolver="127.0.0.1:5353"))
    assert codes(outcome) == ["connection.dns"]


def test_a_name_of_both_kinds_of_addresses_is_no_name_astray() -> None:
    found = astray({"a": ("198.18.0.1", "8.8.8.8"), "b": ("10.0.0.1", "2600::1"), "c": ()})
    assert found.all == ()


@pytest.mark.parametrize("addresses", [("198.18.0.7", "fc00::7"), ("fc00::7",)])
def test_stand_ins_of_both_versions_are_stand_ins_and_lead_nowhere_else(addresses: tuple[str, ...]) -> None:
    found = astray({"a": addresses, "b": ("fd00::7",)})
    assert (found.stand_ins, found.nowhere) == (("a",), ("b",))
