"""Files of people and organisations: profiles, reports, settings; and the single texts that stand in them."""

import atexit
import gzip
import tempfile
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Final

from readycheck import hours, sizes
from readycheck import text as texts
from readycheck.api import Check, ContactCard, ContactRoute
from readycheck.comparison.changes import compare
from readycheck.comparison.render import as_json, as_markdown, as_text
from readycheck.errors import ProfileError, ReportError
from readycheck.export import FORMATS
from readycheck.profile import load, rules, toml_lines, toml_read
from readycheck.redact import Level, Redactor, redact, spotting
from readycheck.report.explain import explain
from readycheck.report.reading import LONGEST_TEXT, parse_report
from readycheck.run import registry
from readycheck.run.plan import _host_of_route
from readycheck.saved import SavedReport
from readycheck.show.wording import when_text
from readycheck.storage import settings
from readycheck.ticket import card, outbox, render
from readycheck.ticket.compose import compose
from readycheck_checks import contact_phone
from tests.fuzz.target import Target, text

TESTS: Final = Path(__file__).parents[2]
NOW: Final = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
_FOLDER: Final = tempfile.TemporaryDirectory(prefix="readycheck-fuzz-")
atexit.register(_FOLDER.cleanup)

_PROFILE: Final = b"""schema = 1
extends = ""
name = "Example"
description = \"\"\"
Two lines \\u00e9
\"\"\"
[run]
max_data = "60MB"
max_seconds = 90
resolver = "10.0.0.53:5353"
[capabilities.vpn]
weight = 2.0
required = true
[support]
name = "IT"
country = "DE"
timezone = "Europe/Berlin"
[[support.routes]]
kind = "phone"
value = "+49 30 1234567"
hours = "Mo-Fr 08:00-18:00; PH off"
[[support.routes]]
kind = "email"
value = "help@example.com"
[checks.dns]
names = ["a.example", 'b.example']
[checks.share.team]
url = "smb://files.example.com/team"
password_secret = "team"
[checks.vpn_gateway.main]
host = "vpn.example.com"
kind = "openvpn"
"a b".c = { x = 1, y = [1, 2.5, 1979-05-27T07:32:00Z] }
"""
_PROFILES: Final = (
    _PROFILE,
    *(path.read_bytes() for path in sorted((TESTS / "unit/profile/bad").glob("*.toml"))),
)


@cache
def _place() -> tuple[Path, Path, tuple[Check, ...]]:
    """The file that is read as a profile, a folder of shipped ones, and all built-in checks."""
    folder = Path(tempfile.mkdtemp(dir=_FOLDER.name))
    (folder / "shipped").mkdir()
    (folder / "shipped" / "office.toml").write_text('schema = 1\nname = "Office"\n')
    return folder / "mine.toml", folder / "shipped", registry.load_all()[0]


def _load(data: bytes, *, judged: bool) -> object:
    file, shipped, checks = _place()
    file.write_bytes(data)
    return load(str(file), shipped=shipped, checks=checks if judged else ())


_REPORT: Final = (TESTS / "data" / "report-1.0.json").read_bytes()
_REPORTS: Final = (_REPORT, _REPORT.decode().encode("utf-16"), gzip.compress(_REPORT, mtime=0))


def _everything_of_a_report(data: bytes) -> object:
    """Whatever can be read can be compared, shown, explained, redacted and sent."""
    report = parse_report(data, "a report")
    known = SavedReport(file="known.json", report=parse_report(_REPORT, "a report"))
    compared = compare(known, SavedReport(file="foreign.json", report=report))
    said = [as_text(compared), as_markdown(compared), as_json(compared)]
    said += [show(report) for show in FORMATS.values()]
    ticket = compose(redact(report, Level.SUPPORT), level=Level.SUPPORT, note="a note")
    tickets = (
        render.markdown(ticket),
        render.eml(ticket),
        render.as_json(ticket),
        render.file_name(ticket, ".eml"),
    )
    return (
        said,
        explain(report),
        tickets,
        card.card_lines(report.contact, NOW),
        when_text(report.started, NOW),
    )


def _hours(found: str) -> object:
    now = NOW.replace(day=1 + len(found) % 28)
    hours.check_hours(found, country="de")
    return str(hours.opening(found, now=now, timezone="Europe/Berlin", country="DE"))


def _zone(found: str) -> object:
    return hours.opening(
        "Mo-Fr 08:00-18:00", now=NOW, timezone=found, country=found if len(found) == 2 else ""
    )


def _card(found: str) -> object:
    """A desk of which every text is the input: nothing is raised, whatever a saved report says."""
    route = ContactRoute(kind="phone", title="IT", value=found, hours=found)
    phone = ContactCard(name=found, country=found[:2], timezone=found, routes=(route,))
    return card.card_lines(phone, NOW)


def _phone(found: str) -> object:
    """As a profile lets it through, of a desk in one country and of one nowhere."""
    rules.judge_route("phone", found)
    route = ContactRoute(kind="phone", title="IT", value=found)
    return [contact_phone._judge(route, ContactCard(country=country)) for country in ("DE", "")]


