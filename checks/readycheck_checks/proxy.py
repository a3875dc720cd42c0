"""Which proxies are set on this computer, and do they open ways to the internet? In the environment, as a setting of the desktop,
or by automatic configuration (PAC). Shows host and port only: user name and password of a setting are never kept.

A tunnel is asked for (CONNECT), and who is at its end has to prove who it is; nothing is asked there. Where a sign-in is wanted,
one small page is asked for with the one that is set.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta

from readycheck.api import (
    MOST_PAC_BYTES,
    PAC_SERVER,
    QUICK_PAC_BYTES,
    Capability,
    Check,
    Context,
    Cost,
    Fact,
    Finding,
    HttpAnswer,
    NameUnknown,
    NetError,
    Pac,
    PacTrouble,
    Privacy,
    ProxySettings,
    Refused,
    Says,
    TcpAnswer,
    fact,
    passed,
)
from readycheck_checks.asking.attempts import at_once, attempt
from readycheck_checks.asking.endpoints import Endpoint, endpoint, host_in, hosts_in
from readycheck_checks.asking.proxies import (
    ANY_SITE,
    ProxyAddress,
    UnreadableProxy,
    proxy_by_hand,
    proxy_for_plain_pages,
    proxy_in_effect,
)
from readycheck_checks.asking.routes import assigned_tunnels
from readycheck_checks.blame.ending import PRIVATE
from readycheck_checks.blame.options import ControlOptions
from readycheck_checks.names.servers import number
from readycheck_checks.pac.codes import CODES, NO_PROXY
from readycheck_checks.pac.file_verdict import Lies, judge_pac
from readycheck_checks.pac.in_use import address_of
from readycheck_checks.pac.near import Near, how_near
from readycheck_checks.pac.tunnel import BYTES, Tunnel, tunnel
from readycheck_checks.pac.verdict import (
    doubted,
    judge_tunnels,
    not_told,
    offered,
    signed_in,
    takes_connections,
    unreached,
    unreadable,
)

Url = Annotated[str, Meta(pattern=r"^https?://")]
MOST_PROXIES = 3


class ProxyOptions(ControlOptions, frozen=True, kw_only=True):
    url: Annotated[
        str,
        Meta(
            pattern=r"^https?://",
            description="The address whose proxy is looked for; a tunnel to its host is tried",
        ),
    ] = ANY_SITE
    also: Annotated[
        tuple[Url, ...], Meta(max_length=3, description="Addresses of other owners, tried in the same way")
    ] = ()
    wait_s: Annotated[float, Meta(gt=0, le=8, description="How long to wait for an answer, in seconds")] = 4.0

    @property
    def urls(self) -> tuple[str, ...]:
        return (self.url, *self.also)


async def run(options: ProxyOptions, ctx: Context) -> Says:
    """The environment counts for most programs, the desktop's settings for browsers: what is set in both is tried once."""
    tried: set[str] = set()
    settings = await ctx.system.proxy_settings()
    told = settings or ProxySettings(source="")
    try:
        in_effect = await proxy_in_effect(ctx.http, options.url, settings=False)
        by_hand = proxy_by_hand(told)
        of_environment = await proxy_in_effect(ctx.http, f"http://{host_in(options.url)}/", settings=False)
        plain = [of_environment, proxy_for_plain_pages(told)]
    except UnreadableProxy:
        yield unreadable()
        return
    if told.detects:
        yield fact("proxy_detection", "The network is asked for a proxy configuration (WPAD)", told.source)
    for proxy, own_sign_in in ((in_effect, True), (by_hand, False)):
        if proxy is not None:
            async for said in _examined(options, ctx, proxy, tried, own_sign_in=own_sign_in):
                yield said
    for proxy in filter(None, plain):
        async for said in _examined(options, ctx, proxy, tried, plain=True):
            yield said
    pac = await ctx.http.pac(options.urls)
    by_file = pac is not None and not _offers_nothing(pac)
    if pac is not None and by_file:
        async for said in _by_file(options, ctx, pac, tried):
            yield said
    if told.unread or not (tried or by_file):
        yield _nothing_tried(settings)


