"""Listening sockets, and who is let in: limits hold from the first packet, before a byte of TLS or HTTP is read."""

import asyncio
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Final

from readycheck.reflector.addresses import client, neighbourhood, plain
from readycheck.reflector.brake import Brake
from readycheck.reflector.connection import HttpConnection
from readycheck.reflector.guests import CROWDED, CROWDED_NEARBY, Guests
from readycheck.reflector.shared import Shared

_BACKLOG: Final = 512
_SWEEP_S: Final = 0.5
_OUT_OF_SOCKETS_S: Final = 0.1
_NEARBY: Final = 4  # connections a second of a neighbourhood: so many times what one client may have


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
        self._brake_nearby = Brake(_NEARBY * shared.limits.connection_rate)
        self._inside: dict[HttpConnection, asyncio.Task[None]] = {}  # with the task of its arrival
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
            self._gone(connection)
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
            self._shared.note_refused(address, reason, "tcp")
            return
        connection = HttpConnection(self._shared, address, self._gone)
        task = asyncio.create_task(self._let_in(sock, connection))
        self._inside[connection] = task
        self._arriving.add(task)
        task.add_done_callback(partial(self._arrived, sock))

    def _objection(self, address: str) -> str:
        near = neighbourhood(address)
        if not (self._brake.allows(client(address)) and self._brake_nearby.allows(near)):
            return "too many connections a second"
        if self.inside >= self._most and not self._make_room():
            return "too many connections"
        reason = self._guests.enter(address)
        room = (reason == CROWDED and self._make_room()) or (
            reason == CROWDED_NEARBY and self._make_room(near)
        )
        return self._guests.enter(address) if room else reason

    def _make_room(self, near: str = "") -> bool:
        """Send away the client that has waited the longest for nothing; whether there was one."""
        who = self._guests.who_makes_room(near)
        theirs = [connection for connection in self._inside if connection.client == who]
        for connection in theirs:
            connection.abort("made room for others")
            self._inside[connection].cancel()
            self._gone(connection)
        return bool(theirs)

    async def _let_in(self, sock: socket.socket, connection: HttpConnection) -> None:
        limits = self._shared.limits
        times = (
            {"ssl_handshake_timeout": limits.handshake_s, "ssl_shutdown_timeout": limits.idle_s}
            if self.tls
            else {}
        )
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: connection, sock, ssl=self.tls, **times
            )
        except Exception as error:  # whatever it is, the place of this client is free again
            self._shared.counters.add("garbage_total", 'protocol="tcp",kind="handshake"')
            if not isinstance(error, OSError):  # ssl.SSLError, TimeoutError and resets are kinds of it
                self._shared.journal.note("fault", reason=f"handshake: {type(error).__name__}: {error}")
            sock.close()
            self._gone(connection)

    def _arrived(self, sock: socket.socket, task: asyncio.Task[None]) -> None:
        self._arriving.discard(task)
        if task.cancelled():  # perhaps before it began
            sock.close()

    def _gone(self, connection: HttpConnection) -> None:
        if self._inside.pop(connection, None) is not None:
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
            while self._guests.overcrowded and self._make_room():
                pass
