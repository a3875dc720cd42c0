"""The reflector as a whole: sockets, TLS, UDP, metrics; start, reload, stop. Reads certificate and token, writes nothing."""

import asyncio
import errno
import socket
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TextIO

from readycheck.errors import ReadycheckError
from readycheck.reflector.accepting import Door, tcp_listener
from readycheck.reflector.answers import Answers
from readycheck.reflector.counters import Counters, exposition
from readycheck.reflector.files import certificate, token
from readycheck.reflector.guests import Guests
from readycheck.reflector.journal import Journal
from readycheck.reflector.limits import Limits
from readycheck.reflector.shared import Shared
from readycheck.reflector.site import Measuring, MetricsSite
from readycheck.reflector.udp import UdpService, udp_socket
from readycheck.text import clean

NAME: Final = "readycheck-reflector"
_TCP_CONGESTION: Final = 13  # linux/tcp.h
_METRICS_CONNECTIONS: Final = 16
_OTHER_FILES: Final = 64
_WINDOWS_SOCKETS: Final = 500  # select() there takes no more


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What the operator asked for. ``udp_port`` None: the same as ``port``; a port 0 is chosen by the system."""

    listen: tuple[str, ...] = ("127.0.0.1", "::1")
    port: int = 8443
    udp_port: int | None = None
    certificate: Path | None = None
    key: Path | None = None
    token_file: Path | None = None
    metrics: tuple[str, int] | None = None
    log_addresses: bool = False
    limits: Limits = field(default_factory=Limits)


class Reflector:
    """``port``, ``udp_port`` and ``metrics_port`` are known after start()."""

    def __init__(self, settings: Settings, version: str, log: TextIO) -> None:
        self._settings = settings
        self._version = version
        limits = settings.limits
        self._journal = Journal(log, whole_addresses=settings.log_addresses)
        self._counters = (Counters(), Counters(), Counters())
        self._guests = Guests(limits)
        self._token = token(settings.token_file)
        self._tls = certificate(settings.certificate, settings.key)
        self._site = Measuring(
            limits, self._guests, self._about, secure=self._tls is not None, token=self._token
        )
        self._answers = Answers(limits, self._guests, self._counters[1], self._journal, token=self._token)
        self.port = self.udp_port = self.metrics_port = 0
        self._congestion_control = ""

    async def start(self) -> None:
        """Listen. Raises ReadycheckError where an address or a port cannot be had; nothing is left open then."""
        asyncio.get_running_loop().set_exception_handler(self._broke)
        opened: list[socket.socket] = []
        try:
            self._open(opened)
        except OSError as error:
            for sock in opened:
                sock.close()
            raise ReadycheckError(_cannot_listen(error), title="Cannot listen") from None
        self._door.open()
        if self._metrics_door is not None:
            self._metrics_door.open()
        self._udp.start()
        self._journal.note(
            "listening",
            addresses=" ".join(self._settings.listen),
            port=self.port,
            udp_port=self.udp_port,
            metrics_port=self.metrics_port,
            tls=self._tls is not None,
            token=bool(self._token),
        )

    def reload(self) -> None:
        """Read certificate and token again; where one cannot be read, the old ones stay."""
        settings = self._settings
        try:
            fresh = token(settings.token_file), certificate(settings.certificate, settings.key)
        except ReadycheckError as error:
            self._journal.note("not reloaded", reason=error.message)
            return
        self._token, self._tls = fresh
        self._site.token = self._answers.token = self._token
        self._door.tls = self._tls
        self._journal.note("reloaded")

    async def stop(self, seconds: float | None = None) -> None:
        """No new work; what is under way gets some seconds (the limit stop_s), then all is closed."""
        self._journal.note("stopping", connections=self._door.inside, sessions=len(self._answers.sessions))
        allowed = self._settings.limits.stop_s if seconds is None else seconds
        self._udp.finish(allowed)
        await self._door.close(allowed)
        if self._metrics_door is not None:
            await self._metrics_door.close(0)
        self._udp.wait()
        self._journal.note("stopped")
        self._journal.close()

    def metrics(self) -> str:
        return exposition(
            self._counters[:2],
            {
                "clients": ("Client addresses being served", self._guests.present),
                "connections": ("TCP connections at this moment", self._door.inside),
                "sessions": ("UDP sessions at this moment", len(self._answers.sessions)),
            },
        )

    def _open(self, opened: list[socket.socket]) -> None:
        settings, limits = self._settings, self._settings.limits
        listeners, self.port = _bound(tcp_listener, settings.listen, settings.port, opened)
        wanted = self.port if settings.udp_port is None else settings.udp_port
        sockets, self.udp_port = _bound(udp_socket, settings.listen, wanted, opened)
        self._congestion_control = _congestion_control(listeners[0])
        shared = Shared(self._site, limits, self._counters[0], self._journal)
        most = _most_connections(limits)
        self._door = Door(listeners, shared, self._guests, most=most, tls=self._tls)
        self._udp = UdpService(sockets, self._answers, self._guests)
        self._metrics_door: Door | None = None
        if settings.metrics is not None:
            quiet = Shared(MetricsSite(self.metrics), limits, self._counters[2], self._journal, quiet=True)
            address, port = settings.metrics
            sockets, self.metrics_port = _bound(tcp_listener, (address,), port, opened)
            self._metrics_door = Door(sockets, quiet, Guests(limits), most=_METRICS_CONNECTIONS, tls=None)

    def _about(self) -> Mapping[str, object]:
        return {
            "name": NAME,
            "version": self._version,
            "udp_port": self.udp_port,
            "stun_port": self.udp_port,
            "max_bytes": self._settings.limits.request_bytes,
            "token_needed": bool(self._token),
            "congestion_control": self._congestion_control,
        }

    def _broke(self, loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
        error = context.get("exception")
        self._journal.note("fault", reason=f"{context.get('message', '')}: {type(error).__name__}: {error}")


def _bound(
    make: Callable[[str, int], socket.socket],
    addresses: tuple[str, ...],
    port: int,
    opened: list[socket.socket],
) -> tuple[list[socket.socket], int]:
    """A socket for each address, all with the same port. Raises OSError."""
    made: list[socket.socket] = []
    for address in addresses:
        try:
            sock = make(address, port)
        except OSError as error:
            raise OSError(error.errno, error.strerror, f"{address} port {port}") from None
        opened.append(sock)
        made.append(sock)
        port = sock.getsockname()[1]
    return made, port


def _cannot_listen(error: OSError) -> str:
    advice = {
        errno.EADDRINUSE: "something else listens there. Choose another --port or --udp-port",
        errno.EADDRNOTAVAIL: "this computer has no such address. Choose another --listen",
        errno.EACCES: "you may not. Choose a --port above 1023",
    }
    reason = advice.get(error.errno or 0, clean(error.strerror or error))
    return f"Cannot listen on {error.filename}: {reason}."


def _congestion_control(listener: socket.socket) -> str:
    """What the system's TCP sends downloads with; "" where it does not tell."""
    if sys.platform != "linux":
        return ""
    with suppress(OSError):
        return listener.getsockopt(socket.IPPROTO_TCP, _TCP_CONGESTION, 16).rstrip(b"\0").decode("ascii")
    return ""


def _most_connections(limits: Limits) -> int:
    """As many as the clients may have together, or as the system has sockets for."""
    wanted = min(limits.connections, limits.clients * limits.per_client)
    if sys.platform == "win32":
        return min(wanted, _WINDOWS_SOCKETS)
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted + _OTHER_FILES if hard == resource.RLIM_INFINITY else min(hard, wanted + _OTHER_FILES)
    if soft < most:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
            soft = most
    return max(1, min(wanted, soft - _OTHER_FILES))
