"""What a NAT does to the address of one socket, asked of several STUN servers. Tells; judges nothing.

Two servers that see different addresses of the same socket stand behind an address-dependent mapping (RFC 5780, 4.3): peers
cannot reach each other directly there, relays still work. Filtering needs the servers' help and is not looked at.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, cast

from readycheck.errors import Where
from readycheck.measure.packets import stun
from readycheck.measure.transport.endpoint import net_error

WAITS_S: Final = (0.3, 0.6, 1.0)
Address = tuple[str, int]


class Translation(StrEnum):
    """How the address of a socket is mapped. UNKNOWN: fewer than two servers answered."""

    NONE = "no address translation"
    SAME = "the same towards every server"
    DIFFERENT = "another one towards each server"
    UNKNOWN = "not known"


@dataclass(frozen=True, kw_only=True)
class Nat:
    """``seen``: server -> the address it saw, of those that answered; ``local``: the socket's own address (port 0: unbound)."""

    seen: Mapping[Address, Address]
    local: Address
    bytes: int

    @property
    def translation(self) -> Translation:
        addresses = set(self.seen.values())
        if len(self.seen) < 2:
            return Translation.UNKNOWN
        if len(addresses) > 1:
            return Translation.DIFFERENT
        return Translation.NONE if addresses == {self.local} else Translation.SAME


async def nat(servers: Sequence[Address], *, source: str) -> Nat:
    """Send a Binding to each server (literal addresses of one family) from one socket bound to the local address ``source``.

    Takes at most 1.9 s. Raises NoRoute or Closed where the socket cannot be used.
    """
    loop = asyncio.get_running_loop()
    try:
        transport, answers = await loop.create_datagram_endpoint(_Answers, local_addr=(source, 0))
    except OSError as error:
        raise net_error(Where(host=source), error) from None
    try:
        for wait in WAITS_S:
            missing = answers.ask(servers)
            if not missing:
                break
            await answers.wait(wait)
        host, port = transport.get_extra_info("sockname")[:2]
        return Nat(seen=dict(answers.seen), local=(str(host), int(port)), bytes=answers.bytes)
    finally:
        transport.close()


class _Answers(asyncio.DatagramProtocol):
    """Requests sent and mapped addresses heard on one socket."""

    def __init__(self) -> None:
        self.seen: dict[Address, Address] = {}
        self.bytes = 0
        self._asked: dict[bytes, Address] = {}
        self._complete = asyncio.Event()
        self._transport: asyncio.DatagramTransport | None = None

    def ask(self, servers: Sequence[Address]) -> tuple[Address, ...]:
        """Send to every server that did not answer yet; returns those."""
        missing = tuple(server for server in servers if server not in self.seen)
        for server in missing:
            transaction_id = stun.new_transaction_id()
            self._asked[transaction_id] = server
            packet = stun.binding_request(transaction_id)
            self.bytes += len(packet)
            if self._transport is not None:
                self._transport.sendto(packet, server)
        return missing

    async def wait(self, seconds: float) -> None:
        """Until everybody asked has answered, at most ``seconds``."""
        self._complete.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._complete.wait()
        except TimeoutError:
            return

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: object) -> None:
        self.bytes += len(data)
        try:
            message = stun.parse(data)
        except stun.NotStun:
            return
        server = self._asked.get(message.transaction_id)
        if server is None or message.kind != stun.SUCCESS or message.mapped is None:
            return
        self.seen[server] = message.mapped
        if set(self._asked.values()) <= self.seen.keys():
            self._complete.set()
