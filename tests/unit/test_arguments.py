"""Options that stand before a command and after it: they mean the same on both sides, or are refused."""

import pytest

from readycheck.commands.arguments import parse
from readycheck.commands.options import selection
from readycheck.errors import UsageError

OPTIONS = {
    "plain": ["--plain"],
    "ascii": ["--ascii"],
    "theme": ["--theme", "light"],
    "profile": ["--profile", "acme.toml"],
    "quick": ["--quick"],
    "full": ["--full"],
    "max_data": ["--max-data", "5MB"],
}
COMMANDS = {
    "run": ["run"],
    "demo": ["demo"],
    "open": ["open", "report.json"],
    "compare": ["compare", "old.json", "new.json"],
    "ticket": ["ticket", "report.json"],
    "checks": ["checks"],
    "explain": ["explain", "vpn.gateway_silent"],
    "profile": ["profile", "show"],
    "reflector": ["reflector"],
    "completion": ["completion", "bash"],
}
TAKES = {
    "run": {"plain", "ascii", "profile", "quick", "full", "max_data"},
    "demo": {"plain", "ascii", "theme", "quick", "full", "max_data"},
    "open": {"plain", "ascii", "theme"},
}
TAKEN = [(command, option) for command in COMMANDS for option in OPTIONS if option in TAKES.get(command, ())]
REFUSED = [(command, option) for command in COMMANDS for option in OPTIONS if (command, option) not in TAKEN]


def test_these_are_all_options_of_the_app() -> None:
    assert vars(parse([])).keys() - {"command", "version"} == OPTIONS.keys()


@pytest.mark.parametrize(("command", "option"), TAKEN)
def test_an_option_means_the_same_before_a_command_and_after_it(command: str, option: str) -> None:
    given, words = OPTIONS[option], COMMANDS[command]
    before, after = parse([*given, *words]), parse([*words, *given])
    assert before == after
    assert getattr(before, option) == (given[1] if len(given) > 1 else True)
    assert getattr(parse(words), option) in (None, False)


@pytest.mark.parametrize(("command", "option"), REFUSED)
def test_an_option_before_a_command_that_does_not_take_it_is_refused(command: str, option: str) -> None:
    refusal = f"^readycheck {command} takes no {OPTIONS[option][0]}. See: readycheck {command} --help$"
    with pytest.raises(UsageError, match=refusal):
        parse([*OPTIONS[option], *COMMANDS[command]])


@pytest.mark.parametrize(("command", "option"), [pair for pair in REFUSED if pair != ("ticket", "full")])
def test_it_is_refused_after_the_command_too(command: str, option: str) -> None:
    with pytest.raises(UsageError, match=OPTIONS[option][0]):
        parse([*COMMANDS[command], *OPTIONS[option]])


def test_the_last_of_two_profiles_counts() -> None:
    assert parse(["--profile", "first", "run", "--profile", "second"]).profile == "second"


def test_full_of_a_ticket_is_about_its_names_and_not_about_the_plan() -> None:
    found = parse(["ticket", "report.json", "--full"])
    assert (found.unredacted, found.full) == (True, False)


@pytest.mark.parametrize("said", ["abc", "", "0", "0.5", "-3", "3601", "nan", "inf", "1e999"])
def test_a_time_that_means_nothing_is_refused_with_what_was_said(said: str) -> None:
    refusal = f'^--timeout is a number of seconds from 1 to 3600, not "{said}"$'
    with pytest.raises(UsageError, match=refusal):
        selection(parse(["run", f"--timeout={said}"]))


def test_a_time_is_in_seconds_and_none_where_nothing_was_said() -> None:
    assert selection(parse(["run", "--timeout", "1.5"])).max_seconds == 1.5
    assert selection(parse(["run"])).max_seconds is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("runn", 'COMMAND cannot be "runn". Did you mean "run"? Choose from: run, demo, '),
        ("run --format jsn", '--format cannot be "jsn". Did you mean "json"? Choose from: text, json, '),
        (
            "completion fish",
            'Shell cannot be "fish". Choose from: bash, zsh, tcsh. See: readycheck completion',
        ),
        ("\x1b[31m", 'COMMAND cannot be "\\u001b[31m". Choose from: '),
    ],
)
def test_a_word_that_is_no_choice_is_told_with_the_nearest_one(words: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse(words.split())
    assert refused.value.message.startswith(said)
