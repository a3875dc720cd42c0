import os
import random
import signal
import subprocess
import sys
import time
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import msgspec
import pytest

from readycheck.model import Report

KILLS = 50
ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kill -9 and fork are POSIX")


def kill_once(helper: "subprocess.Popen[bytes]", wait_s: float) -> list[str]:
    """Start one writer, kill it after ``wait_s``; the names of all tickets that it said it had kept."""
    assert helper.stdin is not None and helper.stdout is not None
    helper.stdin.write(b"go\n")
    helper.stdin.flush()
    writer = int(helper.stdout.readline().split()[1])
    time.sleep(wait_s)
    os.kill(writer, signal.SIGKILL)
    kept = []
    for line in iter(helper.stdout.readline, b"dead\n"):
        assert line.startswith(b"kept ") and line.endswith(b"\n"), line
        kept.append(line.split()[1].decode())
    return kept


def is_whole(path: Path) -> bool:
    """A ticket is whole if the report attached to it reads back."""
    message = message_from_bytes(path.read_bytes(), policy=SMTP)
    (attached,) = message.iter_attachments()
    return bool(msgspec.json.decode(attached.get_content(), type=Report))


def test_kill_9_at_any_moment_of_writing_leaves_no_lost_and_no_half_ticket(tmp_path: Path) -> None:
    moments = random.Random(20261121)
    command = [sys.executable, "-m", "tests.unit.ticket.endless_writer", str(tmp_path)]
    kept: set[str] = set()
    torn = 0
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as helper:
        for _ in range(KILLS):
            reported = kill_once(helper, moments.uniform(0.0, 0.05))
            there = {path.name for path in tmp_path.iterdir()}
            assert set(reported) <= there
            kept |= set(reported)
            for leftover in tmp_path.glob(".*"):
                torn += 1
                leftover.unlink()
    whole = {path.name for path in tmp_path.iterdir()}
    assert kept <= whole
    assert all(is_whole(tmp_path / name) for name in whole)
    assert kept
    print(f"{len(kept)} tickets kept, {torn} killed in the middle of one")
