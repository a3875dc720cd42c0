"""The border for foreign text: nothing that passes it can steer a terminal, a log or markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readycheck.text import LIMIT, clean, clean_bytes


@given(st.text(max_size=3_000))
def test_what_passes_is_printable_and_short(text: str) -> None:
    found = clean(text)
    assert found.isprintable() and len(found) <= LIMIT
    assert all(line.isprintable() for line in clean(text, lines=True).split("\n"))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u00a0b\u2003c\u3000d\te\nf", "a b c d e f"),
        ("\x1b[31mred", "\\u001b[31mred"),
        ("right\u202eleft", "right\\u202eleft"),
        ("Grüße, 東京", "Grüße, 東京"),
    ],
)
def test_spaces_are_plain_and_what_cannot_be_seen_becomes_visible(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_lines_stay_where_they_are_wanted() -> None:
    assert clean("one\r\ntwo\nthree", lines=True) == "one\ntwo\nthree"


@given(st.binary(max_size=2_000))
def test_bytes_that_are_no_text_are_shown_all_the_same(data: bytes) -> None:
    assert clean_bytes(data).isprintable()
