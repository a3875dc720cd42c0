"""The support desk of the last profile that could be read is there when none can."""

import os
import stat
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from readycheck.model import ContactCard, ContactRoute
from readycheck.ticket.kept_card import FILE, MOST_BYTES, keep_card, kept_card_lines, parse_card
from tests.unit.sample_reports import CONTACT

SATURDAY = datetime(2026, 11, 21, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def test_the_last_card_is_told_with_whose_it_is_and_when_it_opens(tmp_path: Path) -> None:
    keep_card(CONTACT, "Acme", tmp_path)
    lines = kept_card_lines(SATURDAY, tmp_path)
    assert lines[:3] == (
        "From your last profile, Acme:",
        "How to reach IT Service Desk:",
        "Phone, Hotline: +49 30 1234567; opens Monday 08:00",
    )


def test_it_is_for_this_persons_eyes_only(tmp_path: Path) -> None:
    keep_card(CONTACT, "Acme", tmp_path / "new")
    mode = stat.S_IMODE((tmp_path / "new" / FILE).stat().st_mode)
    assert os.name == "nt" or mode == 0o600


def test_the_same_card_is_not_written_again(tmp_path: Path) -> None:
    keep_card(CONTACT, "Acme", tmp_path)
    before = (tmp_path / FILE).stat().st_ino
    keep_card(CONTACT, "Acme", tmp_path)
    assert (tmp_path / FILE).stat().st_ino == before


def test_a_card_without_a_route_does_not_replace_one_that_helps(tmp_path: Path) -> None:
    keep_card(CONTACT, "Acme", tmp_path)
    keep_card(ContactCard(note="Ask a colleague"), "Office", tmp_path)
    assert "Acme" in kept_card_lines(SATURDAY, tmp_path)[0]


def test_where_nothing_was_kept_nothing_is_told(tmp_path: Path) -> None:
    assert kept_card_lines(SATURDAY, tmp_path) == ()


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[]", b'{"profile": 1}', b"[" * 100_000, b" " * (MOST_BYTES + 1)]
)
def test_a_spoilt_copy_is_none(tmp_path: Path, data: bytes) -> None:
    (tmp_path / FILE).write_bytes(data)
    assert kept_card_lines(SATURDAY, tmp_path) == ()


def test_a_folder_that_takes_nothing_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    keep_card(CONTACT, "Acme", tmp_path / "file" / "deeper")


def test_no_text_of_it_steers_the_terminal(tmp_path: Path) -> None:
    route = ContactRoute(kind="phone", title="Hot\x1b[31mline", value="+49 30 1\x07")
    keep_card(ContactCard(routes=(route,)), "Ac\x1b]0;me", tmp_path)
    assert not any("\x1b" in line or "\x07" in line for line in kept_card_lines(SATURDAY, tmp_path))


@given(some.binary(max_size=400))
def test_any_bytes_are_a_card_or_refused(data: bytes) -> None:
    try:
        parse_card(data)
    except ValueError:
        return
