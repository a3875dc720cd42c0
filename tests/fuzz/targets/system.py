"""What the commands and files of Linux, macOS and Windows tell, as recorded; whatever they say, nothing is raised."""

import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any, Final, cast

from readycheck.adapters import drives, names, system
from readycheck.adapters.system_linux import LinuxSystem
from readycheck.adapters.system_macos import MacSystem
from readycheck.adapters.system_windows import WindowsSystem
from readycheck.ports import CommandAnswer
from tests.fuzz.target import Target, each, text, waited


class _Prints:
    """Every command prints the input."""

    def __init__(self, data: bytes) -> None:
        self._answer = CommandAnswer(code=0, stdout=data, stderr=b"")

    async def __call__(self, command: Sequence[str], *, timeout_s: float, limit: int = 0) -> CommandAnswer:
        return self._answer


class _Files:
    """Every file holds the input, and is a link to it."""

    def __init__(self, data: bytes) -> None:
        self._text = data.decode("utf-8", "replace")

    def __truediv__(self, name: str) -> "_Files":
        return self

    def read_text(self, errors: str = "") -> str:
        return self._text

    def readlink(self) -> str:
        return self._text

    def exists(self) -> bool:
        return True


def _asked(question: Awaitable[Any]) -> object:
    """As the port asks: what is not told, or not understood, is None."""
    return waited(system._told(question))


def _linux(ask: Callable[[LinuxSystem], Awaitable[Any]]) -> Callable[[bytes], object]:
    return lambda data: _asked(ask(LinuxSystem(_Prints(data), cast(Path, _Files(data)))))


def _mac(ask: Callable[[MacSystem], Awaitable[Any]]) -> Callable[[bytes], object]:
    return lambda data: _asked(ask(MacSystem(_Prints(data), cast(Path, _Files(data)))))


def _windows(ask: Callable[[WindowsSystem], Awaitable[Any]]) -> Callable[[bytes], object]:
    return lambda data: _asked(ask(WindowsSystem(_Prints(data))))


_ROUTES_4: Final = (
    b"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
    b"wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
    b"eth0\t0002A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0\n"
)
_ROUTES_6: Final = (
    b"00000000000000000000000000000000 00 00000000000000000000000000000000 00 "
    b"fe80000000000000020000fffe000001 00000400 00000002 00000000 00000003     eth0\n"
)
_MOUNTINFO: Final = (
    b"36 21 0:50 / /mnt/team\\040drive rw,relatime shared:2 - cifs //files.corp.test/team rw,port=1445\n"
    b"37 21 0:51 / /home/anna/x rw shared:3 master:4 - fuse.sshfs anna@files.corp.test:/team rw\n"
    b"39 21 0:53 / /data6 rw - nfs [2001:db8::1]:/export rw,vers=3\n"
    b"40 21 0:54 / /later rw - autofs systemd-1 rw,fd=45\n"
    b"44 21 0:58 / /davs rw - davfs https://webdav.corp.test/team rw\n"
)
_MOUNT: Final = (
    b"/dev/disk3s1s1 on / (apfs, sealed, local)\n"
    b"//anna;corp@files.corp.test/team%20drive on /Volumes/team drive (smbfs, nodev, mounted by anna)\n"
    b"files:/export on /Volumes/x (nfs, nodev)\n"
)
_NET_USE: Final = (
    b"Status       Lokal     Remote\n-----\n"
    b"OK           Z:        \\\\files.corp.test\\team drive    Microsoft Windows Network\n"
    b"Getrennt     Y:        \\\\10.20.0.11\\x  Microsoft Windows Network\n"
)
_MAPPINGS: Final = (
    b'[{"LocalPath":"Z:","RemotePath":"\\\\\\\\files\\\\team","Status":0},{"LocalPath":null,"Status":6}]'
)
_MAC_ROUTE: Final = (
    b"   route to: default\n    gateway: 192.168.178.1\n  interface: en0\n      flags: <UP,GATEWAY>\n"
)
_SCUTIL: Final = (
    b"DNS configuration\n\nresolver #1\n  nameserver[0] : 192.168.178.1\n  nameserver[1] : fd00::1\n\n"
    b"resolver #2\n  domain   : local\n\nDNS configuration (for scoped queries)\n\nresolver #1\n"
)
_PROFILER: Final = json.dumps(
    {
        "SPNetworkDataType": [{"_name": "Wi-Fi", "hardware": "AirPort", "interface": "en0"}],
        "SPCameraDataType": [{"_name": "FaceTime-HD-Kamera"}],
        "SPAudioDataType": [{"_items": [{"_name": "Mikrofon", "coreaudio_device_input": 1}]}],
    }
).encode()
_NET_ROUTES: Final = (
    b'[{"DestinationPrefix":"0.0.0.0/0","NextHop":"192.168.0.1","RouteMetric":0,"InterfaceMetric":50,"InterfaceAlias":"WLAN"},'
    b'{"DestinationPrefix":"::/0","NextHop":"fe80::1","RouteMetric":16,"InterfaceMetric":5,"InterfaceAlias":"Ethernet 3"}]'
)
_ADAPTERS: Final = (
    b'[{"Name":"WLAN","InterfaceDescription":"Intel(R) Wi-Fi 6","InterfaceType":71,"HardwareInterface":true},'
    b'{"Name":"en0","InterfaceDescription":"x","InterfaceType":6,"HardwareInterface":false}]'
)
_SERVERS: Final = (
    b'[{"InterfaceAlias":"WLAN","ServerAddresses":["192.168.0.1","fd00::1"]},'
    b'{"InterfaceAlias":"E","ServerAddresses":{"value":["9.9.9.9"],"Count":1}},{"ServerAddresses":["fec0:0:0:ffff::1"]}]'
)
_DEVICES: Final = (
    b'[{"Class":"Camera","FriendlyName":"Kamera","InstanceId":"USB\\\\1","Service":"usbvideo","Status":"OK"},'
    b'{"Class":"AudioEndpoint","FriendlyName":"M","InstanceId":"SWD\\\\MMDEVAPI\\\\{0.0.1.0}","Status":"OK"}]'
)
_PACTL: Final = (
    b'[{"index":1,"name":"alsa_output.analog-stereo.monitor","description":"Monitor"},'
    b'{"index":2,"name":"bluez_input.00","description":"Headset H1"}]'
)
_NEIGHBOURS: Final = b'[{"dst":"192.0.2.1","dev":"eth0","lladdr":"00:11:22:33:44:55","state":["REACHABLE"]}]'


