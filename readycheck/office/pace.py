"""Pacing: a link of one rate that several streams share. Decides when bytes may pass; moves none."""

import threading
import time
from collections.abc import Callable
from typing import Final

STEP_S: Final = 0.005  # a chunk of this much link time: fine enough for short tests, coarse enough for timers


class Pace:
    """A virtual clock for a link of ``rate_bps``. The schedule is absolute: what falls due up to ``slack_s`` late is caught up.

    A link that was unused for longer has gathered nothing to catch up: it starts at its rate, without a burst. Thread-safe.
    """

    def __init__(
        self, rate_bps: float, *, slack_s: float = 0.05, clock: Callable[[], float] = time.monotonic
    ) -> None:
        if rate_bps <= 0:
            raise ValueError("a link has a rate above zero")
        self.rate_bps = rate_bps
        self._slack_s = slack_s
        self._clock = clock
        self._free_at = clock()
        self._lock = threading.Lock()

    @property
    def chunk(self) -> int:
        """Bytes to hand over at a time: one STEP_S of the link, 1 to 64 KiB."""
        return int(min(max(self.rate_bps * STEP_S / 8, 1024), 65_536))

    def take(self, count: int) -> float:
        """Claim the link for ``count`` bytes; returns the seconds to wait until they have passed."""
        with self._lock:
            now = self._clock()
            begins = self._free_at if now - self._free_at <= self._slack_s else now
            self._free_at = begins + count * 8 / self.rate_bps
            return max(0.0, self._free_at - now)
