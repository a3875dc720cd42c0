"""The app's budgets in a pseudo-terminal of 120 x 36: first paint, keys, CPU, memory, bytes drawn, quitting."""

import sys

from bench.figure import Figure, median, percentile
from bench.terminal import Terminal

COMMAND = [sys.executable, "-m", "readycheck", "demo"]
RUNS = 5


def figures() -> list[Figure]:
    paints, quits = [], []
    for _ in range(RUNS):
        with Terminal(COMMAND) as app:
            paints.append(app.wait_for(b"Checking", 20) * 1000)
            app.press(b"q\r")
            app.read(0.05)
            app.press(b"y")
            quits.append(app.ends_within(5))
    return [
        Figure(
            name="demo: first paint (with the office's start)",
            value=median(paints),
            unit="ms",
            budget=800,
            runs=RUNS,
        ),
        Figure(
            name="quit while running", value=max(quits), unit="s", budget=0.5, runs=RUNS, note="the slowest"
        ),
        *_living(),
    ]


def _living() -> list[Figure]:
    """One demo run, watched: while it runs, and when it is done."""
    with Terminal(COMMAND) as app:
        app.wait_for(b"Checking", 20)
        running_cpu, running_bytes = app.cpu_percent(3.0)
        app.wait_for(b"Checked", 60)
        app.read(1.0)
        idle_cpu, idle_bytes = app.cpu_percent(4.0)
        keys = [app.answer_s(key) * 1000 for _ in range(30) for key in (b"\x1b[B", b"\x1b[A")]
        memory = app.process.memory_info().rss / 1e6
    return [
        Figure(
            name="CPU while running", value=running_cpu, unit="%", budget=8, runs=1, note="checks included"
        ),
        Figure(name="drawn while running", value=running_bytes / 1000, unit="kB/s", budget=40, runs=1),
        Figure(name="CPU when idle", value=idle_cpu, unit="%", budget=1, runs=1),
        Figure(name="drawn when idle", value=idle_bytes, unit="B/s", budget=0, runs=1),
        Figure(name="key to paint, 95 % of 60", value=percentile(keys, 0.95), unit="ms", budget=60, runs=60),
        Figure(name="memory of the app's process", value=memory, unit="MB", budget=60, runs=1),
    ]
