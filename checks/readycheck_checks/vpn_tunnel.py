"""vpn_tunnel: would traffic to the company network go through a tunnel? Reads the routing table; sends nothing.

An IPsec policy without an interface of its own cannot be seen this way: set ``expect = "any"`` for such a VPN.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Confidence,
    Context,
    Cost,
    Fact,
    Finding,
    Interface,
    Options,
    Owner,
    Privacy,
    Says,
    fact,
    failed,
    passed,
    skipped,
    unknown,
)
from readycheck_checks.vpn.way import Way, assigned_tunnels, way_to


class TunnelOptions(Options, frozen=True, kw_only=True):
    """Where the company network is, and how people connect to it."""

    inside: Annotated[str, Meta(description="A literal address inside the company network")]
    internet: Annotated[str, Meta(description="A literal address outside: tells full from split tunnels")] = (
        "1.1.1.1"
    )
    expect: Annotated[
        Literal["tunnel", "any"],
        Meta(description="any: also good without a tunnel (an office network, IPsec without an interface)"),
    ] = "tunnel"
    tunnel_kinds: Annotated[
        tuple[str, ...], Meta(min_length=1, description="Kinds of interface that count as the tunnel")
    ] = ("tunnel",)
    client: Annotated[str, Meta(description="The VPN program, as people know it")] = ""
    steps: Annotated[tuple[str, ...], Meta(description="How to connect, one short step each")] = ()

    def __post_init__(self) -> None:
        for address in (self.inside, self.internet):
            ipaddress.ip_address(address)


async def run(options: TunnelOptions, ctx: Context) -> Says:
    """Compare the way inside with the way out; no packet is sent."""
    interfaces = await ctx.system.interfaces()
    if interfaces is None:
        yield unknown(
            "vpn.tunnel_not_told",
            "Whether the VPN is connected could not be told: the system does not list its network interfaces",
        )
        return
    inside = way_to(ctx.net, interfaces, options.inside)
    outside = way_to(ctx.net, interfaces, options.internet)
    for seen in _facts(options, inside, outside):
        yield seen
    yield judge_tunnel(options, inside, outside, assigned_tunnels(interfaces, options.tunnel_kinds))


def judge_tunnel(options: TunnelOptions, inside: Way, outside: Way, tunnels: Sequence[str] = ()) -> Finding:
    """Connected, not connected, not wanted, or not to be told. ``tunnels``: names of those that are on."""
    match inside.is_tunnel(options.tunnel_kinds):
        case True:
            name = inside.interface.name if inside.interface else ""
            return passed(
                "vpn.connected",
                f"The VPN is connected: company traffic goes through {name} ({_extent(options, outside)})",
            )
        case False if options.expect == "any":
            return skipped("vpn.no_tunnel", "No VPN tunnel is in use, and the profile asks for none")
        case False if tunnels and inside.interface is not None:
            return _leads_past(options, inside.interface, tunnels)
        case False:
            return _not_connected(options, inside)
        case _:
            return unknown(
                "vpn.tunnel_not_told",
                "Whether the VPN is connected could not be told: "
                "the way to the company network leads through an interface that the system does not list",
            )


def _not_connected(options: TunnelOptions, inside: Way) -> Finding:
    through = (
        f"company traffic would leave through {inside.interface.name}"
        if inside.interface
        else "no way leads there"
    )
    return failed(
        "vpn.not_connected",
        f"The company network is out of reach: the VPN is not connected, {through}",
        remedy=how_to_connect(options.client, options.steps),
        owner=Owner.DEVICE,
        confidence=Confidence.HIGH,
    )


def _leads_past(options: TunnelOptions, used: Interface, tunnels: Sequence[str]) -> Finding:
    """A VPN whose routes are short, or another VPN than the company's: the routing table shows both alike."""
    return failed(
        "vpn.route_missing",
        f"The company network is out of reach: a VPN is connected ({', '.join(tunnels)}), but company traffic "
        f"would leave past it, through {used.name}",
        remedy=f"Disconnect all VPNs, then connect {options.client or 'the VPN of your company'}. If it stays like this, "
        f"tell IT support that the VPN has no route to {options.inside}.",
        confidence=Confidence.HIGH,
        either=(Owner.COMPANY, Owner.DEVICE),
    )


def how_to_connect(client: str, steps: tuple[str, ...]) -> str:
    """The profile's own steps, numbered; else one sentence."""
    if steps:
        return "\n".join(f"{number}. {step}" for number, step in enumerate(steps, start=1))
    return f"Open {client or 'your VPN program'}, connect, and check again."


def _extent(options: TunnelOptions, outside: Way) -> str:
    match outside.is_tunnel(options.tunnel_kinds):
        case True:
            return "all traffic does: full tunnel"
        case False:
            return "other traffic does not: split tunnel"
        case _:
            return "other traffic could not be told"


def _facts(options: TunnelOptions, inside: Way, outside: Way) -> Iterator[Fact]:
    if inside.interface is not None and inside.is_tunnel(options.tunnel_kinds):
        yield fact("vpn_tunnel_kind", "Tunnel carries", _extent(options, outside), Privacy.PUBLIC)
        yield fact("vpn_tunnel_interface", "Tunnel interface", inside.interface.name)
        yield fact("vpn_tunnel_mtu", "Tunnel MTU (bytes)", inside.interface.mtu, Privacy.PUBLIC)


check = Check(
    id="vpn_tunnel",
    title="VPN connection",
    capability=Capability.VPN,
    summary="Is the VPN connected: would traffic to the company network go through a tunnel?",
    run=run,
    options=TunnelOptions,
    timeout=5.0,
    after=("vpn_gateway",),
    local=True,
    on_demand=True,
    cost=Cost(bytes=0, seconds=0.5),
)
