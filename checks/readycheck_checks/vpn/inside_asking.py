"""Asks inside names, servers and name servers, each by itself, and what becomes of large packets. Judges nothing."""

import asyncio
import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from readycheck.api import Context, Hop, HopKind, Interface, NetError, NotTold, Silent, TlsAnswer, TlsFailed
from readycheck_checks.asking.attempts import at_once, attempt
from readycheck_checks.asking.endpoints import Endpoint, endpoint
from readycheck_checks.asking.replies import Reply, reply_of
from readycheck_checks.asking.routes import stays_at_home, way_to
from readycheck_checks.blame.ending import PRIVATE
from readycheck_checks.names import around
from readycheck_checks.vpn.inside_names import OwnServers
from readycheck_checks.vpn.inside_seen import Asked, Large

SMALL_SEGMENT_BYTES: Final = 536  # every IPv4 host takes such segments (RFC 9293, 3.7.1)
LARGE_S: Final = 3.5
NAME_WAITS_S: Final = (1.0, 1.3)
MOST_NAMES: Final = 4
ASKED_NAME: Final = "."  # the root: a name that tells nobody anything
LADDER_WAITS_S: Final = (0.8, 1.0)
LADDER_BYTES: Final = 40_000  # all sizes, twice
MOST_LARGE: Final = 4
NEAREST: Final = 4  # routers that are asked who says that no way leads there
HOP_S: Final = 0.9
DNS_PORT: Final = 53
_UNSENT: Final = {
    Reply.NO_ROUTE: around.Reply.NO_ROUTE,
    Reply.NOT_ALLOWED: around.Reply.NOT_ALLOWED,
}
_SAYS_NO: Final = (HopKind.NO_ROUTE, HopKind.PROHIBITED)


@dataclass(frozen=True, kw_only=True)
class Routing:
    """The ways of this computer: ``kinds``, ``networks`` tell a tunnel, as in Way."""

    interfaces: Sequence[Interface] = ()
    kinds: Sequence[str] = ()
    networks: Sequence[str] = ()

    def through(self, ctx: Context, addresses: Sequence[str]) -> bool | None:
        """Whether the ways to those of these that any leads to lead through a tunnel, or past it; None where that differs or
        is not told."""
        ways = [way_to(ctx.net, self.interfaces, ip) for ip in addresses]
        used = [way for way in ways if way.routed] or ways
        told = {way.is_tunnel(self.kinds, self.networks) for way in used}
        return told.pop() if len(told) == 1 else None

    def past(self, ctx: Context, addresses: Sequence[str]) -> bool:
        """True where every address is private, and the way to none of them leads through a tunnel."""
        return bool(addresses) and all(map(_is_private, addresses)) and self.through(ctx, addresses) is False


async def look_up(name: str, ctx: Context) -> Asked:
    """By the name servers of this computer, as every program does."""
    found = await attempt(ctx.net.resolve(name))
    return Asked(host=name, reply=reply_of(found) if isinstance(found, NetError) else Reply.ANSWERED)


async def connect(where: Endpoint, ctx: Context, routing: Routing) -> Asked:
    """Which way its packets take, whatever it answers: in the network at home anybody may have its address."""
    outcome, found = await asyncio.gather(
        attempt(ctx.net.tcp(where.host, where.port)), attempt(ctx.net.resolve(where.host))
    )
    addresses = () if isinstance(found, NetError) else found
    through, past = routing.through(ctx, addresses), routing.past(ctx, addresses)
    reply = reply_of(outcome) if isinstance(outcome, NetError) else Reply.ANSWERED
    turned_by = await _turned_by(ctx, where, addresses) if reply is Reply.NO_ROUTE and through else ""
    return Asked(
        host=where.host,
        port=where.port,
        reply=reply,
        rtt_ms=None if isinstance(outcome, NetError) else outcome.rtt_ms,
        through=through,
        past=past,
        near=past and await stays_at_home(ctx, *addresses),
        turned_by=turned_by,
    )


async def _turned_by(ctx: Context, where: Endpoint, addresses: Sequence[str]) -> str:
    """The router on the way that says that no way leads there; empty where this computer says so, or it is not told."""
    hops = await _hops(ctx, addresses[0], where.port)
    return next((hop.address for hop in hops if hop.kind in _SAYS_NO and not hop.here), "")


async def _hops(ctx: Context, to: str, port: int) -> list[Hop]:
    """The nearest first; none where it is not told."""
    probes = (
        ctx.net.hop(to, port, protocol="tcp", ttl=ttl, timeout_s=HOP_S) for ttl in range(1, NEAREST + 1)
    )
    try:
        hops = await asyncio.gather(*map(attempt, probes))
    except NotTold:
        return []
    return [hop for hop in hops if not isinstance(hop, NetError)]


