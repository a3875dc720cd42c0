"""What the checks of pages of the support desk (chat, portal) share: their shape, and the visits. Follows no redirect, sends no
credentials, fills in nothing; judges nothing itself.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit

from readycheck.api import (
    Capability,
    Check,
    Code,
    ContactRoute,
    Context,
    Cost,
    Finding,
    HttpAnswer,
    NetError,
    Progress,
    Says,
    Silent,
    Status,
    skipped,
)
from readycheck_checks.asking import controls
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.blame.options import BesideOptions, hosts_beside
from readycheck_checks.blame.trouble import BYTES as LOOK_BYTES
from readycheck_checks.blame.trouble import Beside, look_into
from readycheck_checks.contact.routes import called, house_of, no_route, outside_vpn, routes_of
from readycheck_checks.contact.site_verdict import Site, Visit, judge_visit

FIRST_WAIT_S: Final = 6.0
SECOND_WAIT_S: Final = 8.0  # a page may be slow; the second try has more patience
PAGE_BYTES: Final = 120_000
COST_BYTES: Final = (
    2 * (PAGE_BYTES + 5_000) + LOOK_BYTES
)  # of one page: two tries, and a look at what stands in the way
TIMEOUT_S: Final = 40.0  # two tries and a look, of all pages at once
AS_IT_IS: Final = {"accept-encoding": "identity"}  # the expected text is looked for in the bytes as they come


def page_check(
    kind: str,
    run: Callable[[Any, Context], Says],
    options: type[BesideOptions],
    codes: tuple[Code, ...],
    *,
    summary: str,
    essential: bool = True,
) -> Check:
    """The check of all contact routes of this kind ("chat", "portal"); ``summary`` as in Check."""
    return Check(
        id=f"contact_{kind}",
        title=f"Support {kind}",
        capability=Capability.HELP,
        run=run,
        options=options,
        summary=summary,
        essential=essential,
        after=("internet", "dns", "captive_portal"),
        timeout=TIMEOUT_S,
        cost=Cost(bytes=COST_BYTES, seconds=10.0, hosts=f"the support {kind} of the profile"),
        hosts_of=hosts_beside,
        contacts=kind,
        codes=codes,
    )


async def visit_all(
    kind: str,
    ctx: Context,
    options: BesideOptions,
    *,
    expect: str = "",
) -> Says:
    """Visit every route of this kind, all at once, and say what each visit proves."""
    routes = routes_of(ctx.contact, kind)
    if not routes:
        yield no_route(kind)
        return
    yield Progress(text=f"Opening {', '.join(route.value for route in routes)}")
    looks = []
    for route in routes:
        owner = house_of(route, ctx.contact)
        site = Site(kind=kind, route=route, card=ctx.contact, owner=owner, expect=expect)
        looks.append(_finding(site, ctx, options.beside(owner)))
    for finding in await asyncio.gather(*looks):
        yield finding


async def _finding(site: Site, ctx: Context, beside: Beside) -> Finding:
    if not is_web_address(site.route):
        return skipped(
            f"help.{site.kind}_no_address", f"{called(site.route)} is no web address: only you can open it"
        )
    seen = await visit(ctx, site.route.value, beside.tcp_controls)
    finding = judge_visit(site, await _looked_into(site, seen, beside, ctx))
    if finding.status is Status.PASS:
        return finding
    return await outside_vpn(ctx, site.route, site.kind) or finding


async def visit(ctx: Context, url: str, tcp_controls: Sequence[str]) -> Visit:
    """GET the page; where it is silent, once more, and the controls (host:port) at the same moment."""
    came = await _get(ctx, url, FIRST_WAIT_S)
    again = partial(_get, ctx, url, SECOND_WAIT_S)
    came, asked = await controls.once_more(
        ctx.net, came, again, silent=isinstance(came, Silent), tcp=tcp_controls
    )
    return Visit(came=came, beside=asked)


async def _looked_into(site: Site, seen: Visit, beside: Beside, ctx: Context) -> Visit:
    """Whose it is that the page did not answer."""
    if await ctx.http.proxy_for(site.route.value):
        return replace(seen, proxied=True)
    if not isinstance(seen.came, NetError):
        return seen
    url = urlsplit(site.route.value)
    where = Endpoint(url.hostname or "", url.port or (443 if url.scheme == "https" else 80))
    return replace(seen, looked=await look_into(ctx, where, seen.came, beside))


async def _get(ctx: Context, url: str, timeout_s: float) -> HttpAnswer | NetError:
    try:
        return await ctx.http.get(url, headers=AS_IT_IS, timeout_s=timeout_s, max_bytes=PAGE_BYTES)
    except NetError as error:
        return error


def is_web_address(route: ContactRoute) -> bool:
    try:
        parts = urlsplit(route.value)
        return parts.scheme in ("https", "http") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
