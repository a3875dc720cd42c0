"""Whose a bad certificate and an unknown name are, judged beside what others show and say at the same moment."""

import asyncio
from typing import Any

import pytest

from readycheck.errors import NameUnknown, TlsFailed
from readycheck.model import CheckResult, Confidence, Owner, Status
from readycheck.testing import FakeNet, FakeSystem, Where, run_check
from readycheck_checks.vpn.gateway_options import GatewayOptions
from readycheck_checks.vpn_gateway import check
from tests.checks.opinions import OTHERS, OURS, says

HOST = "vpn.example"
WHERE = Where(host=HOST)


def failing(reason: str) -> TlsFailed:
    return TlsFailed(WHERE, reason=reason)


def test_the_gateways_certificate_is_judged_beside_the_first_control_that_has_a_name() -> None:
    certificates: dict[str, Any] = {HOST: failing("untrusted"), "www.example": failing("untrusted")}
    wanted = GatewayOptions(host=HOST, kind="tls", tcp_controls=("192.0.2.1:443", "www.example:443"))
    result = asyncio.run(run_check(check, wanted, net=FakeNet(certificates=certificates)))
    finding = result.findings[0]
    assert (finding.code, finding.owner) == ("vpn.gateway_certificate", Owner.UNKNOWN)
    assert Owner.HOME in finding.either and "those of others" in finding.summary
    assert finding.remedy.startswith("Type no password")


# ---- Names ----


def asked(*opinions: Any, servers: tuple[str, ...] = OTHERS) -> CheckResult:
    replies = dict(zip([(ip, 53) for ip in OTHERS], opinions, strict=False))
    net = FakeNet(
        names={"other.example": ("192.0.2.9",)},
        replies={(HOST, 1194): NameUnknown(WHERE), (OURS, 53): says(known=False), **replies},
    )
    wanted = GatewayOptions(host=HOST, name_servers=tuple(f"{ip}:53" for ip in servers))
    return asyncio.run(run_check(check, wanted, net=net, system=FakeSystem(resolvers=(OURS,))))


def test_a_name_that_nobody_knows_is_the_companys() -> None:
    finding = asked(says(known=False), says(known=False)).findings[0]
    assert (finding.code, finding.owner, finding.confidence) == (
        "vpn.gateway_name",
        Owner.COMPANY,
        Confidence.HIGH,
    )


def test_a_name_that_others_know_is_hidden_from_this_computer() -> None:
    finding = asked(says(known=False), says(known=True)).findings[0]
    assert (finding.status, finding.code) == (Status.FAIL, "vpn.gateway_name_hidden")
    assert Owner.COMPANY not in (finding.owner, *finding.either)
    assert OURS in finding.summary and OTHERS[1] in finding.summary


@pytest.mark.parametrize("servers", [(), OTHERS])
def test_where_nobody_else_says_anything_nobody_is_blamed(servers: tuple[str, ...]) -> None:
    finding = asked(servers=servers).findings[0]
    assert (finding.code, finding.owner) == ("vpn.gateway_name", Owner.UNKNOWN)
    assert finding.either == (Owner.COMPANY, Owner.HOME, Owner.ISP)
