"""vpn_tunnel: would traffic to the company network go through a tunnel, and what else does? Reads the routes; sends nothing.

An IPsec policy without an interface of its own is seen by the address that the VPN gave this computer: name the network of such
addresses in ``addresses``. Without it such a VPN cannot be told.
"""

import asyncio
import ipaddress
from collections.abc import Iterator, Sequence
from typing import Annotated

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Fact,
    Interface,
    NotTold,
    Options,
    Privacy,
    Says,
    fact,
)
from readycheck_checks.asking.routes import assigned_tunnels, way_to
from readycheck_checks.reach.versions import Version, is_in_use
from readycheck_checks.vpn import handshake
from readycheck_checks.vpn.carries import Ways
from readycheck_checks.vpn.tunnel_codes import CODES
from readycheck_checks.vpn.tunnel_verdict import Expect, Tunnel, Wanted, judge_tunnel, not_told


class TunnelOptions(Options, frozen=True, kw_only=True):
    """Where the company network is, and how people connect to it."""

    inside: Annotated[str, Meta(description="A literal address inside the company network")]
    internet: Annotated[str, Meta(description="A literal address outside: tells full from split tunnels")] = (
        "1.1.1.1"
    )
    internet6: Annotated[
        str, Meta(description="The same for IPv6, which some full tunnels leave out; empty: not looked at")
    ] = "2606:4700:4700::1111"
    media: Annotated[
        tuple[str, ...],
        Meta(
            max_length=8,
            description="Literal addresses of relays for calls: tell whether calls go past the tunnel",
        ),
    ] = ()
    expect: Annotated[
        Expect,
        Meta(
            description="What should go through it. tunnel: company traffic, whatever else does; full: everything; split: "
            "company traffic only; media_direct: everything but calls; any: also good without a tunnel (an office network)"
        ),
    ] = "tunnel"
    tunnel_kinds: Annotated[
        tuple[str, ...], Meta(min_length=1, description="Kinds of interface that count as the tunnel")
    ] = ("tunnel",)
    addresses: Annotated[
        tuple[str, ...],
        Meta(
            max_length=8,
            description='Networks ("10.8.0.0/16") of which the VPN gives this computer an address: needed for an IPsec without '
            "an interface of its own",
        ),
    ] = ()
    client: Annotated[str, Meta(description="The VPN program, as people know it")] = ""
    steps: Annotated[tuple[str, ...], Meta(description="How to connect, one short step each")] = ()

    def __post_init__(self) -> None:
        for address in filter(None, (self.inside, self.internet, self.internet6, *self.media)):
            ipaddress.ip_address(address)
        for network in self.addresses:
            ipaddress.ip_network(network)
        if not self.inside or not self.internet:
            raise ValueError("inside and internet are literal addresses")


async def run(options: TunnelOptions, ctx: Context) -> Says:
    """Compare the way inside with the ways out; no packet is sent."""
    interfaces, near, servers = await asyncio.gather(
        ctx.system.interfaces(), _near(ctx), ctx.system.dns_servers()
    )
    if interfaces is None:
        yield not_told("the system does not list its network interfaces")
        return
    seen = _look(options, ctx, interfaces, near)
    if seen.ways.inside and seen.inside.interface is not None:
        for each in _facts(options, ctx, interfaces, seen, servers or ()):
            yield each
        if (age := await handshake.age_s(ctx, seen.inside.interface)) is not None:
            yield fact("vpn_handshake_age", "Last handshake (s ago)", f"{age:.0f}", Privacy.PUBLIC)
    wanted = Wanted(expect=options.expect, inside=options.inside, client=options.client, steps=options.steps)
    yield judge_tunnel(wanted, seen)


def _look(options: TunnelOptions, ctx: Context, interfaces: Sequence[Interface], near: str) -> Tunnel:
    inside, *others = (
        way_to(ctx.net, interfaces, address) for address in (options.inside, options.internet, *options.media)
    )
    tunnelled = [way.is_tunnel(options.tunnel_kinds, options.addresses) for way in (inside, *others)]
    ways = Ways(
        inside=tunnelled[0],
        outside=tunnelled[1] if others[0].routed else None,
        outside6=_sixth(options, ctx, interfaces),
        media=tunnelled[2:],
    )
    on = assigned_tunnels(interfaces, options.tunnel_kinds)
    return Tunnel(inside=inside, ways=ways, near=near, on=on)


def _sixth(options: TunnelOptions, ctx: Context, interfaces: Sequence[Interface]) -> bool | None:
    """As Ways.outside6: an address of the own site alone leads nowhere outside, whatever routes there are."""
    if not options.internet6:
        return None
    way = way_to(ctx.net, interfaces, options.internet6)
    through = way.is_tunnel(options.tunnel_kinds, options.addresses) if way.routed else None
    return None if through is False and not is_in_use(way.source, Version.IPV6) else through


async def _near(ctx: Context) -> str:
    """Our own address towards the router; empty where it is not told."""
    try:
        route = await ctx.system.default_route()
        gateway = ipaddress.ip_address(route.gateway.partition("%")[0]) if route else None
    except (NotTold, ValueError):
        return ""
    return ctx.net.source_address(str(gateway)) or "" if gateway else ""


def _facts(
    options: TunnelOptions,
    ctx: Context,
    interfaces: Sequence[Interface],
    seen: Tunnel,
    servers: Sequence[str],
) -> Iterator[Fact]:
    yield fact("vpn_tunnel_kind", "Tunnel carries", seen.ways.in_words, Privacy.PUBLIC)
    if (through := seen.inside.interface) is not None:
        yield fact("vpn_tunnel_interface", "Tunnel interface", through.name)
        yield fact("vpn_tunnel_mtu", "Tunnel MTU (bytes)", through.mtu, Privacy.PUBLIC)
    yield fact("vpn_tunnel_address", "Address in the tunnel", seen.inside.source, Privacy.ADDRESS)
    yield from _name_servers(options, ctx, interfaces, servers)


def _name_servers(
    options: TunnelOptions, ctx: Context, interfaces: Sequence[Interface], servers: Sequence[str]
) -> Iterator[Fact]:
    """Which of the name servers of this computer are asked through the tunnel. One at 127.0.0.1 asks others, not told whom."""
    places = {True: "through the tunnel", False: "past the tunnel", None: "not told"}
    told = []
    for server in servers[:8]:
        try:
            local = ipaddress.ip_address(server.partition("%")[0]).is_loopback
        except ValueError:
            continue
        way = way_to(ctx.net, interfaces, server).is_tunnel(options.tunnel_kinds, options.addresses)
        told.append(f"{server} ({'this computer itself' if local else places[way]})")
    if told:
        yield fact("vpn_name_servers", "Name servers", ", ".join(told), Privacy.ORG)


check = Check(
    id="vpn_tunnel",
    title="VPN connection",
    capability=Capability.VPN,
    summary="Whether the VPN is connected: if traffic to the company network would go through a tunnel, and what else would",
    run=run,
    options=TunnelOptions,
    timeout=20.0,  # a cold start of PowerShell takes up to twelve seconds
    after=("vpn_gateway", "vpn_client"),
    local=True,
    on_demand=True,
    cost=Cost(bytes=0, seconds=0.5),
    codes=CODES,
)
