"""Does the home router answer? A refusal is an answer, the neighbour table can prove presence or absence; silence proves nothing.

Sends TCP connection attempts to the default gateways only: raw sockets, and so ping, would need root. IPv4 and IPv6 have each its
own; the silence of one says nothing of the other.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Code,
    Confidence,
    Context,
    Cost,
    Finding,
    NetError,
    NotTold,
    Options,
    Owner,
    Refused,
    Route,
    Says,
    Status,
    TcpAnswer,
    failed,
    measured,
    passed,
    skipped,
    unknown,
    warned,
)
from readycheck_checks.asking.attempts import at_once
from readycheck_checks.asking.endpoints import hosts_in
from readycheck_checks.asking.routes import is_assigned, way_to

Port = Annotated[int, Meta(ge=1, le=65_535)]
Outcome = TcpAnswer | NetError

ANSWERS: Final = Code(
    "connection.gateway_answers", "The router answers, or is there on the network", (Status.PASS,)
)
SILENT: Final = Code(
    "connection.gateway_silent",
    "Nobody answers for the address of the router on this network; a warning where another way out is left",
    (Status.FAIL, Status.WARN),
    (Owner.HOME, Owner.DEVICE),
    "Restart the router: unplug it for ten seconds, then wait two minutes. "
    "With Wi-Fi, move closer to it and join the network again",
)
NOT_PROVED: Final = Code(
    "connection.gateway_not_proved",
    "The router keeps silent, as many do, which proves nothing",
    (Status.UNKNOWN,),
)
NOT_TOLD: Final = Code(
    "connection.gateway_not_told", "This computer does not tell which router it uses", (Status.UNKNOWN,)
)
BEHIND_VPN: Final = Code(
    "connection.gateway_behind_vpn",
    "The way out leads, or may lead, into a VPN, whose far end is no router of this network",
    (Status.SKIP,),
)
NO_ROUTER: Final = Code(
    "connection.no_gateway", "This connection has no router of its own to ask", (Status.SKIP,)
)


class GatewayOptions(Options, frozen=True, kw_only=True):
    host: Annotated[str, Meta(description="Address to ask instead of the default gateway")] = ""
    ports: Annotated[
        tuple[Port, ...],
        Meta(min_length=1, max_length=8, description="TCP ports that routers often have open"),
    ] = (53, 80, 443)
    # Linux gives up an address request after three seconds (arp(7)): only then the neighbour table tells
    wait_s: Annotated[float, Meta(gt=0, le=6, description="How long to wait for an answer, in seconds")] = 3.5


@dataclass(frozen=True, kw_only=True)
class Router:
    """A default gateway, and what came of it by port; ``there``: what the neighbour table says, asked only where no port
    answered."""

    address: str
    outcomes: Mapping[str, Outcome]
    there: bool | None = None

    @property
    def answered(self) -> bool:
        """What ends the attempt in another way (an address that cannot be used) is no answer."""
        return any(isinstance(outcome, TcpAnswer | Refused) for outcome in self.outcomes.values())

    @property
    def present(self) -> bool:
        return self.answered or self.there is True

    @property
    def absent(self) -> bool:
        return not self.answered and self.there is False

    @property
    def version(self) -> str:
        return "IPv6" if ":" in self.address else "IPv4"


async def run(options: GatewayOptions, ctx: Context) -> Says:
    try:
        routes = () if options.host else await ctx.system.default_routes()
    except NotTold as silence:
        yield unknown(NOT_TOLD, NOT_TOLD.meaning, detail=str(silence))
        return
    own = [route for route in routes if route.gateway and not await _may_be_behind_vpn(ctx, route)]
    hosts = [options.host] if options.host else [_reachable(route) for route in own]
    if not hosts and not any(route.gateway for route in routes):
        yield skipped(NO_ROUTER, NO_ROUTER.meaning)
        return
    if not hosts:
        yield skipped(
            BEHIND_VPN,
            "The router of this network is not asked: all traffic may go to the far end of a VPN instead",
        )
        return
    routers = await asyncio.gather(*(_asked(options, ctx, host) for host in hosts))
    answers = [
        came.rtt_ms for each in routers for came in each.outcomes.values() if isinstance(came, TcpAnswer)
    ]
    if answers:
        yield measured("gateway_rtt", "Time to the router and back", round(min(answers), 2), "ms")
    yield verdict(routers, others=len(routes) > len(own))


async def _asked(options: GatewayOptions, ctx: Context, host: str) -> Router:
    outcomes = await at_once(
        {str(port): ctx.net.tcp(host, port, timeout_s=options.wait_s) for port in options.ports}
    )
    router = Router(address=host, outcomes=outcomes)
    return router if router.answered else replace(router, there=await ctx.system.neighbour(host))


def _reachable(route: Route) -> str:
    """An address of the link alone leads nowhere without its interface (RFC 4007), which not every system tells with it."""
    of_link = ":" in route.gateway and "%" not in route.gateway and not is_assigned(route.gateway)
    return f"{route.gateway}%{route.interface}" if of_link else route.gateway


async def _may_be_behind_vpn(ctx: Context, route: Route) -> bool:
    """A next hop in a tunnel is the VPN's far end, and none of this network. By the interface of the route; where its kind is not
    told, by the way to the next hop."""
    interfaces = await ctx.system.interfaces()
    if interfaces is None:
        return False
    used = next((each for each in interfaces if each.name == route.interface), None)
    if used is not None and used.kind != "unknown":
        return used.kind == "tunnel"
    return way_to(ctx.net, interfaces, route.gateway).is_tunnel(("tunnel",)) is not False


def verdict(routers: Sequence[Router], *, others: bool = False) -> Finding:
    """``others``: there are default routes beside those of these routers."""
    absent = [each for each in routers if each.absent]
    present = [each for each in routers if each.present]
    tried = f"no answer on TCP {', '.join(routers[0].outcomes)}"
    if absent and len(absent) == len(routers) and not others:
        return failed(
            SILENT,
            "The router does not answer on this network, so nothing leads out",
            confidence=Confidence.HIGH,
            detail=f"{tried}; nobody answers for its address on the link",
            either=SILENT.owners,  # a router that is off, or an address in the settings that nobody has
        )
    if absent:
        return _one_is_absent(absent[0], present, tried)
    if any(each.answered for each in present):
        return passed(ANSWERS, "The router answers")
    if present:
        return passed(ANSWERS, "The router is there", detail=f"{tried}; it answers on the link")
    return unknown(
        NOT_PROVED,
        "The router keeps silent, as many do: this proves nothing",
        detail=tried,
    )


def _one_is_absent(absent: Router, present: Sequence[Router], tried: str) -> Finding:
    beside = "another way leads out, of which this says nothing"
    if present:
        beside = f"it answers over {present[0].version}"
    return warned(
        SILENT,
        f"Nobody answers for the {absent.version} address of the router; {beside}",
        detail=f"{tried}; nobody answers for its address on the link",
        either=SILENT.owners,
    )


check = Check(
    id="gateway",
    title="Router",
    capability=Capability.CONNECTION,
    summary="Whether the router of this network answers",
    run=run,
    options=GatewayOptions,
    weight=0.5,
    timeout=25.0,
    after=("interface",),
    essential=False,
    cost=Cost(bytes=2_000, seconds=4.0, hosts="the router of this network"),
    hosts_of=lambda options: hosts_in(options.host),
    codes=(ANSWERS, SILENT, NOT_PROVED, NOT_TOLD, BEHIND_VPN, NO_ROUTER),
)
