"""The app's budgets in a pseudo-terminal of 120 x 36: first paint, keys, CPU, memory, bytes drawn, quitting.

``alone`` is the app over checks that only wait: what the app itself costs. ``demo`` is the main job, with its real checks and
the start of the embedded office, on the same machine: stated, and held to the same budgets.
"""

import sys

from bench.figure import Figure
from bench.terminal import Terminal
from readycheck.measure.statistics import median, percentile

ALONE = [sys.executable, "-m", "bench.scripted_app"]
DEMO = [sys.executable, "-m", "readycheck", "demo"]
RUNS = 5
LIMIT_S = 30


def figures() -> list[Figure]:
    return [
        *_opening("alone", ALONE),
        *_opening("demo", DEMO),
        *_living("alone", ALONE),
        *_living("demo", DEMO),
    ]


def _opening(name: str, command: list[str]) -> list[Figure]:
    """First paint, and leaving in the middle of the run."""
    paints, quits = [], []
    for _ in range(RUNS):
        with Terminal(command) as app:
            paints.append(app.wait_for(b"Checking", LIMIT_S) * 1000)
            app.read(0.3)
            app.press(b"q")
            app.wait_for(b"Leave", LIMIT_S)
            app.press(b"\x1b[B")
            app.read(0.1)
            app.press(b"\r")
            quits.append(app.ends_within(10))
    return [
        Figure(name=f"{name}: first paint", value=median(paints), unit="ms", budget=800, runs=RUNS),
        Figure(
            name=f"{name}: quit while running, slowest", value=max(quits), unit="s", budget=0.5, runs=RUNS
        ),
    ]


def _living(name: str, command: list[str]) -> list[Figure]:
    """One run, watched: while it runs, and when it is done."""
    with Terminal(command) as app:
        app.wait_for(b"Checking", LIMIT_S)
        app.read(0.5)
        running_cpu, running_bytes = app.cpu_percent(3.0)
        app.wait_for(b"Checked", LIMIT_S)
        app.read(1.0)
        idle_cpu, idle_bytes = app.cpu_percent(4.0)
        keys = [app.answer_s(key) * 1000 for _ in range(30) for key in (b"\x1b[B", b"\x1b[A")]
        memory = app.process.memory_info().rss / 1e6
    return [
        Figure(name=f"{name}: CPU while running", value=running_cpu, unit="%", budget=8, runs=1),
        Figure(
            name=f"{name}: drawn while running", value=running_bytes / 1000, unit="kB/s", budget=40, runs=1
        ),
        Figure(name=f"{name}: CPU when idle", value=idle_cpu, unit="%", budget=1, runs=1),
        Figure(name=f"{name}: drawn when idle", value=idle_bytes, unit="B/s", budget=0, runs=1),
        Figure(
            name=f"{name}: key to paint, 95 %", value=percentile(keys, 0.95), unit="ms", budget=60, runs=60
        ),
        Figure(name=f"{name}: memory", value=memory, unit="MB", budget=60, runs=1),
    ]
