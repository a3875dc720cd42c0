"""Asks the servers of an identity provider: documents over HTTPS, hosts over TLS. Sends no credentials, judges nothing."""

from dataclasses import dataclass
from functools import partial

from readycheck.api import Context, HttpAnswer, NetError, Silent, TcpAnswer, TlsAnswer
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.blame.trouble import Beside
from readycheck_checks.conversation.server import CONNECT, CONNECT_WAIT_S, Trouble, again, ask
from readycheck_checks.identity.openid import MOST_BYTES, host_of

AS_JSON = {"accept": "application/json"}
PAGE_WAIT_S = 6.0


@dataclass(frozen=True, kw_only=True)
class Page:
    """What came for a URL; ``proxied``: a proxy was asked for it."""

    url: str
    step: str
    error: NetError | None = None
    answer: HttpAnswer | None = None
    proxied: bool = False


@dataclass(frozen=True, kw_only=True)
class Host:
    """Whether a host completes a secure connection."""

    where: Endpoint
    step: str
    error: NetError | None = None
    answer: TlsAnswer | None = None


async def page(ctx: Context, url: str, beside: Beside) -> tuple[Page, Trouble | None]:
    """GET; where nothing came and no proxy stands between, what stood in the way."""
    seen = await _page(ctx, url)
    if seen.error is None or seen.proxied:
        return seen, None
    return await again(ctx, host_of(url), partial(_page, ctx, url), seen, beside)


async def _page(ctx: Context, url: str) -> Page:
    proxied = bool(await ctx.http.proxy_for(url))
    came = await attempt(ctx.http.get(url, headers=AS_JSON, timeout_s=PAGE_WAIT_S, max_bytes=MOST_BYTES))
    if isinstance(came, HttpAnswer):
        return Page(url=url, step="done", answer=came, proxied=proxied)
    step = "answer"
    if isinstance(came, Silent) and not proxied:
        where = host_of(url)
        taken = await attempt(ctx.net.tcp(where.host, where.port, timeout_s=CONNECT_WAIT_S))
        step = "answer" if isinstance(taken, TcpAnswer) else CONNECT
    return Page(url=url, step=step, error=came, proxied=proxied)


async def host(ctx: Context, where: Endpoint, beside: Beside) -> tuple[Host, Trouble | None]:
    """A verified handshake, no more."""
    return await ask(ctx, where, partial(_host, ctx, where), beside)


async def _host(ctx: Context, where: Endpoint) -> Host:
    came = await attempt(ctx.net.tls(where.host, where.port))
    if isinstance(came, TlsAnswer):
        return Host(where=where, step="done", answer=came)
    step = CONNECT
    if isinstance(came, Silent):
        taken = await attempt(ctx.net.tcp(where.host, where.port, timeout_s=CONNECT_WAIT_S))
        step = "tls" if isinstance(taken, TcpAnswer) else CONNECT
    return Host(where=where, step=step, error=came)
