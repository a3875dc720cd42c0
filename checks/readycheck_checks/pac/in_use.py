"""The proxy that programs of this computer go through, wherever it is set: for checks that find no direct way out."""

import asyncio
from typing import Final

from readycheck.api import Context
from readycheck_checks.pac.answers import Kind
from readycheck_checks.pac.reading import read_pac
from readycheck_checks.proxies import ANY_SITE, ProxyAddress, UnreadableProxy, proxy_by_hand, proxy_in_effect

_SETTINGS_S: Final = 6.0
_SCHEMES: Final = {Kind.HTTP: "http", Kind.HTTPS: "https", Kind.SOCKS: "socks5"}


async def proxy_in_use(ctx: Context, url: str = ANY_SITE) -> ProxyAddress | None:
    """Of the environment, else of the desktop's settings, else the first that its configuration file names. None: there is none,
    or the settings do not tell it in six seconds. Never raises."""
    try:
        proxy = proxy_in_effect(ctx.http, url)
        if proxy is not None:
            return proxy
        async with asyncio.timeout(_SETTINGS_S):
            return await _of_settings(ctx, url)
    except (UnreadableProxy, TimeoutError):
        return None


async def _of_settings(ctx: Context, url: str) -> ProxyAddress | None:
    settings = await ctx.system.proxy_settings()
    if settings is None:
        return None
    by_hand = proxy_by_hand(settings)
    if by_hand is not None or not settings.pac_url:
        return by_hand
    pac = await read_pac(ctx, settings.pac_url, (url,))
    ways = pac.ways.get(url, ())
    first = ways[0].where if ways else None
    return None if first is None else ProxyAddress(_SCHEMES[ways[0].kind], first.host, first.port)
