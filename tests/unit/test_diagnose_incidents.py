"""A known incident: what a status page reports, and the failure of a check that asks the same service."""

import pytest
from msgspec.structs import replace

from readycheck.api import Capability, Confidence, Finding, Owner, Status, fact
from readycheck.diagnose import diagnose
from readycheck.diagnose.incidents import ABOUT
from readycheck.model import Cause, CheckResult

REPORT = "Teams reports an incident since 2026-11-20 08:10"
WAIT = "Wait: it is known, so no ticket is needed"


def status_page(
    code: str = "help.known_incident",
    *,
    status: Status = Status.WARN,
    about: str = "call_service:teams",
    owner: Owner = Owner.SERVICE,
) -> CheckResult:
    return CheckResult(
        check_id="status_page:teams",
        capability=Capability.CALLS,
        title="Status of Teams",
        status=status,
        findings=(Finding(code=code, status=status, summary=REPORT, remedy=WAIT, owner=owner),),
        facts=(fact(ABOUT, "Checks that this page is about", about),),
    )


def failing(check_id: str, owner: Owner = Owner.UNKNOWN, either: tuple[Owner, ...] = ()) -> CheckResult:
    finding = Finding(
        code="calls.service_unreachable",
        status=Status.FAIL,
        summary="Teams does not answer",
        remedy="Tell IT support",
        owner=owner,
        either=either,
        confidence=Confidence.HIGH,
    )
    return CheckResult(
        check_id=check_id,
        capability=Capability.CALLS,
        title="Teams",
        status=Status.FAIL,
        findings=(finding,),
    )


def only(*results: CheckResult) -> Cause:
    (cause,) = diagnose(results)
    return cause


@pytest.mark.parametrize("about", ["call_service:teams", "call_service", "mailbox call_service:teams"])
def test_a_failure_that_the_service_itself_reports_is_known_and_needs_no_ticket(about: str) -> None:
    cause = only(failing("call_service:teams", Owner.SERVICE), status_page(about=about))
    assert (cause.owner, cause.confidence, cause.next_step) == (Owner.SERVICE, Confidence.MEDIUM, WAIT)
    assert "known incident" in cause.summary
    assert REPORT in cause.evidence_for


def test_where_two_parties_are_suspected_the_one_that_reports_an_incident_comes_first() -> None:
    anybodys = only(failing("call_service:teams"), status_page())
    assert (anybodys.owner, anybodys.either) == (Owner.UNKNOWN, ())
    cause = only(failing("call_service:teams", either=(Owner.ISP, Owner.SERVICE)), status_page())
    assert (cause.owner, cause.either) == (Owner.UNKNOWN, (Owner.SERVICE, Owner.ISP))
    assert "may be a known incident" in cause.summary


@pytest.mark.parametrize("code", ["apps.mail_certificate", "files.sign_in_refused", "calls.loss_high"])
def test_an_incident_does_not_explain_what_no_outage_looks_like(code: str) -> None:
    failed = failing("call_service:teams", Owner.SERVICE)
    other = replace(failed, findings=(replace(failed.findings[0], code=code),))
    assert only(other, status_page()).next_step != WAIT


@pytest.mark.parametrize(
    "page",
    [
        status_page(about="call_service:zoom"),
        status_page(about=""),
        status_page("help.status_operational", status=Status.PASS),
        status_page("help.status_unproved", status=Status.UNKNOWN),
        status_page(owner=Owner.COMPANY),
    ],
    ids=["of another service", "about nothing", "without an incident", "not read", "of another party"],
)
def test_a_page_that_does_not_report_this_changes_nothing(page: CheckResult) -> None:
    alone = only(failing("call_service:teams", Owner.SERVICE))
    assert only(failing("call_service:teams", Owner.SERVICE), page) == alone


def test_an_incident_does_not_excuse_what_was_proved_to_be_somebody_elses() -> None:
    assert only(failing("call_service:teams", Owner.HOME), status_page()).owner is Owner.HOME
