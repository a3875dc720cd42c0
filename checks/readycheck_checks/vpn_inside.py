"""vpn_inside: do inside names and servers answer through the VPN? Asks them and nothing else; signs in nowhere.

After a failure, and only then, it asks the company's own name servers directly, and looks whether the way to a silent server
leads through the tunnel.
"""

import asyncio
import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Final, Literal

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Interface,
    Measurement,
    NetError,
    Options,
    Progress,
    Says,
    measured,
)
from readycheck_checks.asking import controls
from readycheck_checks.asking.attempts import HostPort, attempt
from readycheck_checks.asking.endpoints import endpoint, hosts_in, require_endpoints
from readycheck_checks.asking.replies import Reply
from readycheck_checks.asking.routes import way_to
from readycheck_checks.vpn.inside_asking import (
    LADDER_BYTES,
    Routing,
    connect,
    inside_only,
    known_outside,
    large_packets,
    largest_packet,
    look_up,
    met_on_the_way,
    names_carried,
    own_servers,
    through_only,
)
from readycheck_checks.vpn.inside_codes import CODES
from readycheck_checks.vpn.inside_names import OwnServers
from readycheck_checks.vpn.inside_seen import Asked, Inside, Large
from readycheck_checks.vpn.inside_verdict import judge_inside

KNOCK_PORT: Final = 53  # of a packet that is only to be answered on its way


class InsideOptions(Options, frozen=True, kw_only=True):
    """What must answer once the VPN is connected."""

    names: Annotated[
        tuple[str, ...], Meta(description="Names that only the company's name servers know")
    ] = ()
    servers: Annotated[tuple[HostPort, ...], Meta(description="Inside servers (host:port)")] = ()
    tls: Annotated[
        tuple[HostPort, ...],
        Meta(
            max_length=4,
            description="Inside servers (host:port) with a certificate: show whether large packets get through the VPN",
        ),
    ] = ()
    name_servers: Annotated[
        tuple[HostPort, ...],
        Meta(
            max_length=4,
            description="The company's own name servers, by address; asked directly, and only for names that are not found",
        ),
    ] = ()
    sizes_to: Annotated[
        HostPort | Literal[""],
        Meta(
            description="An inside name server (address:port) that is asked in packets of many sizes: the largest that gets "
            "through the VPN is measured, and never judged"
        ),
    ] = ""
    public_name_servers: Annotated[
        tuple[HostPort, ...],
        Meta(
            max_length=3,
            description="Public name servers (address:port) that should not know `names`. They learn these names by being asked: "
            "nobody is asked unless you say so here",
        ),
    ] = ()
    inside: Annotated[
        str, Meta(description="A literal inside address, as in vpn_tunnel: tells the VPN is up")
    ] = ""
    tunnel_kinds: Annotated[
        tuple[str, ...], Meta(min_length=1, description="Kinds of interface that count as the tunnel")
    ] = ("tunnel",)
    addresses: Annotated[
        tuple[str, ...],
        Meta(
            max_length=8,
            description="Networks of which the VPN gives this computer an address, as in vpn_tunnel",
        ),
    ] = ()
    tcp_controls: Annotated[
        tuple[HostPort, ...],
        Meta(
            max_length=6,
            description="Hosts (host:port) outside the tunnel, best the VPN gateway, asked at the same moment",
        ),
    ] = ()

    def __post_init__(self) -> None:
        if not self.names and not self.servers:
            raise ValueError("give `names` or `servers`, or leave this check out")
        require_endpoints((*self.servers, *self.tls, *self.tcp_controls))
        for text in filter(None, (self.sizes_to, *self.name_servers, *self.public_name_servers)):
            ipaddress.ip_address(endpoint(text).host)
        for network in self.addresses:
            ipaddress.ip_network(network)
        if self.inside:
            ipaddress.ip_address(self.inside)


async def run(options: InsideOptions, ctx: Context) -> Says:
    """Look up the names, connect to the servers and the controls, all at once; then what is left open; then judge."""
    yield Progress(text="Asking servers inside the company network")
    interfaces = await ctx.system.interfaces()
    routing = Routing(interfaces=interfaces or (), kinds=options.tunnel_kinds, networks=options.addresses)
    names, servers, line, public = await asyncio.gather(
        asyncio.gather(*(look_up(name, ctx) for name in options.names)),
        asyncio.gather(*(connect(endpoint(text), ctx, routing) for text in _all(options))),
        controls.ask(ctx.net, tcp=options.tcp_controls),
        known_outside(ctx, options.names, options.public_name_servers),
    )
    for measurement in _round_trips(servers):
        yield measurement
    tunnel = _tunnel(options, ctx, interfaces)
    carried = any(server.through and server.spoke for server in servers)
    own, large, largest = await asyncio.gather(
        _own(options, ctx, [*names, *servers], routing if tunnel else Routing(), carried=carried),
        _large(options, ctx, routing) if tunnel else _nothing(),
        _largest(options, ctx, interfaces or ()),
    )
    if tunnel and largest:
        yield measured("vpn_inside_packet", "Largest packet that gets through the VPN", largest, "bytes")
    seen = Inside(
        tunnel=tunnel,
        names=tuple(names),
        servers=tuple(servers),
        controls=line,
        own=own,
        public=public,
        large=large,
    )
    if tunnel and not seen.carried:
        seen = replace(seen, met=await _met(options, ctx, seen, routing))
    for finding in judge_inside(seen):
        yield finding


