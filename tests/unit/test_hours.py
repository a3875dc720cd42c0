from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readycheck.hours import Door, HoursError, check_hours, opening

BERLIN = ZoneInfo("Europe/Berlin")
OFFICE = "Mo-Fr 08:00-18:00; PH off"


def said(hours: str, now: datetime, zone: str = "Europe/Berlin", country: str = "DE") -> str:
    return str(opening(hours, now=now, timezone=zone, country=country))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-23 07:59", "opens 08:00"),
        ("2026-11-23 08:00", "open now, until 18:00"),
        ("2026-11-23 17:59", "open now, until 18:00"),
        ("2026-11-23 18:00", "opens tomorrow 08:00"),
        ("2026-11-20 18:00", "opens Monday 08:00"),
        ("2026-12-24 18:30", "opens Monday 08:00"),
        ("2026-12-31 18:30", "opens Monday 08:00"),
    ],
)
def test_office_hours_are_told_as_one_says_them(now: str, expected: str) -> None:
    assert said(OFFICE, at(now)) == expected


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ("", "open at any time"),
        ("24/7", "open at any time"),
        ("off", "closed, and no opening is known within a year"),
        ("2099 Mo 08:00-12:00", "closed, and no opening is known within a year"),
        ("Dec 7 09:00-12:00", "opens 7 December 09:00"),
        ("Jan 4 09:00-12:00", "opens 4 January 2027 09:00"),
        ("Mo-Fr 08:00-24:00", "open now, until 24:00"),
        ("Mo-Fr 22:00-06:00", "opens 22:00"),
        ('Mo-Fr 08:00-18:00 "ring twice"', "open now, until 18:00, ring twice"),
        ('Mo-Fr 08:00-12:00 "front desk", 12:00-18:00', "open now, until 18:00, front desk"),
        ("Mo-Fr 08:00-18:00 unknown", "perhaps open"),
        ("Mo-Fr 08:00-10:00 unknown, 10:00-12:00", "perhaps open now, certainly from 10:00"),
    ],
)
def test_other_hours_are_told_too(hours: str, expected: str) -> None:
    assert said(hours, at("2026-11-23 09:14")) == expected


def test_the_zone_is_named_where_the_persons_clock_differs() -> None:
    new_york = datetime(2026, 11, 23, 4, 0, tzinfo=timezone(timedelta(hours=-5)))
    assert said(OFFICE, new_york) == "open now, until 18:00 (Europe/Berlin time)"
    assert opening(OFFICE, now=new_york, timezone="Europe/Berlin").zone == "Europe/Berlin"


def test_the_zone_is_left_out_where_both_clocks_show_the_same() -> None:
    vienna = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Europe/Vienna"))
    assert said(OFFICE, vienna) == "open now, until 18:00"
    assert (
        said(OFFICE, datetime(2026, 11, 23, 10, 0, tzinfo=timezone(timedelta(hours=1))))
        == "open now, until 18:00"
    )


def test_now_may_have_any_kind_of_zone() -> None:
    assert said(OFFICE, datetime(2026, 11, 23, 9, 0, tzinfo=UTC), "UTC") == "open now, until 18:00"


def test_opening_keeps_the_wall_clock_over_a_change_to_summer_time() -> None:
    found = opening("Mo-Su 08:00-18:00", now=at("2027-03-27 19:00"), timezone="Europe/Berlin")
    assert found.changes == at("2027-03-28 08:00")
    assert found.changes is not None and found.changes.utcoffset() == timedelta(hours=2)


def test_holidays_are_those_of_the_country() -> None:
    unity_day = at("2026-10-03 10:00")
    assert not opening(
        "Mo-Su 08:00-18:00; PH off", now=unity_day, timezone="Europe/Berlin", country="DE"
    ).is_open
    assert opening("Mo-Su 08:00-18:00; PH off", now=unity_day, timezone="Europe/Berlin", country="FR").is_open
    assert opening("Mo-Su 08:00-18:00; PH off", now=unity_day, timezone="Europe/Berlin").is_open


def test_uncertain_is_neither_open_nor_closed() -> None:
    found = opening("Mo-Fr unknown", now=at("2026-11-23 10:00"))
    assert (found.door, found.is_open, found.is_closed) == (Door.UNCERTAIN, False, False)


@pytest.mark.parametrize(
    ("hours", "zone", "country", "told"),
    [
        ("Mo-Fr 8-18", "UTC", "", "from character 7 on"),
        ("weekdays", "UTC", "", "from character 5 on"),
        ("24/7", "Europe", "", "not a time zone"),
        ("24/7", "../../etc/passwd", "", "not a time zone"),
        ("", "Mars/Base", "", "not a time zone"),
        ("24/7", "UTC", "XX", "not a country code"),
        ("", "UTC", "XX", "not a country code"),
    ],
)
def test_what_cannot_be_read_is_said_precisely(hours: str, zone: str, country: str, told: str) -> None:
    with pytest.raises(HoursError, match=told):
        check_hours(hours, timezone=zone, country=country)


def test_a_year_at_the_end_of_time_is_an_hours_error() -> None:
    with pytest.raises(HoursError, match="9999"):
        opening(OFFICE, now=datetime(9999, 12, 31, 23, 59, tzinfo=UTC), timezone="Asia/Tokyo")


def test_a_hostile_comment_is_cleaned() -> None:
    assert "\x1b" not in said('Mo-Fr "\x1b[31mred"', at("2026-11-23 10:00"))


WORDS = [
    "Mo-Fr",
    "PH",
    "off",
    "08:00-18:00",
    "26:00-48:00",
    "easter",
    "week 1-53",
    "||",
    ";",
    ",",
    "2020-9999/3",
    '"x"',
    "10:00+",
    "unknown",
]


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=30), st.lists(st.sampled_from(WORDS), max_size=5).map(" ".join)))
def test_any_text_is_either_hours_or_an_hours_error(text: str) -> None:
    try:
        assert said(text, at("2026-11-23 10:00"))
    except HoursError as error:
        assert str(error)
