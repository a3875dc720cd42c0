"""The office's own process: ``python -m readycheck.office``. One JSON line in, one JSON line out, then it serves.

It ends when its standard input closes, so that no office outlives the program that opened it, however that one ended.
"""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
import threading
from contextlib import AsyncExitStack
from pathlib import Path
from types import FrameType

import msgspec

from readycheck.errors import ReadycheckError
from readycheck.office.faults import faults_named, manner_of
from readycheck.office.premises import open_office
from readycheck.office.values import Answer, Request


def main() -> int:
    """Exit status 0 after an orderly end, 1 where the office could not be opened (the reason is in the answer)."""
    # Ctrl-C and the end of the terminal are for the program in front, whose end closes our input.
    for name in ("SIGINT", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _leave)
    folder = Path(tempfile.mkdtemp(prefix="readycheck-office-"))
    try:
        request = msgspec.json.decode(sys.stdin.buffer.readline(), type=Request)
        asyncio.run(_serve(request, folder))
    except (msgspec.MsgspecError, ReadycheckError, OSError) as problem:
        _say(Answer(problem=str(problem)))
        return 1
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 0


def _leave(number: int, frame: FrameType | None) -> None:
    """While the office is being opened: what is in its folder goes on the way out."""
    raise SystemExit(1)


async def _serve(request: Request, folder: Path) -> None:
    over = asyncio.Event()
    _end_with_parent(asyncio.get_running_loop(), over)
    async with AsyncExitStack() as stack:
        values = await open_office(stack, manner_of(faults_named(request.faults)), folder)
        _say(Answer(values=values))
        await over.wait()


def _end_with_parent(loop: asyncio.AbstractEventLoop, over: asyncio.Event) -> None:
    def end() -> None:
        loop.call_soon_threadsafe(over.set)

    def watch() -> None:
        sys.stdin.buffer.read()
        end()

    signal.signal(signal.SIGTERM, lambda *_: end())
    threading.Thread(target=watch, name="parent", daemon=True).start()


def _say(answer: Answer) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(answer) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    try:
        status = main()
    except SystemExit:
        status = 1
    sys.stdout.flush()
    os._exit(status)  # a thread of the share that is still writing to a client must not hold up the end
