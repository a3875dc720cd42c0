"""How long the commands take to start, against the bare interpreter in the same run, A B A B."""

import subprocess
import sys
import time

from bench.figure import Figure
from readycheck.measure.statistics import median

FLOOR = [sys.executable, "-c", "pass"]
RUNS = 15


def seconds(command: list[str]) -> float:
    before = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return time.perf_counter() - before


def ratio(command: list[str], runs: int = RUNS) -> float:
    """Median of the pairwise ratios to the floor, after one warm-up of each."""
    seconds(FLOOR), seconds(command)
    return median([seconds(command) / seconds(FLOOR) for _ in range(runs)])


def figures() -> list[Figure]:
    version = ratio([sys.executable, "-m", "readycheck", "--version"])
    helped = ratio([sys.executable, "-m", "readycheck", "run", "--help"])
    offline = ratio(
        [sys.executable, "-m", "readycheck", "run", "--only", "memory", "--offline", "--format", "json"], 7
    )
    return [
        Figure(name="--version, against python -c pass", value=version, unit="x", budget=3.0, runs=RUNS),
        Figure(name="run --help, against python -c pass", value=helped, unit="x", budget=8.0, runs=RUNS),
        Figure(
            name="a headless run of one local check, against python -c pass",
            value=offline,
            unit="x",
            budget=60.0,
            runs=7,
            note="loads every check's module and the profile",
        ),
    ]
