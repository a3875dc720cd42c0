"""What speaks against a cause: one line of the table at a time."""

import pytest

from readycheck.diagnose import RULES, diagnose
from readycheck.diagnose.against import CONTRARIES, MOST, what_speaks_against
from readycheck.model import Capability, Cause, CheckResult, Confidence, Finding, Owner, Status


def cause(
    code: str,
    *either: Owner,
    owner: Owner = Owner.UNKNOWN,
    confidence: Confidence = Confidence.MEDIUM,
    explains: tuple[str, ...] = ("some_check",),
    known: tuple[str, ...] = (),
) -> Cause:
    return Cause(
        code=code,
        owner=owner,
        either=either,
        confidence=confidence,
        summary=code,
        next_step="Do something",
        explains=explains,
        evidence_for=known,
    )


def result(check_id: str, status: Status = Status.PASS) -> CheckResult:
    return CheckResult(
        check_id=check_id,
        capability=Capability.CONNECTION,
        title=check_id.title(),
        status=status,
        summary=f"{check_id} says so",
    )


def against(found: Cause, *results: CheckResult) -> tuple[str, ...]:
    (weighed,) = what_speaks_against((found,), {each.check_id: each for each in results})
    assert (weighed.owner, weighed.either) == (found.owner, found.either), (
        "it only speaks, it decides nothing"
    )
    return weighed.evidence_against


TABLE = [
    (cause("vpn.gateway_silent", Owner.COMPANY), "vpn_tunnel", "The VPN carries"),
    (cause("vpn.not_connected", owner=Owner.DEVICE), "vpn_inside", "The VPN carries"),
    (cause("connection.clock_off", owner=Owner.DEVICE), "sign_in", "clock is right"),
    (cause("connection.tls_intercepted", Owner.COMPANY, Owner.HOME), "contact_portal", "Another host proves"),
    (
        cause("vpn.gateway_silent", Owner.COMPANY, Owner.ISP),
        "contact_portal",
        "Another server that your company uses",
    ),
    (
        cause("apps.mail_hangs", owner=Owner.COMPANY),
        "vpn_gateway:main",
        "Another server that your company uses",
    ),
    (cause("calls.service_unreachable", Owner.SERVICE, Owner.ISP), "internet", "over the same line"),
    (cause("connection.no_internet", Owner.ISP, Owner.HOME), "gateway", "The router answers"),
    (cause("calls.upload_too_slow", Owner.ISP, Owner.HOME), "wifi", "The Wi-Fi is good enough"),
    (cause("calls.jitter_high", Owner.DEVICE, Owner.HOME), "processor", "This computer is not busy"),
]


@pytest.mark.parametrize(("found", "check", "says"), TABLE)
def test_a_check_that_passed_speaks_against_a_cause_that_would_have_stopped_it(
    found: Cause, check: str, says: str
) -> None:
    (told,) = against(found, result(check), result("disk"))
    assert says in told and f"{check} says so" in told


@pytest.mark.parametrize(("found", "check", "says"), TABLE)
def test_what_did_not_pass_says_nothing(found: Cause, check: str, says: str) -> None:
    assert against(found, *(result(check, status) for status in (Status.UNKNOWN,))) == ()
    assert against(found, result(check, Status.SKIP)) == ()
    assert against(found, result(check, Status.FAIL)) == ()


@pytest.mark.parametrize(
    ("found", "check"),
    [
        (cause("vpn.gateway_refused", owner=Owner.COMPANY), "contact_portal"),
        (cause("vpn.gateway_silent", Owner.COMPANY), "contact_email"),
        (cause("vpn.gateway_certificate", Owner.COMPANY, Owner.ISP), "internet"),
        (cause("calls.udp_blocked", Owner.HOME, Owner.ISP), "internet"),
        (cause("apps.mail_silent", owner=Owner.SERVICE), "gateway"),
        (cause("calls.upload_too_slow", owner=Owner.ISP), "wifi"),
        (cause("apps.mail_silent", Owner.COMPANY, confidence=Confidence.HIGH), "contact_portal"),
    ],
)
def test_nothing_speaks_against_what_was_answered_held_back_on_purpose_or_another_partys(
    found: Cause, check: str
) -> None:
    assert against(found, result(check)) == ()


def test_a_check_never_speaks_against_the_cause_that_explains_it_nor_twice_in_both_directions() -> None:
    mine = cause("apps.mail_silent", Owner.COMPANY, explains=("mailbox:team",))
    assert against(mine, result("mailbox:team")) == ()
    known = cause("connection.no_internet", Owner.ISP, Owner.HOME, known=("It answers: gateway says so",))
    assert against(known, result("gateway")) == ()


def test_no_more_is_said_than_a_person_reads() -> None:
    silent = cause("vpn.gateway_silent", Owner.COMPANY, Owner.ISP, Owner.HOME)
    others = ("internet", "gateway", "mailbox:a", "mailbox:b", "chat:a", "contact_portal")
    assert len(against(silent, *map(result, others))) == MOST


def test_every_line_of_the_table_was_tried() -> None:
    tried = {each.says for each in CONTRARIES for found, _, says in TABLE if says in each.says}
    assert tried == {each.says for each in CONTRARIES}


def test_the_causes_of_a_report_carry_it() -> None:
    finding = Finding(
        code="vpn.gateway_silent",
        status=Status.FAIL,
        summary="Silent",
        remedy="Wait",
        either=(Owner.COMPANY, Owner.ISP),
    )
    silent = CheckResult(
        check_id="vpn_gateway:main",
        capability=Capability.VPN,
        title="Gateway",
        status=Status.FAIL,
        summary="Silent",
        findings=(finding,),
    )
    (found,) = diagnose([silent, result("internet")])
    assert found.evidence_against == ("Others answer over the same line: internet says so",)
    assert RULES[-1] is what_speaks_against
