"""A shell on the pc of the lab, for whoever wants to look around: with readycheck, the profiles, and faults if asked for."""

import signal
import subprocess
import sys
import time

from tests.lab import catalogue, premises
from tests.lab.hosts import USER
from tests.lab.journey import environment, source
from tests.lab.switches.base import switched


def shell(names: list[str]) -> int:
    """Opens the lab, brings the named situations about, and starts sh as the ordinary person."""
    if trouble := catalogue.obstacle(names):
        print(trouble, file=sys.stderr)
        return 2
    by_name = {case.name: case for case in catalogue.cases()}
    chosen = [by_name[name] for name in names]
    started = time.monotonic()
    lab = premises.open_lab()
    steps = [step for case in chosen for step in case.how]
    opened = time.monotonic() - started
    signal.signal(signal.SIGINT, lambda number, frame: None)  # Ctrl-C is for what runs in the shell
    with premises.vpn(lab, chosen[0].tunnel if chosen else "split"), switched(lab, steps):
        profile = source(chosen[0].profile if chosen else "company")
        print(f"The lab is open ({opened:.1f} s). You are {USER}, on the pc; leave with exit.")
        print(
            f"To check the set-up: {sys.executable} -m readycheck run --skip device --profile {profile}",
            flush=True,
        )
        # Without job control: the processes of the terminal are outside, where this shell cannot name them.
        return subprocess.call(lab["pc"].command(["sh", "+m"], user=True), env=environment(lab))
