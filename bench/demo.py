"""The main job: a whole headless demo run, in seconds, and what it loads."""

import json
import subprocess
import sys

from bench.figure import Figure
from bench.startup import seconds
from readycheck.measure.statistics import median

RUNS = 3
LOADED = (
    "import sys; from readycheck.cli import run_command; "
    "code = run_command(['run', '--only', 'memory', '--offline', '--format', 'json']); "
    "print(sum(name.partition('.')[0] in ('textual', 'rich') for name in sys.modules), file=sys.stderr)"
)


def figures() -> list[Figure]:
    command = [sys.executable, "-m", "readycheck", "demo", "--plain", "--format", "json"]
    took = median([seconds(command) for _ in range(RUNS)])
    report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    loaded = subprocess.run([sys.executable, "-c", LOADED], check=True, capture_output=True, text=True)
    return [
        Figure(name="readycheck demo --plain, whole", value=took, unit="s", budget=20.0, runs=RUNS),
        Figure(name="data of a demo run", value=report["bytes_used"] / 1e6, unit="MB", budget=60.0, runs=1),
        Figure(
            name="modules of textual or rich loaded by a headless run",
            value=float(loaded.stderr.strip().splitlines()[-1]),
            unit="modules",
            budget=0,
            runs=1,
        ),
    ]
