"""Where a chat's WebSocket is, and how its upgrade went: values, and the pure reading of its URL. Opens nothing."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from readycheck.api import NetError
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.asking.proxies import ProxyAddress

_SCHEMES: Final = {"wss": 443, "ws": 80}


@dataclass(frozen=True, kw_only=True)
class Place:
    """A WebSocket URL taken apart."""

    url: str
    where: Endpoint
    is_tls: bool

    @property
    def as_page(self) -> str:
        """The http(s) form of the URL, which proxy settings are asked with."""
        return self.url.replace("ws", "http", 1)


def place(url: str) -> Place:
    """``wss://chat.example.com/socket``. Raises ValueError with what was expected."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if parts.scheme not in _SCHEMES or not host or "@" in parts.netloc or not url.isascii() or " " in url:
        raise ValueError(f'"{url}" is no WebSocket address: write it like "wss://chat.example.com/socket"')
    where = Endpoint(host, port or _SCHEMES[parts.scheme])
    return Place(url=url, where=where, is_tls=parts.scheme == "wss")


@dataclass(frozen=True, kw_only=True)
class Upgrade:
    """``step`` did not work: "connect", "proxy", "upgrade", or "done".

    ``status``: the HTTP answer in place of the upgrade (of the proxy at step "proxy"), ``server`` who says so of himself;
    ``closed``: the code with which it was closed at once, 0 without one.
    """

    step: str
    error: NetError | None = None
    status: int = 0
    server: str = ""
    closed: int | None = None
    proxy: ProxyAddress | None = None

    def __str__(self) -> str:
        through = f"through the proxy {self.proxy}" if self.proxy else ""
        answer = f"HTTP {self.status}" if self.status else ""
        said = f"says it is {self.server}" if self.server else ""
        ended = f"closed at once with code {self.closed}" if self.closed is not None else ""
        upgraded = "HTTP 101" if self.step == "done" else ""
        return "; ".join(filter(None, (through, upgraded, answer, said, ended, str(self.error or ""))))
