"""macOS facts from route, scutil, arp, pmset, sw_vers and system_profiler. Asks only what needs no permission and no root."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from readycheck.adapters import drives, proxy_settings
from readycheck.adapters.radio import macos as radio
from readycheck.adapters.system_common import (
    Nature,
    Natures,
    Run,
    answer_of,
    json_of,
    table,
    text_of,
    zone_of_link,
)
from readycheck.ports import NetworkDrive, NotTold, ProxySettings, Route, WifiLink
from readycheck.text import clean

PROFILER_S: Final = 10.0  # system_profiler takes one to three seconds
_BY_NAME: Final = (
    (re.compile(r"lo\d"), "loopback"),
    (re.compile(r"(utun|ipsec|ppp|tun|tap|gif|stf)\d"), "tunnel"),
    (re.compile(r"(bridge|awdl|llw|ap|anpi|vmenet|vmnet|feth|pktap|vnic)\d"), "virtual"),
)
_BY_HARDWARE: Final = {"AirPort": "wifi", "Ethernet": "wired"}
_NOT_IN_TABLE: Final = b"not in table"


class MacSystem:
    name = "macOS"

    def __init__(self, run: Run, root: Path = Path("/")) -> None:
        self._run = run
        self._root = root
        self._natures = Natures(self._listed)

    async def version(self) -> str:
        return clean((await text_of(self._run, ["/usr/bin/sw_vers", "-productVersion"])).strip(), 80)

    async def timezone(self) -> str:
        return zone_of_link(self._root / "etc/localtime")

    async def natures(self, names: Sequence[str]) -> Mapping[str, Nature]:
        return await self._natures.of(names)

    async def _listed(self, names: Sequence[str]) -> Mapping[str, Nature]:
        """By name where macOS fixes the name, else by the hardware that the network settings list."""
        try:
            listed = {str(row.get("interface")): row for row in await self._profile("SPNetworkDataType")}
        except NotTold:
            listed = {}
        return {name: _nature(name, listed.get(name, {})) for name in names}

    async def default_route(self) -> Route | None:
        return await self._default_of() or await self._default_of("-inet6")

    async def default_routes(self) -> tuple[Route, ...]:
        return tuple(filter(None, (await self._default_of(), await self._default_of("-inet6"))))

    async def _default_of(self, *family: str) -> Route | None:
        answer = await answer_of(self._run, ["/sbin/route", "-n", "get", *family, "default"])
        fields = _colon_fields(answer.stdout.decode("utf-8", "replace"))
        if "interface" in fields:
            return Route(interface=fields["interface"], gateway=_gateway(fields))
        if _NOT_IN_TABLE not in answer.stdout + answer.stderr:
            raise NotTold("route printed something unexpected")
        return None

    async def wifi(self) -> tuple[WifiLink, ...]:
        """The command ``airport`` is gone since 14.5, and wdutil(8) needs root."""
        command = ["/usr/sbin/system_profiler", "SPAirPortDataType", "-json"]
        return radio.in_profiler(await json_of(self._run, command, timeout_s=PROFILER_S))

    async def metered(self) -> bool | None:
        """Low Data Mode and personal hotspots are told to programs by a library of the system, by no command."""
        raise NotTold("no command of macOS tells what a connection costs")

    async def dns_servers(self) -> tuple[str, ...]:
        """The servers of the first resolver that has any, of the unscoped configuration: what programs get by default."""
        text = await text_of(self._run, ["/usr/sbin/scutil", "--dns"])
        general = text.partition("DNS configuration (for scoped queries)")[0]
        for resolver in re.split(r"resolver #\d+", general)[1:]:
            servers = re.findall(r"nameserver\[\d+\]\s*:\s*(\S+)", resolver)
            if servers:
                return tuple(dict.fromkeys(clean(server, 64) for server in servers))
        return ()

    async def encrypted_dns(self) -> bool | None:
        raise NotTold("no command of macOS tells whether lookups are encrypted")

    async def proxy_settings(self) -> ProxySettings:
        return proxy_settings.of_scutil(await text_of(self._run, ["/usr/sbin/scutil", "--proxy"]))

    async def has_battery(self) -> bool:
        return "InternalBattery" in await text_of(self._run, ["/usr/bin/pmset", "-g", "batt"])

    async def cameras(self) -> tuple[str, ...]:
        return tuple(_title(camera, "Camera") for camera in await self._profile("SPCameraDataType"))

    async def microphones(self) -> tuple[str, ...]:
        groups = await self._profile("SPAudioDataType")
        devices = [device for group in groups for device in table(group.get("_items", []))]
        return tuple(_title(d, "Sound input") for d in devices if _count(d.get("coreaudio_device_input")))

    async def neighbour(self, address: str) -> bool | None:
        """False where the address was asked for and nobody answered. An entry may be minutes old, and proves nothing."""
        plain = ipaddress.ip_address(address.partition("%")[0])
        if plain.version == 6:
            return None
        answer = await answer_of(self._run, ["/usr/sbin/arp", "-n", str(plain)])
        return False if b"(incomplete)" in answer.stdout else None

    async def network_drives(self) -> tuple[NetworkDrive, ...]:
        return drives.in_mount(await text_of(self._run, ["/sbin/mount"]))

    async def _profile(self, kind: str) -> list[Mapping[str, Any]]:
        command = ["/usr/sbin/system_profiler", kind, "-json"]
        told = await json_of(self._run, command, timeout_s=PROFILER_S)
        if not isinstance(told, dict) or kind not in told:
            raise NotTold(f"system_profiler said nothing about {kind}")
        return table(told[kind])


def _nature(name: str, listed: Mapping[str, Any]) -> Nature:
    for pattern, kind in _BY_NAME:
        if pattern.match(name):
            return Nature(kind=kind)
    kind = _BY_HARDWARE.get(str(listed.get("hardware")), "unknown")
    return Nature(kind=kind, description=clean(listed.get("_name", ""), 80))


def _colon_fields(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in text.splitlines())
    return {key.strip(): clean(value.strip(), 80) for key, colon, value in pairs if colon}


def _gateway(fields: Mapping[str, str]) -> str:
    """The next hop; empty where it is no address ("link#12": the link itself)."""
    try:
        ipaddress.ip_address(fields.get("gateway", "").partition("%")[0])
    except ValueError:
        return ""
    return fields["gateway"]


def _title(device: Mapping[str, Any], otherwise: str) -> str:
    return clean(device.get("_name") or otherwise, 80)


def _count(value: object) -> int:
    text = str(value)[:9] if isinstance(value, int | str) else ""
    return int(text) if text.isascii() and text.isdigit() else 0
