"""A shell on the pc of the lab, for whoever wants to look around: with readycheck, the profiles, and faults if asked for."""

import subprocess
import sys
import time

from tests.lab import catalogue, premises
from tests.lab.journey import PROFILES, environment
from tests.lab.switches.base import switched


def shell(names: list[str]) -> int:
    """Opens the lab, brings the named situations about, and starts sh as the ordinary person."""
    by_name = {case.name: case for case in catalogue.cases()}
    unknown = [name for name in names if name not in by_name]
    if unknown:
        print(f"no such situation: {', '.join(unknown)}; there are: {', '.join(by_name)}", file=sys.stderr)
        return 2
    chosen = [by_name[name] for name in names]
    started = time.monotonic()
    lab = premises.open_lab()
    steps = [step for case in chosen for step in case.how]
    with premises.vpn(lab, chosen[0].tunnel if chosen else "split"), switched(lab, steps):
        print(
            f"The lab is open ({time.monotonic() - started:.1f} s). You are anna, on the pc. The company's profile:"
        )
        print(f"  {sys.executable} -m readycheck run --skip device --profile {PROFILES / 'company.toml'}")
        return subprocess.call(lab["pc"].command(["sh"], user=True), env=environment(lab))
