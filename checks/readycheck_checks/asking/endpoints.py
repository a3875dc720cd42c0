"""``host:port`` as profiles write it, and the host that a URL names. Parses and shows; connects to nothing."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from readycheck.api import clean


@dataclass(frozen=True)
class Endpoint:
    """A host (name or literal address, without brackets) and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def endpoint(text: str) -> Endpoint:
    """``name:443``, ``192.0.2.1:443`` or ``[2001:db8::1]:443``. Raises ValueError with what was expected."""
    host, colon, digits = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        host = ""
    if not colon or not host or not is_port(digits):
        raise ValueError(f'"{text}" is no host and port: write it like "vpn.example.com:443"')
    return Endpoint(host, int(digits))


def require_endpoints(texts: Iterable[str]) -> None:
    """ValueError, as endpoint() says it, for the first that is no host and port."""
    for text in texts:
        endpoint(text)


def is_port(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and 0 < int(digits) < 65_536


def host_in(url: str) -> str:
    """The host of a URL that somebody else wrote, cleaned; empty where it names none, or is no URL."""
    try:
        return clean(urlsplit(url).hostname or "", 253)
    except ValueError:
        return ""


def is_here(host: str) -> bool:
    """This computer itself, by address or by name: nothing of it goes over a network."""
    literal = host.partition("%")[0] if ":" in host else host  # a zone belongs to IPv6 (RFC 4007)
    try:
        return ipaddress.ip_address(literal).is_loopback
    except ValueError:
        return host == "localhost"


def hosts_in(*texts: str) -> tuple[str, ...]:
    """The hosts of ``name:port`` entries, URLs and bare names, in this order; what names none is left out."""
    found = []
    for text in texts:
        try:
            found.append(host_in(text) if "://" in text else endpoint(text).host)
        except ValueError:
            found.append(clean(text, 253))
    return tuple(host for host in found if host)
