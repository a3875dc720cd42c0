"""What the app does outside its window: keep a file, open a mail program, fill the clipboard. Programs run without a shell.

Refuses to claim what it cannot know: a clipboard that was only asked through the terminal is said to be just that.
"""

import asyncio
import os
import shutil
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeVar

PROGRAM_LIMIT_S = 3.0
SAVE_LIMIT_S = 10.0
Answer = TypeVar("Answer")


class Hand(Protocol):
    """The outside, as far as screens may use it. Every method has a time limit."""

    @property
    def outbox(self) -> Path:
        """The folder in which saved tickets are kept."""
        ...

    @property
    def mails(self) -> bool:
        """Whether a program could be asked to open an e-mail draft."""
        ...

    async def save(self, name: str, data: bytes) -> Path:
        """Keep these bytes in the outbox for good. Raises ReadycheckError, TimeoutError."""
        ...

    async def hand_over(self, name: str, data: bytes) -> Path:
        """Keep these bytes where the person finds them to attach them. Raises ReadycheckError, TimeoutError."""
        ...

    async def open_mail(self, draft: Path) -> bool:
        """Ask the system to open the draft; False where it refused."""
        ...

    async def copy(self, text: str) -> bool:
        """Fill the system's clipboard; False where no program for that answered."""
        ...


class RealHand:
    """This computer."""

    def __init__(self, environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> None:
        self._environ = environ
        self._platform = platform

    @property
    def outbox(self) -> Path:
        from readycheck.ticket.outbox import default_folder

        return default_folder()

    @property
    def mails(self) -> bool:
        return self._platform == "win32" or self._opener() is not None

    async def save(self, name: str, data: bytes) -> Path:
        from readycheck.ticket.outbox import Outbox

        return await aside(lambda: Outbox(self.outbox).put(name, data), SAVE_LIMIT_S)

    async def hand_over(self, name: str, data: bytes) -> Path:
        from readycheck.ticket.outbox import hand_over

        return await aside(lambda: hand_over(name, data), SAVE_LIMIT_S)

    async def open_mail(self, draft: Path) -> bool:
        if self._platform == "win32":
            return await aside(lambda: _start_file(draft), PROGRAM_LIMIT_S)
        opener = self._opener()
        return opener is not None and await _ran((opener, str(draft)), b"")

    async def copy(self, text: str) -> bool:
        for command in self._copiers():
            if shutil.which(command[0]) and await _ran(command, self._encoded(text)):
                return True
        return False

    def _opener(self) -> str | None:
        if self._platform == "darwin":
            return shutil.which("open")
        has_screen = self._environ.get("DISPLAY") or self._environ.get("WAYLAND_DISPLAY")
        return shutil.which("xdg-open") if has_screen else None

    def _copiers(self) -> tuple[tuple[str, ...], ...]:
        if self._platform == "darwin":
            return (("pbcopy",),)
        if self._platform == "win32":
            return (("clip.exe",),)
        found: tuple[tuple[str, ...], ...] = ()
        if self._environ.get("WAYLAND_DISPLAY"):
            found += (("wl-copy",),)
        if self._environ.get("DISPLAY"):
            found += (("xclip", "-selection", "clipboard"),)
        return found

    def _encoded(self, text: str) -> bytes:
        """clip.exe takes UTF-16 with a byte order mark; the others take UTF-8."""
        return text.encode("utf-16") if self._platform == "win32" else text.encode()


def _start_file(path: Path) -> bool:
    if sys.platform != "win32":
        return False
    try:
        os.startfile(path)
    except OSError:
        return False
    return True


async def _ran(command: tuple[str, ...], given: bytes) -> bool:
    """Run a program that ends at once or stays behind on its own; True unless it refused."""
    try:
        child = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError:
        return False
    try:
        async with asyncio.timeout(PROGRAM_LIMIT_S):
            await child.communicate(given)
    except TimeoutError:
        return True  # it has what it was given and goes on running: a mail program in the foreground
    return child.returncode == 0


async def aside(work: Callable[[], Answer], limit_s: float) -> Answer:
    """Blocking work in a daemon thread, so that neither the screen nor leaving the app waits for it. Raises TimeoutError."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Answer] = loop.create_future()

    def settle(answer: Answer | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(answer)  # type: ignore[arg-type]

    def run() -> None:
        answer, broken = None, None
        try:
            answer = work()
        except Exception as error:
            broken = error
        with suppress(RuntimeError):  # the app has been left meanwhile
            loop.call_soon_threadsafe(settle, answer, broken)

    threading.Thread(target=run, name="readycheck aside", daemon=True).start()
    async with asyncio.timeout(limit_s):
        return await done
