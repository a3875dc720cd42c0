"""Who is being served, and how much of the limits each has used. Knows clients whose address is proved, nobody else.

A client is an address, or the /64 of an IPv6 address; its neighbourhood is the /24 or /48, and may be one person's. So a quarter
of the places is all that the strangers of a neighbourhood have. Who showed the token is no stranger, and finds a place as if they
were not there. Who waits has to make room for who comes, but not who showed the token, nor while bytes are moving.

Used from the HTTP loop and from the UDP thread; every method holds the lock for a moment.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from readycheck.reflector.addresses import client, neighbourhood
from readycheck.reflector.budget import Budget
from readycheck.reflector.limits import Limits

CROWDED: Final = "too many clients"
CROWDED_NEARBY: Final = "too many clients of one neighbourhood"
_NEARBY: Final = 4  # one neighbourhood has this part of the places
_REMEMBERED: Final = 20  # clients that left with part of their minute used, for each that may be present


@dataclass
class _Guest:
    """``since``: idle since it came, or since its last transfer; a ping does not make it younger, or pings would hold a place."""

    near: str
    budget: Budget
    since: float = 0.0
    present: int = 0
    promises: int = 0
    knows_token: bool = False


class Guests:
    def __init__(self, limits: Limits, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self._lock = threading.Lock()
        self._guests: dict[str, _Guest] = {}
        self._present: dict[str, _Guest] = {}
        self._strangers: Counter[str] = Counter()  # present ones without token, by neighbourhood
        self._total = Budget(limits.total_bytes, clock())

    @property
    def present(self) -> int:
        """Clients with a connection or a session at this moment."""
        return len(self._present)

    @property
    def overcrowded(self) -> bool:
        """Whether clients that showed the token have come although strangers had all the places."""
        return len(self._present) > self._limits.clients

    def enter(self, address: str, *, knows_token: bool = False) -> str:
        """One more connection or session of this address: "" if it may, else why not."""
        with self._lock:
            name = client(address)
            guest = self._known(name)
            if guest is None:
                return CROWDED
            if knows_token:
                self._trust(guest)
            reason = "" if guest.present else self._no_place(guest)
            if not reason and guest.present >= self._limits.per_client:
                reason = "too many of one client"
            if reason:
                self._forget(name)
                return reason
            if not guest.present:
                self._arrive(name, guest)
            guest.present += 1
            return ""

    def leave(self, address: str) -> None:
        with self._lock:
            name = client(address)
            guest = self._present.get(name)
            if guest is None:
                return
            guest.present -= 1
            if not guest.present:
                del self._present[name]
                if not guest.knows_token:
                    self._one_stranger_less(guest.near)
                self._forget(name)

    def trust(self, address: str) -> None:
        """A present client has shown the token."""
        with self._lock:
            guest = self._present.get(client(address))
            if guest is not None:
                self._trust(guest)

    def who_makes_room(self, near: str = "") -> str:
        """The present client that is idle for the longest, of those that showed no token and move nothing; "": nobody.

        ``near``: only of this neighbourhood.
        """
        with self._lock:
            idle = [
                (guest.since, name)
                for name, guest in self._present.items()
                if not (guest.knows_token or guest.promises) and near in ("", guest.near)
            ]
            return min(idle)[1] if idle else ""

    def reserve(self, address: str, count: int) -> int:
        """Promise ``count`` bytes out of the budgets of this client and of all; 0, or the seconds after which to ask again."""
        with self._lock:
            guest = self._known(client(address))
            if guest is None:
                return 60
            now = self._clock()
            budgets = (guest.budget, self._total)
            wait_s = max(budget.wait_s(count, now) for budget in budgets)
            if not wait_s:
                guest.promises += 1
                for budget in budgets:
                    budget.promise(count)
            return wait_s

    def settle(self, address: str, reserved: int, moved: int) -> None:
        """What was reserved has come to its end, with so much moved."""
        with self._lock:
            now = self._clock()
            self._total.settle(reserved, moved, now)
            guest = self._guests.get(client(address))
            if guest is not None:
                guest.promises -= 1
                guest.since = now
                guest.budget.settle(reserved, moved, now)

    def sweep(self) -> None:
        """Forget who left and has a full budget again."""
        with self._lock:
            for name in list(self._guests):
                self._forget(name)

    def _no_place(self, guest: _Guest) -> str:
        """Why there is no place for one more client; "" if there is."""
        most = self._limits.clients
        if guest.knows_token:
            return CROWDED if len(self._present) - self._strangers.total() >= most else ""
        if self._strangers[guest.near] >= max(1, most // _NEARBY):
            return CROWDED_NEARBY
        return CROWDED if len(self._present) >= most else ""

    def _arrive(self, name: str, guest: _Guest) -> None:
        self._present[name] = guest
        guest.since = self._clock()
        if not guest.knows_token:
            self._strangers[guest.near] += 1

    def _trust(self, guest: _Guest) -> None:
        if guest.present and not guest.knows_token:
            self._one_stranger_less(guest.near)
        guest.knows_token = True

    def _one_stranger_less(self, near: str) -> None:
        self._strangers[near] -= 1
        if not self._strangers[near]:
            del self._strangers[near]

    def _known(self, name: str) -> _Guest | None:
        guest = self._guests.get(name)
        if guest is None and len(self._guests) < self._limits.clients * _REMEMBERED:
            budget = Budget(self._limits.client_bytes, self._clock())
            guest = self._guests[name] = _Guest(neighbourhood(name.partition("/")[0]), budget)
        return guest

    def _forget(self, name: str) -> None:
        guest = self._guests[name]
        if not guest.present and guest.budget.is_full(self._clock()):
            del self._guests[name]
