"""How good speech sounds over a call with Opus: the full-band E-model (ITU-T G.107.2). For headset calls, without echo or noise.

    R = 148 - Is - Id - Ie,eff + A         with Is = A = 0 here; MOS from R/1.48

The delay term and the MOS curve are those of ITU-T G.107 (e_model.py). The codec is Opus at 40 kbit/s, variable, super-wideband:
its equipment impairment Ie and loss robustness Bpl as Alahmadi, Pocta and Melvin found them. An estimate from the network, not a
listening test.
"""

from typing import Final

from readycheck.measure.media.e_model import delay_impairment, loss_impairment, mos

OPUS_IE: Final = 10.67
OPUS_BPL: Final = 9.79
R_BEST: Final = 148.0
IE_WORST: Final = 132.0
SCALE: Final = 1.48
FRAME_MS: Final = 20.0  # of speech in a packet
LOOK_AHEAD_MS: Final = 6.5
LEAST_BUFFER_MS: Final = 20.0
DEVICE_MS: Final = 20.0


def full_band_r(
    delay_ms: float, loss_percent: float, *, burst: float = 1.0, ie: float = OPUS_IE, bpl: float = OPUS_BPL
) -> float:
    """R on the full-band scale 0..148. ``burst`` is BurstR (1 = random loss); ``ie`` and ``bpl`` describe the codec."""
    loss = loss_impairment(loss_percent, ie=ie, bpl=bpl, burst_r=burst, ie_worst=IE_WORST)
    return R_BEST - SCALE * delay_impairment(delay_ms) - loss


def full_band_mos(delay_ms: float, loss_percent: float, **codec: float) -> float:
    """MOS for a full-band call; arguments as full_band_r()."""
    return mos(full_band_r(delay_ms, loss_percent, **codec) / SCALE)


def mouth_to_ear_ms(rtt_ms: float, variation_ms: float) -> float:
    """One-way delay of a call: half the round trip, a packet of speech, Opus's look-ahead, a jitter buffer that holds the
    variation (95th percentile minus median), sound card and headset."""
    buffer_ms = max(LEAST_BUFFER_MS, variation_ms)
    return rtt_ms / 2 + FRAME_MS + LOOK_AHEAD_MS + buffer_ms + DEVICE_MS
