"""Certificates and the clock: what a wrong clock makes of them, and what only looks like its doing.

The sentences are those of the checks themselves: rules read of them what is wrong with a certificate, and which way a clock is
off.
"""

import pytest
from msgspec.structs import replace

from readycheck.api import Capability, Finding, Measurement, Owner, Status, TlsAnswer, measured
from readycheck.diagnose import diagnose
from readycheck.model import CheckResult, Confidence
from readycheck_checks.blame.certificates import BadCertificate, OthersClock, judge_certificate
from readycheck_checks.clock import Reading
from readycheck_checks.clock import verdict as clock_verdict

CLOCK, ALL_HOSTS, OPENED = "connection.clock_off", "connection.tls_dates", "connection.tls_intercepted"
DAYS, MINUTES = 40 * 86_400.0, 400.0
CODES = [
    ("mailbox:work", "apps.mail_certificate"),
    ("share:team", "files.certificate"),
    ("certificate:wiki", "declared.certificate_certificate"),
    ("vpn_gateway:main", "vpn.gateway_certificate"),
]
REASONS = {"ahead": "expired", "behind": "not_yet_valid"}


def result(check_id: str, *findings: Finding, measurements: tuple[Measurement, ...] = ()) -> CheckResult:
    return CheckResult(
        check_id=check_id,
        capability=Capability.CONNECTION,
        title=check_id,
        status=Status.FAIL,
        summary=findings[0].summary,
        findings=findings,
        measurements=measurements,
    )


def clock(way: str, off_s: float = DAYS) -> CheckResult:
    """``way``: of this computer's clock."""
    off = measured("clock_offset", "Deviation of the clock", off_s, "s", plan=30.0, fail=300.0)
    believed = Reading(ahead_s=off_s if way == "behind" else -off_s, within_s=0.1, servers=3)
    return result("clock", clock_verdict(off, believed), measurements=(off,))


def right_clock() -> CheckResult:
    return CheckResult(
        check_id="clock",
        capability=Capability.CONNECTION,
        title="Clock",
        status=Status.PASS,
        summary="The clock is right",
    )


def finding(code: str, summary: str, *either: Owner, detail: str = "", remedy: str = "Do it") -> Finding:
    return Finding(
        code=code,
        status=Status.FAIL,
        summary=summary,
        remedy=remedy,
        detail=detail,
        owner=either[0] if len(either) == 1 else Owner.UNKNOWN,
        either=either if len(either) > 1 else (),
    )


def all_hosts(detail: str = "") -> CheckResult:
    return result("tls", finding(ALL_HOSTS, "The certificates look out of date", Owner.DEVICE, detail=detail))


def opened() -> CheckResult:
    return result("tls", finding(OPENED, "All hosts show a certificate of a stranger"))


def shown(check_id: str, code: str, found: BadCertificate) -> CheckResult:
    told = f"It does not open safely: {found.told('portal.example')}"
    blame = found.blame
    by = finding(code, told, *blame.either, remedy=found.remedy("portal.example"))
    return result(check_id, by if blame.either else replace(by, owner=blame.owner))


def unproved(reason: str) -> BadCertificate:
    """Nobody was asked beside it: the company's or this computer's."""
    return judge_certificate(reason)


def told(*, explains: bool) -> OthersClock:
    """Another's time was asked for beside it."""
    return OthersClock(reading=Reading(ahead_s=MINUTES, within_s=0.5), explains=explains)


def codes(*results: CheckResult) -> set[str]:
    return {cause.code for cause in diagnose(results)}


@pytest.mark.parametrize(("check", "code"), CODES)
@pytest.mark.parametrize("way", ["ahead", "behind"])
def test_a_clock_that_is_days_off_makes_a_certificate_look_out_of_date(
    way: str, check: str, code: str
) -> None:
    assert codes(clock(way), shown(check, code, unproved(REASONS[way]))) == {CLOCK}


@pytest.mark.parametrize(("check", "code"), CODES)
@pytest.mark.parametrize("way", ["ahead", "behind"])
def test_a_clock_that_is_off_does_not_explain_a_certificate_that_is_wrong_the_other_way(
    way: str, check: str, code: str
) -> None:
    other = "expired" if way == "behind" else "not_yet_valid"
    assert codes(clock(way), shown(check, code, unproved(other))) == {CLOCK, code}


@pytest.mark.parametrize("way", ["ahead", "behind"])
@pytest.mark.parametrize("reason", ["untrusted", "wrong_name"])
def test_no_clock_makes_a_certificate_a_strangers_or_anothers(reason: str, way: str) -> None:
    found = unproved(reason)
    assert reason == "wrong_name" or found.blame.either == (Owner.COMPANY, Owner.DEVICE)
    portal = shown("contact_portal", "help.portal_certificate", found)
    assert codes(clock(way), portal) == {CLOCK, "help.portal_certificate"}
    assert codes(all_hosts(), portal) == {ALL_HOSTS, "help.portal_certificate"}


