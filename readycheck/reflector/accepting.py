"""Listening sockets, and who is let in: limits hold from the first packet, before a byte of TLS or HTTP is read."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from readycheck.reflector.addresses import client, plain
from readycheck.reflector.brake import Brake
from readycheck.reflector.connection import HttpConnection, Shared
from readycheck.reflector.guests import Guests

_BACKLOG: Final = 512
_SWEEP_S: Final = 0.5
_OUT_OF_SOCKETS_S: Final = 0.1


def tcp_listener(address: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((address, port))
        sock.listen(_BACKLOG)
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock


class Door:
    """Accepts on these sockets from open() until close(). ``tls`` may be exchanged: it holds for those who come after."""

    def __init__(
        self,
        listeners: Sequence[socket.socket],
        shared: Shared,
        guests: Guests,
        *,
        most: int,
        tls: ssl.SSLContext | None,
    ) -> None:
        self.tls = tls
        self._listeners = tuple(listeners)
        self._shared = shared
        self._guests = guests
        self._most = most
        self._brake = Brake(shared.limits.connection_rate)
        self._inside: set[HttpConnection] = set()
        self._arriving: set[asyncio.Task[None]] = set()
        self._left = asyncio.Event()  # somebody has
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def inside(self) -> int:
        """Connections at this moment, those in their TLS handshake included."""
        return len(self._inside)

    def open(self) -> None:
        self._tasks = [asyncio.create_task(self._accept(listener)) for listener in self._listeners]
        self._tasks.append(asyncio.create_task(self._sweep()))

    async def close(self, seconds: float) -> None:
        """Let nobody in any more; what is under way gets so many seconds."""
        self._shared.stopping = True
        for task in self._tasks[:-1]:
            task.cancel()
        for listener in self._listeners:
            listener.close()
        for connection in list(self._inside):
            connection.stop()
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._empty()
        for connection in list(self._inside):
            connection.abort("stop")
        for task in (*self._tasks, *self._arriving):
            task.cancel()
        await asyncio.gather(*self._tasks, *self._arriving, return_exceptions=True)

    async def _empty(self) -> None:
        while self._inside:
            self._left.clear()
            await self._left.wait()

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, sender = await loop.sock_accept(listener)
            except OSError:  # out of sockets, or gone before it was fetched
                await asyncio.sleep(_OUT_OF_SOCKETS_S)
                continue
            self._receive(sock, plain(sender))
            await asyncio.sleep(0)  # a flood of connections must not keep others from their turn

    def _receive(self, sock: socket.socket, address: str) -> None:
        reason = self._objection(address)
        if reason:
            sock.close()
            self._turned_away(address, reason)
            return
        task = asyncio.create_task(self._let_in(sock, address))
        self._arriving.add(task)
        task.add_done_callback(self._arriving.discard)

    def _objection(self, address: str) -> str:
        if self.inside >= self._most:
            return "too many connections"
        if not self._brake.allows(client(address)):
            return "too many connections a second"
        return self._guests.enter(address)

    def _turned_away(self, address: str, reason: str) -> None:
        self._shared.counters.add("refused_total", f'reason="{reason}"')
        if not self._shared.quiet:
            self._shared.journal.note("refused", address, protocol="tcp", reason=reason)

    async def _let_in(self, sock: socket.socket, address: str) -> None:
        limits = self._shared.limits
        times = (
            {"ssl_handshake_timeout": limits.handshake_s, "ssl_shutdown_timeout": limits.idle_s}
            if self.tls
            else {}
        )
        connection = HttpConnection(self._shared, address, self._gone)
        self._inside.add(connection)
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: connection, sock, ssl=self.tls, **times
            )
        except asyncio.CancelledError:
            self._gone(connection)
            raise
        except Exception as error:  # whatever it is, the place of this client is free again
            self._shared.counters.add("garbage_total", 'protocol="tcp",kind="handshake"')
            if not isinstance(error, OSError):  # ssl.SSLError, TimeoutError and resets are kinds of it
                self._shared.journal.note("fault", reason=f"handshake: {type(error).__name__}: {error}")
            sock.close()
            self._gone(connection)

    def _gone(self, connection: HttpConnection) -> None:
        if connection in self._inside:
            self._inside.discard(connection)
            self._guests.leave(connection.address)
            self._left.set()

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_S)
            now = self._shared.clock()
            for connection in list(self._inside):
                reason = connection.overdue(now)
                if reason:
                    connection.abort(reason)
