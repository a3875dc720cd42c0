"""Is this computer on a network that leads somewhere? Asks the operating system only and sends nothing."""

import asyncio
import ipaddress
from collections.abc import Iterator, Sequence
from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Code,
    Confidence,
    Context,
    Cost,
    Fact,
    Finding,
    Interface,
    NotTold,
    Options,
    Owner,
    Privacy,
    Route,
    Says,
    Status,
    System,
    fact,
    failed,
    passed,
    unknown,
    warned,
)
from readycheck_checks.blame.remedies import OTHER_CABLE

_KINDS = {
    "wifi": "Wi-Fi",
    "wired": "network cable",
    "tunnel": "VPN tunnel",
    "loopback": "loopback",
}
SLOW_MBPS, FAST_MBPS = (
    10,
    100,
)  # IEEE 802.3: 10BASE-T, and 100BASE-TX, to which a cable with a broken pair falls back
_CARRIERS = ("wired", "wifi", "unknown")  # tunnels and virtual interfaces ride on one of these

CONNECTED: Final = Code(
    "connection.connected", "This computer is on a network, with an address and a way out", (Status.PASS,)
)
CABLE_SLOW: Final = Code(
    "connection.cable_slow",
    "The network cable carries 10 Mbit/s, or one direction at a time, as a damaged cable or socket does",
    (Status.WARN,),
    (Owner.HOME, Owner.DEVICE),
    OTHER_CABLE,
)
NOT_CONNECTED: Final = Code(
    "connection.not_connected",
    "No Wi-Fi is joined and no cable is in use",
    (Status.FAIL,),
    (Owner.DEVICE,),
    "Turn on Wi-Fi and join your network, or plug in the network cable",
)
NO_ROUTE: Final = Code(
    "connection.no_route",
    "This computer is on a network that gave it no address or shows it no way out",
    (Status.FAIL,),
    (Owner.HOME, Owner.DEVICE),
    "Turn Wi-Fi off and on again, or unplug the cable and plug it in again. "
    "If that does not help, restart the router: unplug it for ten seconds, then wait two minutes",
)
NOT_TOLD: Final = Code(
    "connection.route_not_told",
    "This computer does not tell whether it has a way out of its network",
    (Status.UNKNOWN,),
)


class InterfaceOptions(Options, frozen=True, kw_only=True):
    # RFC 5737: an address that is nowhere, so the way to it is the way to everything; only the routing table is asked
    target: Annotated[
        str,
        Meta(
            description="Literal address whose route decides which interface is in use; nothing is sent to it"
        ),
    ] = "192.0.2.1"

    def __post_init__(self) -> None:
        try:
            ipaddress.ip_address(self.target)
        except ValueError:
            raise ValueError(f'target names "{self.target}": write an address, such as "192.0.2.1"') from None


async def run(options: InterfaceOptions, ctx: Context) -> Says:
    interfaces, route = await asyncio.gather(ctx.system.interfaces(), _default_route(ctx.system))
    source = ctx.net.source_address(options.target)
    used = used_interface(interfaces or (), source, route)
    if used is not None:
        for each in _facts(used):
            yield each
    yield verdict(interfaces, source, route)


async def _default_route(system: System) -> Route | NotTold | None:
    try:
        return await system.default_route()
    except NotTold as silence:
        return silence


def used_interface(
    interfaces: Sequence[Interface], source: str | None, route: Route | NotTold | None
) -> Interface | None:
    """The interface that carries the address which the kernel would send from, else the one of the default route."""
    for each in interfaces:
        if source is not None and source in each.addresses:
            return each
    named = route.interface if isinstance(route, Route) else None
    return next((each for each in interfaces if each.name == named), None)


def verdict(
    interfaces: Sequence[Interface] | None, source: str | None, route: Route | NotTold | None
) -> Finding:
    """``source``: the kernel's own address towards the outside, None where it knows no way there."""
    used = used_interface(interfaces or (), source, route)
    if source is not None and _routable(source):
        return _connected(used)
    if isinstance(route, Route) and source is None and (used is None or _has_address(used)):
        return _connected(used)
    carriers = [each for each in interfaces or () if each.up and each.kind in _CARRIERS]
    if interfaces is not None and not carriers:
        return _not_connected()
    if isinstance(route, NotTold):
        return unknown(NOT_TOLD, NOT_TOLD.meaning, detail=str(route))
    return _no_route(carriers)


