"""Asks inside names, servers and name servers, each by itself, and what becomes of large packets. Judges nothing."""

import asyncio
import ipaddress
from collections.abc import Sequence
from typing import Final

from readycheck.api import Context, Interface, NetError, NotTold, Silent, TlsAnswer, TlsFailed
from readycheck_checks.attempts import at_once, attempt
from readycheck_checks.ending import PRIVATE
from readycheck_checks.endpoints import Endpoint, endpoint
from readycheck_checks.names import around
from readycheck_checks.replies import Reply, reply_of
from readycheck_checks.vpn.inside_names import OwnServers
from readycheck_checks.vpn.inside_verdict import Asked, Large
from readycheck_checks.vpn.way import way_to

SMALL_SEGMENT_BYTES: Final = 536  # every IPv4 host takes such segments (RFC 9293, 3.7.1)
LARGE_S: Final = 3.5
NAME_WAITS_S: Final = (1.0, 1.3)
MOST_NAMES: Final = 4
ASKED_NAME: Final = "."  # the root: a name that tells nobody anything
LADDER_WAITS_S: Final = (0.8, 1.0)
LADDER_BYTES: Final = 40_000  # all sizes, twice
MOST_LARGE: Final = 4


async def look_up(name: str, ctx: Context) -> Asked:
    """By the name servers of this computer, as every program does."""
    found = await attempt(ctx.net.resolve(name))
    return Asked(host=name, reply=reply_of(found) if isinstance(found, NetError) else Reply.ANSWERED)


async def connect(
    where: Endpoint,
    ctx: Context,
    interfaces: Sequence[Interface],
    kinds: Sequence[str],
    networks: Sequence[str] = (),
) -> Asked:
    """Of a server that does not answer, whether its private address lies past the tunnel (``kinds``, ``networks``: as in Way)."""
    try:
        answer = await ctx.net.tcp(where.host, where.port)
    except NetError as trouble:
        reply = reply_of(trouble)
        past = reply in (Reply.SILENT, Reply.NO_ROUTE) and await _past(
            where, ctx, interfaces, kinds, networks
        )
        return Asked(host=where.host, port=where.port, reply=reply, past=past)
    return Asked(host=where.host, port=where.port, reply=Reply.ANSWERED, rtt_ms=answer.rtt_ms)


async def _past(
    where: Endpoint,
    ctx: Context,
    interfaces: Sequence[Interface],
    kinds: Sequence[str],
    networks: Sequence[str],
) -> bool:
    """True where every address of it is private, and the way to none of them leads through a tunnel."""
    found = await attempt(ctx.net.resolve(where.host))
    addresses = () if isinstance(found, NetError) else found
    ways = [way_to(ctx.net, interfaces, ip).is_tunnel(kinds, networks) for ip in addresses if _is_private(ip)]
    return bool(addresses) and len(ways) == len(addresses) and all(way is False for way in ways)


def _is_far(address: str) -> bool:
    """Not this computer itself, which asks others, not told whom."""
    try:
        return not ipaddress.ip_address(address.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _is_private(address: str) -> bool:
    try:
        ip = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return any(ip.version == network.version and ip in network for network in PRIVATE)


async def own_servers(
    ctx: Context,
    names: Sequence[str],
    servers: Sequence[str],
    interfaces: Sequence[Interface] = (),
    kinds: Sequence[str] = (),
    networks: Sequence[str] = (),
) -> OwnServers:
    """Each of the company's name servers is asked for each of these names, all at the same moment; which way leads to those that
    are set on this computer."""
    asked = [(name, endpoint(text)) for name in names[:MOST_NAMES] for text in servers]
    replies = await asyncio.gather(*(_ask(ctx, name, where) for name, where in asked))
    told = zip((name for name, _ in asked), replies, strict=True)
    set_here = await ctx.system.dns_servers()
    ways = [
        way_to(ctx.net, interfaces, ip).is_tunnel(kinds, networks) for ip in set_here or () if _is_far(ip)
    ]
    return OwnServers(replies=tuple(told), set_here=set_here, past=any(way is False for way in ways))


async def known_outside(ctx: Context, names: Sequence[str], servers: Sequence[str]) -> tuple[str, ...]:
    """Which of these names a public name server knows. It learns the names by this: only where the profile asks for it."""
    told = await own_servers(ctx, names, servers)
    return tuple(name for name in names if told.knows(name))


async def _ask(ctx: Context, name: str, where: Endpoint) -> around.Asked:
    from readycheck_checks.names.message import Question  # dnspython is loaded with the first question only

    question = Question(name)
    answer = await attempt(
        ctx.net.udp(where.host, where.port, question.packet, accept=question.accepts, waits_s=NAME_WAITS_S)
    )
    if isinstance(answer, NetError):
        silent = reply_of(answer) in (Reply.SILENT, Reply.GARBLED)
        said = around.Reply.SILENT if silent else around.Reply.CLOSED
        if reply_of(answer) is Reply.NO_ROUTE:
            said = around.Reply.NO_ROUTE
        return around.Asked(server=where.host, place=around.Place.FAR, reply=said)
    reply, addresses = question.read(answer.data)
    return around.Asked(server=where.host, place=around.Place.FAR, reply=reply, addresses=addresses)


async def large_packets(ctx: Context, servers: Sequence[str], controls: Sequence[str]) -> Large:
    """Begins a safe connection with each server, whose certificates come in full packets; one that stays silent is asked twice
    more at the same moment, for full packets and for small ones, beside hosts outside the tunnel."""
    first = await _handshakes(ctx, servers[:MOST_LARGE])
    silent = [server for server, outcome in first.items() if isinstance(outcome, Silent)]
    if not silent:
        return Large()
    full, small, outside = await asyncio.gather(
        _handshakes(ctx, silent), _handshakes(ctx, silent, SMALL_SEGMENT_BYTES), _handshakes(ctx, controls)
    )
    lost = tuple(s for s in silent if isinstance(full[s], Silent) and _spoke(small[s]))
    hangs = tuple(s for s in silent if isinstance(full[s], Silent) and isinstance(small[s], Silent))
    return Large(lost=lost, hangs=hangs, outside=any(map(_spoke, outside.values())) if outside else None)


async def largest_packet(ctx: Context, where: Endpoint, mtu: int) -> int:
    """The largest of the usual sizes, up to ``mtu``, in which this name server was asked and answered; 0: none, or not told.

    It may keep silent for large questions by itself: what it answers gets through, what it does not proves nothing.
    """
    from readycheck_checks.path.mtu_ladder import SIZES, dns_probe, ladder

    sizes = sorted({size for size in (*SIZES, mtu) if size <= mtu <= max(SIZES) or size <= max(SIZES) <= mtu})
    try:
        found = await ladder(
            ctx.net, where.host, where.port, sizes, probe=dns_probe(ASKED_NAME), waits_s=LADDER_WAITS_S
        )
    except NotTold:
        return 0
    return found.passes


async def _handshakes(
    ctx: Context, servers: Sequence[str], segment_bytes: int = 0
) -> dict[str, TlsAnswer | NetError]:
    wheres = {server: endpoint(server) for server in servers}
    return await at_once(
        {
            server: ctx.net.tls(where.host, where.port, timeout_s=LARGE_S, segment_bytes=segment_bytes)
            for server, where in wheres.items()
        }
    )


def _spoke(outcome: TlsAnswer | NetError) -> bool:
    """A certificate that is not trusted came all the same."""
    return isinstance(outcome, TlsAnswer | TlsFailed)
