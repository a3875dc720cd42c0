import time
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest

from readycheck.run.registry import GROUP, load_all, load_points, names


def point(name: str, value: str) -> EntryPoint:
    return EntryPoint(name=name, value=value, group=GROUP)


def test_the_built_in_checks_come_through_the_same_door_as_everybodys() -> None:
    checks, problems = load_all()
    assert [str(problem) for problem in problems] == []
    assert {check.id for check in checks} == set(names())
    assert len(checks) >= 28


def test_a_plug_in_that_breaks_is_a_problem_and_stops_nobody() -> None:
    checks, problems = load_points(
        (
            point("gone", "readycheck_no_such_package:check"),
            point("wrong", "readycheck.text:clean"),
            point("interface", "readycheck_checks.interface:check"),
        )
    )
    assert [check.id for check in checks] == ["interface"]
    assert [problem.name for problem in problems] == ["gone", "wrong"]
    assert "ModuleNotFoundError" in problems[0].message
    assert "not a readycheck.api.Check" in problems[1].message


def test_a_check_registered_under_another_name_is_refused() -> None:
    _, problems = load_points((point("dns", "readycheck_checks.interface:check"),))
    assert 'its id is "interface"' in problems[0].message


def test_the_second_check_of_the_same_id_is_refused_and_named() -> None:
    twice = point("interface", "readycheck_checks.interface:check")
    checks, problems = load_points((twice, twice))
    assert len(checks) == 1
    assert "already" in problems[0].message


def test_a_plug_in_that_ends_the_program_at_import_is_a_problem_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plug_in_that_leaves.py").write_text("raise SystemExit(3)")
    monkeypatch.syspath_prepend(tmp_path)
    checks, problems = load_points((point("leaves", "plug_in_that_leaves:check"),))
    assert checks == ()
    assert "SystemExit" in problems[0].message


def test_a_plug_in_that_hangs_at_import_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plug_in_that_hangs.py").write_text("import time\ntime.sleep(5)")
    monkeypatch.syspath_prepend(tmp_path)
    begun = time.monotonic()
    checks, problems = load_points(
        (
            point("hangs", "plug_in_that_hangs:check"),
            point("interface", "readycheck_checks.interface:check"),
        ),
        limit_s=0.2,
    )
    assert time.monotonic() - begun < 4
    assert [check.id for check in checks] == ["interface"]
    assert "longer than 0.2 s" in problems[0].message


def test_nobody_takes_the_place_of_a_check_of_readycheck() -> None:
    own = next(one for one in entry_points(group=GROUP) if one.name == "disk")
    foreign = point("disk", "readycheck_checks.disk:check")
    assert own.dist is not None
    _, problems = load_points((foreign, own))
    assert [problem.distribution for problem in problems] == ["an unknown distribution"]
    assert 'readycheck has a check "disk" already' in problems[0].message
