"""The real Children: programs and Python functions in processes of their own that can be ended, whatever they do."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass
from typing import Any, Final

from readycheck.errors import ChildFailed, ChildTimeout
from readycheck.ports import CommandAnswer
from readycheck.text import clean, clean_bytes

MOST_BYTES: Final = 4_000_000
TIDYING_S: Final = 0.3  # for a child that was told to end, to remove what it left elsewhere
DYING_S: Final = 1.0
POLL_S: Final = 0.02
LAST_WORDS_S: Final = (
    0.5  # for what is in the pipes when a program has ended: its own children may hold them open for ever
)
# Without these no program starts, or none finds its libraries and its folder for temporary files.
NEEDED: Final = (
    *("PATH", "HOME", "TMPDIR", "TZ"),
    *("SYSTEMROOT", "WINDIR", "COMSPEC", "PATHEXT", "TEMP", "TMP", "PROGRAMDATA", "USERPROFILE"),
)


class RealChildren:
    """``abandoned`` holds the process ids of children that did not die when killed (a dead mount can do that)."""

    def __init__(self) -> None:
        self.abandoned: list[int] = []

    async def call(
        self,
        function: str,
        request: Mapping[str, Any],
        *,
        timeout_s: float,
        progress: Callable[[str, float | None], None] | None = None,
        line: AbstractAsyncContextManager[None] | None = None,
    ) -> Any:
        command = [sys.executable, "-P", "-m", "readycheck.adapters.child_main", function]
        try:
            async with (
                asyncio.timeout(timeout_s) as limit,
                AsyncExitStack() as held,
                self._child(command, subprocess.PIPE) as child,
            ):
                return await _Conversation(child, progress, line or nullcontext(), limit, held).answer(
                    request
                )
        except TimeoutError:
            raise ChildTimeout(f"no answer in {timeout_s:g} s") from None
        except OSError as error:
            raise ChildFailed(f"it could not be started: {clean(error.strerror)}") from None

    async def run(
        self,
        command: Sequence[str],
        *,
        timeout_s: float,
        limit: int = 65_536,
        environment: Mapping[str, str] | None = None,
        stdin: bytes = b"",
    ) -> CommandAnswer:
        way_in = subprocess.PIPE if stdin else subprocess.DEVNULL
        variables = None if environment is None else {**_needed(), **environment}
        try:
            async with asyncio.timeout(timeout_s), self._child(command, way_in, variables) as child:
                return await _heard(child, stdin, limit)
        except TimeoutError:
            raise ChildTimeout(f"{command[0]}: no end in {timeout_s:g} s") from None
        except OSError as error:
            raise ChildFailed(f"{command[0]}: {clean(error.strerror)}") from None

    @asynccontextmanager
    async def _child(
        self, command: Sequence[str], stdin: int, variables: Mapping[str, str] | None = None
    ) -> Any:
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=variables,
            start_new_session=os.name == "posix",
            limit=MOST_BYTES,
        )
        try:
            yield child
        finally:
            await self._end(child)

    async def _end(self, child: Process) -> None:
        """Tell what is left of the child and its own children to end, then kill it; abandon it where even that does not end
        it."""
        if os.name == "posix" and child.returncode is None:
            _signal(child, signal.SIGTERM)
            await _has_ended(child, TIDYING_S)
        if os.name == "posix":
            _signal(child, signal.SIGKILL)
        elif child.returncode is None:
            child.kill()
        if not await _has_ended(child, DYING_S):
            self.abandoned.append(child.pid)
        # Pipes that somebody else still holds open would outlive the event loop; asyncio has no other way to let go of them.
        child._transport.close()  # type: ignore[attr-defined]


def _signal(child: Process, number: int) -> None:
    """To all of its group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


async def _has_ended(child: Process, within_s: float) -> bool:
    try:
        async with asyncio.timeout(within_s):
            await _code(child)
    except TimeoutError:
        return False
    return True


