"""A name that leads to somebody else: only a certificate of another name and other name servers together prove it."""

import asyncio
from collections.abc import Mapping
from typing import Any

import dns.rcode
import pytest

from readycheck.errors import NetError, TlsFailed
from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import TlsAnswer
from readycheck.testing import FakeNet, FakeSystem, Where, run_check, tls_answer
from readycheck_checks.dns import DnsOptions
from readycheck_checks.dns import check as name_lookup
from readycheck_checks.tls import TlsOptions
from readycheck_checks.tls import check as secure_connections
from tests.checks.name_servers import (
    FAR,
    GOOD,
    NAMES,
    OPINIONS,
    OPTIONS,
    ROUTER,
    STUB,
    UNKNOWN,
    VPN,
    WIFI,
    Speaks,
    says,
    whose,
)

FORGED, OWN = "203.0.113.66", "192.0.2.10"
LIES = says(dns.rcode.NOERROR, FORGED)
LED_ASTRAY: dict[str, Any] = {NAMES[0]: (FORGED,), NAMES[1]: ("192.0.2.20",)}
STRANGER = TlsFailed(Where(host=NAMES[0], port=443), reason="wrong_name")
HOME_ISP_SERVICE = (Owner.HOME, Owner.ISP, Owner.SERVICE)


def world(
    server: str, said: Speaks, others: Speaks, shown: TlsAnswer | NetError, names: Mapping[str, Any]
) -> dict[str, Any]:
    replies = {(server, 53): said} | {(ip, 53): others for ip in OPINIONS}
    certificates = {NAMES[0]: shown, NAMES[1]: tls_answer(NAMES[1])}
    net = FakeNet(names=names, replies=replies, certificates=certificates)
    return {"net": net, "system": FakeSystem(network=(WIFI, VPN), resolvers=(server,))}


def looked_up(
    server: str = ROUTER,
    said: Speaks = LIES,
    others: Speaks = GOOD,
    shown: TlsAnswer | NetError = STRANGER,
    names: Mapping[str, Any] = LED_ASTRAY,
) -> CheckResult:
    options = DnsOptions(names=NAMES, second_opinion=OPTIONS.second_opinion)
    return asyncio.run(run_check(name_lookup, options, **world(server, said, others, shown, names)))


def connected(others: Speaks = GOOD, shown: TlsAnswer | NetError = STRANGER, **more: Any) -> CheckResult:
    hosts = tuple(f"{name}:443" for name in NAMES)
    options = TlsOptions(hosts=hosts, name_servers=more.pop("ask", OPTIONS.second_opinion))
    around = world(ROUTER, LIES, others, shown, LED_ASTRAY)
    return asyncio.run(run_check(secure_connections, options, **around))


def codes(outcome: CheckResult) -> list[str]:
    return [finding.code for finding in outcome.findings]


def test_a_name_that_others_lead_elsewhere_and_whose_certificate_is_anothers_is_no_good_lookup() -> None:
    outcome = looked_up()
    assert (outcome.status, codes(outcome)) == (Status.WARN, ["connection.dns_forged"])
    assert whose(outcome.findings[0]) == HOME_ISP_SERVICE
    assert FORGED in outcome.summary and ROUTER in outcome.summary


def test_the_service_is_not_blamed_alone_for_a_certificate_behind_a_forged_address() -> None:
    outcome = connected()
    assert (outcome.status, codes(outcome)) == (Status.WARN, ["connection.tls_led_elsewhere"])
    assert whose(outcome.findings[0]) == HOME_ISP_SERVICE
    assert "leads to" in outcome.summary and "elsewhere by other name servers" in outcome.summary


@pytest.mark.parametrize("others", [LIES, UNKNOWN], ids=["the same address", "no address"])
def test_a_wrong_certificate_where_others_lead_too_is_the_services(others: Speaks) -> None:
    outcome = connected(others)
    assert (codes(outcome), outcome.findings[0].owner) == (["connection.tls_host"], Owner.SERVICE)
    assert codes(looked_up(others=others)) == ["connection.dns"]


def test_without_a_second_opinion_a_wrong_certificate_stays_the_services() -> None:
    assert connected(ask=()).findings[0].owner is Owner.SERVICE


def test_other_addresses_with_the_right_certificate_are_those_of_a_large_service() -> None:
    assert codes(looked_up(shown=tls_answer(NAMES[0]))) == ["connection.dns"]
    assert connected(shown=tls_answer(NAMES[0])).status is Status.PASS


def test_a_strangers_issuer_proves_no_forged_name() -> None:
    stranger = TlsFailed(Where(host=NAMES[0], port=443), reason="untrusted", issuer="Box CA")
    assert codes(looked_up(shown=stranger)) == ["connection.dns"]
    assert codes(connected(shown=stranger)) == ["connection.tls_host"]


@pytest.mark.parametrize(
    ("server", "parties"),
    [
        (FAR, (Owner.ISP, Owner.DEVICE, Owner.HOME, Owner.SERVICE)),
        (STUB, (Owner.DEVICE, Owner.COMPANY, Owner.HOME, Owner.ISP, Owner.SERVICE)),  # a VPN is on
    ],
)
def test_whose_it_is_follows_from_where_the_name_server_stands(
    server: str, parties: tuple[Owner, ...]
) -> None:
    assert whose(looked_up(server).findings[0]) == parties


def test_an_address_that_no_name_server_tells_is_put_there_by_this_computer() -> None:
    assert whose(looked_up(said=GOOD).findings[0]) == (Owner.DEVICE,)
