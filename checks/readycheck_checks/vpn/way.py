"""The way into the company network: the interface that the kernel would choose for an address. Sends nothing.

Connecting a UDP socket asks the routing table and sends no packet. This beats reading the default route, because VPN clients
lay 0.0.0.0/1 and 128.0.0.0/1 over it, or routes for the company's networks only.
"""

import ipaddress
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from readycheck.api import Context, Interface


class Routes(Protocol):
    """The part of Net that is needed here."""

    def source_address(self, address: str) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class Way:
    """``routed``: there is a route; ``interface``: the one that owns the source address, None where none is known to own it."""

    routed: bool
    interface: Interface | None

    def is_tunnel(self, kinds: Collection[str]) -> bool | None:
        """Whether it leads through an interface of these kinds; None: it leads somewhere that could not be told."""
        if not self.routed:
            return False
        if self.interface is None or (self.interface.kind == "unknown" and "unknown" not in kinds):
            return None
        return self.interface.kind in kinds


async def leads_through_tunnel(ctx: Context, *addresses: str) -> bool:
    """True where the way to at least one of these literal addresses is known to lead through a tunnel."""
    interfaces = await ctx.system.interfaces() or ()
    return any(way_to(ctx.net, interfaces, address).is_tunnel(("tunnel",)) for address in addresses)


def assigned_tunnels(
    interfaces: Sequence[Interface], kinds: Collection[str] = ("tunnel",)
) -> tuple[str, ...]:
    """Names of tunnels that are on. Systems keep some up for themselves, which have link-local addresses only."""
    return tuple(
        each.name
        for each in interfaces
        if each.up and each.kind in kinds and any(map(_is_assigned, each.addresses))
    )


def _is_assigned(address: str) -> bool:
    number = _number(address)
    return number is not None and not number.is_link_local


def way_to(routes: Routes, interfaces: Sequence[Interface], address: str) -> Way:
    """``address`` is a literal."""
    source = routes.source_address(address)
    owner = None if source is None else next((i for i in interfaces if _owns(i, source)), None)
    return Way(routed=source is not None, interface=owner)


def _owns(interface: Interface, source: str) -> bool:
    wanted = _number(source)
    return any(_number(address) == wanted for address in interface.addresses)


def _number(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address without its scope (``%wlan0``) and prefix length; None for what is no address."""
    try:
        return ipaddress.ip_address(address.partition("%")[0].partition("/")[0])
    except ValueError:
        return None
