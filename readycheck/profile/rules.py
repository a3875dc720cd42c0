"""Rules for values that a type cannot judge: sizes, addresses, time zones, opening hours, the shape of a contact."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Final

from readycheck.profile.mistakes import did_you_mean
from readycheck.sizes import parse_size

_ADDRESS: Final = re.compile(r"(?:\[(?P<v6>[^\[\]]+)\]|(?P<v4>[0-9.]+))(?::(?P<port>[0-9]{1,5}))?", re.ASCII)


@dataclass(frozen=True)
class Rule:
    """Stands in ``Annotated[str, Rule(...)]``. ``expected`` completes "must be ..."; ``judge`` returns None for a good value,
    else what helps to find the mistake (a further sentence with a space before it, or nothing)."""

    expected: str
    judge: Callable[[Any], str | None]


class BadKey(ValueError):
    """Raised by a table that finds one of its keys wrong in the light of another; ``expected`` completes "must be ..."."""

    def __init__(self, key: str, expected: str) -> None:
        super().__init__(f"{key} must be {expected}")
        self.key = key
        self.expected = expected


def _size(text: str) -> str | None:
    try:
        parse_size(text)
    except ValueError:
        return " Units are B, kB, MB and GB."
    return None


def _resolver(text: str) -> str | None:
    from ipaddress import ip_address

    match = _ADDRESS.fullmatch(text)
    try:
        ip_address((match["v6"] or match["v4"]) if match else text)
        good = match is None or match["port"] is None or 0 < int(match["port"]) < 65_536
    except ValueError:
        good = False
    return None if good or not text else ""


def with_port(resolver: str) -> str:
    """A good address of a name server as ``address:port``: 53 where it names none."""
    if not resolver:
        return ""
    match = _ADDRESS.fullmatch(resolver)
    host = (match["v6"] or match["v4"]) if match else resolver
    port = (match["port"] if match else None) or "53"
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _ca_file(path: str) -> str | None:
    absolute = PurePosixPath(path).is_absolute() or PureWindowsPath(path).is_absolute()
    return None if absolute or not path else ""


def _time_zone(name: str) -> str | None:
    from zoneinfo import available_timezones

    from readycheck.hours import HoursError, time_zone

    try:
        time_zone(name)
    except HoursError:
        return did_you_mean(name, sorted(available_timezones()))
    return None


def _country(code: str) -> str | None:
    return _hours_trouble("24/7", code) if code else None


def _hours(text: str) -> str | None:
    return _hours_trouble(text) if text.strip() else None


def _hours_trouble(hours: str, country: str = "") -> str | None:
    from readycheck.hours import HoursError, check_hours

    try:
        check_hours(hours, country=country)
    except HoursError as error:
        place = re.search(r"from character \d+ on", str(error))
        return f" It cannot be read {place[0]}." if place else ""
    return None


def _not_blank(text: str) -> str | None:
    return None if text.strip() else ""


SIZE: Final = Rule('a size such as "60MB"', _size)
RESOLVER: Final = Rule('an address such as "10.0.0.53" or "10.0.0.53:5353"', _resolver)
CA_FILE: Final = Rule("the absolute path of a file", _ca_file)
TIME_ZONE: Final = Rule('a time zone such as "Europe/Berlin"', _time_zone)
COUNTRY: Final = Rule('a country with known holidays, two capital letters such as "DE"', _country)
HOURS: Final = Rule('opening hours such as "Mo-Fr 08:00-18:00; PH off"', _hours)
NOT_BLANK: Final = Rule("a text (not empty)", _not_blank)

_ROUTE_SHAPES: Final = {
    "phone": (
        r"\+?[0-9][0-9 ()./-]{1,30}(?: ?(?:ext\.?|x|,) ?[0-9]{1,8})?",
        'a phone number such as "+49 30 1234567"',
    ),
    "email": (r"[^@\s]+@[^@\s.]+(?:\.[^@\s.]+)+", 'an e-mail address such as "help@example.com"'),
    "portal": (r"https?://[^\s/]+(?:/\S*)?", 'a web address such as "https://help.example.com/"'),
    "chat": (r"[A-Za-z][A-Za-z0-9+.-]*:\S+", 'an address such as "https://chat.example.com/support"'),
}


def judge_route(kind: str, value: str) -> None:
    """Raises BadKey where the value of a contact route does not have the shape of its kind."""
    shape, expected = _ROUTE_SHAPES[kind]
    if not re.fullmatch(shape, value):
        raise BadKey("value", expected)
