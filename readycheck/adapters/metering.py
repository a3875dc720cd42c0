"""Is the connection metered? Asked at the start of a program, beside other work, in a thread of its own. Decides nothing."""

import asyncio
import threading
import time
from typing import Final

from readycheck.ports import System

LIMIT_S: Final = 1.0


class MeteredQuestion:
    """Asked when it is made; ``answer`` waits until ``limit_s`` after that at most. None: not told, or not in time."""

    def __init__(self, system: System, *, limit_s: float = LIMIT_S) -> None:
        self._system = system
        self._limit_s = limit_s
        self._until = time.monotonic() + limit_s
        self._told = threading.Event()
        self._metered: bool | None = None
        threading.Thread(target=self._ask, name="metered", daemon=True).start()

    def answer(self) -> bool | None:
        self._told.wait(max(0.0, self._until - time.monotonic()))
        return self._metered

    def _ask(self) -> None:
        try:
            self._metered = asyncio.run(self._in_time())
        except (TimeoutError, OSError, RuntimeError):
            self._metered = None  # RuntimeError: the program ends at this moment
        finally:
            self._told.set()

    async def _in_time(self) -> bool | None:
        async with asyncio.timeout(self._limit_s):
            return await self._system.metered()
