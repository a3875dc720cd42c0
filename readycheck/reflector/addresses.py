"""Client addresses: which of them count as one client, and how much of them a log may show. Pure."""

import ipaddress
from typing import Any


def plain(sockaddr: Any) -> str:
    """The address in a socket address, without scope; an IPv4 address in IPv6 clothes is the IPv4 address."""
    text = str(sockaddr[0]).partition("%")[0]
    return text[7:] if text.startswith("::ffff:") and "." in text else text


def client(address: str) -> str:
    """Who that is: the IPv4 address, or the /64 of an IPv6 address, for one household has that many of those."""
    return _network(address, 32, 64)


def neighbourhood(address: str) -> str:
    """The /24 or /48: names no person, and is the most that one person is likely to have."""
    return _network(address, 24, 48)


def _network(address: str, prefix_v4: int, prefix_v6: int) -> str:
    if ":" not in address:
        return address if prefix_v4 == 32 else address.rpartition(".")[0] + ".0/24"
    return str(ipaddress.ip_network((address, prefix_v6), strict=False))
