"""The schema for editors, and the effective profile as text."""

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from readycheck.profile import load, schema, show
from readycheck.profile.toml_read import read_toml
from tests.unit.profile.sample import BAD, CHECKS, SHIPPED

SCHEMA = schema(CHECKS)


def complaints(table: Any) -> list[str]:
    return [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(SCHEMA).iter_errors(table)
    ]


def test_it_is_a_json_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert json.loads(json.dumps(SCHEMA)) == SCHEMA


@pytest.mark.parametrize("file", sorted(SHIPPED.rglob("*.toml")), ids=lambda file: file.name)
def test_good_profiles_and_their_layers_pass(file: Path) -> None:
    assert complaints(tomllib.loads(file.read_text())) == []


def test_options_of_checks_carry_their_descriptions_and_limits() -> None:
    dns = SCHEMA["properties"]["checks"]["properties"]["dns"]
    assert dns["properties"]["wait_s"]["description"] == "How long to wait"
    assert dns["properties"]["wait_s"]["maximum"] == 8
    assert dns["properties"]["enabled"]["description"]


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("unknown_key", "titel"),
        ("unknown_option", "nmaes"),
        ("text_for_seconds", "run.max_seconds"),
        ("too_few_seconds", "run.max_seconds"),
        ("unknown_capability", "capabilities"),
        ("route_kind", "support.routes[0].kind"),
        ("route_without_value", "support.routes[1]"),
        ("unknown_check", "dsn"),
        ("share_with_bad_name", "Team Drive"),
        ("share_protocol", "checks.share.team.protocol"),
        ("list_of_tables", "checks.share.team.stages[1]"),
        ("common_key_type", "checks.share.team.enabled"),
        ("timeout_zero", "checks.plain.timeout"),
    ],
)
def test_an_editor_marks_the_same_mistakes(name: str, complaint: str) -> None:
    table, _ = read_toml((BAD / f"{name}.toml").read_bytes(), name)
    assert any(complaint in said for said in complaints(table))


def test_the_effective_profile_can_be_saved_and_used_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "acme.toml"
    file.write_text('[run]\nmax_seconds = 30\n[checks.share.team]\nurl = "https://a.example/"\n')
    profile = load(str(file), shipped=SHIPPED, overlay={"run": {"max_data": "1.5MB"}})
    again = tmp_path / "acme2.toml"
    again.write_text(show(profile))
    loaded = load(str(again), shipped=SHIPPED, checks=CHECKS)
    for name in ("name", "title", "run", "capabilities", "support", "checks"):
        assert getattr(loaded, name) == getattr(profile, name), name


def test_each_table_says_which_layers_it_comes_from(tmp_path: Path) -> None:
    file = tmp_path / "acme.toml"
    file.write_text("\n[run]\nmax_seconds = 30\n[checks.service.teams]\nwait_s = 3\n")
    text = show(load(str(file), shipped=SHIPPED, overlay={"run": {"max_data": "1MB"}}))
    comments = {lines[1]: lines[0] for part in text.split("\n\n") if len(lines := part.splitlines()) > 1}
    assert comments["[run]"] == f"# from {file}, line 2; command line"
    assert comments["[support]"] == "# from office.toml, line 14"
    assert comments["[capabilities.vpn]"] == "# from built-in defaults"
    assert comments["[capabilities.files]"] == "# from built-in defaults; office.toml, line 11"
    assert comments["[checks.service.teams]"] == (
        f"# from vendors/teams.toml, line 1; office.toml, line 25; {file}, line 4"
    )
