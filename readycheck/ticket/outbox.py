"""The outbox: a folder of this person where every ticket is kept before anything is sent. Sends nothing, deletes no ticket.

A ticket is put there in one step; a crash at any moment leaves all tickets that were put before, and no half one.
"""

import re
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from readycheck.errors import ReadycheckError
from readycheck.storage.files import PRIVATE_FOLDER, UNFINISHED, cannot_save, create_private, move_over
from readycheck.storage.places import data_folder, handing_folder

LEFTOVER_AGE_S: Final = 3600.0
MOST_NAMESAKES: Final = 10_000
MOST_CHARACTERS: Final = 100
_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


def default_folder() -> Path:
    """Where tickets are kept: "outbox" in the person's data folder of readycheck."""
    return data_folder() / "outbox"


def hand_over(name: str, data: bytes) -> Path:
    """Keep it where a person looks for files, or in the outbox where that cannot be written; its path.

    Raises ReadycheckError where it can be kept in neither.
    """
    try:
        return Outbox(handing_folder()).put(name, data)
    except (ReadycheckError, RuntimeError):  # RuntimeError: this user has no home folder
        return Outbox().put(name, data)


def safe_name(name: str) -> str:
    """A file name that stays in its folder, on every system: letters, digits, dots, dashes; never hidden, never empty."""
    plain = _UNSAFE.sub("-", name).strip("-.")
    stem, dot, suffix = plain.rpartition(".")
    return (
        f"{(stem or 'ticket')[:MOST_CHARACTERS]}{dot}{suffix[:12]}"
        if dot
        else plain[:MOST_CHARACTERS] or "ticket"
    )


class Outbox:
    """Tickets in one folder. Opening it makes the folder and removes what crashed writers left an hour ago or earlier."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or default_folder()
        try:
            self.folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_save(self.folder, error) from error
        self._tidy()

    def put(self, name: str, data: bytes) -> Path:
        """Keep a ticket under ``name`` (made safe), or "name-2" and so on where that is another one; its path.

        Raises ReadycheckError where it cannot be kept; nothing half written is left then.
        """
        wanted = self.folder / safe_name(name)
        try:
            return self._put(wanted, data)
        except OSError as error:
            raise cannot_save(wanted, error) from error

    def _put(self, wanted: Path, data: bytes) -> Path:
        """The unfinished file bears the name of the ticket, so that its exclusive creation also reserves that name."""
        for number in range(1, MOST_NAMESAKES):
            path = wanted if number == 1 else wanted.with_name(f"{wanted.stem}-{number}{wanted.suffix}")
            unfinished = path.with_name(f".{path.name}{UNFINISHED}")
            if path.exists():
                if _holds(path, data):
                    return path
                continue
            try:
                create_private(unfinished, data)
            except FileExistsError:  # another writer is at this name, or was when it crashed
                continue
            if path.exists():  # it came between our look and our reservation
                unfinished.unlink()
                continue
            move_over(unfinished, path)
            return path
        raise FileExistsError(0, "there are too many tickets of this name")

    def list(self) -> tuple[Path, ...]:
        """All tickets, the oldest first."""
        aged = [(age, path) for path in self.folder.glob("[!.]*") if (age := _age_s(path)) is not None]
        return tuple(path for _, path in sorted(aged, key=lambda pair: -pair[0]))

    def _tidy(self) -> None:
        for path in self.folder.glob(f".*{UNFINISHED}"):
            age = _age_s(path)
            if age is not None and age > LEFTOVER_AGE_S:
                with suppress(OSError):  # it may be gone, or another person's: a leftover harms nobody
                    path.unlink()


def _holds(path: Path, data: bytes) -> bool:
    """Whether it is exactly this, so that it need not be kept twice."""
    with suppress(OSError):
        return (
            path.stat().st_size == len(data)
            and path.is_file()
            and not path.is_symlink()
            and path.read_bytes() == data
        )
    return False


def _age_s(path: Path) -> float | None:
    """Seconds since it was written; None where it is no file, or no longer there."""
    with suppress(OSError):
        if path.is_file() and not path.is_symlink():
            return time.time() - path.stat().st_mtime
    return None
