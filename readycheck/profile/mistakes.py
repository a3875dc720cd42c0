"""Mistakes in a profile as values, and the words for them: which key, what was expected, what is there, what was meant."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any, Final

from readycheck.errors import ProfileError
from readycheck.profile.layers import Layer, place_of
from readycheck.profile.toml_lines import KeyPath
from readycheck.text import clean

_BARE: Final = re.compile(r"[A-Za-z0-9_-]{1,60}")


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One thing that is wrong at ``path``; ``text`` is a sentence that names the key itself."""

    path: KeyPath
    text: str


def refuse(mistakes: Iterable[Mistake], layers: Sequence[Layer]) -> None:
    """Raise ProfileError where there are mistakes: its message is the first one, ``problems`` are all, in reading order."""
    placed = sorted((*place_of(mistake.path, layers), mistake.text) for mistake in mistakes)
    problems = tuple(dict.fromkeys(f"{where}: {text}" for _, _, where, text in placed))
    if problems:
        raise ProfileError(problems[0], problems=problems)


def key_text(path: KeyPath) -> str:
    """``checks.share."Team Drive".url``; the second entry of a list is ``routes#2``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"#{part + 1}"
        else:
            text += ("." if text else "") + (part if _BARE.fullmatch(part) else quoted(part))
    return text or "the profile"


def quoted(text: str) -> str:
    return f'"{clean(text, 60)}"'


def actual(value: Any) -> str:
    """What stands there, in words, cut short."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() if abs(value) >= 10**30:  # Python refuses to print thousands of digits, which TOML allows
            return "a number with very many digits"
        case int() | float():
            return f"the number {value}"
        case "":
            return "an empty text"
        case str():
            return f"the text {quoted(value)}"
        case dict():
            return "a table"
        case list() | tuple():
            return f"a list of {len(value)}" if value else "an empty list"
        case date() | time():
            return f"the date or time {value.isoformat()}"
    return "a value of another kind"


def wrong(path: KeyPath, expected: str, value: Any, *, hint: str = "") -> Mistake:
    return Mistake(path=path, text=f"{key_text(path)} must be {expected}, not {actual(value)}.{hint}")


def unknown_key(path: KeyPath, known: Iterable[str], *, what: str = "key") -> Mistake:
    """``what`` is the thing that the key should name: key, check, capability."""
    names = tuple(known)
    hint = did_you_mean(str(path[-1]), names)
    listed = f" Known {_plural(what)}: {', '.join(names)}." if names else " There are none here."
    return Mistake(path=path, text=f"{key_text(path)} is not a known {what}.{hint}{listed}")


def _plural(what: str) -> str:
    return what[:-1] + "ies" if what.endswith("y") and what != "key" else what + "s"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The question with a space before it, where one known word is near; else nothing."""
    from difflib import get_close_matches

    names = {name.lower(): name for name in known}
    near = get_close_matches(word[:60].lower(), names, n=1)
    return f' Did you mean "{names[near[0]]}"?' if near else ""
