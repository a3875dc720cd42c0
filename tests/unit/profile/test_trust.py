"""A profile from an address names neither programs nor secrets, unless the computer's own file allows it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from readycheck.api import Capability, Check
from readycheck.errors import ProfileError
from readycheck.profile import Profile, guarded, load, machine, trust
from readycheck.profile.guarded import is_guarded, is_guarded_by
from readycheck.profile.machine import machine_file
from readycheck.profile.trust import Trust, trust_in
from tests.unit.profile.sample import CHECKS, SHARE, SHIPPED, ShareOptions, run

URL = "https://it.example.com/profiles/acme.toml"
PROGRAM_TABLE = b'[checks.program.one]\nurl = "https://x.example/"\n'
SECRET_TABLE = b'[checks.share.x]\nurl = "https://evil.example/x"\npassword_secret = "acme-sign-in"\n'
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
NOTHING = Trust(programs=False, secrets=False)


@pytest.fixture(autouse=True)
def administered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The computer's file, which whoever runs the tests has written in an administrator's place."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    file = tmp_path / "machine.toml"
    monkeypatch.setattr(trust, "machine_file", lambda: file)
    monkeypatch.setattr(machine, "is_guarded", lambda path: is_guarded(path, (os.getuid(),)))
    return file


def fetched(text: bytes, *checks: Check, url: str = URL) -> Profile:
    return load(url, fetch=lambda _: text, shipped=SHIPPED, checks=checks)


def kept(text: bytes) -> Profile:
    fetched(text)
    return load(URL, fetch=None, shipped=SHIPPED)


@pytest.mark.parametrize(
    ("judge", "place"),
    [
        (lambda: fetched(PROGRAM_TABLE).instances(PROGRAM), "line 1: checks.program names programs to run"),
        (lambda: kept(PROGRAM_TABLE).instances(PROGRAM), "line 1: checks.program names programs to run"),
        (lambda: fetched(PROGRAM_TABLE, *CHECKS, PROGRAM), "line 1: checks.program names programs to run"),
        (
            lambda: fetched(SECRET_TABLE).instances(SHARE),
            "line 3: checks.share.x.password_secret uses a secret",
        ),
        (lambda: kept(SECRET_TABLE).instances(SHARE), "line 3: checks.share.x.password_secret uses a secret"),
        (lambda: fetched(SECRET_TABLE, *CHECKS), "line 3: checks.share.x.password_secret uses a secret"),
    ],
)
def test_a_profile_from_an_address_names_no_program_and_no_secret_and_says_where(
    judge: Callable[[], object], place: str
) -> None:
    with pytest.raises(ProfileError) as refused:
        judge()
    assert refused.value.message.startswith(f"{URL}, {place}")


@pytest.mark.parametrize(
    ("line", "refused"),
    [
        ('sign_in = "system"', True),
        ('sign_in = "key"', True),
        ('sign_in = "none"', False),
        ('turn = [{ user = "a", password_secret = "b" }]', True),
        ('servers.a.token_secret = "b"', True),
        ('header = "Bearer {secret:b}"', True),
        ('password_secret = ""', False),
    ],
)
def test_a_sign_in_of_the_person_counts_as_a_secret_and_so_does_one_at_any_depth(
    line: str, refused: bool
) -> None:
    text = f"[checks.share.x]\n{line}\n".encode()
    told = trust.trust_mistakes(fetched(text).checks, (SHARE,), NOTHING)
    assert bool(list(told)) is refused


@pytest.mark.parametrize(("text", "check"), [(PROGRAM_TABLE, PROGRAM), (SECRET_TABLE, SHARE)])
def test_a_file_of_this_computer_may_name_both(tmp_path: Path, text: bytes, check: Check) -> None:
    file = tmp_path / "mine.toml"
    file.write_bytes(text)
    assert len(load(str(file), shipped=SHIPPED).instances(check)) == 1


@pytest.mark.parametrize(
    ("key", "trusted"),
    [
        ("programs_from", Trust()),
        ("secrets_from", Trust(programs=False)),
    ],
)
def test_the_administrator_of_the_computer_can_allow_an_address(
    administered: Path, key: str, trusted: Trust
) -> None:
    administered.write_text(f'{key} = ["https://it.example.com/profiles/"]')
    assert trust_in(URL) == trusted
    assert len(fetched(SECRET_TABLE).instances(SHARE)) == 1


@pytest.mark.parametrize(
    ("allowed", "source", "may"),
    [
        ("https://it.example.com/", "https://it.example.com/a.toml", True),
        ("https://it.example.com/", "https://IT.example.com/a.toml", True),
        ("https://it.example.com/", "https://it.example.com:443/a.toml", True),
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
    administered: Path, allowed: str, source: str, may: bool
) -> None:
    administered.write_text(f'programs_from = ["{allowed}"]')
    assert trust_in(source) == (Trust() if may else NOTHING)


def test_the_whole_address_is_judged_however_long_it_is(administered: Path) -> None:
    administered.write_text('programs_from = ["https://it.example.com/profiles/"]')
    far_behind = f"https://it.example.com/profiles/{'x' * 300}/../../guests/acme.toml"
    assert fetched(b"", url=far_behind).trust == NOTHING


@pytest.mark.parametrize("source", [r"\\evil.example\share\acme.toml", r"\\?\UNC\evil.example\share\a.toml"])
def test_a_folder_of_another_computer_is_an_address(source: str) -> None:
    assert trust_in(source) == NOTHING


@pytest.mark.parametrize(
    "text",
    [
        'programs_from = "https://x.example/"',
        'programs_from = ["https://x.example"]',
        'programs_from = ["http://x.example/"]',
        'programs_from = ["https:///"]',
        'secrets_from = ["https://"]',
        "programs_from = [1]",
        'programs = ["https://x.example/"]',
        "programs_from = [",
    ],
)
def test_a_mistake_in_the_computers_file_is_said_and_allows_nothing(administered: Path, text: str) -> None:
    administered.write_text(text)
    with pytest.raises(ProfileError, match=r"machine\.toml"):
        trust_in(URL)


def test_the_place_of_the_computers_file_is_moved_by_no_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = machine_file()
    monkeypatch.setenv("XDG_CONFIG_DIRS", str(tmp_path))
    monkeypatch.setenv("ProgramData", str(tmp_path))
    assert machine_file() == before


@pytest.mark.parametrize("who_writes", ["file", "folder"])
def test_a_computers_file_that_others_can_write_allows_nothing(administered: Path, who_writes: str) -> None:
    administered.write_text('programs_from = ["https://it.example.com/profiles/"]')
    open_to_all = administered if who_writes == "file" else administered.parent
    open_to_all.chmod(0o777)
    assert trust_in(URL) == NOTHING


def test_a_machines_own_profile_that_another_person_has_put_there_names_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "profile.toml"
    file.write_bytes(PROGRAM_TABLE)
    monkeypatch.setattr(trust, "default_files", lambda: (tmp_path / "none", file))
    assert trust_in(str(file)) == Trust()
    file.chmod(0o666)
    assert trust_in(str(file)) == NOTHING


@pytest.mark.parametrize(
    ("descriptor", "is_kept"),
    [
        ("O:BAG:SYD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)(A;ID;0x1200a9;;;BU)", True),
        ("O:SYG:SYD:PAI(A;;FA;;;BA)(A;OICIIO;FA;;;CO)(A;;FRFX;;;BU)", True),
        ("O:S-1-5-21-1-2-3-1001G:DUD:AI(A;ID;FA;;;BA)", False),
        ("O:BAG:SYD:AI(A;ID;FA;;;BA)(A;ID;FA;;;S-1-5-21-1-2-3-1001)", False),
        ("O:BAG:SYD:AI(A;ID;FA;;;BA)(A;ID;0x1301bf;;;BU)", False),
        ("O:BAG:SYD:AI(A;ID;FA;;;BA)(A;ID;FW;;;WD)", False),
        ("O:BAG:SYD:NO_ACCESS_CONTROL", False),
        ("O:BAG:SY", False),
        ("", False),
    ],
)
def test_on_windows_administrators_own_it_and_all_others_read_at_most(descriptor: str, is_kept: bool) -> None:
    assert is_guarded_by(descriptor) is is_kept


def test_a_file_that_is_not_there_is_not_guarded(tmp_path: Path) -> None:
    assert not guarded.is_guarded(tmp_path / "none")


def test_a_variable_of_a_program_may_be_called_password_where_its_value_is_the_name_of_a_secret(
    tmp_path: Path,
) -> None:
    file = tmp_path / "mine.toml"
    file.write_text('[checks.any.environment]\nPGPASSWORD = "{secret:db}"\n')
    assert load(str(file), shipped=SHIPPED).checks["any"]["environment"] == {"PGPASSWORD": "{secret:db}"}
    file.write_text('[checks.any.environment]\nPG_PASSWORD = "{secret:db} and more"\n')
    with pytest.raises(ProfileError, match="would put a secret into the profile"):
        load(str(file), shipped=SHIPPED)
