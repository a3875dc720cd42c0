"""web: does a page of the profile answer as expected? Status, text, header, time, certificate; no code needed.

Redirects are counted, and lead to no other host unless the profile allows it. Nothing is signed in to but with the one secret
that the profile names, and only over TLS.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Annotated, Final, Literal

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Finding,
    HttpAnswer,
    NetError,
    Privacy,
    Progress,
    Says,
    Silent,
    Status,
    TcpAnswer,
    fact,
    measured,
    unknown,
)
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.blame import trouble
from readycheck_checks.blame.answering import who_answers
from readycheck_checks.blame.options import hosts_beside
from readycheck_checks.conversation.server import CONNECT, CONNECT_WAIT_S, REQUEST
from readycheck_checks.declared.codes import WEB
from readycheck_checks.declared.conversation import talk
from readycheck_checks.declared.options import Asked, capability_of, title_of
from readycheck_checks.declared.pages import REDIRECTS, Page, next_page, page
from readycheck_checks.declared.web_verdict import (
    CODE,
    Visit,
    Wanted,
    judge_answer,
    judge_days,
    judge_time,
)

VISIT_S: Final = 10.0
UNREAD_BYTES: Final = 4_096  # of a page that nothing is looked for in
_SENDABLE: Final = re.compile(
    r"[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?"
)  # RFC 9110, 5.5: a field value in ASCII


class WebOptions(Asked, frozen=True, kw_only=True):
    """One page, and what its answer has to be."""

    url: Annotated[str, Meta(description='The page: "https://intranet.example.com/health"')]
    method: Annotated[
        Literal["GET", "HEAD", "OPTIONS"],
        Meta(description="How it is asked; all of them change nothing there"),
    ] = "GET"
    status: Annotated[
        tuple[Annotated[int, Meta(ge=100, le=599)], ...],
        Meta(min_length=1, max_length=20, description="The HTTP status that is expected, or several"),
    ] = (200,)
    contains: Annotated[str, Meta(max_length=500, description="A text that must be on the page")] = ""
    header: Annotated[
        str, Meta(max_length=500, description='A header that must be there: "Name" or "Name: text in it"')
    ] = ""
    max_bytes: Annotated[
        int, Meta(ge=0, le=1_000_000, description="So much of the page is read, in bytes")
    ] = 65_536
    max_seconds: Annotated[
        float,
        Meta(ge=0, le=VISIT_S, description="It may take so long, the faster of two visits; 0: any time"),
    ] = 0.0
    days_left: Annotated[
        int,
        Meta(
            ge=0,
            le=3650,
            description="Its certificate must be valid for so many days more; 0: is not looked at",
        ),
    ] = 0
    redirects: Annotated[int, Meta(ge=0, le=10, description="So many redirects are followed")] = 3
    redirect_hosts: Annotated[
        tuple[str, ...], Meta(max_length=10, description="Other hosts that a redirect may lead to")
    ] = ()
    sign_in_header: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z0-9!#$%&'*+.^_`|~-]*$",
            description='The header that signs in, such as "Authorization"',
        ),
    ] = "Authorization"
    sign_in_secret: Annotated[
        str,
        Meta(description="Name of the secret that is the whole value of that header; empty: nothing is sent"),
    ] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        there = page(self.url)
        if self.sign_in_secret and not there.may_take_secrets:
            raise ValueError("sign_in_secret would travel unprotected: the url must begin with https://")
        if self.days_left and not there.is_tls:
            raise ValueError("days_left needs a url that begins with https://")
        if self.contains and self.method != "GET":
            raise ValueError("contains needs the method GET: no other brings the page")

    @property
    def read_bytes(self) -> int:
        """So much of each answer is read at most."""
        return self.max_bytes if self.contains else min(self.max_bytes, UNREAD_BYTES)

    @property
    def wanted(self) -> Wanted:
        name, _, text = self.header.partition(":")
        return Wanted(
            status=self.status,
            body=self.contains,
            header=(name.strip().lower(), text.strip()),
            max_seconds=self.max_seconds,
            signed_in=bool(self.sign_in_secret),
        )


async def run(options: WebOptions, ctx: Context) -> Says:
    """One visit; a second one where it was silent or slow."""
    there = page(options.url)
    yield Progress(text=f"Opening {options.title}")
    yield options.theirs
    signed = _signed(options, ctx)
    if isinstance(signed, Finding):
        yield signed
        return
    seen, stopped = await _visited(options, ctx, there, signed)
    if stopped is not None:
        yield stopped
        return
    yield fact("page", "Page", f"{seen.where.shown} {seen.answer.status if seen.answer else ''}", Privacy.ORG)
    yield measured(
        "web_seconds", "Time to the whole answer", seen.seconds, "s", method="one visit with its redirects"
    )
    findings = list(judge_answer(options, options.wanted, seen))
    closer = [await _slow(options, ctx, there, signed, seen), await _expiring(options, ctx, seen)]
    more = [finding for finding in closer if finding is not None]
    for finding in (*(f for f in findings if not more or f.status is not Status.PASS), *more):
        yield finding


def _signed(options: WebOptions, ctx: Context) -> Mapping[str, str] | Finding:
    """The header that signs in. What no header can hold would be quoted in an error: it is never tried."""
    if not options.sign_in_secret:
        return {}
    secret = ctx.secrets.get(options.sign_in_secret)
    if secret and _SENDABLE.fullmatch(secret):
        return {options.sign_in_header: secret}
    why = "is not one line of plain letters" if secret else "is not kept on this computer"
    return unknown(
        f"{CODE}_secret",
        f"Whether {options.title} works could not be told: the secret {options.sign_in_secret} {why}",
        remedy="Ask IT support how this secret comes onto your computer",
    )


async def _visited(
    options: WebOptions, ctx: Context, there: Page, signed: Mapping[str, str]
) -> tuple[Visit, Finding | None]:
    """The visit, and the finding where nothing came of it. A proxy that stands between may be what failed: nobody is blamed."""
    first = await _visit(options, ctx, there, signed)
    if first.error is None:
        return first, None
    if first.proxied:
        why = f"Whether {options.title} works could not be told: through the proxy of this network {first.error}"
        return first, unknown(f"{CODE}_proxy", why, remedy="Open the page in a browser and look")
    again = partial(_visit, options, ctx, there, signed)
    seen, finding = await talk(ctx, first.where.where, again, options, CODE)
    return seen, finding


async def _visit(options: WebOptions, ctx: Context, there: Page, signed: Mapping[str, str]) -> Visit:
    """All redirects that are allowed, within one time limit. The secret goes to the first host only."""
    started, here, count = ctx.clock.monotonic(), there, 0
    while True:
        left = VISIT_S - (ctx.clock.monotonic() - started)
        headers = signed if here.where == there.where and here.may_take_secrets else {}
        seen = await _one(options, ctx, here, headers, max(0.1, left))
        taken = ctx.clock.monotonic() - started
        location = seen.answer.headers.get("location", "") if seen.answer is not None else ""
        status = seen.answer.status if seen.answer is not None else 0
        if status not in REDIRECTS or status in options.status or not location:
            return replace(seen, redirects=count, seconds=taken)
        onward = next_page(here, location, options.redirect_hosts)
        if isinstance(onward, str) or count == options.redirects:
            why = onward if isinstance(onward, str) else f"{count} redirects were followed already"
            return replace(seen, redirects=count, seconds=taken, stopped=why)
        here, count = onward, count + 1


async def _one(
    options: WebOptions, ctx: Context, here: Page, headers: Mapping[str, str], wait_s: float
) -> Visit:
    proxied = bool(await ctx.http.proxy_for(here.url))
    came = await attempt(
        ctx.http.request(
            options.method, here.url, headers=headers, timeout_s=wait_s, max_bytes=options.read_bytes
        )
    )
    if isinstance(came, HttpAnswer):
        return Visit(step="done", where=here, answer=came, proxied=proxied)
    step = "answer"
    if isinstance(came, Silent) and not proxied:
        taken = await attempt(ctx.net.tcp(here.where.host, here.where.port, timeout_s=CONNECT_WAIT_S))
        step = REQUEST if isinstance(taken, TcpAnswer) else CONNECT
    return Visit(step=step, where=here, error=came, proxied=proxied)


async def _slow(
    options: WebOptions, ctx: Context, there: Page, signed: Mapping[str, str], first: Visit
) -> Finding | None:
    """A second visit, where the first took too long: one slow answer may be anything."""
    if not options.max_seconds or first.seconds <= options.max_seconds:
        return None
    second, line = await asyncio.gather(
        _visit(options, ctx, there, signed),
        attempt(ctx.net.tcp(there.where.host, there.where.port, timeout_s=CONNECT_WAIT_S)),
    )
    fastest = min(first.seconds, second.seconds) if second.answer is not None else first.seconds
    rtt_ms = line.rtt_ms if isinstance(line, TcpAnswer) and not first.proxied else 0.0
    return judge_time(options, options.max_seconds, first, fastest, rtt_ms)


async def _expiring(options: WebOptions, ctx: Context, seen: Visit) -> Finding | None:
    """The certificate of the first host. Behind a proxy it is not asked for: the way there is the proxy's."""
    if not options.days_left:
        return None
    if seen.proxied:
        return _no_days(options, "the proxy of this network stands between")
    where = page(options.url).where
    shown = await attempt(ctx.net.tls(where.host, where.port))
    if isinstance(shown, NetError):
        shown = await attempt(ctx.net.tls(where.host, where.port))
    if isinstance(shown, NetError):
        return _no_days(options, str(shown))
    if shown.not_after is None:
        return _no_days(options, "it does not say until when it is valid")
    blame = who_answers(options.far, proved=True)
    return judge_days(
        options, f"{CODE}_expires", shown, options.days_left, ctx.clock.now(), where.host, blame
    )


def _no_days(options: WebOptions, why: str) -> Finding:
    """A date that is wanted and was not seen is no good date."""
    return unknown(
        f"{CODE}_days", f"Until when the certificate of {options.title} is valid could not be told: {why}"
    )


def cost(options: WebOptions, quick: bool) -> Cost:
    visits = 2 * (1 + options.redirects)
    each = options.read_bytes + 9_000
    return Cost(bytes=visits * each + 24_000 + trouble.BYTES, seconds=2.0, hosts="the page and its controls")


check = Check(
    id="web",
    title="Web page",
    capability=Capability.APPS,
    summary="Whether a page of the profile answers as expected: status, text, header, time, certificate",
    run=run,
    options=WebOptions,
    timeout=60.0,
    after=("internet", "dns", "captive_portal"),
    many=True,
    on_demand=True,
    cost=cost,
    title_of=title_of,
    hosts_of=lambda options: hosts_beside(options, options.url, *options.redirect_hosts),
    codes=WEB,
    capability_of=capability_of,
)