def _all(options: InsideOptions) -> tuple[str, ...]:
    """What is asked for large packets is a server like the others: it may be silent, or refuse."""
    return tuple(dict.fromkeys((*options.servers, *options.tls)))


def _tunnel(options: InsideOptions, ctx: Context, interfaces: Sequence[Interface] | None) -> bool | None:
    if not options.inside or interfaces is None:
        return None
    return way_to(ctx.net, interfaces, options.inside).is_tunnel(options.tunnel_kinds, options.addresses)


async def _own(
    options: InsideOptions, ctx: Context, asked: Sequence[Asked], routing: Routing, *, carried: bool
) -> OwnServers:
    """What the company's name servers say to what was not found, and, where no server said anything (``carried``), whether any
    name server behind the tunnel does. ``routing``: empty where the VPN is not up."""
    lost = dict.fromkeys(one.host for one in asked if one.reply in (Reply.NAME_UNKNOWN, Reply.NAME_TROUBLE))
    own = await own_servers(ctx, tuple(lost), options.name_servers, routing) if lost else OwnServers()
    if own.carried or carried:
        return own
    return replace(own, carried=await names_carried(ctx, options.name_servers, routing))


async def _met(options: InsideOptions, ctx: Context, seen: Inside, routing: Routing) -> str:
    """Who answers through the tunnel, though nobody inside does: a host of the internet, in a tunnel that carries everything, or
    somebody on the way to what is silent."""
    answering = tuple(str(each.where) for each in seen.controls.asked if each.answered)
    if carried := await through_only(answering, ctx, routing):
        return endpoint(carried[0]).host
    silent = next((each for each in seen.servers if each.reply is Reply.SILENT and each.through), None)
    if silent is None or silent.port is None:
        to = seen.own.silent[0] if seen.own.silent else options.inside
        return await met_on_the_way(ctx, to, KNOCK_PORT)
    found = await attempt(ctx.net.resolve(silent.host))
    return "" if isinstance(found, NetError) else await met_on_the_way(ctx, found[0], silent.port)


async def _large(options: InsideOptions, ctx: Context, routing: Routing) -> Large:
    """Hosts outside are those that are asked past the tunnel."""
    inside, carried = await asyncio.gather(
        inside_only(options.tls, ctx, routing), through_only(options.tcp_controls, ctx, routing)
    )
    return await large_packets(ctx, inside, [each for each in options.tcp_controls if each not in carried])


async def _nothing() -> Large:
    return Large()


async def _largest(options: InsideOptions, ctx: Context, interfaces: Sequence[Interface]) -> int:
    """In bytes, of those that the tunnel's interface takes; 0 where it was not asked for or not told."""
    if not options.sizes_to:
        return 0
    way = way_to(ctx.net, interfaces, endpoint(options.sizes_to).host)
    if way.interface is None or not way.is_tunnel(options.tunnel_kinds, options.addresses):
        return 0
    return await largest_packet(ctx, endpoint(options.sizes_to), way.interface.mtu)


def _round_trips(servers: list[Asked]) -> Iterator[Measurement]:
    for number, server in enumerate(servers, start=1):
        if server.rtt_ms is not None:
            title = f"Round trip to {server} inside"
            yield measured(f"vpn_inside_rtt_{number}", title, server.rtt_ms, "ms")


def cost(options: InsideOptions, quick: bool) -> Cost:
    """A handshake is about 6 kB, and is tried three times where nothing comes back."""
    handshakes = len(options.tls) + (len(options.tcp_controls) if options.tls else 0)
    return Cost(
        bytes=10_000
        + (LADDER_BYTES if options.sizes_to else 0)
        + 8_000 * handshakes
        + 500 * len(options.names) * len(options.public_name_servers),
        seconds=4.0,
        hosts="inside servers of the profile",
    )


check = Check(
    id="vpn_inside",
    title="Company network",
    capability=Capability.VPN,
    summary="Whether inside names and servers answer through the VPN",
    run=run,
    options=InsideOptions,
    timeout=30.0,
    after=("vpn_tunnel",),
    on_demand=True,
    cost=cost,
    hosts_of=lambda options: hosts_in(
        *options.servers,
        *options.tls,
        *options.names,
        *options.name_servers,
        *options.public_name_servers,
        *((options.sizes_to,) if options.sizes_to else ()),
        *options.tcp_controls,
        *((options.inside,) if options.inside else ()),
    ),
    codes=CODES,
)
