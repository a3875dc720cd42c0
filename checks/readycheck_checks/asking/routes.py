"""The way into the company network: the interface that the kernel would choose for an address. Sends nothing.

Connecting a UDP socket asks the routing table and sends no packet. This beats reading the default route, because VPN clients
lay 0.0.0.0/1 and 128.0.0.0/1 over it, or routes for the company's networks only.
"""

import ipaddress
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from readycheck.api import Context, Interface

_AT_HOME: Final = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))


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


def is_neighbour(address: str, source: str | None) -> bool:
    """Whether packets from ``source`` to this address stay in one home network: both private (RFC 1918), and alike in their first
    24 bits. Not every system tells how large its networks are; those of homes have this size."""
    there, here = _number(address), _number(source or "")
    if not isinstance(there, ipaddress.IPv4Address) or not isinstance(here, ipaddress.IPv4Address):
        return False
    return int(there) >> 8 == int(here) >> 8 and any(there in network for network in _AT_HOME)


async def stays_at_home(ctx: Context, *addresses: str) -> bool:
    """True where packets to all of these literal addresses stay in the network that this computer is in, past every tunnel."""
    interfaces = await ctx.system.interfaces() or ()
    ways = [(address, way_to(ctx.net, interfaces, address)) for address in addresses]
    return bool(ways) and all(
        way.is_tunnel(("tunnel",)) is False and is_neighbour(address, way.source) for address, way in ways
    )


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
