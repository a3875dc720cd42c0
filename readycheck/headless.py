"""The plain, headless face: hears events, talks on stderr, writes the report to stdout or a file, and gives the exit code."""

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import Final, Protocol, TextIO

from readycheck.diagnostics import quiet_stdout, say
from readycheck.errors import ReadycheckError, UsageError
from readycheck.events import CheckFinished, CheckStarted, Event, RunFinished, RunStarted
from readycheck.exit_codes import ExitCode, exit_code
from readycheck.keeping import ending_signals
from readycheck.model import Report, Status
from readycheck.run.session import Session
from readycheck.show.glyphs import ASCII, MODERN
from readycheck.show.spending import hosts_text
from readycheck.show.state import row_status
from readycheck.show.wording import STATUS_WORDS, plural, result_text
from readycheck.sizes import readable_size
from readycheck.storage.files import NotSaved, cannot_save, private_folder, write_private
from readycheck.storage.places import data_folder

BAR: Final = 30
PRINTED: Final = "so all of it was printed on standard output instead"
SHOWN: Final = "so all of it is printed here instead"
LOST: Final = "so it is lost. Make room, or choose a place on another disk, and ask again"
LEFT: Final = NotSaved("The output", "nobody reads there any more")
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
        self._glyphs = ASCII if ascii_only else MODERN
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
            bar = self._glyphs.full * filled + self._glyphs.empty * (BAR - filled)
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
    sentences = (
        f"Checking {plural(count, '1 thing', '{} things')} with the profile {event.profile}: "
        f"at most {readable_size(event.max_bytes)} of data and {event.max_seconds:.0f} seconds.",
        hosts_text(event.hosts, MOST_HOSTS),
        "Control C stops.",
    )
    return " ".join(sentence for sentence in sentences if sentence)


def run(session: Session, delivery: Delivery) -> int:
    """Run the session's plan once and deliver the report; the exit code. Interrupted, the partial report is delivered too."""
    check_writable(delivery.output)
    in_lines = delivery.lines or not sys.stderr.isatty()
    talk: Talk = Lines() if in_lines else Bar(sys.stderr, ascii_only=delivery.ascii_only)
    session.listen(talk.hear)
    live = LiveLines(delivery.strict) if delivery.format == "ndjson" and delivery.output is None else None
    if live is not None:
        session.listen(live.hear)
    for note in session.notes:
        say(f"Note: {note}")
    with _interruptible(session) as interrupted:
        session.start()
        while not session.wait(0.2):
            pass
    if session.failure is not None:
        raise session.failure
    assert session.report is not None
    if interrupted():
        return _deliver_at_last(session.report, delivery, live)
    if live is not None:
        live.finish()
    else:
        deliver(session.report, delivery)
    return exit_code(session.report, strict=delivery.strict)


def _deliver_at_last(report: Report, delivery: Delivery, live: "LiveLines | None") -> ExitCode:
    """Of a run that was told to end: what ended it may have ended the reader of its report too. Then it is kept."""
    try:
        if live is not None:
            live.finish()
        elif not deliver(report, delivery):
            say(_kept_instead(LEFT, None, _rendered(report, delivery)).message)
    except UsageError as error:
        say(error.message)
    return ExitCode.INTERRUPTED


class LiveLines:
    """The events of a run on stdout, each as a line when it happens. Where stdout takes no more, the run goes on."""

    def __init__(self, strict: bool) -> None:
        from readycheck.export.ndjson import NdjsonStream

        self._lines: list[bytes] = []
        self._refused: NotSaved | None = None
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
            except NotSaved as error:
                self._refused = error


@contextmanager
def _interruptible(session: Session) -> Iterator[Callable[[], bool]]:
    """The first Ctrl-C (or being told to end) stops the run and keeps what it found; a Ctrl-C after that leaves at once. Being
    told to end a second time does not: a terminal that is closed often tells it twice."""
    asked = 0

    def stop(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        asked += 1
        if asked > 1 and number == signal.SIGINT:
            raise KeyboardInterrupt
        session.stop()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, *ending_signals())}
    try:
        yield lambda: asked > 0
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def deliver(report: Report, delivery: Delivery) -> bool:
    """Write the report in its format to stdout or, atomically and for this user only, to a file. False: nobody reads stdout."""
    return write_out(_rendered(report, delivery), delivery.output)


def _rendered(report: Report, delivery: Delivery) -> bytes:
    if delivery.format == "text":
        from readycheck.export import text

        return text.render(report, now=datetime.now().astimezone(), ascii_only=delivery.ascii_only)
    from readycheck.export import render

    return render(report, delivery.format)


def write_out(data: bytes, output: Path | None) -> bool:
    """stdout, or a private file; what cannot be written where it was asked for is kept in the data folder, and said.

    False where it went to stdout and nobody reads there any more. Raises UsageError.
    """
    if output is None:
        _refuse_closed_stdout()
    try:
        if output is None:
            return _to_stdout(data)
        write_private(output, data)
    except NotSaved as error:
        raise _kept_instead(error, output, data) from None
    say(f"Written to {output}")
    return True


def _kept_instead(error: NotSaved, output: Path | None, data: bytes) -> UsageError:
    """Keep in the data folder what could not be written where it was asked for, or print it where that takes nothing either; the
    error that says so."""
    try:
        kept = private_folder(data_folder()) / f"kept-{output.name if output is not None else 'output'}"
        write_private(kept, data)
    except ReadycheckError:
        place = output if output is not None else "The output"
        told = f"{place} could not be written, nor kept in {data_folder()}: {error.reason}"
        return UsageError(f"{told}; {_printed(data, output)}.")
    return UsageError(f"{error.message} Nothing is lost: it was kept as {kept}")


def _printed(data: bytes, output: Path | None) -> str:
    """On stdout, where that is not what failed, wherever it leads: a report that is lost is worse than one in the wrong place.
    Else on stderr where it is a terminal; what is no terminal there is a log. Says which."""
    if output is not None and sys.__stdout__ is not None:
        with suppress(ReadycheckError):
            if _to_stdout(data):
                return PRINTED
    if sys.stderr is None or not sys.stderr.isatty():
        return LOST
    say(data.decode("utf-8", "replace"))
    return SHOWN


def _to_stdout(data: bytes) -> bool:
    """False where the reader has left, which is no mistake. Raises NotSaved where the file behind stdout takes no more."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        quiet_stdout()
        return False
    except OSError as error:
        quiet_stdout()
        raise cannot_save("The output", error) from None
    return True


def check_writable(output: Path | None) -> None:
    """Before a run of a minute: is there a place for its report at all? UsageError if not."""
    if output is None:
        _refuse_closed_stdout()
        return
    if output.is_dir():
        raise UsageError(f"{output} is a folder. Give --output the name of a file in it.")
    if output.exists() and not output.is_file():
        raise UsageError(
            f"{output} is a device or a pipe. Give --output the name of a file, or leave it out."
        )
    if not output.absolute().parent.is_dir():
        raise UsageError(f"There is no folder {output.absolute().parent} for --output. Make it first.")


def _refuse_closed_stdout() -> None:
    if sys.__stdout__ is None:  # closed from the beginning (">&-")
        raise UsageError("Standard output is closed. Leave it open, or give --output the name of a file.")
