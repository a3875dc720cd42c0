"""Lines of an IMAP server (RFC 9051, 7), as far as the beginning of a session needs them. Pure.

greeting() and status() return None for what is no such line; nothing here raises.
"""

from dataclasses import dataclass
from typing import Final

from readycheck.api import clean_bytes

MOST_CAPABILITIES: Final = 100
_GREETINGS: Final = (b"OK", b"PREAUTH", b"BYE")
_STATUSES: Final = (b"OK", b"NO", b"BAD")


@dataclass(frozen=True, kw_only=True)
class Status:
    """A status response: ``kind`` OK, NO, BAD, BYE or PREAUTH; ``text`` cleaned, with its response code in brackets."""

    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind} {self.text}".strip()


def greeting(line: bytes) -> Status | None:
    """``* OK ready``, ``* PREAUTH ...``, ``* BYE ...``."""
    return _status(line, b"*", _GREETINGS)


def farewell(line: bytes) -> Status | None:
    """``* BYE ...``, which a server may say at any moment (RFC 9051, 7.1.5)."""
    return _status(line, b"*", (b"BYE",))


def status(line: bytes, tag: bytes) -> Status | None:
    """The end of the command with this tag: ``a1 OK done``."""
    return _status(line, tag, _STATUSES)


def capabilities(line: bytes) -> tuple[str, ...]:
    """Of ``* CAPABILITY IMAP4rev1 STARTTLS``, in upper case; () for any other line."""
    words = line.split(None, MOST_CAPABILITIES + 2)[: MOST_CAPABILITIES + 2]
    if len(words) < 2 or words[0] != b"*" or words[1].upper() != b"CAPABILITY":
        return ()
    return tuple(clean_bytes(word, 60).upper() for word in words[2:])


def _status(line: bytes, tag: bytes, kinds: tuple[bytes, ...]) -> Status | None:
    words = line.split(None, 2)
    if len(words) < 2 or words[0] != tag or words[1].upper() not in kinds:
        return None
    text = clean_bytes(words[2].strip(), 200) if len(words) > 2 else ""
    return Status(kind=words[1].upper().decode("ascii"), text=text)
