"""A small TURN relay on loopback, over UDP, TCP and TLS: one account, and what is sent to the own relayed address comes back."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, cast

from aioice import stun as ice
from aioice import turn

USER, PASSWORD, REALM = "anna", "secret", "relay.example"
RELAYED = ("198.51.100.9", 50_000)
_LIFETIME = bytes.fromhex("000d0004 00000258")
_SHORT_LIFETIME = bytes.fromhex("000d0002 02580000")


@dataclass
class Relay:
    """A relay that works, but for what is said here; ``heard`` keeps the methods that it was asked, with their lifetimes.

    loses        over UDP every so many-th packet of media is lost (0: none)
    hole         over UDP these packets of media are lost
    open_to_all  it wants no account
    forbids      it allows no peers
    mute         it says nothing once an address was given
    leaves_out   attributes that its answer to an Allocate lacks
    short        it says its lifetime in two bytes instead of four (wants no account, for nothing is signed)
    """

    loses: int = 0
    hole: range = range(0)
    open_to_all: bool = False
    forbids: bool = False
    mute: bool = False
    leaves_out: tuple[str, ...] = ()
    short: bool = False
    heard: list[tuple[ice.Method, int | None]] = field(default_factory=list)
    _packets: int = 0

    def answer(self, data: bytes, *, udp: bool = True) -> bytes | None:
        """What comes back for one message or one packet of media."""
        if data[0] & 0xC0 == 0x40:
            self._packets += udp
            lost = udp and (self._packets in self.hole or (self.loses and self._packets % self.loses == 0))
            return None if lost or self.mute else data
        request = ice.parse_message(data)
        self.heard.append((request.message_method, request.attributes.get("LIFETIME")))
        if self.mute and request.message_method is not ice.Method.ALLOCATE:
            return None
        reply = bytes(self._reply(request))
        return reply.replace(_LIFETIME, _SHORT_LIFETIME) if self.short else reply

    def _reply(self, request: ice.Message) -> ice.Message:
        key = turn.make_integrity_key(USER, REALM, PASSWORD)
        if not self.open_to_all and not request.check_message_integrity(key):
            return self._error(request, 401, "Unauthorized")
        if self.forbids and request.message_method is ice.Method.CHANNEL_BIND:
            return self._signed(self._error(request, 403, "Forbidden"), key)
        reply = self._made(request, ice.Class.RESPONSE)
        if request.message_method is ice.Method.ALLOCATE:
            reply.attributes["LIFETIME"] = 600
            reply.attributes["XOR-MAPPED-ADDRESS"] = ("203.0.113.1", 4000)
            reply.attributes["XOR-RELAYED-ADDRESS"] = RELAYED
            for name in self.leaves_out:
                del reply.attributes[name]
        return reply if self.open_to_all else self._signed(reply, key)

    def _error(self, request: ice.Message, code: int, reason: str) -> ice.Message:
        reply = self._made(request, ice.Class.ERROR)
        reply.attributes |= {"ERROR-CODE": (code, reason), "REALM": REALM, "NONCE": b"once"}
        return reply

    def _made(self, request: ice.Message, kind: ice.Class) -> ice.Message:
        return ice.Message(
            message_method=request.message_method, message_class=kind, transaction_id=request.transaction_id
        )

    def _signed(self, reply: ice.Message, key: bytes) -> ice.Message:
        reply.add_message_integrity(key)
        return reply


class _OverUdp(asyncio.DatagramProtocol):
    def __init__(self, relay: Relay, answers: bool) -> None:
        self._relay = relay
        self._answers = answers

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        reply = self._relay.answer(data) if self._answers else None
        if reply is not None:
            self._transport.sendto(reply, addr)


@asynccontextmanager
async def turn_server(
    relay: Relay, tls: ssl.SSLContext | None = None, *, udp: bool = True
) -> AsyncIterator[int]:
    """The port of the relay, over UDP and over TCP (TLS where a context is given); ``udp``: it answers over UDP."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readexactly(4)
                length = int.from_bytes(head[2:], "big")
                rest = await reader.readexactly(length + (-length % 4 if head[0] & 0xC0 else 16))
                reply = relay.answer(head + rest, udp=False)
                if reply is not None:
                    writer.write(reply[:22])  # in pieces, as a stream may bring it
                    await asyncio.sleep(0.001)
                    writer.write(reply[22:])
        except (OSError, asyncio.IncompleteReadError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    port: int = server.sockets[0].getsockname()[1]
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _OverUdp(relay, udp), local_addr=("127.0.0.1", port)
    )
    try:
        yield port
    finally:
        transport.close()
        server.close()
