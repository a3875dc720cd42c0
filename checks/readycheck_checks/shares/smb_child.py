r"""Signing in to an SMB share, listing, reading and writing, with smbprotocol. Runs in a child process that can be ended.

smbprotocol waits up to ten minutes for an answer (1.17, connection.py), so nothing of it may run in the process of the app.
A fresh connection cache an attempt: after a failed sign-in the library may keep a session that a later call would use.
"""

import logging
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any, Final
from uuid import uuid4

from readycheck.api import Say
from readycheck_checks.shares import trial_files
from readycheck_checks.shares.outcome import Stage, What
from readycheck_checks.shares.trial_files import TrialFiles

CONNECT_S: Final = 5
MOST_ENTRIES: Final = 200
FIRST: Final = 8_192
READ_FIRST: Final = 65_536
READ_MOST: Final = 1_048_576
RATE_WINDOW_S: Final = 3.0
QUICK_READ_S: Final = 0.25  # a read that took less is followed by one of twice the size
_STATUS_MISSING: Final = (0xC0000034, 0xC000000F)


def probe(request: Mapping[str, Any], say: Say) -> dict[str, Any]:
    """One visit. ``request``: what behind.request() tells, and unc. Says each stage as it begins; answers as behind.py says."""
    from smbprotocol.exceptions import SMBException

    logging.disable(logging.CRITICAL)
    visit = _Visit(request, say)
    try:
        visit.go()
    except (SMBException, OSError, ValueError) as error:
        visit.answer["trouble"] = _trouble(visit.stage, error)
    finally:
        visit.hang_up()
    return visit.answer


class _Visit:
    def __init__(self, request: Mapping[str, Any], say: Say) -> None:
        self._request = request
        self._say = say
        self._connection: Any = None
        self._session: dict[str, Any] = {}
        self.stage = Stage.SERVER
        self.answer: dict[str, Any] = {
            "done": [],
            "trouble": None,
            "write_trouble": None,
            "left_behind": False,
        }

    def go(self) -> None:
        self._begin(Stage.SIGN_IN)
        self._sign_in()
        self._begin(Stage.LIST)
        self._list()
        self._free()
        if self._request["read_file"]:
            self._begin(Stage.READ)
            with self._line("rate_bytes"):
                self._read()
        if self._request["write_name"]:
            self._begin(Stage.WRITE)
            self._remove_old()
            with self._line("up_bytes"):
                self._write()
        self._done()

    def hang_up(self) -> None:
        """Close the connection without signing off: a server that fell silent would keep us waiting for its good-bye."""
        if self._connection is not None and self._connection.transport is not None:
            with suppress(OSError):
                self._connection.disconnect(close=False)

    @contextmanager
    def _line(self, wanted: str) -> Iterator[None]:
        """The line to itself where a rate is wanted; waited for while no file of ours is open."""
        if not self._request[wanted]:
            yield
            return
        with self._say.line():
            self._say(self.stage, None)
            yield

    def _begin(self, stage: Stage) -> None:
        if self.stage is not Stage.SERVER:
            self._done()
        self.stage = stage
        self._say(stage, None)

    def _done(self) -> None:
        if not (self.stage is Stage.WRITE and self.answer["write_trouble"]):
            self.answer["done"].append(self.stage)

    def _sign_in(self) -> None:
        from smbprotocol.connection import Connection
        from smbprotocol.session import Session

        asked = self._request
        self._connection = Connection(uuid4(), asked["address"], asked["port"], require_signing=True)
        self._connection.connect(timeout=CONNECT_S)
        session = Session(
            self._connection,
            username=asked["user"],
            password=asked["password"],
            require_encryption=False,
            hostname_override=asked["host"],
        )
        session.connect()
        self._session = {
            "port": asked["port"],
            "username": asked["user"],
            "password": asked["password"],  # for the servers that this one leads on to
            "connection_timeout": CONNECT_S,
            "connection_cache": {self._own(): self._connection},
        }
        self.answer["encrypted"] = bool(session.encrypt_data)

    def _list(self) -> None:
        import smbclient

        with smbclient.scandir(self._request["unc"], **self._session) as entries:
            self.answer["entries"] = sum(1 for _ in islice(entries, MOST_ENTRIES))
        others = set(self._session["connection_cache"]) - {self._own()}
        self.answer["leads_to"] = sorted(name.rpartition(":")[0] for name in others)
        trees = self._connection.session_table.values()
        self.answer["encrypted"] |= any(
            tree.encrypt_data for session in trees for tree in session.tree_connect_table.values()
        )

    def _free(self) -> None:
        """How much room there is for this person (a quota counts); a server need not tell."""
        import smbclient
        from smbprotocol.exceptions import SMBException

        with suppress(SMBException):
            volume = smbclient.stat_volume(self._request["unc"], **self._session)
            self.answer["free_bytes"] = volume.caller_available_size

    def _read(self) -> None:
        """Read until enough bytes came or the time is up; share_access lets everybody else keep working on the file."""
        import smbclient

        most = max(self._request["rate_bytes"], 1)
        with smbclient.open_file(
            self._path(self._request["read_file"]), "rb", buffering=0, share_access="rwd", **self._session
        ) as file:
            self.answer["timed_read"], self.answer["seconds"] = _timed(
                most, lambda size: file.readinto(bytearray(size)), self._noting("bytes_read")
            )

    def _remove_old(self) -> None:
        """What an earlier visit of this set-up left behind; a server that deletes on closing leaves nothing."""
        import smbclient
        from smbprotocol.exceptions import SMBException

        trials = TrialFiles(set_up=self._request["set_up"], now=self._request["now"])
        with suppress(SMBException):
            found = smbclient.scandir(
                self._request["unc"], search_pattern=trial_files.PATTERN, **self._session
            )
            for name in trials.left_behind([entry.name for entry in islice(found, MOST_ENTRIES)]):
                smbclient.remove(self._path(name), **self._session)
                self.answer["removed"] = self.answer.get("removed", 0) + 1

    def _write(self) -> None:
        """The file is opened to be deleted on closing, so that the server removes it even if this process is ended."""
        import smbclient
        from smbprotocol.exceptions import SMBException
        from smbprotocol.open import CreateOptions, FilePipePrinterAccessMask

        path = self._path(self._request["write_name"])
        try:
            with smbclient.open_file(
                path,
                "xb",
                buffering=0,
                desired_access=FilePipePrinterAccessMask.FILE_WRITE_DATA
                | FilePipePrinterAccessMask.FILE_READ_ATTRIBUTES
                | FilePipePrinterAccessMask.DELETE,
                create_options=CreateOptions.FILE_DELETE_ON_CLOSE,
                **self._session,
            ) as file:
                file.write(trial_files.CONTENT)
                if self._request["up_bytes"]:
                    self._say(Stage.RATE_UP, None)
                    self._time_saving(file)
        except SMBException as error:
            self.answer["write_trouble"] = _trouble(Stage.WRITE, error)
        else:
            self.answer["left_behind"] = not self._is_gone(path)

    def _time_saving(self, file: Any) -> None:
        """Each write is done when the server has confirmed it."""
        self.answer["timed_written"], self.answer["write_seconds"] = _timed(
            self._request["up_bytes"],
            lambda size: file.write(os.urandom(size)),
            self._noting("bytes_written"),
        )

    def _noting(self, key: str) -> Callable[[int], None]:
        stage = Stage.RATE_UP if key == "bytes_written" else self.stage

        def note(count: int) -> None:
            self.answer[key] = count
            self._say(stage, None)

        return note

    def _is_gone(self, path: str) -> bool:
        """Whether the server kept its promise to delete; a file that is still there is removed in the ordinary way."""
        import smbclient
        from smbprotocol.exceptions import SMBOSError

        try:
            smbclient.remove(path, **self._session)
        except SMBOSError as error:
            return error.ntstatus in _STATUS_MISSING
        return True

    def _own(self) -> str:
        """This server among the connections of the library."""
        return f"{self._request['host'].lower()}:{self._request['port']}"

    def _path(self, name: str) -> str:
        return f"{self._request['unc']}\\{name}".replace("/", "\\")


