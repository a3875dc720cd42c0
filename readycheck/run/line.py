"""The line, which one check at a time has to itself while it measures a rate; the time of a check stands while it waits for it.

Checks live in threads with event loops of their own, so that no lock of asyncio can stand between them. Who waits longest is
next. Whoever is left behind, or has ended, is dropped: nobody waits for it.
"""

import asyncio
import math
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


class Stopwatch:
    """The time of one check, waiting left out. Stopped, started and read in any thread; its limit is moved in the check's own."""

    def __init__(self, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._started = time.monotonic()
        self._lock = threading.Lock()
        self._waited = 0.0
        self._since = math.inf
        self._limit: asyncio.Timeout | None = None

    @property
    def seconds(self) -> float:
        with self._lock:
            now = time.monotonic()
            return now - self._started - self._waited - max(0.0, now - self._since)

    @property
    def over_at(self) -> float:
        """When its time is up (time.monotonic); never while it waits."""
        with self._lock:
            return math.inf if self._since < math.inf else self._started + self._timeout_s + self._waited

    @asynccontextmanager
    async def limit(self) -> AsyncIterator[None]:
        """The time limit of the check, to be entered in its event loop."""
        async with asyncio.timeout(self._timeout_s) as self._limit:
            try:
                yield
            finally:
                self._limit = None  # a task that the check left behind may still give up waiting

    def stand(self) -> None:
        with self._lock:
            self._since = time.monotonic()

    def go_on(self) -> None:
        """Nothing where it does not stand."""
        with self._lock:
            if self._since < math.inf:
                self._waited += time.monotonic() - self._since
                self._since = math.inf

    def move_limit(self) -> None:
        """To when the time is up now; called in the check's event loop after either."""
        if self._limit is None or self._limit.expired():
            return
        left = self.over_at - time.monotonic()
        self._limit.reschedule(None if left == math.inf else asyncio.get_running_loop().time() + left)


class Turn:
    """The way of one check to the line: ``async with``. ``told`` hears True when it must wait, False when it waits no longer,
    from any thread.

    Within one task it can be entered again. Other tasks of the check queue here, one at a time goes on to the line: what they
    wait for one another is the check's own time, so that one that waits for itself is ended by its limit.
    """

    def __init__(self, line: "Line", watch: Stopwatch, told: Callable[[bool], None]) -> None:
        self._line, self.watch, self._told = line, watch, told
        self._own = asyncio.Lock()
        self._place: Place | None = None
        self._depth = 0

    async def __aenter__(self) -> None:
        task = asyncio.current_task()
        if self._place is not None and self._place.task is task:
            self._depth += 1
            return
        await self._own.acquire()
        try:
            place = Place(self, task)
            if not self._line.ask(place):
                await self._wait(place)
        except BaseException:
            self._own.release()
            raise
        self._place, self._depth = place, 1

    async def _wait(self, place: "Place") -> None:
        self.watch.move_limit()
        try:
            await place.granted
        except BaseException:
            self._line.leave(place)
            raise
        finally:
            self.watch.move_limit()

    def stand(self) -> None:
        self.watch.stand()
        self._told(True)

    def go_on(self) -> None:
        self.watch.go_on()
        self._told(False)

    async def __aexit__(self, *_: object) -> None:
        self._depth -= 1
        if self._place is not None and not self._depth:
            place, self._place = self._place, None
            self._line.leave(place)
            self._own.release()


class Place:
    """One task that has the line, or waits for it."""

    def __init__(self, turn: Turn, task: object) -> None:
        self.turn, self.task = turn, task
        self._loop = asyncio.get_running_loop()
        self.granted: asyncio.Future[None] = self._loop.create_future()

    def grant(self) -> bool:
        """Called from any thread; False where its event loop is gone. Its time goes on from now, though its loop be blocked."""
        try:
            self._loop.call_soon_threadsafe(self._grant)
        except RuntimeError:
            return False
        self.turn.go_on()
        return True

    def _grant(self) -> None:
        if not self.granted.done():
            self.granted.set_result(None)


class Line:
    """Who has it, and who is next. Every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._holder: Place | None = None
        self._waiting: deque[Place] = deque()
        self._dropped: set[Turn] = set()

    def ask(self, place: Place) -> bool:
        """Whether the line is this place's at once; else it is granted when its turn comes."""
        with self._lock:
            if place.turn in self._dropped:
                return False
            if self._holder is None:
                self._holder = place
                return True
            self._waiting.append(place)
            place.turn.stand()
            return False

    def leave(self, place: Place) -> None:
        """Give the line on, or no longer wait for it; nothing where the place has neither."""
        with self._lock:
            if place is self._holder:
                self._give_on()
            elif place in self._waiting:
                self._waiting.remove(place)
                place.turn.go_on()

    def drop(self, turn: Turn) -> None:
        """For a check that is no longer listened to: what it has or waits for is free, and it gets the line no more."""
        with self._lock:
            self._dropped.add(turn)
            self._waiting = deque(place for place in self._waiting if place.turn is not turn)
            if self._holder is not None and self._holder.turn is turn:
                self._give_on()

    def _give_on(self) -> None:
        self._holder = None
        while self._waiting and self._holder is None:
            nxt = self._waiting.popleft()
            self._holder = nxt if nxt.grant() else None
