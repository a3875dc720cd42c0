"""Is there a sign-in page in front of the internet (RFC 8952)? Two or more vendors' test pages are asked for and must come back
exactly. Follows no redirect, uses no proxy, signs in nowhere. What leads past a page that answers in place of theirs (a proxy,
a secure connection to the same hosts) is tried before it is called a sign-in page. A box on the way that answers in place of the
vendors is told apart from them by its name and by certificates (portal/box.py).
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta, Struct
from msgspec.structs import replace

from readycheck.api import (
    Blame,
    Capability,
    Check,
    Context,
    Cost,
    Finding,
    HttpAnswer,
    NetError,
    Options,
    Owner,
    Says,
    TlsAnswer,
    TlsFailed,
    clean_bytes,
    fact,
    failed,
    passed,
    unknown,
    warned,
)
from readycheck_checks.asking.attempts import at_once
from readycheck_checks.asking.endpoints import Endpoint, host_in, hosts_in
from readycheck_checks.asking.proxies import ProxyAddress
from readycheck_checks.asking.routes import assigned_tunnels, leads_through_tunnel
from readycheck_checks.blame.certificates import BY_DATE
from readycheck_checks.pac.in_use import proxy_in_use
from readycheck_checks.pac.leading import leading_proxy
from readycheck_checks.portal import whose
from readycheck_checks.portal.box import box_on_the_way, faked
from readycheck_checks.portal.codes import (
    BEHIND_VPN_REMEDY,
    CLEAR,
    CODES,
    DOUBTFUL,
    FAKED,
    INTERCEPTED,
    NOT_PROVED,
    PORTAL,
)
from readycheck_checks.portal.whose import Vpn

_MOST_BYTES = 4_096
_PORTAL_STATUS = (200, 301, 302, 303, 307, 308, 511)  # a page of its own, a redirect, or RFC 6585 section 6
_SHOW = 80
_PROXY_S = 2.0
_BELIEVED = (CLEAR.name, DOUBTFUL.name)  # unless a box on the way made it up


class TestPage(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page whose answer is known. White space around the body does not count."""

    __test__ = False  # no test class, whatever pytest thinks of the name

    url: Annotated[str, Meta(pattern=r"^http://", description="Plain HTTP: only this can be redirected")]
    status: Annotated[int, Meta(ge=200, le=299, description="The HTTP status expected")] = 200
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
    if finding.code == PORTAL.name:
        finding = await _another_way(options, ctx, finding)
    if box := box_on_the_way(answers):
        yield fact("web_box", "Cache that the pages of several vendors name", box)
        if finding.code in _BELIEVED:
            finding = await _behind_a_box(options, ctx, finding, box)
    for leads_to in sorted(
        {odd.leads_to for odd in outcomes.values() if isinstance(odd, Odd) and odd.leads_to}
    ):
        yield fact("portal_host", "Sign-in page", leads_to)
    yield await _with_parties(finding, answers, None in outcomes.values(), ctx)


async def _with_parties(
    found: Finding, answers: Mapping[str, HttpAnswer | NetError], others_answered: bool, ctx: Context
) -> Finding:
    if found.code not in (PORTAL.name, FAKED.name, INTERCEPTED.name, DOUBTFUL.name):
        return found
    addresses = [each.address for each in answers.values() if isinstance(each, HttpAnswer) and each.address]
    vpn = await _vpn(ctx, addresses)
    through_vpn = vpn is Vpn.THROUGH
    if found.code == PORTAL.name:
        return _told(_from_behind_vpn(found) if through_vpn else found, whose.of_a_sign_in_page(vpn))
    if found.code == DOUBTFUL.name:
        return _told(found, whose.of_one(others_answered=others_answered, through_vpn=through_vpn))
    if found.code == FAKED.name and not through_vpn:
        return found
    return _told(found, whose.of_several(through_vpn=through_vpn))


async def _vpn(ctx: Context, addresses: Sequence[str]) -> Vpn:
    """Where the pages came from that these addresses answered."""
    if await leads_through_tunnel(ctx, *addresses):
        return Vpn.THROUGH
    return Vpn.BESIDE if assigned_tunnels(await ctx.system.interfaces() or ()) else Vpn.OFF


