"""The bytes of a plan, shared out between the loads and the probes beside them, so that all of it keeps to the plan."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from readycheck.measure.providers.base import Direction, SpeedPlan
from readycheck.measure.throughput.allowance import LEAST_BYTES

PART_FOR_PROBES: Final = 20
PART_FOR_HEADERS: Final = 50  # requests, TLS records
HANDSHAKES_BYTES: Final = 16_000  # of the TLS connections of a small load
LARGE_BYTES: Final = 3_000_000  # of a direction: less shows a rate first of all


@dataclass(frozen=True, kw_only=True)
class Room:
    """Bytes that one direction may use: its load, and the probes beside it."""

    load: int
    probes: int

    @property
    def is_large(self) -> bool:
        return self.load >= LARGE_BYTES


@dataclass(kw_only=True)
class Purse:
    """``told`` hears what is spent; ``used``: all of it so far, both ways."""

    plan: SpeedPlan
    told: Callable[[int], None]
    used: int = 0

    def spend(self, count: int) -> None:
        self.used += count
        self.told(count)

    def room(self, direction: Direction, *, beside: bool) -> Room | None:
        """For this direction, with what the other one, if it is still to come, needs left; None: it is not wanted.

        A load gets what a rate needs at least, also where what came before it has used more than was thought.
        """
        down, up = self.plan.down_bytes, self.plan.up_bytes
        mine, later = (down, up) if direction == "download" else (up, 0)
        if not mine:
            return None
        left = min(mine, down + up - self.used - later)
        probes = left // PART_FOR_PROBES if beside else 0
        wrapping = left // PART_FOR_HEADERS + HANDSHAKES_BYTES
        return Room(load=max(2 * LEAST_BYTES, left - probes - wrapping), probes=max(0, probes))
