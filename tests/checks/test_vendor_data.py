"""The shipped data about call services: complete, dated, sourced, and fit for the options of the checks."""

import tomllib
from typing import Any

import msgspec
import pytest

import readycheck_profiles
from readycheck_checks.bandwidth import BandwidthOptions
from readycheck_checks.call_path import CallPathOptions
from readycheck_checks.call_service import CallServiceOptions
from readycheck_checks.calls.kinds import in_order
from readycheck_checks.calls.limits import Need
from readycheck_checks.calls.servers import provider_of

VENDORS = ("teams", "zoom", "meet", "webex", "slack", "jitsi", "skype_server")
FOLDER = readycheck_profiles.folder() / "vendors"


def table(name: str) -> dict[str, Any]:
    checks: dict[str, Any] = tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))["checks"]
    return checks


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendors_data_fits_the_options_is_dated_and_off_until_a_profile_wants_it(vendor: str) -> None:
    row = dict(table(vendor)["call_service"][vendor])
    assert row.pop("enabled") is False
    options = msgspec.convert(row, CallServiceOptions)
    assert options.source and options.checked
    assert options.tcp_controls
    own = {host.partition(":")[0] for host in options.hosts}
    assert not own & {control.partition(":")[0] for control in options.tcp_controls}


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_a_vendors_calls_need_is_dated_and_sourced(vendor: str) -> None:
    needs = table(vendor)["bandwidth"]["needs"]
    assert set(needs) == {vendor}
    options = msgspec.convert({"needs": needs, "calls": [vendor]}, BandwidthOptions)
    assert options.needs[vendor].source and options.needs[vendor].checked


@pytest.mark.parametrize("vendor", VENDORS)
def test_what_is_possible_with_how_much_is_told_of_every_vendor(vendor: str) -> None:
    need = msgspec.convert(table(vendor)["bandwidth"]["needs"][vendor], Need)
    assert need.service
    assert need.levels
    assert all(level.title[0].islower() for level in need.levels), "they stand in the middle of a sentence"


def test_every_speed_server_is_dated_and_sourced_and_one_can_say_whom_it_talks_to() -> None:
    options = msgspec.convert(table("speed_servers")["bandwidth"], BandwidthOptions)
    for server in options.servers.values():
        assert server.title and server.source and server.checked
        assert provider_of(server, lambda _name: None).hosts
    assert options.load_increase_ms is not None and options.load_increase_ms.source


def test_no_shipped_profile_measures_where_results_are_published_with_the_persons_address() -> None:
    for name in ("office", "demo"):
        text = (readycheck_profiles.folder() / f"{name}.toml").read_text("utf-8")
        assert "mlab" not in tomllib.loads(text)["checks"]["bandwidth"].get("use", [])
    office = tomllib.loads((readycheck_profiles.folder() / "office.toml").read_text("utf-8"))
    assert set(office["checks"]["bandwidth"]["use"]) <= set(table("speed_servers")["bandwidth"]["servers"])


def test_the_limits_of_delay_jitter_and_loss_are_dated_and_sourced() -> None:
    limits = table("call_quality")
    path = msgspec.convert(limits["call_path"], CallPathOptions)
    assert path.rtt_ms and path.jitter_ms and path.loss_percent
    assert (path.rtt_ms.plan, path.rtt_ms.fail) == (100, 300)
    assert msgspec.convert(limits["bandwidth"], BandwidthOptions).rtt_ms
    assert all(limit.source and limit.checked for limit in (path.rtt_ms, path.jitter_ms, path.loss_percent))


def test_kinds_of_calls_are_dated_sourced_and_grow_with_their_rates() -> None:
    path = msgspec.convert(table("call_quality")["call_path"], CallPathOptions)
    order = [name for name, _ in in_order(path.kinds)]
    assert order == ["audio", "video_720p", "video_1080p", "group"]
    assert all(kind.source and kind.checked for kind in path.kinds.values())
    assert path.wanted in order


@pytest.mark.parametrize("vendor", ["zoom", "webex", "slack"])
def test_where_media_cannot_be_proved_it_is_said_and_not_tried(vendor: str) -> None:
    row = table(vendor)["call_service"][vendor]
    assert "cannot be proved" in row["media_note"]
    assert "media" not in row
