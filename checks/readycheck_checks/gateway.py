"""Does the home router answer? A refusal is an answer, the neighbour table can prove presence or absence; silence proves nothing.

Sends TCP connection attempts to the default gateway only: raw sockets, and so ping, would need root.
"""

from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import (
    Capability,
    Check,
    Closed,
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
)
from readycheck_checks.asking.attempts import at_once
from readycheck_checks.asking.endpoints import hosts_in
from readycheck_checks.asking.routes import way_to

Port = Annotated[int, Meta(ge=1, le=65_535)]
Outcome = TcpAnswer | NetError

ANSWERS: Final = Code(
    "connection.gateway_answers", "The router answers, or is there on the network", (Status.PASS,)
)
SILENT: Final = Code(
    "connection.gateway_silent",
    "Nobody answers for the address of the router on this network",
    (Status.FAIL,),
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


async def run(options: GatewayOptions, ctx: Context) -> Says:
    try:
        route = None if options.host else await ctx.system.default_route()
    except NotTold as silence:
        yield unknown(NOT_TOLD, NOT_TOLD.meaning, detail=str(silence))
        return
    host = options.host or (route.gateway if route is not None else "")
    if not host:
        yield skipped(NO_ROUTER, NO_ROUTER.meaning)
        return
    if route is not None and await _may_be_behind_vpn(ctx, route):
        yield skipped(
            BEHIND_VPN,
            "The router of this network is not asked: all traffic may go to the far end of a VPN instead",
        )
        return
    outcomes = await at_once(
        {str(port): ctx.net.tcp(host, port, timeout_s=options.wait_s) for port in options.ports}
    )
    answers = [outcome.rtt_ms for outcome in outcomes.values() if isinstance(outcome, TcpAnswer)]
    if answers:
        yield measured("gateway_rtt", "Time to the router and back", round(min(answers), 2), "ms")
    there = None if _answered(outcomes) else await ctx.system.neighbour(host)
    yield verdict(outcomes, there)


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


def _answered(outcomes: dict[str, Outcome]) -> bool:
    return any(isinstance(outcome, TcpAnswer | Refused | Closed) for outcome in outcomes.values())


def verdict(outcomes: dict[str, Outcome], there: bool | None) -> Finding:
    """``there``: what the neighbour table says, asked only where no port answered."""
    if _answered(outcomes):
        return passed(ANSWERS, "The router answers")
    tried = f"no answer on TCP {', '.join(outcomes)}"
    if there is True:
        return passed(ANSWERS, "The router is there", detail=f"{tried}; it answers on the link")
    if there is False:
        return failed(
            SILENT,
            "The router does not answer on this network, so nothing leads out",
            confidence=Confidence.HIGH,
            detail=f"{tried}; nobody answers for its address on the link",
            either=SILENT.owners,  # a router that is off, or an address in the settings that nobody has
        )
    return unknown(
        NOT_PROVED,
        "The router keeps silent, as many do: this proves nothing",
        detail=tried,
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
    cost=Cost(bytes=1_000, seconds=4.0, hosts="the router of this network"),
    hosts_of=lambda options: hosts_in(options.host),
    codes=(ANSWERS, SILENT, NOT_PROVED, NOT_TOLD, BEHIND_VPN, NO_ROUTER),
)
