"""Whose a bad certificate and an unknown name are, judged beside what others show and say at the same moment."""

import asyncio
from typing import Any

import dns.message
import dns.rcode
import dns.rrset
import pytest

from readycheck.errors import NameUnknown, NetError, Silent, TlsFailed
from readycheck.model import CheckResult, Confidence, Owner, Status
from readycheck.ports import TlsAnswer
from readycheck.testing import FakeNet, FakeSystem, Where, run_check, tls_answer
from readycheck_checks.certificates import judge_certificate
from readycheck_checks.vpn_gateway import GatewayOptions, check

HOST = "vpn.example"
WHERE = Where(host=HOST)
OURS, OTHERS = "192.0.2.53", ("198.51.100.1", "198.51.100.2")


def failing(reason: str) -> TlsFailed:
    return TlsFailed(WHERE, reason=reason)


@pytest.mark.parametrize(
    ("reason", "beside", "owner", "everybody"),
    [
        ("expired", None, Owner.COMPANY, False),
        ("expired", tls_answer(), Owner.COMPANY, False),
        ("expired", failing("expired"), Owner.DEVICE, True),
        ("expired", failing("not_yet_valid"), Owner.DEVICE, True),
        ("expired", failing("untrusted"), Owner.COMPANY, False),
        ("not_yet_valid", None, Owner.UNKNOWN, False),
        ("not_yet_valid", tls_answer(), Owner.COMPANY, False),
        ("not_yet_valid", failing("not_yet_valid"), Owner.DEVICE, True),
        ("untrusted", tls_answer(), Owner.COMPANY, False),
        ("untrusted", Silent(WHERE), Owner.COMPANY, False),
        ("untrusted", failing("untrusted"), Owner.UNKNOWN, True),
        ("wrong_name", tls_answer(), Owner.COMPANY, False),
        ("wrong_name", failing("wrong_name"), Owner.UNKNOWN, True),
    ],
)
def test_another_host_tells_whose_a_bad_certificate_is(
    reason: str, beside: TlsAnswer | NetError | None, owner: Owner, everybody: bool
) -> None:
    found = judge_certificate(reason, beside=beside)
    assert (found.whose.owner, found.everybody) == (owner, everybody)


def test_a_handshake_that_failed_otherwise_is_no_certificate_fault() -> None:
    with pytest.raises(ValueError, match="handshake"):
        judge_certificate("handshake")


def test_the_gateways_certificate_is_judged_beside_the_first_control_that_has_a_name() -> None:
    certificates: dict[str, Any] = {HOST: failing("untrusted"), "www.example": failing("untrusted")}
    wanted = GatewayOptions(host=HOST, kind="tls", tcp_controls=("192.0.2.1:443", "www.example:443"))
    result = asyncio.run(run_check(check, wanted, net=FakeNet(certificates=certificates)))
    finding = result.findings[0]
    assert (finding.code, finding.owner) == ("vpn.gateway_certificate", Owner.UNKNOWN)
    assert Owner.HOME in finding.either and "those of others" in finding.summary
    assert finding.remedy.startswith("Type no password")


# ---- Names ----


def says(known: bool) -> Any:
    def answer(request: bytes) -> bytes:
        question = dns.message.from_wire(request)
        reply = dns.message.make_response(question)
        if known:
            reply.answer.append(dns.rrset.from_text(question.question[0].name, 60, "IN", "A", "203.0.113.7"))
        else:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        return reply.to_wire()

    return answer


def asked(*opinions: Any, servers: tuple[str, ...] = OTHERS) -> CheckResult:
    replies = dict(zip([(ip, 53) for ip in OTHERS], opinions, strict=False))
    net = FakeNet(
        names={"other.example": ("192.0.2.9",)},
        replies={(HOST, 1194): NameUnknown(WHERE), (OURS, 53): says(False), **replies},
    )
    wanted = GatewayOptions(host=HOST, name_servers=tuple(f"{ip}:53" for ip in servers))
    return asyncio.run(run_check(check, wanted, net=net, system=FakeSystem(resolvers=(OURS,))))


def test_a_name_that_nobody_knows_is_the_companys() -> None:
    finding = asked(says(False), says(False)).findings[0]
    assert (finding.code, finding.owner, finding.confidence) == (
        "vpn.gateway_name",
        Owner.COMPANY,
        Confidence.HIGH,
    )


def test_a_name_that_others_know_is_hidden_from_this_computer() -> None:
    finding = asked(says(False), says(True)).findings[0]
    assert (finding.status, finding.code) == (Status.FAIL, "vpn.gateway_name_hidden")
    assert Owner.COMPANY not in (finding.owner, *finding.either)
    assert OURS in finding.summary and OTHERS[1] in finding.summary


@pytest.mark.parametrize("servers", [(), OTHERS])
def test_where_nobody_else_says_anything_nobody_is_blamed(servers: tuple[str, ...]) -> None:
    finding = asked(servers=servers).findings[0]
    assert (finding.code, finding.owner) == ("vpn.gateway_name", Owner.UNKNOWN)
    assert finding.either == (Owner.COMPANY, Owner.HOME, Owner.ISP)
