"""Writes files that may hold personal data: whole or not at all, readable by their owner alone. Reads nothing.

A file appears under its name in one step (rename), after its bytes are on the disk (fsync); a crash leaves the old state.
"""

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Final

from readycheck.errors import ReadycheckError

PRIVATE_FILE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
UNFINISHED: Final = ".partial"
_REASONS: Final = {
    errno.ENOSPC: "there is no space left on the disk. Free some space, or choose another place",
    errno.EDQUOT: "your share of the disk is used up. Free some space, or choose another place",
    errno.EFBIG: "the file would be larger than this account may write. Choose another place",
    errno.EROFS: "the disk is read-only. Choose another place",
    errno.EACCES: "you may not write there. Choose another place",
    errno.EPERM: "you may not write there. Choose another place",
    errno.ENOENT: "there is no such folder. Make it first, or choose another place",
    errno.ENOTDIR: "a part of the path is no folder. Choose another place",
    errno.ENAMETOOLONG: "the name is too long. Choose a shorter one",
}
_NO_FOLDER_SYNC: Final = {errno.EINVAL, errno.ENOTSUP, errno.EBADF, errno.EACCES, errno.EPERM}


def write_private(path: Path, data: bytes) -> None:
    """Put ``data`` under ``path``, over a file that is there. A symbolic link is replaced itself; its target stays as it is.

    Raises ReadycheckError with what to do; the old file is then untouched and nothing half written is left.
    """
    if path.exists() and not path.is_file():
        raise NotSaved(path, "it is not a file that can be written. Choose another name")
    unfinished = path.with_name(f".{secrets.token_hex(8)}{UNFINISHED}")
    try:
        create_private(unfinished, data)
        move_over(unfinished, path)
    except OSError as error:
        raise cannot_save(path, error) from error


_TITLE: Final = "The file was not saved"


def private_folder(path: Path) -> Path:
    """The folder, made with its parents for this user alone where it is missing. Raises ReadycheckError."""
    try:
        path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_save(path, error) from error
    return path


class NotSaved(ReadycheckError):
    """``reason``: the part of the message that says why, without what to do about it."""

    title = _TITLE

    def __init__(self, path: Path | str, why: str) -> None:
        super().__init__(f"{path} was not saved: {why}.")
        self.reason = why.partition(". ")[0]


def cannot_save(path: Path | str, error: OSError) -> NotSaved:
    """What a person reads where a file could not be written: the place, the reason, and what to do."""
    return NotSaved(
        path, _REASONS.get(error.errno or 0) or f"{error.strerror or error}. Choose another place"
    )


def create_private(path: Path, data: bytes) -> None:
    """Create a new file (FileExistsError where there is one) and bring its bytes to the disk; on any OSError it is gone again."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags, PRIVATE_FILE)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        with suppress(OSError):
            path.unlink()
        raise


def move_over(unfinished: Path, path: Path) -> None:
    """Give a finished file its name in one step; on any OSError it is gone."""
    try:
        unfinished.replace(path)
    except BaseException:
        with suppress(OSError):
            unfinished.unlink()
        raise
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring the folder's entries to the disk, where the system can (Windows and some network disks cannot)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(handle)
