"""Keeps tickets without end, for a test that kills it. Each line of standard input starts one writer (a fork, so that the test
spends its time on killing and not on imports); the writer prints its process id, then every name that it has kept.
"""

import os
import sys
from itertools import count
from pathlib import Path

from msgspec.structs import replace

from readycheck.redact import Level
from readycheck.ticket.compose import compose
from readycheck.ticket.outbox import Outbox
from readycheck.ticket.render import eml
from tests.unit.sample_reports import DISK, report


def say(text: str) -> None:
    os.write(1, f"{text}\n".encode())


def keep_tickets(folder: Path, data: bytes) -> None:
    say(f"writer {os.getpid()}")
    for _ in count():
        say(f"kept {Outbox(folder).put('ticket.eml', data).name}")


def main() -> None:
    folder = Path(sys.argv[1])
    many = [replace(DISK, check_id=f"disk:{number}", summary="x" * 1500) for number in range(30)]
    data = eml(compose(report(*many), level=Level.SUPPORT))  # big enough for a kill to find it half written
    for _ in sys.stdin:
        writer = os.fork()
        if writer == 0:
            keep_tickets(folder, data)
        os.waitpid(writer, 0)
        say("dead")


if __name__ == "__main__":
    main()
