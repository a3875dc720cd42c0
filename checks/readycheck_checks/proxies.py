"""The proxy that this computer is set to use, as host and port. Never holds credentials; connects to nothing."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from readycheck.api import Http, clean

ANY_SITE = "https://www.example.org/"  # RFC 2606: only the settings are asked, nothing is sent there
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


def proxy_in_effect(http: Http, url: str = ANY_SITE) -> ProxyAddress | None:
    """The proxy for this URL; None where it would be asked directly. Raises UnreadableProxy."""
    setting = http.proxy_for(url)
    if not setting:
        return None
    try:
        parts = urlsplit(setting if "://" in setting else f"http://{setting}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UnreadableProxy from None
    if not host:
        raise UnreadableProxy
    return ProxyAddress(parts.scheme, clean(host, 253), port or _PORTS.get(parts.scheme, 80))
