"""What this computer tells about itself: interfaces, routes, battery, disk, devices. Nobody on the network is asked."""

from dataclasses import dataclass
from typing import Protocol


class NotTold(Exception):
    """The system does not say: the text is the reason (no permission, command missing, unexpected output)."""


@dataclass(frozen=True, kw_only=True)
class Interface:
    """A network interface. ``kind`` is one of wired, wifi, tunnel, loopback, virtual, unknown; ``speed_mbps`` 0 = not told;
    ``duplex`` is full, half, or empty where not told."""

    name: str
    kind: str
    up: bool
    addresses: tuple[str, ...]
    mtu: int
    speed_mbps: int = 0
    description: str = ""
    duplex: str = ""


@dataclass(frozen=True, kw_only=True)
class WifiLink:
    """A radio of this computer and what it is connected to. 0 and None: not told.

    ``signal_dbm`` and ``noise_dbm`` in dBm, ``band_ghz`` 2.4, 5 or 6, ``generation`` as in "Wi-Fi 6"; the rates are those of the
    radio in Mbit/s, about twice of what gets through. ``network``: its name, which is personal; the access point is never told.
    """

    interface: str
    connected: bool = True
    network: str = ""
    signal_dbm: float | None = None
    noise_dbm: float | None = None
    band_ghz: float = 0.0
    channel: int = 0
    width_mhz: int = 0
    send_mbps: float = 0.0
    receive_mbps: float = 0.0
    generation: int = 0


@dataclass(frozen=True, kw_only=True)
class Route:
    """The default route: ``gateway`` is empty for a point-to-point link."""

    interface: str
    gateway: str


@dataclass(frozen=True, kw_only=True)
class ProxySettings:
    """What the network settings of this person say about proxies, which browsers follow. Without user names and passwords.

    ``source``: whose settings ("GNOME", "KDE", "macOS", "Windows"); ``proxy``: host:port for https, empty where none is set;
    ``socks``: host:port of a SOCKS proxy, for what none other is set for; ``plain``: host:port for http; ``pac_url``: of a
    configuration file that is in use; ``detects``: the network is asked for such a file (WPAD); ``but``: hosts that are asked
    directly beside a proxy by hand, as names, domains (``.example.com``), networks and ``<local>`` for names without a dot;
    ``unread``: something else is set that cannot be read.
    """

    source: str
    proxy: str = ""
    socks: str = ""
    plain: str = ""
    pac_url: str = ""
    detects: bool = False
    but: tuple[str, ...] = ()
    unread: bool = False


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
class NetworkDrive:
    """A folder (or drive letter) that lies on another machine, as the system lists it.

    ``protocol``: smb, nfs, sftp, webdav; empty: another one. ``source``: in the system's own words; ``host``, ``port``: of the
    server, empty and 0 where not told. ``connected``: what the system thinks of it, None: it does not tell. ``waiting``: nothing
    is mounted there yet, it will be on first use.
    """

    place: str
    protocol: str
    source: str
    host: str
    port: int = 0
    connected: bool | None = None
    waiting: bool = False


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

    async def default_routes(self) -> tuple[Route, ...]:
        """The preferred default route of each IP version that has one, IPv4 first. Raises NotTold where that is not
        told."""
        ...

    async def wifi(self) -> tuple[WifiLink, ...]:
        """The radios of this computer; () where it has none. Raises NotTold where the system does not say."""
        ...

    async def metered(self) -> bool | None:
        """Does the connection in use cost by its data, or has it a quota? None: the system does not know, or does not tell."""
        ...

    async def dns_servers(self) -> tuple[str, ...] | None: ...
    async def encrypted_dns(self) -> bool | None:
        """Does the system's resolver ask its name servers over TLS or HTTPS? None: it does not tell."""
        ...

    async def proxy_settings(self) -> ProxySettings | None: ...
    async def neighbour(self, address: str) -> bool | None:
        """Is this address of the own network there? True: it answered an address request a moment ago (ARP, neighbour
        discovery); False: it was asked and did not; None: the system only remembers it, or does not tell."""
        ...

    async def battery(self) -> Battery | None: ...
    async def has_battery(self) -> bool | None: ...
    async def disk(self, path: str = "") -> Disk | None:
        """The disk that holds ``path`` (default: the home folder). One on a network drive that does not answer is None."""
        ...

    async def network_drives(self) -> tuple[NetworkDrive, ...] | None:
        """The drives of this person that lie on other machines, from the system's list: none of them is touched. A path under
        one of them can block whoever looks at it, without end: look from a child process."""
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
