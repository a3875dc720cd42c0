"""What ships is right: every shipped profile loads against every built-in check, and an editor finds nothing to mark."""

import re
import tomllib
from datetime import date
from ipaddress import ip_address
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import readycheck_profiles
from readycheck.api import Capability
from readycheck.profile import Profile, load, schema
from readycheck.profile.sources import ProfileText, shipped_names, vendor_texts
from readycheck.run.registry import load_all

FOLDER = readycheck_profiles.folder()
CHECKS, PROBLEMS = load_all()
TEXTS = {f"{name}.toml": (FOLDER / f"{name}.toml").read_bytes() for name in shipped_names(FOLDER)} | {
    text.name: text.data for text in vendor_texts(FOLDER)
}


@pytest.fixture(scope="module")
def office() -> Profile:
    return load("office", checks=CHECKS)


def test_every_built_in_check_loads() -> None:
    assert PROBLEMS == ()
    assert len(CHECKS) >= 28


@pytest.mark.parametrize("name", shipped_names(FOLDER))
def test_every_shipped_profile_fits_all_built_in_checks(name: str) -> None:
    profile = load(name, checks=CHECKS)
    assert profile.name == name
    assert profile.title and profile.version and profile.description


@pytest.mark.parametrize("name", TEXTS)
def test_an_editor_finds_nothing_to_mark_in_what_ships(name: str) -> None:
    validator = Draft202012Validator(schema(CHECKS))
    assert [error.message for error in validator.iter_errors(tomllib.loads(TEXTS[name].decode()))] == []


@pytest.mark.parametrize("text", vendor_texts(FOLDER), ids=lambda text: text.source)
def test_vendor_data_is_off_until_a_profile_asks_and_says_whose_it_is_and_when(text: ProfileText) -> None:
    for service in tomllib.loads(text.data.decode())["checks"].get("call_service", {}).values():
        assert service["enabled"] is False
        assert service["source"]
        assert date.fromisoformat(service["checked"]) >= date(2026, 11, 1)


def test_office_runs_every_connection_and_call_check(office: Profile) -> None:
    wanted = {check.id for check in CHECKS if check.capability in (Capability.CONNECTION, Capability.CALLS)}
    running = {check.id for check in CHECKS for instance in office.instances(check) if instance.enabled}
    assert wanted <= running


def test_office_knows_no_company(office: Profile) -> None:
    for check in CHECKS:
        if check.capability in (Capability.FILES, Capability.VPN):
            assert not any(instance.enabled for instance in office.instances(check))
    assert office.support.routes == ()
    assert not re.search(rb"\.(test|local|internal|lan)\b", TEXTS["office.toml"])


def test_office_asks_public_addresses_of_both_ip_versions(office: Profile) -> None:
    hosts = [target.rpartition(":")[0].strip("[]") for target in office.checks["internet"]["targets"]]
    addresses = [ip_address(host) for host in hosts]
    assert all(address.is_global for address in addresses)
    assert {address.version for address in addresses} == {4, 6}


def test_a_person_without_a_support_desk_in_the_profile_is_told_where_to_look(office: Profile) -> None:
    assert "Look for its number" in office.support.note


def test_work_needs_every_capability_and_what_nobody_checks_never_counts(office: Profile) -> None:
    assert all(policy.required for policy in office.capabilities.values())
    running = {check.id for check in CHECKS for instance in office.instances(check) if instance.enabled}
    unknown_here = {c.id for c in CHECKS if c.capability in (Capability.FILES, Capability.VPN)}
    assert not unknown_here & running


def test_the_profile_of_the_documentation_is_right(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs" / "profile.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    file = tmp_path / "acme.toml"
    file.write_text(example, encoding="utf-8")
    profile = load(str(file), checks=CHECKS)
    assert profile.name == "acme"
    assert all(policy.required for policy in profile.capabilities.values())
    assert not profile.support.note
