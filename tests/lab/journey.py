"""What the person does in the lab: run readycheck on the pc, as an ordinary user, and keep the report."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from readycheck.model import Report
from tests.lab import built
from tests.lab.hosts import USER
from tests.lab.lab import HOME, Lab
from tests.lab.people import USER_PASSWORD
from tests.lab.sandbox import REPOSITORY

PROFILES: Final = Path(__file__).parent / "profiles"
LIMIT_S: Final = 150.0  # above every time limit that readycheck states: who gets here has hung
SYSTEM_PATH: Final = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One run: its report (none where it gave none), exit code, seconds by the clock on the wall, and what stood on stderr."""

    report: Report | None
    code: int
    seconds: float
    said: str


def visit(lab: Lab, profile: str) -> Visit:
    """Run readycheck with this profile, the device left out: the machine that plays the lab is not what is judged."""
    command = [
        *(sys.executable, "-m", "readycheck", "run", "--profile", source(profile)),
        *("--skip", "device", "--format", "json"),
    ]
    started = time.monotonic()
    try:
        done = lab["pc"].run(
            *clocked(lab, command), user=True, check=False, timeout_s=LIMIT_S, env=environment(lab)
        )
    except subprocess.TimeoutExpired:
        return Visit(
            report=None, code=-1, seconds=time.monotonic() - started, said=f"no end after {LIMIT_S:g} s"
        )
    seconds = time.monotonic() - started
    return Visit(report=_report(done.stdout), code=done.returncode, seconds=seconds, said=done.stderr)


def source(profile: str) -> str:
    """The name of a shipped profile, or the file of one of the lab's."""
    file = PROFILES / f"{profile}.toml"
    return str(file) if file.exists() else profile


def environment(lab: Lab) -> dict[str, str]:
    """What the person's shell has in it, and the proxy settings of the moment."""
    return {
        "HOME": str(HOME),
        "USER": USER,
        "LOGNAME": USER,
        "PATH": SYSTEM_PATH,
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": os.pathsep.join(str(REPOSITORY / part) for part in ("", "checks", "config")),
        "READYCHECK_SECRET_CORP_SIGN_IN": lab.person_password or USER_PASSWORD,
        **lab.person_env,
    }


def clocked(lab: Lab, command: Sequence[str]) -> list[str]:
    """The same command with a clock that is off, where the lab says so."""
    return built.clocked(command, lab.clock_offset_s)


def _report(text: str) -> Report | None:
    try:
        return msgspec.json.decode(text, type=Report)
    except msgspec.DecodeError:
        return None
