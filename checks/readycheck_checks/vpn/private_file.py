"""Reads a small private file of this person, such as the settings of a VPN program: with a limit of size and of time."""

import asyncio
import stat
import threading
from pathlib import Path
from typing import Final

LIMIT_BYTES: Final = 262_144
WAIT_S: Final = 2.0


class Unreadable(Exception):
    """The text says why, and nothing of what stands in the file."""


def is_path(text: str) -> bool:
    """A whole path, or one that begins in the home folder (~/)."""
    return text.startswith(("~/", "~\\")) or Path(text).is_absolute()


async def read_text(path: Path) -> str:
    """The whole file as text. Raises Unreadable. A drive that hangs keeps only its own thread."""
    loop = asyncio.get_running_loop()
    told: asyncio.Future[str] = loop.create_future()

    def answer(text: str, trouble: str) -> None:
        if not told.done():
            told.set_exception(Unreadable(trouble)) if trouble else told.set_result(text)

    def work() -> None:
        text, trouble = _read(path)
        if not loop.is_closed():
            loop.call_soon_threadsafe(answer, text, trouble)

    threading.Thread(target=work, name="private file", daemon=True).start()
    try:
        async with asyncio.timeout(WAIT_S):
            return await told
    except TimeoutError:
        raise Unreadable(f"it could not be read in {WAIT_S:g} s") from None


def _read(path: Path) -> tuple[str, str]:
    """The text, or why there is none. What is no plain file is not opened: a pipe would wait for a writer."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return "", "it is no file"
        with path.open("rb") as file:
            data = file.read(LIMIT_BYTES + 1)
    except FileNotFoundError:
        return "", "it is not there"
    except PermissionError:
        return "", "this user may not read it"
    except (OSError, ValueError):
        return "", "it cannot be read"
    if len(data) > LIMIT_BYTES:
        return "", f"it is larger than {LIMIT_BYTES // 1024} KiB"
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        return data.decode("latin-1"), ""
