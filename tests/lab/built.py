"""The lab's own programs in C, compiled by gcc when first needed, into the private /run."""

import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

FOLDER: Final = Path("/run/lab/built")
SOURCES: Final = Path(__file__).parent


@cache
def relay() -> Path:
    """The program that delays and loses packets."""
    return _compiled("relay.c", "relay")


@cache
def wrong_clock() -> Path:
    """The library that a program with a wrong clock has preloaded."""
    return _compiled("clock.c", "clock.so", "-shared", "-fPIC")


def clocked(command: Sequence[str], off_s: float) -> list[str]:
    """The same command with a clock that is this many seconds ahead; monotonic time stays true."""
    if not off_s:
        return list(command)
    return ["env", f"LD_PRELOAD={wrong_clock()}", f"LAB_CLOCK_OFFSET_S={off_s:.0f}", *command]


def _compiled(source: str, target: str, *flags: str) -> Path:
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = FOLDER / target
    warnings = ("-std=c11", "-O2", "-Wall", "-Wextra", "-Werror")
    subprocess.run(["gcc", *warnings, *flags, "-o", str(made), str(SOURCES / source), "-lm"], check=True)
    return made