def _connected(used: Interface | None) -> Finding:
    if used is None:
        return passed(CONNECTED, "This computer is on a network")
    by = _KINDS.get(used.kind, "network")
    told = f"Connected by {by} ({_link(used)})"
    if used.kind == "wired" and (0 < used.speed_mbps <= SLOW_MBPS or used.duplex == "half"):
        return warned(
            CABLE_SLOW,
            f"{told}: that is far below what network cables carry",
            either=CABLE_SLOW.owners,  # a cable or a socket, or the settings of this computer's adapter
        )
    if used.kind == "wired" and used.speed_mbps == FAST_MBPS:
        return passed(CONNECTED, f"{told}; most cables and sockets carry ten times as much")
    return passed(CONNECTED, told)


def _link(used: Interface) -> str:
    """ "eth0, 100 Mbit/s, half duplex"."""
    speed = f"{used.speed_mbps} Mbit/s" if used.speed_mbps else ""
    duplex = "one direction at a time (half duplex)" if used.duplex == "half" and used.kind == "wired" else ""
    return ", ".join(filter(None, (used.name, speed, duplex)))


def _not_connected() -> Finding:
    return failed(
        NOT_CONNECTED,
        "This computer is on no network: no Wi-Fi is joined and no cable is in use",
        owner=Owner.DEVICE,
        confidence=Confidence.HIGH,
    )


def _no_route(carriers: Sequence[Interface]) -> Finding:
    shown = ", ".join(each.name for each in carriers)
    if not carriers:  # the system does not list its interfaces
        summary = "This computer knows no way out of its network"
    elif any(_has_address(each) for each in carriers):
        summary = f"This computer is on a network ({shown}) that shows it no way out"
    else:
        summary = f"This computer is on a network ({shown}), but the router gave it no address"
    return failed(
        NO_ROUTE,
        summary,
        confidence=Confidence.HIGH,
        either=NO_ROUTE.owners,  # a router that gives no address, or settings here that ask for none
    )


def _has_address(interface: Interface) -> bool:
    return any(_routable(address) for address in interface.addresses)


def _routable(address: str) -> bool:
    """False for the addresses that a computer gives itself where no router answers (RFC 3927, RFC 4291)."""
    parsed = ipaddress.ip_address(address)
    return not (parsed.is_link_local or parsed.is_unspecified)


def _facts(used: Interface) -> Iterator[Fact]:
    yield fact("interface", "Network interface", used.name, Privacy.TEXT)
    yield fact("interface_kind", "Kind of network", used.kind, Privacy.PUBLIC)
    if used.kind == "wired" and used.speed_mbps:
        yield fact("link_speed", "Speed of the cable", f"{used.speed_mbps} Mbit/s", Privacy.PUBLIC)
    if used.kind == "wired" and used.duplex:
        yield fact("duplex", "Duplex", used.duplex, Privacy.PUBLIC)
    if used.description:
        yield fact("adapter", "Network adapter", used.description, Privacy.TEXT)
    for address in used.addresses:
        if _routable(address):
            yield fact("address", "Address of this computer", address, _privacy(address))


def _privacy(address: str) -> Privacy:
    """Home networks all use the same private IPv4 addresses; any IPv6 address can hold a hardware address or name a line."""
    parsed = ipaddress.ip_address(address)
    private = parsed.version == 4 and not parsed.is_global
    return Privacy.PUBLIC if private else Privacy.ADDRESS


check = Check(
    id="interface",
    title="Network",
    capability=Capability.CONNECTION,
    summary="Whether this computer is on a network, with an address and a way out",
    run=run,
    options=InterfaceOptions,
    weight=2.0,
    timeout=16.0,
    local=True,
    cost=Cost(bytes=0, seconds=1.0),
    codes=(CONNECTED, CABLE_SLOW, NOT_CONNECTED, NO_ROUTE, NOT_TOLD),
)
