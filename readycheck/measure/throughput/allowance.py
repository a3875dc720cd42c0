"""What a measurement may use, and how that is shared out among its requests."""

import threading
from dataclasses import dataclass
from typing import Final

from readycheck.measure.throughput import stop_rule
from readycheck.measure.throughput.stop_rule import Rule

LEAST_BYTES: Final = 100_000  # smaller objects measure the server's turn-around, not the line
OBJECT_BYTES: Final = 25_000_000  # of an upload; a download may ask for more, since it can stop listening
MOST_OBJECT_BYTES: Final = 90_000_000  # public speed servers refuse 100 MB and more


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a measurement may use. ``max_bytes`` counts both directions; ``rtt_s`` is the round-trip time there, if known;
    after ``silence_s`` without a byte that counts the server is silent. ``connections`` is what it starts with; where
    these do not fill the line it goes on with up to ``most_connections``."""

    max_bytes: int = 60_000_000
    max_seconds: float = 8.0
    connections: int = 4
    most_connections: int = 8
    rtt_s: float = 0.02
    silence_s: float = 5.0
    rule: Rule = stop_rule.PROPOSED

    @property
    def sharing(self) -> int:
        """Fewer connections for a small budget: each needs a few objects' worth of data to show anything."""
        return max(1, min(self.connections, self.max_bytes // (2 * LEAST_BYTES)))

    @property
    def may_add(self) -> int:
        """How many more connections there may be; none where the budget is too small to tell what they change."""
        if self.max_bytes < 20 * LEAST_BYTES * self.connections:
            return 0
        return max(0, self.most_connections - self.connections)


class Allowance:
    """What may still be asked for, so that the sum of all requests keeps to the data budget. For several threads."""

    def __init__(self, limits: Limits, most: int) -> None:
        self._left = limits.max_bytes
        self._most = min(most, limits.max_bytes // (limits.sharing + limits.may_add))
        self._lock = threading.Lock()

    def take(self, most: int = MOST_OBJECT_BYTES) -> int:
        """Bytes for the next request; 0 when the budget is used up."""
        with self._lock:
            size = min(self._most, self._left, most)
            if size < min(LEAST_BYTES, most):
                return 0
            self._left -= size
            return size

    def has_for(self, count: int) -> bool:
        """Whether so many more connections can each make a request of the usual size."""
        with self._lock:
            return self._left >= count * self._most

    def give_back(self, count: int) -> None:
        with self._lock:
            self._left += count
