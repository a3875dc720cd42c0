"""Files that are no profile at all: one sentence each, soon, and nothing but ProfileError."""

import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from readycheck.errors import ProfileError
from readycheck.profile import load, show
from tests.unit.profile.sample import CHECKS, SHIPPED

OFFICE = (SHIPPED / "office.toml").read_bytes()


def refusal(path: Path) -> str:
    with pytest.raises(ProfileError) as caught:
        load(str(path), shipped=SHIPPED, checks=CHECKS)
    assert caught.value.problems == (caught.value.message,)
    return caught.value.message.replace(str(path), "FILE")


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", None),
        (b"\xef\xbb\xbfname = 'a'\r\n", None),
        (b"name = 'a'\nt = '\xff'", "FILE, line 2: this is not UTF-8 text. Save the file as UTF-8."),
        ("name = 'a'".encode("utf-16"), "FILE, line 1: this is not UTF-8 text. Save the file as UTF-8."),
        (b"name = 'a'\n\n\0", "FILE, line 3: there is a NUL byte. A profile is a plain text file."),
        (b"name = 'a'\rtitle = 'b'", "FILE, line 1, column 11: this is not TOML: something follows the value on the same line."),
        (b"#" * 2_000_000, "FILE is larger than 1 MiB, which is more than any profile needs."),
        (b"[" * 100_000, "FILE, line 1, column 3: this is not TOML: a key is missing here, or needs quotes."),
        (b"a = " + b"[" * 100_000, "FILE, line 1: tables and lists nest deeper than 20 levels."),
        (b"a = " + b"{a=" * 100_000, "FILE, line 1: tables and lists nest deeper than 20 levels."),
        (b"a" + b".a" * 200_000 + b" = 1", "FILE, line 1: tables and lists nest deeper than 20 levels."),
        (b"names = [\n" + b"1,\n" * 300_000 + b"]", "FILE, line 5001: there are more than 5000 keys and list entries."),
        (b"PK\x03\x04", "FILE, line 1, column 3: this is not TOML: expected '=' after a key in a key/value pair."),
        (b"<!doctype html>", "FILE, line 1, column 1: this is not TOML: a line is a [table], a key = value or a # comment."),
    ],
    ids=range(14),
)  # fmt: skip
def test_strange_contents_get_one_sentence(tmp_path: Path, data: bytes, message: str | None) -> None:
    file = tmp_path / "p.toml"
    file.write_bytes(data)
    if message is None:
        assert load(str(file), shipped=SHIPPED).support.name == "The desk"
    else:
        assert refusal(file) == message


def test_a_number_too_long_for_python_is_refused_too(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_bytes(b"a = " + b"1" * 5_000)
    assert refusal(file).startswith("FILE cannot be read as TOML: ")


def test_thousands_of_mistakes_are_told_in_a_moment(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text("".join(f"titel{number} = 1\n" for number in range(4_900)))
    started = time.perf_counter()
    with pytest.raises(ProfileError) as caught:
        load(str(file), shipped=SHIPPED, checks=CHECKS)
    assert len(caught.value.problems) == 4_900
    assert time.perf_counter() - started < 10


def test_fifty_megabytes_are_not_even_read(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    with file.open("wb") as sparse:
        sparse.truncate(50_000_000)
    assert refusal(file) == "FILE is larger than 1 MiB, which is more than any profile needs."


def test_a_folder_is_named_as_one(tmp_path: Path) -> None:
    assert refusal(tmp_path) == "FILE is a folder. Name the profile's file in it."


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.toml") == "FILE was not found."


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.toml")
    assert refusal(tmp_path / "pipe.toml") == "FILE is not an ordinary file."


@pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need rights on Windows")
def test_a_symlink_loop_ends(tmp_path: Path) -> None:
    (tmp_path / "a.toml").symlink_to("b.toml")
    (tmp_path / "b.toml").symlink_to("a.toml")
    assert refusal(tmp_path / "a.toml") == "FILE cannot be read: Too many levels of symbolic links."


def test_a_path_that_cannot_be_is_refused() -> None:
    with pytest.raises(ProfileError, match="cannot be read"):
        load("x" * 5000 + ".toml", shipped=SHIPPED)
    with pytest.raises(ProfileError, match="cannot be read"):
        load("a\0b.toml", shipped=SHIPPED)


@pytest.mark.skipif(sys.platform == "win32", reason="file modes are those of POSIX")
def test_a_file_without_permission_is_refused_as_such(tmp_path: Path) -> None:
    file = tmp_path / "p.toml"
    file.write_text("")
    file.chmod(0)
    code = f"""
        from pathlib import Path
        from readycheck.errors import ProfileError
        from readycheck.profile.sources import read_file
        import os
        if os.geteuid() == 0:
            os.setgroups([]); os.setgid(65534); os.setuid(65534)
        try:
            read_file(Path({str(file)!r}))
        except ProfileError as error:
            print(error)
    """
    answer = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60, check=False
    )
    assert answer.stdout.strip() == f"{file} cannot be read: no permission.", answer.stderr


def survives(tmp_path: Path, data: bytes) -> None:
    """Loads it or refuses it with sentences; what loads can be shown and loaded again as the same."""
    file = tmp_path / "p.toml"
    file.write_bytes(data)
    try:
        profile = load(str(file), shipped=SHIPPED, checks=CHECKS)
    except ProfileError as error:
        for problem in error.problems:
            assert problem and all(char.isprintable() or char == "\n" for char in problem)
        return
    shown = tmp_path / "shown.toml"
    shown.write_text(show(profile), encoding="utf-8")
    again = load(str(shown), shipped=SHIPPED, checks=CHECKS)
    assert (again.run, again.support, again.checks) == (profile.run, profile.support, profile.checks)


ONE_FOLDER = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@ONE_FOLDER
@given(data=st.binary(max_size=300))
def test_random_bytes_raise_nothing_else(tmp_path: Path, data: bytes) -> None:
    survives(tmp_path, data)


@ONE_FOLDER
@given(
    start=st.integers(0, len(OFFICE)),
    length=st.integers(0, 12),
    patch=st.one_of(st.binary(max_size=8), st.text(alphabet="\"'[]{}=.#\n,0a\\", max_size=8).map(str.encode)),
)
def test_a_damaged_profile_raises_nothing_else(tmp_path: Path, start: int, length: int, patch: bytes) -> None:
    survives(tmp_path, OFFICE[:start] + patch + OFFICE[start + length :])


KEYS = st.sampled_from(
    ["run", "max_data", "max_seconds", "resolver", "ca_file", "simulated", "support", "routes", "timezone", "country",
     "hours", "kind", "title", "value", "checks", "dns", "names", "share", "team", "url", "limits", "plan_ms", "after",
     "stages", "enabled", "capabilities", "calls", "weight", "password", "password_secret", "extends", "schema", "é"]
)  # fmt: skip
LEAVES = st.one_of(
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=10),
    st.dates(),
    st.sampled_from(["", "60MB", "https://a:b@c/", "24/7", "Europe/Berlin", "phone", "DE", "dns"]),
)
TABLES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=5)),
    max_leaves=25,
)


@ONE_FOLDER
@given(table=st.dictionaries(KEYS, TABLES, max_size=6))
def test_any_table_of_known_words_raises_nothing_else(tmp_path: Path, table: dict[str, Any]) -> None:
    import tomli_w

    survives(tmp_path, tomli_w.dumps(table).encode())
