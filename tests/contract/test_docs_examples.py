"""Every example of the documentation is what it says: TOML that loads, commands that are understood, codes that are said."""

import argparse
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from readycheck.commands.arguments import parse, parser
from readycheck.commands.parsing import EXIT_CODES, Parser
from readycheck.diagnose.codes import CAUSES
from readycheck.errors import UsageError
from readycheck.exit_codes import ExitCode
from readycheck.profile import load
from readycheck.profile.machine import allowed_here
from readycheck.questions import matched, parse_answers
from readycheck.run.plan import Selection
from readycheck.run.registry import load_all
from readycheck.sizes import readable_size
from readycheck.wiring import plan_for

ROOT = Path(__file__).parents[2]
PAGES = (*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md")))
WRITTEN = tuple(
    page for page in PAGES if page.name != "checks.md"
)  # that one is made, and compared with what makes it
CHECKS = load_all()[0]
AREAS = "apps|calls|connection|declared|device|files|help|vpn"


class Block(NamedTuple):
    page: Path
    line: int
    language: str
    text: str

    @property
    def place(self) -> str:
        return f"{self.page.name}:{self.line}"


def blocks(*languages: str) -> Iterator[Block]:
    """The fenced blocks of all pages that are written in one of these, without their indent."""
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in re.finditer(r"^( *)```(\w*)\n(.*?)^ *```", text, re.S | re.M):
            indent, language, inside = found.groups()
            if language in languages:
                line = text.count("\n", 0, found.start()) + 1
                yield Block(page, line, language, re.sub(f"^{indent}", "", inside, flags=re.M))


def is_profile(block: Block) -> bool:
    """All TOML is a profile, or a part of one, but for the files that are named here."""
    return not re.match(
        r"camera_picture =|\[project\.|\[\[fault\]\]|# Linux: /etc/xdg/readycheck/machine\.toml", block.text
    )


TOML = [pytest.param(block, id=block.place) for block in blocks("toml") if is_profile(block)]


def whole(block: Block) -> str:
    """What is only a part of a table is put below the one before it on its page."""
    if not re.match(r"sign_in_header", block.text):
        return block.text
    before = [other for other in blocks("toml") if other.page == block.page and other.line < block.line]
    return before[-1].text + block.text


@pytest.mark.parametrize("block", TOML)
def test_every_example_of_a_profile_is_right(block: Block, tmp_path: Path) -> None:
    file = tmp_path / "example.toml"
    file.write_text(whole(block), encoding="utf-8")
    profile = load(str(file), checks=CHECKS)
    named = {instance.check_id for check in CHECKS for instance in profile.instances(check)}
    assert plan_for(profile, CHECKS, Selection()).running
    written = tomllib.loads(whole(block)).get("checks", {})
    assert all(any(name in (i, i.partition(":")[0]) for i in named) for name in written)


def test_the_answers_of_the_documentation_answer_the_shipped_questions() -> None:
    (answers,) = [block for block in blocks("toml") if block.text.startswith("camera_picture")]
    questions = load("office").questions
    assert set(matched(parse_answers(answers.text.encode()), questions)) == {"camera_picture", "headset"}
    page = answers.page.read_text(encoding="utf-8")
    assert (
        f"The shipped profile asks {('none', 'one', 'two', 'three', 'four', 'five', 'six')[len(questions)]}:"
        in page
    )


def test_the_file_of_an_administrator_in_the_documentation_is_understood(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (example,) = [block for block in blocks("toml") if block.text.startswith("# Linux: ")]
    monkeypatch.setattr("readycheck.profile.machine.is_guarded", lambda file: True)
    file = tmp_path / "machine.toml"
    file.write_text(example.text, encoding="utf-8")
    assert allowed_here(file).programs == ("https://profiles.example.com/",)


def commands() -> Iterator[tuple[str, list[str]]]:
    """Each readycheck command of the pages, in blocks of a shell and inside sentences, with where it stands."""
    for block in blocks("sh", ""):
        text = block.text.replace("\\\n", " ")
        for line in re.findall(r"^(?:\S*/)?readycheck( [^|>#;&\n]*)?", text, re.M):
            yield block.place, shlex.split(line)
    for page in WRITTEN:
        text = re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
        for span in re.findall(r"`readycheck ([^`]+)`", text):
            if not re.search(r"\||\[|<", span):
                yield page.name, shlex.split(span.partition(" > ")[0].replace("...", ""))


COMMANDS = [pytest.param(words, id=f"{place} {' '.join(words)}") for place, words in commands()]
PLACEHOLDERS = {"COMMAND": "run", "FORMAT": "text", "SHELL": "bash"}


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_that_is_shown_is_understood(words: list[str]) -> None:
    given = [PLACEHOLDERS.get(word, word) for word in words]
    if "--help" in given:
        with pytest.raises(SystemExit, match="0"):
            parse(given)
        return
    try:
        parse(given)
    except UsageError as error:  # a sentence may leave out which report
        assert "arguments are required" in error.message


def test_a_mistaken_command_would_be_seen() -> None:
    assert {"run", "demo", "open", "compare", "ticket", "checks", "explain", "profile", "reflector"} <= {
        next((word for word in words if not word.startswith("-")), "") for _, words in commands()
    }


def anchors(page: Path) -> set[str]:
    """The places of a page that a link can lead to, as Markdown viewers name them."""
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
    titles = (title.strip().lower() for title in re.findall(r"^#+ (.*)$", text, re.M))
    return {re.sub(r"[^\w -]", "", title).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_into_a_page_leads_to_a_heading_of_it(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#\s]*)#([^)\s]+)\)", text):
        assert anchor in anchors(page.parent / target if target else page), f"{target}#{anchor}"


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_every_code_that_a_page_names_is_said_by_a_check(page: Path) -> None:
    known = {code.name for check in CHECKS for code in check.codes} | {code.name for code in CAUSES}
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S))
    named = {span for span in spans if re.fullmatch(rf"(?:{AREAS})\.[a-z0-9_]+", span)}
    assert sorted(named - known - {"files.printer"}) == []  # that one is an example of a cause by figures


def tables(page: Path) -> Iterator[tuple[list[str], list[list[str]]]]:
    """The tables of a page: the cells of the heading, and those of each row."""
    for lines in re.findall(r"(?:^\|.*\n)+", page.read_text(encoding="utf-8"), re.M):
        rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in lines.splitlines()]
        yield rows[0], rows[2:]


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.name)
def test_a_page_says_of_a_code_only_what_it_can_be_said_as(page: Path) -> None:
    said: dict[str, set[str]] = {}
    for code in (code for check in CHECKS for code in check.codes):
        said.setdefault(code.name, set()).update(str(status) for status in code.status)
    rows = [row for heading, rows in tables(page) if heading[:2] == ["code", "status"] for row in rows]
    for names, status, *_ in rows:
        told = set(re.findall(r"\b(?:pass|warn|fail|unknown|skip)\b", status))
        for name in re.findall(r"`([a-z]+\.[a-z0-9_]*[a-z0-9])`", names):
            assert told <= said[name], name


