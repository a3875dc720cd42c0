"""Servers on loopback that say what a test wants, in an event loop of a thread of their own."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from tests.checks.connection_listeners import LOOPBACK

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextmanager
def looping() -> Iterator[Callable[[Any], Any]]:
    """What runs an awaitable in that loop and gives its value."""

    async def awaited(awaitable: Any) -> Any:
        return await awaitable

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield lambda awaitable: asyncio.run_coroutine_threadsafe(awaited(awaitable), loop).result(20)
    finally:
        asyncio.run_coroutine_threadsafe(_ended(), loop).result(5)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


@contextmanager
def talker(talk: Talk) -> Iterator[int]:
    """A TCP server that has this conversation with everybody."""

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            await talk(reader, writer)
        writer.close()

    with looping() as run:
        server: asyncio.Server = run(asyncio.start_server(served, LOOPBACK, 0))
        yield server.sockets[0].getsockname()[1]
        run(closed(server))


async def closed(server: asyncio.AbstractServer) -> None:
    """In the loop of the server, where a connection that ends at that moment closes it too."""
    server.close()


async def _ended() -> None:
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
