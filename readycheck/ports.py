"""The outside world as Protocols: what a check may ask of network, operating system, clock, children and secrets.

The real ones are in readycheck.adapters, the fakes in readycheck.testing. Every call has a time limit of its own; every
network call raises a NetError (readycheck.errors) and nothing else, but hop(): it may raise NotTold. Nothing here does anything.
"""

import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol


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
class HttpAnswer:
    """An HTTP response, not followed, at most the asked number of body bytes. Header names are lower case."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    seconds: float
    address: str
    truncated: bool = False


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
    async def read_line(self, *, timeout_s: float = 5.0, limit: int = 4096) -> bytes: ...
    async def read_exactly(self, count: int, *, timeout_s: float = 5.0) -> bytes: ...
    async def write(self, data: bytes) -> None: ...
    async def start_tls(self, server_name: str, *, timeout_s: float = 5.0) -> TlsAnswer: ...
    async def close(self) -> None: ...


class Net(Protocol):
    """TCP, TLS, UDP and names. ``host`` is a name or a literal address. A resolver set in the profile is used by all of them."""

    async def resolve(self, host: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
        """Addresses of the name (a literal is returned as it is). Raises NameUnknown, NameSilent, NameRefused."""
        ...

    async def mx(self, domain: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
        """Mail exchangers of a domain, the preferred first, without final dot; () where the name has none (NODATA).

        A null MX (RFC 7505: the domain takes no mail) is ("",). Raises NameUnknown, NameSilent, NameRefused.
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
    ) -> TlsAnswer:
        """Handshake verified against the system trust store (plus the profile's own CA). Raises TlsFailed with the reason.

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
    ) -> UdpAnswer:
        """Send, wait waits_s[0], send again, ... until accept(reply). Raises Refused (ICMP), Silent, NoRoute."""
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

    def source_address(self, address: str) -> str | None:
        """The local address that the kernel would use towards this literal address; no packet is sent. None: no route."""
        ...

    def ssl_context(self) -> ssl.SSLContext:
        """The verifying context that tls() uses: system trust store, TLS 1.2 or newer."""
        ...


class Http(Protocol):
    """Small HTTP conversations (control, portals, APIs). Redirects are never followed; TLS is always verified."""

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout_s: float = 6.0,
        max_bytes: int = 65_536,
        proxy: bool = True,
    ) -> HttpAnswer: ...

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        content: bytes = b"",
        timeout_s: float = 6.0,
        max_bytes: int = 65_536,
        proxy: bool = True,
        auth: tuple[str, str] | None = None,
    ) -> HttpAnswer:
        """``auth`` answers a Basic or Digest challenge. ``proxy=False`` goes directly even where a proxy is configured."""
        ...

    def proxy_for(self, url: str) -> str | None:
        """The proxy (without credentials) that get() would use for this URL, from environment or system settings."""
        ...


@dataclass(frozen=True, kw_only=True)
class Interface:
    """A network interface. ``kind`` is one of wired, wifi, tunnel, loopback, virtual, unknown; ``speed_mbps`` 0 = not told."""

    name: str
    kind: str
    up: bool
    addresses: tuple[str, ...]
    mtu: int
    speed_mbps: int = 0
    description: str = ""


@dataclass(frozen=True, kw_only=True)
class Route:
    """The default route: ``gateway`` is empty for a point-to-point link."""

    interface: str
    gateway: str


@dataclass(frozen=True, kw_only=True)
class Battery:
    percent: float
    plugged: bool | None
    seconds_left: int | None


@dataclass(frozen=True, kw_only=True)
class Disk:
    path: str
    total_bytes: int
    free_bytes: int


@dataclass(frozen=True, kw_only=True)
class Memory:
    total_bytes: int
    available_bytes: int


@dataclass(frozen=True, kw_only=True)
class Host:
    """The machine and who is signed in: values that name somebody; they go into Environment and facts of that class only."""

    system: str
    system_version: str
    machine: str
    computer: str
    user: str
    home: str
    timezone: str


class System(Protocol):
    """Facts about this machine. None means: could not be told (no permission, no such interface). Never raises for that."""

    async def host(self) -> Host: ...
    async def interfaces(self) -> tuple[Interface, ...] | None: ...
    async def default_route(self) -> Route | None:
        """The default route; None: there is none. Raises NotTold where the system does not say."""
        ...

    async def dns_servers(self) -> tuple[str, ...] | None: ...
    async def neighbour(self, address: str) -> bool | None:
        """Is this address of the own network there? True: it answered an address request a moment ago (ARP, neighbour
        discovery); False: it was asked and did not; None: the system only remembers it, or does not tell."""
        ...

    async def battery(self) -> Battery | None: ...
    async def has_battery(self) -> bool | None: ...
    async def disk(self, path: str = "") -> Disk | None:
        """The disk that holds ``path`` (default: the home folder)."""
        ...

    async def memory(self) -> Memory | None: ...
    async def cpu_percent(self, seconds: float = 1.0) -> float | None:
        """Mean load of all processors over this time, 0 to 100."""
        ...

    async def cpu_count(self) -> int | None: ...
    async def uptime_s(self) -> float | None: ...
    async def cameras(self) -> tuple[str, ...] | None:
        """Names of cameras present; () is a proved absence, None means could not be told. Never opens a device."""
        ...

    async def microphones(self) -> tuple[str, ...] | None: ...


class NotTold(Exception):
    """The system does not say: the text is the reason (no permission, command missing, unexpected output)."""


class Clock(Protocol):
    def now(self) -> datetime:
        """Wall clock, with zone (local)."""
        ...

    def monotonic(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...


class Children(Protocol):
    """Killable child processes for what cannot be cancelled: blocking libraries, dead mounts, speedtest-cli."""

    async def call(
        self,
        function: str,
        request: Mapping[str, Any],
        *,
        timeout_s: float,
        progress: Callable[[str, float | None], None] | None = None,
    ) -> Any:
        """Run ``package.module:function(request, say)`` in a child; JSON in (by stdin, so secrets are safe), JSON out.

        Raises ChildTimeout after timeout_s (the child is killed; one that does not die is abandoned and reported),
        ChildFailed with the last line it said.
        """
        ...

    async def run(self, command: Sequence[str], *, timeout_s: float, limit: int = 65_536) -> "CommandAnswer":
        """Run a program without a shell, stdin closed. Raises ChildTimeout, ChildFailed (not found)."""
        ...


@dataclass(frozen=True, kw_only=True)
class CommandAnswer:
    code: int
    stdout: bytes
    stderr: bytes


class Secrets(Protocol):
    def get(self, name: str) -> str | None:
        """The secret of this name, from environment, keyring or a prompt; None where there is none. Never logged."""
        ...


@dataclass
class Meter:
    """Bytes one check has used, both directions. ``limit`` is its share of the run's budget; 0 = nothing may be spent."""

    limit: int | None = None
    used: int = field(default=0)

    def add(self, count: int) -> None:
        self.used += count

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(0, self.limit - self.used)
