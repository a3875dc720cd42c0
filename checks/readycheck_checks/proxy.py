"""Which proxies are set on this computer, and do they open ways to the internet? In the environment, as a setting of the desktop,
or by automatic configuration (PAC). Shows host and port only: user name and password of a setting are never kept.

A tunnel is asked for (CONNECT) and closed unused. Where a sign-in is wanted, one small page is asked for with the one that is
set.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Annotated
from urllib.parse import urlsplit

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Fact,
    Finding,
    HttpAnswer,
    NameUnknown,
    NetError,
    Options,
    Owner,
    Privacy,
    ProxySettings,
    Refused,
    Says,
    TcpAnswer,
    fact,
    passed,
    warned,
)
from readycheck_checks.attempts import HostPort, at_once, attempt
from readycheck_checks.ending import PRIVATE
from readycheck_checks.endpoints import Endpoint, endpoint, host_in
from readycheck_checks.names.servers import number
from readycheck_checks.pac.answers import Kind, Way
from readycheck_checks.pac.codes import CODES
from readycheck_checks.pac.reading import Pac, Trouble, most_bytes, read_pac
from readycheck_checks.pac.tunnel import BYTES, Tunnel, tunnel
from readycheck_checks.pac.verdict import judge_pac, judge_tunnels, signed_in, takes_connections, unreached
from readycheck_checks.proxies import ANY_SITE, ProxyAddress, UnreadableProxy, proxy_in_effect
from readycheck_checks.vpn.way import assigned_tunnels

Url = Annotated[str, Meta(pattern=r"^https?://")]
MOST_PROXIES = 3


class ProxyOptions(Options, frozen=True, kw_only=True):
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
    controls: Annotated[
        tuple[HostPort, ...],
        Meta(
            max_length=6,
            description="Addresses that answer where the network works: without them silence proves nothing",
        ),
    ] = ()
    wait_s: Annotated[float, Meta(gt=0, le=8, description="How long to wait for an answer, in seconds")] = 4.0

    @property
    def urls(self) -> tuple[str, ...]:
        return (self.url, *self.also)


async def run(options: ProxyOptions, ctx: Context) -> Says:
    """The environment counts for most programs, the desktop's settings for browsers: what is set in both is tried once."""
    tried: set[str] = set()
    try:
        proxy = proxy_in_effect(ctx.http, options.url)
    except UnreadableProxy:
        yield _unreadable()
        return
    settings = await ctx.system.proxy_settings() or ProxySettings(source="")
    if proxy is not None:
        async for said in _examined(options, ctx, proxy, tried, own_sign_in=True):
            yield said
    if settings.detects:
        yield fact(
            "proxy_detection", "The network is asked for a proxy configuration (WPAD)", settings.source
        )
    if settings.proxy:
        by_hand = endpoint(settings.proxy)
        async for said in _examined(options, ctx, ProxyAddress("http", by_hand.host, by_hand.port), tried):
            yield said
    if settings.pac_url:
        async for said in _by_file(options, ctx, settings.pac_url, tried):
            yield said
    elif not tried:
        yield passed("connection.no_proxy", "No proxy is in use")


async def _by_file(
    options: ProxyOptions, ctx: Context, pac_url: str, tried: set[str]
) -> AsyncIterator[Fact | Finding]:
    """What the file says, and each proxy that it names first for one of the addresses."""
    shown = urlsplit(pac_url)._replace(query="").geturl()
    yield fact("pac", "Automatic proxy configuration", shown, Privacy.ORG)
    pac = await read_pac(ctx, pac_url, options.urls)
    answered = bool(pac.ways) or await _somebody_answers(options, ctx)
    yield judge_pac(shown, pac, control_answered=answered, inside=await _lies_inside(ctx, pac_url, pac))
    if pac.unknown:
        names = ", ".join(pac.unknown[:3])
        yield fact(
            "pac_names",
            "Names that the configuration wanted looked up, which was not done",
            names,
            Privacy.ORG,
        )
    for way in dict.fromkeys(ways[0] for ways in pac.ways.values()):
        yield fact("pac_way", "Way by automatic configuration", _shown(way), Privacy.ORG)
    for proxy, fallback in list(proxies_first(pac).items())[:MOST_PROXIES]:
        async for said in _examined(options, ctx, proxy, tried, fallback=fallback):
            yield said