async def inside_only(servers: Sequence[str], ctx: Context, routing: Routing) -> tuple[str, ...]:
    """Those of these (host:port) whose way is not known to lead past the tunnel."""
    ways = await _ways(servers, ctx, routing)
    return tuple(server for server, through in ways.items() if through is not False)


async def through_only(servers: Sequence[str], ctx: Context, routing: Routing) -> tuple[str, ...]:
    """Those of these (host:port) whose way is known to lead through the tunnel."""
    ways = await _ways(servers, ctx, routing)
    return tuple(server for server, through in ways.items() if through)


async def _ways(servers: Sequence[str], ctx: Context, routing: Routing) -> dict[str, bool | None]:
    found = await at_once({text: ctx.net.resolve(endpoint(text).host) for text in servers})
    return {
        text: None if isinstance(addresses, NetError) else routing.through(ctx, addresses)
        for text, addresses in found.items()
    }


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
    ctx: Context, names: Sequence[str], servers: Sequence[str], routing: Routing = Routing()
) -> OwnServers:
    """Each of the company's name servers is asked for each of these names, all at the same moment; which way leads to those that
    are set on this computer. One that lies past the tunnel tells nothing of the inside, and is not asked."""
    wheres = [w for w in map(endpoint, servers) if routing.through(ctx, (w.host,)) is not False]
    asked = [(name, where) for name in names[:MOST_NAMES] for where in wheres]
    replies = await asyncio.gather(*(_ask(ctx, name, where) for name, where in asked))
    told = tuple(zip((name for name, _ in asked), replies, strict=True))
    set_here = await ctx.system.dns_servers()
    ways = [_is_far(ip) and routing.through(ctx, (ip,)) for ip in set_here or ()]
    return OwnServers(
        replies=told,
        set_here=set_here,
        behind=bool(ways) and all(ways),
        carried=_carried(ctx, (each for _, each in told), routing),
    )


async def names_carried(ctx: Context, servers: Sequence[str], routing: Routing) -> bool:
    """Whether a name server behind the tunnel says anything at all: one of the company's, or of those set on this computer. It
    is asked directly, because a lookup may be answered from a cache, a file or by a name server outside."""
    set_here = [Endpoint(ip, DNS_PORT) for ip in await ctx.system.dns_servers() or () if _is_far(ip)]
    wheres = dict.fromkeys((*map(endpoint, servers), *set_here))
    behind = [where for where in wheres if routing.through(ctx, (where.host,))]
    replies = await asyncio.gather(*(_ask(ctx, ASKED_NAME, where) for where in behind[:MOST_NAMES]))
    return _carried(ctx, replies, routing)


def _carried(ctx: Context, replies: Iterable[around.Asked], routing: Routing) -> bool:
    """A port where nothing listens says so itself."""
    said = (each for each in replies if each.reply.is_spoken or each.reply is around.Reply.CLOSED)
    return any(routing.through(ctx, (each.server,)) for each in said)


async def met_on_the_way(ctx: Context, address: str, port: int) -> str:
    """Who answers for packets on their way to this address, which leads through the tunnel: a router behind it, or the address
    itself; empty where nobody does, or it is not told."""
    hops = await _hops(ctx, address, port)
    return next((h.address for h in hops if h.address and h.kind is not HopKind.SILENT and not h.here), "")


async def known_outside(ctx: Context, names: Sequence[str], servers: Sequence[str]) -> tuple[str, ...]:
    """Which of these names a public name server knows. It learns the names by this: only where the profile asks for it."""
    told = await own_servers(ctx, names, servers)
    return tuple(name for name in names if told.knows(name))


async def _ask(ctx: Context, name: str, where: Endpoint) -> around.Asked:
    from readycheck_checks.names.message import Question  # dnspython is loaded with the first question only

    try:
        question = Question(name)
    except ValueError:  # nobody can know what is no name
        return around.Asked(server=where.host, place=around.Place.FAR, reply=around.Reply.UNKNOWN_NAME)
    answer = await attempt(
        ctx.net.udp(where.host, where.port, question.packet, accept=question.accepts, waits_s=NAME_WAITS_S)
    )
    if isinstance(answer, NetError):
        silent = reply_of(answer) in (Reply.SILENT, Reply.GARBLED)
        said = around.Reply.SILENT if silent else around.Reply.CLOSED
        said = _UNSENT.get(reply_of(answer), said)
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
