from datetime import datetime
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from readycheck.model import ContactCard, ContactRoute
from readycheck.ticket.card import NOBODY, card_lines
from tests.unit.sample_reports import CONTACT

BERLIN = ZoneInfo("Europe/Berlin")
SATURDAY = datetime(2026, 11, 21, 12, 0, tzinfo=BERLIN)


def test_the_card_says_how_to_reach_a_human_and_when() -> None:
    assert card_lines(CONTACT, SATURDAY) == (
        "How to reach IT Service Desk:",
        "Phone, Hotline: +49 30 1234567; opens Monday 08:00",
        "E-mail: help@example.com; takes a message at any time",
        "Portal: https://help.example.com/; takes a message at any time; asks you to sign in",
    )


def test_ways_that_need_neither_vpn_nor_sign_in_come_first() -> None:
    inside = ContactRoute(
        kind="chat", title="Chat", value="https://chat.example", needs_vpn=True, needs_sign_in=True
    )
    lines = card_lines(ContactCard(routes=(inside, CONTACT.routes[0])), SATURDAY)
    assert lines[1].startswith("Phone")
    assert lines[2] == "Chat: https://chat.example; only with the VPN; asks you to sign in"


def test_an_empty_card_still_says_what_to_do() -> None:
    assert card_lines(ContactCard(), None) == (NOBODY,)


def test_hours_that_cannot_be_judged_are_shown_as_written() -> None:
    as_written = "Phone, Hotline: +49 30 1234567; open Mo-Fr 08:00-18:00 (Europe/Berlin time)"
    assert card_lines(CONTACT, None)[1] == as_written
    lost = replace(CONTACT, timezone="Mars/Base")
    assert "open Mo-Fr 08:00-18:00 (Mars/Base time)" in card_lines(lost, SATURDAY)[1]


def test_a_note_of_the_profile_stands_behind_its_route() -> None:
    route = ContactRoute(kind="phone", title="Phone", value="+49 30 1", note="ask for Eve")
    assert card_lines(ContactCard(routes=(route,)), SATURDAY)[1] == "Phone: +49 30 1; ask for Eve"


def test_hours_that_never_end_need_no_zone() -> None:
    always = ContactCard(routes=(replace(CONTACT.routes[0], hours="24/7"),), timezone="Europe/Berlin")
    assert card_lines(always, None)[1].endswith("; open at any time")
