"""The full-band E-model: how good speech sounds after delay and loss (ITU-T G.107.2). For headset calls, without echo or noise.

R = 148 - Id - Ie,eff and MOS from R/1.48. The delay term and the MOS curve are those of ITU-T G.107, with the codec values of
Alahmadi, Pocta and Melvin for Opus (super-wideband, 40 kbit/s VBR). An estimate from the network, not a listening test.
"""

import math
from typing import Final

R_BEST: Final = 148.0
IE_WORST: Final = 132.0
SCALE: Final = 1.48
OPUS_IE: Final = 10.67
OPUS_BPL: Final = 9.79
_DELAY_FREE_MS: Final = 100.0


def delay_impairment(delay_ms: float) -> float:
    """Idd of G.107 on its scale of 100, for a one-way mouth-to-ear delay; default sensitivity (mT 100 ms, sT 1)."""
    if delay_ms <= _DELAY_FREE_MS:
        return 0.0
    x = math.log2(delay_ms / _DELAY_FREE_MS)
    return float(25 * ((1 + x**6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2))


def full_band_r(
    delay_ms: float, loss_percent: float, *, burst: float = 1.0, ie: float = OPUS_IE, bpl: float = OPUS_BPL
) -> float:
    """R on the full-band scale 0..148. ``burst`` is BurstR (1 = random loss); ``ie`` and ``bpl`` describe the codec."""
    loss = (IE_WORST - ie) * loss_percent / (loss_percent / burst + bpl)
    return R_BEST - SCALE * delay_impairment(delay_ms) - ie - loss


def mos(r: float) -> float:
    """Mean opinion score 1..4.5 for an R on the scale of 100 (G.107, annex B)."""
    if r <= 0:
        return 1.0
    if r >= 100:
        return 4.5
    return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6


def full_band_mos(delay_ms: float, loss_percent: float, **codec: float) -> float:
    """MOS for a full-band call; arguments as full_band_r()."""
    return mos(full_band_r(delay_ms, loss_percent, **codec) / SCALE)


def mouth_to_ear_ms(rtt_ms: float, variation_ms: float) -> float:
    """One-way delay of a call: half the round trip, a packet (20 ms), Opus look-ahead (6.5), jitter buffer, device (20)."""
    return rtt_ms / 2 + 20 + 6.5 + max(20.0, variation_ms) + 20
