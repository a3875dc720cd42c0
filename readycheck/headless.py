"""The plain, headless face: hears events, talks on stderr, writes the report to stdout or a file, and gives the exit code."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Final, Protocol, TextIO

from readycheck.diagnostics import quiet_stdout, say
from readycheck.errors import ReadycheckError, UsageError
from readycheck.events import CheckFinished, CheckStarted, Event, RunFinished, RunStarted
from readycheck.exit_codes import ExitCode, exit_code
from readycheck.files import cannot_save, private_folder, write_private
from readycheck.model import Report, Status
from readycheck.places import data_folder
from readycheck.session import Session
from readycheck.sizes import readable_size
from readycheck.spending import hosts_text
from readycheck.wording import STATUS_WORDS, plural, result_text, row_status

BAR: Final = 30
MOST_HOSTS: Final = 3  # named before a run; --dry-run names all


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Where the report goes and how its exit code counts. ``lines``: progress as lines, also on a terminal."""

    format: str = "text"
    output: Path | None = None
    strict: bool = False
    ascii_only: bool = False
    lines: bool = False


class Talk(Protocol):
    def hear(self, event: Event) -> None: ...


class Lines:
    """Progress as lines on stderr: one a finished check. For pipes, logs and screen readers."""

    def hear(self, event: Event) -> None:
        match event:
            case RunStarted():
                say(announcement(event))
            case CheckFinished(result=result) if result.status is not Status.SKIP:
                words = STATUS_WORDS[row_status(result)]
                say(f"{words}: {result.title}. {result_text(result)}".rstrip(". ") + ".")


class Bar:
    """Progress as one bar on a terminal's stderr; problems stay above it as lines."""

    def __init__(self, stream: TextIO, *, ascii_only: bool = False) -> None:
        self._stream = stream
        self._full, self._empty = ("#", "-") if ascii_only else ("█", "░")
        self._total = self._done = 0
        self._doing: dict[str, str] = {}
        self._titles: dict[str, str] = {}

    def hear(self, event: Event) -> None:
        match event:
            case RunStarted(planned=planned):
                say(announcement(event))
                self._total = len(planned)
                self._titles = {expected.check_id: expected.title for expected in planned}
            case CheckStarted(check_id=check_id):
                self._doing[check_id] = self._titles.get(check_id, check_id)
            case CheckFinished(result=result):
                self._done += 1
                self._doing.pop(result.check_id, None)
            case RunFinished():
                self._write("\r\x1b[K")
                return
        self._draw()

    def _draw(self) -> None:
        if self._total:
            filled = BAR * self._done // self._total
            bar = self._full * filled + self._empty * (BAR - filled)
            doing = next(reversed(self._doing.values()), "")[:30]
            self._write(f"\r\x1b[K{bar} {self._done} of {self._total}  {doing}")

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):
            return


def announcement(event: RunStarted) -> str:
    """What is about to happen, what it may use and whom it talks to, before it happens."""
    count = len(event.planned) - event.left_out
    said = (
        f"Checking {plural(count, '1 thing', '{} things')} with the profile {event.profile}: "
        f"at most {readable_size(event.max_bytes)} of data and {event.max_seconds:.0f} seconds.",
        hosts_text(event.hosts, MOST_HOSTS),
        "Control C stops.",
    )
    return " ".join(part for part in said if part)


def run(session: Session, delivery: Delivery) -> int:
    """Run the session's plan once and deliver the report; the exit code. Interrupted, the partial report is delivered too."""
    check_writable(delivery.output)
    in_lines = delivery.lines or not sys.stderr.isatty()
    talk: Talk = Lines() if in_lines else Bar(sys.stderr, ascii_only=delivery.ascii_only)
    session.listen(talk.hear)
    live = LiveLines(delivery.strict) if delivery.format == "ndjson" and delivery.output is None else None
    if live is not None:
        session.listen(live.hear)
    for problem in session.problems:
        say(f"Note: {problem}")
    with _interruptible(session) as interrupted:
        session.start()
        while not session.wait(0.2):
            pass
    if session.failure is not None:
        raise session.failure
    assert session.report is not None
    if live is not None:
        live.finish()
    else:
        deliver(session.report, delivery)
    return ExitCode.INTERRUPTED if interrupted() else exit_code(session.report, strict=delivery.strict)


class LiveLines:
    """The events of a run on stdout, each as a line when it happens. Where stdout takes no more, the run goes on."""

    def __init__(self, strict: bool) -> None:
        from readycheck.export.ndjson import NdjsonStream

        self._lines: list[bytes] = []
        self._refused: ReadycheckError | None = None
        self.hear = NdjsonStream(self._write, strict=strict).hear

    def finish(self) -> None:
        """Keep all lines elsewhere if stdout did not take them, and raise UsageError with the place."""
        if self._refused is not None:
            raise _kept_instead(self._refused, None, b"".join(self._lines))

    def _write(self, line: bytes) -> None:
        self._lines.append(line)
        if self._refused is None:
            try:
                _to_stdout(line)
            except ReadycheckError as error:
                self._refused = error


@contextmanager
def _interruptible(session: Session) -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C (or TERM) stops the run and keeps what it found; the second leaves at once."""
    asked = 0

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked += 1
        if asked > 1:
            raise KeyboardInterrupt
        session.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield lambda: asked > 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def deliver(report: Report, delivery: Delivery) -> None:
    """Write the report in its format to stdout or, atomically and for this user only, to a file."""
    if delivery.format == "text":
        from readycheck.export import text

        now = datetime.now().astimezone()
        write_out(text.render(report, now=now, ascii_only=delivery.ascii_only), delivery.output)
        return
    from readycheck.export import render

    write_out(render(report, delivery.format), delivery.output)


def write_out(data: bytes, output: Path | None) -> None:
    """stdout, or a private file; what cannot be written where it was asked for is kept in the data folder, and said."""
    try:
        if output is None:
            _to_stdout(data)
            return
        write_private(output, data)
    except ReadycheckError as error:
        raise _kept_instead(error, output, data) from None
    say(f"Written to {output}")


def _kept_instead(error: ReadycheckError, output: Path | None, data: bytes) -> UsageError:
    name = output.name if output is not None else "output"
    return UsageError(f"{error.message} {_kept(name, data)}")


def _to_stdout(data: bytes) -> None:
    """Raises ReadycheckError where the file behind stdout takes no more; a reader that left (BrokenPipeError) is no mistake."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        quiet_stdout()
        raise cannot_save("The output", error) from None


def _kept(name: str, data: bytes) -> str:
    """Keep in the data folder what could not be written where it was asked for; the sentence that says so."""
    try:
        kept = private_folder(data_folder()) / f"kept-{name}"
        write_private(kept, data)
    except ReadycheckError as error:
        return f"It could not be kept elsewhere either: {error.message}"
    return f"Nothing is lost: it was kept as {kept}"


def check_writable(output: Path | None) -> None:
    """Before a run of a minute: is there a place for its report at all? UsageError if not."""
    if output is None:
        return
    if output.is_dir():
        raise UsageError(f"{output} is a folder. Give --output the name of a file in it.")
    if output.exists() and not output.is_file():
        raise UsageError(
            f"{output} is a device or a pipe. Give --output the name of a file, or leave it out."
        )
    if not output.absolute().parent.is_dir():
        raise UsageError(f"There is no folder {output.absolute().parent} for --output. Make it first.")
