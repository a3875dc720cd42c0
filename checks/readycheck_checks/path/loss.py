"""How much is lost on the way to the router, and on the way beyond it? Small packets at an even pace, to all at the same moments.

An ordinary user may not ping, and routers answer few ICMP questions a second on purpose. So the router is asked by connection
attempts (a refusal is an answer) or, as a name server, by questions; hosts beyond it by STUN requests or connection attempts.
Sends; judges nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from readycheck.api import Context, NetError, Refused, TcpAnswer
from readycheck.measure.packets import stun
from readycheck.measure.statistics import burst_ratio
from readycheck_checks.asking.attempts import at_once, attempt
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.calls import sides
from readycheck_checks.calls.sides import Packets
from readycheck_checks.path.mtu_ladder import dns_probe

ROUTER_PORTS: Final = (9, 53, 80, 443)  # the first (discard) is closed nearly everywhere
FIND_S: Final = 2.2  # a lost first packet is sent again after a second
# An attempt to connect: before the system sends it again, so that one attempt is one packet.
LOST_S: Final = 0.9
LATE_S: Final = 2.5  # a datagram: behind a full queue of a slow line it comes late, and is not lost
APART_S: Final = 0.05
PACKET_BYTES: Final = 180
FIND_BYTES: Final = 2_400
_ROOT: Final = "."  # any name server answers for it, if only with a refusal
_ASKED: Final = 64  # bytes

Ask = Callable[[], Awaitable[bool]]
"""Sends one packet; whether an answer to it came."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """Somebody who answers small packets: ``name`` as the profile has it, ``address`` where it is."""

    name: str
    address: str
    ask: Ask


@dataclass(frozen=True, kw_only=True)
class Sample:
    """What came back of equal packets to the router (None: it cannot be asked) and to targets beyond it, by their names."""

    near: Packets | None = None
    far: Mapping[str, Packets] = field(default_factory=dict)

    @property
    def lost(self) -> int:
        """All that was lost, anywhere."""
        near = self.near.lost if self.near is not None else 0
        return near + sum(packets.lost for packets in self.far.values())


async def router_target(ctx: Context, router: str) -> Target | None:
    """How the router at this literal address is best asked; None: it answers nothing that could be counted."""
    told = await at_once({str(port): ctx.net.tcp(router, port, timeout_s=FIND_S) for port in ROUTER_PORTS})
    refused = [port for port in ROUTER_PORTS if isinstance(told[str(port)], Refused)]
    accepted = [port for port in ROUTER_PORTS if isinstance(told[str(port)], TcpAnswer)]
    for port in (*refused, *accepted):
        return Target(name="router", address=router, ask=partial(_knock, ctx, router, port))
    asked = partial(_question, ctx, router)
    return Target(name="router", address=router, ask=asked) if await asked(wait_s=FIND_S) else None


async def stun_target(ctx: Context, where: Endpoint) -> Target:
    """Raises NetError where it does not answer."""
    ours = stun.new_transaction_id()
    answer = await ctx.net.udp(
        where.host, where.port, stun.binding_request(ours), accept=lambda data: stun.is_reply(data, ours)
    )
    return Target(
        name=str(where), address=answer.address, ask=partial(_bind, ctx, answer.address, answer.source_port)
    )


async def tcp_target(ctx: Context, where: Endpoint) -> Target:
    """Raises NetError where it does not answer."""
    answer = await ctx.net.tcp(where.host, where.port, timeout_s=FIND_S)
    return Target(
        name=str(where), address=answer.address, ask=partial(_knock, ctx, answer.address, where.port)
    )


async def sample(ctx: Context, router: Target | None, beyond: Sequence[Target], count: int) -> Sample:
    """So many packets to each, APART_S apart, all beginning now. Takes at most LATE_S longer than they are apart."""
    near, *far = await asyncio.gather(
        _paced(ctx, router, count) if router is not None else _nothing(),
        *(_paced(ctx, target, count) for target in beyond),
    )
    named = zip((target.name for target in beyond), far, strict=True)
    return Sample(near=near, far={name: packets for name, packets in named if packets is not None})


def seconds_of(count: int) -> float:
    """Where nothing gets lost; LATE_S at most, where something does."""
    return count * APART_S + LOST_S


async def _nothing() -> None:
    return None


async def _paced(ctx: Context, target: Target, count: int) -> Packets:
    started = ctx.clock.monotonic()
    rtts_ms: dict[int, float] = {}

    async def one(number: int) -> None:
        at = ctx.clock.monotonic()
        if await target.ask():
            rtts_ms[number] = (ctx.clock.monotonic() - at) * 1000

    async with asyncio.TaskGroup() as packets:
        for number in range(count):
            await ctx.clock.sleep(max(0.0, started + number * APART_S - ctx.clock.monotonic()))
            packets.create_task(one(number))
    bursts = burst_ratio([number in rtts_ms for number in range(count)])
    return sides.as_packets(tuple(rtts_ms.values()), count, bursts)


async def _knock(ctx: Context, address: str, port: int) -> bool:
    return isinstance(await attempt(ctx.net.tcp(address, port, timeout_s=LOST_S)), TcpAnswer | Refused)


async def _bind(ctx: Context, address: str, port: int) -> bool:
    ours = stun.new_transaction_id()
    conversation = ctx.net.udp(
        address,
        port,
        stun.binding_request(ours),
        accept=lambda data: stun.is_reply(data, ours),
        waits_s=(LATE_S,),
    )
    return not isinstance(await attempt(conversation), NetError)


async def _question(ctx: Context, address: str, *, wait_s: float = LATE_S) -> bool:
    asked = dns_probe(_ROOT)(_ASKED)
    conversation = ctx.net.udp(address, 53, asked.payload, accept=asked.accept, waits_s=(wait_s,))
    return not isinstance(await attempt(conversation), NetError)
