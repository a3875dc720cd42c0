"""The catalogue: options as a profile names them, a page that nothing can break out of, codes and their meaning."""

import json
from pathlib import Path
from typing import Annotated

import pytest
from msgspec import Meta, Struct, field

from readycheck.api import Capability, Check, Code, Context, NoOptions, Options, Owner, Says, Status, passed
from readycheck.catalogue.meaning import SEVERAL, as_text, meanings
from readycheck.catalogue.options import options_of
from readycheck.catalogue.page import page
from readycheck.catalogue.rows import rows
from readycheck.cli import run_command
from readycheck.diagnose.work import COMPANY_SILENT
from readycheck.errors import UsageError
from readycheck.exit_codes import ExitCode

JAMMED = Code(
    "files.jammed", "Paper is stuck", (Status.WARN, Status.FAIL), (Owner.DEVICE, Owner.COMPANY), "Pull it out"
)


class Tray(Struct, frozen=True):
    """Where paper lies."""

    size: Annotated[str, Meta(description="A4 or A5")] = "A4"
    inner: "Tray | None" = None


class PrinterOptions(Options, frozen=True, kw_only=True):
    host: Annotated[str, Meta(description="Where it is")]
    copies: Annotated[int, Meta(ge=1, le=9, description="How many")] = 1
    main: Tray | None = None
    trays: Annotated[dict[str, Tray], Meta(description="Its trays")] = field(default_factory=dict)
    spare: tuple[Tray, ...] = ()


async def run(options: NoOptions, ctx: Context) -> Says:
    yield passed("files.printed", "Printed")


def check(name: str = "printer", **fields: object) -> Check:
    given = {"title": name, "capability": Capability.FILES, "run": run, "codes": (JAMMED,)} | fields
    return Check(id=name, **given)  # type: ignore[arg-type]


def test_options_stand_behind_the_tables_that_hold_them_and_a_table_that_holds_itself_is_told_once() -> None:
    named = {option.name: option for option in options_of(check(options=PrinterOptions))}
    assert list(named) == [
        *("host", "copies", "main", "main.size", "main.inner"),
        *("trays", "trays.NAME.size", "trays.NAME.inner", "spare", "spare[].size", "spare[].inner"),
    ]
    assert named["host"].needed and not named["copies"].needed
    assert named["copies"].kind == "whole number, 1 to 9"
    assert named["copies"].default == 1
    assert (named["trays"].kind, named["spare"].kind) == ("tables by name", "list of tables")
    assert named["trays.NAME.size"].description == "A4 or A5"


def test_a_row_tells_the_codes_and_no_cost_where_only_a_profile_can_tell_it() -> None:
    (row,) = rows([check(options=PrinterOptions, cost=lambda options, quick: 1 / 0)])
    assert row["cost"] is None
    assert row["codes"] == [
        {
            "code": "files.jammed",
            "meaning": "Paper is stuck",
            "status": ["warn", "fail"],
            "owners": ["device", "company"],
            "remedy": "Pull it out",
        }
    ]
    json.dumps(row)


def test_what_a_plug_in_says_cannot_become_markup() -> None:
    evil = Code("files.evil`|x", "a | b\n# <b>[x](y)</b>", (Status.FAIL,), (), "`rm`")
    told = page(rows([check(title="*x*", summary="line\n## two", codes=(evil,))]))
    assert "\\*x\\*" in told
    assert "A \\| b \\# \\<b\\>\\[x\\](y)\\</b\\>" in told
    assert "| `files.evilx` |" in told
    assert "\n## two" not in told


def test_a_code_of_two_checks_is_told_once_with_both_and_a_different_one_by_itself() -> None:
    other = Code("files.jammed", "Something else is stuck", (Status.FAIL,))
    found = meanings("files.jammed", [check("one"), check("two"), check("three", codes=(other,))])
    assert [meaning.said_by for meaning in found] == [("one (one)", "two (two)"), ("three (three)",)]
    text = as_text(found[0])
    assert "Means: Paper is stuck" in text
    assert "Whose: this computer (device) or your company's IT (company)" in text
    assert "What to do: Pull it out" in text
    assert "Whose: not clear from this alone" in as_text(found[1])


def test_a_cause_that_no_check_finds_by_itself_has_a_meaning_too() -> None:
    (found,) = meanings(COMPANY_SILENT, [])
    assert found.said_by == (SEVERAL,)


def test_a_check_that_failed_by_its_figures_alone_has_a_meaning_too() -> None:
    (found,) = meanings("files.printer", [check()])
    assert "failing limit" in found.code.meaning


def test_a_code_that_nobody_says_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match=r'says "files.jamed"\. Did you mean "files.jammed"\?'):
        meanings("files.jamed", [check()])


def test_the_command_explains_codes_in_words_and_as_data(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run_command(["explain", "device.disk_full"]) == ExitCode.READY
    assert "Said by: Disk space (disk)" in capsys.readouterr().out
    place = tmp_path / "told.json"
    asked = ["explain", "device.disk_full", COMPANY_SILENT, "--format", "json", "--output", str(place)]
    assert run_command(asked) == ExitCode.READY
    assert [row["code"] for row in json.loads(place.read_bytes())] == ["device.disk_full", COMPANY_SILENT]
    assert run_command(["explain", "device.disk_ful"]) == ExitCode.USAGE
    assert 'Did you mean "device.disk_full"?' in capsys.readouterr().err
