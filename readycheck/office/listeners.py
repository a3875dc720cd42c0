"""Sockets on 127.0.0.1 that answer, stay silent or refuse, each on a port of its own. Knows no protocol.

Silence and refusal are the real thing: a full accept queue drops connection requests as a firewall does, and a port without
a listener is answered by the kernel with a reset or an ICMP message.
"""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, closing, suppress
from typing import Final, cast

from readycheck.office.values import LOOPBACK

SEGMENT_BYTES: Final = 1400  # of a real link; loopback's 64 KiB segments would make short queues stutter
QUEUE_BYTES: Final = 4096  # receive queue: short, so that the sender feels the pace of the reader at once

Address = tuple[str, int]
Answer = Callable[[bytes, Address], bytes | None]
Conversation = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


class Listeners:
    """Opens ports and closes them with ``stack``. Every method returns the port number."""

    def __init__(self, stack: AsyncExitStack) -> None:
        self._stack = stack

    async def udp(self, answer: Answer) -> int:
        """Each datagram goes to ``answer``; what it returns is sent back, None is silence."""
        return await self._respond(self._bound(socket.SOCK_DGRAM), answer)

    async def tcp(self, conversation: Conversation, tls: ssl.SSLContext | None = None) -> int:
        """Each connection goes to ``conversation`` and is closed when it returns; the peer's rudeness is not our error."""
        return await self._serve(self._queue(self._bound(socket.SOCK_STREAM)), conversation, tls)

    async def udp_and_tcp(self, answer: Answer, conversation: Conversation) -> int:
        """Both under one port number, as a name server has it."""
        datagrams, stream = self._pair()
        await self._serve(self._queue(stream), conversation)
        return await self._respond(datagrams, answer)

    async def protocol(self, make: Callable[[], asyncio.Protocol]) -> int:
        """Each connection gets a protocol object of its own."""
        sock = self._bound(socket.SOCK_STREAM)
        server = await asyncio.get_running_loop().create_server(make, sock=sock)
        self._stack.callback(server.close)
        return _port(sock)

    def refusing_tcp(self) -> int:
        """A port that is ours and has no listener: connection attempts get a reset."""
        return _port(self._bound(socket.SOCK_STREAM))

    def silent_tcp(self) -> int:
        """A port whose accept queue is full for good: connection attempts get no answer (on Windows a reset)."""
        sock = self._bound(socket.SOCK_STREAM)
        sock.listen(0)
        for _ in range(3):
            filler = self._bound(socket.SOCK_STREAM)
            with suppress(BlockingIOError):
                filler.connect(sock.getsockname())
        return _port(sock)

    def refusing_udp(self) -> int:
        """A port that is ours and bound to itself as peer: datagrams of others get ICMP port unreachable."""
        sock = self._bound(socket.SOCK_DGRAM)
        sock.connect(sock.getsockname())
        return _port(sock)

    def silent_udp(self) -> int:
        """A port where everything is taken and nothing is answered."""
        return _port(self._bound(socket.SOCK_DGRAM))

    async def _respond(self, sock: socket.socket, answer: Answer) -> int:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(lambda: _Responder(answer), sock=sock)
        self._stack.callback(transport.close)
        return _port(sock)

    async def _serve(
        self, sock: socket.socket, conversation: Conversation, tls: ssl.SSLContext | None = None
    ) -> int:
        async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            # Cancelled only when the loop ends: there is nobody left to tell.
            with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.CancelledError):
                await conversation(reader, writer)
            writer.close()

        server = await asyncio.start_server(guarded, sock=sock, ssl=tls, limit=QUEUE_BYTES)
        self._stack.callback(server.close)
        return _port(sock)

    def _pair(self) -> tuple[socket.socket, socket.socket]:
        for _ in range(20):
            stream = self._bound(socket.SOCK_STREAM)
            with suppress(OSError):
                return self._bound(socket.SOCK_DGRAM, _port(stream)), stream
        raise OSError("no port number is free for UDP and TCP at once")

    def _bound(self, kind: socket.SocketKind, port: int = 0) -> socket.socket:
        sock = self._stack.enter_context(closing(socket.socket(socket.AF_INET, kind)))
        sock.setblocking(False)
        sock.bind((LOOPBACK, port))
        return sock

    def _queue(self, sock: socket.socket) -> socket.socket:
        """The queues of a real link; accepted connections inherit them."""
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, QUEUE_BYTES)
        if hasattr(socket, "TCP_MAXSEG"):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT_BYTES)
        return sock


class _Responder(asyncio.DatagramProtocol):
    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        reply = self._answer(data, addr)
        if reply is not None and self._transport is not None:
            self._transport.sendto(reply, addr)


def _port(sock: socket.socket) -> int:
    return int(sock.getsockname()[1])


async def hold(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Take the connection, say nothing, end when the peer does (or after 30 s)."""
    async with asyncio.timeout(30):
        while await reader.read(4096):
            pass
