"""Round trips per minute of a working line by draft-ietf-ippm-responsiveness-09: the formula and the draft's bands. Pure.

Foreign probes open a connection of their own while the line works; self probes share a connection with the load. Of each kind of
time the slowest 5 % are left out and the rest averaged. Only probes of these kinds make the draft's figure: what UDP round trips
amount to is 60000/RTT (loaded.py) and another figure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from readycheck.measure.statistics import mean

DRAFT: Final = "draft-ietf-ippm-responsiveness-09"
_LEFT_OUT_PERCENT: Final = 5
_MS_PER_MINUTE: Final = 60_000


@dataclass(frozen=True, kw_only=True)
class Band:
    """A band of the draft: figures of at least ``least_rpm`` and less than that of the next."""

    name: str
    least_rpm: float


BANDS: Final = (
    Band(name="poor", least_rpm=0),
    Band(name="fair", least_rpm=300),
    Band(name="good", least_rpm=1_000),
    Band(name="excellent", least_rpm=6_000),
)


@dataclass(frozen=True, kw_only=True)
class ForeignProbe:
    """Times in ms of one new connection while the line works: TCP handshake; TLS handshake divided by its round trips, None
    without TLS; one small GET. It began at at_s (``time.monotonic()``) and took took_s in all."""

    at_s: float
    tcp_ms: float
    tls_ms: float | None
    http_ms: float
    took_s: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Responsiveness:
    """Round trips per minute: ``rpm`` is the mean of ``foreign_rpm`` and ``loaded_rpm``, or the foreign one alone where no
    connection of the load could be probed (``loaded_rpm`` None; not the draft's figure then)."""

    rpm: float
    foreign_rpm: float
    loaded_rpm: float | None
    band: Band
    count: int

    @property
    def follows_draft(self) -> bool:
        return self.loaded_rpm is not None


def responsiveness(foreign: Sequence[ForeignProbe], self_ms: Sequence[float]) -> Responsiveness:
    """Foreign = 60000/((tcp + tls + http)/3), without TLS 60000/((tcp + http)/2); Loaded = 60000/http_l; RPM = their mean.

    ``self_ms``: times of small requests on connections of the load, or, with HTTP/1.1, TCP's smoothed round-trip times there.
    Raises ValueError without foreign probes.
    """
    parts = [
        trimmed_mean([probe.tcp_ms for probe in foreign]),
        trimmed_mean([probe.http_ms for probe in foreign]),
    ]
    with_tls = [probe.tls_ms for probe in foreign if probe.tls_ms is not None]
    if with_tls:
        parts.append(trimmed_mean(with_tls))
    foreign_rpm = _MS_PER_MINUTE / mean(parts)
    loaded_rpm = _MS_PER_MINUTE / trimmed_mean(self_ms) if self_ms else None
    rpm = foreign_rpm if loaded_rpm is None else (foreign_rpm + loaded_rpm) / 2
    return Responsiveness(
        rpm=rpm, foreign_rpm=foreign_rpm, loaded_rpm=loaded_rpm, band=band_of(rpm), count=len(foreign)
    )


def trimmed_mean(values: Sequence[float]) -> float:
    """Mean without the largest 5 % of the values: single-sided, for a probe can only be too slow. Needs a value (ValueError)."""
    return mean(sorted(values)[: len(values) - len(values) * _LEFT_OUT_PERCENT // 100])


def band_of(rpm: float) -> Band:
    return next(band for band in reversed(BANDS) if rpm >= band.least_rpm)
