"""What many measurements of a rate say together: nothing that failed or was left out flatters a figure."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from bench import rates, world
from bench.figure import Figure
from bench.rate_runs import Cell, Run, cells_of, summary, table


def run(
    error: float = 0.0,
    *,
    converged: bool = True,
    low: float = -1.0,
    high: float | None = 1.0,
    wrong: str = "",
    alone: bool = False,
) -> Run:
    return Run(
        server="nginx",
        direction="down",
        alone=alone,
        error=error,
        low_error=low,
        high_error=high,
        converged=converged,
        seconds=1,
        seconds_all=2,
        megabytes=11,
        wrong=wrong,
    )


def cell(*runs: Run, mbps: float = 100, not_emulated: str = "") -> Cell:
    return Cell(mbps=mbps, rtt_ms=20, loss=0.0, runs=runs, not_emulated=not_emulated)


def found(*cells: Cell, wanted: int = 1) -> dict[str, Figure]:
    return {each.name: each for each in summary(cells, wanted)}


def test_a_rate_that_settled_far_off_is_counted_as_the_worst_that_can_happen() -> None:
    figures = found(cell(run(0.1), run(-6.0, low=-8, high=-4), run(-20, converged=False)))
    off = figures['download: "converged" but off by more than 5 %']
    assert off.value == 1 and not off.met and "100 Mbit/s 20 ms" in off.note
    assert figures["download: error, median"].value == pytest.approx(3.05)


def test_a_run_that_failed_is_a_miss_and_not_left_out() -> None:
    figures = found(cell(run(0.1), run(wrong="curl: no route"), run(0.1)))
    failed = figures["download: failed"]
    assert failed.value == 1 and not failed.met and "no route" in failed.note
    assert figures["download: error, 95 %"].value > 50


def test_floors_are_counted_apart_and_have_no_error() -> None:
    figures = found(cell(run(0.1), run(-40, converged=False, low=-50, high=None)))
    assert figures["download: error, median"].value == pytest.approx(0.1)
    assert "1 converged, 1 at least, 0 not settled, 0 failed" in figures["download: error, median"].note
    floors = figures['download: only "at least"']
    assert floors.value == 1 and not floors.is_judged and "-40 %" in floors.note


def test_a_floor_holds_every_truth_above_it_and_none_below() -> None:
    assert run(-30, converged=False, low=-40, high=None).holds_truth
    assert not run(30, converged=False, low=20, high=None).holds_truth


def test_the_load_alone_has_figures_of_its_own() -> None:
    figures = found(cell(run(2.0), run(0.1, alone=True)))
    assert figures["download: error, median"].value == pytest.approx(2.0)
    assert figures["download, the load alone: error, median"].value == pytest.approx(0.1)


def test_cells_not_emulated_and_not_reached_are_said_and_not_counted() -> None:
    figures = found(cell(run(0.1)), cell(mbps=1000, not_emulated="too fast"), wanted=5)
    left_out = figures["cells not emulated, not counted"]
    assert left_out.value == 1 and "1000 Mbit/s" in left_out.note
    assert figures["cells not reached"].value == 3
    assert figures["download: error, median"].runs == 1


def test_a_cell_that_the_machine_does_not_carry_says_so_and_has_no_figures() -> None:
    row = table([cell(mbps=1000, not_emulated="too fast")]).splitlines()[2]
    assert row.startswith("| 1000 | 20 | 0 | both |") and row.endswith("| not emulated: too fast |")
    assert row.count("|") == table([]).splitlines()[0].count("|")


def test_every_row_has_as_many_columns_as_the_head() -> None:
    rows = table([cell(run(0.1), run(alone=True)), cell(run(wrong="it|broke\nhere"), mbps=2)]).splitlines()
    assert len(rows) == 5 and len({row.count("|") for row in rows}) == 1


def test_a_file_is_read_cell_by_cell_without_a_line_that_was_cut_off() -> None:
    whole = cell(run(0.1), run(wrong="broken"))
    text = whole.line() + cell(mbps=2).line()[:-5]
    assert cells_of(text.splitlines(keepends=True)) == [whole]


def test_of_a_cell_that_is_there_twice_the_later_counts() -> None:
    later = cell(run(0.3))
    assert cells_of([cell(not_emulated="busy").line(), later.line()]) == [later]


def test_a_run_that_is_taken_up_again_does_what_is_missing_or_was_not_carried(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, asked = tmp_path / "rates.jsonl", []

    def streamed(module: str, *words: str) -> Iterator[dict[str, object]]:
        asked.extend(json.loads(words[-1]))
        yield asdict(cell(run(0.2), mbps=1000))

    monkeypatch.setattr(world, "streamed", streamed)
    file.write_text(cell(run(0.1)).line() + cell(mbps=1000, not_emulated="busy").line())
    rates._measure(file, [(100, 20, 0.0), (1000, 20, 0.0)], ["--whole"], resume=True)
    assert asked == [[1000, 20, 0.0]]
    assert [each.runs[0].error for each in cells_of(file.read_text().splitlines(keepends=True))] == [0.1, 0.2]