def _spotted(found: str) -> object:
    for address in spotting.addresses_and_emails(found):
        if "@" not in address:
            spotting.is_public(address), spotting.mac_inside(address)
            spotting.network_part(address) if ":" in address else None
    return spotting.folder_key(found), spotting.addresses_and_emails(found)


def _rules(found: str) -> object:
    for rule in (rules.SIZE, rules.RESOLVER, rules.CA_FILE, rules.COUNTRY, rules.HOURS):
        rule.judge(found)
    return found


def _line(found: str) -> object:
    shown = texts.clean(found, 200)
    assert shown.isprintable() and len(shown) <= 200, shown
    texts.clean(found, 200, lines=True)
    return _host_of_route(found), outbox.safe_name(found), when_text(found, NOW)


def _bytes(data: bytes) -> object:
    shown = texts.clean_bytes(data, 200)
    assert shown.isprintable() and len(shown) <= 200, shown
    return shown


_PERSON: Final = Redactor(parse_report(_REPORT, "a report"))

TARGETS: Final = (
    Target(
        name="profile: TOML",
        play=partial(toml_read.read_toml, name="mine.toml"),
        seeds=_PROFILES,
        raises=(ProfileError,),
    ),
    Target(
        name="profile: lines of keys",
        play=text(toml_lines.toml_lines),
        seeds=_PROFILES,
        raises=(toml_lines.TooMuch,),
    ),
    Target(
        name="profile: the whole of it",
        play=partial(_load, judged=False),
        seeds=_PROFILES[:6],
        raises=(ProfileError,),
        share=0.1,
    ),
    Target(
        name="profile: with the options of all checks",
        play=partial(_load, judged=True),
        seeds=_PROFILES[:6],
        raises=(ProfileError,),
        share=0.03,
    ),
    Target(
        name="report: a file",
        play=partial(parse_report, name="a report"),
        seeds=_REPORTS,
        raises=(ReportError,),
        share=0.3,
    ),
    Target(
        name="report: shown, explained and sent",
        play=_everything_of_a_report,
        seeds=_REPORTS,
        raises=(ReportError,),
        share=0.03,
    ),
    Target(
        name="settings: of the app",
        play=text(settings.parse),
        seeds=(b'{"profile": "office", "colours": "dark"}',),
        share=0.3,
    ),
    Target(
        name="support: opening hours",
        play=text(_hours),
        seeds=(
            b"Mo-Fr 08:00-18:00; PH off",
            b"24/7",
            b'Mo-Fr 08:00-12:00 "front desk", 12:00-18:00; Sa[1] 10:00-12:00 unknown',
            b"2026 Dec 20-2027 Jan 05 off; week 01-20/2 We sunrise-(sunset+01:00)",
            b"easter -2 days off || Su 22:00-26:00 open",
        ),
        raises=(hours.HoursError,),
        most_bytes=1_000,
        share=0.3,
    ),
    Target(
        name="support: a time zone and a country",
        play=text(_zone),
        seeds=(b"Europe/Berlin", b"DE"),
        raises=(hours.HoursError,),
        most_bytes=4_000,
        share=0.3,
    ),
    Target(
        name="support: a card",
        play=text(_card),
        seeds=(b"24/7", b"Europe/Berlin"),
        most_bytes=4_000,
        share=0.3,
    ),
    Target(
        name="support: a telephone number",
        play=text(_phone),
        seeds=(b"+49 30 1234567", b"030 1234567 ext. 12", b"115"),
        raises=(rules.BadKey,),
        most_bytes=64,
        share=0.2,
    ),
    Target(
        name="profile: single values",
        play=text(_rules),
        seeds=(
            b"10.0.0.53:5353",
            b"[2001:db8::1]:53",
            b"Europe/Berlin",
            b"60MB",
            b"DE",
            b"/etc/ssl/ca.pem",
            b"24/7",
        ),
        most_bytes=1_000,
        share=0.3,
    ),
    Target(
        name="size: of data",
        play=text(sizes.parse_size),
        seeds=(b"60MB", b"1.5 GB", b"0"),
        raises=(ValueError,),
    ),
    Target(
        name="text: a line for people",
        play=text(_line),
        seeds=("Ünïcode ​\ttext\r\n2026-11-22T10:00:00+01:00".encode(),),
    ),
    Target(name="text: a banner", play=_bytes, seeds=(b"220 mail.example \xe4\xff\x1b[2J",)),
    Target(
        name="redaction: what names a person",
        play=text(_spotted),
        seeds=(
            b"anna.b@example.com 192.168.1.23 10-0-0-1 fe80::a683:e7ff:fe11:2233 00:11:22:33:44:55",
            b"C:\\Users\\anna\\x /home/anna/y \\\\files\\home 2001:db8::1.",
        ),
        most_bytes=LONGEST_TEXT,
    ),
    Target(
        name="redaction: of a text",
        play=text(_PERSON.text),
        seeds=(
            b"anna of laptop-17 at 203.0.113.77:54321, C:\\Users\\anna, a4:83:e7:11:22:33 00:11:22:33:44:55 \xe2\x80\xa6",
            b"\xc4\xb0ANNA",
        ),
        most_bytes=LONGEST_TEXT,
        share=0.3,
    ),
)
