"""Signing in over HTTP: where it may be, how it was asked for, and where it was granted before. Sends nothing itself."""

import ipaddress
from collections.abc import Generator
from typing import Any
from urllib.parse import SplitResult

from readycheck.ports import HttpAnswer
from readycheck.ports.challenges import challenges_in

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


def sign_in(who: Who, answer: HttpAnswer) -> Any:
    """As httpx takes it; None where the server asks for neither Digest nor Basic: then no password is for it."""
    import httpx

    if any(each.takes_a_digest for each in answer.challenges):
        return _digest(who)
    return httpx.BasicAuth(*who) if any(each.scheme == "basic" for each in answer.challenges) else None


def _digest(who: Who) -> Any:
    """httpx looks for a header that begins with Digest; a server may name other ways before it, in the same header."""
    import httpx

    class Chosen(httpx.DigestAuth):
        def auth_flow(self, request: Any) -> Generator[Any, Any, None]:
            flow = super().auth_flow(request)
            response = yield next(flow)
            while True:
                told = response.headers
                response.headers = _alone(told)
                try:
                    request = flow.send(response)
                except StopIteration:
                    return
                finally:
                    response.headers = told
                response = yield request

    return Chosen(*who)


def _alone(headers: Any) -> Any:
    """The same headers, with the Digest that can be answered as the only challenge."""
    found = headers.copy()
    text = found.pop("www-authenticate", "")
    chosen = next((each for each in challenges_in(text) if each.takes_a_digest), None)
    if chosen is not None:
        parameters = {**chosen.parameters}
        if "qop" in parameters:
            parameters["qop"] = '"auth"'  # the only one that httpx knows
        told = ", ".join(f"{name}={value}" for name, value in parameters.items())
        found["www-authenticate"] = f"Digest {told}"
    return found


def is_this_computer(parts: SplitResult) -> bool:
    try:
        return ipaddress.ip_address(parts.hostname or "").is_loopback
    except ValueError:
        return parts.hostname == "localhost"