def _told(found: Finding, blame: Blame) -> Finding:
    return replace(found, owner=blame.owner, either=blame.either, confidence=blame.confidence)


def _from_behind_vpn(found: Finding) -> Finding:
    summary = "Behind the VPN a page of its own answers in place of the internet: a filter of the company, or its sign-in"
    return replace(found, summary=summary, remedy=BEHIND_VPN_REMEDY)


async def _behind_a_box(options: CaptivePortalOptions, ctx: Context, found: Finding, box: str) -> Finding:
    """What a box on the way hands over is believed where the vendors prove over TLS that they are there, or a proxy leads out."""
    secure = await _asked_securely(options, ctx)
    made_up = faked(box, secure)
    if made_up is None:
        return found
    if any(isinstance(each, TlsFailed) and each.reason in BY_DATE for each in secure.values()):
        return _not_proved(box, made_up.detail)  # a wrong clock hides who is there
    if await proxy_in_use(ctx) is None:
        return made_up
    if await _leading_proxy(options, ctx) is not None:
        return found
    return _not_proved(box, made_up.detail)


def _not_proved(box: str, detail: str) -> Finding:
    return unknown(
        NOT_PROVED,
        f"Something on the way ({box}) may answer the test pages itself, so a sign-in page can be neither seen nor ruled out",
        detail=detail,
    )


async def _another_way(options: CaptivePortalOptions, ctx: Context, found: Finding) -> Finding:
    """Where the same hosts prove over TLS who they are, or a proxy leads out, nobody is kept from the internet."""
    secure, proxy = await asyncio.gather(_asked_securely(options, ctx), _leading_proxy(options, ctx))
    if any(isinstance(each, TlsAnswer) for each in secure.values()):
        return _intercepted(
            "Something on the way answers in place of plain web pages, and lets secure connections through",
            found.detail,
        )
    if proxy is not None:
        return _intercepted(
            f"This network answers web pages with a page of its own; the proxy {proxy}, which is set, leads past it",
            found.detail,
        )
    return found


async def _leading_proxy(options: CaptivePortalOptions, ctx: Context) -> ProxyAddress | None:
    return await leading_proxy(ctx, Endpoint(host_in(options.pages[0].url), 443), wait_s=_PROXY_S)


async def _asked_securely(options: CaptivePortalOptions, ctx: Context) -> dict[str, TlsAnswer | NetError]:
    hosts = dict.fromkeys(hosts_in(*(page.url for page in options.pages)))
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
            NOT_PROVED,
            "No test page answered, so a sign-in page can be neither seen nor ruled out",
            detail=detail,
        )
    if not odd:
        return passed(CLEAR, "No sign-in page is in the way", detail=detail)
    if expected or len(odd) == 1:
        return _one_is_odd(expected, detail)
    if not any(outcome.sign_in for outcome in odd):
        return _intercepted("Something on the way answers in place of the web pages asked for", detail)
    leads_to = next((outcome.leads_to for outcome in odd if outcome.leads_to), "")
    return _portal(leads_to, detail)


def _intercepted(summary: str, detail: str) -> Finding:
    return warned(
        INTERCEPTED,
        summary,
        detail=detail,
    )


def _one_is_odd(expected: int, detail: str) -> Finding:
    answered = "another answered as it should" if expected else "no other one answered"
    return warned(
        DOUBTFUL,
        f"One test page came back changed; {answered}",
        detail=detail,
    )


def _portal(leads_to: str, detail: str) -> Finding:
    named = f" ({leads_to})" if leads_to else ""
    return failed(
        PORTAL,
        f"This network wants a sign-in first: its own page{named} answers in place of the internet",
        owner=Owner.HOME,
        detail=detail,
    )


check = Check(
    id="captive_portal",
    title="Sign-in page",
    capability=Capability.CONNECTION,
    summary="Whether the network wants a sign-in in the browser first, as in hotels and trains",
    run=run,
    options=CaptivePortalOptions,
    timeout=14.0,
    after=("interface",),
    essential=False,
    on_demand=True,
    cost=Cost(bytes=24_000, seconds=4.0, hosts="the test pages of the profile"),
    hosts_of=lambda options: hosts_in(*(page.url for page in options.pages)),
    codes=CODES,
)
