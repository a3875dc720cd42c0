"""A program in a pseudo-terminal of a given size: what it draws, how fast it answers keys, what it costs."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import termios
import time
from types import TracebackType
from typing import Self

import psutil


class Terminal:
    """Runs ``command`` in a pty. ``drawn`` holds everything it wrote; ``read`` gathers for a while."""

    def __init__(self, command: list[str], columns: int = 120, rows: int = 36, **environ: str) -> None:
        self._near, far = pty.openpty()
        fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        env = {k: v for k, v in os.environ.items() if k != "CI"} | {
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
        }
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=far, stdout=far, stderr=far, env=env | environ, start_new_session=True
        )
        os.close(far)
        self.process = psutil.Process(self._process.pid)
        self.drawn = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        os.close(self._near)

    def read(self, seconds: float) -> bytes:
        """What is drawn within this time."""
        got, until = b"", time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            if not select.select([self._near], [], [], left)[0]:
                break
            try:
                got += os.read(self._near, 65_536)
            except OSError:
                break
        self.drawn += got
        return got

    def wait_for(self, text: bytes, limit_s: float) -> float:
        """Seconds since the start until this text was drawn. TimeoutError where it is not."""
        while text not in self.drawn:
            if time.perf_counter() - self.started > limit_s:
                raise TimeoutError(f"{text!r} was not drawn within {limit_s} s")
            self.read(0.005)
        return time.perf_counter() - self.started

    def press(self, keys: bytes) -> None:
        os.write(self._near, keys)

    def answer_s(self, keys: bytes, limit_s: float = 2.0) -> float:
        """Seconds from a key to the first thing drawn after it."""
        before = time.perf_counter()
        self.press(keys)
        if not select.select([self._near], [], [], limit_s)[0]:
            raise TimeoutError(f"nothing was drawn after {keys!r}")
        took = time.perf_counter() - before
        self.read(0.03)
        return took

    def cpu_percent(self, seconds: float) -> tuple[float, float]:
        """(CPU of one core in percent, bytes drawn per second) over this time."""
        used, before, drawn = sum(self.process.cpu_times()[:2]), time.perf_counter(), len(self.drawn)
        while time.perf_counter() - before < seconds:
            self.read(0.05)
            if self._process.poll() is not None:
                break
        took = time.perf_counter() - before
        cpu = (sum(self.process.cpu_times()[:2]) - used) / took * 100
        return cpu, (len(self.drawn) - drawn) / took

    def ends_within(self, limit_s: float) -> float:
        """Seconds until the program has ended. TimeoutError where it does not."""
        before = time.perf_counter()
        while self._process.poll() is None:
            if time.perf_counter() - before > limit_s:
                raise TimeoutError("the program does not end")
            self.read(0.005)
        return time.perf_counter() - before

    @property
    def code(self) -> int | None:
        return self._process.poll()
