"""Frequencies, channels, generations and strengths of Wi-Fi, from one way of writing to another. Pure; unknown is 0 or None."""

import re
from typing import Final

# IEEE 802.11, annex E: the frequency that channel 0 would have, the first and the last one in use, in MHz
_BANDS: Final = ((2.4, 2407, 2412, 2472), (5.0, 5000, 5160, 5895), (6.0, 5950, 5955, 7115))
_CHANNEL_14: Final = 2484
# Names of the Wi-Fi Alliance; 802.11a, b and g have none
_GENERATIONS: Final = {"n": 4, "ac": 5, "ax": 6, "be": 7, "bn": 8}
_STANDARD: Final = re.compile(r"802\.11([a-z]{1,2})")
_WEAKEST, _STRONGEST = (
    -100.0,
    -50.0,
)  # 0 % and 100 % of wlanSignalQuality (WLAN_ASSOCIATION_ATTRIBUTES, Microsoft)
_PLAUSIBLE: Final = range(-120, 0)


def band_and_channel(mhz: float) -> tuple[float, int]:
    """(band in GHz, channel) of a frequency; (0, 0) where it is of no band."""
    if mhz == _CHANNEL_14:
        return 2.4, 14
    for band, zero, first, last in _BANDS:
        if first <= mhz <= last:
            return band, round((mhz - zero) / 5)
    return 0.0, 0


def band_of_channel(channel: int) -> float:
    """The band where the number alone tells it: 6 GHz uses the numbers of the others again."""
    return 2.4 if 1 <= channel <= 14 else 0.0


def generation(standard: str) -> int:
    """6 for "802.11ax"; 0 where it has no number, or is none."""
    found = _STANDARD.search(standard[:200].lower())
    return _GENERATIONS.get(found[1], 0) if found else 0


def dbm_of_percent(percent: int) -> float:
    """The strength in dBm that a percentage of Windows and NetworkManager stands for: linear."""
    share = min(100, max(0, percent)) / 100
    return _WEAKEST + share * (_STRONGEST - _WEAKEST)


def plausible(dbm: float | None) -> float | None:
    """The strength, or None: some drivers write 0 or -256 where they do not know it."""
    return dbm if dbm is not None and int(dbm) in _PLAUSIBLE else None
