"""How many bytes may be moved in a minute: they are promised beforehand, and counted when they have moved. Pure.

What is promised is taken, and does not come again by waiting: a promise that stays open for long and is not used gains nothing.
"""


class Budget:
    """``size`` bytes a minute, all of them at once at first; what has moved fills up again within a minute."""

    def __init__(self, size: int, now: float) -> None:
        self._size = size
        self._unmoved = float(size)  # promised bytes included
        self._promised = 0
        self._at = now

    def is_full(self, now: float) -> bool:
        """Whether nothing is promised and nothing has moved lately: as good as new."""
        self._refill(now)
        return not self._promised and self._unmoved >= self._size

    def wait_s(self, wanted: int, now: float) -> int:
        """0 where so many bytes may be promised now; else the seconds after which to ask again, if promises end until then."""
        self._refill(now)
        short = min(wanted, self._size) - (self._unmoved - self._promised)
        return 0 if short <= 0 else min(60, int(short * 60 / self._size) + 1)

    def promise(self, count: int) -> None:
        self._promised += count

    def settle(self, promised: int, moved: int, now: float) -> None:
        """A promise has ended, with so much moved."""
        self._refill(now)
        self._promised -= promised
        self._unmoved -= moved

    def _refill(self, now: float) -> None:
        self._unmoved = min(self._size, self._unmoved + (now - self._at) * self._size / 60)
        self._at = now
