"""What address translation does to calls, as facts of a report: its kind, whom it lets in, whether there is a second one.

Blames nobody: calls get through every kind of it, some of them over a relay. Asks servers that have answered a moment ago.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from readycheck.api import Context, Fact, HopKind, NetError, NotTold, Privacy, fact
from readycheck.measure.nat.asking import Address
from readycheck.measure.nat.behaviour import (
    MOST_BYTES,
    Behaviour,
    Filtering,
    Kind,
    Mapping,
    behaviour,
    compared,
)
from readycheck.measure.nat.double import Second, is_private, second_translation
from readycheck.measure.nat.mapping import nat
from readycheck.measure.packets import stun
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import endpoint
from readycheck_checks.calls.probes import StunReply

SERVERS: Final = 4
NAMES_S: Final = 0.5  # the names were known a moment ago
HOPS: Final = 3
HOP_WAIT_S: Final = 0.7
BYTES: Final = MOST_BYTES + SERVERS * 500 + HOPS * 200


async def translation(replies: Sequence[StunReply], ctx: Context) -> list[Fact]:
    """What a NAT does to one socket, as the servers that answered see it; nothing where they cannot tell. IPv4 first, also where
    they answered over IPv6: that is where addresses are translated.
    """
    binding = [reply for reply in replies if reply.is_binding][:SERVERS]
    for version in (4, 6):
        servers = [place for reply in binding if (place := await _place(reply, version, ctx)) is not None]
        source = ctx.net.source_address(servers[0][0]) if servers else None
        if source is None:
            continue
        found, second = await asyncio.gather(
            attempt(_behaviour(servers, source)), second_nat(servers[0], source, ctx)
        )
        if isinstance(found, Behaviour):
            ctx.meter.add(found.bytes)
            return _told(found, second, version)
    return []


async def _place(reply: StunReply, version: int, ctx: Context) -> Address | None:
    """Where this server is in this IP version."""
    addresses: tuple[str, ...] | NetError = (reply.address,)
    if _version(reply.address) != version:
        addresses = await attempt(ctx.net.resolve(endpoint(reply.target).host, timeout_s=NAMES_S))
    known = () if isinstance(addresses, NetError) else addresses
    return next(((address, reply.port) for address in known if _version(address) == version), None)


async def _behaviour(servers: Sequence[Address], source: str) -> Behaviour | None:
    """By a server with a second address; else by two servers, who show the mapping only; None: by nobody. Raises NetError."""
    seen = await nat(servers, source=source)
    plain = compared(seen) if len(seen.seen) > 1 else None
    if not seen.offering:
        return plain
    found = await behaviour(seen.offering[0], source=source)
    best = found if found.mapping is not Mapping.UNKNOWN or plain is None else plain
    return replace(best, bytes=seen.bytes + found.bytes)


async def second_nat(server: Address, source: str, ctx: Context) -> Second:
    """From the routers that answer for the first hops to a server."""
    if not is_private(source):
        return Second.UNKNOWN
    binding = stun.binding_request(stun.new_transaction_id())
    try:
        hops = await asyncio.gather(
            *(
                ctx.net.hop(
                    *server,
                    protocol="udp",
                    ttl=ttl,
                    payload=binding,
                    timeout_s=HOP_WAIT_S,
                )
                for ttl in range(1, HOPS + 1)
            )
        )
    except (NotTold, NetError):
        return Second.UNKNOWN
    return second_translation([h.address if h.kind is HopKind.EXPIRED else "" for h in hops], source)


def _told(found: Behaviour, second: Second, version: int) -> list[Fact]:
    title = "Address translation" if version == 4 else "Address translation of IPv6"
    facts = [fact("nat_mapping", title, found.mapping, Privacy.PUBLIC)]
    if found.filtering is not Filtering.UNKNOWN or found.kind is Kind.SYMMETRIC:
        facts.append(fact("nat_kind", "Kind of address translation", found.kind, Privacy.PUBLIC))
    if found.filtering is not Filtering.UNKNOWN:
        facts.append(fact("nat_filtering", "Lets in packets from", found.filtering, Privacy.PUBLIC))
    if second is not Second.UNKNOWN:
        facts.append(fact("nat_second", "Translated a second time", second, Privacy.PUBLIC))
    if found.mapped is not None:
        facts.append(
            fact("mapped_address", "Address that media servers see", found.mapped[0], Privacy.ADDRESS)
        )
    return facts


def _version(address: str) -> int:
    return 6 if ":" in address else 4
