"""What the tests of sign-in share: a provider whose parts fit, and a look at it."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, timedelta
from email.utils import format_datetime
from typing import Any

from readycheck.api import HttpAnswer, NetError
from readycheck.model import CheckResult
from readycheck.testing import FakeClock, FakeHttp, FakeNet, FakeSystem, http_answer, run_check, tls_answer
from readycheck_checks.identity import openid
from readycheck_checks.identity.options import SignInOptions
from readycheck_checks.sign_in import check

ISSUER = "https://login.example"
DOCUMENT = f"{ISSUER}{openid.WELL_KNOWN}"
TOLD = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": "https://token.example/token",
    "jwks_uri": f"{ISSUER}/keys",
}
OPTIONS = SignInOptions(
    issuer=ISSUER, tcp_controls=("control.example:443",), clock_pages=("https://other.example/",)
)
NOW = FakeClock().now()


def page(url: str, content: Any, status: int = 200, *, ahead_s: float = 0.0) -> HttpAnswer:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    date = format_datetime(NOW.astimezone(UTC) + timedelta(seconds=ahead_s), usegmt=True)
    return http_answer(url, status, body, date=date)


def looked(
    pages: Mapping[str, HttpAnswer | NetError] | None = None,
    *,
    options: SignInOptions = OPTIONS,
    net: FakeNet | None = None,
    **world: Any,
) -> CheckResult:
    good: dict[str, HttpAnswer | NetError] = {
        DOCUMENT: page(DOCUMENT, TOLD),
        f"{ISSUER}/keys": page(f"{ISSUER}/keys", {"keys": [{"kty": "EC"}]}),
        "https://other.example/": page("https://other.example/", b""),
    }
    http = FakeHttp(pages={**good, **(pages or {})}, proxies=world.pop("proxies", {}))
    ports = {("control.example", 443): 9.0}
    usual = FakeNet(certificates={"token.example": tls_answer("token.example")}, ports=ports)
    system = world.pop("system", FakeSystem())
    return asyncio.run(
        run_check(check, options, http=http, net=net or usual, system=system, clock=FakeClock())
    )


def code(result: CheckResult) -> str:
    return next(f.code for f in result.findings if f.status is result.status)
