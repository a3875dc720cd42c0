"""quic: does QUIC (HTTP/3, over UDP port 443) get through? Web pages and calls use TCP where it does not, so that is a note.

One packet to each host of the profile, beside a TCP connection to the same host and STUN requests to others at the same moment.
"""

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
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
    Options,
    Owner,
    Says,
    Status,
    TcpAnswer,
    UdpAnswer,
    passed,
    skipped,
    unknown,
    warned,
)
from readycheck_checks.asking import controls
from readycheck_checks.asking.attempts import HostPort, at_once
from readycheck_checks.asking.controls import Controls
from readycheck_checks.asking.endpoints import endpoint, hosts_in
from readycheck_checks.asking.routes import leads_through_tunnel
from readycheck_checks.blame.ending import Ending, Flow
from readycheck_checks.blame.owners import whose
from readycheck_checks.blame.way_out import BYTES as HOPS_BYTES
from readycheck_checks.blame.way_out import seen, where_it_ends
from readycheck_checks.path.quic_packets import ID_BYTES, SIZE, offered_versions, unspoken_initial

WAITS_S = (0.6, 0.9, 1.2)
REMEDY_VPN = "Ask IT support whether the VPN lets UDP port 443 out. Until then, web pages and calls go over TCP by themselves"

PASSES: Final = Code("connection.quic", "QUIC gets through", (Status.PASS,))
HELD_BACK: Final = Code(
    "connection.quic_held_back",
    "QUIC does not get through, and TCP carries web pages and calls in its place",
    (Status.PASS, Status.WARN),
    (Owner.HOME, Owner.ISP, Owner.COMPANY, Owner.DEVICE),
    "Ask whoever runs this network to let UDP port 443 out. Until then, web pages and calls go over TCP by themselves",
)
UNPROVED: Final = Code(
    "connection.quic_unproved", "Whether QUIC gets through could not be proved", (Status.UNKNOWN,)
)
UNASKED: Final = Code("connection.quic_unasked", "The profile names no hosts that speak QUIC", (Status.SKIP,))


