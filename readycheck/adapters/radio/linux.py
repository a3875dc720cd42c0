"""Wi-Fi in what ``iw``, ``nmcli`` and /proc/net/wireless print. Pure; what cannot be read is left out, and nothing raises."""

import re
from itertools import islice
from typing import Final

from readycheck.adapters.radio import units
from readycheck.ports import WifiLink
from readycheck.text import clean

_MOST: Final = 65_536  # characters that are looked at
_RATE: Final = re.compile(r"(\d{1,5}(?:\.\d{1,3})?) MBit/s")
_WIDTH: Final = re.compile(r"\b(\d{2,3})MHz\b")
_NUMBER: Final = re.compile(r"-?\d{1,5}(?:\.\d{1,3})?")
# The newest first: a rate of 802.11ax names its own kind only, "MCS" alone is 802.11n
_KINDS: Final = (("EHT-MCS", 7), ("HE-MCS", 6), ("VHT-MCS", 5), (" MCS", 4))
_FIELD: Final = re.compile(r"((?:[^:\\]|\\.)*)(?::|$)")
NMCLI_FIELDS: Final = "IN-USE,DEVICE,SIGNAL,FREQ,SSID"
_FIELDS: Final = 5


def in_iw(text: str, interface: str) -> WifiLink | None:
    """``iw dev INTERFACE link``; None where it says neither that there is a connection nor that there is none."""
    head = text[:_MOST].lstrip()
    if head.startswith("Not connected"):
        return WifiLink(interface=interface, connected=False)
    if not head.startswith("Connected to"):
        return None
    fields = {
        key.strip(): value.strip()
        for key, _, value in (line.partition(":") for line in head.splitlines()[1:])
    }
    band, channel = units.band_and_channel(_number(fields.get("freq", "")) or 0.0)
    sent, received = fields.get("tx bitrate", ""), fields.get("rx bitrate", "")
    return WifiLink(
        interface=interface,
        network=clean(fields.get("SSID", ""), 64),
        signal_dbm=units.plausible(_number(fields.get("signal", ""))),
        band_ghz=band,
        channel=channel,
        width_mhz=int(found[1]) if (found := _WIDTH.search(sent or received)) else 0,
        send_mbps=_rate(sent),
        receive_mbps=_rate(received),
        generation=max(_generation(sent), _generation(received)),
    )


def in_nmcli(text: str) -> tuple[WifiLink, ...]:
    """``nmcli -t -f IN-USE,DEVICE,SIGNAL,FREQ,SSID device wifi list``: the networks that are joined; ``\\:`` is a colon.

    Its rate is that which the access point offers to everybody, not the one in use, so it is not asked for.
    """
    links = []
    for line in text[:_MOST].splitlines():
        if not line.startswith("*:"):
            continue
        found = islice(_FIELD.finditer(line[:1_024]), _FIELDS)
        fields = [re.sub(r"\\(.)", r"\1", field[1]) for field in found]
        if len(fields) < _FIELDS or not fields[2].isdecimal() or len(fields[2]) > 3:
            continue
        band, channel = units.band_and_channel(_number(fields[3]) or 0.0)
        links.append(
            WifiLink(
                interface=clean(fields[1], 64),
                network=clean(fields[4], 64),
                signal_dbm=units.dbm_of_percent(int(fields[2])),
                band_ghz=band,
                channel=channel,
            )
        )
    return tuple(links)


def in_proc(text: str) -> tuple[WifiLink, ...]:
    """``/proc/net/wireless``: the strength of each interface that is connected; two lines of headings, then one for each."""
    links = []
    for line in text[:_MOST].splitlines()[2:]:
        name, colon, rest = line.partition(":")
        values = [_number(each) for each in rest.split()[1:4]]
        if not colon or len(values) < 3:
            continue
        signal = units.plausible(values[1])
        if signal is not None:
            links.append(
                WifiLink(
                    interface=clean(name.strip(), 64), signal_dbm=signal, noise_dbm=units.plausible(values[2])
                )
            )
    return tuple(links)


def _number(text: str) -> float | None:
    """The number that this begins with."""
    found = _NUMBER.match(text.strip()[:40])
    return float(found[0]) if found else None


def _rate(text: str) -> float:
    found = _RATE.match(text[:200])
    return float(found[1]) if found else 0.0


def _generation(rate: str) -> int:
    return next((number for word, number in _KINDS if word in f" {rate[:200]}"), 0)
