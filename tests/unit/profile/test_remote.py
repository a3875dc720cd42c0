"""Profiles from an https address, and the copy that serves when there is no way there."""

import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from readycheck.errors import ProfileError, Silent, Where
from readycheck.profile import Profile, load
from readycheck.profile.remote import cache_file
from tests.unit.profile.sample import SHIPPED

URL = "https://it.example.com/profiles/acme.toml?key=abc"
SHOWN = "https://it.example.com/profiles/acme.toml"


@pytest.fixture(autouse=True)
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def gives(data: bytes) -> Callable[[str], bytes]:
    return lambda url: data


def silent(url: str) -> bytes:
    raise Silent(Where(host="it.example.com", port=443))


def fetched(fetch: Callable[[str], bytes] | None, url: str = URL) -> Profile:
    return load(url, fetch=fetch, shipped=SHIPPED)


def test_it_is_fetched_used_and_kept_for_this_person_only() -> None:
    profile = fetched(gives(b'title = "Acme"'))
    assert (profile.title, profile.name, profile.source, profile.notices) == ("Acme", "acme", SHOWN, ())
    kept = cache_file(URL)
    assert kept.read_bytes() == b'title = "Acme"'
    assert [file.name for file in kept.parent.iterdir()] == [kept.name]
    if sys.platform != "win32":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_without_an_answer_the_copy_is_used_and_said_to_be_one() -> None:
    fetched(gives(b'title = "Acme"'))
    os.utime(cache_file(URL), (1_790_000_000, 1_790_000_000))
    for fetch, why in ((silent, "it.example.com:443 did not answer"), (None, "this run sends nothing")):
        profile = fetched(fetch)
        assert profile.title == "Acme"
        (notice,) = profile.notices
        assert notice.startswith(f"The profile {SHOWN} could not be fetched ({why}). The copy of 2026-09-2")


def test_without_an_answer_and_without_a_copy_it_is_an_error() -> None:
    with pytest.raises(ProfileError) as caught:
        fetched(silent)
    assert caught.value.message == (
        f"{SHOWN} could not be fetched, and there is no earlier copy of it here: it.example.com:443 did not answer."
    )


def test_a_sign_in_page_is_no_profile_and_does_not_replace_the_copy() -> None:
    page = gives(b"\n<!DOCTYPE html><title>Sign in</title>")
    with pytest.raises(ProfileError, match="a web page came back instead, perhaps a sign-in page"):
        fetched(page)
    fetched(gives(b'title = "Acme"'))
    assert fetched(page).title == "Acme"


def test_a_broken_profile_is_an_error_and_does_not_replace_the_copy() -> None:
    fetched(gives(b'title = "Acme"'))
    with pytest.raises(
        ProfileError, match=r"^https://it.example.com/profiles/acme.toml, line 1, column 9: .* no quotes"
    ):
        fetched(gives(b"title = Acme"))
    assert fetched(silent).title == "Acme"


def test_more_than_a_mebibyte_is_refused() -> None:
    with pytest.raises(ProfileError, match="larger than 1 MiB"):
        fetched(gives(b"#" * 1_100_000))
    assert not cache_file(URL).exists()


def test_a_copy_that_cannot_be_kept_is_a_notice(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    profile = fetched(gives(b'title = "Acme"'))
    assert profile.title == "Acme"
    assert profile.notices[0].startswith("The profile could not be kept in ")


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("http://it.example.com/p.toml", "over https:// only"),
        ("HTTP://it.example.com/p.toml", "over https:// only"),
        ("ftp://it.example.com/p.toml", "must begin with https:// and a host"),
        ("file:///etc/passwd", "must begin with https:// and a host"),
        ("https://", "must begin with https:// and a host"),
        ("https://it.example.com:port/p.toml", "must begin with https:// and a host"),
        ("https://[::1/p.toml", "must begin with https:// and a host"),
        ("https://anna:hunter2@it.example.com/p.toml", "must not hold a user name or a password"),
    ],
)
def test_any_other_address_is_refused_before_anything_is_sent(url: str, message: str) -> None:
    asked: list[str] = []

    def fetch(url: str) -> bytes:
        asked.append(url)
        return b""

    with pytest.raises(ProfileError, match=message) as caught:
        fetched(fetch, url)
    assert not asked
    assert "hunter2" not in caught.value.message
