"""Who refuses or breaks off a secure connection is looked at twice, beside a host that takes one."""

import asyncio
from typing import Any

import pytest

from readycheck.errors import Closed, NetError, Silent
from readycheck.model import CheckResult, Confidence, Owner, Status
from readycheck.ports import TlsAnswer
from readycheck.testing import FakeHttp, FakeNet, Where, run_check, tls_answer
from readycheck_checks.tls import check
from tests.checks.test_tls import ONE, OPTIONS, TWO, asked, bad, code


class Moments(FakeNet):
    """Each host's answers in their order; the last one stays."""

    def __init__(self, **answers: list[TlsAnswer | NetError]) -> None:
        super().__init__()
        self.answers = {f"{host}.example": list(told) for host, told in answers.items()}

    async def tls(self, host: str, port: int, *, public_roots: bool = False, **how: Any) -> TlsAnswer:
        left = self.answers[host]
        answer = left[0] if public_roots or len(left) == 1 else left.pop(0)
        if isinstance(answer, NetError):
            raise answer
        return answer


def over_time(one: list[TlsAnswer | NetError], two: list[TlsAnswer | NetError]) -> CheckResult:
    return asyncio.run(run_check(check, OPTIONS, net=Moments(one=one, two=two)))


CUT, GARBAGE = Closed(Where(host=ONE, port=443)), bad("handshake")


@pytest.mark.parametrize("passing", [bad("untrusted", "Box"), bad("wrong_name"), GARBAGE, CUT])
def test_what_is_refused_once_and_comes_about_at_a_second_look_is_no_fault(passing: NetError) -> None:
    outcome = over_time([passing, tls_answer(ONE)], [tls_answer(TWO)])
    assert (outcome.status, code(outcome)) == (Status.PASS, "connection.tls")
    assert ("tls_second_look", ONE) in [(fact.name, fact.value.partition(":")[0]) for fact in outcome.facts]


def test_strangers_behind_all_hosts_for_a_moment_are_no_interception() -> None:
    outcome = over_time(
        [bad("untrusted", "Box"), tls_answer(ONE)], [bad("untrusted", "Box", TWO), tls_answer(TWO)]
    )
    assert outcome.status is Status.PASS


def test_a_bad_host_whose_control_is_lost_at_the_second_look_is_blamed_on_nobody() -> None:
    gone = Silent(Where(host=TWO, port=443))
    finding = over_time([bad("wrong_name")], [tls_answer(TWO), gone]).findings[0]
    assert (finding.code, finding.owner, finding.either) == ("connection.tls_host", Owner.UNKNOWN, ())
    assert finding.confidence is Confidence.LOW


@pytest.mark.parametrize("broken", [GARBAGE, CUT])
def test_a_handshake_that_breaks_off_twice_beside_a_good_one_is_no_certificate_fault(
    broken: NetError,
) -> None:
    finding = asked(broken, tls_answer(TWO)).findings[0]
    assert (finding.status, finding.code) == (Status.WARN, "connection.tls_broken_off")
    assert finding.either == (Owner.HOME, Owner.ISP, Owner.SERVICE)
    assert finding.confidence is Confidence.LOW and "certificate" not in finding.summary


def test_one_host_that_breaks_off_while_nobody_else_answers_proves_nothing() -> None:
    assert asked(GARBAGE).status is Status.UNKNOWN
    assert asked(CUT).status is Status.UNKNOWN


def test_connections_to_all_hosts_that_are_cut_in_the_handshake_fail_and_nobody_is_blamed() -> None:
    outcome = asked(CUT, Closed(Where(host=TWO, port=443)))
    assert (outcome.status, code(outcome)) == (Status.FAIL, "connection.tls_broken")
    assert outcome.findings[0].owner is Owner.UNKNOWN and "who it is" not in outcome.summary


def test_beside_a_proxy_direct_connections_that_are_cut_do_not_apply() -> None:
    http = FakeHttp(proxies={"https://www.example.org/": "http://proxy.example:8080"})
    assert asked(CUT, GARBAGE, http=http).status is Status.SKIP
