"""Bytes of a profile to its table and the lines of its keys. What is no small, plain TOML text is refused in one sentence."""

import re
import tomllib
from typing import Any, Final

from readycheck.errors import ProfileError
from readycheck.profile.toml_lines import KeyPath, TooMuch, toml_lines
from readycheck.text import clean

MAX_BYTES: Final = 1_048_576

_PLACE: Final = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")
_IN_OUR_WORDS: Final = {
    "Invalid value": "the value is missing or has no quotes",
    "Cannot overwrite a value": "this key is set a second time",
    "Expected newline or end of document after a statement": "something follows the value on the same line",
    "Illegal character '\\n'": "the text has no closing quote",
    "Cannot declare": "this table is declared a second time",
    "Invalid statement": "a line is a [table], a key = value or a # comment",
    "Invalid initial character for a key part": "a key is missing here, or needs quotes",
}


def read_toml(data: bytes, name: str) -> tuple[dict[str, Any], dict[KeyPath, int]]:
    """The table and ``{key path: line}``. ``name`` stands in the messages. Raises ProfileError with one sentence."""
    text = _text(data, name)
    try:
        lines = toml_lines(text)
        return tomllib.loads(text), lines
    except TooMuch as much:
        raise ProfileError(f"{name}, line {much.line}: {much}.") from None
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(_located(error, name)) from None
    except (ValueError, RecursionError) as error:
        raise ProfileError(f"{name} cannot be read as TOML: {clean(error, 120)}.") from None


def _text(data: bytes, name: str) -> str:
    if len(data) > MAX_BYTES:
        raise ProfileError(f"{name} is larger than 1 MiB, which is more than any profile needs.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ProfileError(f"{name}, line {line}: this is not UTF-8 text. Save the file as UTF-8.") from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ProfileError(f"{name}, line {line}: there is a NUL byte. A profile is a plain text file.")
    return text.replace("\r\n", "\n")


def _located(error: tomllib.TOMLDecodeError, name: str) -> str:
    """tomllib's message with the place in front, in the style of all our messages."""
    said = str(error)
    place = _PLACE.search(said)
    what = clean(_PLACE.sub("", said), 160)
    what = next(
        (ours for theirs, ours in _IN_OUR_WORDS.items() if what.startswith(theirs)),
        what[:1].lower() + what[1:],
    )
    if place is None:
        return f"{name}: this is not TOML: {what}."
    if place[1] is None:
        return f"{name}: this is not TOML: it ends too early; a bracket or a quote is not closed."
    return f"{name}, line {place[1]}, column {place[2]}: this is not TOML: {what}."
