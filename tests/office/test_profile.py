"""The demo profile is an ordinary one, with and without the layer that an open office lays over it."""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from msgspec import to_builtins

from readycheck.hours import opening
from readycheck.office.faults import FAULTS
from readycheck.office.profile import SHARE_SECRET, closed_now, office_overlay, office_secrets
from readycheck.office.values import OfficeValues
from readycheck.profile import Profile, load
from readycheck.run.registry import load_all

CHECKS, _ = load_all()


def instances(profile: Profile) -> set[str]:
    return {instance.check_id for check in CHECKS for instance in profile.instances(check)}


def test_the_profile_stands_alone_and_names_no_port_of_an_office() -> None:
    profile = load("demo", checks=CHECKS)
    assert profile.name == "demo" and profile.run.simulated and profile.support.name
    assert not profile.run.resolver and not profile.run.ca_file


def test_the_layer_of_an_open_office_fits_the_profile_strictly(office: OfficeValues) -> None:
    profile = load("demo", overlay=office_overlay(office), checks=CHECKS)
    assert profile.run.resolver == f"127.0.0.1:{office.names_port}"
    assert [route.kind for route in profile.support.routes] == ["phone", "portal", "email", "chat"]
    assert instances(profile) > instances(load("demo", checks=CHECKS))


def test_every_check_that_a_fault_speaks_of_is_in_the_profile(office: OfficeValues) -> None:
    known = instances(load("demo", overlay=office_overlay(office), checks=CHECKS))
    for fault in FAULTS.values():
        assert {*fault.red, *fault.holds} <= known, fault.name


PLACE = re.compile(r"(?:https?://)?([\w.-]+\.[a-z0-9]+)(?::\d+)?(?:/.*)?")
PROSE = ("title", "source", "checked", "media_note", "needs", "read_file", "client", "no_ssl_vpn_from")


def test_nothing_of_the_profile_leads_off_this_machine(office: OfficeValues) -> None:
    profile = load("demo", overlay=office_overlay(office), checks=CHECKS)
    enabled = [i for check in CHECKS for i in profile.instances(check) if i.enabled]
    places = [place for i in enabled for place in places_in(asked(to_builtins(i.options)))]
    assert len(places) > 20
    assert {host for host in places if not host.endswith("office.test")} <= {"127.0.0.1"}


def asked(options: dict[str, Any]) -> dict[str, Any]:
    """Without the shipped speed servers that this profile does not use: they are known to every profile and asked by none."""
    if "use" not in options:
        return options
    return options | {"servers": {name: options["servers"][name] for name in options["use"]}}


def places_in(value: object) -> list[str]:
    """Hosts named anywhere in the options of a check."""
    if isinstance(value, dict):
        return [place for key, item in value.items() if key not in PROSE for place in places_in(item)]
    if isinstance(value, list | tuple):
        return [place for item in value for place in places_in(item)]
    named = PLACE.fullmatch(value) if isinstance(value, str) else None
    return [named[1]] if named else []


def test_the_password_of_the_share_stands_in_no_profile(office: OfficeValues) -> None:
    assert office_secrets(office) == {SHARE_SECRET: office.share_password}
    assert office.share_password not in str(office_overlay(office))


@pytest.mark.parametrize(
    "today", [date(2026, 11, 22), date(2026, 12, 31), date(2028, 2, 29), date(2027, 1, 1)]
)
@pytest.mark.parametrize("zone", ["Europe/London", "Pacific/Auckland", "America/Los_Angeles"])
def test_closed_hours_are_closed_in_every_zone_and_open_again(today: date, zone: str) -> None:
    for hour in (0, 12, 23):
        now = datetime(today.year, today.month, today.day, hour, 59, tzinfo=UTC)
        hours = opening(closed_now(today), now=now, timezone=zone, country="GB")
        assert hours.is_closed and hours.changes is not None
