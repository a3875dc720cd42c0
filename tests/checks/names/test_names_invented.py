"""Names that nobody has and that lead somewhere all the same: who is heard to invent them."""

import asyncio
from typing import Any

import pytest

from readycheck.model import CheckResult, Confidence, Owner, Status
from readycheck.testing import FakeNet, FakeSystem, NameUnknown, Where, run_check
from readycheck_checks.dns import DnsOptions, check
from tests.checks.name_servers import (
    FAILS,
    FAR,
    GOOD,
    INSIDE,
    NAMES,
    NEAR,
    OPINIONS,
    OPTIONS,
    ROUTER,
    STUB,
    UNKNOWN,
    VPN,
    WIFI,
    Speaks,
    whose,
)

INVENTS = GOOD
HONEST = dict.fromkeys(OPINIONS, UNKNOWN)
ZONE = "one.example"
STAND_INS = {"both versions": ("198.18.0.9", "fc00::9"), "the newer one": ("fc00::9",)}


class Everything(FakeNet):
    """Every name has an address here; the well-known ones their own."""

    invented: tuple[str, ...] = ("192.0.2.10",)

    async def resolve(self, host: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
        return await super().resolve(host, timeout_s=timeout_s) if host in NAMES else self.invented


def looked_up(
    speak: dict[str, Speaks], set_: str | None = ROUTER, *, tunnelled: tuple[str, ...] = (), **world: Any
) -> CheckResult:
    net = Everything(
        names={name: (f"192.0.2.{number}",) for number, name in enumerate(NAMES, start=1)},
        replies={(ip, 53): said for ip, said in speak.items()},
        sources=dict.fromkeys(tunnelled, "10.8.0.2"),
    )
    options = DnsOptions(names=NAMES, hijack_zone=ZONE, second_opinion=OPTIONS.second_opinion)
    network = (WIFI, VPN) if tunnelled else (WIFI,)
    system = FakeSystem(network=network, resolvers=None if set_ is None else (set_,))
    return asyncio.run(run_check(check, options, net=net, system=system, **world))


@pytest.mark.parametrize(
    ("server", "router", "owners"),
    [
        (ROUTER, {}, (Owner.HOME, Owner.ISP)),
        (FAR, {}, (Owner.ISP, Owner.DEVICE, Owner.HOME)),
        (FAR, {ROUTER: UNKNOWN}, (Owner.DEVICE, Owner.HOME)),  # set here, or handed out by the router
        (STUB, {}, (Owner.DEVICE, Owner.HOME, Owner.ISP)),
        (STUB, {ROUTER: UNKNOWN}, (Owner.DEVICE,)),
        (STUB, {ROUTER: INVENTS}, (Owner.HOME, Owner.ISP)),  # it passes on what the router says
        (NEAR, {ROUTER: UNKNOWN}, (Owner.HOME, Owner.DEVICE, Owner.COMPANY)),
    ],
)
def test_whose_an_invention_is_follows_from_who_answers_for_such_a_name(
    server: str, router: dict[str, Speaks], owners: tuple[Owner, ...]
) -> None:
    outcome = looked_up({server: INVENTS, **router, **HONEST}, server)
    assert outcome.status is Status.WARN
    assert outcome.findings[-1].code == "connection.dns_hijack"
    assert whose(outcome.findings[-1]) == owners
    assert server in outcome.findings[-1].summary


def test_what_a_tunnels_name_server_invents_is_put_on_neither_router_nor_provider() -> None:
    outcome = looked_up({INSIDE: INVENTS, ROUTER: UNKNOWN, **HONEST}, INSIDE, tunnelled=(INSIDE,))
    assert whose(outcome.findings[-1]) == (Owner.COMPANY,)


def test_where_every_name_server_on_earth_invents_something_on_the_line_answers_for_them() -> None:
    outcome = looked_up(dict.fromkeys((FAR, *OPINIONS), INVENTS), FAR)
    assert whose(outcome.findings[-1]) == (Owner.ISP, Owner.HOME)


def test_what_none_of_the_name_servers_invents_is_this_computers_doing() -> None:
    outcome = looked_up({ROUTER: UNKNOWN, **HONEST})
    assert whose(outcome.findings[-1]) == (Owner.DEVICE,)


@pytest.mark.parametrize(("speak", "set_"), [({}, ROUTER), ({ROUTER: FAILS}, ROUTER), (HONEST, None)])
def test_an_invention_that_nobody_is_heard_to_make_is_nobodys_for_sure(
    speak: dict[str, Speaks], set_: str | None
) -> None:
    finding = looked_up(speak, set_).findings[-1]
    assert (whose(finding), finding.confidence) == ((Owner.ISP, Owner.HOME, Owner.DEVICE), Confidence.LOW)


def test_a_name_server_of_the_profile_that_invents_is_the_companys_choice() -> None:
    finding = looked_up({FAR: INVENTS, **HONEST}, resolver=f"{FAR}:53").findings[-1]
    assert whose(finding) == (Owner.COMPANY, Owner.ISP)


@pytest.mark.parametrize("addresses", STAND_INS.values(), ids=STAND_INS)
def test_stand_ins_of_a_program_are_no_inventions(addresses: tuple[str, ...]) -> None:
    class StandsIn(Everything):
        invented = addresses

    net = StandsIn(names={name: (f"192.0.2.{number}",) for number, name in enumerate(NAMES, start=1)})
    options = DnsOptions(names=NAMES, hijack_zone=ZONE)
    assert asyncio.run(run_check(check, options, net=net)).status is Status.PASS


def test_where_random_names_are_unknown_no_name_server_is_asked_by_itself() -> None:
    class Knowing(Everything):
        async def resolve(self, host: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
            if host not in NAMES:
                raise NameUnknown(Where(host=host))
            return await super().resolve(host, timeout_s=timeout_s)

    net = Knowing(names={name: (f"192.0.2.{number}",) for number, name in enumerate(NAMES, start=1)})
    options = DnsOptions(names=NAMES, hijack_zone=ZONE, second_opinion=OPTIONS.second_opinion)
    assert asyncio.run(run_check(check, options, net=net)).status is Status.PASS
    assert net.sent == []
