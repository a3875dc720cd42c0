"""Waiting for the line in a child whose conversation goes on in an event loop: the server may ask meanwhile whether we are still
there, and hangs up on silence."""

import asyncio
import threading
from contextlib import AbstractContextManager, ExitStack, suppress


async def entered(held: ExitStack, line: AbstractContextManager[None]) -> None:
    """``held`` enters it in a daemon thread, which the end of the process does not wait for. Raises what entering raises."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[None] = loop.create_future()

    def tell(error: Exception | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(None)

    def wait() -> None:
        error: Exception | None = None
        try:
            held.enter_context(line)
        except Exception as raised:  # handed to the one who waits
            error = raised
        with suppress(RuntimeError):  # the visit has ended meanwhile
            loop.call_soon_threadsafe(tell, error)

    threading.Thread(target=wait, name="waiting for the line", daemon=True).start()
    await done
