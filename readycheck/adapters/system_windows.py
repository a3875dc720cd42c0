"""Windows facts from PowerShell as JSON: property names and numbers are the same in every language of Windows, texts are not.

Asks nothing that needs administrator rights or a consent prompt.
"""

import ipaddress
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from readycheck.adapters import drives, proxy_settings
from readycheck.adapters.radio import windows as radio
from readycheck.adapters.system_common import Nature, Natures, Run, answer_of, table, text_of
from readycheck.ports import NetworkDrive, NotTold, ProxySettings, Route, WifiLink
from readycheck.text import clean

POWERSHELL_S: Final = 12.0  # a cold start of PowerShell takes seconds
_PREAMBLE: Final = (
    "$ErrorActionPreference='Stop'; $ProgressPreference='SilentlyContinue'; "
    "[Console]::OutputEncoding=[Text.UTF8Encoding]::new($false); "
)
_ROUTES: Final = (
    "Get-NetRoute | Where-Object {$_.DestinationPrefix -in '0.0.0.0/0','::/0'} | "
    "Select-Object DestinationPrefix,NextHop,RouteMetric,InterfaceMetric,InterfaceAlias"
)
_ADAPTERS: Final = (
    "Get-NetAdapter -IncludeHidden | Select-Object Name,InterfaceDescription,InterfaceType,HardwareInterface"
)
_NAME_SERVERS: Final = "Get-DnsClientServerAddress | Select-Object InterfaceAlias,ServerAddresses"
# Microsoft Learn, "Configure Windows DNS client for DNS over HTTPS": AutoUpgrade makes the client use HTTPS with this server.
_ENCRYPTED_DNS: Final = (
    "$set=(Get-DnsClientServerAddress).ServerAddresses; "
    "Get-DnsClientDohServerAddress | Where-Object {$_.ServerAddress -in $set} | Select-Object ServerAddress,AutoUpgrade"
)
_PROXIES: Final = (
    "Get-ItemProperty 'HKCU:\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings' | "
    "Select-Object AutoConfigURL,ProxyEnable,ProxyServer,@{n='Flags';e={(Get-ItemProperty "
    "'HKCU:\\Software\\Microsoft\\Windows\\CurrentVersion\\Internet Settings\\Connections').DefaultConnectionSettings[8]}}"
)
_DEVICES: Final = (
    "Get-PnpDevice -PresentOnly | Where-Object {{$_.Class -in {classes}}} | "
    "Select-Object Class,FriendlyName,InstanceId,Service,Status"
)
_COST_TYPE: Final = (
    "$null=[Windows.Networking.Connectivity.NetworkInformation,Windows.Networking.Connectivity,"
    "ContentType=WindowsRuntime]; "
)
_COST: Final = (
    "[Windows.Networking.Connectivity.NetworkInformation]::GetInternetConnectionProfile() | Where-Object {$_} | "
    "ForEach-Object {$_.GetConnectionCost()} | Select-Object @{n='Cost';e={[int]$_.NetworkCostType}},"
    "@{n='Roaming';e={[bool]$_.Roaming}},@{n='OverDataLimit';e={[bool]$_.OverDataLimit}}"
)
_BATTERIES: Final = "Get-CimInstance Win32_Battery | Select-Object Status"
_NEIGHBOURS: Final = (
    "Get-NetNeighbor | Where-Object {{$_.IPAddress -eq '{address}'}} | "
    "Select-Object @{{n='State';e={{[int]$_.State}}}}"
)
_MAPPINGS: Final = "Get-SmbMapping | Select-Object LocalPath,RemotePath,@{n='Status';e={[int]$_.Status}}"
_VERSION: Final = "[Environment]::OSVersion.Version | Select-Object @{n='Version';e={$_.ToString()}},@{n='Build';e={$_.Build}}"
_ZONE_TYPE: Final = (
    "$null=[Windows.Globalization.Calendar,Windows.Globalization,ContentType=WindowsRuntime]; "
)
_ZONE: Final = "[pscustomobject]@{Zone=[Windows.Globalization.Calendar]::new().GetTimeZone()}"
_FIRST_BUILD_OF_11: Final = 22_000
_DEFAULTS: Final = ("0.0.0.0", "::")
_UNSET_SERVERS: Final = ipaddress.ip_network(
    "fec0:0:0:ffff::/64"
)  # shown by Windows where IPv6 has no name server
_CAPTURE: Final = "SWD\\MMDEVAPI\\{0.0.1."  # endpoint ids: {0.0.0 renders, {0.0.1 captures
_BY_TYPE: Final = {24: "loopback", 71: "wifi", 23: "tunnel", 53: "tunnel", 131: "tunnel"}  # IANA ifType
_ETHERNET: Final = 6
_BY_COST: Final = {
    1: False,
    2: True,
    3: True,
}  # NetworkCostType: unrestricted, fixed (a quota), variable (by the byte)
_PROVED: Final = {0: False, 1: False, 5: True}  # MSFT_NetNeighbor.State: unreachable, incomplete, reachable


