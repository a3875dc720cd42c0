"""The terminal is closed, the system shuts down: message and report are kept, nothing hangs and nothing is left behind."""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from readycheck.errors import ToldToEnd
from readycheck.keeping import when_told_to_end

pty = pytest.importorskip("pty")
DEMO = (sys.executable, "-m", "readycheck", "demo")
MESSAGE = "The T: drive is gone"


class OnTerminal:
    """A demo that leads the session of a terminal of its own, as in a window; its files go below ``folder``."""

    def __init__(self, folder: Path, *arguments: str, command: tuple[str, ...] = DEMO) -> None:
        self.folder = folder
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.said = ""
        self._pid, self._ours = pty.fork()
        if self._pid == 0:
            signal.signal(signal.SIGHUP, signal.SIG_DFL)  # whoever runs the tests may do it under nohup
            os.chdir(folder)
            os.execve(command[0], [*command, *arguments], self._environment())

    def _environment(self) -> dict[str, str]:
        known = {name: value for name, value in os.environ.items() if name != "CI"}
        own = {"TERM": "xterm-256color", "COLUMNS": "80", "LINES": "24", "TMPDIR": str(self.temporary)}
        return known | own | {"HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder)}

    def until(self, words: str, limit_s: float = 60.0) -> None:
        end = time.monotonic() + limit_s
        while words not in self.said:
            assert time.monotonic() < end, self.said[-2000:]
            if select.select([self._ours], [], [], 0.2)[0]:
                self.said += os.read(self._ours, 65_536).decode(errors="replace")

    def type(self, keys: str, then: str) -> None:
        self.said = ""
        os.write(self._ours, keys.encode())
        self.until(then)

    def closed(self) -> int:
        """The window is closed; the exit code."""
        os.close(self._ours)
        return self._ended(lambda: None)

    def told(self, how: signal.Signals, times: int = 1) -> int:
        for _ in range(times):
            os.kill(self._pid, how)
        code = self._ended(self._listen)
        os.close(self._ours)
        return code

    def _ended(self, meanwhile: Callable[[], None], limit_s: float = 20.0) -> int:
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            pid, status = os.waitpid(self._pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            meanwhile()
            time.sleep(0.02)
        os.kill(self._pid, signal.SIGKILL)
        raise AssertionError("it hangs")

    def _listen(self) -> None:
        try:
            if select.select([self._ours], [], [], 0)[0]:
                self.said += os.read(self._ours, 65_536).decode(errors="replace")
        except OSError:  # Linux says so where nobody has the terminal open any more
            return

    @property
    def outbox(self) -> dict[str, str]:
        """What was kept, by the end of its name."""
        files = sorted((self.folder / "readycheck" / "outbox").glob("*"))
        return {
            file.name.rpartition("-")[2] if "support" in file.name else "report": file.read_text()
            for file in files
        }

    def leaves_nothing(self) -> bool:
        end = time.monotonic() + 5.0
        while (found := [*self.temporary.iterdir()]) and time.monotonic() < end:
            time.sleep(0.02)
        return not found


def app_with_a_message(folder: Path) -> OnTerminal:
    """The message stands in its editor, and nobody has pressed Done."""
    app = OnTerminal(folder, "--only", "uptime")
    app.until("Last restart")
    app.until("of 100")
    app.type("t", "Add a message")
    app.type("e", "Your message")
    app.type(MESSAGE, MESSAGE)
    return app


def plain_with_a_message(folder: Path) -> OnTerminal:
    plain = OnTerminal(folder, "--plain", "--only", "uptime")
    plain.until("Type a number")
    plain.type("t\n", "A sentence of your own")
    plain.type(f"{MESSAGE}\n", "1 save as text")
    return plain


@pytest.mark.parametrize("written_in", [app_with_a_message, plain_with_a_message])
def test_closing_the_terminal_keeps_the_message_and_the_report(
    written_in: Callable[[Path], OnTerminal], tmp_path: Path
) -> None:
    face = written_in(tmp_path)
    assert face.closed() == 130
    assert set(face.outbox) == {"support.md", "report"}
    assert MESSAGE in face.outbox["support.md"]
    assert json.loads(face.outbox["report"])["partial"] is False
    assert face.leaves_nothing()


@pytest.mark.parametrize("written_in", [app_with_a_message, plain_with_a_message])
def test_being_told_to_end_keeps_them_too_and_says_where(
    written_in: Callable[[Path], OnTerminal], tmp_path: Path
) -> None:
    face = written_in(tmp_path)
    assert face.told(signal.SIGTERM, times=3) == 130
    assert MESSAGE in face.outbox["support.md"] and "report" in face.outbox
    said = face.said.rpartition("\x1b[?1049l")[2].replace("\r\n", "")
    assert "told to end. Your message was kept as" in said and "The report was kept as" in said
    assert face.leaves_nothing()


@pytest.mark.parametrize("face", [(), ("--plain",)])
def test_closing_the_terminal_in_the_middle_of_a_run_keeps_what_was_found(
    face: tuple[str, ...], tmp_path: Path
) -> None:
    demo = OnTerminal(tmp_path, *face)
    demo.until("Checking")
    demo.until("Quit" if not face else "Half done")
    assert demo.closed() == 130
    assert json.loads(demo.outbox["report"])["partial"] is True
    assert demo.leaves_nothing()


def test_a_headless_run_whose_terminal_is_closed_writes_its_partial_report(tmp_path: Path) -> None:
    output = tmp_path / "report.json"
    demo = OnTerminal(tmp_path, "--format", "json", "--output", str(output))
    demo.until("Checking")
    assert demo.closed() == 130
    assert json.loads(output.read_text())["partial"] is True
    assert demo.leaves_nothing()


def test_a_headless_run_keeps_the_report_that_the_closed_terminal_does_not_take(tmp_path: Path) -> None:
    demo = OnTerminal(tmp_path, "--format", "json")
    demo.until("Checking")
    assert demo.closed() == 130
    assert json.loads((tmp_path / "readycheck" / "kept-output").read_text())["partial"] is True
    assert demo.leaves_nothing()


def test_a_run_under_nohup_goes_on_when_its_terminal_is_closed(tmp_path: Path) -> None:
    output, talk = tmp_path / "report.json", tmp_path / "nohup.out"
    run = ("demo", "--only", "connection", "--format", "json", "--output", str(output))
    demo = OnTerminal(tmp_path, sys.executable, "-m", "readycheck", *run, command=("/usr/bin/nohup",))
    end = time.monotonic() + 60.0  # nohup says that it ignores the signal before it does so
    while not (talk.exists() and "Checking" in talk.read_text()):
        assert time.monotonic() < end, demo.said
        time.sleep(0.02)
    assert demo.closed() == 0
    assert json.loads(output.read_text())["partial"] is False


STUCK = """
import os, signal, time
from readycheck import keeping
keeping.LEAVING_S = 0.2
with keeping.when_told_to_end(lambda: None, lambda: (print("kept", flush=True),)[1:]):
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(30)
"""


def test_a_face_that_does_not_come_down_is_ended_after_all_was_kept() -> None:
    begun = time.monotonic()
    ended = subprocess.run([sys.executable, "-c", STUCK], capture_output=True, text=True, timeout=20)
    assert (ended.returncode, ended.stdout) == (130, "kept\n")
    assert time.monotonic() - begun < 10


def broken() -> tuple[str, ...]:
    raise ZeroDivisionError


def test_what_cannot_be_kept_is_said_and_costs_nothing_else() -> None:
    with (
        pytest.raises(ToldToEnd) as told,
        when_told_to_end(lambda: None, broken, lambda: ("The report was kept",)),
    ):
        signal.raise_signal(signal.SIGTERM)
    assert told.value.kept == ("Something could not be kept: ZeroDivisionError", "The report was kept")


def test_a_reader_that_took_its_first_line_changes_no_exit_code() -> None:
    for arguments, code in (
        ("demo --list-faults", 0),
        ("demo --only uptime", 0),
        ("demo --only connection --fault no-internet --format ndjson", 3),
        ("checks", 0),
        ("profile schema", 0),
    ):
        command = f"set -o pipefail; {sys.executable} -m readycheck {arguments} 2>&3 | head -1 >&2"
        run = subprocess.run(
            ["bash", "-c", f"exec 3>&1; {command}"], capture_output=True, text=True, timeout=60
        )
        assert run.returncode == code, run.stdout
        assert "Traceback" not in run.stdout + run.stderr


def test_a_closed_standard_output_is_said_before_a_run() -> None:
    command = f"{sys.executable} -m readycheck demo --only uptime --format json >&-"
    run = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert run.returncode == 2
    assert "Standard output is closed" in run.stderr and "Checking" not in run.stderr
