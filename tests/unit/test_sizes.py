"""Sizes of data as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readycheck.sizes import format_size, parse_size


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("60MB", 60_000_000),
        ("60 MB", 60_000_000),
        ("1.5GB", 1_500_000_000),
        ("500kB", 500_000),
        ("500KB", 500_000),
        ("12b", 12),
        (" 1 gb ", 1_000_000_000),
        ("0", 0),
        ("0.1kB", 100),
    ],
)
def test_a_number_with_a_unit_is_a_size(text: str, count: int) -> None:
    assert parse_size(text) == count


@pytest.mark.parametrize(
    "text",
    ["", "60", "MB", "60Mbit", "60MiB", "-1MB", "1,5MB", "1e3MB", "60  MB", "١MB", "9" * 400 + "MB", "nan"],
)
def test_anything_else_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(ValueError, match='such as "60MB"'):
        parse_size(text)


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0B"), (999, "999B"), (60_000_000, "60MB"), (1_500_000, "1.5MB"), (10**9, "1GB")]
)
def test_a_size_is_written_in_its_largest_unit(count: int, text: str) -> None:
    assert format_size(count) == text


@given(st.integers(0, 10**14))
def test_what_is_written_is_read_again_exactly(count: int) -> None:
    assert parse_size(format_size(count)) == count