class WindowsSystem:
    name = "Windows"

    def __init__(self, run: Run) -> None:
        self._run = run
        self._natures = Natures(self._listed)

    async def version(self) -> str:
        """ "11 (10.0.22631.0)": the name that people know, and the version that is compared."""
        for row in await self._rows(_VERSION):
            known = "11" if _number(row.get("Build")) >= _FIRST_BUILD_OF_11 else "10"
            return clean(f"{known} ({row.get('Version', '')})", 80)
        raise NotTold("Windows did not tell its version")

    async def timezone(self) -> str:
        for row in await self._rows(_ZONE, setup=_ZONE_TYPE):
            if row.get("Zone"):
                return clean(row["Zone"], 64)
        raise NotTold("Windows did not tell its time zone")

    async def natures(self, names: Sequence[str]) -> Mapping[str, Nature]:
        return await self._natures.of(names)

    async def _listed(self, names: Sequence[str]) -> Mapping[str, Nature]:
        rows = {str(row.get("Name")): row for row in await self._rows(_ADAPTERS)}
        return {name: _nature(rows[name]) for name in names if name in rows}

    async def default_route(self) -> Route | None:
        """The default route with the lowest metric (route and interface together), IPv4 before IPv6."""
        return next(iter(await self.default_routes()), None)

    async def default_routes(self) -> tuple[Route, ...]:
        rows = sorted(await self._rows(_ROUTES), key=_preference)
        of_version = {_preference(row)[0]: row for row in reversed(rows)}
        return tuple(_route(of_version[version]) for version in sorted(of_version))

    async def wifi(self) -> tuple[WifiLink, ...]:
        """Since Windows 11 24H2 only programs tell it that may use the location, and nobody is asked for that here."""
        answer = await answer_of(self._run, ["netsh.exe", "wlan", "show", "interfaces"])
        text = (answer.stdout + answer.stderr).decode("utf-8", "replace")
        if radio.needs_permission(text):
            raise NotTold("Windows tells about Wi-Fi only to programs that may use the location")
        found = radio.in_netsh(text)
        if not found and answer.code != 0:
            raise NotTold(f"netsh ended with code {answer.code}")
        return found

    async def metered(self) -> bool | None:
        for row in await self._rows(_COST, setup=_COST_TYPE):
            if row.get("Roaming") is True or row.get("OverDataLimit") is True:
                return True
            return _BY_COST.get(_number(row.get("Cost")))
        raise NotTold("Windows sees no internet connection")

    async def dns_servers(self) -> tuple[str, ...]:
        rows = await self._rows(_NAME_SERVERS)
        listed = [server for row in rows for server in _texts(row.get("ServerAddresses"))]
        return tuple(dict.fromkeys(clean(server, 64) for server in listed if not _is_unset(server)))

    async def encrypted_dns(self) -> bool | None:
        return proxy_settings.registry_encrypts(await self._rows(_ENCRYPTED_DNS))

    async def proxy_settings(self) -> ProxySettings:
        return proxy_settings.of_registry(await self._rows(_PROXIES))

    async def has_battery(self) -> bool:
        return bool(await self._rows(_BATTERIES))

    async def cameras(self) -> tuple[str, ...]:
        """Cameras that work. Class "Image" also holds scanners: without a camera's driver they prove nothing either way."""
        rows = await self._rows(_DEVICES.format(classes="'Camera','Image'"))
        cameras = [row for row in rows if row.get("Class") == "Camera" or row.get("Service") == "usbvideo"]
        return _working(cameras, "Camera", doubtful=len(rows) > len(cameras))

    async def microphones(self) -> tuple[str, ...]:
        rows = await self._rows(_DEVICES.format(classes="'AudioEndpoint'"))
        inputs = [row for row in rows if str(row.get("InstanceId", "")).upper().startswith(_CAPTURE)]
        return _working(inputs, "Sound input", doubtful=False)

    async def neighbour(self, address: str) -> bool | None:
        plain = ipaddress.ip_address(address.partition("%")[0])
        rows = await self._rows(_NEIGHBOURS.format(address=plain))
        states = {_PROVED.get(_number(row.get("State"), -1)) for row in rows}
        return True if True in states else False if states == {False} else None

    async def network_drives(self) -> tuple[NetworkDrive, ...]:
        """As objects, whose names are the same in every language; where PowerShell does not tell, from ``net use``."""
        try:
            return drives.in_mappings(await self._rows(_MAPPINGS))
        except NotTold:
            return drives.in_net_use(await text_of(self._run, ["net.exe", "use"]))

    async def _rows(self, query: str, *, setup: str = "") -> list[Mapping[str, Any]]:
        """The objects that a query gives. "[]" is a proved nothing: what goes wrong ends with a code instead."""
        command = f"{_PREAMBLE}{setup}ConvertTo-Json -Compress -InputObject @({query})"
        told = await text_of(
            self._run,
            ["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", command],
            timeout_s=POWERSHELL_S,
        )
        try:
            return table(json.loads(told.lstrip("\ufeff")))
        except (ValueError, RecursionError):
            raise NotTold("PowerShell printed no JSON") from None


