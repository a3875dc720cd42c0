"""What the E-model of ITU-T G.107 (narrow band) says of delay, of loss and of what people make of a rating.

Of its sum R = Ro - Is - Id - Ie,eff + A only what a network does to a call between headsets is counted: the delay in Id, and
Ie,eff. Refuses noise, loudness, side tone and echo: they belong to telephone sets. For calls over Opus see voice.py.
"""

import math


def delay_impairment(ta: float) -> float:
    """Idd: what the absolute one-way delay ``ta`` (ms, mouth to ear) costs on a scale of 100, also without any echo. With the
    delay sensitivity of the default class: mT = 100 ms, sT = 1 (G.107, clause 7.4)."""
    if ta <= 100:
        return 0.0
    x = math.log2(ta / 100)
    return float(25 * ((1 + x**6) ** (1 / 6) - 3 * (1 + (x / 3) ** 6) ** (1 / 6) + 2))


def loss_impairment(
    ppl: float, *, ie: float, bpl: float, burst_r: float = 1.0, ie_worst: float = 95.0
) -> float:
    """Ie,eff: what the codec (``ie``, and ``bpl``, its robustness: ITU-T G.113) and ``ppl`` % of lost packets cost, in bursts of
    ``burst_r`` (1: random). ``ie_worst``: 95 on the scale of 100, 132 on the full-band one."""
    return ie + (ie_worst - ie) * ppl / (ppl / burst_r + bpl)


def mos(r: float) -> float:
    """Mean opinion score 1..4.5 for an R on the scale of 100 (G.107, annex B)."""
    if r <= 0:
        return 1.0
    if r >= 100:
        return 4.5
    return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6
