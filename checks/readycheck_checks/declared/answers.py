"""What name servers say about the records of a name, as values, and how it compares with what is expected. Pure."""

import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_TARGETS: Final = ("MX", "SRV")  # records that end in the name of a host
_NAME: Final = re.compile(r"(?=.{1,253}\.?\Z)([A-Za-z0-9_*-]{1,63}\.)*[A-Za-z0-9_*-]{1,63}\.?", re.ASCII)


class Said(StrEnum):
    """What a name server made of the question."""

    RECORDS = "has such records"
    NONE = "knows the name, and no such record"
    UNKNOWN_NAME = "says that the name does not exist"
    REFUSES = "refuses"
    FAILING = "says that it fails"
    CUT = "has more than fits"
    ODD = "answers nonsense"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """``values`` of the records in plain text, sorted: names in small letters without final dot, texts joined."""

    said: Said
    values: tuple[str, ...] = ()


def is_name(text: str) -> bool:
    """Whether it can be asked for: labels of letters, digits, - and _; other alphabets as "xn--"."""
    return _NAME.fullmatch(text) is not None


def lacking(kind: str, expected: tuple[str, ...], values: tuple[str, ...]) -> tuple[str, ...]:
    """Which of ``expected`` no record is. Of MX and SRV the host alone may be expected."""
    known = {*values, *(value.split()[-1] for value in values if kind in _TARGETS and value)}
    return tuple(one for one in expected if normal(kind, one) not in known)


def surplus(kind: str, expected: tuple[str, ...], values: tuple[str, ...]) -> tuple[str, ...]:
    """The records that nobody expects."""
    known = {normal(kind, one) for one in expected}
    return tuple(
        value
        for value in values
        if value not in known and not (kind in _TARGETS and value.split()[-1:] and value.split()[-1] in known)
    )


def normal(kind: str, text: str) -> str:
    """An expected value as records are shown here; what is no address stays as it is."""
    if kind in ("A", "AAAA"):
        try:
            return str(ipaddress.ip_address(text))
        except ValueError:
            return text
    if kind in ("TXT", "CAA"):
        return text
    return " ".join(word.rstrip(".").lower() for word in text.split())
