"""What each address of the reflector's HTTP answers: data down, data up, a ping, and what it is. Pure but for the budgets.

GET /down?bytes=N       N random bytes          POST /up                 {"bytes": N, "seconds": s}
GET /ping               204                     GET /about               what is offered
GET /.well-known/nq     where the measuring addresses are (draft-ietf-ippm-responsiveness, 6)
"""

import hmac
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from readycheck.reflector.guests import Guests
from readycheck.reflector.limits import Limits
from readycheck.reflector.requests import Request

JSON: Final = "application/json"
TEXT: Final = "text/plain; charset=utf-8"
_AUTHORITY: Final = re.compile(r"[A-Za-z0-9.:\[\]_-]{1,255}")


@dataclass(frozen=True, kw_only=True)
class Said:
    """A short answer. ``reason``: why something was refused, for the counters and the journal."""

    status: int = 200
    body: bytes = b""
    kind: str = TEXT
    extra: Mapping[str, str] = field(default_factory=dict)
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Gives:
    """``count`` random bytes; they are reserved in the client's budget."""

    count: int


@dataclass(frozen=True, kw_only=True)
class Takes:
    """The body of the request; its bytes are reserved."""

    count: int


Answer = Said | Gives | Takes


class Site(Protocol):
    def answer(self, request: Request, address: str) -> Answer: ...

    def settle(self, address: str, reserved: int, moved: int) -> None: ...


class Measuring:
    """The reflector's own site. ``about`` is asked each time: ports and certificate are known only when it runs."""

    def __init__(
        self,
        limits: Limits,
        guests: Guests,
        about: Callable[[], Mapping[str, object]],
        *,
        secure: bool,
        token: bytes = b"",
    ) -> None:
        self.token = token
        self._limits = limits
        self._guests = guests
        self._about = about
        self._scheme = "https" if secure else "http"

    def answer(self, request: Request, address: str) -> Answer:
        pages: dict[str, tuple[str, Callable[[Request, str], Answer]]] = {
            "/down": ("GET", self._down),
            "/up": ("POST", self._up),
            "/ping": ("GET", lambda request, address: Said(status=204)),
            "/about": ("GET", lambda request, address: _json(dict(self._about()))),
            "/.well-known/nq": ("GET", self._responsiveness),
        }
        if request.path not in pages:
            return refusal(404, "no such page")
        method, page = pages[request.path]
        if request.method != method:
            return refusal(405, "wrong method", allow=method)
        if method == "GET" and request.length:
            return refusal(400, "a body that nobody wants")
        if self.token and self._knows_token(request):
            self._guests.trust(address)
        return page(request, address)

    def settle(self, address: str, reserved: int, moved: int) -> None:
        self._guests.settle(address, reserved, moved)

    def _down(self, request: Request, address: str) -> Answer:
        text = request.query.get("bytes", "")
        if not (text.isascii() and text.isdigit() and len(text) < 16 and int(text)):
            return refusal(400, "say how many bytes")
        return self._unless_too_much(request, address, Gives(count=int(text)))

    def _up(self, request: Request, address: str) -> Answer:
        if "content-length" not in request.headers:
            return refusal(411, "say the length of the body")
        return self._unless_too_much(request, address, Takes(count=request.length))

    def _unless_too_much(self, request: Request, address: str, wanted: Gives | Takes) -> Answer:
        if self.token and not self._knows_token(request):
            return refusal(401, "wrong token", **{"www-authenticate": "Bearer"})
        if wanted.count > self._limits.request_bytes:
            return refusal(413, "too large")
        wait_s = self._guests.reserve(address, wanted.count)
        return refusal(429, "too much in a minute", **{"retry-after": str(wait_s)}) if wait_s else wanted

    def _knows_token(self, request: Request) -> bool:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode("latin-1"), self.token)

    def _responsiveness(self, request: Request, address: str) -> Answer:
        authority = request.headers.get("host", "")
        if not _AUTHORITY.fullmatch(authority):
            return refusal(400, "no such host")
        base = f"{self._scheme}://{authority}"
        urls = {
            "small_download_url": f"{base}/down?bytes=1",
            "large_download_url": f"{base}/down?bytes={self._limits.request_bytes}",
            "upload_url": f"{base}/up",
        }
        return _json({"version": 1, "urls": urls})


class MetricsSite:
    """GET /metrics, on a listener of its own."""

    def __init__(self, text: Callable[[], str]) -> None:
        self._text = text

    def answer(self, request: Request, address: str) -> Answer:
        if (request.method, request.path) != ("GET", "/metrics") or request.length:
            return refusal(404, "no such page")
        return Said(body=self._text().encode(), kind="text/plain; version=0.0.4; charset=utf-8")

    def settle(self, address: str, reserved: int, moved: int) -> None:
        """Nothing is reserved for metrics."""


def refusal(status: int, reason: str, **extra: str) -> Said:
    headers = {name.title(): value for name, value in extra.items()}
    return Said(status=status, body=reason.encode() + b"\n", extra=headers, reason=reason)


def _json(document: Mapping[str, object]) -> Said:
    return Said(body=json.dumps(document).encode() + b"\n", kind=JSON)
