"""The parent's side of the embedded office: starts the child process, hears where everything is, ends it. Opens no port."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

import msgspec

import readycheck
from readycheck.errors import ReadycheckError
from readycheck.office.faults import Fault
from readycheck.office.values import Answer, OfficeValues, Request
from readycheck.text import clean_bytes

START_LIMIT_S: Final = 15.0
STOP_LIMIT_S: Final = 3.0


class Office:
    """A running office. Use it as a context manager, or call stop(); both may be repeated.

    The child ends by itself where this process ends without stop(): its input is a pipe that only this process holds.
    """

    def __init__(self, process: subprocess.Popen[bytes], values: OfficeValues) -> None:
        self._process = process
        self.values = values

    @classmethod
    def start(cls, faults: Iterable[Fault] = ()) -> Self:
        """Opens an office with these faults and waits until everything listens (about a second).

        Raises ReadycheckError where it does not open.
        """
        request = Request(faults=tuple(fault.name for fault in faults))
        with tempfile.TemporaryFile() as complaints:
            process = _spawn(complaints)
            try:
                return cls(process, _values(_ask(process, request), complaints))
            except BaseException:  # its folder is known to nobody but the child, which takes it along
                _end(process, grace_s=STOP_LIMIT_S)
                raise

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def stop(self) -> None:
        """Ends the child at once and leaves no file behind: nothing in there is worth waiting for."""
        _end(self._process)
        shutil.rmtree(self.values.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _spawn(complaints: IO[bytes]) -> subprocess.Popen[bytes]:
    # -P: a file named like one of our modules in the current folder must not be imported instead.
    command = [sys.executable, "-P", "-m", "readycheck.office"]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, env=_same_readycheck()
    )


def _same_readycheck() -> dict[str, str]:
    """The environment in which the child finds this very copy of readycheck, also where it is not installed."""
    home = str(Path(readycheck.__file__).parent.parent)
    known = os.environ.get("PYTHONPATH")
    return os.environ | {"PYTHONPATH": os.pathsep.join([home, known] if known else [home])}


def _ask(process: subprocess.Popen[bytes], request: Request) -> bytes:
    """The child's first line; empty where it ended or said nothing in time."""
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append(_line(process.stdout)), daemon=True)
    reader.start()
    assert process.stdin is not None
    with suppress(BrokenPipeError):
        process.stdin.write(msgspec.json.encode(request) + b"\n")
        process.stdin.flush()
    reader.join(START_LIMIT_S)
    return heard[0] if heard else b""


def _line(stream: IO[bytes] | None) -> bytes:
    return stream.readline() if stream is not None else b""


def _values(line: bytes, complaints: IO[bytes]) -> OfficeValues:
    answer = msgspec.json.decode(line, type=Answer) if line else Answer()
    if answer.values is not None:
        return answer.values
    complaints.seek(0)
    last = complaints.read().strip().rpartition(b"\n")[2]
    reason = answer.problem or clean_bytes(last) or "it said nothing in time"
    raise ReadycheckError(
        f"The demo office did not open: {reason}. Try again, or run your own profile with: readycheck run",
        title="The demo office did not open",
    )


def _end(process: subprocess.Popen[bytes], *, grace_s: float = 0.0) -> None:
    """Closing its input asks the child to end; after grace_s it is killed."""
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    with suppress(subprocess.TimeoutExpired):
        process.wait(grace_s)
    process.kill()
    process.wait(STOP_LIMIT_S)
