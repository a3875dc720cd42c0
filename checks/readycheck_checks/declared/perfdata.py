"""Performance data of monitoring plug-ins: ``'label'=value[UOM];[warn];[crit];[min];[max]``, many with blanks between. Pure.

Monitoring Plug-ins Development Guidelines, "Performance data" and "Threshold and Ranges"
(monitoring-plugins.org/doc/guidelines.html, read 2026-11-22). What cannot be read is left out; what follows it is read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import isfinite
from typing import Final

from readycheck.api import clean

MOST: Final = 100  # values that are read
LONGEST: Final = 20_000  # characters that are looked at
_NUMBER: Final = r"[-+]?(?:[0-9]{1,30}(?:\.[0-9]{0,30})?|\.[0-9]{1,30})(?:[eE][-+]?[0-9]{1,3})?"
_VALUE: Final = re.compile(rf"({_NUMBER})([^0-9;,. ]{{0,10}})", re.ASCII)
_WHOLE_NUMBER: Final = re.compile(_NUMBER, re.ASCII)
_BLANK: Final = " \t\r\n"


@dataclass(frozen=True, kw_only=True)
class Range:
    """Where a plug-in raises no alert: from ``low`` to ``high`` (None: without end); ``inside``: it does so within instead."""

    low: float | None = 0.0
    high: float | None = None
    inside: bool = False

    @property
    def upper(self) -> float | None:
        """The one limit that a value may not exceed, where there is no other; from 0 on counts as none."""
        return self.high if not self.inside and self.low in (None, 0.0) else None

    @property
    def lower(self) -> float | None:
        """The one limit that a value may not fall below, where there is no other."""
        return self.low if not self.inside and self.high is None else None


@dataclass(frozen=True, kw_only=True)
class Value:
    """One value. ``number`` None: the plug-in says that it does not know it (U)."""

    label: str
    number: float | None
    unit: str = ""
    warn: Range | None = None
    crit: Range | None = None
    low: float | None = None
    high: float | None = None

    @property
    def limits(self) -> tuple[float, float] | None:
        """(where it warns, where it is critical), where both are one limit of the same kind and apart; else None."""
        for side in ("upper", "lower"):
            warn = getattr(self.warn, side, None)
            crit = getattr(self.crit, side, None)
            if warn is not None and crit is not None and (warn < crit if side == "upper" else warn > crit):
                return warn, crit
        return None


def values(text: str) -> tuple[Value, ...]:
    """All that can be read, at most ``MOST``."""
    found = []
    for label, rest in _items(text[:LONGEST]):
        value = _value(label, rest)
        if value is not None:
            found.append(value)
        if len(found) == MOST:
            break
    return tuple(found)


def _items(text: str) -> Iterator[tuple[str, str]]:
    """Label, and what stands behind its equals sign up to the next blank."""
    at = 0
    while at < len(text):
        if text[at] in _BLANK:
            at += 1
            continue
        label, at = _quoted(text, at) if text[at] == "'" else _bare(text, at)
        end = _word_end(text, at)
        if label and text[at : at + 1] == "=":
            yield label, text[at + 1 : end]
        at = max(end, at)


def _quoted(text: str, at: int) -> tuple[str, int]:
    """A label in quotes, in which two of them stand for one; without its end it is none, and the text is used up."""
    parts, start = [], at + 1
    while True:
        end = text.find("'", start)
        if end < 0:
            return "", len(text)
        parts.append(text[start:end])
        if text[end + 1 : end + 2] != "'":
            return "'".join(parts), end + 1
        start = end + 2


def _bare(text: str, at: int) -> tuple[str, int]:
    """A label without quotes: up to the first equals sign of its word."""
    end = _word_end(text, at)
    equals = text.find("=", at, end)
    return (text[at:equals], equals) if equals > at else ("", end)


def _word_end(text: str, at: int) -> int:
    while at < len(text) and text[at] not in _BLANK:
        at += 1
    return at


def _value(label: str, rest: str) -> Value | None:
    first, *limits = rest.split(";", 5)
    limits += [""] * 4
    known = _VALUE.fullmatch(first)
    number = _number(known[1]) if known else None
    if number is None and first not in ("U", "u"):
        return None
    return Value(
        label=clean(label, 80),
        number=number,
        unit=clean(known[2], 10) if known else "",
        warn=range_of(limits[0]),
        crit=range_of(limits[1]),
        low=_number(limits[2]),
        high=_number(limits[3]),
    )


def range_of(text: str) -> Range | None:
    """``10`` (0 to 10), ``10:``, ``~:10``, ``10:20``, ``@10:20``; None for nothing and for what is none."""
    inside, body = text.startswith("@"), text.removeprefix("@")
    start, colon, end = body.partition(":")
    if not colon:
        start, end = "0", body
    low = None if start == "~" else _number(start or "0")
    high = _number(end) if end else None
    unreadable = (start not in ("", "~") and low is None) or (bool(end) and high is None)
    if not body or unreadable or (low is not None and high is not None and low > high):
        return None
    return Range(low=low, high=high, inside=inside)


def _number(text: str) -> float | None:
    if not _WHOLE_NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if isfinite(number) else None
