"""Asks name servers one by one, by literal address, for a name that exists: UDP, two tries. An answer that was cut counts where
TCP, over which programs ask for the whole one, is taken. Judges nothing.

For use after a failure only: the name servers that are set, the router, and a few others as a second opinion, all at the same
moment, so that the silence of one can be weighed against the answers of the others.
"""

import asyncio
import ipaddress
from collections.abc import Sequence
from typing import Final

from readycheck.api import Closed, Context, Interface, NetError, NoRoute, NotAllowed, NotTold, Refused
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import Endpoint, endpoint
from readycheck_checks.asking.routes import assigned_tunnels, way_to
from readycheck_checks.blame.ending import is_local
from readycheck_checks.names.around import Around, Asked, Place, Reply

WAITS_S: Final = (1.0, 1.3)
PORT: Final = 53
CUT_S: Final = 2.0
MOST_SET: Final = 3  # more are never asked: resolv.conf(5)
BYTES: Final = 2_500
IP = ipaddress.IPv4Address | ipaddress.IPv6Address


async def ask_around(
    ctx: Context, name: str, servers: Sequence[str] | None, second_opinion: Sequence[str]
) -> Around:
    """``servers``: set on this computer. Where the profile names a name server, that one counts in their place."""
    gateway = "" if ctx.resolver else await gateway_address(ctx)
    set_ = [Endpoint(ip, PORT) for ip in servers or () if is_literal(ip)]
    own = [endpoint(ctx.resolver)] if ctx.resolver else set_[:MOST_SET]
    known = {(number(where.host), where.port) for where in own}
    router = [Endpoint(gateway, PORT)] if gateway and (number(gateway), PORT) not in known else []
    others = [at for at in map(endpoint, second_opinion) if (number(at.host), at.port) not in known]
    interfaces = await ctx.system.interfaces() or ()

    async def ask(where: Endpoint) -> Asked:
        return await _ask(ctx, where, name, place_of(ctx, interfaces, gateway, where.host))

    asked = await asyncio.gather(*map(ask, (*own, *router, *others)))
    told = bool(ctx.resolver) or servers is not None
    return Around(
        name=name,
        own=tuple(asked[: len(own)]) if told else None,
        router=asked[len(own)] if router else None,
        opinions=tuple(asked[len(own) + len(router) :]),
        by_profile=bool(ctx.resolver),
        vpn=bool(assigned_tunnels(interfaces)),
    )


async def places_of(ctx: Context, servers: Sequence[str] | None) -> frozenset[Place]:
    """Where the name servers stand that lookups ask; empty where this computer does not tell them."""
    asked = [endpoint(ctx.resolver).host] if ctx.resolver else list(servers or ())[:MOST_SET]
    gateway = "" if ctx.resolver else await gateway_address(ctx)
    interfaces = await ctx.system.interfaces() or ()
    return frozenset(place_of(ctx, interfaces, gateway, each) for each in asked if is_literal(each))


async def gateway_address(ctx: Context) -> str:
    """Of the default route; with its interface where it is an address of the link only (RFC 4007)."""
    try:
        route = await ctx.system.default_route()
    except NotTold:
        return ""
    if route is None or not is_literal(route.gateway):
        return ""
    of_link = number(route.gateway).is_link_local and "%" not in route.gateway
    return f"{route.gateway}%{route.interface}" if of_link else route.gateway


def place_of(ctx: Context, interfaces: Sequence[Interface], gateway: str, address: str) -> Place:
    ip = number(address)
    if ip.is_loopback:
        return Place.HERE
    if way_to(ctx.net, interfaces, address).is_tunnel(("tunnel",)):
        return Place.TUNNEL
    if (gateway and ip == number(gateway)) or (ip.version == 6 and ip.is_link_local):
        return Place.ROUTER
    source = ctx.net.source_address(address) or "0.0.0.0"
    return Place.NEAR if is_local(address, source, of_link=True) else Place.FAR


def number(address: str) -> IP:
    """The address without its scope. Raises ValueError."""
    return ipaddress.ip_address(address.partition("%")[0])


def is_literal(text: str) -> bool:
    try:
        number(text)
    except ValueError:
        return False
    return True


async def _ask(ctx: Context, where: Endpoint, name: str, place: Place) -> Asked:
    from readycheck_checks.names.message import Question

    try:
        question = Question(name)
    except ValueError:  # nobody can know what is no name
        return Asked(server=where.host, place=place, reply=Reply.UNKNOWN_NAME)
    answer = await attempt(
        ctx.net.udp(where.host, where.port, question.packet, accept=question.accepts, waits_s=WAITS_S)
    )
    if isinstance(answer, NetError):
        return Asked(server=where.host, place=place, reply=_silence(answer))
    reply, addresses = question.read(answer.data)
    if reply is Reply.ANSWERED and not addresses and not await _takes_tcp(ctx, where):
        reply = Reply.CUT
    return Asked(server=where.host, place=place, reply=reply, addresses=addresses)


async def _takes_tcp(ctx: Context, where: Endpoint) -> bool:
    return not isinstance(await attempt(ctx.net.tcp(where.host, where.port, timeout_s=CUT_S)), NetError)


def _silence(problem: NetError) -> Reply:
    """Windows tells of a closed port as of a connection that was reset."""
    if isinstance(problem, Refused | Closed):
        return Reply.CLOSED
    if isinstance(problem, NotAllowed):
        return Reply.NOT_ALLOWED
    return Reply.NO_ROUTE if isinstance(problem, NoRoute) else Reply.SILENT
