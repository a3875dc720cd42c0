"""Which way to support works right now, from the card, the hour and what the run found."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from readycheck.model import (
    Capability,
    CapabilityVerdict,
    CheckResult,
    ContactCard,
    ContactRoute,
    Finding,
    Report,
    Standing,
    Status,
    Verdict,
)
from readycheck.ticket.reach import State, help_line, in_trouble, ways
from tests.unit.sample_reports import report

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=BERLIN)
SATURDAY = datetime(2026, 11, 21, 12, 0, tzinfo=BERLIN)
HOTLINE = ContactRoute(
    kind="phone", title="Hotline", value="+49 30 1234567", hours="Mo-Fr 08:00-18:00; PH off"
)
ON_CALL = ContactRoute(kind="phone", title="On-call", value="+49 30 7654321", when="urgent")
PORTAL = ContactRoute(kind="portal", title="Portal", value="https://help.example/")
MAIL = ContactRoute(kind="email", title="Mailbox", value="help@desk.example")
CHAT = ContactRoute(
    kind="chat", title="Chat", value="https://chat.example/", needs_vpn=True, needs_sign_in=True
)


def found(check_id: str, status: Status, *behind: str, area: Capability = Capability.HELP) -> CheckResult:
    return CheckResult(check_id=check_id, capability=area, title=check_id, status=status, behind=behind)


def of(*routes: ContactRoute, results: tuple[CheckResult, ...] = (), cut_off: bool = False) -> Report:
    card = ContactCard(name="Desk", timezone="Europe/Berlin", country="DE", routes=routes)
    line = CapabilityVerdict(
        id=Capability.CONNECTION,
        title="Connection",
        status=Standing.NOT_WORKING if cut_off else Standing.READY,
        required=True,
    )
    return replace(report(), contact=card, results=results, capabilities=(line,), run_id="1a2b3c4d5e6f7a8b")


def states(about: Report, now: datetime | None = MONDAY_NOON) -> dict[str, State]:
    return {way.route.title: way.state for way in ways(about.contact, about, now)}


def line(about: Report, now: datetime | None = MONDAY_NOON) -> str:
    return help_line(about.contact, about, now)


def test_an_open_phone_comes_first_with_what_to_read_out() -> None:
    about = of(PORTAL, HOTLINE, results=(found("contact_portal", Status.PASS),))
    assert line(about) == (
        "Help right now: call Hotline, +49 30 1234567, and read out rc-1a2b3c4d; open now, until 18:00."
    )


def test_a_desk_that_is_closed_leaves_a_message_and_the_hour_of_the_phone() -> None:
    about = of(HOTLINE, PORTAL, results=(found("contact_portal", Status.PASS),))
    assert line(about, SATURDAY) == (
        "Nobody answers now. Leave a message: Portal, https://help.example/, and name rc-1a2b3c4d; "
        "works from here. By phone: call Hotline, +49 30 1234567, and read out rc-1a2b3c4d; opens Monday 08:00."
    )


def test_what_cannot_wait_has_its_own_number_at_night() -> None:
    said = line(of(HOTLINE, ON_CALL, MAIL), SATURDAY)
    assert said.startswith("Help right now, if it cannot wait: call On-call, +49 30 7654321,")


def test_by_day_the_number_for_what_cannot_wait_stands_behind_the_usual_one() -> None:
    assert line(of(ON_CALL, HOTLINE)).startswith("Help right now: call Hotline")


def test_when_every_way_but_the_phone_is_down_the_phone_is_named() -> None:
    results = tuple(found(f"contact_{kind}", Status.FAIL) for kind in ("portal", "email"))
    results += (found("vpn_gateway:main", Status.FAIL, area=Capability.VPN),)
    about = of(PORTAL, MAIL, CHAT, HOTLINE, results=results)
    assert states(about) == {
        "Hotline": State.OPEN,
        "Portal": State.DOWN,
        "Mailbox": State.DOWN,
        "Chat": State.BLOCKED,
    }
    assert line(about).startswith("Help right now: call Hotline")


def test_without_internet_nothing_is_claimed_to_work_but_the_phone() -> None:
    held = found("contact_portal", Status.SKIP, "internet")
    about = of(PORTAL, MAIL, HOTLINE, results=(held,), cut_off=True)
    assert states(about) == {"Hotline": State.OPEN, "Portal": State.BLOCKED, "Mailbox": State.BLOCKED}


def test_with_no_way_left_it_is_said_and_the_next_hour_of_the_phone_is_named() -> None:
    said = line(of(MAIL, HOTLINE, cut_off=True), SATURDAY)
    assert said.startswith("No way to support is known to work from here right now. By phone: call Hotline")
    assert said.endswith("opens Monday 08:00.")


def test_a_desk_without_a_phone_tells_the_person_to_ask_for_a_number() -> None:
    said = line(of(PORTAL, results=(found("contact_portal", Status.FAIL),)))
    assert said.endswith("No phone number is named: ask for one, and note it.")


def test_a_way_that_asks_to_sign_in_is_blocked_while_the_sign_in_fails() -> None:
    failing = found("sign_in:company", Status.FAIL, area=Capability.APPS)
    signed = replace(PORTAL, needs_sign_in=True)
    assert states(of(signed, results=(failing,))) == {"Portal": State.BLOCKED}
    assert states(of(PORTAL, results=(failing,))) == {"Portal": State.OPEN}


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (Status.PASS, State.WORKS),
        (Status.WARN, State.OPEN),
        (Status.FAIL, State.DOWN),
        (Status.UNKNOWN, State.UNSURE),
        (Status.SKIP, State.OPEN),
    ],
)
def test_a_page_stands_as_the_run_found_it(status: Status, state: State) -> None:
    assert states(of(PORTAL, results=(found("contact_portal", status),))) == {"Portal": state}


def test_of_several_pages_no_single_one_is_called_down() -> None:
    other = replace(PORTAL, title="Other portal", value="https://other.example/")
    about = of(PORTAL, other, results=(found("contact_portal", Status.FAIL),))
    assert set(states(about).values()) == {State.UNSURE}


def test_a_valid_number_is_not_claimed_to_be_answered() -> None:
    assert states(of(ON_CALL, results=(found("contact_phone", Status.PASS),))) == {"On-call": State.OPEN}
    assert states(of(ON_CALL, results=(found("contact_phone", Status.FAIL),))) == {"On-call": State.DOWN}


SLOW = found("vpn_speed", Status.FAIL, area=Capability.VPN)
TUNNEL = {status: found("vpn_tunnel", status, area=Capability.VPN) for status in Status}
GATEWAYS = tuple(
    found(f"vpn_gateway:{name}", status, area=Capability.VPN)
    for name, status in (("main", Status.PASS), ("second", Status.FAIL))
)
BY_VPN = replace(PORTAL, needs_vpn=True)


@pytest.mark.parametrize(
    ("results", "state"),
    [
        ((TUNNEL[Status.PASS], SLOW), State.OPEN),
        ((TUNNEL[Status.WARN],), State.OPEN),
        ((TUNNEL[Status.FAIL],), State.BLOCKED),
        ((TUNNEL[Status.FAIL], found("contact_portal", Status.PASS)), State.WORKS),
        ((TUNNEL[Status.PASS], SLOW, found("contact_portal", Status.PASS)), State.WORKS),
        (GATEWAYS, State.OPEN),
        (GATEWAYS[1:], State.BLOCKED),
        ((*GATEWAYS[1:], TUNNEL[Status.PASS]), State.OPEN),
        ((*GATEWAYS[1:], TUNNEL[Status.UNKNOWN]), State.BLOCKED),
    ],
)
def test_a_way_that_needs_the_vpn_is_blocked_only_where_it_was_not_reached_and_the_vpn_is_proved_down(
    results: tuple[CheckResult, ...], state: State
) -> None:
    assert states(of(BY_VPN, results=results)) == {"Portal": state}


def test_a_way_that_asks_to_sign_in_is_not_blocked_by_another_sign_in() -> None:
    signed = replace(PORTAL, needs_sign_in=True)
    answers = found("contact_portal", Status.PASS)
    failing = found("sign_in:travel", Status.FAIL, area=Capability.APPS)
    fine = found("sign_in:company", Status.PASS, area=Capability.APPS)
    assert states(of(signed, results=(failing, fine, answers))) == {"Portal": State.WORKS}
    assert states(of(signed, results=(failing, answers))) == {"Portal": State.UNSURE}


def outside(kind: str, status: Status) -> CheckResult:
    said = Finding(code=f"help.{kind}_inside", status=status, summary="Only inside the VPN")
    return replace(found(f"contact_{kind}", status), findings=(said,))


@pytest.mark.parametrize(
    ("result", "state", "told"),
    [
        (found("contact_portal", Status.SKIP), State.OPEN, ""),
        (outside("portal", Status.SKIP), State.BLOCKED, "needs the VPN, which is not connected"),
        (outside("portal", Status.UNKNOWN), State.UNSURE, "perhaps does not work now"),
    ],
)
def test_the_vpn_is_called_not_connected_only_where_the_check_saw_that(
    result: CheckResult, state: State, told: str
) -> None:
    about = of(BY_VPN, results=(result,))
    (way,) = ways(about.contact, about, MONDAY_NOON)
    assert (way.state, way.told) == (state, told)


def test_of_two_pages_only_the_one_that_needs_the_vpn_is_blocked_by_it() -> None:
    public = replace(PORTAL, title="Public portal")
    both = replace(outside("portal", Status.SKIP), status=Status.PASS)
    assert states(of(BY_VPN, public, results=(both,))) == {
        "Public portal": State.WORKS,
        "Portal": State.BLOCKED,
    }


def test_nobody_answers_is_said_only_where_every_way_to_somebody_is_closed() -> None:
    wrong = found("contact_phone", Status.FAIL)
    said = line(of(HOTLINE, MAIL, results=(wrong, found("contact_email", Status.PASS))))
    assert said.startswith("No way to talk to somebody is known to work now. Leave a message: Mailbox,")
    chat = replace(CHAT, needs_sign_in=False)
    said = line(of(chat, MAIL, HOTLINE, results=(TUNNEL[Status.FAIL],)), SATURDAY)
    assert said.startswith("No way to talk to somebody is known to work now. Leave a message: Mailbox,")
    assert line(of(MAIL, HOTLINE), SATURDAY).startswith("Nobody answers now. Leave a message: Mailbox,")


def test_a_wrong_number_is_not_called_a_number_that_is_not_named() -> None:
    said = line(of(HOTLINE, MAIL, results=(found("contact_phone", Status.FAIL),)))
    assert said.endswith("The phone number named here is wrong: ask for the right one, and note it.")


def test_a_saved_report_names_the_last_way_at_whatever_hour_it_is_read() -> None:
    assert line(of(PORTAL, HOTLINE), None) == (
        "If nothing else works: call Hotline, +49 30 1234567, and read out rc-1a2b3c4d."
    )


def test_before_a_report_there_is_nothing_to_read_out() -> None:
    about = of(HOTLINE)
    assert help_line(about.contact, None, MONDAY_NOON) == (
        "Help right now: call Hotline, +49 30 1234567; open now, until 18:00."
    )


def test_a_card_without_ways_says_nothing() -> None:
    assert line(of()) == ""


def test_hours_that_cannot_be_read_close_nothing() -> None:
    assert states(of(replace(HOTLINE, hours="weekdays"))) == {"Hotline": State.OPEN}


@pytest.mark.parametrize(
    ("verdict", "partial", "trouble"),
    [
        (Verdict.NOT_READY, True, True),
        (Verdict.UNKNOWN, False, True),
        (Verdict.UNKNOWN, True, False),
        (Verdict.READY_WITH_WARNINGS, False, False),
    ],
)
def test_it_belongs_beside_a_verdict_that_makes_one_want_help(
    verdict: Verdict, partial: bool, trouble: bool
) -> None:
    assert in_trouble(replace(report(), verdict=verdict, partial=partial)) is trouble


def test_a_phone_comes_before_a_chat_which_needs_this_computer() -> None:
    chat = replace(CHAT, needs_vpn=False, needs_sign_in=False)
    about = of(chat, HOTLINE, results=(found("contact_chat", Status.PASS),))
    assert line(about).startswith("Help right now: call Hotline")
