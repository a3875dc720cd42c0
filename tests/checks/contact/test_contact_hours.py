import asyncio
from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from readycheck.api import ContactCard, ContactRoute, Owner, Privacy, Status
from readycheck.model import CheckResult
from readycheck.testing import FakeClock, run_check
from readycheck_checks.contact_hours import HoursOptions, check
from tests.checks.contact_desk import PHONE, card

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BERLIN)
SATURDAY = datetime(2026, 11, 21, 12, 0, tzinfo=BERLIN)
MAIL = ContactRoute(kind="email", title="Mailbox", value="help@desk.example")
PORTAL = ContactRoute(kind="portal", title="Portal", value="https://help.example", needs_sign_in=True)


def judged(contact: ContactCard, now: datetime = MONDAY_NOON, **options: str) -> CheckResult:
    clock = FakeClock(moment=now)
    return asyncio.run(run_check(check, HoursOptions(**options), contact=contact, clock=clock))  # type: ignore[arg-type]


def test_an_open_phone_line_passes_and_says_until_when() -> None:
    result = judged(card(PHONE, MAIL))
    assert result.status is Status.PASS
    assert result.summary == "Hotline open now, until 18:00"


def test_a_closed_desk_is_a_warning_that_says_when_it_opens_and_where_to_leave_a_ticket() -> None:
    result = judged(card(PHONE, MAIL), SATURDAY)
    finding, left = result.findings
    assert (result.status, finding.code, finding.owner) == (Status.WARN, "help.closed", Owner.COMPANY)
    assert finding.summary.endswith("opens Monday 08:00")
    assert finding.remedy == "Leave a ticket: Mailbox (help@desk.example). Hotline opens Monday 08:00."
    assert (left.code, left.status) == ("help.last_resort", Status.PASS)


def test_a_closed_desk_is_a_failure_where_the_profile_says_so() -> None:
    assert judged(card(PHONE), SATURDAY, closed="fail").status is Status.FAIL


def test_a_mailbox_without_hours_does_not_hide_that_nobody_answers() -> None:
    assert judged(card(MAIL, PHONE), SATURDAY).findings[0].code == "help.closed"


def test_a_desk_with_a_mailbox_only_takes_messages_at_any_time() -> None:
    result = judged(card(MAIL), SATURDAY)
    assert result.status is Status.PASS
    assert "takes a message at any time" in result.summary


def test_a_public_holiday_of_the_desks_country_is_closed() -> None:
    christmas = datetime(2026, 12, 25, 12, 0, tzinfo=BERLIN)
    assert judged(card(PHONE), christmas).findings[0].code == "help.closed"
    assert judged(card(PHONE, country="US"), datetime(2026, 5, 1, 12, 0, tzinfo=BERLIN)).status is Status.PASS


def test_the_hours_count_in_the_desks_time_zone_which_is_named() -> None:
    evening_in_tokyo = datetime(2026, 11, 23, 20, 0, tzinfo=ZoneInfo("Asia/Tokyo"))
    assert judged(card(PHONE), evening_in_tokyo).summary.endswith(
        "open now, until 18:00 (Europe/Berlin time)"
    )


def test_a_desk_that_only_the_signed_in_can_reach_is_a_warning() -> None:
    result = judged(card(PORTAL))
    assert result.status is Status.WARN
    assert [f.code for f in result.findings] == ["help.open", "help.no_independent_route"]


def test_one_route_without_vpn_and_sign_in_is_enough() -> None:
    assert judged(card(PORTAL, PHONE)).status is Status.PASS


def test_an_open_phone_is_what_is_left_when_everything_else_is_down() -> None:
    left = judged(card(PORTAL, PHONE)).findings[-1]
    assert left.code == "help.last_resort"
    assert left.summary == (
        "When everything else is down, call Hotline (+49 30 1234567); open now, until 18:00"
    )


def test_without_a_phone_it_is_said_that_what_is_left_needs_internet() -> None:
    left = judged(card(MAIL, PORTAL)).findings[-1]
    assert (left.code, left.status) == ("help.last_resort_online", Status.PASS)
    assert "Mailbox (help@desk.example) is left" in left.summary and "no phone number" in left.summary


def test_a_phone_that_needs_the_vpn_is_not_what_is_left() -> None:
    softphone = replace(PHONE, needs_vpn=True)
    assert judged(card(softphone, MAIL)).findings[-1].code == "help.last_resort_online"


ON_CALL = ContactRoute(kind="phone", title="On-call", value="+49 30 7654321", when="urgent")


def test_a_way_for_what_cannot_wait_does_not_open_a_closed_desk_and_is_named_in_the_step() -> None:
    closed = judged(card(PHONE, MAIL, ON_CALL), SATURDAY)
    assert (closed.status, closed.findings[0].code) == (Status.WARN, "help.closed")
    assert "If it cannot wait, use On-call (+49 30 7654321)." in closed.findings[0].remedy
    assert "call On-call" in closed.findings[1].summary


def test_a_way_for_the_closed_hours_counts_only_then() -> None:
    night_desk = replace(ON_CALL, title="Night desk", when="closed")
    result = judged(card(PHONE, night_desk), SATURDAY)
    assert (result.status, result.findings[0].code) == (Status.PASS, "help.open_after_hours")
    assert judged(card(PHONE, night_desk)).findings[0].summary == "Hotline open now, until 18:00"


def test_a_way_for_the_closed_hours_that_is_closed_itself_does_not_help() -> None:
    weekdays = replace(ON_CALL, when="closed", hours="Mo-Fr 18:00-22:00")
    assert judged(card(PHONE, weekdays), SATURDAY).findings[0].code == "help.closed"


def test_no_contact_at_all_is_skipped() -> None:
    result = judged(ContactCard())
    assert (result.status, result.findings[0].code) == (Status.SKIP, "help.no_contact")


def test_hours_that_cannot_be_read_are_unknown_and_neither_open_nor_closed() -> None:
    broken = ContactRoute(kind="phone", title="Hotline", value="+49 30 1", hours="weekdays")
    result = judged(card(broken))
    assert result.status is Status.UNKNOWN
    assert {f.code for f in result.findings} == {
        "help.hours_unreadable",
        "help.hours_unsure",
        "help.last_resort",
    }


def test_a_time_zone_that_cannot_be_read_is_unknown_even_without_hours() -> None:
    assert judged(card(MAIL, timezone="Mars/Base")).status is Status.UNKNOWN


def test_hours_that_are_not_sure_themselves_are_unknown() -> None:
    unsure = ContactRoute(kind="phone", title="Hotline", value="+49 30 1", hours="Mo-Fr 08:00-18:00 unknown")
    assert judged(card(unsure)).status is Status.UNKNOWN
    assert judged(card(unsure), SATURDAY).status is Status.WARN


def test_every_route_is_kept_as_a_fact_of_the_organisation() -> None:
    facts = judged(card(PHONE, MAIL)).facts
    assert [f.title for f in facts] == ["Hotline", "Mailbox"]
    assert facts[0].value == "+49 30 1234567; Hotline open now, until 18:00"
    assert {f.privacy for f in facts} == {Privacy.ORG}


def test_it_runs_offline() -> None:
    assert check.local
