"""The way in: answers --version before anything is imported, and leaves the rest to readycheck.cli."""

import sys


def main() -> int:
    if sys.argv[1:] in (["--version"], ["-V"]):
        from readycheck import __version__

        print(f"readycheck {__version__}")
        return 0
    from readycheck.cli import run_command

    return run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
