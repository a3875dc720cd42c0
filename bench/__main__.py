"""python -m bench [NAME...]: all benchmarks, or these. Those on emulated links need Linux and root, and say so elsewhere."""

import os
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from bench.figure import Figure, table, write
from bench.world import NotHere

ALL = (
    *("startup", "app", "demo"),
    *("rates", "peers", "processor", "loaded", "media", "call_peers", "pacing", "nat_kinds", "soak"),
)
SOURCES = ("readycheck", "checks", "config")


def main(names: Sequence[str]) -> int:
    """0 where every target is met, 1 where one is not: the table says which."""
    os.environ.pop(
        "PYTHONDONTWRITEBYTECODE", None
    )  # users' installers compile; without it every start compiles anew
    subprocess.run([sys.executable, "-m", "compileall", "-q", *SOURCES], check=True)
    done: dict[str, list[Figure]] = {}
    not_run: dict[str, str] = {}
    for name in names or ALL:
        try:
            done[name] = import_module(f"bench.{name}").figures()
        except NotHere as reason:
            not_run[name] = str(reason)
            print(f"{name}: not run: {reason}", file=sys.stderr)
        else:
            print(f"\n{name}\n\n{table(done[name])}", end="", flush=True)
        write(done, not_run, Path(__file__).parent / "results")
    return 0 if all(figure.met for figures in done.values() for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
