"""A support desk on loopback for the contact checks: pages over TLS, mail servers, and a card that names them."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import trustme

from readycheck.adapters.http import RealHttp
from readycheck.adapters.net import RealNet
from readycheck.adapters.tls import verifying_context
from readycheck.api import ContactCard, ContactRoute, Meter

PHONE = ContactRoute(kind="phone", title="Hotline", value="+49 30 1234567", hours="Mo-Fr 08:00-18:00; PH off")
Talker = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def card(*routes: ContactRoute, country: str = "DE", timezone: str = "Europe/Berlin") -> ContactCard:
    return ContactCard(name="IT support", country=country, timezone=timezone, routes=routes)


def certificate(authority: trustme.CA, name: str = "localhost") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


def trusting(authority: trustme.CA, folder: Path) -> dict[str, Any]:
    """The real Net and Http, which trust this authority."""
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    net = RealNet(Meter(), context=verifying_context(str(ca_file)))
    return {"net": net, "http": RealHttp(net, Meter())}


@asynccontextmanager
async def listening(talk: Talker, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A TCP server on 127.0.0.1; gives its port."""

    async def guarded(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(guarded, "127.0.0.1", 0, ssl=tls)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def page(text: str, status: str = "200 OK") -> Talker:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = text.encode()
        writer.write(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()

    return talk


async def never_a_word(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read(-1)


@asynccontextmanager
async def submission(tls: ssl.SSLContext | None) -> AsyncIterator[int]:
    """A mail submission server (aiosmtpd), with STARTTLS where ``tls`` is given."""
    from aiosmtpd.handlers import Sink
    from aiosmtpd.smtp import SMTP

    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Sink(), hostname="localhost", tls_context=tls, loop=loop), "127.0.0.1", 0
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def closed_port() -> int:
    """A port of 127.0.0.1 where nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
