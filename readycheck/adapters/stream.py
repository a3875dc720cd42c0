"""A conversation over one TCP connection, with limits on everything, and what the operating system's errors mean."""

import asyncio
import errno
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from typing import Final

from readycheck.adapters import tls as tls_rules
from readycheck.errors import (
    Closed,
    Garbled,
    NetError,
    NoRoute,
    NotAllowed,
    Refused,
    Silent,
    TlsFailed,
    Where,
)
from readycheck.ports import Meter, TlsAnswer
from readycheck.text import clean, clean_bytes

NO_ROUTE: Final = {
    errno.ENETUNREACH,
    errno.EHOSTUNREACH,
    errno.ENETDOWN,
    errno.EADDRNOTAVAIL,
    errno.EHOSTDOWN,
}
TLS_HANDSHAKE: Final = 5_000
EARLY_BYTES: Final = 80


def net_error(where: Where, error: OSError) -> NetError:
    """The NetError for what the operating system said."""
    if isinstance(error, ConnectionRefusedError):
        return Refused(where)
    if isinstance(error, TimeoutError):
        return Silent(where)
    if isinstance(error, ConnectionError):
        return Closed(where, clean(error.strerror or type(error).__name__))
    if error.errno in NO_ROUTE:
        return NoRoute(where, clean(error.strerror))
    if error.errno in (errno.EPERM, errno.EACCES):
        return NotAllowed(where)
    return Closed(where, clean(error.strerror or error))


async def connection(
    address: str, port: int, segment_bytes: int = 0
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Open a connection to a literal address; ``segment_bytes`` as in Net.tls. Raises OSError."""
    if not segment_bytes or not hasattr(socket, "TCP_MAXSEG"):
        return await asyncio.open_connection(address, port)
    one = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    try:
        one.setblocking(False)
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, segment_bytes)
        await asyncio.get_running_loop().sock_connect(one, (address, port))
        return await asyncio.open_connection(sock=one)
    except BaseException:
        one.close()
        raise


class TcpStream:
    """A conversation over one connection; every byte is counted."""

    def __init__(
        self,
        where: Where,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        context: Callable[[], ssl.SSLContext],
        meter: Meter,
    ) -> None:
        self._where, self._reader, self._writer = where, reader, writer
        self._context, self._meter = context, meter

    @property
    def address(self) -> str:
        return self._where.address or self._where.host

    @property
    def own_port(self) -> int:
        own = self._writer.get_extra_info("sockname")
        return int(own[1]) if own else 0

    async def read_line(self, *, timeout_s: float = 5.0, limit: int = 4096) -> bytes:
        line = await self._guarded(self._reader.readuntil(b"\n"), timeout_s)
        if len(line) > limit:
            raise Garbled(self._where, f"a line of more than {limit} bytes")
        return line

    async def read_exactly(self, count: int, *, timeout_s: float = 5.0) -> bytes:
        return await self._guarded(self._reader.readexactly(count), timeout_s)

    async def _guarded(self, reading: Awaitable[bytes], timeout_s: float) -> bytes:
        try:
            async with asyncio.timeout(timeout_s):
                data = await reading
        except TimeoutError:
            raise Silent(self._where) from None
        except asyncio.IncompleteReadError as short:
            raise Closed(self._where, f"after {len(short.partial)} bytes") from None
        except asyncio.LimitOverrunError:
            raise Garbled(self._where, "a line without an end") from None
        except OSError as error:
            raise net_error(self._where, error) from None
        self._meter.add(len(data))
        return data

    async def write(self, data: bytes) -> None:
        try:
            self._writer.write(data)
            async with asyncio.timeout(5.0):
                await self._writer.drain()
        except TimeoutError:
            raise Silent(self._where, "it takes no more data") from None
        except OSError as error:
            raise net_error(self._where, error) from None
        self._meter.add(len(data))

    async def start_tls(self, server_name: str, *, timeout_s: float = 5.0) -> TlsAnswer:
        started = time.monotonic()
        try:
            async with asyncio.timeout(timeout_s):
                if early := await self._early():
                    said = f"it spoke before the handshake: {clean_bytes(early)}"
                    raise TlsFailed(self._where, said, reason="handshake")
                await self._writer.start_tls(self._context(), server_hostname=server_name)
        except TimeoutError:
            raise Silent(self._where, "during the TLS handshake") from None
        except ssl.SSLError as error:
            raise tls_rules.why(self._where, error) from error
        except OSError as error:
            raise net_error(self._where, error) from None
        self._meter.add(TLS_HANDSHAKE)
        return _tls_answer(self._writer, self.address, (time.monotonic() - started) * 1000)

    async def _early(self) -> bytes:
        """The beginning of what lies here unread: no TLS server speaks first, and the handshake would wait for ever for what was
        taken from the socket before it. Nothing more is taken until the handshake does."""
        self._writer.transport.pause_reading()  # type: ignore[attr-defined]
        try:
            async with asyncio.timeout(0):
                return await self._reader.read(EARLY_BYTES)
        except TimeoutError:
            return b""

    async def close(self) -> None:
        self._writer.transport.abort()


def _tls_answer(writer: asyncio.StreamWriter, address: str, rtt_ms: float) -> TlsAnswer:
    session: ssl.SSLObject = writer.get_extra_info("ssl_object")
    subject, issuer = tls_rules.names_in(session.getpeercert(binary_form=True) or b"")
    return TlsAnswer(
        address=address,
        rtt_ms=rtt_ms,
        version=session.version() or "",
        subject=subject,
        issuer=issuer,
        not_after=tls_rules.valid_until(session.getpeercert()),
    )