def _nature(row: Mapping[str, Any]) -> Nature:
    number = _number(row.get("InterfaceType"))
    kind = _BY_TYPE.get(number, "unknown")
    if number == _ETHERNET:
        kind = "wired" if row.get("HardwareInterface") else "virtual"
    return Nature(kind=kind, description=clean(row.get("InterfaceDescription") or "", 80))


def _route(row: Mapping[str, Any]) -> Route:
    hop, alias = str(row.get("NextHop", "")), str(row.get("InterfaceAlias", ""))
    return Route(interface=clean(alias, 80), gateway="" if hop in _DEFAULTS else clean(hop, 64))


def _preference(row: Mapping[str, Any]) -> tuple[bool, int]:
    metric = _number(row.get("RouteMetric")) + _number(row.get("InterfaceMetric"))
    return ":" in str(row.get("DestinationPrefix")), metric


def _working(rows: Iterable[Mapping[str, Any]], otherwise: str, *, doubtful: bool) -> tuple[str, ...]:
    """Names of the devices that are in order; () only where there is none at all."""
    present = list(rows)
    working = tuple(
        clean(row.get("FriendlyName") or otherwise, 80) for row in present if row.get("Status") == "OK"
    )
    if not working and (present or doubtful):
        raise NotTold("a device is there, and Windows does not say that it works")
    return working


def _number(value: object, otherwise: int = 0) -> int:
    return value if isinstance(value, int) else otherwise


def _texts(value: object) -> tuple[str, ...]:
    """A list of texts; Windows PowerShell 5.1 wraps some lists as {"value": [...], "Count": n}."""
    listed = value.get("value") if isinstance(value, dict) else value
    return tuple(str(item) for item in listed) if isinstance(listed, list) else ()


def _is_unset(server: str) -> bool:
    try:
        return ipaddress.ip_address(server.partition("%")[0]) in _UNSET_SERVERS
    except ValueError:
        return True
