"""Signing in to files over SFTP, listing, reading and writing, with asyncssh. Runs in a child process that can be ended.

A password or a signature is given only to a server whose host key is known (sftp_door.py). No agent, no configuration file and no
key but the one named is used.
"""

import asyncio
import logging
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from typing import Any, Final

from readycheck.api import Say
from readycheck_checks.shares import trial_files
from readycheck_checks.shares.outcome import Stage
from readycheck_checks.shares.sftp_door import signed_in
from readycheck_checks.shares.sftp_trouble import Trouble, told
from readycheck_checks.shares.trial_files import TrialFiles
from readycheck_checks.shares.waiting import entered

MOST_ENTRIES: Final = 200
FIRST: Final = 8_192
READ_FIRST: Final = 65_536
READ_MOST: Final = 1_048_576
RATE_WINDOW_S: Final = 3.0
QUICK_S: Final = 0.25  # a block that took less is followed by one of twice the size


def probe(request: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """One visit. ``request``: what behind.request() tells, and folder, host_key (fingerprint, "any" or empty: known_hosts),
    key_file. Says each stage as it begins; answers as behind.py says."""
    logging.disable(logging.CRITICAL)
    visit = _Visit(request, say)
    asyncio.run(_until_told_to_end(visit.go()))
    return visit.answer


async def _until_told_to_end(going: Coroutine[Any, Any, None]) -> None:
    """SIGTERM cancels the visit, so that it removes its file where there still is one; Windows has no such word."""
    task = asyncio.ensure_future(going)
    with suppress(NotImplementedError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    await task


class _Visit:
    def __init__(self, request: Mapping[str, Any], say: Say) -> None:
        self._request = request
        self._say = say
        self._stage = Stage.SIGN_IN
        self._files: Any = None
        self.answer: dict[str, Any] = {
            "done": [],
            "trouble": None,
            "write_trouble": None,
            "left_behind": False,
        }

    async def go(self) -> None:
        import asyncssh

        try:
            door, self.answer["connections"] = await signed_in(self._request)
            async with door as connection, connection.start_sftp_client() as files:
                self._files = files
                self._done(Stage.SIGN_IN)
                await self._use()
        except (asyncssh.Error, OSError, Trouble, ValueError) as error:
            self.answer["trouble"] = told(self._stage, error)

    async def _use(self) -> None:
        self._begin(Stage.LIST)
        names = await self._list()
        self._done(Stage.LIST)
        if self._request["read_file"]:
            self._begin(Stage.READ)
            async with self._line("rate_bytes"):
                await self._read()
            self._done(Stage.READ)
        if self._request["write_name"]:
            self._begin(Stage.WRITE)
            await self._remove_old(names)
            async with self._line("up_bytes"):
                await self._write()

    @asynccontextmanager
    async def _line(self, wanted: str) -> AsyncIterator[None]:
        """The line to itself where a rate is wanted; waited for while no file of ours is open, for nothing ends the waiting."""
        with ExitStack() as held:
            if self._request[wanted]:
                await entered(held, self._say.line())
                self._say(self._stage, None)
            yield

    def _begin(self, stage: Stage) -> None:
        self._stage = stage
        self._say(stage, None)

    def _done(self, stage: Stage) -> None:
        self.answer["done"].append(stage)

    async def _list(self) -> list[str]:
        names: list[str] = []
        async for entry in self._files.scandir(self._request["folder"]):
            if entry.filename not in (".", ".."):
                names.append(str(entry.filename))
            if len(names) >= MOST_ENTRIES:
                break
        self.answer["entries"] = len(names)
        await self._free()
        return names

    async def _free(self) -> None:
        """Room for this person, where the server has OpenSSH's extension for it."""
        import asyncssh

        with suppress(asyncssh.SFTPError):
            room = await self._files.statvfs(self._request["folder"])
            self.answer["free_bytes"] = room.bavail * room.frsize

    async def _read(self) -> None:
        most = max(self._request["rate_bytes"], 1)
        async with self._files.open(self._path(self._request["read_file"]), "rb") as file:
            self.answer["timed_read"], self.answer["seconds"] = await _timed(
                most, lambda size, at: _length(file.read(size, at)), self._noting("bytes_read")
            )

    async def _remove_old(self, names: list[str]) -> None:
        """What an earlier visit of this set-up left behind, as far as the listing shows it."""
        import asyncssh

        trials = TrialFiles(set_up=self._request["set_up"], now=self._request["now"])
        for name in trials.left_behind(names):
            with suppress(asyncssh.SFTPError):
                await self._files.remove(self._path(name))
                self.answer["removed"] = self.answer.get("removed", 0) + 1

    async def _write(self) -> None:
        """Save, time, remove: removing is tried whatever becomes of the rest. A refusal to save does not end the visit."""
        import asyncssh

        path = self._path(self._request["write_name"])
        try:
            await self._save(path)
        except asyncssh.SFTPError as error:
            self.answer["write_trouble"] = told(self._stage, error)
        finally:
            await self._remove(path)

    async def _save(self, path: str) -> None:
        """Into a file whose name is removed as soon as it is open: the server gives its room back when the conversation ends,
        however that comes about (POSIX, unlink). Where it writes to no file without a name, into one that keeps it."""
        import asyncssh

        async with self._new(path) as file:
            nameless = await self._is_removed(path)
            try:
                await self._fill(file)
            except asyncssh.SFTPError:
                if not nameless or Stage.WRITE in self.answer["done"]:
                    raise
            else:
                return
        async with self._new(path) as file:
            await self._fill(file)

    def _new(self, path: str) -> Any:
        import asyncssh

        flags = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | asyncssh.FXF_EXCL
        return self._files.open(path, flags, encoding=None)

    async def _is_removed(self, path: str) -> bool:
        import asyncssh

        try:
            await self._files.remove(path)
        except asyncssh.SFTPError:
            return False
        return True

    async def _fill(self, file: Any) -> None:
        await file.write(trial_files.CONTENT, 0)
        self._done(Stage.WRITE)
        if self._request["up_bytes"]:
            self._begin(Stage.RATE_UP)
            await self._time_saving(file)

    async def _remove(self, path: str) -> None:
        import asyncssh

        try:
            await self._files.remove(path)
        except asyncssh.SFTPNoSuchFile:
            return
        except asyncssh.SFTPError:
            self.answer["left_behind"] = Stage.WRITE in self.answer["done"]

    async def _time_saving(self, file: Any) -> None:
        async def put(size: int, at: int) -> int:
            await file.write(os.urandom(size), at)
            return size

        self.answer["timed_written"], self.answer["write_seconds"] = await _timed(
            self._request["up_bytes"], put, self._noting("bytes_written")
        )

    def _noting(self, key: str) -> Callable[[int], None]:
        def note(count: int) -> None:
            self.answer[key] = count
            self._say(self._stage, None)

        return note

    def _path(self, name: str) -> str:
        return f"{self._request['folder'].rstrip('/')}/{name}"


async def _timed(
    most: int, move: Callable[[int, int], Any], note: Callable[[int], None]
) -> tuple[int, float]:
    """Move blocks of growing size until ``most`` bytes, the end of the file or the time is reached: (bytes, seconds). A small one
    goes before, untimed: it tells how large the first of them may be."""
    asked = time.monotonic()
    before = await move(min(FIRST, most), 0)
    note(before)
    started = time.monotonic()
    size, count = (READ_FIRST if started - asked < QUICK_S else FIRST), before
    while before and count < most and time.monotonic() - started < RATE_WINDOW_S:
        asked = time.monotonic()
        moved = await move(min(size, most - count), count)
        if not moved:
            break
        count += moved
        note(count)
        if time.monotonic() - asked < QUICK_S:
            size = min(size * 2, READ_MOST)
    return count - before, time.monotonic() - started


async def _length(read: Any) -> int:
    return len(await read)
