"""Where a web page is, and where it sends on to: pure reading of URLs and redirects. Opens nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from readycheck.api import clean
from readycheck_checks.asking.endpoints import Endpoint

_PORTS: Final = {"https": 443, "http": 80}
LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
REDIRECTS: Final = (301, 302, 303, 307, 308)
LONGEST: Final = 2000  # characters of a URL that is followed


@dataclass(frozen=True, kw_only=True)
class Page:
    """A URL taken apart. ``shown``: as it may be told, without what may hold somebody's key (query and fragment)."""

    url: str
    where: Endpoint
    is_tls: bool
    shown: str

    @property
    def may_take_secrets(self) -> bool:
        """A secret leaves only over TLS, or never leaves this computer."""
        return self.is_tls or self.where.host in LOOPBACK


def page(url: str) -> Page:
    """``https://intranet.example.com/health``. Raises ValueError with what was expected."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST
    if parts.scheme not in _PORTS or not host or "@" in parts.netloc or port == 0 or not plain:
        raise ValueError(
            f'"{clean(url, 80)}" is no web address: write it like "https://intranet.example.com/health"'
        )
    return Page(
        url=parts._replace(fragment="").geturl(),
        where=Endpoint(host, port or _PORTS[parts.scheme]),
        is_tls=parts.scheme == "https",
        shown=parts._replace(query="", fragment="").geturl(),
    )


def next_page(here: Page, location: str, hosts: Sequence[str]) -> Page | str:
    """Where a redirect leads, or the clause that says why it is not followed. ``hosts``: further hosts that may be gone to."""
    try:
        there = page(urljoin(here.url, location.strip()))
    except ValueError:
        return "it leads to something that is no web address"
    if here.is_tls and not there.is_tls:
        return f"it leads away from the safe connection, to {there.shown}"
    if there.where.host not in (here.where.host, *hosts):
        return f"it leads to another host, {there.where.host}"
    return there