def _offers_nothing(pac: Pac) -> bool:
    """The network was asked for a file and has none: its name is not known there, or leads to something else."""
    none = (PacTrouble.UNREACHABLE, PacTrouble.MISSING, PacTrouble.NO_SCRIPT)
    return pac.found and pac.trouble in none


def _nothing_tried(settings: ProxySettings | None) -> Finding:
    if settings is None:
        return not_told("this computer does not tell what its settings say")
    if settings.unread:
        return not_told(f"the settings of {settings.source} name one in a way that cannot be read")
    if settings.pac_url:
        return not_told("the configuration file that the settings name was not looked at")
    if settings.detects:
        return not_told(
            "the network is asked for one (WPAD): under the name that is for it there is none, and whether the router "
            "hands one out (DHCP) does not show"
        )
    return passed(NO_PROXY, "No proxy is in use")


async def _by_file(
    options: ProxyOptions, ctx: Context, pac: Pac, tried: set[str]
) -> AsyncIterator[Fact | Finding]:
    """What the file says, and each proxy that it names first for one of the addresses."""
    shown = urlsplit(pac.url)._replace(query="").geturl()
    how = "Automatic proxy configuration" + (", found by asking the network (WPAD)" if pac.found else "")
    yield fact("pac", how, shown, Privacy.ORG)
    answered = bool(pac.ways) or await _somebody_answers(options, ctx)
    lies = (
        await _where_it_lies(ctx, pac.url, options.url)
        if pac.trouble is PacTrouble.UNREACHABLE
        else Lies.ANYWHERE
    )
    judged = judge_pac(shown, pac, control_answered=answered, lies=lies)
    yield offered(judged) if pac.found else judged
    if pac.unknown:
        names = ", ".join(pac.unknown[:3])
        yield fact(
            "pac_names",
            "Names that the configuration wanted looked up, which was not done",
            names,
            Privacy.ORG,
        )
    for way in dict.fromkeys(ways[0] for ways in pac.ways.values()):
        yield fact("pac_way", "Way by automatic configuration", str(way), Privacy.ORG)
    for proxy, fallback in list(proxies_first(pac).items())[:MOST_PROXIES]:
        async for said in _examined(options, ctx, proxy, tried, fallback=fallback):
            yield _by_its_file(pac, proxy, said) if isinstance(said, Finding) else said


def _by_its_file(pac: Pac, proxy: ProxyAddress, found: Finding) -> Finding:
    if pac.unknown:
        return doubted(proxy, found)
    return offered(found) if pac.found else found


def proxies_first(pac: Pac) -> dict[ProxyAddress, bool]:
    """The proxies that a file names before all other ways, and whether it names another way after each of them."""
    return {first: len(ways) > 1 for ways in pac.ways.values() if (first := address_of(ways[0])) is not None}


async def _examined(
    options: ProxyOptions,
    ctx: Context,
    proxy: ProxyAddress,
    tried: set[str],
    *,
    own_sign_in: bool = False,
    fallback: bool = False,
    plain: bool = False,
) -> AsyncIterator[Fact | Finding]:
    """A proxy in stages: is it reached, does it open ways. ``own_sign_in``: user name and password may stand in the setting;
    ``fallback``: another way is tried after it; ``plain``: it is for pages without encryption only, and not asked for ways."""
    if str(proxy) in tried:
        return
    tried.add(str(proxy))
    yield fact("proxy", "Proxy", proxy, Privacy.ORG)
    reached, control_answered = await _reached(options, ctx, proxy)
    near = await how_near(ctx, proxy.host)
    if isinstance(reached, NetError):
        yield unreached(proxy, reached, control_answered, near=near, fallback=fallback, plain=plain)
    elif plain or proxy.scheme.startswith("socks"):
        yield takes_connections(proxy)
    else:
        yield await _by_tunnels(options, ctx, proxy, near, own_sign_in)


