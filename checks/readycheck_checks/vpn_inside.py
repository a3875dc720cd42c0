"""vpn_inside: do inside names and servers answer through the VPN? Asks them and nothing else; signs in nowhere."""

import asyncio
import ipaddress
from collections.abc import Iterator
from typing import Annotated

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Context,
    Cost,
    Measurement,
    NetError,
    Options,
    Progress,
    Says,
    measured,
)
from readycheck_checks import controls
from readycheck_checks.attempts import HostPort
from readycheck_checks.endpoints import Endpoint, endpoint, hosts_in
from readycheck_checks.replies import Reply, reply_of
from readycheck_checks.vpn.inside_verdict import Asked, Inside, judge_inside
from readycheck_checks.vpn.way import way_to


class InsideOptions(Options, frozen=True, kw_only=True):
    """What must answer once the VPN is connected."""

    names: Annotated[
        tuple[str, ...], Meta(description="Names that only the company's name servers know")
    ] = ()
    servers: Annotated[tuple[HostPort, ...], Meta(description="Inside servers (host:port)")] = ()
    inside: Annotated[
        str, Meta(description="A literal inside address, as in vpn_tunnel: tells the VPN is up")
    ] = ""
    tunnel_kinds: Annotated[
        tuple[str, ...], Meta(min_length=1, description="Kinds of interface that count as the tunnel")
    ] = ("tunnel",)
    tcp_controls: Annotated[
        tuple[HostPort, ...],
        Meta(
            description="Hosts (host:port) outside the tunnel, best the VPN gateway, asked at the same moment"
        ),
    ] = ()

    def __post_init__(self) -> None:
        if not self.names and not self.servers:
            raise ValueError("give `names` or `servers`, or leave this check out")
        for text in (*self.servers, *self.tcp_controls):
            endpoint(text)
        if self.inside:
            ipaddress.ip_address(self.inside)


async def run(options: InsideOptions, ctx: Context) -> Says:
    """Look up the names, connect to the servers and the controls, all at once; then judge."""
    yield Progress(text="Asking servers inside the company network")
    tunnel, names, servers, line = await asyncio.gather(
        _tunnel(options, ctx),
        asyncio.gather(*(_name(name, ctx) for name in options.names)),
        asyncio.gather(*(_server(endpoint(text), ctx) for text in options.servers)),
        controls.ask(ctx.net, tcp=options.tcp_controls),
    )
    for measurement in _round_trips(servers):
        yield measurement
    for finding in judge_inside(
        Inside(tunnel=tunnel, names=tuple(names), servers=tuple(servers), controls=line)
    ):
        yield finding


async def _tunnel(options: InsideOptions, ctx: Context) -> bool | None:
    interfaces = await ctx.system.interfaces()
    if not options.inside or interfaces is None:
        return None
    return way_to(ctx.net, interfaces, options.inside).is_tunnel(options.tunnel_kinds)


async def _name(name: str, ctx: Context) -> Asked:
    try:
        await ctx.net.resolve(name)
    except NetError as trouble:
        return Asked(host=name, reply=reply_of(trouble))
    return Asked(host=name, reply=Reply.ANSWERED)


async def _server(where: Endpoint, ctx: Context) -> Asked:
    try:
        answer = await ctx.net.tcp(where.host, where.port)
    except NetError as trouble:
        return Asked(host=where.host, port=where.port, reply=reply_of(trouble))
    return Asked(host=where.host, port=where.port, reply=Reply.ANSWERED, rtt_ms=answer.rtt_ms)


def _round_trips(servers: list[Asked]) -> Iterator[Measurement]:
    for number, server in enumerate(servers, start=1):
        if server.rtt_ms is not None:
            title = f"Round trip to {server} inside"
            yield measured(f"vpn_inside_rtt_{number}", title, server.rtt_ms, "ms")


check = Check(
    id="vpn_inside",
    title="Company network",
    capability=Capability.VPN,
    summary="Do inside names and servers answer through the VPN?",
    run=run,
    options=InsideOptions,
    timeout=10.0,
    after=("vpn_tunnel",),
    on_demand=True,
    cost=Cost(bytes=10_000, seconds=4.0, hosts="inside servers of the profile"),
    hosts_of=lambda options: hosts_in(*options.servers, *options.names, *options.tcp_controls),
)
