"""TCP, TLS, UDP, names and hops: what a check may ask of the network. All raise NetErrors and nothing else, but for hop() and
udp() of whole packets, which may raise NotTold."""

import ssl
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol


@dataclass(frozen=True, kw_only=True)
class TcpAnswer:
    """A TCP connection came about: to ``address``, after ``rtt_ms`` (one round trip: SYN to SYN-ACK)."""

    address: str
    rtt_ms: float


@dataclass(frozen=True, kw_only=True)
class TlsAnswer:
    """A verified TLS handshake. ``issuer`` and ``subject`` are common names (or organisations); ``not_after`` with zone."""

    address: str
    rtt_ms: float
    version: str
    subject: str
    issuer: str
    not_after: datetime | None


@dataclass(frozen=True, kw_only=True)
class UdpAnswer:
    """The first accepted reply: ``rtt_ms`` from the send it answers, ``tries`` sends made, ``source`` its sender's address."""

    data: bytes
    rtt_ms: float
    tries: int
    address: str
    source_port: int


@dataclass(frozen=True, kw_only=True)
class SrvRecord:
    """Where a service of a domain is (RFC 2782). ``target`` without final dot; empty: the domain says that it is not offered."""

    target: str
    port: int
    priority: int = 0
    weight: int = 0


class HopKind(StrEnum):
    """What became of a packet with a small time to live."""

    EXPIRED = "expired"  # a router on the way answered that the time to live ran out
    REACHED = "reached"  # the target itself answered, or somebody in its name; a refusal is an answer
    NO_ROUTE = "no route"  # somebody on the way answered that no way leads there
    PROHIBITED = "prohibited"  # somebody on the way answered that it may not pass
    SILENT = "silent"


@dataclass(frozen=True, kw_only=True)
class Hop:
    """The fate of one packet: ``address`` of who answered, empty where nobody did; ``here``: this computer itself said so."""

    kind: HopKind
    address: str = ""
    rtt_ms: float | None = None
    here: bool = False


class Stream(Protocol):
    """A TCP (or TLS) conversation: readline/read/write with limits; raises NetError children."""

    @property
    def address(self) -> str: ...
    @property
    def own_port(self) -> int:
        """The port of this computer that the connection begins at; 0 where that is not known."""
        ...

    async def read_line(self, *, timeout_s: float = 5.0, limit: int = 4096) -> bytes: ...
    async def read_exactly(self, count: int, *, timeout_s: float = 5.0) -> bytes: ...
    async def write(self, data: bytes) -> None: ...
    async def start_tls(self, server_name: str, *, timeout_s: float = 5.0) -> TlsAnswer: ...
    async def close(self) -> None: ...


class Net(Protocol):
    """TCP, TLS, UDP and names. ``host`` is a name or a literal address. A resolver set in the profile is used by all of them."""

    async def resolve(self, host: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
        """Addresses of the name, 8 at most (a literal is returned as it is). Raises NameUnknown, NameSilent, NameRefused."""
        ...

    async def mx(self, domain: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
        """Mail exchangers of a domain, the preferred first, without final dot; () where the name has none (NODATA).

        A null MX (RFC 7505: the domain takes no mail) is ("",). Raises NameUnknown, NameSilent, NameRefused.
        """
        ...

    async def srv(self, service: str, *, timeout_s: float = 5.0) -> tuple[SrvRecord, ...]:
        """Records of a service name ("_imaps._tcp.example.com"), the preferred first; () where the name has none (NODATA).

        Raises NameUnknown, NameSilent, NameRefused.
        """
        ...

    async def tcp(self, host: str, port: int, *, timeout_s: float = 4.0) -> TcpAnswer: ...

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
        """Handshake verified against the system trust store (plus the profile's own CA). Raises TlsFailed with the reason.

        ``public_roots``: against the authorities that browsers are shipped with (Mozilla's list) in place of the system's store:
        a certificate that only the system trusts comes from an authority that somebody installed on this computer.

        ``segment_bytes``: no TCP segment either way is larger (RFC 9293, maximum segment size); 0: as the system likes. Systems
        without that option use their own size.
        """
        ...

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
        """Send, wait waits_s[0], send again, ... until accept(reply). Raises Refused (ICMP), Silent, NoRoute.

        ``source``: the local address; empty: as the system likes. ``source_port``: the local port, for protocols that write it
        into what they say; Closed where it is taken. 0: any. ``whole``: nobody may cut the packet up (Don't Fragment); raises
        TooBig where this computer or a router says that it does not pass, NotTold where this system cannot forbid it.
        """
        ...

    async def open(self, host: str, port: int, *, tls: bool = False, timeout_s: float = 4.0) -> Stream: ...

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
        """One datagram or connection attempt that at most ``ttl`` routers may pass on, and who answers for it.

        A name stands for its first address. Raises NotTold where the system does not hand such answers to an ordinary user.
        """
        ...

    async def echo(self, host: str, *, timeout_s: float = 1.0) -> UdpAnswer:
        """One ICMP echo (RFC 792, RFC 4443) and its reply; of a name its first address; ``source_port`` is 0.

        Raises Silent, NoRoute, and NotTold where this system lets no ordinary user send one.
        """
        ...

    def source_address(self, address: str) -> str | None:
        """The local address that the kernel would use towards this literal address; no packet is sent. None: no route."""
        ...

    def ssl_context(self) -> ssl.SSLContext:
        """The verifying context that tls() uses: system trust store, TLS 1.2 or newer."""
        ...
