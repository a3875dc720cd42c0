"""A network that answers what it was given."""

import ipaddress
import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from readycheck.errors import NameSilent, NameUnknown, NetError, Silent, Where
from readycheck.ports import Hop, HopKind, NotTold, SrvRecord, Stream, TcpAnswer, TlsAnswer, UdpAnswer

ADDRESS = "192.0.2.10"  # RFC 5737, TEST-NET-1


@dataclass
class FakeStream:
    """Says its lines in order, then is silent; keeps what was written."""

    lines: list[bytes] = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)
    tls: TlsAnswer | NetError | None = None
    address: str = ADDRESS

    async def read_line(self, *, timeout_s: float = 5.0, limit: int = 4096) -> bytes:
        if not self.lines:
            raise Silent(Where(host=self.address))
        return self.lines.pop(0)

    async def read_exactly(self, count: int, *, timeout_s: float = 5.0) -> bytes:
        return (await self.read_line())[:count]

    async def write(self, data: bytes) -> None:
        self.written.append(data)

    async def start_tls(self, server_name: str, *, timeout_s: float = 5.0) -> TlsAnswer:
        if isinstance(self.tls, NetError):
            raise self.tls
        return self.tls or tls_answer(server_name)

    async def close(self) -> None:
        return None


def tls_answer(name: str = "host.example", *, issuer: str = "Example CA", days: int = 90) -> TlsAnswer:
    return TlsAnswer(
        address=ADDRESS,
        rtt_ms=30.0,
        version="TLSv1.3",
        subject=name,
        issuer=issuer,
        not_after=datetime(2026, 11, 23, tzinfo=UTC) + timedelta(days=days),
    )


@dataclass
class FakeNet:
    """``names`` name -> addresses or error; ``ports`` (host, port) -> RTT in ms or error; ``replies`` (host, port) -> bytes,
    a function of the request, or error; ``certificates`` host -> TlsAnswer or error, ``small_segments`` those that come only in
    small TCP segments; ``streams`` (host, port) -> FakeStream;
    ``exchangers`` mail domain -> MX names or error; ``services`` service name -> SRV records or error;
    ``hops`` (protocol, address, port) -> who answers for packets with a time to
    live of 1, 2 ...: a router's address, None for silence, or any Hop; or NotTold. ``probed`` keeps which of them were asked."""

    names: dict[str, tuple[str, ...] | NetError] = field(default_factory=dict)
    ports: dict[tuple[str, int], float | NetError] = field(default_factory=dict)
    replies: dict[tuple[str, int], bytes | Callable[[bytes], bytes] | NetError] = field(default_factory=dict)
    certificates: dict[str, TlsAnswer | NetError] = field(default_factory=dict)
    small_segments: dict[str, TlsAnswer] = field(default_factory=dict)
    streams: dict[tuple[str, int], Stream | NetError] = field(default_factory=dict)
    sources: dict[str, str | None] = field(default_factory=dict)
    exchangers: dict[str, tuple[str, ...] | NetError] = field(default_factory=dict)
    services: dict[str, tuple[SrvRecord, ...] | NetError] = field(default_factory=dict)
    hops: dict[tuple[str, str, int], Sequence[str | Hop | None] | NotTold] = field(default_factory=dict)
    sent: list[tuple[str, int, bytes]] = field(default_factory=list)
    probed: list[tuple[str, str, int, int]] = field(default_factory=list)

    async def resolve(self, host: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
        answer = self.names.get(host)
        if isinstance(answer, NetError):
            raise answer
        if answer is None and _is_literal(host):
            return (host,)
        if answer is None and self.names:
            raise NameUnknown(Where(host=host))
        return answer or (ADDRESS,)

    async def mx(self, domain: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
        answer = self.exchangers.get(domain, NameSilent(Where(host=domain)))
        if isinstance(answer, NetError):
            raise answer
        return answer

    async def srv(self, service: str, *, timeout_s: float = 5.0) -> tuple[SrvRecord, ...]:
        answer = self.services.get(service, NameUnknown(Where(host=service)))
        if isinstance(answer, NetError):
            raise answer
        return answer

    async def tcp(self, host: str, port: int, *, timeout_s: float = 4.0) -> TcpAnswer:
        answer = self.ports.get((host, port), Silent(Where(host=host, port=port)))
        if isinstance(answer, NetError):
            raise answer
        return TcpAnswer(address=ADDRESS, rtt_ms=answer)

    async def tls(
        self,
        host: str,
        port: int,
        *,
        server_name: str | None = None,
        timeout_s: float = 6.0,
        segment_bytes: int = 0,
    ) -> TlsAnswer:
        known = self.small_segments if segment_bytes else {}
        answer = known.get(host) or self.certificates.get(host, Silent(Where(host=host, port=port)))
        if isinstance(answer, NetError):
            raise answer
        return answer

    async def udp(
        self,
        host: str,
        port: int,
        payload: bytes,
        *,
        accept: Callable[[bytes], bool],
        waits_s: Sequence[float] = (0.5, 1.0, 1.5),
        source_port: int = 0,
    ) -> UdpAnswer:
        self.sent.append((host, port, payload))
        answer = self.replies.get((host, port), Silent(Where(host=host, port=port)))
        if isinstance(answer, NetError):
            raise answer
        data = answer(payload) if callable(answer) else answer
        if not accept(data):
            raise Silent(Where(host=host, port=port))
        return UdpAnswer(data=data, rtt_ms=20.0, tries=1, address=ADDRESS, source_port=port)

    async def open(self, host: str, port: int, *, tls: bool = False, timeout_s: float = 4.0) -> Stream:
        answer = self.streams.get((host, port), Silent(Where(host=host, port=port)))
        if isinstance(answer, NetError):
            raise answer
        return answer

    async def hop(
        self,
        host: str,
        port: int,
        *,
        protocol: Literal["udp", "tcp"],
        ttl: int,
        payload: bytes = b"",
        timeout_s: float = 1.0,
    ) -> Hop:
        self.probed.append((protocol, host, port, ttl))
        way = self.hops.get((protocol, host, port), ())
        if isinstance(way, NotTold):
            raise way
        told = way[ttl - 1] if ttl <= len(way) else None
        if isinstance(told, str):
            return Hop(kind=HopKind.EXPIRED, address=told, rtt_ms=5.0 * ttl)
        return told or Hop(kind=HopKind.SILENT)

    def source_address(self, address: str) -> str | None:
        return self.sources.get(address, "192.0.2.2")

    def ssl_context(self) -> ssl.SSLContext:
        return ssl.create_default_context()


def _is_literal(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
