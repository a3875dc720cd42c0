"""The command line as a parser: names, options and help texts. A public interface (docs/commands.md); it runs nothing."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any, Final

from readycheck.commands.parsing import EXIT_CODES, OF_SAVED, Parser
from readycheck.commands.reflector_arguments import add_reflector
from readycheck.errors import UsageError

FORMATS: Final = ("text", "json", "ndjson", "markdown", "junit")
THEMES: Final = ("dark", "light", "contrast", "terminal", "none")


def parser() -> Parser:
    return _parsers()[0]


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """Raises UsageError for a usage error; --help prints and exits 0, as everywhere."""
    top, commands = _parsers()
    found = top.parse_args(argv)
    if found.command is not None:
        _refuse_strangers(commands[found.command], found, top.parse_args([]))
    return found


def _refuse_strangers(command: Parser, found: argparse.Namespace, untouched: argparse.Namespace) -> None:
    """An option that stands before a command which does not take it must not be passed over in silence."""
    for name, unset in vars(untouched).items():
        given = name not in ("command", "version") and getattr(found, name) != unset
        if given and command.get_default(name) != argparse.SUPPRESS:
            raise UsageError(
                f"{command.prog} takes no --{name.replace('_', '-')}. See: {command.prog} --help"
            )


def _parsers() -> tuple[Parser, Mapping[str, Parser]]:
    """The whole parser, and those of the commands by their names."""
    top = Parser(
        prog="readycheck",
        description="Can I work from here, and if not, what is wrong, whose is it, and how do I get help?",
        epilog=f"Without a command the app opens (plain text where there is no terminal).\n\n{EXIT_CODES}",
    )
    top.add_argument("--version", "-V", action="store_true", help="print the version and exit")
    _face(top, of_the_app=True)
    _profile(top, of_the_app=True)
    _amount(top, of_the_app=True)
    commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    _run(commands)
    _demo(commands)
    _open(commands)
    _compare(commands)
    _ticket(commands)
    _checks(commands)
    _explain(commands)
    _profile_command(commands)
    add_reflector(commands)
    completion = commands.add_parser(
        "completion",
        help="print the completion script for a shell",
        description="Prints the completion script of a shell. To switch it on in bash (in zsh likewise):\n"
        '  eval "$(readycheck completion bash)"',
    )
    completion.add_argument("shell", choices=("bash", "zsh", "tcsh"), help="the shell that it is for")
    return top, commands.choices


def _unset(of_the_app: bool) -> dict[str, Any]:
    """For options that stand before a command too: its own default would hide what was said there, so it has none."""
    return {} if of_the_app else {"default": argparse.SUPPRESS}


def _face(part: argparse.ArgumentParser, *, of_the_app: bool = False) -> None:
    _lines(part, of_the_app=of_the_app)
    part.add_argument("--theme", choices=THEMES, help="colours of the app", **_unset(of_the_app))


def _lines(part: argparse.ArgumentParser, *, of_the_app: bool = False) -> None:
    unset = _unset(of_the_app)
    part.add_argument(
        "--plain",
        action="store_true",
        help="plain text, line by line, for screen readers and scripts",
        **unset,
    )
    part.add_argument("--ascii", action="store_true", help="only ASCII characters", **unset)


def _profile(part: argparse.ArgumentParser, *, of_the_app: bool = False) -> None:
    part.add_argument(
        "--profile",
        metavar="FILE|NAME|URL",
        help="what to check against (default: your organisation's, or office if there is none)",
        **_unset(of_the_app),
    )


def _amount(part: argparse.ArgumentParser, *, of_the_app: bool = False) -> None:
    unset = _unset(of_the_app)
    plan = part.add_mutually_exclusive_group()
    plan.add_argument("--quick", action="store_true", help="the small plan: under 3 MB", **unset)
    plan.add_argument(
        "--full",
        action="store_true",
        help="the whole plan, even on a metered connection, which otherwise gets the small one",
        **unset,
    )
    part.add_argument(
        "--max-data",
        metavar="SIZE",
        help="use at most this much data, both ways (for example 20MB)",
        **unset,
    )


def _selection(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--only", metavar="ID|CAPABILITY", action="append", default=[], help="check only these (repeatable)"
    )
    part.add_argument(
        "--skip", metavar="ID|CAPABILITY", action="append", default=[], help="do not check these (repeatable)"
    )
    _amount(part)
    part.add_argument(
        "--timeout", metavar="SECONDS", help="stop after this many seconds and report what was found"
    )
    part.add_argument(
        "--offline", action="store_true", help="send nothing: only what this computer can tell by itself"
    )
    part.add_argument(
        "--dry-run",
        action="store_true",
        help="say what would run, what it may use and whom it would talk to, and run nothing (text or json)",
    )


def _answers(part: argparse.ArgumentParser) -> None:
    part.add_argument(
        "--answers",
        metavar="FILE",
        help="answers to the profile's questions (TOML or JSON: a question's name and its answer); "
        "without it nothing is asked",
    )


def _output(
    part: argparse.ArgumentParser, formats: Sequence[str] = FORMATS, default: str | None = "text"
) -> None:
    whole = "; the report as it is, names included: see open --redact" if formats is FORMATS else ""
    part.add_argument(
        "--format", choices=formats, default=default, help=f"default: {default or 'the app'}{whole}"
    )
    part.add_argument(
        "--output", metavar="FILE", help="write there instead of to standard output, for you alone to read"
    )


def _run(commands: "argparse._SubParsersAction[Parser]") -> None:
    part = commands.add_parser(
        "run",
        help="check without the app: for scripts",
        description="One run without the app. The report goes to standard output, progress to standard error.",
        epilog=EXIT_CODES,
    )
    _profile(part)
    _selection(part)
    _answers(part)
    _output(part)
    part.add_argument("--strict", action="store_true", help="warnings count: exit 4")
    _lines(part)


def _demo(commands: "argparse._SubParsersAction[Parser]") -> None:
    part = commands.add_parser(
        "demo",
        help="try it without any network: an office on this computer, with faults to switch on",
        description="A whole run against an office that is played on this computer: nothing leaves it. "
        "What is said about the computer itself is real.",
        epilog=EXIT_CODES,
    )
    _face(part)
    part.add_argument(
        "--fault", metavar="NAME", action="append", default=[], help="switch a fault on (repeatable)"
    )
    part.add_argument("--list-faults", action="store_true", help="the faults there are, with cause and owner")
    _selection(part)
    _answers(part)
    _output(part, default=None)
    part.add_argument("--strict", action="store_true", help="warnings count: exit 4")


def _open(commands: "argparse._SubParsersAction[Parser]") -> None:
    part = commands.add_parser(
        "open",
        help="read saved reports again; opening never runs a check",
        description="Saved reports, read again: in the app, or as text where there is no terminal. No check is run.",
        epilog=OF_SAVED,
    )
    part.add_argument("files", metavar="FILE", nargs="*", help="a report (JSON); - reads standard input")
    _face(part)
    _output(part, default=None)
    part.add_argument("--redact", action="store_true", help="replace what names you, as in a ticket")
    part.add_argument("--explain", action="store_true", help="the arithmetic of the score")
    part.add_argument("--schema", action="store_true", help="print the JSON Schema of reports")


def _compare(commands: "argparse._SubParsersAction[Parser]") -> None:
    part = commands.add_parser(
        "compare",
        help="two saved reports side by side: what got better, what got worse",
        description="Two saved reports side by side: what got better, what got worse. No check is run.",
        epilog=OF_SAVED.replace("told, whatever the report says", "compared, whatever changed"),
    )
    part.add_argument("old", metavar="OLD", help="a report (JSON); - reads standard input")
    part.add_argument("new", metavar="NEW", help="the same, of a later run; whichever is older is told first")
    _output(part, ("text", "json", "markdown"))
    part.add_argument("--redact", action="store_true", help="replace what names you, as in a ticket")


def _ticket(commands: "argparse._SubParsersAction[Parser]") -> None:
    part = commands.add_parser(
        "ticket",
        help="a ticket from a saved report",
        description="A ticket for IT support from a saved report, without the names of persons, computers and networks. "
        "It is written and not sent: that is for you to do.",
        epilog=OF_SAVED,
    )
    part.add_argument("file", metavar="FILE", help="a report (JSON); - reads standard input")
    _output(part, ("markdown", "eml", "json"), "markdown")
    part.add_argument("--note", metavar="TEXT", default="", help="a sentence of your own for IT support")
    part.add_argument(
        "--full",
        dest="unredacted",  # before a command, --full is the whole plan
        action="store_true",
        help="leave names and addresses in (default: replaced)",
    )
    part.add_argument(
        "--for",
        dest="reader",
        choices=("support", "provider"),
        default="support",
        help="provider: the letter to your internet provider, with nothing of your company in it",
    )


def _checks(commands: "argparse._SubParsersAction[Parser]") -> None:
    part = commands.add_parser(
        "checks",
        help="the catalogue: what is checked, what it may cost, what it can say",
        description="All checks that are installed here: what they ask, what they may cost, their options, "
        "and the codes that they can say.",
    )
    _output(part, ("text", "json", "markdown"))


def _explain(commands: "argparse._SubParsersAction[Parser]") -> None:
    part = commands.add_parser(
        "explain",
        help="what a code of a report or ticket means, and what to do",
        description="What a code of a report or ticket means, whose it can be to mend, and what to do.",
        epilog="exit codes:\n  0  all of them are known\n  2  usage error, or a code that no check says",
    )
    part.add_argument("codes", metavar="CODE", nargs="+", help="as in a report: vpn.gateway_silent")
    _output(part, ("text", "json"))


def _profile_command(commands: "argparse._SubParsersAction[Parser]") -> None:
    part = commands.add_parser(
        "profile",
        help="check, show or describe profiles",
        description="A profile says what is checked, how it counts and whom to ask for help.",
    )
    actions = part.add_subparsers(dest="action", metavar="ACTION", required=True, parser_class=Parser)
    check = actions.add_parser(
        "check",
        help="whether a profile is right: every mistake with file and line",
        description="Every mistake of a profile, with file, line, key and what was expected.",
        epilog="exit codes:\n  0  it is right    2  usage error, or a profile with mistakes",
    )
    check.add_argument("file", metavar="FILE", help="a file, the name of a shipped profile, or an address")
    show = actions.add_parser(
        "show",
        help="the profile as it counts, all layers together",
        description="The profile as it counts, all layers together; over each table stands where it comes from.",
    )
    show.add_argument(
        "name",
        metavar="NAME",
        nargs="?",
        help="a file, the name of a shipped profile, or an address (default: the one that a run would use)",
    )
    actions.add_parser(
        "schema",
        help="print the JSON Schema of profiles, for editors",
        description="Prints the JSON Schema of profiles: editors complete and check by it.",
    )
