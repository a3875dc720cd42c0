"""Small cases and reports, made by hand: what the tests of the judge and of the table are about."""

from typing import Any

from readycheck.model import (
    Capability,
    Cause,
    CheckResult,
    Confidence,
    Finding,
    Owner,
    Report,
    Status,
    Verdict,
)
from tests.lab.catalogue import Case
from tests.lab.judge import Row, row
from tests.unit.sample_reports import report

OWNERS = {"gateway": Owner.COMPANY, "share": Owner.COMPANY, "dns": Owner.HOME}


def fault(name: str = "gateway-off", **changes: Any) -> Case:
    told = {"cause": ("vpn.gateway_silent",), "whose": Owner.COMPANY, "broken": ("vpn_gateway",), **changes}
    return Case(name=name, title=name, **told)


def healthy(name: str = "at-home") -> Case:
    return Case(name=name, title=name, level="healthy")


def result(check_id: str, status: Status, **changes: Any) -> CheckResult:
    return CheckResult(check_id=check_id, capability=Capability.VPN, title=check_id, status=status, **changes)


def warned(check_id: str, code: str, owner: Owner, *either: Owner) -> CheckResult:
    finding = Finding(code=code, status=Status.WARN, summary=code, owner=owner, either=either)
    return result(check_id, Status.WARN, findings=(finding,))


def cause(
    code: str = "vpn.gateway_silent",
    owner: Owner = Owner.COMPANY,
    *either: Owner,
    confidence: Confidence = Confidence.MEDIUM,
    explains: tuple[str, ...] = (),
) -> Cause:
    return Cause(
        code=code,
        owner=owner,
        confidence=confidence,
        summary=code,
        next_step="Wait",
        either=either,
        explains=explains,
    )


def told(*results: CheckResult, causes: tuple[Cause, ...] = (), verdict: Verdict | None = None) -> Report:
    """A report; without ``verdict`` the answer is not ready where there is a cause, else with warnings where there is one."""
    given = results or (result("dns", Status.PASS),)
    limited = any(each.status is Status.WARN for each in given)
    usual = Verdict.NOT_READY if causes else Verdict.READY_WITH_WARNINGS if limited else Verdict.READY
    return report(*given, causes=causes, capabilities=(), verdict=verdict or usual)


def judged(*cases: Case, report: Report | None, seconds: float = 4.0, **more: Any) -> Row:
    return row(cases, report, seconds=seconds, **more)