@pytest.mark.parametrize("code", [OPENED, "connection.tls_untrusted", "connection.tls_broken"])
def test_a_wrong_clock_makes_no_stranger_of_a_signer(code: str) -> None:
    stranger = result("tls", finding(code, "All hosts show a certificate of a stranger"))
    assert codes(clock("ahead"), stranger) == {CLOCK, code}


def test_by_a_clock_that_is_minutes_off_a_certificate_has_not_run_out() -> None:
    portal = shown("contact_portal", "help.portal_certificate", unproved("expired"))
    assert codes(clock("ahead", MINUTES), portal) == {CLOCK, "help.portal_certificate"}


def test_a_certificate_that_was_seen_to_be_valid_by_a_right_clock_is_explained_by_minutes() -> None:
    beside = judge_certificate("not_yet_valid", clock=told(explains=True))
    portal = shown("contact_portal", "help.portal_certificate", beside)
    assert codes(clock("behind", MINUTES), portal) == {CLOCK}


def test_a_certificate_that_has_run_out_by_a_right_clock_too_stays_the_companys() -> None:
    answered = TlsAnswer(
        address="192.0.2.1", rtt_ms=9.0, version="TLSv1.3", subject="a.example", issuer="A CA", not_after=None
    )
    portal = shown(
        "contact_portal",
        "help.portal_certificate",
        judge_certificate("expired", beside=answered, clock=told(explains=False)),
    )
    (_, company) = diagnose([clock("ahead"), portal])
    assert (company.code, company.owner) == ("help.portal_certificate", Owner.COMPANY)


def test_all_hosts_out_of_date_are_a_clock_that_is_days_off_that_way() -> None:
    late = "www.one.example: certificate has expired"
    assert codes(clock("ahead"), all_hosts()) == {CLOCK}
    assert codes(clock("ahead"), all_hosts(late)) == {CLOCK}
    assert codes(clock("behind"), all_hosts(late)) == {CLOCK, ALL_HOSTS}
    assert codes(clock("ahead", MINUTES), all_hosts(late)) == {CLOCK, ALL_HOSTS}


@pytest.mark.parametrize(("check", "code"), CODES)
def test_certificates_that_are_out_of_date_everywhere_are_not_the_companys_alone(
    check: str, code: str
) -> None:
    (cause,) = diagnose([all_hosts(), shown(check, code, unproved("expired"))])
    assert (cause.code, cause.owner) == (ALL_HOSTS, Owner.DEVICE)


def test_what_has_run_out_and_what_is_a_strangers_are_two_faults_beside_a_wrong_clock() -> None:
    late = shown("share:a", "files.certificate", unproved("expired"))
    strange = shown("share:b", "files.certificate", unproved("untrusted"))
    for shares in ([late, strange], [strange, late]):
        (first, second) = diagnose([clock("ahead"), *shares])
        assert (first.explains, second.explains) == (("clock", "share:a"), ("share:b",))


@pytest.mark.parametrize(("check", "code"), CODES)
def test_what_opens_all_secure_connections_explains_the_companys_certificates(check: str, code: str) -> None:
    assert codes(opened(), shown(check, code, unproved("untrusted"))) == {OPENED}


@pytest.mark.parametrize("reason", ["expired", "not_yet_valid", "wrong_name"])
def test_what_opens_all_secure_connections_does_not_let_a_certificate_run_out(reason: str) -> None:
    portal = shown("contact_portal", "help.portal_certificate", unproved(reason))
    assert codes(opened(), portal) == {OPENED, "help.portal_certificate"}


def test_certificates_out_of_date_by_a_right_clock_are_not_blamed_on_the_device() -> None:
    assert diagnose([all_hosts()])[0].owner is Owner.DEVICE
    (cause,) = diagnose([right_clock(), all_hosts()])
    assert (cause.owner, cause.confidence) == (Owner.UNKNOWN, Confidence.LOW)
    wiki = result("web:wiki", finding("declared.web_certificate", "It has run out", Owner.DEVICE))
    assert diagnose([right_clock(), wiki])[0].owner is Owner.UNKNOWN


def test_by_a_right_clock_a_certificate_that_may_be_the_clocks_doing_is_the_servers() -> None:
    portal = shown("contact_portal", "help.portal_certificate", unproved("expired"))
    (cause,) = diagnose([right_clock(), portal])
    assert (cause.owner, cause.either) == (Owner.COMPANY, ())
    assert cause.next_step.startswith("Tell IT support") and "The clock is right" in cause.evidence_for
    told = replace(portal, findings=(replace(portal.findings[0], remedy="Tell IT support."),))
    for results in ([portal], [right_clock(), told]):
        assert diagnose(results)[0].either == (Owner.COMPANY, Owner.DEVICE)
