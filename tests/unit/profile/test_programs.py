"""Programs in a profile are run on this computer: one from an address may name none, unless the computer's own file allows it."""

from pathlib import Path

import pytest

from readycheck.api import Capability, Check
from readycheck.errors import ProfileError
from readycheck.profile import Profile, load, programs
from readycheck.profile.programs import may_run_programs
from tests.unit.profile.sample import CHECKS, SHIPPED, ShareOptions, run

URL = "https://it.example.com/profiles/acme.toml"
TEXT = b'[checks.program.one]\nurl = "https://x.example/"\n'
PROGRAM = Check(
    id="program",
    title="Program",
    capability=Capability.APPS,
    run=run,
    options=ShareOptions,
    many=True,
    on_demand=True,
    runs_programs=True,
)


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    file = tmp_path / "machine.toml"
    monkeypatch.setattr(programs, "machine_file", lambda: file)
    return file


def fetched() -> Profile:
    return load(URL, fetch=lambda url: TEXT, shipped=SHIPPED)


def test_a_profile_from_an_address_may_name_no_program_and_says_where() -> None:
    for judge in (
        lambda: fetched().instances(PROGRAM),
        lambda: load(URL, fetch=lambda url: TEXT, shipped=SHIPPED, checks=(*CHECKS, PROGRAM)),
    ):
        with pytest.raises(ProfileError) as refused:
            judge()
        assert refused.value.message.startswith(f"{URL}, line 1: checks.program names programs to run")


def test_its_kept_copy_may_neither() -> None:
    fetched()
    with pytest.raises(ProfileError, match="names programs to run"):
        load(URL, fetch=None, shipped=SHIPPED).instances(PROGRAM)


def test_a_file_of_this_computer_may(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(TEXT)
    assert len(load(str(file), shipped=SHIPPED).instances(PROGRAM)) == 1


def test_the_administrator_of_the_computer_can_allow_an_address(machine: Path) -> None:
    machine.write_text('programs_from = ["https://it.example.com/profiles/"]')
    assert len(fetched().instances(PROGRAM)) == 1


@pytest.mark.parametrize(
    ("allowed", "source", "may"),
    [
        ("https://it.example.com/", "https://it.example.com/a.toml", True),
        ("https://it.example.com/", "https://IT.example.com/a.toml", True),
        ("https://it.example.com/", "http://it.example.com/a.toml", False),
        ("https://it.example.com/", "https://it.example.com:8443/a.toml", False),
        ("https://it.example.com/", "https://it.example.com.evil.example/a.toml", False),
        ("https://it.example.com/", "https://it.example.com@evil.example/a.toml", False),
        ("https://it.example.com/a/", "https://it.example.com/a/../b.toml", False),
        ("https://it.example.com/a/", "https://it.example.com/a/%2e%2e/b.toml", False),
        ("https://it.example.com/a/", "https://it.example.com/b/a/", False),
    ],
)
def test_an_address_is_allowed_with_all_below_it_and_nothing_else(
    machine: Path, allowed: str, source: str, may: bool
) -> None:
    machine.write_text(f'programs_from = ["{allowed}"]')
    assert may_run_programs(source) is may


@pytest.mark.parametrize(
    "text",
    [
        'programs_from = "https://x.example/"',
        'programs_from = ["https://x.example"]',
        'programs_from = ["http://x.example/"]',
        "programs_from = [1]",
        'programs = ["https://x.example/"]',
        "programs_from = [",
    ],
)
def test_a_mistake_in_the_computers_file_is_said_and_allows_nothing(machine: Path, text: str) -> None:
    machine.write_text(text)
    with pytest.raises(ProfileError, match=r"machine\.toml"):
        may_run_programs(URL)


def test_a_variable_of_a_program_may_be_called_password_where_its_value_is_the_name_of_a_secret(
    tmp_path: Path,
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[checks.any.environment]\nPGPASSWORD = "{secret:db}"\n')
    assert load(str(file), shipped=SHIPPED).checks["any"]["environment"] == {"PGPASSWORD": "{secret:db}"}
    file.write_text('[checks.any.environment]\nPG_PASSWORD = "{secret:db} and more"\n')
    with pytest.raises(ProfileError, match="would put a secret into the profile"):
        load(str(file), shipped=SHIPPED)
