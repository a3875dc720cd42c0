"""The real Children: programs and Python functions in processes of their own that can be ended, whatever they do."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

from readycheck.errors import ChildFailed, ChildTimeout
from readycheck.ports import CommandAnswer
from readycheck.text import clean, clean_bytes

MOST_BYTES: Final = 4_000_000
DYING_S: Final = 1.0


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
    ) -> Any:
        command = [sys.executable, "-P", "-m", "readycheck.child", function]
        try:
            async with asyncio.timeout(timeout_s), self._child(command, subprocess.PIPE) as child:
                return await _converse(child, request, progress)
        except TimeoutError:
            raise ChildTimeout(f"no answer in {timeout_s:g} s") from None
        except OSError as error:
            raise ChildFailed(f"it could not be started: {clean(error.strerror)}") from None

    async def run(self, command: Sequence[str], *, timeout_s: float, limit: int = 65_536) -> CommandAnswer:
        try:
            async with asyncio.timeout(timeout_s), self._child(command, subprocess.DEVNULL) as child:
                assert child.stdout is not None and child.stderr is not None
                stdout, stderr = await asyncio.gather(
                    _at_most(child.stdout, limit), _at_most(child.stderr, limit)
                )
                return CommandAnswer(code=await child.wait(), stdout=stdout, stderr=stderr)
        except TimeoutError:
            raise ChildTimeout(f"{command[0]}: no end in {timeout_s:g} s") from None
        except OSError as error:
            raise ChildFailed(f"{command[0]}: {clean(error.strerror)}") from None

    @asynccontextmanager
    async def _child(self, command: Sequence[str], stdin: int) -> Any:
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=os.name == "posix",
            limit=MOST_BYTES,
        )
        try:
            yield child
        finally:
            await self._end(child)

    async def _end(self, child: Process) -> None:
        """Kill what is left of the child and its own children; abandon it where even that does not end it."""
        with suppress(ProcessLookupError, PermissionError):
            if os.name == "posix":
                os.killpg(child.pid, signal.SIGKILL)
            elif child.returncode is None:
                child.kill()
        try:
            async with asyncio.timeout(DYING_S):
                await child.wait()
        except TimeoutError:
            self.abandoned.append(child.pid)


async def _converse(
    child: Process, request: Mapping[str, Any], progress: Callable[[str, float | None], None] | None
) -> Any:
    assert child.stdin is not None and child.stdout is not None and child.stderr is not None
    last_words = asyncio.ensure_future(_at_most(child.stderr, 8_192))
    with suppress(ConnectionError):
        child.stdin.write(json.dumps(request).encode())
        await child.stdin.drain()
    child.stdin.close()
    while (said := await _next(child.stdout)) is not None:
        match said:
            case {"say": str(text), "fraction": fraction}:
                if progress is not None:
                    progress(clean(text, 120), fraction)
            case {"answer": answer}:
                return answer
            case {"broke": str(why)}:
                raise ChildFailed(clean(why))
    told = clean_bytes(await last_words).strip()
    raise ChildFailed(told or f"it ended without an answer (code {await child.wait()})")


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
    while chunk := await stream.read(65_536):
        kept += chunk[: max(0, limit - len(kept))]
    return bytes(kept)
