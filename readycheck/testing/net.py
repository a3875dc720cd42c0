"""A network that answers what it was given."""

import ipaddress
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

from readycheck.errors import NameSilent, NameUnknown, NetError, Silent, TlsFailed, TooBig, Where
from readycheck.ports import Hop, HopKind, NotTold, SrvRecord, Stream, TcpAnswer, TlsAnswer, UdpAnswer

ADDRESS = "192.0.2.10"  # RFC 5737, TEST-NET-1


@dataclass
class FakeStream:
    """Says its lines in order, then is silent; keeps what was written."""

    lines: list[bytes] = field(default_factory=list)
    written: list[bytes] = field(default_factory=list)
    tls: TlsAnswer | NetError | None = None
    address: str = ADDRESS
    own_port: int = 50_000

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
    small TCP segments, ``own_roots`` hosts whose authority only this computer trusts; ``streams`` (host, port) -> FakeStream;
    ``exchangers`` mail domain -> MX names or error; ``services`` service name -> SRV records or error;
    ``echoes`` host -> RTT in ms of every echo, or error, or a list of them in order;
    ``hops`` (protocol, address, port) -> who answers for packets with a time to
    live of 1, 2 ...: a router's address, None for silence, or any Hop; or NotTold. ``probed`` keeps which of them were asked.
    ``told_mtu``, ``silent_above``: the largest whole packet in bytes that passes, where somebody says so, and where nobody does.
    """

    names: Mapping[str, tuple[str, ...] | NetError] = field(default_factory=dict)
    ports: Mapping[tuple[str, int], float | NetError] = field(default_factory=dict)
    replies: Mapping[tuple[str, int], bytes | Callable[[bytes], bytes] | NetError] = field(
        default_factory=dict
    )
    certificates: Mapping[str, TlsAnswer | NetError] = field(default_factory=dict)
    small_segments: Mapping[str, TlsAnswer] = field(default_factory=dict)
    own_roots: set[str] = field(default_factory=set)
    streams: Mapping[tuple[str, int], Stream | NetError] = field(default_factory=dict)
    sources: dict[str, str | None] = field(default_factory=dict)
    exchangers: Mapping[str, tuple[str, ...] | NetError] = field(default_factory=dict)
    services: Mapping[str, tuple[SrvRecord, ...] | NetError] = field(default_factory=dict)
    hops: Mapping[tuple[str, str, int], Sequence[str | Hop | None] | NotTold] = field(default_factory=dict)
    told_mtu: int = 0
    silent_above: int = 0
    echoes: Mapping[str, float | NetError | NotTold | list[float | NetError]] = field(default_factory=dict)
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
        public_roots: bool = False,
    ) -> TlsAnswer:
        known = self.small_segments if segment_bytes else {}
        if public_roots and host in self.own_roots:
            raise TlsFailed(Where(host=host, port=port), reason="untrusted")
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
        source: str = "",
        source_port: int = 0,
        whole: bool = False,
    ) -> UdpAnswer:
        self.sent.append((host, port, payload))
        if whole and (problem := self._too_big(host, port, len(payload))) is not None:
            raise problem
        answer = self.replies.get((host, port), Silent(Where(host=host, port=port)))
        if isinstance(answer, NetError):
            raise answer
        data = answer(payload) if callable(answer) else answer
        if not accept(data):
            raise Silent(Where(host=host, port=port))
        return UdpAnswer(data=data, rtt_ms=20.0, tries=1, address=ADDRESS, source_port=port)

    def _too_big(self, host: str, port: int, payload: int) -> NetError | None:
        size = payload + (48 if ":" in host else 28)  # with the headers of IP and UDP
        where = Where(host=host, port=port)
        if self.told_mtu and size > self.told_mtu:
            return TooBig(where, mtu=self.told_mtu)
        return Silent(where) if self.silent_above and size > self.silent_above else None

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

    async def echo(self, host: str, *, timeout_s: float = 1.0) -> UdpAnswer:
        answer = self.echoes.get(host, Silent(Where(host=host)))
        if isinstance(answer, list):
            answer = answer.pop(0) if answer else Silent(Where(host=host))
        if isinstance(answer, NetError | NotTold):
            raise answer
        return UdpAnswer(data=b"", rtt_ms=answer, tries=1, address=ADDRESS, source_port=0)

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
