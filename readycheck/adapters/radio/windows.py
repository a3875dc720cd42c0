"""Wi-Fi in what ``netsh wlan show interfaces`` prints. Pure; nothing raises.

Its labels are in the language of Windows, its values are not: a percentage, "802.11", a GUID look the same everywhere. So values
are known by their shape, and by their order where two have the same: channel, receive rate, transmit rate, then the strength.
The name and the profile of a network could have any shape: they are not looked at. Abbreviations (SSID, Rssi) are not translated.
"""

import re
from typing import Final

from readycheck.adapters.radio import units
from readycheck.ports import WifiLink
from readycheck.text import clean

_MOST: Final = 65_536
_FIELD: Final = re.compile(
    r"\s{2,20}([^:]{1,80}):(.{0,300})"
)  # one adapter is indented, the sentence above it is not
_GUID: Final = re.compile(r"\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?", re.IGNORECASE)
_PERCENT: Final = re.compile(r"(\d{1,3}) ?%")
_DBM: Final = re.compile(r"(-\d{1,3})(?: dBm)?")
_BAND: Final = re.compile(r"(2[.,]4|5|6) ?GHz", re.IGNORECASE)
_PLAIN: Final = re.compile(r"\d{1,5}(?:[.,]\d{1,3})?")
_RSSI: Final = "rssi"
_SSID: Final = re.compile(r"(?<!B)SSID$")
_PERMISSION: Final = "ms-settings:privacy-location"  # the page of the settings that the refusal names


def in_netsh(text: str) -> tuple[WifiLink, ...]:
    """An entry for each adapter, in order; its first line is its name."""
    blocks: list[list[tuple[str, str]]] = [[]]
    for line in text[:_MOST].splitlines():
        if not line.strip():
            blocks += [[]] if blocks[-1] else []
        elif found := _FIELD.match(line[:400]):
            blocks[-1].append((found[1].strip(), found[2].strip()))
    return tuple(_link(block) for block in blocks if any(_GUID.fullmatch(value) for _, value in block))


def needs_permission(text: str) -> bool:
    """Whether it refused because programs may not use the location (Windows 11 24H2 and later)."""
    return _PERMISSION in text[:_MOST]


def _link(fields: list[tuple[str, str]]) -> WifiLink:
    name = clean(fields[0][1], 80)
    network = next((value for label, value in fields if _SSID.search(label)), "")
    told = [value for label, value in fields[1:] if "SSID" not in label]
    at = next((number for number, value in enumerate(told) if _PERCENT.fullmatch(value)), None)
    if at is None:
        return WifiLink(interface=name, connected=False)
    before = told[:at]
    channel, received, sent = _numbers(before)
    percent = int(told[at].rstrip("% "))
    return WifiLink(
        interface=name,
        network=clean(network, 64),
        signal_dbm=units.plausible(_dbm(fields)) or units.dbm_of_percent(percent),
        band_ghz=_band(before) or units.band_of_channel(channel),
        channel=channel,
        send_mbps=sent,
        receive_mbps=received,
        generation=max(
            (units.generation(value) for value in before if value.startswith("802.11")), default=0
        ),
    )


def _dbm(fields: list[tuple[str, str]]) -> float | None:
    """By its label, an abbreviation as SSID is, for a network that is called "-90" has a profile of the same shape. Older Windows
    does not tell it."""
    told = next((value for label, value in fields if label.lower() == _RSSI), "")
    return float(found[1]) if (found := _DBM.fullmatch(told)) else None


def _numbers(before: list[str]) -> tuple[int, float, float]:
    """Channel, receive and transmit rate: the last three plain numbers before the strength; zeros where there are fewer."""
    plain = [float(value.replace(",", ".")) for value in before if _PLAIN.fullmatch(value)]
    if len(plain) < 3:
        return 0, 0.0, 0.0
    channel, received, sent = plain[-3:]
    return int(channel), received, sent


def _band(values: list[str]) -> float:
    found = next((found for value in values if (found := _BAND.fullmatch(value))), None)
    return float(found[1].replace(",", ".")) if found else 0.0
