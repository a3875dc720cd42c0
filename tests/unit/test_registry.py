from importlib.metadata import EntryPoint

from readycheck.registry import GROUP, load_all, load_points, names


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
