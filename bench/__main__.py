"""python -m bench [NAME...]: all benchmarks, or these."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

from bench.figure import Figure, table, write

ALL = ("startup", "app", "demo")
SOURCES = ("readycheck", "checks", "config")


def main(names: list[str]) -> int:
    """0 where every budget is met, 1 where one is not: the table says which."""
    os.environ.pop(
        "PYTHONDONTWRITEBYTECODE", None
    )  # users' installers compile; without it every start compiles anew
    subprocess.run([sys.executable, "-m", "compileall", "-q", *SOURCES], check=True)
    figures: list[Figure] = []
    for name in names or ALL:
        figures += import_module(f"bench.{name}").figures()
    print(table(figures), end="")
    write(figures, Path(__file__).parent / "results")
    return 0 if all(figure.met for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
