"""The proxy that this computer is set to use, as host and port. Never holds credentials; connects to nothing."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from readycheck.api import Http, ProxySettings, clean
from readycheck_checks.asking.endpoints import endpoint

ANY_SITE = "https://www.example.org/"  # RFC 2606: only the settings are asked, nothing is sent there
_LONGEST = 253  # RFC 1035, as text
_PORTS = {"http": 80, "https": 443, "socks4": 1080, "socks5": 1080, "socks5h": 1080}


@dataclass(frozen=True)
class ProxyAddress:
    """Where a proxy is; user name and password of its URL are dropped when it is read."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class UnreadableProxy(ValueError):
    """A proxy is set, and the setting is no URL. It is not quoted: it may hold a password."""


async def proxy_in_effect(http: Http, url: str = ANY_SITE, *, settings: bool = True) -> ProxyAddress | None:
    """The proxy for this URL; None where it would be asked directly. ``settings=False``: of the environment alone. Raises
    UnreadableProxy."""
    setting = await http.proxy_for(url, settings=settings)
    return proxy_of(setting) if setting else None


def proxy_of(setting: str) -> ProxyAddress:
    """Of a proxy as it is set, a URL or less. Raises UnreadableProxy."""
    try:
        parts = urlsplit(setting if "://" in setting else f"http://{setting}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UnreadableProxy from None
    in_two = (
        "@" in parts.path + parts.query + parts.fragment
    )  # a password with a slash: what came before is no host
    if not host or len(host) > _LONGEST or port == 0 or in_two:
        raise UnreadableProxy
    return ProxyAddress(parts.scheme, clean(host, _LONGEST), port or _PORTS.get(parts.scheme, 80))


def proxy_by_hand(settings: ProxySettings) -> ProxyAddress | None:
    """The one that secure pages go through: a SOCKS proxy is for what no other is set for. Raises UnreadableProxy."""
    if settings.proxy:
        return _set("http", settings.proxy)
    return _set("socks5", settings.socks) if settings.socks else None


def proxy_for_plain_pages(settings: ProxySettings) -> ProxyAddress | None:
    """Raises UnreadableProxy."""
    return _set("http", settings.plain) if settings.plain else None


def _set(scheme: str, text: str) -> ProxyAddress:
    try:
        where = endpoint(text)
    except ValueError:
        raise UnreadableProxy from None
    return ProxyAddress(scheme, where.host, where.port)
