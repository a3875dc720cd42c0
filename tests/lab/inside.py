"""What runs as the first process of a lab's world: furnishes it, then does what was asked. Started by sandbox.command()."""

import os
import signal
import sys
from types import FrameType

from tests.lab import sandbox


def main(arguments: list[str]) -> int:
    """``work [FOLDER]``, ``shell [FAULT ...]`` or ``pytest ARGUMENTS``; process 1 must ask to be ended by SIGTERM."""
    signal.signal(signal.SIGTERM, _end)
    sandbox.furnish()
    what, *rest = arguments
    match what:
        case "work":
            from tests.lab import rounds

            return rounds.work(*rest)
        case "pytest":
            from tests import run_all

            return run_all.main(rest)
        case "shell":
            from tests.lab import visitor

            return visitor.shell(rest)
    raise SystemExit(f"unknown: {what}")


def _end(number: int, frame: FrameType | None) -> None:
    os._exit(143)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
