"""The real System: what psutil tells on every platform, joined with what only this platform's own files and commands tell.

Never raises for what cannot be told (None instead), and never waits long: whatever can block runs in a daemon thread.
"""

import getpass
import ipaddress
import json
import os
import platform
import socket
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from readycheck.adapters.drives import holding
from readycheck.adapters.names import in_thread
from readycheck.adapters.system_common import Nature, Platform, Run
from readycheck.adapters.system_linux import LinuxSystem
from readycheck.adapters.system_macos import MacSystem
from readycheck.adapters.system_windows import WindowsSystem
from readycheck.errors import ChildFailed, ChildTimeout
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
    System,
    WifiLink,
)
from readycheck.text import clean

T = TypeVar("T")
LIMIT_S: Final = 3.0
_DUPLEX: Final = {1: "half", 2: "full"}  # psutil.NIC_DUPLEX_HALF, NIC_DUPLEX_FULL
_ROOM: Final = (
    "import os,sys; s=os.statvfs(sys.argv[1]); print([s.f_blocks*s.f_frsize, s.f_bavail*s.f_frsize])"
)


def real_system(run: Run) -> System:
    """The System of the platform this runs on; ``run`` is Children.run."""
    if sys.platform == "darwin":
        return RealSystem(MacSystem(run), run=run)
    if sys.platform == "win32":
        return RealSystem(WindowsSystem(run), run=run)
    return RealSystem(LinuxSystem(run), run=run)


class RealSystem:
    """``own``: this platform's part; ``limit_s``: how long a question to psutil may take; ``run``: Children.run, for what may
    block without end."""

    def __init__(self, own: Platform, *, limit_s: float = LIMIT_S, run: Run | None = None) -> None:
        self._own = own
        self._run = run
        self._limit_s = limit_s

    async def host(self) -> Host:
        return Host(
            system=self._own.name,
            system_version=await _told(self._own.version()) or "",
            machine=clean(platform.machine(), 40),
            computer=clean(socket.gethostname(), 80),
            user=_user(),
            home=str(_home()),
            timezone=await _told(self._own.timezone()) or f"{datetime.now().astimezone():UTC%z}",
        )

    async def interfaces(self) -> tuple[Interface, ...] | None:
        found = await self._asked(_addresses_and_states)
        if found is None:
            return None
        addresses, states = found
        natures = await _told(self._own.natures(tuple(addresses))) or {}
        return tuple(
            _interface(name, addresses[name], states.get(name), natures.get(name)) for name in addresses
        )

    async def default_route(self) -> Route | None:
        try:
            return await self._own.default_route()
        except (OSError, ValueError, IndexError) as problem:
            raise NotTold(clean(problem)) from None

    async def default_routes(self) -> tuple[Route, ...]:
        try:
            return await self._own.default_routes()
        except (OSError, ValueError, IndexError) as problem:
            raise NotTold(clean(problem)) from None

    async def wifi(self) -> tuple[WifiLink, ...]:
        try:
            return await self._own.wifi()
        except (OSError, ValueError, IndexError) as problem:
            raise NotTold(clean(problem)) from None

    async def metered(self) -> bool | None:
        return await _told(self._own.metered())

    async def dns_servers(self) -> tuple[str, ...] | None:
        return await _told(self._own.dns_servers())

    async def encrypted_dns(self) -> bool | None:
        return await _told(self._own.encrypted_dns())

    async def proxy_settings(self) -> ProxySettings | None:
        return await _told(self._own.proxy_settings())

    async def neighbour(self, address: str) -> bool | None:
        return await _told(self._own.neighbour(address))

    async def battery(self) -> Battery | None:
        if await self.has_battery() is False:
            return None  # psutil also lists the batteries of mice and headsets
        found = await self._asked(lambda: _psutil().sensors_battery())
        if found is None:
            return None
        left = found.secsleft if found.secsleft is not None and found.secsleft >= 0 else None
        return Battery(percent=float(found.percent), plugged=found.power_plugged, seconds_left=left)

    async def has_battery(self) -> bool | None:
        return await _told(self._own.has_battery())

    async def disk(self, path: str = "") -> Disk | None:
        place = path or str(_home())
        if os.name == "posix" and holding(place, await self.network_drives() or ()):
            return await self._far_disk(place)
        found = await self._asked(lambda: _psutil().disk_usage(place))
        return None if found is None else Disk(path=place, total_bytes=found.total, free_bytes=found.free)

    async def _far_disk(self, place: str) -> Disk | None:
        """From a child process: a thread that a dead mount holds would hold the end of this program too."""
        if self._run is None:
            return None
        command = [sys.executable, "-I", "-S", "-c", _ROOM, place]
        try:
            told = await self._run(command, timeout_s=self._limit_s)
            total, free = json.loads(told.stdout)
        except (ChildFailed, ChildTimeout, ValueError):
            return None
        return Disk(path=place, total_bytes=total, free_bytes=free)

    async def network_drives(self) -> tuple[NetworkDrive, ...] | None:
        return await _told(self._own.network_drives())

    async def memory(self) -> Memory | None:
        found = await self._asked(lambda: _psutil().virtual_memory())
        return None if found is None else Memory(total_bytes=found.total, available_bytes=found.available)

    async def cpu_percent(self, seconds: float = 1.0) -> float | None:
        return await self._asked(lambda: float(_psutil().cpu_percent(interval=seconds)), more_s=seconds)

    async def cpu_count(self) -> int | None:
        return await self._asked(lambda: _psutil().cpu_count())

    async def uptime_s(self) -> float | None:
        booted = await self._asked(lambda: float(_psutil().boot_time()))
        return None if booted is None or booted > time.time() else time.time() - booted

    async def cameras(self) -> tuple[str, ...] | None:
        return await _told(self._own.cameras())

    async def microphones(self) -> tuple[str, ...] | None:
        return await _told(self._own.microphones())

    async def _asked(self, work: Callable[[], T], *, more_s: float = 0.0) -> T | None:
        """What psutil tells; None where it cannot, or not in time."""
        psutil = _psutil()
        try:
            return await in_thread(work, timeout_s=self._limit_s + more_s)
        except (OSError, AttributeError, NotImplementedError, RuntimeError, TimeoutError, psutil.Error):
            return None


