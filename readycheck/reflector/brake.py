"""How often something may happen for each of many keys, in memory of fixed size: for strangers, of whom nothing is remembered.

Keys share cells by their hash (salted by Python), so that a flood from many addresses can brake others, but never needs memory.
"""

import time
from collections.abc import Callable, Hashable
from typing import Final

CELLS: Final = 4_096


class Brake:
    """``rate`` a second for each cell, and twice that at once. For one thread."""

    def __init__(self, rate: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._most = 2 * rate
        self._clock = clock
        self._left = [self._most] * CELLS
        self._at = [clock()] * CELLS

    def allows(self, key: Hashable) -> bool:
        cell = hash(key) % CELLS
        now = self._clock()
        left = min(self._most, self._left[cell] + (now - self._at[cell]) * self._rate)
        self._at[cell] = now
        self._left[cell] = left - 1 if left >= 1 else left
        return left >= 1
