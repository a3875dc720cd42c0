"""The command line as a parser: names, options and help texts. A public interface (docs/commands.md); it runs nothing."""

import argparse
from collections.abc import Sequence
from typing import Final

from readycheck.errors import UsageError

FORMATS: Final = ("text", "json", "ndjson", "markdown", "junit")
EXIT_CODES: Final = """exit codes:
  0  ready (also with warnings, unless --strict)    3  not ready
  1  readycheck itself broke                        4  only warnings, with --strict
  2  wrong use, unreadable profile or report        5  could not be judged
                                                  130  interrupted"""


class Parser(argparse.ArgumentParser):
    """argparse, with one sentence for a mistake instead of usage and exit."""

    def error(self, message: str) -> "None":  # type: ignore[override]
        text = message[:1].upper() + message[1:]
        raise UsageError(f"{text}. See: {self.prog} --help")


def parser() -> Parser:
    top = Parser(
        prog="readycheck",
        description="Can I work from here, and if not, what is wrong, whose is it, and how do I get help?",
        epilog=f"Without a command the app opens (plain text where there is no terminal).\n\n{EXIT_CODES}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", "-V", action="store_true", help="print the version and leave")
    _face(top)
    _profile(top)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    _run(commands)
    _demo(commands)
    _open(commands)
    _ticket(commands)
    _checks(commands)
    _profile_command(commands)
    completion = commands.add_parser("completion", help="print the completion script for a shell")
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"))
    return top


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Raises UsageError for wrong use; --help prints and exits 0, as everywhere."""
    return parser().parse_args(argv)


def _face(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--plain", action="store_true", help="plain text, line by line, for screen readers and scripts"
    )
    part.add_argument("--ascii", action="store_true", help="only ASCII characters")
    part.add_argument(
        "--theme", choices=("dark", "light", "contrast", "terminal", "none"), help="colours of the app"
    )


def _profile(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--profile",
        metavar="FILE|NAME|URL",
        help="what to check against (default: your organisation's, else office)",
    )


def _selection(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--only", metavar="ID|CAPABILITY", action="append", default=[], help="only these (repeatable)"
    )
    part.add_argument(
        "--skip", metavar="ID|CAPABILITY", action="append", default=[], help="not these (repeatable)"
    )
    part.add_argument("--quick", action="store_true", help="the small plan: under 3 MB")
    part.add_argument(
        "--max-data", metavar="SIZE", help="use at most this much data, both ways (for example 20MB)"
    )
    part.add_argument(
        "--timeout", metavar="SECONDS", type=float, help="end after this time, whatever is done by then"
    )
    part.add_argument(
        "--offline", action="store_true", help="send nothing: only what this computer can tell by itself"
    )
    part.add_argument(
        "--dry-run", action="store_true", help="say what would run and what it may use, and run nothing"
    )


def _output(
    part: argparse.ArgumentParser, formats: Sequence[str] = FORMATS, default: str | None = "text"
) -> None:
    part.add_argument("--format", choices=formats, default=default, help=f"default: {default}")
    part.add_argument(
        "--output", metavar="FILE", help="write there instead of to standard output (mode 0600)"
    )


def _run(commands: "argparse._SubParsersAction[Parser]") -> None:
    part = commands.add_parser(
        "run",
        help="check without the app: for scripts",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _profile(part)
    _selection(part)
    _output(part)
    part.add_argument("--strict", action="store_true", help="warnings count: exit 4")
    part.add_argument("--ascii", action="store_true", help="only ASCII characters")


def _demo(commands: "argparse._SubParsersAction[Parser]") -> None:
    part = commands.add_parser(
        "demo", help="try it without any network: an office on this computer, with faults to switch on"
    )
    _face(part)
    part.add_argument(
        "--fault", metavar="NAME", action="append", default=[], help="switch a fault on (repeatable)"
    )
    part.add_argument("--list-faults", action="store_true", help="the faults there are, with cause and owner")
    _selection(part)
    _output(part, default=None)
    part.add_argument("--strict", action="store_true", help="warnings count: exit 4")


def _open(commands: "argparse._SubParsersAction[Parser]") -> None:
    part = commands.add_parser("open", help="read saved reports again; opening never runs a check")
    part.add_argument("files", metavar="FILE", nargs="*", help="a report (JSON); - reads standard input")
    _face(part)
    _output(part, default=None)
    part.add_argument("--explain", action="store_true", help="the arithmetic of the score")
    part.add_argument("--schema", action="store_true", help="print the JSON Schema of reports")


def _ticket(commands: "argparse._SubParsersAction[Parser]") -> None:
    part = commands.add_parser("ticket", help="a ticket from a saved report")
    part.add_argument("file", metavar="FILE", help="a report (JSON); - reads standard input")
    _output(part, ("markdown", "eml", "json"), "markdown")
    part.add_argument("--note", metavar="TEXT", default="", help="a sentence of your own for IT support")
    part.add_argument("--full", action="store_true", help="leave names and addresses in (default: replaced)")


def _checks(commands: "argparse._SubParsersAction[Parser]") -> None:
    part = commands.add_parser("checks", help="the catalogue: what is checked, and what it may cost")
    _output(part, ("text", "json"))


def _profile_command(commands: "argparse._SubParsersAction[Parser]") -> None:
    part = commands.add_parser("profile", help="check, show or describe profiles")
    actions = part.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=Parser)
    check = actions.add_parser("check", help="is this profile right? every mistake with file and line")
    check.add_argument("file", metavar="FILE")
    show = actions.add_parser("show", help="the profile as it counts, all layers together")
    show.add_argument("name", metavar="NAME", nargs="?")
    actions.add_parser("schema", help="print the JSON Schema of profiles, for editors")
