"""What happened, one JSON object a line. Never more lines than a disk can bear, never waits for who reads them.

A line has ``time`` (UTC), ``event``, and as it may be ``client`` (shortened to /24 or /48 unless the operator wants it whole),
``bytes``, ``seconds``, ``reason``. Lines beyond the rate are left out and counted: ``left_out`` in the next one of that event.
"""

import json
import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final, TextIO

from readycheck.reflector.addresses import neighbourhood
from readycheck.text import clean

BURST: Final = 100
A_SECOND: Final = 2.0  # of one event: with the usual dozen of them under 300 MB a day at the very worst
_WAITING: Final = 1_000


class Journal:
    """Lines are written by a daemon thread, so that a reader who stops reading stops nobody."""

    def __init__(
        self, stream: TextIO, *, whole_addresses: bool = False, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._whole = whole_addresses
        self._clock = clock
        self._lock = threading.Lock()
        self._allowances: dict[str, _Allowance] = {}
        self._lines: queue.Queue[str | None] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._write, name="journal", daemon=True)
        self._thread.start()

    def note(self, event: str, address: str = "", **fields: str | int | float) -> None:
        """Write one line, or count that it was left out."""
        with self._lock:
            allowance = self._allowances.setdefault(event, _Allowance(self._clock()))
            if not allowance.take(self._clock()):
                return
            left_out, allowance.left_out = allowance.left_out, 0
        line: dict[str, str | int | float] = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "event": event,
        }
        if address:
            line["client"] = address if self._whole else neighbourhood(address)
        line |= {
            name: clean(value, 200) if isinstance(value, str) else value for name, value in fields.items()
        }
        if left_out:
            line["left_out"] = left_out
        try:
            self._lines.put_nowait(json.dumps(line))
        except queue.Full:
            with self._lock:
                allowance.left_out += left_out + 1

    def close(self) -> None:
        """Write what waits, for a second at most."""
        with suppress(queue.Full):
            self._lines.put(None, timeout=0.5)
        self._thread.join(1.0)

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            with suppress(OSError, ValueError):  # stderr is closed: there is nobody to tell
                self._stream.write(line + "\n")
                self._stream.flush()


class _Allowance:
    def __init__(self, now: float) -> None:
        self.left_out = 0
        self._left = float(BURST)
        self._at = now

    def take(self, now: float) -> bool:
        self._left = min(BURST, self._left + (now - self._at) * A_SECOND)
        self._at = now
        if self._left < 1:
            self.left_out += 1
            return False
        self._left -= 1
        return True
