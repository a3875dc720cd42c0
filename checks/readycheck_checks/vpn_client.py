"""vpn_client: what does the VPN program on this computer say of itself? Runs its own command for that; sends and changes nothing.

Which programs there are, where they lie and what their words mean is dated data (programs/vpn_clients.toml of the shipped
profiles); the profile names those that its people have.
"""

import asyncio
import ipaddress
from collections.abc import Iterator
from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Fact,
    Interface,
    Options,
    Privacy,
    Progress,
    Says,
    fact,
)
from readycheck_checks.asking.routes import assigned_tunnels, way_to
from readycheck_checks.vpn.clients.asking import Seen, look
from readycheck_checks.vpn.clients.codes import CODES
from readycheck_checks.vpn.clients.shipped import products
from readycheck_checks.vpn.clients.verdict import WORDS, Expect, judge_clients

AGAIN_S: Final = 2.0
TUNNELS: Final = ("tunnel", "unknown")
LOOKS: Final = 3  # a program that is connecting is looked at so often


class ClientOptions(Options, frozen=True, kw_only=True):
    """Which programs people have, and what is expected of them."""

    use: Annotated[
        tuple[str, ...],
        Meta(
            min_length=1,
            max_length=6,
            description="Names of VPN programs, as in docs/vpn.md: one that is connected is enough",
            examples=[["cisco"]],
        ),
    ]
    expect: Annotated[
        Expect,
        Meta(
            description="What people need: it is connected; it is installed; any: its state is told, and never judged"
        ),
    ] = "connected"
    inside: Annotated[
        str,
        Meta(
            description="A literal inside address, as in vpn_tunnel: without it a program counts as connected also where that is "
            "to another VPN than yours"
        ),
    ] = ""
    addresses: Annotated[
        tuple[str, ...],
        Meta(
            max_length=8,
            description="Networks of which the VPN gives this computer an address, as in vpn_tunnel",
        ),
    ] = ()

    def __post_init__(self) -> None:
        if self.inside:
            ipaddress.ip_address(self.inside)
        for network in self.addresses:
            ipaddress.ip_network(network)
        for name in self.use:
            if name not in products():
                raise ValueError(f'use: "{name}" is not known (known: {", ".join(sorted(products()))})')


async def run(options: ClientOptions, ctx: Context) -> Says:
    """Ask all at once; one that is connecting gets a few seconds to get there."""
    yield Progress(text="Asking the VPN program")
    for remaining in reversed(range(LOOKS)):
        interfaces = await ctx.system.interfaces() or ()
        seen = await _look(options, ctx, interfaces)
        states = {one.state for one in seen}
        if not remaining or "connected" in states or "connecting" not in states:
            break
        await ctx.clock.sleep(AGAIN_S)
    for each in _facts(seen):
        yield each
    tunnels = assigned_tunnels(interfaces, TUNNELS)
    yield judge_clients(seen, options.expect, tunnels, _through(options, ctx, interfaces))


def _through(options: ClientOptions, ctx: Context, interfaces: tuple[Interface, ...]) -> bool | None:
    if not options.inside:
        return None
    return way_to(ctx.net, interfaces, options.inside).is_tunnel(TUNNELS, options.addresses)


async def _look(options: ClientOptions, ctx: Context, interfaces: tuple[Interface, ...]) -> list[Seen]:
    system = (await ctx.system.host()).system
    looks = (look(products()[name], ctx, system, interfaces) for name in options.use)
    return list(await asyncio.gather(*looks))


def _facts(seen: list[Seen]) -> Iterator[Fact]:
    for number, one in enumerate(seen, start=1):
        state = WORDS[one.state] if one.installed else "not found"
        through = f", {one.interface}" if one.interface else ""
        yield fact(f"vpn_client_{number}", "VPN program", f"{one.title}: {state}{through}", Privacy.ORG)


check = Check(
    id="vpn_client",
    title="VPN program",
    capability=Capability.VPN,
    summary="What the VPN program on this computer says: connected, connecting, waiting for you, off",
    run=run,
    options=ClientOptions,
    timeout=40.0,
    after=("vpn_gateway",),
    local=True,
    essential=False,
    on_demand=True,
    cost=Cost(bytes=0, seconds=4.0),
    codes=CODES,
)
