"""Daemon threads that work on blocking sockets for a coroutine which watches them. They are ended by ending their sockets."""

import asyncio
import threading
from collections.abc import Callable, Sequence

from readycheck.errors import NetError

_LOOK_S = 0.002
_LEAVE_S = 1.0


class Worker:
    """One thread. ``error`` is the NetError that it ended with, if any; anything else it raises comes out of check()."""

    def __init__(self, job: Callable[[], None], name: str) -> None:
        self.error: NetError | None = None
        self._bug: BaseException | None = None
        self._job = job
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def at_work(self) -> bool:
        return self._thread.is_alive()

    @property
    def finished(self) -> bool:
        """Ended, and not with an error: nothing was left to do."""
        return not self.at_work and self.error is None

    def check(self) -> None:
        if self._bug is not None:
            raise self._bug

    def _run(self) -> None:
        try:
            self._job()
        except NetError as error:
            self.error = error
        except BaseException as bug:
            self._bug = bug


async def ended(workers: Sequence[Worker], timeout_s: float = _LEAVE_S) -> bool:
    """Wait until all have ended, at most so long; whether they have."""
    loop = asyncio.get_running_loop()
    until = loop.time() + timeout_s
    while any(worker.at_work for worker in workers):
        if loop.time() >= until:
            return False
        await asyncio.sleep(_LOOK_S)
    return True
