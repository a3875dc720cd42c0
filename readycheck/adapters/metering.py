"""Is the connection metered? Asked beside other work, in a thread of its own: nobody has to wait for it. Decides nothing."""

import asyncio
import sys
import threading
import time
from typing import Final

from readycheck.ports import System

LIMIT_S: Final = 1.0
LIMIT_OF_WINDOWS_S: Final = 4.0  # PowerShell alone takes one to three seconds to start


def usual_limit_s(platform: str = sys.platform) -> float:
    return LIMIT_OF_WINDOWS_S if platform == "win32" else LIMIT_S


class MeteredQuestion:
    """Asked when it is made; not waited for longer than ``limit_s``. ``metered`` is None where the system does not tell."""

    def __init__(self, system: System, *, limit_s: float) -> None:
        self._system = system
        self._limit_s = limit_s
        self._until = time.monotonic() + limit_s
        self._told = threading.Event()
        self.metered: bool | None = None
        threading.Thread(target=self._ask, name="metered", daemon=True).start()

    def over(self, wait_s: float) -> bool:
        """Whether nothing more will be heard: the system has told, or its time is up. Waits for it so long at most."""
        left_s = self._until - time.monotonic()
        return self._told.wait(max(0.0, min(wait_s, left_s))) or wait_s >= left_s

    def _ask(self) -> None:
        try:
            self.metered = asyncio.run(self._in_time())
        except (TimeoutError, OSError, RuntimeError):
            self.metered = None  # RuntimeError: the program ends at this moment
        finally:
            self._told.set()

    async def _in_time(self) -> bool | None:
        async with asyncio.timeout(self._limit_s):
            return await self._system.metered()


class Metering:
    """The connection while a program runs. It can be asked about again; a yes stays, since an answer that does not come in time
    the next time has not made the connection free.
    """

    def __init__(self, limit_s: float | None = None) -> None:
        self._limit_s = usual_limit_s() if limit_s is None else limit_s
        self._question: MeteredQuestion | None = None

    def ask(self, system: System) -> None:
        if not self.metered:
            self._question = MeteredQuestion(system, limit_s=self._limit_s)

    def over(self, wait_s: float) -> bool:
        """Whether what is known now will not change by waiting, which is done so long at most."""
        return self._question is None or self._question.over(wait_s)

    @property
    def metered(self) -> bool:
        """Whether the system has said so; without an answer it is not assumed."""
        return self._question is not None and self._question.metered is True
