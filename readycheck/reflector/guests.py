"""Who is being served, and how much of the limits each has used. Knows clients whose address is proved, nobody else.

Used from the HTTP loop and from the UDP thread; every method holds the lock for a moment.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from readycheck.reflector.addresses import client
from readycheck.reflector.limits import Limits

_REMEMBERED: Final = 20  # clients that left with part of their minute used, for each that may be present


@dataclass
class _Budget:
    """What may still be moved; fills up in a minute."""

    size: int
    left: float
    at: float

    def refill(self, now: float) -> None:
        self.left = min(self.size, self.left + (now - self.at) * self.size / 60)
        self.at = now

    def wait_s(self, wanted: int) -> int:
        """Seconds until ``wanted`` bytes may be moved; 0: now."""
        short = min(wanted, self.size) - self.left
        return 0 if short <= 0 else int(short * 60 / self.size) + 1


@dataclass
class _Guest:
    budget: _Budget
    present: int = 0


class Guests:
    def __init__(self, limits: Limits, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._guests: dict[str, _Guest] = {}
        self._present = 0
        self._total = _Budget(limits.total_bytes, limits.total_bytes, clock())

    @property
    def present(self) -> int:
        """Clients with a connection or a session at this moment."""
        return self._present

    def enter(self, address: str) -> str:
        """One more connection or session of this address: "" if it may, else why not."""
        with self._lock:
            guest = self._known(client(address))
            if guest is None or (not guest.present and self._present >= self._limits.clients):
                return "too many clients"
            if guest.present >= self._limits.per_client:
                return "too many of one client"
            self._present += not guest.present
            guest.present += 1
            return ""

    def leave(self, address: str) -> None:
        with self._lock:
            guest = self._guests.get(client(address))
            if guest is not None and guest.present:
                guest.present -= 1
                self._present -= not guest.present

    def reserve(self, address: str, count: int) -> int:
        """Take ``count`` bytes from the budgets of this client and of all; 0, or the seconds after which to ask again."""
        with self._lock:
            guest = self._known(client(address))
            if guest is None:
                return 60
            now = self._clock()
            budgets = (guest.budget, self._total)
            for budget in budgets:
                budget.refill(now)
            wait_s = max(budget.wait_s(count) for budget in budgets)
            if not wait_s:
                for budget in budgets:
                    budget.left -= count
            return wait_s

    def give_back(self, address: str, count: int) -> None:
        """What was reserved and did not move."""
        with self._lock:
            guest = self._guests.get(client(address))
            for budget in (self._total, *((guest.budget,) if guest else ())):
                budget.left = min(budget.size, budget.left + count)

    def sweep(self) -> None:
        """Forget who left and has a full budget again."""
        with self._lock:
            now = self._clock()
            for name, guest in list(self._guests.items()):
                guest.budget.refill(now)
                if not guest.present and guest.budget.left >= guest.budget.size:
                    del self._guests[name]

    def _known(self, name: str) -> _Guest | None:
        guest = self._guests.get(name)
        if guest is None and len(self._guests) < self._limits.clients * _REMEMBERED:
            size = self._limits.client_bytes
            guest = self._guests[name] = _Guest(_Budget(size, size, self._clock()))
        return guest
