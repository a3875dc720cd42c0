"""On a metered connection the small plan is taken by itself, unless the person said how much data may be used."""

from typing import Any

import pytest

from readycheck import wiring
from readycheck.plan import Selection
from readycheck.testing import FakeSystem
from readycheck.wiring import Ask, assign, switching_session


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> FakeSystem:
    """The connection of this computer, metered until told otherwise."""
    here = FakeSystem(costs_by_data=True)
    monkeypatch.setattr(wiring, "real_system", lambda run: here)
    return here


def test_a_metered_connection_gets_the_small_plan_and_one_sentence(system: FakeSystem) -> None:
    assignment = assign(Ask(source="office"))
    assert assignment.plan.quick
    assert assignment.plan.stated_bytes < 3_000_000
    assert assignment.notice == (
        "This connection is metered: small plan, at most "
        f"{assignment.plan.stated_bytes / 1e6:.1f} MB. Whole plan: --full."
    )
    assert assignment.notes[0] == assignment.notice


@pytest.mark.parametrize("told", [False, None])
def test_an_unmetered_connection_and_an_unknown_one_change_nothing(
    system: FakeSystem, told: bool | None
) -> None:
    system.costs_by_data = told
    assignment = assign(Ask(source="office"))
    assert not assignment.plan.quick
    assert not assignment.notice
    assert assignment.plan.stated_bytes > 3_000_000


@pytest.mark.parametrize(
    ("asked", "quick"),
    [
        ({"full": True}, False),
        ({"quick": True}, True),
        ({"max_bytes": 20_000_000}, False),
        ({"offline": True}, False),
    ],
)
def test_what_the_person_said_about_data_goes_before_what_the_connection_costs(
    system: FakeSystem, asked: dict[str, Any], quick: bool
) -> None:
    assignment = assign(Ask(source="office", selection=Selection(**asked)))
    assert assignment.plan.quick is quick
    assert not assignment.notice


def test_a_whole_plan_that_is_small_stays(system: FakeSystem) -> None:
    assignment = assign(Ask(source="office", selection=Selection(only=frozenset({"dns", "tls"}))))
    assert not assignment.plan.quick
    assert not assignment.notice


def test_the_app_shows_its_profiles_with_the_plan_that_would_run(system: FakeSystem) -> None:
    metered = switching_session("office")
    assert metered.notice
    office = next(choice for choice in metered.profiles() if choice.name == "office")
    assert office.max_bytes == metered.max_bytes < 3_000_000
    assert office.hosts == metered.hosts
    whole = switching_session("office", Selection(full=True))
    assert not whole.notice
    assert next(c for c in whole.profiles() if c.name == "office").max_bytes == whole.max_bytes > 3_000_000
