"""Linux facts from /proc and /sys, and from ``ip`` and ``pactl`` where files do not tell. Opens no device, needs no root."""

import ipaddress
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from readycheck.adapters import drives, proxy_settings
from readycheck.adapters.radio import linux as radio
from readycheck.adapters.system_common import Nature, Run, json_of, table, text_of, zone_of_link
from readycheck.ports import NetworkDrive, NotTold, ProxySettings, Route, WifiLink
from readycheck.text import clean

# include/uapi/linux/if_arp.h: loopback; ppp, ip-in-ip, ip6-in-ip6, sit, gre, ip6gre, no link layer (tun, wireguard, xfrm)
_LOOPBACK: Final = "772"
_TUNNELS: Final = {"512", "768", "769", "776", "778", "823", "65534"}
_ROUTE_UP, _ROUTE_GATEWAY, _ROUTE_REJECT = 0x1, 0x2, 0x200  # include/uapi/linux/route.h
_USB_VIDEO: Final = "0e"  # USB-IF device class codes
_STUB: Final = "127.0.0.53"  # systemd-resolved's own address; its real servers are in a file of its own
_METERED: Final = {"yes": True, "yes (guessed)": True, "no": False, "no (guessed)": False}  # nmcli(1)
_PROVED: Final = {
    "REACHABLE": True,
    "FAILED": False,
    "INCOMPLETE": False,
}  # ip-neighbour(8); the rest is only remembered