class QuicOptions(Options, frozen=True, kw_only=True):
    hosts: Annotated[
        tuple[HostPort, ...],
        Meta(max_length=4, description="Hosts that speak QUIC (HTTP/3), of different operators"),
    ] = ()
    udp_controls: Annotated[
        tuple[HostPort, ...], Meta(max_length=4, description="STUN servers, asked at the same moment")
    ] = ()
    wanted: Annotated[bool, Meta(description="Warn where QUIC does not pass; otherwise it is only told")] = (
        False
    )

    def __post_init__(self) -> None:
        for target in (*self.hosts, *self.udp_controls):
            endpoint(target)


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Answers of one moment, by host:port."""

    quic: Mapping[str, UdpAnswer | NetError] = field(default_factory=dict)
    tcp: Mapping[str, TcpAnswer | NetError] = field(default_factory=dict)
    beside: Controls = field(default_factory=Controls)

    @property
    def passes(self) -> tuple[str, ...]:
        return tuple(host for host, came in self.quic.items() if isinstance(came, UdpAnswer))

    @property
    def held_back(self) -> tuple[str, ...]:
        """Hosts that answer over TCP and not over QUIC, while other UDP is answered."""
        if self.passes or not self.beside.answered("udp"):
            return ()
        return tuple(host for host in self.quic if isinstance(self.tcp.get(host), TcpAnswer))

    @property
    def addresses(self) -> tuple[str, ...]:
        """At which the hosts that are held back answer over TCP."""
        told = (self.tcp[host] for host in self.held_back)
        return tuple(came.address for came in told if isinstance(came, TcpAnswer))

    def __str__(self) -> str:
        quic = [f"{host} (QUIC) {'answered' if host in self.passes else 'was silent'}" for host in self.quic]
        tcp = [
            f"{host} (TCP) {'answered' if isinstance(came, TcpAnswer) else came.says}"
            for host, came in self.tcp.items()
        ]
        return "; ".join((*quic, *tcp, str(self.beside)))


async def run(options: QuicOptions, ctx: Context) -> Says:
    if not options.hosts:
        yield skipped(UNASKED, UNASKED.meaning)
        return
    evidence = await gather(options, ctx)
    ending = Ending()
    tunnelled = await leads_through_tunnel(ctx, *evidence.addresses)
    if options.wanted and len(evidence.held_back) > 1 and not tunnelled:
        where = endpoint(evidence.held_back[0])
        ending = await where_it_ends(
            ctx, Flow("udp", where.host, where.port, _initial()[0]), Flow("tcp", where.host, where.port)
        )
        for each in seen(ending):
            yield each
    yield verdict(evidence, ending, wanted=options.wanted, tunnelled=tunnelled)


async def gather(options: QuicOptions, ctx: Context) -> Evidence:
    """Everybody is asked at the same moment."""
    wheres = {host: endpoint(host) for host in options.hosts}
    quic, tcp, beside = await asyncio.gather(
        at_once({host: _ask(ctx, where.host, where.port) for host, where in wheres.items()}),
        at_once({host: ctx.net.tcp(where.host, where.port) for host, where in wheres.items()}),
        controls.ask(ctx.net, udp=options.udp_controls),
    )
    return Evidence(quic=quic, tcp=tcp, beside=beside)


async def _ask(ctx: Context, host: str, port: int) -> UdpAnswer:
    """Raises NetError."""
    packet, destination, source = _initial()
    return await ctx.net.udp(
        host,
        port,
        packet,
        accept=lambda data: offered_versions(data, destination, source) is not None,
        waits_s=WAITS_S,
    )


def _initial() -> tuple[bytes, bytes, bytes]:
    destination, source = os.urandom(ID_BYTES), os.urandom(ID_BYTES)
    return unspoken_initial(destination, source), destination, source


def verdict(evidence: Evidence, ending: Ending, *, wanted: bool, tunnelled: bool = False) -> Finding:
    """``ending``: where QUIC ends, looked for where it is wanted; ``tunnelled``: the way leads through a VPN, so that neither the
    home nor its provider sees which port a packet is for."""
    if evidence.passes:
        return passed(PASSES, f"QUIC passes ({evidence.passes[0]})", detail=str(evidence))
    if len(evidence.held_back) < 2:
        return unknown(
            UNPROVED,
            "Whether QUIC passes is not known: too few others answered at the same moment",
            detail=str(evidence),
        )
    held_back = "QUIC does not pass here; web pages and calls use TCP in its place"
    if not wanted:
        return passed(HELD_BACK, held_back, detail=str(evidence))
    owner, either = (Owner.UNKNOWN, (Owner.COMPANY, Owner.DEVICE)) if tunnelled else _parties(ending)
    return warned(
        HELD_BACK,
        held_back,
        remedy=REMEDY_VPN if tunnelled else HELD_BACK.remedy,
        owner=owner,
        either=either,
        confidence=Confidence.LOW,
        detail="; ".join(filter(None, (str(evidence), ending.sentence))),
    )


def _parties(ending: Ending) -> tuple[Owner, tuple[Owner, ...]]:
    """Not the services: two operators are silent alike. Where nobody tells how far the packets get, a protection program of this
    computer may hold them back as well."""
    if not ending.places:
        return Owner.UNKNOWN, (Owner.HOME, Owner.DEVICE, Owner.ISP)
    blame = whose(ending, Owner.SERVICE)
    parties = tuple(party for party in blame.parties if party is not Owner.SERVICE)
    return (parties[0], ()) if len(parties) == 1 else (Owner.UNKNOWN, parties)


def cost(options: QuicOptions, quick: bool) -> Cost:
    """A host is asked at its address of IPv4 and at that of IPv6."""
    asked = 2 * len(options.hosts)
    hops = HOPS_BYTES + 8 * SIZE if options.wanted else 0
    return Cost(
        bytes=asked * (len(WAITS_S) * (SIZE + 28) + 200) + 500 * len(options.udp_controls) + hops,
        seconds=1.0 if asked else 0.0,
        hosts="the hosts of the profile",
    )


check = Check(
    id="quic",
    title="QUIC",
    capability=Capability.CONNECTION,
    summary="Whether QUIC gets through, the newer way of web pages over UDP port 443",
    run=run,
    options=QuicOptions,
    weight=0.2,
    timeout=16.0,
    after=("internet", "dns", "captive_portal"),
    essential=False,
    on_demand=True,
    cost=cost,
    hosts_of=lambda options: hosts_in(*options.hosts, *options.udp_controls),
    codes=(PASSES, HELD_BACK, UNPROVED, UNASKED),
)