def _psutil() -> Any:
    import psutil

    return psutil


async def _told(question: Awaitable[T]) -> T | None:
    """What this platform tells; None where it does not, or says it in a shape that we do not know."""
    try:
        return await question
    except (NotTold, OSError, ValueError, IndexError):
        return None


def _addresses_and_states() -> tuple[Mapping[str, tuple[str, ...]], Mapping[str, Any]]:
    """IP addresses (without zone) and psutil's states by interface; hardware addresses are left out."""
    psutil = _psutil()
    families = (socket.AF_INET, socket.AF_INET6)
    addresses = {
        name: tuple(entry.address.partition("%")[0] for entry in entries if entry.family in families)
        for name, entries in psutil.net_if_addrs().items()
    }
    return addresses, psutil.net_if_stats()


def _interface(name: str, addresses: tuple[str, ...], state: Any, nature: Nature | None) -> Interface:
    kind = nature.kind if nature is not None else "unknown"
    if addresses and all(ipaddress.ip_address(address).is_loopback for address in addresses):
        kind = "loopback"
    return Interface(
        name=clean(name, 80),
        kind=kind,
        up=bool(state is not None and state.isup),
        addresses=addresses,
        mtu=state.mtu if state is not None else 0,
        speed_mbps=state.speed if state is not None else 0,
        description=nature.description if nature is not None else "",
        duplex=_DUPLEX.get(int(state.duplex), "") if state is not None else "",
    )


def _user() -> str:
    try:
        return clean(getpass.getuser(), 80)
    except (OSError, KeyError):  # no login name for this user id: KeyError up to Python 3.12
        return ""


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError:  # no home folder for this user id
        return Path.cwd()
