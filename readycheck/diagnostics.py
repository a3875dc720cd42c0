"""Everything readycheck says on stderr about itself, and the exit code that goes with it. stdout belongs to the data."""

import sys
from collections.abc import Callable
from pathlib import Path

from readycheck.errors import ReadycheckError, ToldToEnd
from readycheck.exit_codes import ExitCode


def say(text: str) -> None:
    """One line on stderr; silently nothing where stderr is closed."""
    try:
        print(text, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        return


def guarded(work: Callable[[], int]) -> int:
    """Run a command; every way it can end becomes an exit code and at most one sentence, never a traceback."""
    try:
        return work()
    except ReadycheckError as error:
        say(f"readycheck: {error.message}")
        return ExitCode.USAGE
    except KeyboardInterrupt:
        say("readycheck: interrupted")
        return ExitCode.INTERRUPTED
    except ToldToEnd as told:
        say(" ".join(("readycheck: told to end.", *(f"{sentence}." for sentence in told.kept))))
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        quiet_stdout()
        return ExitCode.INTERRUPTED
    except Exception as error:  # our own fault: a note to paste, no values
        say(f"readycheck: this is a fault in readycheck itself ({type(error).__name__}), not in your set-up.")
        note = crash_file(error)
        if note is not None:
            say(f"A note for whoever mends it, ready to paste, is in {note}")
        return ExitCode.BROKE


def crash_file(error: BaseException) -> Path | None:
    """Write the crash note (traceback without values) where only this user can read it; None where that is not possible."""
    try:
        from readycheck import __version__
        from readycheck.crash import places_of
        from readycheck.storage.files import private_folder, write_private
        from readycheck.storage.places import state_folder

        text = f"readycheck {__version__}, Python {sys.version.split()[0]}, {sys.platform}\n"
        text += places_of(error)
        path = private_folder(state_folder()) / "crash.txt"
        write_private(path, text.encode())
    except Exception:  # a second fault while noting the first one: the sentence on stderr has to do
        return None
    return path


def flush_stdout() -> None:
    """What was said there goes out. A reader that has left (``| head -1``) is no mistake, and hears nothing more."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        quiet_stdout()


def quiet_stdout() -> None:
    """stdout takes no more (its reader is gone, its disk is full): nothing more is said there, not even at exit."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