async def _reached(
    options: ProxyOptions, ctx: Context, proxy: ProxyAddress
) -> tuple[TcpAnswer | NetError, bool]:
    """What came of a connection to it, and whether a control answered at the same moment."""
    came = attempt(ctx.net.tcp(proxy.host, proxy.port, timeout_s=options.wait_s))
    return await asyncio.gather(came, _somebody_answers(options, ctx))


async def _by_tunnels(
    options: ProxyOptions, ctx: Context, proxy: ProxyAddress, near: Near, own_sign_in: bool
) -> Finding:
    urls = _tried(options, ctx.quick)
    targets = {host_in(url): Endpoint(host_in(url), urlsplit(url).port or 443) for url in urls}
    ways = {host: tunnel(ctx, proxy, target, wait_s=options.wait_s) for host, target in targets.items()}
    tunnels, line_carries = await asyncio.gather(
        at_once(ways), _reached_directly(options, ctx, targets.values() if near is not Near.FAR else ())
    )
    wants = any(isinstance(each, Tunnel) and each.status == 407 for each in tunnels.values())
    if wants and own_sign_in:
        page = await attempt(ctx.http.get(options.url, timeout_s=options.wait_s, max_bytes=1_024))
        if isinstance(page, HttpAnswer) and page.status != 407:
            return signed_in(proxy)
    return judge_tunnels(proxy, tunnels, near, line_carries=line_carries)


async def _reached_directly(options: ProxyOptions, ctx: Context, targets: Iterable[Endpoint]) -> bool:
    """Whether one of the same hosts is found by name and takes a connection without the proxy: line and lookups are in order
    then. A refusal may be the near router's."""
    asked = {str(at): ctx.net.tcp(at.host, at.port, timeout_s=options.wait_s) for at in targets}
    return any(isinstance(each, TcpAnswer) for each in (await at_once(asked)).values())


async def _somebody_answers(options: ProxyOptions, ctx: Context) -> bool:
    """A control that refuses will do too: this check asks whether the line works, not who is at its other end."""
    where = {control: endpoint(control) for control in options.tcp_controls}
    outcomes = await at_once(
        {control: ctx.net.tcp(at.host, at.port, timeout_s=options.wait_s) for control, at in where.items()}
    )
    return any(isinstance(each, TcpAnswer | Refused) for each in outcomes.values())


async def _where_it_lies(ctx: Context, pac_url: str, known_url: str) -> Lies:
    """By its name, beside one that every name server knows, and by whether a VPN is connected."""
    if assigned_tunnels(await ctx.system.interfaces() or ()):
        return Lies.ANYWHERE
    found, control = await asyncio.gather(
        attempt(ctx.net.resolve(host_in(pac_url))), attempt(ctx.net.resolve(host_in(known_url)))
    )
    if isinstance(found, tuple):
        return Lies.PERHAPS_INSIDE if all(map(_is_private, found)) else Lies.ANYWHERE
    if isinstance(found, NameUnknown) and isinstance(control, tuple):
        return Lies.INSIDE
    return Lies.PERHAPS_INSIDE


def _is_private(address: str) -> bool:
    ip = number(address)
    return any(ip.version == network.version and ip in network for network in PRIVATE)


def _tried(options: ProxyOptions, quick: bool) -> tuple[str, ...]:
    """To whom ways are tried: in a quick run to one."""
    return options.urls[:1] if quick else options.urls


def _cost(options: ProxyOptions, quick: bool) -> Cost:
    return Cost(
        bytes=(QUICK_PAC_BYTES if quick else MOST_PAC_BYTES) + len(_tried(options, quick)) * BYTES,
        seconds=4.0,
        hosts="the addresses and controls of the profile",
        unnamed=("the proxy that is set on this computer", PAC_SERVER),
    )


check = Check(
    id="proxy",
    title="Proxy",
    capability=Capability.CONNECTION,
    summary="Whether a proxy is set on this computer, and whether it opens ways to the internet",
    run=run,
    options=ProxyOptions,
    timeout=30.0,
    after=("interface",),
    essential=False,
    cost=_cost,
    hosts_of=lambda options: hosts_in(*options.urls, *options.tcp_controls),
    codes=CODES,
)
