"""Signing in to files over SFTP, listing, reading and writing, with asyncssh. Runs in a child process that can be ended.

A password or a signature is given only to a server whose host key is known: by its fingerprint in the profile, by this person's
own known_hosts, or because the profile says "any". No agent, no configuration file and no key but the one named is used.
"""

import asyncio
import logging
import signal
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

from readycheck.api import Say
from readycheck_checks.shares import ssh, trial_files
from readycheck_checks.shares.outcome import Stage, What
from readycheck_checks.shares.sftp_trouble import Trouble, told
from readycheck_checks.shares.trial_files import TrialFiles
from readycheck_checks.shares.waiting import entered

CONNECT_S: Final = 10
MOST_ENTRIES: Final = 200
READ_FIRST: Final = 65_536
READ_MOST: Final = 1_048_576
RATE_WINDOW_S: Final = 3.0
QUICK_S: Final = 0.25  # a block that took less is followed by one of twice the size
KNOWN_HOSTS: Final = "~/.ssh/known_hosts"


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
        self._key_trouble: Trouble | None = None
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
            async with await self._signed_in() as connection, connection.start_sftp_client() as files:
                self._files = files
                self._done(Stage.SIGN_IN)
                await self._use()
        except (asyncssh.Error, OSError, Trouble, ValueError) as error:
            self.answer["trouble"] = told(self._stage, self._key_trouble or error)
            if self._request["key_file"] and self.answer["trouble"]["kind"] is What.PASSWORD:
                self.answer["trouble"]["kind"] = What.KEY

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
            yield

    def _begin(self, stage: Stage) -> None:
        self._stage = stage
        self._say(stage, None)

    def _done(self, stage: Stage) -> None:
        self.answer["done"].append(stage)

    async def _signed_in(self) -> Any:
        """A connection to the literal address. Raises what asyncssh raises, and Trouble for a key file that cannot be used."""
        import asyncssh

        asked, judge = self._request, self._judged

        class Client(asyncssh.SSHClient):
            def validate_host_public_key(self, host: str, addr: str, port: int, key: asyncssh.SSHKey) -> bool:
                return judge(key.public_data)

        return await asyncssh.connect(
            asked["address"],
            asked["port"],
            client_factory=Client,
            known_hosts=([], [], []),
            username=asked["user"] or (),
            password=None if asked["key_file"] else asked["password"],
            client_keys=[_key(asked["key_file"], asked["password"])] if asked["key_file"] else None,
            agent_path=None,
            config=None,
            gss_host=None,
            preferred_auth="publickey" if asked["key_file"] else "password,keyboard-interactive",
            connect_timeout=CONNECT_S,
            login_timeout=CONNECT_S,
        )

    def _judged(self, public_data: bytes) -> bool:
        """Whether this is the server's key as far as it is known; if not, why stands in _key_trouble."""
        shown, wanted = ssh.fingerprint_of(public_data), self._request["host_key"]
        if wanted == "any" or shown == wanted:
            return True
        if wanted:
            self._key_trouble = Trouble(What.KEY_CHANGED, f"host key {shown}, not {wanted}")
            return False
        host, port = self._request["host"], self._request["port"]
        known = ssh.known_keys(_known_hosts(), *((host,) if port == 22 else ()), f"[{host}]:{port}")
        if known and shown not in known:
            self._key_trouble = Trouble(What.KEY_CHANGED, f"host key {shown}, known_hosts has others")
        elif not known:
            self._key_trouble = Trouble(What.KEY_UNKNOWN, f"host key {shown}")
        return shown in known

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
            count, self.answer["seconds"] = await _timed(
                most, lambda size, at: _length(file.read(size, at)), lambda count: None
            )
        self.answer["bytes_read"] = count

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
            await file.write(bytes(size), at)
            return size

        def note(count: int) -> None:
            self.answer["bytes_written"] = count

        _, self.answer["write_seconds"] = await _timed(self._request["up_bytes"], put, note)

    def _path(self, name: str) -> str:
        return f"{self._request['folder'].rstrip('/')}/{name}"


async def _timed(
    most: int, move: Callable[[int, int], Any], note: Callable[[int], None]
) -> tuple[int, float]:
    """Move blocks of growing size until ``most`` bytes, the end of the file or the time is reached: (bytes, seconds)."""
    size, count, started = min(READ_FIRST, most), 0, time.monotonic()
    while count < most and time.monotonic() - started < RATE_WINDOW_S:
        before = time.monotonic()
        moved = await move(min(size, most - count), count)
        if not moved:
            break
        count += moved
        note(count)
        if time.monotonic() - before < QUICK_S:
            size = min(size * 2, READ_MOST)
    return count, time.monotonic() - started


async def _length(read: Any) -> int:
    return len(await read)


def _key(path: str, passphrase: str | None) -> Any:
    import asyncssh

    try:
        return asyncssh.read_private_key(Path(path).expanduser(), passphrase)
    except (OSError, asyncssh.KeyImportError, asyncssh.KeyEncryptionError) as error:
        raise Trouble(What.NO_PASSWORD, f"the key file: {type(error).__name__}") from None


def _known_hosts() -> str:
    try:
        return Path(KNOWN_HOSTS).expanduser().read_text("utf-8", "replace")
    except OSError:
        return ""
