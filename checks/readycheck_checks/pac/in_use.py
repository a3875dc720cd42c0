"""The proxy that programs of this computer go through, wherever it is set: for checks that find no direct way out."""

import asyncio
from typing import Final

from readycheck.api import Context, Way, WayKind
from readycheck_checks.asking.proxies import (
    ANY_SITE,
    ProxyAddress,
    UnreadableProxy,
    proxy_by_hand,
    proxy_in_effect,
)

_SETTINGS_S: Final = 6.0
_SCHEMES: Final = {WayKind.HTTP: "http", WayKind.HTTPS: "https", WayKind.SOCKS: "socks5"}


async def proxy_in_use(ctx: Context, url: str = ANY_SITE) -> ProxyAddress | None:
    """That which web pages are asked for through, else one that only browsers go through (SOCKS). None: there is none, or the
    settings do not tell it in six seconds. Never raises."""
    try:
        async with asyncio.timeout(_SETTINGS_S):
            return await proxy_in_effect(ctx.http, url) or await _of_browsers(ctx, url)
    except (UnreadableProxy, TimeoutError):
        return None


async def _of_browsers(ctx: Context, url: str) -> ProxyAddress | None:
    settings = await ctx.system.proxy_settings()
    by_hand = proxy_by_hand(settings) if settings is not None else None
    if by_hand is not None:
        return by_hand
    pac = await ctx.http.pac((url,))
    ways = pac.ways.get(url, ()) if pac is not None else ()
    return address_of(ways[0]) if ways else None


def address_of(way: Way) -> ProxyAddress | None:
    """Where the proxy of this way is; None: it leads directly."""
    return None if way.kind is WayKind.DIRECT else ProxyAddress(_SCHEMES[way.kind], way.host, way.port)