class LinuxSystem:
    """``root`` is where /proc, /sys and /etc are (a recorded tree in tests)."""

    name = "Linux"

    def __init__(self, run: Run, root: Path = Path("/")) -> None:
        self._run = run
        self._root = root

    async def version(self) -> str:
        """The distribution with its version, from os-release(5)."""
        pairs = (line.partition("=") for line in self._read("etc/os-release").splitlines())
        release = {key: value.strip().strip("\"'") for key, _, value in pairs}
        return clean(f"{release.get('NAME', 'Linux')} {release.get('VERSION_ID', '')}".strip(), 80)

    async def timezone(self) -> str:
        try:
            return zone_of_link(self._root / "etc/localtime")
        except NotTold:
            return clean(self._read("etc/timezone").strip(), 64)

    async def natures(self, names: Sequence[str]) -> Mapping[str, Nature]:
        return {name: Nature(kind=self._kind(self._root / "sys/class/net" / name)) for name in names}

    def _kind(self, entry: Path) -> str:
        arp_type = _line(entry / "type")
        if arp_type == _LOOPBACK:
            return "loopback"
        if (entry / "wireless").exists() or (entry / "phy80211").exists():
            return "wifi"
        if arp_type in _TUNNELS:  # a mobile modem has this type too, and hardware behind it
            return "unknown" if (entry / "device").exists() else "tunnel"
        if (
            entry / "tun_flags"
        ).exists():  # a tap under a bridge belongs to a virtual machine, any other to a VPN
            return "virtual" if (entry / "brport").exists() else "tunnel"
        if "/devices/virtual/" in str(entry.resolve()):
            return "wired" if self._is_far_end(entry) else "virtual"
        return "wired" if arp_type == "1" else "unknown"

    @staticmethod
    def _is_far_end(entry: Path) -> bool:
        """True for a veth that no bridge here uses: the cable of a container, whose other end lies outside. Only what else is
        virtual says what it is (bridge, vlan, vxlan ...), but for dummies."""
        says = "DEVTYPE=" in _line(entry / "uevent") or (entry / "bridge").exists()
        return not (says or (entry / "master").exists() or entry.name.startswith(("dummy", "ifb")))

    async def default_route(self) -> Route | None:
        """The default route of the main table with the lowest metric, IPv4 before IPv6."""
        found = self._default_routes()
        return found[0] if found else None

    async def default_routes(self) -> tuple[Route, ...]:
        four = sorted(_ipv4_defaults(self._read("proc/net/route")), key=lambda item: item[0])[:1]
        there = (self._root / "proc/net/ipv6_route").exists()
        told = _ipv6_defaults(self._read("proc/net/ipv6_route")) if there else ()
        six = sorted(told, key=lambda item: item[0])[:1]
        return tuple(route for _, route in (*four, *six))

    def _default_routes(self) -> list[Route]:
        """Of the main table, the preferred first; those of IPv6 only where IPv4 has none."""
        found = sorted(_ipv4_defaults(self._read("proc/net/route")), key=lambda item: item[0])
        if not found and (self._root / "proc/net/ipv6_route").exists():
            found = sorted(_ipv6_defaults(self._read("proc/net/ipv6_route")), key=lambda item: item[0])
        return [route for _, route in found]

    async def wifi(self) -> tuple[WifiLink, ...]:
        """By ``iw``; where that is absent, NetworkManager, then the kernel's oldest list. None of them needs root."""
        names = [node.name for node in self._class("net") if self._kind(node) == "wifi"]
        if not names:
            return ()
        try:
            return tuple([await self._by_iw(name) for name in names])
        except NotTold:
            pass
        try:
            command = ["env", "LC_ALL=C", "nmcli", "-t", "-f", radio.NMCLI_FIELDS, "device", "wifi", "list"]
            if found := radio.in_nmcli(await text_of(self._run, [*command, "--rescan", "no"])):
                return found
        except NotTold:
            pass
        if found := radio.in_proc(self._read("proc/net/wireless")):
            return found
        raise NotTold("neither iw, NetworkManager nor the kernel tells about Wi-Fi")

    async def _by_iw(self, name: str) -> WifiLink:
        told = radio.in_iw(await text_of(self._run, ["iw", "dev", name, "link"]), name)
        if told is None:
            raise NotTold("iw printed something unexpected")
        return told

    async def metered(self) -> bool | None:
        """What NetworkManager knows of the device in use; under a VPN, of the one that carries it.

        It guesses from the kind of device and from what a phone tells that shares its line; its documentation says to take a
        guessed yes as a yes.
        """
        devices = [route.interface for route in self._default_routes()]
        carriers = [name for name in devices if self._kind(self._root / "sys/class/net" / name) != "tunnel"]
        for name in (carriers or devices)[:1]:
            command = ["env", "LC_ALL=C", "nmcli", "-g", "GENERAL.METERED", "device", "show", name]
            return _METERED.get((await text_of(self._run, command, timeout_s=3.0)).strip())
        raise NotTold("there is no default route")

    async def dns_servers(self) -> tuple[str, ...]:
        servers = _name_servers(self._read("etc/resolv.conf"))
        behind = self._root / "run/systemd/resolve/resolv.conf"
        if servers == (_STUB,) and behind.exists():
            return _name_servers(behind.read_text(errors="replace"))
        return servers

    async def encrypted_dns(self) -> bool | None:
        """By systemd-resolved, whose words are the same in every language; other resolvers do not tell."""
        return proxy_settings.resolver_encrypts(
            await text_of(self._run, ["resolvectl", "status"], timeout_s=3.0)
        )

    async def proxy_settings(self) -> ProxySettings:
        """Of KDE's file and of GNOME's settings: the one whose desktop this is comes first, then the one that says something."""
        return await proxy_settings.of_linux(self._run, self._root)

    async def has_battery(self) -> bool:
        """True where a battery feeds the computer itself: scope "Device" is a mouse or a headset."""
        return any(
            _line(supply / "type") == "Battery" and _line(supply / "scope") != "Device"
            for supply in self._class("power_supply")
        )

    async def cameras(self) -> tuple[str, ...]:
        """USB cameras by their capture node. Nodes of other drivers tell what they are only when opened: NotTold."""
        nodes = self._class("video4linux")
        judged = [(node, _is_usb_camera(node)) for node in nodes]
        found = tuple(clean(_line(node / "name") or node.name, 80) for node, camera in judged if camera)
        if not found and any(camera is None for _, camera in judged):
            raise NotTold("the video devices of this computer do not tell what they are")
        return found

    async def microphones(self) -> tuple[str, ...]:
        """Capture devices of ALSA; where there is none, the sources of PulseAudio or PipeWire (a Bluetooth headset)."""
        found = self._alsa_inputs()
        if found:
            return found
        try:
            return await self._pulse_inputs()
        except NotTold:
            if self._class("bluetooth"):
                raise
            return ()

    def _alsa_inputs(self) -> tuple[str, ...]:
        if not any(node.name.startswith("pcm") and node.name.endswith("c") for node in self._class("sound")):
            return ()
        try:
            listed = self._read("proc/asound/pcm").splitlines()
        except OSError:  # hidden in containers: the devices are there, their names are not
            listed = []
        names = tuple(clean(line.split(":")[1].strip(), 80) for line in listed if "capture" in line)
        return names or ("Sound input",)

    async def _pulse_inputs(self) -> tuple[str, ...]:
        sources = table(await json_of(self._run, ["pactl", "-f", "json", "list", "sources"], timeout_s=3.0))
        return tuple(
            clean(source.get("description") or "Sound input", 80)
            for source in sources
            if not str(source.get("name", "")).endswith(".monitor")
        )

    async def neighbour(self, address: str) -> bool | None:
        plain, _, zone = address.partition("%")
        command = ["ip", "-j", "neigh", "show", str(ipaddress.ip_address(plain))]
        rows = table(await json_of(self._run, command + (["dev", zone] if zone else []), timeout_s=3.0))
        states = {_PROVED.get(state) for row in rows for state in _texts(row.get("state"))}
        return True if True in states else False if states == {False} else None

    async def network_drives(self) -> tuple[NetworkDrive, ...]:
        return drives.in_mountinfo(self._read("proc/self/mountinfo"))

    def _read(self, path: str) -> str:
        return (self._root / path).read_text(errors="replace")

    def _class(self, name: str) -> tuple[Path, ...]:
        """The devices of a class; () where the kernel knows no such class. Raises NotTold where /sys is not there to ask."""
        classes = self._root / "sys/class"
        if not classes.is_dir():
            raise NotTold("/sys is not mounted")
        folder = classes / name
        return tuple(sorted(folder.iterdir())) if folder.is_dir() else ()


