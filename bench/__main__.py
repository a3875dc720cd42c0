"""python -m bench [NAME...]: all benchmarks, or these. Those on emulated links need Linux and root, and say so elsewhere.

All of them end within ``--minutes`` (45): what has not begun or ended by then is said. Ctrl-C ends it at once and leaves nothing.
"""

import argparse
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Final

from bench.figure import Figure, table, write
from bench.world import NotHere

ALL = (
    *("startup", "app", "demo"),
    *("rates", "peers", "processor", "loaded", "media", "call_peers", "pacing", "nat_kinds", "soak"),
)
SOURCES = ("readycheck", "checks", "config")
MINUTES: Final = 45.0
MOST_S: Final = 15 * 60.0  # of one bench


def main(words: Sequence[str]) -> int:
    """0 where every target is met, 1 where one is not: the table says which. 130 after Ctrl-C."""
    options = _options(words)
    os.environ.pop(
        "PYTHONDONTWRITEBYTECODE", None
    )  # users' installers compile; without it every start compiles anew
    subprocess.run([sys.executable, "-m", "compileall", "-q", *SOURCES], check=True)
    results = Path(__file__).parent / "results"
    until = time.monotonic() + 60 * options.minutes
    met = True
    for name in options.names or ALL:
        try:
            figures = _measured(name, until - time.monotonic())
        except NotHere as reason:
            write({}, {name: str(reason)}, results)
            print(f"{name}: not run: {reason}", file=sys.stderr)
        except Exception as error:  # one bench that breaks must not take the others with it
            met = False
            traceback.print_exc()
            write({}, {name: f"broke: {error!s:.200}"}, results)
        except KeyboardInterrupt:
            print(f"Stopped in {name}. What was measured stands in {results}", file=sys.stderr)
            return 130
        else:
            write({name: figures}, {}, results)
            print(f"\n{name}\n\n{table(figures)}", end="", flush=True)
            met = met and all(figure.met for figure in figures)
    return 0 if met else 1


def _measured(name: str, left_s: float) -> list[Figure]:
    """Raises NotHere where there is no time, too."""
    if left_s <= 0:
        raise NotHere("the time was over (--minutes)")
    with _ending(min(MOST_S, left_s)):
        figures: list[Figure] = import_module(f"bench.{name}").figures()
        return figures


@contextmanager
def _ending(after_s: float) -> Iterator[None]:
    """Raises NotHere in the block after so long, so that what is in it is undone as it always is. Not on Windows."""
    if sys.platform == "win32":
        yield
        return

    def late(_number: int, _frame: object) -> None:
        raise NotHere(f"did not end in {after_s / 60:.0f} min")

    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, after_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _options(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(ALL)}")
    parser.add_argument("--minutes", type=float, default=MINUTES, help="for all of them together")
    options = parser.parse_args(words)
    if unknown := [name for name in options.names if name not in ALL]:
        parser.error(f"no bench is called {', '.join(unknown)}")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
