"""Is there a sign-in page in front of the internet (RFC 8952)? Two or more vendors' test pages are asked for and must come back
exactly. Follows no redirect, uses no proxy, signs in nowhere. A box on the way that answers in place of the vendors is told apart
from them by its name and by certificates (web_box.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta, Struct

from readycheck.api import (
    Capability,
    Check,
    Code,
    Confidence,
    Context,
    Cost,
    Finding,
    HttpAnswer,
    NetError,
    Options,
    Owner,
    Says,
    Status,
    TlsAnswer,
    clean_bytes,
    fact,
    failed,
    passed,
    unknown,
    warned,
)
from readycheck_checks.attempts import at_once
from readycheck_checks.endpoints import host_in, hosts_in
from readycheck_checks.pac.in_use import proxy_in_use
from readycheck_checks.web_box import box_on_the_way, faked

_MOST_BYTES = 4_096
_PORTAL_STATUS = (200, 301, 302, 303, 307, 308, 511)  # a page of its own, a redirect, or RFC 6585 section 6
_SHOW = 80
_BELIEVED = ("connection.no_portal", "connection.portal_doubtful")  # unless a box on the way made it up


class TestPage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page whose answer is known. White space around the body does not count."""

    __test__ = False  # no test class, whatever pytest thinks of the name

    url: Annotated[str, Meta(pattern=r"^http://", description="Plain HTTP: only this can be redirected")]
    status: Annotated[int, Meta(ge=200, le=299)] = 200
    body: Annotated[str, Meta(description="The whole text expected")] = ""


class CaptivePortalOptions(Options, frozen=True, kw_only=True):
    pages: Annotated[
        tuple[TestPage, ...], Meta(min_length=2, max_length=6, description="Test pages of different vendors")
    ]
    wait_s: Annotated[float, Meta(gt=0, le=8, description="How long to wait for an answer, in seconds")] = 4.0


@dataclass(frozen=True, kw_only=True)
class Odd:
    """Another answer than the vendor gives: ``sign_in`` where it looks like a page for people; ``leads_to`` a host or ""."""

    sign_in: bool
    leads_to: str
    shown: str


Outcome = Odd | NetError | None


async def run(options: CaptivePortalOptions, ctx: Context) -> Says:
    answers = await at_once(
        {
            page.url: ctx.http.get(page.url, timeout_s=options.wait_s, max_bytes=_MOST_BYTES, proxy=False)
            for page in options.pages
        }
    )
    outcomes = {page.url: outcome_of(page, answers[page.url]) for page in options.pages}
    finding = verdict(outcomes)
    if box := box_on_the_way(answers):
        yield fact("web_box", "Answers plain web pages on the way", box)
        if finding.code in _BELIEVED and await proxy_in_use(ctx) is None:
            finding = faked(box, await _asked_securely(options, ctx)) or finding
    for leads_to in sorted(
        {odd.leads_to for odd in outcomes.values() if isinstance(odd, Odd) and odd.leads_to}
    ):
        yield fact("portal_host", "Sign-in page", leads_to)
    yield finding


async def _asked_securely(options: CaptivePortalOptions, ctx: Context) -> dict[str, TlsAnswer | NetError]:
    hosts = hosts_in(*(page.url for page in options.pages))
    return await at_once({host: ctx.net.tls(host, 443, timeout_s=options.wait_s) for host in hosts})


def outcome_of(page: TestPage, answer: HttpAnswer | NetError) -> Outcome:
    """None where the answer is exactly the expected one."""
    if isinstance(answer, NetError):
        return answer
    with_body = (
        answer.status == 204 and answer.headers.get("content-length", "0") != "0"
    )  # RFC 9110, section 8.6
    if answer.status == page.status and answer.body.strip() == page.body.strip().encode() and not with_body:
        return None
    host = host_in(answer.headers.get("location", ""))
    shown = host or clean_bytes(answer.body.strip(), _SHOW)
    return Odd(
        sign_in=answer.status in _PORTAL_STATUS,
        leads_to=host,
        shown=f"{host_in(page.url)}: status {answer.status}, {shown or 'empty'}",
    )


