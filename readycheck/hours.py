"""Opening hours of a support desk: open now, or when next. Pure; reads OpenStreetMap opening_hours, refuses what it cannot read.

Syntax: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification. Public holidays ("PH off") are those of the country.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from readycheck.text import clean

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from opening_hours import OpeningHours

AHEAD_DAYS: Final = 366  # a change farther away than this is not looked for
MOST_CHANGES: Final = 60
WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_COLUMN: Final = re.compile(r"-->\s*\d+:(\d+)")
_ZONE_NAME: Final = re.compile(r"(?:[A-Za-z0-9_+-]{1,30}/){0,3}[A-Za-z0-9_+-]{1,30}")


class HoursError(ValueError):
    """Opening hours, a time zone or a country that cannot be read; the text says which, and where."""


class Door(StrEnum):
    """UNCERTAIN: the hours themselves say that they are not sure ("Mo-Fr 08:00-18:00 unknown")."""

    OPEN = "open"
    CLOSED = "closed"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Whether a desk is open. ``changes``: when it next closes (if open) or opens, in the desk's zone; None: not within a year.

    ``zone`` is the desk's IANA zone where its clock differs from the person's at this moment, else empty.
    """

    door: Door
    changes: datetime | None
    now: datetime
    zone: str = ""
    comment: str = ""

    @property
    def is_open(self) -> bool:
        return self.door is Door.OPEN

    @property
    def is_closed(self) -> bool:
        return self.door is Door.CLOSED

    def __str__(self) -> str:
        """ "open now, until 18:00", "opens Monday 08:00", "open at any time", with the zone where it is not the person's."""
        zone = f" ({self.zone} time)" if self.zone and self.changes else ""
        comment = f", {self.comment}" if self.comment else ""
        return f"{self._state()}{zone}{comment}"

    def _state(self) -> str:
        if self.door is Door.OPEN:
            return f"open now, until {self.moment}" if self.changes else "open at any time"
        if self.door is Door.UNCERTAIN:
            return f"perhaps open now, certainly from {self.moment}" if self.changes else "perhaps open"
        return f"opens {self.moment}" if self.changes else "closed, and no opening is known within a year"

    @property
    def moment(self) -> str:
        """When it changes, as one says it: "18:00", "tomorrow 08:00", "Monday 08:00", "7 December 08:00"."""
        if self.changes is None:
            return ""
        if self.is_open and (self.changes.hour, self.changes.minute) == (0, 0):
            return f"{_day(self.changes - timedelta(days=1), self.now)}24:00"
        return f"{_day(self.changes, self.now)}{self.changes:%H:%M}"


def opening(hours: str, *, now: datetime, timezone: str = "UTC", country: str = "") -> Opening:
    """Whether a desk with these hours is open at ``now`` (with zone). Empty hours are always open. Raises HoursError."""
    there = _there(now, timezone)
    if not hours.strip():
        return Opening(door=Door.OPEN, changes=None, now=there)
    rules = _rules(hours, timezone, country.upper())
    door, comment = _door(rules, there)
    return Opening(
        door=door,
        changes=next((moment for moment in _changes(rules, there) if _turns(rules, moment, door)), None),
        now=there,
        zone=timezone if there.utcoffset() != now.utcoffset() else "",
        comment=comment,
    )


def check_hours(hours: str, *, timezone: str = "UTC", country: str = "") -> None:
    """Raises HoursError where opening() would: for a profile, when it is loaded. An unknown country is one too."""
    time_zone(timezone)
    _rules(hours.strip() or "24/7", timezone, country.upper())


def _there(now: datetime, timezone: str) -> datetime:
    try:
        return now.astimezone(time_zone(timezone))
    except OverflowError as error:  # a saved report may state any year
        raise HoursError(f"the year {now.year} is too far away for opening hours") from error


def time_zone(name: str) -> "ZoneInfo":
    """The time zone of IANA's name for it. Raises HoursError."""
    from zoneinfo import ZoneInfo

    try:
        if not _ZONE_NAME.fullmatch(name):  # a look-up of anything else would import packages by its parts
            raise ValueError(name)
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # KeyError: not found; OSError: "Europe" is a folder
        told = f'"{clean(name, 60)}" is not a time zone; expected a name such as Europe/Berlin'
        raise HoursError(told) from error


@lru_cache(maxsize=32)
def _rules(hours: str, timezone: str, country: str) -> "OpeningHours":
    from opening_hours import (  # type: ignore[attr-defined]  # its stubs leave the errors out
        OpeningHours,
        ParserError,
        UnknownCountryError,
    )

    try:
        return OpeningHours(
            hours, timezone=time_zone(timezone), country=country or None, max_interval_days=AHEAD_DAYS
        )
    except UnknownCountryError as error:
        raise HoursError(f'"{clean(country, 20)}" is not a country code; expected one such as DE') from error
    except ParserError as error:
        raise HoursError(_unreadable(hours, str(error))) from error


def _unreadable(hours: str, told: str) -> str:
    found = _COLUMN.search(told)
    place = f" from character {found[1]} on" if found else ""
    return (
        f'the opening hours "{clean(hours, 120)}" cannot be read{place}; '
        'expected, for example, "Mo-Fr 08:00-18:00; PH off"'
    )


def _door(rules: "OpeningHours", moment: datetime) -> tuple[Door, str]:
    state, comment = rules.state(moment)
    door = Door(str(state)) if str(state) in ("open", "closed") else Door.UNCERTAIN
    return door, clean(comment, 120)


def _turns(rules: "OpeningHours", moment: datetime, door: Door) -> bool:
    """An open desk turns when it is no longer open, any other when it is."""
    return (_door(rules, moment)[0] is Door.OPEN) != (door is Door.OPEN)


def _changes(rules: "OpeningHours", start: datetime) -> Iterator[datetime]:
    moment: datetime | None = start
    for _ in range(MOST_CHANGES):
        moment = rules.next_change(moment)
        if moment is None or moment - start > timedelta(days=AHEAD_DAYS):
            return
        yield moment


def _day(moment: datetime, now: datetime) -> str:
    days = (moment.date() - now.date()).days
    if days == 0:
        return ""
    if days == 1:
        return "tomorrow "
    if days < 7:
        return f"{WEEKDAYS[moment.weekday()]} "
    year = f" {moment.year}" if moment.year != now.year else ""
    return f"{moment.day} {MONTHS[moment.month - 1]}{year} "
