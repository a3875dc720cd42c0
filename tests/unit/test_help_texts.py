"""The help of every command fits a window of 80 columns, and leaves no word without a meaning."""

import argparse
from collections.abc import Iterator

import pytest

from readycheck.commands.arguments import parser
from readycheck.commands.parsing import Parser


def all_parsers(top: Parser) -> Iterator[Parser]:
    yield top
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from all_parsers(below)


EVERY = [pytest.param(one, id=one.prog) for one in all_parsers(parser())]


@pytest.mark.parametrize("command", EVERY)
def test_help_fits_eighty_columns(command: Parser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = command.format_help()
    assert [line for line in shown.splitlines() if len(line) > 80] == []


@pytest.mark.parametrize("command", EVERY)
def test_help_says_what_each_option_and_argument_is(command: Parser) -> None:
    assert [
        action.dest
        for action in command._actions
        if not action.help and action.dest not in ("command", "action")
    ] == []


@pytest.mark.parametrize("command", EVERY)
def test_help_of_a_command_says_in_a_sentence_what_it_does(command: Parser) -> None:
    assert (command.description or "").strip() != ""


@pytest.mark.parametrize("command", EVERY)
def test_the_table_of_exit_codes_stays_a_table(command: Parser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    _, told, codes = (command.epilog or "").partition("exit codes:")
    assert not told or codes in command.format_help()
