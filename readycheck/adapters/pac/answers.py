"""A configuration file, and what it says for one address. Parses foreign text; connects to nothing."""

import re
from typing import Final

from readycheck.ports import Way, WayKind
from readycheck.text import clean

MOST_WAYS: Final = 10
_SCRIPT: Final = "FindProxyForURL"
_KINDS: Final = {
    "DIRECT": WayKind.DIRECT,
    "PROXY": WayKind.HTTP,
    "HTTP": WayKind.HTTP,
    "HTTPS": WayKind.HTTPS,
    "SOCKS": WayKind.SOCKS,
    "SOCKS4": WayKind.SOCKS,
    "SOCKS5": WayKind.SOCKS,
}
_PORTS: Final = {WayKind.HTTP: 80, WayKind.HTTPS: 443, WayKind.SOCKS: 1080}
_PORT: Final = re.compile(r"[0-9]{1,5}", re.ASCII)


def ways_in(said: str) -> tuple[Way, ...]:
    """``PROXY a:8080; DIRECT``, at most ten ways. Parts that cannot be read are left out; ValueError where none can."""
    ways = [way for part in said[:2_000].split(";")[:MOST_WAYS] if (way := _way(part.split())) is not None]
    if not ways:
        raise ValueError("the file names no way")
    return tuple(ways)


def _way(words: list[str]) -> Way | None:
    kind = _KINDS.get(words[0].upper()) if words else None
    if kind is WayKind.DIRECT:
        return Way(kind)
    if kind is None or len(words) != 2:
        return None
    host, colon, digits = words[1].rpartition(":")
    if not colon or words[1].endswith("]"):
        host, digits = words[1], str(_PORTS[kind])
    host = clean(host.removeprefix("[").removesuffix("]"), 253)
    is_port = _PORT.fullmatch(digits) and 0 < int(digits) < 65_536
    if not host or not is_port or any(sign in host for sign in "/@ "):
        return None
    return Way(kind, host, int(digits))


def script_in(body: bytes) -> str:
    """The text of a configuration file. Raises ValueError for what is none (a page, an empty answer)."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("latin-1")
    if _SCRIPT not in text:
        raise ValueError("it holds no function FindProxyForURL")
    return text.replace("\0", "")