def test_the_page_of_the_connection_states_the_data_that_its_checks_state() -> None:
    office = load("office")
    stated = {
        instance.check_id: readable_size(check.cost_of(instance.options, False).bytes)
        for check in CHECKS
        for instance in office.instances(check)
        if instance.enabled
    }
    (rows,) = (rows for heading, rows in tables(ROOT / "docs" / "connection.md") if heading[-1] == "at most")
    told = {name.strip("`"): most.partition(",")[0].replace("nothing", "0 B") for name, _, _, most in rows}
    assert told == {name: stated[name] for name in told}


def listed_codes(page: Path) -> list[set[str]]:
    """The exit codes of each table of exit codes on a page."""
    text = page.read_text(encoding="utf-8")
    sections = re.findall(r"^## Exit codes\n(.*?)(?=^## |\Z)", text, re.S | re.M)
    return [set(re.findall(r"^\| (\d+) \|", section, re.M)) for section in sections]


@pytest.mark.parametrize("name", ["commands.md", "report.md"])
def test_the_exit_codes_of_the_pages_are_those_that_there_are(name: str) -> None:
    all_of_them = {str(int(code)) for code in ExitCode}
    assert listed_codes(ROOT / "docs" / name) == [all_of_them]
    assert set(re.findall(r"\b(\d+)  (?=\w)", EXIT_CODES)) == all_of_them


def command_parser(name: str) -> Parser:
    (commands,) = (a for a in parser()._actions if isinstance(a, argparse._SubParsersAction))
    found = commands.choices[name]
    assert isinstance(found, Parser)
    return found


def options_of(command: Parser) -> set[str]:
    return {text for action in command._actions for text in action.option_strings if text.startswith("--")}


@pytest.mark.parametrize("name", ["run", "open", "compare"])
def test_the_page_of_the_commands_lists_all_options_of_a_command_and_no_others(name: str) -> None:
    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    (section,) = re.findall(rf"^## readycheck {name}\n(.*?)(?=^## )", page, re.S | re.M)
    listed = set(re.findall(r"--[a-z-]+", "".join(re.findall(r"^\| (`--.*?) \|", section, re.M))))
    assert listed == options_of(command_parser(name)) - {"--help"}
