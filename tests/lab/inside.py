"""What runs as the first process of a lab's world: furnishes it, then does what was asked. Started by sandbox.command()."""

import os
import signal
import sys
from types import FrameType

from tests.lab import sandbox


def main(arguments: list[str]) -> int:
    """``work``, ``shell [FAULT ...]`` or ``pytest PIPE ARGUMENTS``; process 1 must ask to be ended by a signal."""
    for number in (signal.SIGTERM, signal.SIGHUP, *((signal.SIGINT,) if arguments[0] == "work" else ())):
        signal.signal(number, _end)
    sandbox.furnish()
    what, *rest = arguments
    match what:
        case "work":
            from tests.lab import rounds

            return rounds.work()
        case "pytest":
            from tests import run_all

            return run_all.tell(int(rest[0]), rest[1:])
        case "shell":
            from tests.lab import visitor

            return visitor.shell(rest)
    raise SystemExit(f"unknown: {what}")


def _end(number: int, frame: FrameType | None) -> None:
    os._exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