def _mappings(data: bytes) -> object:
    """As Windows gives them, past the reading of JSON."""
    try:
        rows = json.loads(data)
    except (ValueError, RecursionError):
        return None
    return isinstance(rows, list) and all(isinstance(r, dict) for r in rows) and drives.in_mappings(rows)


TARGETS: Final = (
    Target(name="Linux: mountinfo", play=text(drives.in_mountinfo), seeds=(_MOUNTINFO,)),
    Target(name="macOS: mount", play=text(drives.in_mount), seeds=(_MOUNT,)),
    Target(name="Windows: net use", play=text(drives.in_net_use), seeds=(_NET_USE,)),
    Target(name="Windows: mapped drives", play=_mappings, seeds=(_MAPPINGS,)),
    Target(
        name="drives: which holds a path",
        play=text(lambda found: drives.holding(found, drives.in_mountinfo(_MOUNTINFO.decode()))),
        seeds=(b"/mnt/team drive/x", b"/data6"),
    ),
    Target(name="Linux: routes", play=_linux(lambda own: own.default_route()), seeds=(_ROUTES_4, _ROUTES_6)),
    Target(
        name="Linux: resolv.conf",
        play=_linux(lambda own: own.dns_servers()),
        seeds=(
            b"# comment\nnameserver 192.0.2.1\nnameserver fd00::1\nsearch corp.test\n",
            b"nameserver 127.0.0.53\n",
        ),
    ),
    Target(
        name="Linux: os-release, time zone",
        play=each(_linux(lambda own: own.version()), _linux(lambda own: own.timezone())),
        seeds=(b'NAME="Debian GNU/Linux"\nVERSION_ID="12"\n', b"/usr/share/zoneinfo/Europe/Berlin"),
    ),
    Target(
        name="Linux: ip neigh, pactl",
        play=each(_linux(lambda own: own.neighbour("192.0.2.1")), _linux(lambda own: own._pulse_inputs())),
        seeds=(_NEIGHBOURS, _PACTL),
    ),
    Target(
        name="macOS: route, arp, scutil, sw_vers, pmset",
        play=each(
            _mac(lambda own: own.default_route()),
            _mac(lambda own: own.dns_servers()),
            _mac(lambda own: own.neighbour("192.0.2.1")),
            _mac(lambda own: own.version()),
            _mac(lambda own: own.has_battery()),
            _mac(lambda own: own.network_drives()),
        ),
        seeds=(_MAC_ROUTE, _SCUTIL, b"14.6.1\n", b"? (192.0.2.1) at (incomplete) on en0\n"),
        share=0.5,
    ),
    Target(
        name="macOS: system_profiler",
        play=each(
            _mac(lambda own: own.natures(("en0", "utun3", "lo0"))),
            _mac(lambda own: own.cameras()),
            _mac(lambda own: own.microphones()),
        ),
        seeds=(_PROFILER,),
        share=0.5,
    ),
    Target(
        name="Windows: PowerShell's objects",
        play=each(
            _windows(lambda own: own.default_route()),
            _windows(lambda own: own.natures(("WLAN", "en0"))),
            _windows(lambda own: own.dns_servers()),
            _windows(lambda own: own.cameras()),
            _windows(lambda own: own.microphones()),
            _windows(lambda own: own.metered()),
            _windows(lambda own: own.version()),
            _windows(lambda own: own.timezone()),
            _windows(lambda own: own.neighbour("192.0.2.1")),
            _windows(lambda own: own.has_battery()),
            _windows(lambda own: own.network_drives()),
        ),
        seeds=(
            *(
                _NET_ROUTES,
                _ADAPTERS,
                _SERVERS,
                _DEVICES,
                _MAPPINGS,
                b'[{"State":5}]',
                b'[{"Zone":"Europe/Berlin"}]',
            ),
            b'[{"Cost":2,"Roaming":false,"OverDataLimit":false}]',
            b'\xef\xbb\xbf[{"Version":"10.0.22631.0","Build":22631}]',
        ),
        share=0.3,
    ),
    Target(
        name="names: a literal address",
        play=text(names.is_literal),
        seeds=(b"192.0.2.1", b"2001:db8::1", b"fe80::1%eth0"),
    ),
)
