"""The way in: answers --version before anything is imported, and leaves the rest to readycheck.cli."""

import os
import sys


def main() -> int:
    _open_what_is_closed()
    if sys.argv[1:] in (["--version"], ["-V"]):
        from readycheck import __version__

        print(f"readycheck {__version__}")
        return 0
    from readycheck.cli import run_command

    return run_command(sys.argv[1:])


def _open_what_is_closed() -> None:
    """Closed standard streams (``2>&-``) become the null device: else a socket gets their number, and talk goes to stdout."""
    while (number := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(number, True)  # as standard streams are
    os.close(number)
    sys.stdin = sys.stdin or os.fdopen(0, closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", closefd=False)


if __name__ == "__main__":
    sys.exit(main())
