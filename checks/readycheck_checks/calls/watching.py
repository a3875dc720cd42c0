"""Lets a check say how far a long measurement is while it waits for it. Knows nothing of what is measured."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Final, TypeVar

T = TypeVar("T")
EVERY_S: Final = 0.4


async def told_by(
    work: Callable[[Callable[[T], None]], Awaitable[None]], passing: type
) -> AsyncGenerator[T, None]:
    """What ``work`` tells the function that it is given, in its order; of values of the type ``passing`` only the latest, every
    now and then. At the end raises what ``work`` raised; closing this cancels it."""
    waiting: deque[T] = deque()
    task = asyncio.ensure_future(work(waiting.append))
    try:
        while not task.done():
            await asyncio.wait({task}, timeout=EVERY_S)
            for each in _thinned(waiting, passing):
                yield each
        task.result()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _thinned(waiting: "deque[T]", passing: type) -> list[T]:
    """Empties the queue; what passes and was followed by more is left out."""
    taken = [waiting.popleft() for _ in range(len(waiting))]
    last = len(taken) - 1
    return [each for at, each in enumerate(taken) if at == last or not isinstance(each, passing)]