def _timed(most: int, move: Callable[[int], int], note: Callable[[int], None]) -> tuple[int, float]:
    """Move blocks of growing size until ``most`` bytes, the end of the file or the time is reached: (bytes, seconds). A small one
    goes before, untimed: it tells how large the first of them may be."""
    asked = time.monotonic()
    before = move(min(FIRST, most))
    note(before)
    started = time.monotonic()
    size, count = (READ_FIRST if started - asked < QUICK_READ_S else FIRST), before
    while before and count < most and time.monotonic() - started < RATE_WINDOW_S:
        asked = time.monotonic()
        moved = move(min(size, most - count))
        if not moved:
            break
        count += moved
        note(count)
        if time.monotonic() - asked < QUICK_READ_S:
            size = min(size * 2, READ_MOST)
    return count - before, time.monotonic() - started


def _trouble(stage: Stage, error: Exception) -> dict[str, Any]:
    """``kind``: ntstatus, sign-in (no way to sign in at all), closed, silent, or other."""
    from smbprotocol.exceptions import (
        SMBAuthenticationError,
        SMBConnectionClosed,
        SMBOSError,
        SMBResponseException,
    )

    status = None
    match error:
        case SMBOSError():
            kind, status = "ntstatus", error.ntstatus
        case SMBResponseException():
            kind, status = "ntstatus", error.status
        case SMBAuthenticationError():
            kind = "sign-in"
        case SMBConnectionClosed():
            kind = "closed"
        case _ if "authenticated as a guest" in str(error):  # by smbprotocol, for a guest signs nothing
            kind = What.GUEST
        case _ if "Failed to connect" in str(error) and stage is not Stage.SIGN_IN:
            kind = What.DFS  # our own connection stood: the share led on to another server
        case _ if "timeout" in str(error) or "Failed to connect" in str(error):
            kind = "silent"
        case _:
            kind = "other"
    return {"stage": stage, "ntstatus": status, "kind": kind, "text": f"{type(error).__name__}: {error}"}
