"""The soak's good clients: each from an address of its own, over TLS and UDP, again and again, checking every byte count."""

import asyncio
import json
import random
import ssl
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from readycheck.errors import NetError
from readycheck.measure.packets.echo_session import echo_session

_ONE_S = 30.0
_PACKETS = 25
_RATE = 50
_LOOK_S = 0.2


@dataclass(frozen=True, kw_only=True)
class Target:
    """The reflector under test; what a client has to know."""

    port: int
    udp_port: int
    authority: str  # PEM
    token: str


@dataclass
class Served:
    """What the good clients saw. ``failures``: kind of failure, how often; ``late_s``: how late their own process was at worst.

    A process that is seconds late gives up waiting for answers that have come: its failures are not the reflector's.
    """

    rounds: int = 0
    bytes: int = 0
    echoes_sent: int = 0
    echoes_back: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    late_s: float = 0.0


def serve_clients(target: Target, count: int, seconds: float, pause_s: float, result: Connection) -> None:
    """The process of all good clients; sends one Served when it is done."""
    result.send(asyncio.run(_all(target, count, seconds, pause_s)))


async def _all(target: Target, count: int, seconds: float, pause_s: float) -> Served:
    served = Served()
    trust = ssl.create_default_context(cadata=target.authority)
    ends = time.monotonic() + seconds
    lateness = asyncio.create_task(_watch_lateness(served))
    await asyncio.gather(*(_client(target, trust, number, ends, pause_s, served) for number in range(count)))
    lateness.cancel()
    return served


async def _watch_lateness(served: Served) -> None:
    while True:
        due = time.monotonic() + _LOOK_S
        await asyncio.sleep(_LOOK_S)
        served.late_s = max(served.late_s, time.monotonic() - due)


async def _client(
    target: Target, trust: ssl.SSLContext, number: int, ends: float, pause_s: float, served: Served
) -> None:
    source = f"127.1.{number % 250}.{number // 250 + 1}"  # each in a neighbourhood of its own
    await asyncio.sleep(random.uniform(0, pause_s))
    while time.monotonic() < ends:
        try:
            async with asyncio.timeout(_ONE_S):
                await _over_tls(target, trust, source, served)
                await _over_udp(target, source, served)
            served.rounds += 1
        except (OSError, TimeoutError, NetError, asyncio.IncompleteReadError, AssertionError) as error:
            kind = f"{type(error).__name__}: {error}"[:80]
            served.failures[kind] = served.failures.get(kind, 0) + 1
        await asyncio.sleep(random.uniform(0.5 * pause_s, 1.5 * pause_s))


async def _over_tls(target: Target, trust: ssl.SSLContext, source: str, served: Served) -> None:
    reader, writer = await asyncio.open_connection(
        "127.0.0.1", target.port, ssl=trust, server_hostname="127.0.0.1", local_addr=(source, 0)
    )
    try:
        size = random.randrange(1_000, 400_000)
        down = await _exchange(reader, writer, target, f"GET /down?bytes={size}", b"")
        assert len(down) == size, "download of another size"
        told = json.loads(await _exchange(reader, writer, target, "POST /up", bytes(size)))
        assert told["bytes"] == size, "upload of another size"
        await _exchange(reader, writer, target, "GET /ping", b"")
        served.bytes += 2 * size
    finally:
        writer.transport.abort()


async def _exchange(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, target: Target, first: str, body: bytes
) -> bytes:
    head = f"{first} HTTP/1.1\r\nHost: soak\r\nAuthorization: Bearer {target.token}\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower().split("\r\n")
    assert lines[0].split()[1] in ("200", "204"), lines[0]
    lengths = [int(line.partition(":")[2]) for line in lines if line.startswith("content-length:")]
    return await reader.readexactly(lengths[0]) if lengths else b""


async def _over_udp(target: Target, source: str, served: Served) -> None:
    loop = asyncio.get_running_loop()
    async with echo_session(
        "127.0.0.1",
        target.udp_port,
        token=target.token.encode(),
        count=_PACKETS,
        rate=_RATE,
        size=172,
        timeout_s=10,
        source=source,
    ) as session:
        for sequence in range(_PACKETS):
            await loop.sock_sendall(session.sock, session.packet(sequence, 172, 172))
            served.echoes_sent += 1
            try:
                async with asyncio.timeout(2):
                    back = session.parse(await loop.sock_recv(session.sock, 2_048))
            except TimeoutError:
                continue
            served.echoes_back += back is not None
        told = await session.report()
        assert len(told.sequences) == _PACKETS, "report of another length"
