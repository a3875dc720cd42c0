"""Which rounds the truth table has, and that every situation is in it."""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import msgspec
import pytest

from readycheck.model import Report
from tests.lab import catalogue, rounds, sandbox, truth
from tests.lab.judge import Row
from tests.lab.lab import Lab
from tests.lab.rounds import Round
from tests.unit.lab.small import fault, healthy, told


def many(count: int) -> list[catalogue.Case]:
    """Faults that are all independent of each other."""
    return [
        fault(f"f{number}", cause=(f"x.y{number}",), broken=(f"check{number}",)) for number in range(count)
    ]


def test_pairs_are_of_independent_faults_only() -> None:
    same = fault("same", cause=("x.y0",), broken=("other",))
    limit = fault("limit", cause=("x.limit",), broken=("limit",), level="warn")
    pairs = truth.in_pairs([*many(2), same, limit, healthy()], 10)
    assert [each.names for each in pairs] == [("f0", "f1"), ("f1", "same")]


def test_no_fault_is_in_many_pairs_while_others_wait() -> None:
    pairs = truth.in_pairs(many(10), 10)
    used = Counter(name for each in pairs for name in each.names)
    assert len(pairs) == len(set(pairs)) == 10
    assert len(used) == 10 and max(used.values()) <= 3


def test_there_are_no_more_pairs_than_there_are() -> None:
    assert len(truth.in_pairs(many(3), 40)) == 3
    assert truth.in_pairs(many(3), 0) == []


def test_repetitions_have_numbers() -> None:
    assert truth.singly([healthy("a")], 2) == [Round(("a",), 0), Round(("a",), 1)]
    assert [each.number for each in truth.in_pairs(many(2), 1, times=3)] == [0, 1, 2]


def test_the_whole_table_has_every_fault_every_variant_often_and_forty_pairs() -> None:
    asked = truth.chosen("whole")
    times = Counter(each.names for each in asked)
    assert all(times[(case.name,)] == 1 for case in catalogue.faults())
    assert all(times[(case.name,)] >= truth.WHOLE_HEALTHY for case in catalogue.healthy())
    assert sum(len(names) == 2 for names in times) == truth.WHOLE_PAIRS
    assert all(times[(name,)] == truth.WHOLE_REPEATS for name in truth.REPEATED)
    assert len(set(asked)) == len(asked)


def test_the_fast_part_has_every_fast_situation_pairs_and_repetitions_and_every_party() -> None:
    times = Counter(each.names for each in truth.chosen("fast"))
    fast = [case for case in catalogue.cases() if case.fast]
    assert all((case.name,) in times for case in fast)
    assert sum(len(names) == 2 for names in times) == truth.FAST_PAIRS
    assert all(times[(name,)] == truth.FAST_REPEATS for name in truth.REPEATED)
    assert {case.whose for case in fast if case.whose} == {case.whose for case in catalogue.faults()}


NOT_ALL = """
import sys
sys.stdin.buffer.read()
print('{"row": {"names": ["a"]}}', flush=True)
print('{"row": {"na', end="", flush=True)
sys.exit(3)
"""


@pytest.mark.parametrize(("program", "played"), [(NOT_ALL, 1), ("raise SystemExit(3)", 0)])
def test_rounds_whose_lab_ended_before_them_are_rows_that_came_to_nothing(
    monkeypatch: pytest.MonkeyPatch, program: str, played: int
) -> None:
    monkeypatch.setattr(sandbox, "command", lambda arguments: [sys.executable, "-c", program])
    heard: list[Row] = []
    asked = [Round(("a",)), Round(("b",), 2), Round(("c",) * 20_000)]
    rows = truth.side_by_side(asked, 1, None, heard.append)
    assert rows[:played] == heard and [(row.names, row.run) for row in rows] == [
        (r.names, r.number) for r in asked
    ]
    assert [row.trouble for row in rows[played:]] == ["not played: its lab ended with 3"] * (3 - played)


def test_every_report_is_kept_by_the_names_of_its_round(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lines = [
        rounds.Played(Row(names=("a", "b"), run=2), told()),
        rounds.Played(Row(names=("c",), trouble="x")),
    ]
    text = "\n".join(msgspec.json.encode(line).decode() for line in lines)
    program = f"print({text!r})"
    monkeypatch.setattr(sandbox, "command", lambda arguments: [sys.executable, "-c", program])
    truth.side_by_side([Round(("a", "b"), 2), Round(("c",))], 1, tmp_path / "mine")
    assert [file.name for file in tmp_path.glob("mine/reports/*")] == ["a+b.2.json"]
    kept = msgspec.json.decode((tmp_path / "mine/reports/a+b.2.json").read_bytes(), type=Report)
    assert kept == told()


def test_a_command_that_hangs_in_the_lab_is_the_rows_trouble_and_not_the_labs_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hangs(lab: Lab, told: object) -> None:
        raise subprocess.TimeoutExpired("nft", 20)

    monkeypatch.setattr(rounds, "_situation", hangs)
    counting = cast(Lab, SimpleNamespace(strays=lambda: 0))
    row = rounds.play(counting, Round((catalogue.faults()[0].name,))).row
    assert "timed out" in row.trouble and not row.right
