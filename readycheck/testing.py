"""Fakes and run_check(): what a check author tests with. Public and stable, like readycheck.api.

    result = await run_check(check, Options(host="portal.example"), net=FakeNet(tcp={("portal.example", 443): 20.0}))
    assert result.status is Status.FAIL

A fake answers what it was given and raises the NetError it was given; anything else is Silent, as in life.
"""

import ipaddress
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from readycheck.api import Check, Context, Meter, Options
from readycheck.engine import collect
from readycheck.errors import NameSilent, NameUnknown, NetError, NoRoute, Silent, Where
from readycheck.model import CheckResult, ContactCard
from readycheck.ports import (
    Battery,
    CommandAnswer,
    Disk,
    Hop,
    HopKind,
    Host,
    HttpAnswer,
    Interface,
    Memory,
    NotTold,
    Route,
    Stream,
    TcpAnswer,
    TlsAnswer,
    UdpAnswer,
)

ADDRESS = "192.0.2.10"  # RFC 5737, TEST-NET-1


@dataclass
class FakeClock:
    """Stands still until told, and sleeps by moving on."""

    moment: datetime = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)
    seconds: float = 0.0

    def now(self) -> datetime:
        return self.moment

    def monotonic(self) -> float:
        return self.seconds

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.moment += timedelta(seconds=seconds)


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
    ``exchangers`` mail domain -> MX names or error; ``hops`` (protocol, address, port) -> who answers for packets with a time to
    live of 1, 2 ...: a router's address, None for silence, or any Hop; or NotTold. ``probed`` keeps which of them were asked."""

    names: dict[str, tuple[str, ...] | NetError] = field(default_factory=dict)
    ports: dict[tuple[str, int], float | NetError] = field(default_factory=dict)
    replies: dict[tuple[str, int], bytes | Callable[[bytes], bytes] | NetError] = field(default_factory=dict)
    certificates: dict[str, TlsAnswer | NetError] = field(default_factory=dict)
    small_segments: dict[str, TlsAnswer] = field(default_factory=dict)
    streams: dict[tuple[str, int], Stream | NetError] = field(default_factory=dict)
    sources: dict[str, str | None] = field(default_factory=dict)
    exchangers: dict[str, tuple[str, ...] | NetError] = field(default_factory=dict)
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


def http_answer(url: str, status: int = 200, body: bytes = b"", **headers: str) -> HttpAnswer:
    named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
    return HttpAnswer(url=url, status=status, headers=named, body=body, seconds=0.05, address=ADDRESS)


@dataclass
class FakeHttp:
    """``pages`` URL -> HttpAnswer or error, for any method."""

    pages: dict[str, HttpAnswer | NetError] = field(default_factory=dict)
    proxies: dict[str, str] = field(default_factory=dict)

    async def get(self, url: str, **kwargs: Any) -> HttpAnswer:
        return await self.request("GET", url, **kwargs)

    async def request(self, method: str, url: str, **kwargs: Any) -> HttpAnswer:
        answer = self.pages.get(url, Silent(Where(host=url)))
        if isinstance(answer, NetError):
            raise answer
        return answer

    def proxy_for(self, url: str) -> str | None:
        return self.proxies.get(url)


@dataclass
class FakeSystem:
    """A healthy laptop at home; change the fields you need. ``route`` may be a NotTold or NoRoute to raise."""

    machine: Host = Host(
        system="Linux",
        system_version="Debian 12",
        machine="x86_64",
        computer="anna-laptop",
        user="anna",
        home="/home/anna",
        timezone="Europe/Berlin",
    )
    network: tuple[Interface, ...] | None = (
        Interface(name="wlan0", kind="wifi", up=True, addresses=("192.168.1.23",), mtu=1500, speed_mbps=433),
    )
    route: Route | NotTold | None = Route(interface="wlan0", gateway="192.168.1.1")
    resolvers: tuple[str, ...] | None = ("192.168.1.1",)
    neighbours: dict[str, bool] = field(default_factory=dict)
    power: Battery | None = Battery(percent=80, plugged=True, seconds_left=None)
    battery_present: bool | None = True
    storage: Disk | None = Disk(path="/", total_bytes=256 * 10**9, free_bytes=120 * 10**9)
    ram: Memory | None = Memory(total_bytes=16 * 10**9, available_bytes=9 * 10**9)
    load: float | None = 12.0
    processors: int | None = 8
    up_seconds: float | None = 86_400.0
    video: tuple[str, ...] | None = ("Integrated Camera",)
    audio: tuple[str, ...] | None = ("Headset",)

    async def host(self) -> Host:
        return self.machine

    async def interfaces(self) -> tuple[Interface, ...] | None:
        return self.network

    async def default_route(self) -> Route | None:
        if isinstance(self.route, NotTold):
            raise self.route
        return self.route

    async def dns_servers(self) -> tuple[str, ...] | None:
        return self.resolvers

    async def neighbour(self, address: str) -> bool | None:
        return self.neighbours.get(address)

    async def battery(self) -> Battery | None:
        return self.power

    async def has_battery(self) -> bool | None:
        return self.battery_present

    async def disk(self, path: str = "") -> Disk | None:
        return self.storage

    async def memory(self) -> Memory | None:
        return self.ram

    async def cpu_percent(self, seconds: float = 1.0) -> float | None:
        return self.load

    async def cpu_count(self) -> int | None:
        return self.processors

    async def uptime_s(self) -> float | None:
        return self.up_seconds

    async def cameras(self) -> tuple[str, ...] | None:
        return self.video

    async def microphones(self) -> tuple[str, ...] | None:
        return self.audio


@dataclass
class FakeChildren:
    """``answers`` function name -> value, or exception to raise; ``commands`` program -> CommandAnswer or exception."""

    answers: dict[str, Any] = field(default_factory=dict)
    commands: dict[str, CommandAnswer | Exception] = field(default_factory=dict)
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    async def call(
        self,
        function: str,
        request: Mapping[str, Any],
        *,
        timeout_s: float,
        progress: Callable[[str, float | None], None] | None = None,
    ) -> Any:
        self.asked.append((function, request))
        answer = self.answers[function]
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def run(self, command: Sequence[str], *, timeout_s: float, limit: int = 65_536) -> CommandAnswer:
        answer = self.commands[command[0]]
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class FakeSecrets:
    values: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        return self.values.get(name)


def fake_context(**world: Any) -> Context:
    """A Context of fakes; any of its fields can be given."""
    parts: dict[str, Any] = {
        "net": FakeNet(),
        "http": FakeHttp(),
        "system": FakeSystem(),
        "clock": FakeClock(),
        "children": FakeChildren(),
        "secrets": FakeSecrets(),
        "meter": Meter(),
        "contact": ContactCard(),
    }
    return Context(**(parts | world))


async def run_check(check: Check, options: Options | None = None, **world: Any) -> CheckResult:
    """Run one check against fakes (or against what you hand in) and return its result, as the engine would see it."""
    return await collect(check, options if options is not None else check.options(), fake_context(**world))


__all__ = [
    "ADDRESS",
    "FakeChildren",
    "FakeClock",
    "FakeHttp",
    "FakeNet",
    "FakeSecrets",
    "FakeStream",
    "FakeSystem",
    "NameUnknown",
    "NoRoute",
    "Silent",
    "Where",
    "fake_context",
    "http_answer",
    "run_check",
    "tls_answer",
]
