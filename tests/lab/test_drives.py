"""A drive that is really dead: it was mounted by sshfs, and its file server stands still."""

import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab import journey
from tests.lab.hosts import USER_ID
from tests.lab.lab import HOME, Lab
from tests.lab.servers import sshd
from tests.lab.switches.base import switched

DRIVE = str(HOME / "team")
MOUNTED = {"drive": DRIVE, "network": "inside"}
PROFILE = '[checks.drive]\nexpect = ["~/team"]\n'


@pytest.fixture(scope="module", autouse=True)
def files(lab: Lab) -> Iterator[None]:
    lab.start([sshd.sftp()])
    yield
    lab.stop("sftp")


def run(lab: Lab, *only: str) -> tuple[dict[str, Any], float]:
    """readycheck as the person; its results by check, and the seconds until its process had really gone."""
    profile = HOME / "drive.toml"
    profile.write_text(f'schema = 1\nname = "drive"\ntitle = "Drive"\nversion = "1"\n{PROFILE}')
    os.chown(profile, USER_ID, USER_ID)
    words = [word for each in only for word in ("--only", each)]
    command = [sys.executable, "-m", "readycheck", "run", "--profile", str(profile), "--format", "json"]
    started = time.monotonic()
    done = lab["pc"].run(*command, *words, user=True, check=False, timeout_s=60, env=journey.environment(lab))
    seconds = time.monotonic() - started
    return {each["check_id"]: each for each in json.loads(done.stdout)["results"]}, seconds


def test_a_drive_of_a_server_that_stands_still_holds_neither_the_run_nor_its_end(lab: Lab) -> None:
    with switched(lab, [MOUNTED, {"pause": "sftp"}]):
        results, seconds = run(lab, "drive", "disk")
    assert results["drive"]["findings"][0]["code"].startswith("files.drive_")
    assert results["drive"]["status"] == "fail"
    assert results["disk"]["status"] in ("pass", "warn", "fail")
    assert "drive: hangs" in results["drive"]["findings"][0]["detail"]
    assert seconds < 40


def test_a_drive_that_works_opens(lab: Lab) -> None:
    with switched(lab, [MOUNTED]):
        results, _ = run(lab, "drive")
    assert (results["drive"]["status"], results["drive"]["findings"][0]["code"]) == (
        "pass",
        "files.drive_opens",
    )