def verdict(outcomes: Mapping[str, Outcome]) -> Finding:
    """One odd answer alone is a block or a cache in the way of one vendor, and no sign-in page."""
    odd = [outcome for outcome in outcomes.values() if isinstance(outcome, Odd)]
    expected = sum(outcome is None for outcome in outcomes.values())
    detail = "; ".join(str(o.shown if isinstance(o, Odd) else o) for o in outcomes.values() if o is not None)
    if not odd and not expected:
        return unknown(
            "connection.portal_not_proved",
            "No test page answered, so a sign-in page can be neither seen nor ruled out",
            detail=detail,
        )
    if not odd:
        return passed("connection.no_portal", "No sign-in page is in the way", detail=detail)
    if expected or len(odd) == 1:
        return _one_is_odd(expected, detail)
    if not any(outcome.sign_in for outcome in odd):
        return warned(
            "connection.web_intercepted",
            "Something on the way answers in place of the web pages asked for",
            remedy="Ask whoever runs this network what it filters, or try the hotspot of a phone",
            detail=detail,
        )
    leads_to = next((outcome.leads_to for outcome in odd if outcome.leads_to), "")
    return _portal(leads_to, detail)


def _one_is_odd(expected: int, detail: str) -> Finding:
    answered = "another answered as it should" if expected else "no other one answered"
    return warned(
        "connection.portal_doubtful",
        f"One test page came back changed; {answered}",
        remedy="Open a browser: where a sign-in page shows up, sign in; otherwise go on",
        detail=detail,
        confidence=Confidence.LOW,
    )


def _portal(leads_to: str, detail: str) -> Finding:
    named = f" ({leads_to})" if leads_to else ""
    return failed(
        "connection.captive_portal",
        f"This network wants a sign-in first: its own page{named} answers in place of the internet",
        remedy="Open a browser and any page that begins with http://, sign in or accept the terms, then check again. "
        "Where the page says that the router has no internet instead, restart the router",
        owner=Owner.HOME,
        detail=detail,
    )


CODES = (
    Code("connection.no_portal", "Test pages of vendors come back exactly as they are", (Status.PASS,)),
    Code(
        "connection.captive_portal",
        "The network answers web pages with a page of its own, which wants a sign-in first",
        (Status.FAIL,),
        (Owner.HOME,),
        "Open a browser and any page that begins with http://, and sign in or accept the terms",
    ),
    Code(
        "connection.web_faked",
        "A box on the way answers plain web pages itself and lets no secure ones through",
        (Status.FAIL,),
        (Owner.HOME, Owner.ISP),
        "Open a browser and any page that begins with http://; else ask whoever runs this network",
    ),
    Code(
        "connection.web_intercepted",
        "Something on the way answers in place of web pages, and not with a sign-in page",
        (Status.WARN,),
        (),
        "Ask whoever runs this network what it filters, or try the hotspot of a phone",
    ),
    Code(
        "connection.portal_doubtful",
        "One test page came back changed, and others did not",
        (Status.WARN,),
        (),
        "Open a browser and sign in where a sign-in page shows up; otherwise go on",
    ),
    Code(
        "connection.portal_not_proved",
        "No test page answered, so a sign-in page can be neither seen nor ruled out",
        (Status.UNKNOWN,),
    ),
)

check = Check(
    id="captive_portal",
    title="Sign-in page",
    capability=Capability.CONNECTION,
    summary="Does the network want a sign-in in the browser first, as in hotels and trains",
    run=run,
    options=CaptivePortalOptions,
    timeout=10.0,
    after=("interface",),
    essential=False,
    on_demand=True,
    cost=Cost(bytes=24_000, seconds=4.0, hosts="the test pages of the profile"),
    hosts_of=lambda options: hosts_in(*(page.url for page in options.pages)),
    codes=CODES,
)
