"""The office opens fast, is small and quiet, and never outlives who opened it."""

import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from readycheck.errors import ReadycheckError
from readycheck.office import running
from readycheck.office.running import Office
from readycheck.office.values import OfficeValues

HOME = str(Path(running.__file__).parents[2])


def gone_within(pid: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def only_child(pid: int) -> psutil.Process:
    (child,) = psutil.Process(pid).children()
    return child


def test_an_office_opens_with_little_work_and_is_small_and_quiet() -> None:
    with Office.start():
        child = next(c for c in psutil.Process().children() if "readycheck.office" in c.cmdline())
        before = sum(child.cpu_times()[:2])
        assert before < 1.5  # of the processor's time, which a busy machine does not inflate
        assert child.memory_info().rss < 80e6
        time.sleep(1.0)
        assert sum(child.cpu_times()[:2]) - before < 0.03


def test_stop_ends_the_process_and_removes_its_folder() -> None:
    office = Office.start()
    folder = Path(office.values.folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.glob("*.key")} == {0o600}
    office.stop()
    assert not office.running and not folder.exists()
    office.stop()


OPENER = """
import signal, time
from readycheck.office.running import Office
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs are started without it
office = Office.start()
print(office.values.folder, flush=True)
time.sleep(60)
"""


def opener() -> tuple["subprocess.Popen[str]", int, Path]:
    program = subprocess.Popen(
        [sys.executable, "-c", OPENER],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": HOME},
    )
    assert program.stdout is not None
    folder = Path(program.stdout.readline().strip())
    return program, only_child(program.pid).pid, folder


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_the_office_is_gone_soon_after_its_opener(how: signal.Signals) -> None:
    program, office, folder = opener()
    with program:
        program.send_signal(how)
        assert gone_within(office, 5.0)
        assert not folder.exists()


def test_the_office_ends_on_sigterm_and_not_on_ctrl_c_nor_when_the_terminal_is_closed() -> None:
    program, office, folder = opener()
    with program:
        os.kill(office, signal.SIGINT)
        os.kill(office, signal.SIGHUP)
        assert not gone_within(office, 1.0)
        os.kill(office, signal.SIGTERM)
        assert gone_within(office, 5.0) and not folder.exists()
        program.kill()


def test_an_office_that_is_ended_while_it_opens_leaves_no_folder(tmp_path: Path) -> None:
    office = subprocess.Popen(
        [sys.executable, "-P", "-m", "readycheck.office"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": HOME, "TMPDIR": str(tmp_path)},
    )
    with office:
        while not list(tmp_path.iterdir()):
            time.sleep(0.01)
        office.send_signal(signal.SIGTERM)
        assert office.wait(10) == 1
    assert not list(tmp_path.iterdir())


def test_an_office_that_cannot_open_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", "/nonexistent")
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(ReadycheckError, match="did not open: it said nothing"):
        Office.start()


def test_secrets_of_the_office_stand_in_no_argument(office: OfficeValues) -> None:
    for child in psutil.Process().children():
        assert office.share_password not in " ".join(child.cmdline())