def _texts(value: object) -> tuple[str, ...]:
    return tuple(each for each in value if isinstance(each, str)) if isinstance(value, list) else ()


def _line(path: Path) -> str:
    """A one-line file of /sys; empty where there is none."""
    try:
        return path.read_text(errors="replace").strip()
    except OSError:
        return ""


def _is_usb_camera(node: Path) -> bool | None:
    """True for the capture node of a USB camera, False for its metadata node or a virtual device, None: cannot be told."""
    if "/devices/virtual/" in str(node.resolve()):
        return False
    if _line(node / "device/bInterfaceClass") == _USB_VIDEO:
        return _line(node / "index") == "0"
    return None


def _ipv4_defaults(text: str) -> Iterator[tuple[int, Route]]:
    """(metric, route) from /proc/net/route: addresses are hexadecimal in the byte order of the machine."""
    for line in text.splitlines()[1:]:
        fields = line.split()
        if len(fields) < 8 or fields[1] != "00000000" or fields[7] != "00000000":
            continue
        flags = int(fields[3], 16)
        if flags & _ROUTE_UP and not flags & _ROUTE_REJECT:
            raw = bytes.fromhex(fields[2])
            hop = ipaddress.IPv4Address(raw if sys.byteorder == "big" else raw[::-1])
            yield (
                int(fields[6]),
                Route(interface=fields[0], gateway=str(hop) if flags & _ROUTE_GATEWAY else ""),
            )


def _ipv6_defaults(text: str) -> Iterator[tuple[int, Route]]:
    """(metric, route) from /proc/net/ipv6_route; a link-local gateway carries its interface as zone."""
    for line in text.splitlines():
        fields = line.split()
        if len(fields) < 10 or int(fields[0], 16) or int(fields[1], 16) or fields[9] == "lo":
            continue
        flags = int(fields[8], 16)
        if flags & _ROUTE_UP and not flags & _ROUTE_REJECT:
            hop = ipaddress.IPv6Address(bytes.fromhex(fields[4]))
            zone = f"%{fields[9]}" if hop.is_link_local else ""
            gateway = f"{hop}{zone}" if flags & _ROUTE_GATEWAY else ""
            yield int(fields[5], 16), Route(interface=fields[9], gateway=gateway)


def _name_servers(text: str) -> tuple[str, ...]:
    """The addresses of resolv.conf(5)."""
    lines = (line.split() for line in text.splitlines())
    return tuple(clean(words[1], 64) for words in lines if len(words) > 1 and words[0] == "nameserver")
