"""The way into the company network: the interface that the kernel would choose for an address. Sends nothing.

Connecting a UDP socket asks the routing table and sends no packet. This beats reading the default route, because VPN clients
lay 0.0.0.0/1 and 128.0.0.0/1 over it, or routes for the company's networks only.
"""

import ipaddress
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from readycheck.api import Context, Interface


class Routes(Protocol):
    """The part of Net that is needed here."""

    def source_address(self, address: str) -> str | None: ...


@dataclass(frozen=True, kw_only=True)
class Way:
    """``source``: our own address on it, None: there is no route; ``interface``: the one that owns this address, None where none
    is known to own it."""

    source: str | None
    interface: Interface | None

    @property
    def routed(self) -> bool:
        return self.source is not None

    def is_tunnel(self, kinds: Collection[str], networks: Iterable[str] = ()) -> bool | None:
        """Whether it leads through an interface of these kinds, or from an address of these networks, which the VPN gives out;
        None: it leads somewhere that could not be told."""
        if self.source is None:
            return False
        if any(_is_in(self.source, network) for network in networks):
            return True
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
        if each.up and each.kind in kinds and any(map(is_assigned, each.addresses))
    )


def is_assigned(address: str) -> bool:
    """Somebody gave this address out; systems give link-local ones to themselves."""
    number = _number(address)
    return number is not None and not number.is_link_local


def way_to(routes: Routes, interfaces: Sequence[Interface], address: str) -> Way:
    """``address`` is a literal."""
    source = routes.source_address(address)
    owner = None if source is None else next((i for i in interfaces if _owns(i, source)), None)
    return Way(source=source, interface=owner)


def _owns(interface: Interface, source: str) -> bool:
    wanted = _number(source)
    return any(_number(address) == wanted for address in interface.addresses)


def _is_in(source: str, network: str) -> bool:
    number, wanted = _number(source), ipaddress.ip_network(network)
    return number is not None and number.version == wanted.version and number in wanted


def _number(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address without its scope (``%wlan0``) and prefix length; None for what is no address."""
    try:
        return ipaddress.ip_address(address.partition("%")[0].partition("/")[0])
    except ValueError:
        return None
