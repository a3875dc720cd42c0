"""Lets a check say how far a long measurement is while it waits for it. Knows nothing of what is measured."""

import asyncio
from collections.abc import AsyncGenerator, Coroutine
from typing import Any, Final, TypeVar

from readycheck.api import Progress
from readycheck_checks.calls.rates import mbit

T = TypeVar("T")
EVERY_S: Final = 0.4


class Latest:
    """The last thing heard of a measurement that fills ``start`` to ``end`` of a check's progress."""

    def __init__(self, text: str, start: float, end: float) -> None:
        self.progress = Progress(text=text, fraction=start)
        self._text, self._start, self._end = text, start, end

    def rate(self, fraction: float, bits_per_s: float) -> None:
        """As bulk measurements tell it: their own fraction and the rate so far."""
        text = f"{self._text}: {mbit(bits_per_s)} Mbit/s" if bits_per_s > 0 else self._text
        self.progress = Progress(text=text, fraction=self._start + (self._end - self._start) * fraction)

    def step(self, text: str, fraction: float | None) -> None:
        """As children tell it."""
        self.progress = Progress(text=text, fraction=fraction)


async def watched(work: Coroutine[Any, Any, T], latest: Latest) -> AsyncGenerator[Progress | T, None]:
    """What was heard last, every now and then, and at the end the result of ``work``; closing this cancels it."""
    task = asyncio.ensure_future(work)
    try:
        yield latest.progress
        while not (await asyncio.wait({task}, timeout=EVERY_S))[0]:
            yield latest.progress
        yield task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