def proxies_first(pac: Pac) -> dict[ProxyAddress, bool]:
    """The proxies that a file names before all other ways, and whether it names another way after each of them."""
    schemes = {Kind.HTTP: "http", Kind.HTTPS: "https", Kind.SOCKS: "socks5"}
    return {
        ProxyAddress(schemes[ways[0].kind], ways[0].where.host, ways[0].where.port): len(ways) > 1
        for ways in pac.ways.values()
        if ways[0].where is not None
    }


def _shown(way: Way) -> str:
    return "directly" if way.where is None else f"{way.kind} {way.where}"


async def _examined(
    options: ProxyOptions,
    ctx: Context,
    proxy: ProxyAddress,
    tried: set[str],
    *,
    own_sign_in: bool = False,
    fallback: bool = False,
) -> AsyncIterator[Fact | Finding]:
    """A proxy in stages: is it reached, does it open ways. ``own_sign_in``: user name and password may stand in the setting;
    ``fallback``: another way is tried after it."""
    if str(proxy) in tried:
        return
    tried.add(str(proxy))
    yield fact("proxy", "Proxy", proxy, Privacy.ORG)
    reached, control_answered = await _reached(options, ctx, proxy)
    if isinstance(reached, NetError):
        yield unreached(proxy, reached, control_answered, fallback=fallback)
    elif proxy.scheme.startswith("socks"):
        yield takes_connections(proxy)
    else:
        yield await _by_tunnels(options, ctx, proxy, own_sign_in)


async def _reached(
    options: ProxyOptions, ctx: Context, proxy: ProxyAddress
) -> tuple[TcpAnswer | NetError, bool]:
    asked = {"": endpoint(str(proxy))} | {control: endpoint(control) for control in options.controls}
    outcomes = await at_once(
        {name: ctx.net.tcp(where.host, where.port, timeout_s=options.wait_s) for name, where in asked.items()}
    )
    outcome = outcomes.pop("")
    return outcome, any(isinstance(each, TcpAnswer | Refused) for each in outcomes.values())


async def _by_tunnels(options: ProxyOptions, ctx: Context, proxy: ProxyAddress, own_sign_in: bool) -> Finding:
    targets = {host_in(url): Endpoint(host_in(url), urlsplit(url).port or 443) for url in options.urls}
    tunnels = await at_once(
        {host: tunnel(ctx, proxy, target, wait_s=options.wait_s) for host, target in targets.items()}
    )
    wants = any(isinstance(each, Tunnel) and each.status == 407 for each in tunnels.values())
    if wants and own_sign_in:
        page = await attempt(ctx.http.get(options.url, timeout_s=options.wait_s, max_bytes=1_024))
        if isinstance(page, HttpAnswer) and page.status != 407:
            return signed_in(proxy)
    return judge_tunnels(proxy, tunnels)


async def _somebody_answers(options: ProxyOptions, ctx: Context) -> bool:
    outcomes = await at_once(
        {
            control: ctx.net.tcp(endpoint(control).host, endpoint(control).port, timeout_s=options.wait_s)
            for control in options.controls
        }
    )
    return any(isinstance(each, TcpAnswer | Refused) for each in outcomes.values())


async def _lies_inside(ctx: Context, pac_url: str, pac: Pac) -> bool:
    """Its name is unknown here, or leads to private addresses only, and no VPN is connected."""
    if pac.trouble is not Trouble.UNREACHABLE or assigned_tunnels(await ctx.system.interfaces() or ()):
        return False
    found = await attempt(ctx.net.resolve(host_in(pac_url)))
    if isinstance(found, tuple):
        return all(_is_private(address) for address in found)
    return isinstance(found, NameUnknown)


def _is_private(address: str) -> bool:
    ip = number(address)
    return any(ip.version == network.version and ip in network for network in PRIVATE)


def _unreadable() -> Finding:
    return warned(
        "connection.proxy_unreadable",
        "A proxy is set on this computer, and its setting names no host",
        remedy="Open the network settings of this computer and correct the proxy, or switch it off",
        owner=Owner.DEVICE,
    )


def _cost(options: ProxyOptions, quick: bool) -> Cost:
    return Cost(
        bytes=most_bytes(quick) + 4 * BYTES,
        seconds=4.0,
        hosts="the proxy that is set on this computer, and the server of its configuration",
    )


def _hosts(options: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, map(host_in, options))))


check = Check(
    id="proxy",
    title="Proxy",
    capability=Capability.CONNECTION,
    summary="Is a proxy set on this computer, and does it open ways to the internet",
    run=run,
    options=ProxyOptions,
    timeout=30.0,
    after=("interface",),
    essential=False,
    cost=_cost,
    hosts_of=lambda options: _hosts(options.urls),
    codes=CODES,
)
