"""One check at work in a daemon thread with an event loop of its own. Tells what it says and how it ended; judges nothing."""

import asyncio
import math
import os
import threading
import time
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from typing import Any, Final

from readycheck.api import Check, Context, Options, Progress
from readycheck.run.line import Line, Stopwatch, Turn
from readycheck.run.outcome import Outcome
from readycheck.run.plan import PlannedCheck

GRACE_S: Final = 1.0  # between asking a check to stop and leaving it behind
STRICT: Final = "READYCHECK_STRICT"
WAITING: Final = "Waiting until another check has measured the line"
GOING_ON: Final = "Measuring the line"  # where nothing was said before


def strict() -> bool:
    """Whether a finding that its check does not declare is refused, as in tests. A person is never kept from a true finding
    because a table is behind."""
    return bool(os.environ.get(STRICT))


def generator(check: Check, options: Options, context: Context) -> Any:
    said = check.run(options, context)
    if not hasattr(said, "__aiter__"):
        if asyncio.iscoroutine(said):
            said.close()  # unawaited, it would say so on stderr
        raise TypeError(f"{check.id}: run() must be an async generator, not {type(said).__name__}")
    return said


@dataclass(frozen=True)
class Said:
    check_id: str
    item: object


@dataclass(frozen=True)
class Ended:
    check_id: str
    error: BaseException | None


class CheckThread:
    """One check at work. ``tell`` is called from its thread; the engine must not wait for the thread itself."""

    def __init__(
        self, planned: PlannedCheck, context: Context, tell: Callable[[object], None], line: Line
    ) -> None:
        self.planned = planned
        self._line, self._watch = line, Stopwatch(planned.timeout)
        self._turn = Turn(line, self._watch, self._waits)
        self.context = replace(context, line=self._turn)
        self.outcome = Outcome(planned.check.codes if strict() else ())
        self._at_work = Progress(GOING_ON)
        self._told_to_end_at = math.inf
        self._tell = tell
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self.is_to_stop = False

    def start(self) -> None:
        threading.Thread(target=self._main, name=f"check {self.planned.check_id}", daemon=True).start()

    def cancel(self) -> None:
        self._told_to_end_at = min(self._told_to_end_at, time.monotonic())
        self.is_to_stop = True  # for a thread that has not come so far yet
        if self._loop is not None and self._task is not None:
            with suppress(RuntimeError):  # its loop has just ended: nothing is left to cancel
                self._loop.call_soon_threadsafe(self._task.cancel)

    def _main(self) -> None:
        error: BaseException | None = None
        try:
            asyncio.run(self._drive())
        except BaseException as raised:  # a check may raise anything, SystemExit too: it becomes its result
            error = raised
        self._tell(Ended(self.planned.check_id, error))

    async def _drive(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.current_task()
        if self.is_to_stop:
            raise asyncio.CancelledError
        planned = self.planned
        async with (
            self._watch.limit(),
            aclosing(generator(planned.check, planned.options, self.context)) as said,
        ):
            async for item in said:
                if isinstance(item, Progress):
                    self._at_work = item
                self.outcome.take(item)
                self._tell(Said(planned.check_id, item))
        if strict():
            self.outcome.whole(planned.check)

    def _waits(self, waiting: bool) -> None:
        """Either way the engine looks again when this check's time is up. Called from any thread; what was said before is said
        again, but by one that was told to end."""
        if waiting or not self.is_to_stop:
            self._tell(Said(self.planned.check_id, Progress(WAITING) if waiting else self._at_work))

    def forget(self) -> None:
        """Nobody listens to it any more, so nobody waits for it."""
        self._line.drop(self._turn)

    @property
    def left_behind_at(self) -> float:
        """When it is left behind (time.monotonic); infinite while it waits for the line."""
        return min(self._told_to_end_at, self._watch.over_at) + GRACE_S

    @property
    def seconds(self) -> float:
        """What it took, without waiting for the line."""
        return round(self._watch.seconds, 3)
