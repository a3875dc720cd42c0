"""What a proxy that was asked for a tunnel says. Parses foreign text; connects to nothing."""

import re
from collections.abc import Iterable
from typing import Final

from readycheck.api import clean_bytes

_STATUS: Final = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: |\r|\n|$)")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,19}")


def status_of(line: bytes) -> int | None:
    """The status of an HTTP/1 answer's first line (RFC 9112, section 4); None where it is none."""
    found = _STATUS.match(line[:64])
    return int(found[1]) if found else None


def sign_ins_in(lines: Iterable[bytes]) -> tuple[str, ...]:
    """The ways to sign in that a proxy offers: "Basic", "Negotiate" ... (Proxy-Authenticate, RFC 9110, section 11.7.1)."""
    found: dict[str, None] = {}
    for line in lines:
        name, colon, value = clean_bytes(line[:500], 500).partition(":")
        scheme = _SCHEME.match(value.strip())
        if colon and name.strip().lower() == "proxy-authenticate" and scheme:
            found[scheme[0]] = None
    return tuple(found)
