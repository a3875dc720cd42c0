"""What a load does to the round-trip time of a line: idle, beside the load once its queue had filled. Pure; judges nothing.

The queue in front of the narrowest link fills while a transfer goes on, and every packet waits in it. How far it fills depends on
the congestion control of whoever sends: cubic fills it, gives way and fills it again; BBR leaves part of it empty. So that is
told with the figures, of which there are two: the median is what a packet meets, the 95th percentile what the queue holds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from readycheck.measure.latency.samples import Sample, answered, settled_since, still_rose
from readycheck.measure.statistics import median, percentile

LEAST_ANSWERS: Final = 5
_CLIMBED: Final = 0.85  # below this share of what followed, a quarter of a second still belonged to the climb


@dataclass(frozen=True, kw_only=True)
class LoadedLatency:
    """Round-trip times in ms.

    idle_ms             median on the idle line
    loaded_ms, p95_ms   median and 95th percentile of the probes that left during the load after the queue had filled: at least in
                        its last half second
    increase_ms         loaded_ms - idle_ms, at least 0: what the load costs a packet
    full_ms             p95_ms - idle_ms, at least 0: what the queue holds when it is full
    rpm                 round trips per minute, 60000/loaded_ms, of these probes; not the figure of draft-ietf-ippm-responsiveness
                        (responsiveness.py has that one)
    still_rising        it rose until the end: all of it is "at least"
    method              what the probes were
    count, lost         answered and unanswered probes of that time, which began at since_s (``time.monotonic()``)
    congestion_control  what the sender of the load used; empty where unknown
    """

    idle_ms: float
    loaded_ms: float
    p95_ms: float
    increase_ms: float
    full_ms: float
    rpm: float
    still_rising: bool
    method: str
    count: int
    lost: int
    congestion_control: str = ""
    since_s: float = 0.0


def loaded_latency(
    idle: Sequence[Sample],
    during: Sequence[Sample],
    *,
    started_s: float,
    ended_s: float,
    method: str,
    congestion_control: str = "",
) -> LoadedLatency | None:
    """From samples of the idle line and of a load that went on from ``started_s`` to ``ended_s`` (``time.monotonic()``).

    None where fewer than 5 probes were answered on either side. Both may be the same sequence: of ``idle`` what left before the
    load counts.
    """
    still = answered(idle, -math.inf, started_s)
    since = settled_since(during, started_s, ended_s, low=_CLIMBED)
    loaded = answered(during, since, ended_s)
    if len(still) < LEAST_ANSWERS or len(loaded) < LEAST_ANSWERS:
        return None
    idle_ms, loaded_ms, p95_ms = median(still), median(loaded), percentile(loaded, 0.95)
    return LoadedLatency(
        idle_ms=idle_ms,
        loaded_ms=loaded_ms,
        p95_ms=p95_ms,
        increase_ms=max(0.0, loaded_ms - idle_ms),
        full_ms=max(0.0, p95_ms - idle_ms),
        rpm=round_trips_per_minute(loaded_ms),
        still_rising=still_rose(during, ended_s),
        method=method,
        count=len(loaded),
        lost=sum(sample.rtt_ms is None and since <= sample.sent_s < ended_s for sample in during),
        congestion_control=congestion_control,
        since_s=since,
    )


def round_trips_per_minute(rtt_ms: float) -> float:
    """60000/RTT. Raises ValueError for a round trip that takes no time."""
    if rtt_ms <= 0:
        raise ValueError("a round trip takes time")
    return 60_000 / rtt_ms
