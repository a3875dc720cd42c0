"""Where a speed server is: takes URLs apart, and finds the address that answers, or the proxy in front of it."""

import ssl
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from readycheck.measure.providers.base import NoSpeed, World
from readycheck.measure.transport.endpoint import Endpoint, Proxy

_PORTS: Final = {"http": 80, "ws": 80, "https": 443, "wss": 443}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a URL leads: host and port to connect to, and the path to ask for. ``is_tls`` for https and wss."""

    host: str
    port: int
    path: str
    is_tls: bool


def place(url: str, schemes: tuple[str, ...] = ("http", "https")) -> Place:
    """Take a URL apart; ``{bytes}`` and ``{mib}`` in it stay. Raises ValueError for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f'"{url}" is no URL') from None
    if parts.scheme not in schemes or not parts.hostname:
        raise ValueError(f'"{url}" is no {" or ".join(schemes)} URL')
    if not url.isascii() or any(character.isspace() for character in url):
        raise ValueError(f'"{url}" holds a character that a URL cannot have')
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(
        host=parts.hostname,
        port=port or _PORTS[parts.scheme],
        path=path,
        is_tls=parts.scheme in ("https", "wss"),
    )


def below(url: str, name: str) -> str:
    """The URL of ``name`` in the folder that ``url`` is."""
    return f"{url.rstrip('/')}/{name}"


async def endpoint(world: World, url: str, headers: tuple[tuple[str, str], ...] = ()) -> tuple[Endpoint, str]:
    """The endpoint for this http(s) or ws(s) URL, and the path: through the proxy that is set for it, else at the address that
    answered first. Raises NetError, and NoSpeed for a proxy of another kind than HTTP."""
    where = place(url, tuple(_PORTS))
    tls: ssl.SSLContext | None = world.net.ssl_context() if where.is_tls else None
    proxy = await proxy_to(world, url)
    address = "" if proxy else (await world.net.tcp(where.host, where.port)).address
    there = Endpoint(address=address, port=where.port, host=where.host, tls=tls, proxy=proxy, headers=headers)
    return there, where.path


async def proxy_to(world: World, url: str) -> Proxy | None:
    """The proxy that this computer is set to use for this URL. Raises NetError where it cannot be reached, and NoSpeed."""
    setting = await world.http.proxy_for(url.replace("ws", "http", 1) if url.startswith("ws") else url)
    if not setting:
        return None
    try:
        parts = urlsplit(setting if "://" in setting else f"http://{setting}")
        host, port = parts.hostname, parts.port or 80
    except ValueError:
        host, port, parts = None, 0, urlsplit("")
    if not host or parts.scheme != "http":
        raise NoSpeed("the proxy set on this computer cannot be used for this", parts.scheme or "no URL")
    answer = await world.net.tcp(host, port)
    return Proxy(address=answer.address, port=port, host=host)
