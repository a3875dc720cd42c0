"""The scanner finds the line of every key that tomllib knows, whatever the text looks like."""

import time
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from readycheck.profile.toml_lines import MAX_DEPTH, KeyPath, TooMuch, toml_lines

EVERYTHING = '''# a comment with [brackets] and = signs
name = "acme # no comment"
"quoted \\u00e9.key" = 'literal "text"'
site."example.com".port = 1   # dotted

[run]  # a header with a comment
text = """
[not.a.table]
key = "no key" \\""" still inside"""
raw = \'\'\'
[[neither]]
\'\'\'
quotes = """"two quotes at the end"""""
list = [
  "one",  # comment, with ] and "
  [ "nested" ],

  { a = 1, b.c = 2 },
]
when = 1979-05-27 07:32:00
empty = []
inline = { x = { y = [ 1, 2 ] } }

[ a . "b" ]
c = +1e3

[[routes]]
kind = "phone"
[routes.hours]
monday = "8"
[[routes.steps]]
say = 1

[[routes]]
kind = "email"
[[routes.steps]]
say = 2
[[routes.steps]]
say = 3
'''


def paths_of(value: Any, path: KeyPath = ()) -> list[KeyPath]:
    found = [path] if path else []
    if isinstance(value, dict):
        for key, item in value.items():
            found += paths_of(item, (*path, key))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            found += paths_of(item, (*path, number))
    return found


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(EVERYTHING.splitlines(), 1) if text in line)


def test_every_path_has_a_line_and_no_other_path_has_one() -> None:
    assert set(toml_lines(EVERYTHING)) == set(paths_of(tomllib.loads(EVERYTHING)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("name",), "name = "),
        (("quoted é.key",), "quoted"),
        (("site", "example.com", "port"), "site."),
        (("run",), "[run]"),
        (("run", "text"), 'text = """'),
        (("run", "raw"), "raw ="),
        (("run", "quotes"), "quotes ="),
        (("run", "list", 0), '"one"'),
        (("run", "list", 1, 0), "nested"),
        (("run", "list", 2, "b", "c"), "b.c"),
        (("run", "when"), "when ="),
        (("run", "inline", "x", "y", 1), "inline ="),
        (("a", "b", "c"), "c = +1e3"),
        (("routes", 0, "kind"), '"phone"'),
        (("routes", 0, "hours", "monday"), "monday"),
        (("routes", 0, "steps", 0, "say"), "say = 1"),
        (("routes", 1, "kind"), '"email"'),
        (("routes", 1, "steps", 1, "say"), "say = 3"),
    ],
)
def test_the_line_is_that_of_the_key(path: KeyPath, text: str) -> None:
    assert toml_lines(EVERYTHING)[path] == line_of(text)


@pytest.mark.parametrize(
    "text", ["a = 1\nb 2\nc = 3", "a = 1\n]", 'a = 1\nb = "open\n', "a = 1\nb = [1, 2\n"]
)
def test_what_is_no_toml_ends_the_scan_and_keeps_what_was_found(text: str) -> None:
    lines = toml_lines(text)
    assert lines[("a",)] == 1
    assert ("c",) not in lines


@pytest.mark.parametrize(
    "text",
    [
        "x = 1\n" + ".".join("a" * (MAX_DEPTH + 1)) + " = 1",
        "x = 1\n[" + ".".join("a" * (MAX_DEPTH + 1)) + "]",
        "x = 1\na = " + "[" * MAX_DEPTH + "1" + "]" * MAX_DEPTH,
        "x = 1\na = " + "{b=" * MAX_DEPTH + "1" + "}" * MAX_DEPTH,
    ],
)
def test_too_deep_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(TooMuch) as caught:
        toml_lines(text)
    assert caught.value.line == 2


def test_a_key_of_half_a_million_parts_costs_no_time() -> None:
    started = time.perf_counter()
    with pytest.raises(TooMuch):
        toml_lines("a." * 500_000 + "a = 1")
    assert time.perf_counter() - started < 2


KEYS = st.one_of(
    st.sampled_from(["a", "b", "c-d", "1", "", "é", "a b", 'q"q', "l\nl", "\\"]), st.text(max_size=4)
)
SCALARS = st.one_of(
    st.integers(-(2**40), 2**40),
    st.booleans(),
    st.text(max_size=12),
    st.floats(allow_nan=False),
    st.datetimes(),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=12,
)


@settings(max_examples=100, deadline=None)
@given(table=st.dictionaries(KEYS, VALUES, max_size=5), several_lines=st.booleans())
def test_it_agrees_with_tomllib_on_written_tables(table: dict[str, Any], several_lines: bool) -> None:
    import tomli_w

    text = tomli_w.dumps(table, multiline_strings=several_lines).replace("\r\n", "\n")
    assert set(toml_lines(text)) == set(paths_of(tomllib.loads(text)))


PIECES = st.sampled_from(
    [
        "a",
        "b",
        ".",
        " = ",
        "1",
        '"',
        "'",
        '"""',
        "'''",
        "[",
        "]",
        "[[",
        "]]",
        "{",
        "}",
        ",",
        "\n",
        "#",
        "\\",
        " ",
        "x y",
    ]
)


@settings(max_examples=300, deadline=None)
@given(text=st.lists(PIECES, max_size=40).map("".join))
def test_whatever_tomllib_accepts_it_understands_as_a_whole(text: str) -> None:
    lines = toml_lines(text)
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(lines) == set(paths_of(table))
