"""Wi-Fi in what ``system_profiler SPAirPortDataType -json`` prints. Pure; another shape is left out, and nothing raises."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from readycheck.adapters.radio import units
from readycheck.ports import WifiLink
from readycheck.text import clean

_STRENGTHS: Final = re.compile(r"(-?\d{1,3}) dBm(?: / (-?\d{1,3}) dBm)?")
_CHANNEL: Final = re.compile(r"(\d{1,3})(?: \((2|2\.4|5|6) ?GHz(?:, (\d{2,3}) ?MHz)?\))?")
_HIDDEN: Final = "<redacted>"  # without permission to use the location
_MOST: Final = 16  # adapters


def in_profiler(told: object) -> tuple[WifiLink, ...]:
    """``told``: the decoded JSON."""
    groups = _rows(told.get("SPAirPortDataType")) if isinstance(told, Mapping) else iter(())
    adapters = [each for group in groups for each in _rows(group.get("spairport_airport_interfaces"))]
    return tuple(_link(adapter) for adapter in adapters[:_MOST])


def _rows(value: object) -> Iterator[Mapping[str, Any]]:
    return (row for row in value if isinstance(row, Mapping)) if isinstance(value, list) else iter(())


def _link(adapter: Mapping[str, Any]) -> WifiLink:
    interface = clean(adapter.get("_name", ""), 64)
    joined = adapter.get("spairport_current_network_information")
    if not isinstance(joined, Mapping):
        return WifiLink(interface=interface, connected=False)
    signal, noise = _strengths(joined)
    channel = _CHANNEL.match(_text(joined, "spairport_network_channel"))
    band = float(channel[2]) if channel and channel[2] else 0.0
    name = _text(joined, "_name")
    return WifiLink(
        interface=interface,
        network="" if name == _HIDDEN else clean(name, 64),
        signal_dbm=signal,
        noise_dbm=noise,
        band_ghz=2.4 if band == 2 else band,
        channel=int(channel[1]) if channel else 0,
        width_mhz=int(channel[3]) if channel and channel[3] else 0,
        send_mbps=_rate(joined.get("spairport_network_rate")),
        generation=units.generation(_text(joined, "spairport_network_phymode")),
    )


def _text(fields: Mapping[str, Any], key: str) -> str:
    value = fields.get(key)
    return value[:200] if isinstance(value, str) else ""


def _strengths(fields: Mapping[str, Any]) -> tuple[float | None, float | None]:
    found = _STRENGTHS.match(_text(fields, "spairport_signal_noise"))
    if found is None:
        return None, None
    return units.plausible(float(found[1])), units.plausible(float(found[2])) if found[2] else None


def _rate(value: object) -> float:
    """In Mbit/s; a number in some versions, a text in others."""
    if isinstance(value, str) and re.fullmatch(r"\d{1,5}(\.\d{1,3})?", value):
        return float(value)
    known = isinstance(value, int | float) and not isinstance(value, bool) and 0 < value < 100_000
    return float(value) if known and isinstance(value, int | float) else 0.0
