"""One check at work in a daemon thread with an event loop of its own. Tells what it says and how it ended; judges nothing."""

import asyncio
import os
import threading
import time
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from typing import Any, Final

from readycheck.api import Check, Context, Options
from readycheck.run.outcome import Outcome
from readycheck.run.plan import PlannedCheck

GRACE_S: Final = 1.0  # between asking a check to stop and leaving it behind
STRICT: Final = "READYCHECK_STRICT"


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

    def __init__(self, planned: PlannedCheck, context: Context, tell: Callable[[object], None]) -> None:
        self.planned = planned
        self.context = context
        self.outcome = Outcome(planned.check.codes if strict() else ())
        self.started = time.monotonic()
        self.left_behind_at = self.started + planned.timeout + GRACE_S
        self._tell = tell
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_to_stop = False

    def start(self) -> None:
        threading.Thread(target=self._main, name=f"check {self.planned.check_id}", daemon=True).start()

    def cancel(self) -> None:
        self.left_behind_at = min(self.left_behind_at, time.monotonic() + GRACE_S)
        self._is_to_stop = True  # for a thread that has not come so far yet
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
        if self._is_to_stop:
            raise asyncio.CancelledError
        planned = self.planned
        async with asyncio.timeout(planned.timeout):
            async with aclosing(generator(planned.check, planned.options, self.context)) as said:
                async for item in said:
                    self.outcome.take(item)
                    self._tell(Said(planned.check_id, item))
        if strict():
            self.outcome.whole(planned.check)

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self.started, 3)
