"""Bytes on the wire, counted by direction and time as far as this side can tell: headers of IP and above included."""

import threading
import time
from typing import NamedTuple


class Moved(NamedTuple):
    """Bytes of one moment of ``time.monotonic()``."""

    at_s: float
    sent: int = 0
    received: int = 0


class Traffic:
    """What was moved so far. For several threads."""

    def __init__(self) -> None:
        self._moved: list[Moved] = []
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        """Both ways."""
        return self._bytes

    def count(self, *, sent: int = 0, received: int = 0) -> None:
        self._append([Moved(time.monotonic(), sent, received)])

    def add(self, other: "Traffic") -> None:
        self._append(other._moved)

    def _append(self, moved: list[Moved]) -> None:
        with self._lock:
            self._moved += moved
            self._bytes += sum(each.sent + each.received for each in moved)

    def between(self, started_s: float, ended_s: float) -> Moved:
        """The sums of this time, which begins at ``started_s``."""
        with self._lock:
            there = [each for each in self._moved if started_s <= each.at_s < ended_s]
        return Moved(started_s, sum(each.sent for each in there), sum(each.received for each in there))
