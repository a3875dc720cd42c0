"""Work that an event loop must not be in the way of: in a daemon thread, awaited."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress

from readycheck.measure.packets.promptness import prefer_short_turns


async def in_thread(work: Callable[[threading.Event], None], ending: asyncio.Event, name: str) -> None:
    """Run ``work`` in a daemon thread until it returns; its event is set when ``ending`` is, or when nobody waits any more.

    Raises what ``work`` raises.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()
    stop = threading.Event()

    def settle(error: Exception | None) -> None:
        if done.done():
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)

    def run() -> None:
        error: Exception | None = None
        prefer_short_turns()
        try:
            work(stop)
        except Exception as raised:  # the caller's task raises it
            error = raised
        with suppress(RuntimeError):  # the loop has ended: nobody waits any more
            loop.call_soon_threadsafe(settle, error)

    threading.Thread(target=run, name=name, daemon=True).start()
    told = asyncio.ensure_future(ending.wait())
    try:
        await asyncio.wait((done, told), return_when=asyncio.FIRST_COMPLETED)
        stop.set()
        await done
    finally:
        stop.set()
        told.cancel()
        done.cancel()  # an error that nobody fetches any more would be logged