def _needed() -> dict[str, str]:
    return {name: os.environ[name] for name in NEEDED if name in os.environ}


async def _heard(child: Process, stdin: bytes, limit: int) -> CommandAnswer:
    """All that a program says until it ends."""
    assert child.stdout is not None and child.stderr is not None
    kept = bytearray(), bytearray()
    pipes = zip((child.stdout, child.stderr), kept, strict=True)
    listening = [asyncio.ensure_future(_keep(pipe, into, limit)) for pipe, into in pipes]
    talking = asyncio.ensure_future(_tell(child, stdin))
    try:
        code = await _code(child)
        await asyncio.wait(listening, timeout=LAST_WORDS_S)
    finally:
        for task in (talking, *listening):
            task.cancel()
        await asyncio.gather(talking, *listening, return_exceptions=True)
    return CommandAnswer(code=code, stdout=bytes(kept[0]), stderr=bytes(kept[1]))


async def _code(child: Process) -> int:
    """Its exit code when its process has ended. ``wait()`` of Python 3.11 waits for whoever holds the pipes, too."""
    while child.returncode is None:  # noqa: ASYNC110 - asyncio tells of it only through wait()
        await asyncio.sleep(POLL_S)
    return child.returncode


async def _tell(child: Process, stdin: bytes) -> None:
    if child.stdin is not None:
        with suppress(ConnectionError):
            child.stdin.write(stdin)
            await child.stdin.drain()
        child.stdin.close()


@dataclass(frozen=True)
class _Conversation:
    """With a child that answers one request. ``held``: the line, while the child has it; ``limit`` stands while it waits."""

    child: Process
    progress: Callable[[str, float | None], None] | None
    line: AbstractAsyncContextManager[None]
    limit: asyncio.Timeout
    held: AsyncExitStack

    async def answer(self, request: Mapping[str, Any]) -> Any:
        child = self.child
        assert child.stdin is not None and child.stdout is not None and child.stderr is not None
        last_words = asyncio.ensure_future(_at_most(child.stderr, 8_192))
        await self._write(json.dumps(request))
        while (said := await _next(child.stdout)) is not None:
            match said:
                case {"say": str(text), "fraction": fraction}:
                    if self.progress is not None:
                        self.progress(clean(text, 120), fraction)
                case {"line": "wanted"}:
                    await self._take_line()
                    await self._write("yours")
                case {"line": "free"}:
                    await self.held.aclose()
                case {"answer": answer}:
                    return answer
                case {"broke": str(why)}:
                    raise ChildFailed(clean(why))
        told = clean_bytes(await last_words).strip()
        raise ChildFailed(told or f"it ended without an answer (code {await child.wait()})")

    async def _take_line(self) -> None:
        loop = asyncio.get_running_loop()
        before, until = loop.time(), self.limit.when()
        self.limit.reschedule(None)
        await self.held.enter_async_context(self.line)
        self.limit.reschedule(None if until is None else until + loop.time() - before)

    async def _write(self, text: str) -> None:
        assert self.child.stdin is not None
        with suppress(ConnectionError):
            self.child.stdin.write(f"{text}\n".encode())
            await self.child.stdin.drain()


async def _next(stream: asyncio.StreamReader) -> Any:
    """The next line of the conversation, None at its end."""
    try:
        line = await stream.readline()
        return json.loads(line) if line else None
    except ValueError:  # no JSON, or a line beyond MOST_BYTES
        raise ChildFailed("it said something that cannot be read") from None


async def _at_most(stream: asyncio.StreamReader, limit: int) -> bytes:
    """Everything the stream says, of which the first ``limit`` bytes are kept."""
    kept = bytearray()
    await _keep(stream, kept, limit)
    return bytes(kept)


async def _keep(stream: asyncio.StreamReader, kept: bytearray, limit: int) -> None:
    while chunk := await stream.read(65_536):
        kept += chunk[: max(0, limit - len(kept))]
