"""The catalogue: options as a profile names them, a page that nothing can break out of, codes and their meaning."""

import asyncio
import json
from pathlib import Path
from typing import Annotated

import pytest
from msgspec import Meta, Struct, field

from readycheck.api import (
    Capability,
    Check,
    Code,
    Context,
    NoOptions,
    Options,
    Owner,
    Says,
    Status,
    measured,
    passed,
)
from readycheck.catalogue.meaning import SEVERAL_CHECKS, as_text, meanings, nobody_says
from readycheck.catalogue.options import options_of
from readycheck.catalogue.page import page
from readycheck.catalogue.rows import codes_of, cost_words, rows
from readycheck.cli import run_command
from readycheck.diagnose import diagnose
from readycheck.diagnose.codes import CAUSES, COMPANY_SILENT
from readycheck.exit_codes import ExitCode
from readycheck.model import CheckResult
from readycheck.run.registry import load_all
from readycheck.sizes import readable_size
from readycheck.testing import run_check

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


def test_what_a_check_shares_with_others_is_told_after_what_is_its_own() -> None:
    class Labels(PrinterOptions, frozen=True, kw_only=True):
        sheet: str
        colour: str = ""

    names = [option.name for option in options_of(check(options=Labels)) if "." not in option.name]
    assert names == ["host", "sheet", "colour", "copies", "main", "trays", "spare"]


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
    (found,) = meanings(COMPANY_SILENT.name, [])
    assert found.said_by == (SEVERAL_CHECKS,)


def test_a_check_that_may_fail_by_its_figures_alone_says_so_and_is_explained_as_the_report_calls_it() -> None:
    slow = measured("pages", "Pages a minute", 1, "pages", plan=10, fail=2)
    short = CheckResult(
        check_id="printer:hall",
        capability=Capability.FILES,
        title="Printer",
        status=Status.FAIL,
        measurements=(slow,),
    )
    (cause,) = diagnose([short])
    (found,) = meanings(cause.code, [check(by_figures=True)])
    assert (found.code.remedy, found.said_by) == (cause.next_step, ("printer (printer)",))
    assert f"| `{cause.code}` | fail |" in page(rows([check(by_figures=True)]))


def test_a_check_whose_findings_judge_its_figures_has_no_code_for_the_figures_alone() -> None:
    assert meanings("files.printer", [check()]) == ()
    (found,) = meanings("device.camera", load_all()[0])
    assert found.code.meaning == "A camera is there"


def test_a_check_that_counts_where_its_options_say_may_be_called_after_any_area() -> None:
    anywhere = check(by_figures=True, capability_of=lambda options: Capability.APPS)
    assert {"apps.printer", "calls.printer"} <= {code.name for code in codes_of(anywhere)}


def test_failing_by_figures_alone_without_declaring_it_is_a_defect() -> None:
    async def slow(options: NoOptions, ctx: Context) -> Says:
        yield measured("pages", "Pages a minute", 1, "pages", plan=10, fail=2)

    with pytest.raises(ValueError, match="by_figures"):
        asyncio.run(run_check(check(run=slow)))
    assert asyncio.run(run_check(check(run=slow, by_figures=True))).status is Status.FAIL


def test_of_a_check_of_many_services_no_single_one_is_named_and_those_switched_off_do_not_count() -> None:
    told = {row["id"]: cost_words(row) for row in rows(load_all()[0])}
    assert told["call_service"].endswith(", to the hosts of the service")
    assert told["cloud_files"] == told["chat"] == "as its options say"


def test_the_page_about_the_connection_states_the_amounts_that_are_stated_before_a_run() -> None:
    costs = {row["id"]: row["cost"] for row in rows(load_all()[0])}
    lines = (Path(__file__).parents[2] / "docs" / "connection.md").read_text().splitlines()
    told = {cells[1].strip(" `"): cells[4].strip() for line in lines if len(cells := line.split("|")) == 6}
    for check_id in ("gateway", "internet", "line", "path_mtu", "quic", "public_address"):
        assert told[check_id].partition(",")[0] == readable_size(costs[check_id]["bytes"])


def test_the_page_ends_each_sentence_once() -> None:
    told = page(rows([check("a", summary="Whether it prints"), check("b", summary="Does it print?")]))
    assert "**a**: Whether it prints.\n" in told and "**b**: Does it print?\n" in told


def test_values_of_an_enumeration_are_told_and_numbers_have_all_their_digits() -> None:
    class Wide(Options, frozen=True, kw_only=True):
        capability: Annotated[Capability, Meta(description="What for")] = Capability.APPS
        several: tuple[Capability, ...] = ()
        most: Annotated[int, Meta(ge=131072, le=10**8)] = 10**6
        part: Annotated[float, Meta(gt=0, lt=1.5)] = 1

    kinds = {option.name: option.kind for option in options_of(check(options=Wide))}
    assert '"apps" or "calls" or "connection"' in kinds["capability"] and "table" not in kinds["several"]
    assert kinds["most"] == "whole number, 131072 to 100000000"
    assert kinds["part"] == "number, above 0, below 1.5"


@pytest.mark.parametrize("each", load_all()[0], ids=lambda each: each.id)
def test_the_built_in_checks_are_told_whole(each: Check) -> None:
    """Every option has its meaning; what a check finds out is a noun clause without an end mark."""
    assert [option.name for option in options_of(each) if not option.description] == []
    assert each.summary.split()[0] in ("Whether", "How", "What", "Which")
    assert each.summary[-1] not in ".?!"


@pytest.mark.parametrize(
    "code", [*(code for each in load_all()[0] for code in each.codes), *CAUSES], ids=lambda code: code.name
)
def test_nobody_is_named_where_nothing_is_wrong_or_nothing_is_known(code: Code) -> None:
    assert not code.owners or {Status.WARN, Status.FAIL} & set(code.status)


def test_a_code_that_nobody_says_is_refused_with_the_nearest_one() -> None:
    assert meanings("files.jamed", [check()]) == ()
    assert nobody_says("files.jamed", [check()]).endswith('says "files.jamed". Did you mean "files.jammed"?')


def test_the_command_explains_codes_in_words_and_as_data(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run_command(["explain", "device.disk_full"]) == ExitCode.READY
    assert "Said by: Disk space (disk)" in capsys.readouterr().out
    place = tmp_path / "told.json"
    asked = ["explain", "device.disk_full", COMPANY_SILENT.name, "--format", "json", "--output", str(place)]
    assert run_command(asked) == ExitCode.READY
    assert [row["code"] for row in json.loads(place.read_bytes())] == [
        "device.disk_full",
        COMPANY_SILENT.name,
    ]
    assert run_command(["explain", "device.disk_ful"]) == ExitCode.USAGE
    assert 'Did you mean "device.disk_full"?' in capsys.readouterr().err


@pytest.mark.parametrize("format_", ["text", "json"])
def test_of_several_codes_the_known_ones_are_explained_and_the_unknown_ones_named(
    capsys: pytest.CaptureFixture[str], format_: str
) -> None:
    codes = ["device.disk_ful", "device.disk_full", "nonsense", COMPANY_SILENT.name]
    assert run_command(["explain", *codes, "--format", format_]) == ExitCode.USAGE
    told = capsys.readouterr()
    assert "device.disk_full" in told.out and COMPANY_SILENT.name in told.out and "nonsense" not in told.out
    first, second = told.err.splitlines()
    assert 'says "device.disk_ful". Did you mean "device.disk_full"?' in first
    assert 'says "nonsense". readycheck checks lists all' in second
