"""The small files that a visit saves: none is left behind; what an ended visit left, the next one of its set-up removes."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import asyncssh
import psutil
import pytest

from readycheck.model import Status
from readycheck_checks.shares.trial_files import MOST, TrialFiles, names_in, set_up_of
from tests import needs
from tests.checks.file_servers import relay, smbd, webdav
from tests.checks.sftp_servers import FINGERPRINT, sftp_server
from tests.checks.share_visits import facts, fill, visit_sftp, visit_smb, visit_webdav

KILLS = int(os.environ.get("READYCHECK_TEST_KILLS", "2"))  # a few in every run; 30 tell more, in two minutes
UP: dict[str, Any] = {
    "write": True,
    "rate_up_plan_mbps": 0.2,
    "rate_up_fail_mbps": 0.1,
    "rate_bytes": 2_000_000,
}
MINE, NOW = "0123456789", 1_764_000_000
as_root = pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="smb: needs root to start Samba's smbd"
)


@pytest.fixture
def team(tmp_path: Path) -> Path:
    return fill(tmp_path / "team")


def left_in(team: Path) -> list[str]:
    return sorted(path.name for path in team.glob("readycheck-*"))


def test_only_old_files_of_the_same_set_up_are_taken_for_left_behind() -> None:
    trials = TrialFiles(set_up=MINE, now=NOW)
    old = TrialFiles(set_up=MINE, now=NOW - 3700)
    others = TrialFiles(set_up="9876543210", now=NOW - 3700)
    mine, fresh = old.new_name(), trials.new_name()
    strangers = ["readycheck-notes.tmp", "readycheck-0123456789.tmp", f"x{mine}", f"{mine}.bak", "plans.txt"]
    assert trials.left_behind([fresh, mine, others.new_name(), *strangers]) == (mine,)
    assert len(trials.left_behind([old.new_name() for _ in range(20)])) == MOST


def test_names_are_found_in_any_listing_and_stand_for_nobody() -> None:
    name = TrialFiles(set_up=set_up_of("laptop", "anna"), now=NOW).new_name()
    assert names_in(f"<D:href>/team/{name}</D:href><D:displayname>{name}</D:displayname>") == (name,)
    assert "anna" not in name and set_up_of("laptop", "anna") != set_up_of("laptopanna")


def wait_for_the_end(team: Path, moment_s: float, *, once_seen: bool) -> None:
    """A random moment; ``once_seen``: a random one while the file is there."""
    until = time.monotonic() + 5
    while once_seen and not left_in(team) and time.monotonic() < until:
        time.sleep(0.001)
    time.sleep(moment_s / 100 if once_seen else moment_s)


def end_a_program_at_webdav(team: Path, port: int, moment_s: float, *, once_seen: bool) -> None:
    """The whole program is ended, as when the computer goes off."""
    options = UP | {"rate_bytes": 8_000_000}
    code = f"import tests.checks.share_visits as visits; visits.visit_webdav({port}, **{options})"
    started = subprocess.Popen([sys.executable, "-c", code], start_new_session=True)
    wait_for_the_end(team, moment_s, once_seen=once_seen)
    with suppress(ProcessLookupError):
        os.killpg(started.pid, signal.SIGKILL)
    started.wait(10)


def end_the_child(
    team: Path,
    visit: Callable[[], object],
    moment_s: float,
    *,
    once_seen: bool,
    by: signal.Signals = signal.SIGKILL,
) -> None:
    """The child process of a visit is ended from outside, whatever it is doing."""

    def visited() -> None:
        with suppress(RuntimeError):
            visit()

    thread = threading.Thread(target=visited)
    thread.start()
    wait_for_the_end(team, moment_s, once_seen=once_seen)
    for child in psutil.Process().children():
        with suppress(psutil.Error):
            if "readycheck.adapters.child_main" in child.cmdline():
                child.send_signal(by)
    thread.join(30)


def test_what_an_ended_program_left_on_webdav_the_next_visit_removes(team: Path) -> None:
    stamps = TrialFiles(set_up=set_up_of("anna-laptop", "anna", "/home/anna"), now=NOW - 90_000)
    for _ in range(2):
        (team / stamps.new_name()).write_text("x")
    (team / TrialFiles(set_up="9876543210", now=NOW - 90_000).new_name()).write_text("not ours")
    with webdav(team) as port:
        result = visit_webdav(port, write=True)
    assert facts(result)["share_removed"] == "2"
    assert len(left_in(team)) == 1


def test_a_program_ended_at_random_moments_leaves_nothing_for_long_on_webdav(team: Path) -> None:
    randomly, left = random.Random(7701), 0
    with webdav(team) as port:
        for number in range(KILLS):
            end_a_program_at_webdav(team, port, randomly.uniform(0, 2.0), once_seen=number % 2 == 0)
            time.sleep(0.2)
            left += len(left_in(team))
            assert visit_webdav(port, later_s=90_000.0, write=True).status is Status.PASS
            assert left_in(team) == []
    print(f"webdav: {KILLS} ends, {left} files left and removed")


def test_a_child_ended_at_random_moments_leaves_nothing_for_long_over_sftp(team: Path) -> None:
    randomly, left = random.Random(7701), 0
    with sftp_server(team) as port:
        known = {"host_key": FINGERPRINT}
        for number in range(KILLS):
            busy = partial(visit_sftp, port, **known, **(UP | {"rate_bytes": 30_000_000}))
            end_the_child(team, busy, randomly.uniform(0, 1.5), once_seen=number % 2 == 0)
            left += len(left_in(team))
            swept = visit_sftp(port, later_s=90_000.0, write=True, **known)
            assert swept.status is Status.PASS and left_in(team) == []
    print(f"sftp: {KILLS} ends, {left} files left and removed")


class Watched(asyncssh.SFTPServer):
    """Notes which test files have a name at every write; ``keeps`` those that are open, ``wants_names`` to write to."""

    seen: ClassVar[list[int]] = []
    keeps, wants_names = False, False
    _open = 0

    async def open(self, *about: Any) -> object:
        file = super().open(*about)
        type(self)._open += 1
        return file

    def write(self, file: Any, offset: int, data: bytes) -> Any:
        self.seen.append(os.fstat(file.fileno()).st_nlink)
        if self.wants_names and not self.seen[-1]:
            raise asyncssh.SFTPFailure("it has no name")
        return super().write(file, offset, data)

    def close(self, file: Any) -> None:
        type(self)._open -= 1
        super().close(file)

    def remove(self, path: bytes) -> None:
        if self.keeps and self._open:
            raise asyncssh.SFTPFailure("it is open")
        super().remove(path)


def watched(**traits: bool) -> type[Watched]:
    return type("Watched", (Watched,), {"seen": [], **traits})


def test_over_sftp_the_file_has_no_name_while_it_is_written_so_that_an_end_leaves_nothing(
    team: Path,
) -> None:
    files = watched()
    with sftp_server(team, files) as port:
        result = visit_sftp(port, host_key=FINGERPRINT, **UP)
    assert result.status is Status.PASS and set(files.seen) == {0}
    assert left_in(team) == []


@pytest.mark.parametrize("trait", ["keeps", "wants_names"])
def test_a_server_that_takes_no_name_away_from_an_open_file_is_written_to_and_left_empty(
    team: Path, trait: str
) -> None:
    files = watched(**{trait: True})
    with sftp_server(team, files) as port:
        result = visit_sftp(port, host_key=FINGERPRINT, **UP)
    assert result.status is Status.PASS and 1 in files.seen
    assert "write" in result.findings[0].detail and left_in(team) == []


def test_a_child_that_is_told_to_end_removes_a_file_that_has_its_name(team: Path) -> None:
    with sftp_server(team, watched(keeps=True)) as port, relay(port, rate_bps=400_000) as slow:
        busy = partial(visit_sftp, slow, host_key=FINGERPRINT, **UP)
        end_the_child(team, busy, 5.0, once_seen=True, by=signal.SIGTERM)
        assert _becomes_empty(team)


@needs.smbd
@as_root
def test_a_child_ended_at_random_moments_leaves_nothing_on_samba(tmp_path: Path) -> None:
    randomly, left = random.Random(7701), 0
    with smbd(tmp_path) as port:
        team = fill(tmp_path / "team")
        for number in range(KILLS):
            busy = partial(visit_smb, port, **(UP | {"rate_bytes": 60_000_000}))
            end_the_child(team, busy, randomly.uniform(0, 1.5), once_seen=number % 2 == 0)
            left += len(left_in(team))
            assert _becomes_empty(team)
    print(f"samba: {KILLS} ends, {left} files seen for a moment")


def _becomes_empty(team: Path) -> bool:
    """The server notices a lost connection a moment later."""
    for _ in range(100):
        if not left_in(team):
            return True
        time.sleep(0.05)
    return False
