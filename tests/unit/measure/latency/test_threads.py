"""Work in a thread of its own: what it raises comes out where somebody waits, and nowhere else."""

import asyncio
import gc
import threading
import time
from typing import Any

import pytest

from readycheck.errors import Closed, Where
from readycheck.measure.latency.threads import in_thread

WHERE = Where(host="speed.example")


def test_what_the_work_raises_comes_out() -> None:
    def work(_stop: threading.Event) -> None:
        raise Closed(WHERE)

    async def wait() -> None:
        await in_thread(work, asyncio.Event(), "work")

    with pytest.raises(Closed):
        asyncio.run(wait())


def test_an_error_that_nobody_waits_for_any_more_is_not_logged() -> None:
    logged: list[dict[str, Any]] = []

    def work(stop: threading.Event) -> None:
        stop.wait(5)
        raise Closed(WHERE)

    async def given_up() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: logged.append(context))
        task = asyncio.ensure_future(in_thread(work, asyncio.Event(), "given up"))
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        for thread in threading.enumerate():
            if thread.name == "given up":
                thread.join(5)
        del task
        gc.collect()
        await asyncio.sleep(0.01)
        gc.collect()

    started = time.monotonic()
    asyncio.run(given_up())
    assert logged == []
    assert time.monotonic() - started < 4, "the thread is told at once"
