"""What a configuration file, and a proxy that was asked for a tunnel, say. Parses foreign text; connects to nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from readycheck.api import clean, clean_bytes
from readycheck_checks.endpoints import Endpoint, is_port

MOST_WAYS: Final = 10
_STATUS: Final = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: |\r|\n|$)")
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,19}")
_SCRIPT: Final = "FindProxyForURL"


class Kind(StrEnum):
    DIRECT = "DIRECT"
    HTTP = "PROXY"
    HTTPS = "HTTPS"
    SOCKS = "SOCKS"


_KINDS: Final = {
    "DIRECT": Kind.DIRECT,
    "PROXY": Kind.HTTP,
    "HTTP": Kind.HTTP,
    "HTTPS": Kind.HTTPS,
    "SOCKS": Kind.SOCKS,
    "SOCKS4": Kind.SOCKS,
    "SOCKS5": Kind.SOCKS,
}
_PORTS: Final = {Kind.HTTP: 80, Kind.HTTPS: 443, Kind.SOCKS: 1080}


@dataclass(frozen=True)
class Way:
    """One way that a file names: directly (``where`` is None), or over the proxy there."""

    kind: Kind
    where: Endpoint | None = None


def ways_in(said: str) -> tuple[Way, ...]:
    """``PROXY a:8080; DIRECT``, at most ten ways. Parts that cannot be read are left out; ValueError where none can."""
    ways = [way for part in said[:2_000].split(";")[:MOST_WAYS] if (way := _way(part.split())) is not None]
    if not ways:
        raise ValueError("the file names no way")
    return tuple(ways)


def _way(words: list[str]) -> Way | None:
    kind = _KINDS.get(words[0].upper()) if words else None
    if kind is Kind.DIRECT:
        return Way(kind)
    if kind is None or len(words) != 2:
        return None
    host, colon, digits = words[1].rpartition(":")
    if not colon or words[1].endswith("]"):
        host, digits = words[1], str(_PORTS[kind])
    host = clean(host.removeprefix("[").removesuffix("]"), 253)
    if not host or not is_port(digits) or any(sign in host for sign in "/@ "):
        return None
    return Way(kind, Endpoint(host, int(digits)))


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


def script_in(body: bytes) -> str:
    """The text of a configuration file. Raises ValueError for what is none (a page, an empty answer)."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    if _SCRIPT not in text:
        raise ValueError("it holds no function FindProxyForURL")
    return text.replace("\0", "")
