"""What a VPN program said, in words or JSON, as a state. Pure; foreign text never raises: what is not known is not told.

Words are compared whole: "Disconnected" has "connected" in it. The signs are data of the profile (products.py).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from readycheck_checks.vpn.clients.products import Ask, Sign, State

MOST_LINES: Final = 1_000
BEST_FIRST: Final[tuple[State, ...]] = ("connected", "connecting", "attention", "not_told", "off")
STRANGE: Final = Sign(state="not_told", start="?")  # a line that tells a state, in words that are not known


@dataclass(frozen=True)
class Said:
    """The state, and the sign that showed it; none where nothing known was said."""

    state: State
    sign: Sign | None = None


def meaning(ask: Ask, code: int, stdout: bytes, stderr: bytes = b"") -> Said:
    """What the program's output means; "not_told" for what no sign of the profile knows. Never raises."""
    if ask.read == "json" and (found := _of_json(ask.signs, stdout)) is not None:
        return Said(found.state, found)
    lines = _lines(stdout) + _lines(stderr)
    told = [_sign_of(line, ask.signs) or STRANGE for line in lines if _tells(line, ask)]
    if not told:
        return Said(ask.otherwise if code == 0 else "not_told")
    sign = told[-1] if ask.read == "last_line" else min(told, key=_rank)
    return Said(sign.state, None if sign is STRANGE else sign)


def _tells(line: list[str], ask: Ask) -> bool:
    """A sign knows it, or it begins as those do that tell a state."""
    beginnings = tuple(" ".join(_words(each)) for each in ask.telling)
    return _sign_of(line, ask.signs) is not None or " ".join(line).startswith(beginnings)


def _rank(sign: Sign) -> int:
    return BEST_FIRST.index(sign.state)


def _lines(data: bytes) -> list[list[str]]:
    """Lines as words; UTF-16 of Windows programs comes with zero bytes between."""
    text = data.replace(b"\0", b"").decode("utf-8", "replace")
    return [words for line in text.splitlines()[:MOST_LINES] if (words := _words(line))]


def _words(line: str) -> list[str]:
    """Folded, without the stops behind them."""
    return [word.rstrip(".,;") for word in line.casefold().split()]


def _sign_of(words: list[str], signs: Iterable[Sign]) -> Sign | None:
    for sign in signs:
        if sign.line and words == _words(sign.line):
            return sign
        start = _words(sign.start)
        if start and words[: len(start)] == start:
            return sign
    return None


def _of_json(signs: Sequence[Sign], data: bytes) -> Sign | None:
    """The first sign whose values are all there; None for what is no JSON object."""
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    return next((sign for sign in signs if sign.fields and _fits(sign, told)), None)


def _fits(sign: Sign, told: Mapping[str, Any]) -> bool:
    return all(_same(_at(told, path), value) for path, value in sign.fields.items())


def _at(told: Any, path: str) -> Any:
    """The value at "Self.Online"; an empty tuple, which no sign can name, where there is none."""
    for key in path.split("."):
        if not isinstance(told, dict) or key not in told:
            return ()
        told = told[key]
    return told


def _same(told: Any, wanted: Any) -> bool:
    """1 is not true here."""
    if isinstance(told, str) and isinstance(wanted, str):
        return told.casefold() == wanted.casefold()
    return type(told) is type(wanted) and bool(told == wanted)
