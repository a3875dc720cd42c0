"""What a measurement may use, and how that is shared out among its requests."""

import threading
from dataclasses import dataclass
from typing import Final

from readycheck.measure.throughput import stop_rule
from readycheck.measure.throughput.stop_rule import Rule

LEAST_BYTES: Final = 100_000  # smaller objects measure the server's turn-around, not the line
OBJECT_BYTES: Final = 25_000_000  # of an upload; a download may ask for more, since it can stop listening
MOST_OBJECT_BYTES: Final = 90_000_000  # public speed servers refuse 100 MB and more
# What counts on the wire beside the payload of TCP: 66 bytes of Ethernet, IP and TCP for 1448 of it, and acknowledgements, one
# for two packets at most. On links of 10 to 300 Mbit/s it was 4.5 to 6 %.
WITH_HEADERS: Final = 1.06
_SMALLEST_PART: Final = 4  # of a share, a request at the end of the budget


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a measurement may use. ``max_bytes`` counts both directions, headers included; ``rtt_s`` is the round-trip time
    there, if known; after ``silence_s`` without a byte that counts the server is silent. ``connections`` is what it starts with;
    where these do not fill the line it goes on with up to ``most_connections``. Once it has used ``hold_bytes`` it does not go on
    for the sake of others."""

    max_bytes: int = 60_000_000
    max_seconds: float = 8.0
    connections: int = 4
    most_connections: int = 8
    rtt_s: float = 0.02
    silence_s: float = 5.0
    hold_bytes: int = 13_000_000
    rule: Rule = stop_rule.PROPOSED

    @property
    def payload(self) -> int:
        return int(self.max_bytes / WITH_HEADERS)

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


def on_the_wire(payload: int) -> int:
    """About the bytes that so much payload of TCP takes."""
    return round(payload * WITH_HEADERS)


class Allowance:
    """What may still be asked for, so that the sum of all requests keeps to the data budget. For several threads.

    A request is a share, of those there may be connections for. When all these have come, requests become smaller as the budget
    runs out (guided self-scheduling: Polychronopoulos and Kuck, 1987): with one share each, the first that has used its own would
    end it all. No smaller than that, for between two requests a connection carries nothing for a round trip.
    ``unit``: sizes are whole multiples of it.
    """

    def __init__(self, limits: Limits, most: int, unit: int = 1) -> None:
        self._left = limits.payload
        self._share = max(unit, self._left // (limits.sharing + limits.may_add))
        self._all_connections = 0  # known once all have come
        self._first = limits.sharing
        self._most = most
        self._unit = unit
        self._lock = threading.Lock()

    def take(self, most: int = MOST_OBJECT_BYTES) -> int:
        """Bytes for the next request; 0 when the budget is used up."""
        with self._lock:
            least = max(LEAST_BYTES, self._unit)
            size = min(max(self._usual(), least), self._left, self._most, most)
            size -= size % self._unit
            if size < min(least, most):
                return 0
            self._left -= size
            return size

    def share_with(self, more: int) -> bool:
        """Share it with so many more connections, where enough for a share each is left; whether it is."""
        with self._lock:
            enough = self._left >= more * self._share
            if enough:
                self._all_connections = self._first + more
            return enough

    def give_back(self, count: int) -> None:
        with self._lock:
            self._left += count

    def _usual(self) -> int:
        if not self._all_connections:
            return self._share
        return max(min(self._share, self._left // self._all_connections), self._share // _SMALLEST_PART)
