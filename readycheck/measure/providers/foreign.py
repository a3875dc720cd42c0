"""Foreign probes beside a load: new connections to the server that it comes from, for the responsiveness of the working line.

They may use a twentieth of what the load moves (as draft-ietf-ippm-responsiveness has it), so that a slow line's rate does not
show them, and never more than was set aside for them.
"""

import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Final

from readycheck.measure.latency.http_probes import ForeignProber, foreign_probing
from readycheck.measure.latency.responsiveness import Responsiveness, responsiveness
from readycheck.measure.throughput.bulk import Throughput
from readycheck.measure.transport.endpoint import Endpoint

LEAST_PROBES: Final = 3
PART_OF_LOAD: Final = 0.05
FIRST_BYTES: Final = 10_000  # a TLS handshake and some requests: a slow line is asked from the start
PROBES_PER_S: Final = 12.0
CONNECTIONS: Final = 5  # at a time: behind a queue of 200 ms one probe takes 0.6 s
LEAST_BITS_PER_S: Final = 3e6  # on a slower line the handshakes themselves are a load: 8 kB take 20 ms of it
HOLD_S: Final = 3.0
SPAN_S: Final = 1.0
PATIENCE_S: Final = 0.3  # what ends after the load met an emptying queue, and does not count


@dataclass
class Share:
    """How many bytes probes may use by now. Hears the rate of the load; asked by other threads."""

    most_bytes: int
    bits_per_s: float = 0.0
    clock: Callable[[], float] = time.monotonic
    _moved: float = 0.0
    _heard_s: float = field(init=False)

    def __post_init__(self) -> None:
        self._heard_s = self.clock()

    def hear(self, bits_per_s: float) -> None:
        now = self.clock()
        self.bits_per_s = bits_per_s
        self._moved += bits_per_s / 8 * (now - self._heard_s)
        self._heard_s = now

    def allows(self, used: int) -> bool:
        """Of new connections, each with its handshakes."""
        return self.fits and used <= min(self.most_bytes, PART_OF_LOAD * self._moved)

    def allows_requests(self, used: int) -> bool:
        """Of requests on connections that stand, with these."""
        return used <= min(self.most_bytes, FIRST_BYTES + PART_OF_LOAD * self._moved)

    @property
    def fits(self) -> bool:
        """Whether the line is fast enough for such probes at all, as far as is known."""
        return self.bits_per_s >= LEAST_BITS_PER_S


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """A small page of the server, and what asking for it may use."""

    endpoint: Endpoint
    path: str
    share: Share

    def probing(self) -> AbstractAsyncContextManager[ForeignProber]:
        return foreign_probing(
            self.endpoint,
            self.path,
            rate=PROBES_PER_S,
            connections=CONNECTIONS,
            may=self.share.allows,
            patience_s=PATIENCE_S,
        )

    def wants_more(self, prober: ForeignProber, lasts_s: float) -> bool:
        """Whether the load should go on a little: the last second has not enough of them yet."""
        now = time.monotonic()
        enough = len(prober.between(now - SPAN_S, now)) >= LEAST_PROBES
        return not enough and self.share.fits and prober.error is None and lasts_s < HOLD_S


def responsiveness_of(prober: ForeignProber, rate: Throughput, since_s: float) -> Responsiveness | None:
    """Of the load whose queue had filled at ``since_s``; None with fewer than three foreign probes from then on.

    The load speaks HTTP/1.1, on which no small request can go beside a large one: TCP's own round-trip times stand in for
    the draft's probes there.
    """
    found = prober.between(since_s, rate.ended_s)
    own = () if rate.flow_rtt_ms is None else (rate.flow_rtt_ms,)
    return responsiveness(found, own) if len(found) >= LEAST_PROBES else None
