"""make test: which tests run where, and the last lines."""

from pathlib import Path

import pytest

from tests import run_all
from tests.lab import machine
from tests.run_all import LAB, NOTHING_COLLECTED, TESTS, Outcome

IGNORE = f"--ignore={LAB}"


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(TESTS).parent)


@pytest.mark.parametrize(
    ("arguments", "here", "in_lab"),
    [
        ([], [str(TESTS), IGNORE], [str(LAB)]),
        (["tests"], ["tests", IGNORE], [str(LAB)]),
        (["."], [".", IGNORE], [str(LAB)]),
        (["-x", "-k", "vpn"], [str(TESTS), IGNORE, "-x", "-k", "vpn"], [str(LAB), "-x", "-k", "vpn"]),
        (["tests/unit"], ["tests/unit"], []),
        (["tests/unit/lab", "-x"], ["tests/unit/lab", "-x"], []),
        (["tests/lab"], [], ["tests/lab"]),
        (["tests/lab/test_lab.py::test_x", "-v"], [], ["tests/lab/test_lab.py::test_x", "-v"]),
        (["tests/unit", "tests/lab/test_lab.py"], ["tests/unit"], ["tests/lab/test_lab.py"]),
    ],
)
def test_tests_of_the_lab_run_in_it_and_all_others_here(
    arguments: list[str], here: list[str], in_lab: list[str]
) -> None:
    assert run_all.parts(arguments) == (here, in_lab)


@pytest.mark.parametrize(
    ("codes", "merged"),
    [
        ((0,), 0),
        ((0, 0), 0),
        ((1, 0), 1),
        ((0, 1), 1),
        ((0, NOTHING_COLLECTED), 0),
        ((NOTHING_COLLECTED, 0), 0),
        ((NOTHING_COLLECTED,), NOTHING_COLLECTED),
        ((NOTHING_COLLECTED, NOTHING_COLLECTED), NOTHING_COLLECTED),
        ((NOTHING_COLLECTED, 1), 1),
        ((2, 1), 2),
        ((0, 137), 137),
    ],
)
def test_all_is_well_where_each_part_is(codes: tuple[int, ...], merged: int) -> None:
    assert run_all.merged([Outcome(code) for code in codes]).code == merged


def test_what_could_not_run_is_added_up() -> None:
    found = run_all.merged([Outcome(0, {"pty: x": 1, "lab: y": 2}), Outcome(0, {"pty: x": 3})])
    assert found.unrun == {"pty: x": 4, "lab: y": 2}


def test_the_last_lines_say_what_was_not_run_and_what_had_to_be() -> None:
    lines, owed = run_all.summary({"lab: needs root": 2, "help desk: none": 1}, ["lab", "pty"])
    assert lines == [
        "not run here: 1 x help desk: none",
        "not run here: 2 x lab: needs root",
        "this machine must be able to run: lab: needs root",
    ]
    assert owed == ["lab: needs root"]


def test_a_need_of_no_name_is_owed_by_nobody() -> None:
    assert run_all.summary({}, [""]) == (["not run here: nothing, every test ran"], [])
    assert run_all.summary({"lab: needs root": 1}, [""])[1] == []


def test_where_the_lab_cannot_run_its_tests_are_not_run_for_that_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(machine, "obstacle", lambda: "needs root")
    assert run_all.run_in_labs([["tests/lab"]]) == [Outcome(0, {"lab: all of tests/lab: needs root": 1})]


def test_what_measures_time_runs_alone_and_everything_else_side_by_side() -> None:
    paths = run_all.alone()
    assert str(TESTS / "unit" / "measure") in paths
    assert str(TESTS / "checks" / "test_bandwidth.py") in paths
    left_out = [each.partition("=")[2] for each in run_all.side_by_side() if each.startswith("--ignore")]
    assert all(any(Path(path).match(pattern) for pattern in left_out) for path in paths)
    assert str(LAB) in left_out


def test_the_labs_share_all_of_their_tests_between_them() -> None:
    shared = [Path(path).name for share in run_all.lab_shares() for path in share]
    assert sorted(shared) == sorted(path.name for path in LAB.glob("test_*.py"))
