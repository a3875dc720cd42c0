"""A laptop that tells of itself what it was given."""

from dataclasses import dataclass, field

from readycheck.ports import (
    Battery,
    Disk,
    Host,
    Interface,
    Memory,
    NetworkDrive,
    NotTold,
    ProxySettings,
    Route,
    WifiLink,
)


@dataclass
class FakeSystem:
    """A healthy laptop at home; change the fields you need.

    ``route6``: of IPv6, beside it. ``route`` may be a NotTold or NoRoute to raise."""

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
    route6: Route | None = None
    radios: tuple[WifiLink, ...] | NotTold = ()
    costs_by_data: bool | None = False
    resolvers: tuple[str, ...] | None = ("192.168.1.1",)
    dns_is_encrypted: bool | None = None
    proxies: ProxySettings | None = ProxySettings(source="GNOME")
    neighbours: dict[str, bool] = field(default_factory=dict)
    power: Battery | None = Battery(percent=80, plugged=True, seconds_left=None)
    battery_present: bool | None = True
    storage: Disk | None = Disk(path="/", total_bytes=256 * 10**9, free_bytes=120 * 10**9)
    drives: tuple[NetworkDrive, ...] | None = ()
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

    async def default_routes(self) -> tuple[Route, ...]:
        preferred = await self.default_route()
        return tuple(each for each in (preferred, self.route6) if each is not None)

    async def wifi(self) -> tuple[WifiLink, ...]:
        if isinstance(self.radios, NotTold):
            raise self.radios
        return self.radios

    async def metered(self) -> bool | None:
        return self.costs_by_data

    async def dns_servers(self) -> tuple[str, ...] | None:
        return self.resolvers

    async def encrypted_dns(self) -> bool | None:
        return self.dns_is_encrypted

    async def proxy_settings(self) -> ProxySettings | None:
        return self.proxies

    async def neighbour(self, address: str) -> bool | None:
        return self.neighbours.get(address)

    async def battery(self) -> Battery | None:
        return self.power

    async def has_battery(self) -> bool | None:
        return self.battery_present

    async def disk(self, path: str = "") -> Disk | None:
        return self.storage

    async def network_drives(self) -> tuple[NetworkDrive, ...] | None:
        return self.drives

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
