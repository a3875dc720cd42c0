"""Being told to end (the terminal was closed, the system shuts down): what would be lost is kept in the outbox. Sends nothing.

There is little time then, and maybe no terminal any more: whatever draws or asks may block. So what is to be kept is written by a
thread of its own, every wait has an end, and a process that does not come to its end by itself is ended.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final

from readycheck.errors import ReadycheckError, ToldToEnd
from readycheck.exit_codes import ExitCode
from readycheck.model import Report
from readycheck.run.session import STOP_S, Session

RUN_S: Final = STOP_S + 2.0  # for a run to end that was stopped
KEEPING_S: Final = RUN_S + 4.0  # and then for the disk
LEAVING_S: Final = 2.0  # for the face, after everything was kept
AGAIN_S: Final = 0.1  # in which a signal is heard
Keep = Callable[[], tuple[str, ...]]  # keeps what would be lost; a sentence for each thing


def ending_signals() -> tuple[signal.Signals, ...]:
    """Those that tell this process to end. A SIGHUP that is ignored already (nohup) is to stay so."""
    known = (getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP", "SIGBREAK"))
    told = tuple(number for number in known if number is not None)
    return tuple(n for n in told if n is signal.SIGTERM or signal.getsignal(n) is not signal.SIG_IGN)


@contextmanager
def when_told_to_end(leave: Callable[[], object], *keeps: Keep) -> Iterator[None]:
    """At the first such signal ``leave`` is called in the main thread and ``keeps`` in another, one after the other; the next
    signals change nothing, for a terminal that is closed often sends several.

    Raises ToldToEnd on the way out, when all is kept. Ends the process where the way out is not reached in time.
    """
    last = _LastMinute(keeps)

    def hear(number: int, frame: FrameType | None) -> None:
        if last.begin():
            leave()

    before = {number: signal.signal(number, hear) for number in ending_signals()}
    try:
        with _heard_while_waiting(last):
            yield
    finally:
        last.wait()
        for number, handler in before.items():
            signal.signal(number, handler)
        if last.begun:  # whatever else came up: most likely because there is no terminal any more
            raise ToldToEnd(last.kept) from None


def leave_at_once() -> None:
    """What a face does that is interrupted wherever it is: for when_told_to_end."""
    raise ToldToEnd


@contextmanager
def _heard_while_waiting(last: "_LastMinute") -> Iterator[None]:
    """A signal that comes just before the main thread waits for a key does not end that waiting, and its handler runs after it
    only: it is sent to that thread again then. Windows has no such thing."""
    if not hasattr(signal, "pthread_kill"):
        yield
        return
    heard, told = os.pipe()
    os.set_blocking(told, False)
    main, ending = threading.get_ident(), ending_signals()

    def tell_again() -> None:
        with os.fdopen(heard, "rb", buffering=0) as numbers:
            while number := numbers.read(1):
                if number[0] in ending and not last.begins_within(AGAIN_S):
                    signal.pthread_kill(main, number[0])

    threading.Thread(target=tell_again, name="readycheck hears", daemon=True).start()
    before = signal.set_wakeup_fd(told, warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        os.close(told)


class _LastMinute:
    """The keeping, in a thread that waits for it (none can be started where a signal may have come in the middle of starting
    one), and a second one that ends the process where nothing else does."""

    def __init__(self, keeps: tuple[Keep, ...]) -> None:
        self.begun = False
        self.kept: tuple[str, ...] = ()
        self._keeps = keeps
        self._woken = threading.Event()
        self._left = threading.Event()
        self._keeper = threading.Thread(target=self._work, name="readycheck keeps", daemon=True)
        self._keeper.start()

    def begin(self) -> bool:
        """False where it has begun already, or the face has come to its end by itself."""
        if self.begun or self._woken.is_set():
            return False
        self.begun = True
        self._woken.set()
        return True

    def begins_within(self, limit_s: float) -> bool:
        return self._woken.wait(limit_s)

    def wait(self) -> None:
        """Until all is kept; where nobody told to end there is nothing to keep."""
        self._woken.set()
        self._keeper.join(KEEPING_S)
        self._left.set()

    def _work(self) -> None:
        self._woken.wait()
        if not self.begun:
            return
        threading.Thread(target=self._end_at_last, name="readycheck ends", daemon=True).start()
        for keep in self._keeps:
            try:
                self.kept += keep()
            except Exception as error:  # one that fails must not cost what the next ones keep
                self.kept += (f"Something could not be kept: {type(error).__name__}",)

    def _end_at_last(self) -> None:
        self._keeper.join(KEEPING_S)
        if not self._left.wait(LEAVING_S):
            os._exit(ExitCode.INTERRUPTED)


def keep_reports(session: Session) -> tuple[str, ...]:
    """The last report of this sitting and, of a run that is going on, what it has found until now."""
    found = [session.report]
    kept = _each_kept(found)
    session.stop()
    session.wait(RUN_S)
    return (*kept, *_each_kept([session.report] if session.report is not found[0] else []))


def _each_kept(reports: list[Report | None]) -> tuple[str, ...]:
    return tuple(keep_report(report) for report in reports if report is not None and report.results)


def keep_report(report: Report) -> str:
    """The report as it is, in the outbox, to be read with: readycheck open."""
    from readycheck.export import json
    from readycheck.ticket.marker import reference_of

    return kept_as("The report", f"readycheck-{reference_of(report.run_id)}.json", json.render(report))


def keep_message(report: Report, message: str) -> tuple[str, ...]:
    """The person's message to IT support, as the redacted ticket that it would have become."""
    from readycheck.redact import Level
    from readycheck.ticket.compose import compose
    from readycheck.ticket.render import file_name, markdown

    ticket = compose(report, level=Level.SUPPORT, note=message)
    return (kept_as("Your message", file_name(ticket, ".md"), markdown(ticket).encode()),)


def kept_as(what: str, name: str, data: bytes, folder: Path | None = None) -> str:
    """Put it into the outbox; the sentence that says where it is, or why it could not be kept."""
    from readycheck.ticket.outbox import Outbox

    try:
        return f"{what} was kept as {Outbox(folder).put(name, data)}"
    except ReadycheckError as error:
        return error.message
