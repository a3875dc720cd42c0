"""On a metered connection the small plan is taken by itself, unless the person said how much data may be used."""

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from readycheck import wiring
from readycheck.api import Meter
from readycheck.run.plan import Selection
from readycheck.run.session import Session
from readycheck.testing import FakeSystem
from readycheck.wiring import Ask, assign, switching_session


class Here(FakeSystem):
    """The connection of this computer; ``tells`` is cleared while the system keeps the answer to itself."""

    def __init__(self) -> None:
        super().__init__(costs_by_data=True)
        self.tells = threading.Event()
        self.tells.set()

    async def metered(self) -> bool | None:
        await asyncio.to_thread(self.tells.wait, 60)
        return self.costs_by_data


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Here:
    """Metered until told otherwise, and with time to say so, for the machine may be busy."""
    here = Here()
    monkeypatch.setattr(wiring, "real_system", lambda run: here)
    monkeypatch.setattr("readycheck.adapters.metering.LIMIT_S", 30.0)
    return here


def known(session: Session) -> Session:
    """From when the system has told; nothing is run."""
    session._fitted(30.0)
    return session


def test_a_metered_connection_gets_the_small_plan_and_one_sentence(system: Here) -> None:
    assignment = assign(Ask(source="office"))
    assert assignment.plan.quick
    assert all(planned.quick for planned in assignment.plan.running)
    assert assignment.plan.stated_bytes < 3_000_000
    most = f"{assignment.plan.stated_bytes / 1e6:.1f} MB"
    assert assignment.notice == f"Metered connection: at most {most}. All: readycheck --full"
    assert assignment.notes[0] == assignment.notice


def test_a_check_whose_whole_plan_does_not_fit_into_the_limit_is_told_to_take_its_small_one(
    system: Here,
) -> None:
    everything = assign(Ask(source="office", selection=Selection(full=True))).plan
    whole = next(p for p in everything.checks if p.check_id == "call_path")
    only = Selection(only=frozenset({"call_path"}), max_bytes=whole.stated_bytes - 1)
    assignment = assign(Ask(source="office", selection=only))
    (path,) = (p for p in assignment.plan.running if p.check_id == "call_path")
    assert path.quick and not assignment.plan.quick
    assert assignment.world(path, Meter()).quick


@pytest.mark.parametrize("told", [False, None])
def test_an_unmetered_connection_and_an_unknown_one_change_nothing(system: Here, told: bool | None) -> None:
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
    system: Here, asked: dict[str, Any], quick: bool
) -> None:
    system.tells.clear()  # nobody waits for it either
    assignment = assign(Ask(source="office", selection=Selection(**asked)))
    assert assignment.plan.quick is quick
    assert not assignment.notice


def test_a_whole_plan_that_is_small_stays(system: Here) -> None:
    assignment = assign(Ask(source="office", selection=Selection(only=frozenset({"dns", "tls"}))))
    assert not assignment.plan.quick
    assert not assignment.notice


def test_the_app_shows_its_profiles_with_the_plan_that_would_run(system: Here) -> None:
    metered = known(switching_session("office"))
    assert metered.notice
    office = next(choice for choice in metered.profiles() if choice.name == "office")
    assert office.max_bytes == metered.max_bytes < 3_000_000
    assert office.hosts == metered.hosts
    whole = known(switching_session("office", Selection(full=True)))
    assert not whole.notice
    assert next(c for c in whole.profiles() if c.name == "office").max_bytes == whole.max_bytes > 3_000_000


def test_the_app_does_not_wait_for_the_system_and_takes_the_small_plan_when_it_has_told(system: Here) -> None:
    system.tells.clear()
    session = switching_session("office")
    assert not session.notice and session.max_bytes > 3_000_000, "at most so much, whatever is told later"
    system.tells.set()
    assert known(session).notice and session.max_bytes < 3_000_000


def test_a_profile_whose_own_plan_is_small_does_not_hide_that_the_connection_is_metered(
    system: Here, tmp_path: Path
) -> None:
    thrifty = tmp_path / "thrifty.toml"
    thrifty.write_text("schema = 1\n[checks.bandwidth]\nenabled = false\n", encoding="utf-8")
    session = switching_session(str(thrifty))
    known(session)
    assert not session.notice
    assert next(c for c in session.profiles() if c.name == "office").max_bytes < 3_000_000


@pytest.mark.parametrize("later", [False, None])
def test_plans_do_not_change_back_when_the_system_tells_something_else_later(
    system: Here, later: bool | None
) -> None:
    session = known(switching_session("office"))
    system.costs_by_data = later
    assert session._switch is not None
    assert session._switch("office").fitted().plan.quick
    assert next(c for c in session.profiles() if c.name == "office").max_bytes < 3_000_000
