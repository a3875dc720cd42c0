"""The table: sums, the figures beside what is wanted, and the Markdown that people read."""

from typing import Any

import pytest

from tests.lab import catalogue, table
from tests.lab.judge import Row
from tests.lab.table import Figure

HEALTHY = catalogue.healthy()[0].name
FAULT, OTHER = (case.name for case in catalogue.faults()[:2])


def row(*names: str, right: bool = True, **changes: Any) -> Row:
    return Row(**{"names": names, "right_cause": right, "right_owner": right, "verdict": "ready", **changes})


def figure(what: str, *rows: Row) -> Figure:
    (found,) = [each for each in table.figures(rows) if what in each.what]
    return found


def test_rows_are_told_apart_by_what_was_on() -> None:
    rows = [row(FAULT), row(HEALTHY), row(FAULT, OTHER)]
    assert table.groups(rows) == {"faults": rows[:1], "healthy": rows[1:2], "pairs": rows[2:]}
    assert table.groups(rows[:1]) == {"faults": rows[:1]}


def test_sums_count_runs_and_not_what_each_lists() -> None:
    rows = [
        row(FAULT, false_red=("a", "b"), seconds=9.0),
        row(FAULT, right=False, seconds=2.0, unknown=("c",)),
        row(FAULT, seconds=3.0, strays=4),
    ]
    sums = table.sums(rows)
    assert (sums.runs, sums.right, sums.false_red, sums.with_unknown, sums.strays) == (3, 2, 1, 1, 4)
    assert (sums.longest_s, sums.median_s) == (9.0, 3.0)


def test_a_fault_is_right_with_cause_and_owner_only() -> None:
    sums = table.sums([row(FAULT, right_owner=False), row(FAULT, right_cause=False), row(FAULT)])
    assert (sums.right_cause, sums.right_owner, sums.right) == (2, 2, 1)


@pytest.mark.parametrize(("wrong", "met"), [(1, True), (2, False)])
def test_of_single_faults_95_percent_have_to_be_right(wrong: int, met: bool) -> None:
    rows = [row(FAULT, right=number >= wrong) for number in range(20)]
    found = figure("a single fault", *rows)
    assert found.met is met
    assert found.seen == ("19 of 20 (95.0%)" if met else "18 of 20 (90.0%)")


@pytest.mark.parametrize(("named", "met"), [(8, True), (7, False)])
def test_of_pairs_80_percent_have_to_have_both_named(named: int, met: bool) -> None:
    rows = [row(FAULT, OTHER, named=2 if number < named else 1) for number in range(10)]
    assert figure("a pair", *rows).met is met


@pytest.mark.parametrize(
    ("what", "bad"),
    [
        ("anything red", row(HEALTHY, false_red=("dns",))),
        ("anything red", row(HEALTHY, right=False)),
        ("answered wrongly", row(FAULT, wrong_answer="ready, not not_ready")),
        ("blamed with confidence", row(FAULT, wrong_blame=("home for x",))),
        ("PASS or FAIL", row(FAULT, false_green=("dns",))),
        ("PASS or FAIL", row(FAULT, false_red=("dns",))),
        ("the longest run", row(FAULT, over_time=True, seconds=130.0)),
        ("outside the lab", row(FAULT, strays=1)),
        ("came to nothing", row(FAULT, trouble="exit 70")),
    ],
)
def test_what_has_to_be_none_is_not_met_by_one(what: str, bad: Row) -> None:
    good = row(bad.names[0], seconds=1.0)
    assert figure(what, good).met
    found = figure(what, good, bad)
    assert not found.met and bad.names[0] in found.seen


@pytest.mark.parametrize(
    ("scores", "verdicts", "met"),
    [
        ((98, 100, 99), ("ready",) * 3, True),
        ((96, 98, 100), ("ready",) * 3, True),
        ((95, 98, 98), ("ready",) * 3, False),
        ((98, 98, 101), ("ready",) * 3, False),
        ((98, 98, 98), ("ready", "ready", "unknown"), False),
        ((98, 98, None), ("ready",) * 3, False),
    ],
)
def test_runs_of_the_same_have_one_verdict_and_scores_within_two_points(
    scores: tuple[int, ...], verdicts: tuple[str, ...], met: bool
) -> None:
    rows = [
        row(HEALTHY, run=number, score=score, verdict=verdict)
        for number, (score, verdict) in enumerate(zip(scores, verdicts, strict=True))
    ]
    assert figure(f"{HEALTHY}, 3 times", *rows).met is met


def test_what_was_run_once_or_twice_says_nothing_about_repetition() -> None:
    assert table.repeated([row(HEALTHY), row(HEALTHY, run=1)]) == {}


def test_without_rows_of_a_kind_its_figure_is_left_out() -> None:
    told = [each.what for each in table.figures([row(HEALTHY)])]
    assert not any("single fault" in what or "a pair" in what for what in told)
    assert not any("healthy set-up" in each.what for each in table.figures([row(FAULT)]))


def test_a_line_for_a_round_says_what_was_told_and_what_is_not_so() -> None:
    told = row(
        FAULT,
        right=False,
        run=2,
        cause_on_top="vpn.x",
        owner_on_top="home or isp",
        false_red=("dns",),
        seconds=4.5,
    )
    assert table.plain(told) == f"WRONG  {FAULT} #2: vpn.x, home or isp; ready, 4.5 s; false red: dns"
    assert table.plain(row(HEALTHY, seconds=3.0)) == f"right  {HEALTHY}: no cause; ready, 3 s"
    assert table.plain(row(FAULT, strays=2)).startswith("WRONG")


def test_the_markdown_has_every_table_whole_and_what_is_wrong_first() -> None:
    rows = [row(HEALTHY, score=100), row(FAULT, right=False, cause_on_top="a|b", trouble="one\ntwo")]
    text = table.markdown(rows)
    blocks = [block.splitlines() for block in text.split("\n\n") if block.startswith("|")]
    assert len(blocks) == 4
    for block in blocks:
        assert len({line.count("|") for line in block}) == 1, block
    places = [line for line in blocks[3] if line.startswith((f"| {HEALTHY} ", f"| {FAULT} "))]
    assert places[0].startswith(f"| {FAULT} ")
    assert "NO" in text and "one two" in text and "a/b" in text


def test_whose_it_was_stands_beside_whose_it_was_said_to_be() -> None:
    case = catalogue.faults()[0]
    truth = " or ".join(case.either) or str(case.whose)
    text = table.markdown(
        [row(case.name, owner_on_top="service"), row(case.name, run=1, owner_on_top="service")]
    )
    assert f"| {truth} | 2 |" in text
