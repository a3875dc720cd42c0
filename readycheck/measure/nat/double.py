"""Are addresses translated a second time behind the home router? Read from who answers on the way. Sends nothing."""

import ipaddress
from collections.abc import Sequence
from enum import StrEnum
from typing import Final

_SHARED: Final = ipaddress.ip_network(
    "100.64.0.0/10"
)  # RFC 6598: between a provider's translation and its customers
_PRIVATE: Final = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


class Second(StrEnum):
    """LIKELY, not certain: a network of one owner can have several routers with private addresses and translate once."""

    NO = "no"
    LIKELY = "likely: another router with a private address follows the home router"
    PROVIDER = "by the provider: behind the home router are addresses of 100.64.0.0/10"
    UNKNOWN = "not known"


def second_translation(routers: Sequence[str], source: str) -> Second:
    """``routers``: who answered for packets with a time to live of 1, 2 ... (empty: nobody); ``source``: our own address.

    For IPv4 behind a home router with a private address; UNKNOWN everywhere else, and where the next one kept silent: he could
    have a private address, too.
    """
    if not is_private(source) or not routers or not is_private(routers[0]):
        return Second.UNKNOWN
    silent = False
    for router in routers[1:]:
        silent = silent or not router
        if _within(router, _SHARED):
            return Second.PROVIDER
        if router and not is_private(router):
            return Second.UNKNOWN if silent else Second.NO
        if router not in ("", routers[0]):
            return Second.LIKELY
    return Second.UNKNOWN


def is_private(address: str) -> bool:
    """An address of RFC 1918: only behind such a one can there be a second translation."""
    return any(_within(address, network) for network in _PRIVATE)


def _within(address: str, network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0]) if address else None
    return ip is not None and ip.version == network.version and ip in network
