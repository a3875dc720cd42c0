"""Signing in over HTTP: where it may be, how it was asked for, and where it was granted before. Sends nothing itself."""

import ipaddress
from typing import Any
from urllib.parse import SplitResult

from readycheck.ports import HttpAnswer

Who = tuple[str, str]  # user and password


class SignIns:
    """Where this session was let in: there it signs in at once (RFC 7617, 2.2; RFC 7616, 3.6), for otherwise everything that is
    saved would be sent twice."""

    def __init__(self) -> None:
        self._by_place: dict[tuple[str, Who], Any] = {}

    def known(self, parts: SplitResult, who: Who) -> Any:
        """As httpx takes it, or None."""
        return self._by_place.get((_space(parts), who)) if may_sign_in(parts) else None

    def remember(self, parts: SplitResult, who: Who, signing: Any) -> None:
        self._by_place[_space(parts), who] = signing


def _space(parts: SplitResult) -> str:
    """Up to the last part of the path: one space of protection."""
    return f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}"


def may_sign_in(parts: SplitResult) -> bool:
    """A password leaves only over TLS, or never leaves this machine."""
    return parts.scheme == "https" or is_this_computer(parts)


def sign_in(who: Who, challenge: HttpAnswer) -> Any:
    import httpx

    digest = challenge.headers.get("www-authenticate", "").lower().startswith("digest")
    return (httpx.DigestAuth if digest else httpx.BasicAuth)(*who)


def is_this_computer(parts: SplitResult) -> bool:
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"
