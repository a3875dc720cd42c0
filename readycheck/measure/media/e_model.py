"""The E-model whole, narrow-band: how good a telephone call is, from what the network and the sets do to it (ITU-T G.107).

    R = Ro - Is - Id - Ie,eff + A          on a scale of 100, and the mean opinion score from R (annex B)

Names are the recommendation's, in small letters. All defaults give R = 93.2. For headset calls over Opus see voice.py.
"""

import math
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Transmission:
    """What goes into the E-model, with the defaults of G.107, table 2.

    slr, rlr     send and receive loudness rating, dB        stmr, lstr   side tone: of the talker, of the room (dB)
    ds, dr       D of the telephone, send and receive        telr, wepl   talker and listener echo, the higher the better (dB)
    t, ta, tr    mean one-way delay of the echo path, absolute one-way delay, round trip of the four-wire loop (ms)
    qdu          quantisation distortion units               nc, nfor     circuit noise and noise floor (dBm0p, dBmp)
    ps, pr       room noise, send and receive (dB(A))        a            advantage factor
    ie, bpl      equipment impairment and loss robustness of the codec (ITU-T G.113)
    ppl          packet loss in %, in bursts of burst_r (1 = random)
    m_t, s_t     delay sensitivity: 100 ms and 1 by default, 120 and 0.55 for low, 150 and 0.4 for very low
    """

    slr: float = 8.0
    rlr: float = 2.0
    stmr: float = 15.0
    lstr: float = 18.0
    ds: float = 3.0
    dr: float = 3.0
    telr: float = 65.0
    wepl: float = 110.0
    t: float = 0.0
    ta: float = 0.0
    tr: float = 0.0
    qdu: float = 1.0
    nc: float = -70.0
    nfor: float = -64.0
    ps: float = 35.0
    pr: float = 35.0
    a: float = 0.0
    ie: float = 0.0
    bpl: float = 4.3
    ppl: float = 0.0
    burst_r: float = 1.0
    m_t: float = 100.0
    s_t: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Rating:
    """R and its parts; ``no``: the sum of all noise (dBm0p), of which ``ro`` is made. Impairments count against R."""

    no: float
    ro: float
    is_: float
    idte: float
    idle: float
    idd: float
    ie_eff: float
    r: float

    @property
    def mos(self) -> float:
        return mos(self.r)


def rating(way: Transmission = Transmission()) -> Rating:
    """G.107, clause 7."""
    no = _no(way)
    ro = 15 - 1.5 * (way.slr + no)
    ist = _ist(way)
    is_ = _iolr(way, no) + ist + _iq(way, ro)
    idte, idle = _idte(way, no, ist), _idle(way, ro)
    idd = delay_impairment(way.ta, m_t=way.m_t, s_t=way.s_t)
    loss = loss_impairment(way.ppl, ie=way.ie, bpl=way.bpl, burst_r=way.burst_r)
    r = ro - is_ - (idte + idle + idd) - loss + way.a
    return Rating(no=no, ro=ro, is_=is_, idte=idte, idle=idle, idd=idd, ie_eff=loss, r=r)


def delay_impairment(ta: float, *, m_t: float = 100.0, s_t: float = 1.0) -> float:
    """Idd: what the absolute one-way delay ``ta`` (ms, mouth to ear) costs, also without any echo."""
    if ta <= m_t:
        return 0.0
    x, power = math.log2(ta / m_t), 6 * s_t
    return float(25 * ((1 + x**power) ** (1 / power) - 3 * (1 + (x / 3) ** power) ** (1 / power) + 2))


def loss_impairment(
    ppl: float, *, ie: float, bpl: float, burst_r: float = 1.0, ie_worst: float = 95.0
) -> float:
    """Ie,eff: what the codec and ``ppl`` % of lost packets cost. ``ie_worst``: 95 on the scale of 100, 132 on the full-band
    one."""
    return ie + (ie_worst - ie) * ppl / (ppl / burst_r + bpl)


def mos(r: float) -> float:
    """Mean opinion score 1..4.5 for an R on the scale of 100 (G.107, annex B)."""
    if r <= 0:
        return 1.0
    if r >= 100:
        return 4.5
    return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6


def _no(way: Transmission) -> float:
    """All noise as one at the 0 dBr point: of the circuit, of both rooms, of the receiving set."""
    olr = way.slr + way.rlr
    nos = way.ps - way.slr - way.ds - 100 + 0.004 * (way.ps - olr - way.ds - 14) ** 2
    pre = way.pr + 10 * math.log10(1 + 10 ** ((10 - way.lstr) / 10))
    nor = way.rlr - 121 + pre + 0.008 * (pre - 35) ** 2
    nfo = way.nfor + way.rlr
    return 10 * math.log10(sum(10 ** (each / 10) for each in (way.nc, nos, nor, nfo)))


def _iolr(way: Transmission, no: float) -> float:
    """Too loud or too soft."""
    x = (way.slr + way.rlr + 0.2 * (64 + no - way.rlr)) / 8
    return float(20 * ((1 + x**8) ** (1 / 8) - x))


def _ist(way: Transmission) -> float:
    """Side tone that is not right."""
    stmr_o = -10 * math.log10(10 ** (-way.stmr / 10) + math.exp(-way.t / 4) * 10 ** (-way.telr / 10))
    return (
        12 * _root((stmr_o - 13) / 6, 8)
        - 28 * _root((stmr_o + 1) / 19.4, 35)
        - 13 * _root((stmr_o - 3) / 33, 13)
        + 29
    )


def _root(x: float, power: int) -> float:
    return float((1 + x**power) ** (1 / power))


def _iq(way: Transmission, ro: float) -> float:
    """Quantising noise."""
    q = 37 - 15 * math.log10(way.qdu)
    g = 1.07 + 0.258 * q + 0.0602 * q**2
    y = (ro - 100) / 15 + 46 / 8.4 - g / 9
    z = 46 / 30 - g / 40
    return 15 * math.log10(1 + 10**y + 10**z)


def _idte(way: Transmission, no: float, ist: float) -> float:
    """Talker echo: hearing oneself."""
    if way.t < 1:
        return 0.0
    roe = -1.5 * (no - way.rlr)
    terv = way.telr - 40 * math.log10((1 + way.t / 10) / (1 + way.t / 150)) + 6 * math.exp(-0.3 * way.t**2)
    if way.stmr < 9:
        terv += ist / 2
    re = 80 + 2.5 * (terv - 14)
    half = (roe - re) / 2
    echo = (half + math.sqrt(half**2 + 100) - 1) * (1 - math.exp(-way.t))
    return math.hypot(echo, ist) if way.stmr > 20 else echo


def _idle(way: Transmission, ro: float) -> float:
    """Listener echo: hearing the others twice."""
    rle = 10.5 * (way.wepl + 7) / math.sqrt(math.sqrt(way.tr + 1))
    half = (ro - rle) / 2
    return half + math.sqrt(half**2 + 169)
