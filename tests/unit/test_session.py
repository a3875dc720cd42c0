import asyncio
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from readycheck.api import Capability, Check, Context, NoOptions, Owner, Says, Status, failed, passed
from readycheck.events import CheckFinished, Event, RunFinished, RunStarted
from readycheck.model import Policy, Verdict
from readycheck.run.assignment import Assignment
from readycheck.run.plan import CapabilityRule, plan_of
from readycheck.run.session import Session
from readycheck.testing import FakeSystem, fake_context


async def fine(options: NoOptions, ctx: Context) -> Says:
    yield passed("test.fine", "It works")


def check(name: str, run: Callable[..., Any] = fine, **fields: Any) -> Check:
    return Check(id=name, title=name.title(), capability=Capability.CONNECTION, run=run, **fields)


def assignment(*checks: Check, title: str = "Test", **fields: Any) -> Assignment:
    return Assignment(
        plan=plan_of(
            [(c, NoOptions()) for c in checks],
            rules={Capability.CONNECTION: CapabilityRule(required=True)},
        ),
        world=lambda planned, meter: fake_context(meter=meter),
        system=FakeSystem(),
        policy=Policy(name=title.lower(), title=title, version="1", hash="0" * 64),
        **fields,
    )


def finished(session: Session) -> Session:
    session.start()
    assert session.wait(20)
    return session


def test_a_face_that_comes_late_hears_everything_in_order() -> None:
    session = finished(Session(assignment(check("a"), check("b", after=("a",)))))
    heard: list[Event] = []
    session.listen(heard.append)
    assert isinstance(heard[0], RunStarted)
    assert isinstance(heard[-1], RunFinished)
    assert [e.result.check_id for e in heard if isinstance(e, CheckFinished)] == ["a", "b"]


def test_the_report_says_where_and_by_what_it_was_judged() -> None:
    report = finished(Session(assignment(check("a"), simulated=("An office",), problems=("A note",)))).report
    assert report is not None
    assert (report.verdict, report.score.value) == (Verdict.READY, 100)
    assert (report.environment.user, report.policy.title) == ("anna", "Test")
    assert (report.simulated, report.problems, report.partial) == (("An office",), ("A note",), False)


def test_what_getting_the_profile_used_is_a_part_of_what_the_run_used() -> None:
    whole = assignment(check("a"))
    fetched = replace(whole, plan=plan_of([(check("a"), NoOptions())], fetched=2_500))
    report = finished(Session(fetched)).report
    assert report is not None
    assert report.bytes_used == 2_500 + sum(result.bytes_used for result in report.results)
    assert report.bytes_stated == 2_500 + sum(result.bytes_stated for result in report.results)


def test_checking_again_runs_only_that_check_and_what_waits_for_it() -> None:
    calls: list[str] = []
    mended = threading.Event()

    def counting(name: str) -> Callable[..., Any]:
        async def run(options: NoOptions, ctx: Context) -> Says:
            calls.append(name)
            if name == "a" and not mended.is_set():
                yield failed("test.broken", "Broken", remedy="Mend it", owner=Owner.DEVICE)
            else:
                yield passed("test.fine", "It works")

        return run

    checks = (check("a", counting("a")), check("b", counting("b"), after=("a",)), check("c", counting("c")))
    session = finished(Session(assignment(*checks)))
    before = session.report
    assert before is not None and before.verdict is Verdict.NOT_READY
    mended.set()
    calls.clear()
    session.check_again("a")
    assert session.wait(20)
    assert calls == ["a", "b"]
    after = session.report
    assert after is not None and after.verdict is Verdict.READY
    assert [r.check_id for r in after.results] == ["a", "c", "b"]


def test_a_stopped_run_gives_a_partial_report() -> None:
    started = threading.Event()

    async def slow(options: NoOptions, ctx: Context) -> Says:
        started.set()
        await asyncio.sleep(30)
        yield passed("test.late", "Late")

    session = Session(assignment(check("slow", slow)))
    session.start()
    assert started.wait(5)
    session.stop()
    assert session.wait(5)
    assert session.report is not None
    assert session.report.partial
    assert session.report.results[0].status is Status.UNKNOWN
    assert session.report.verdict is Verdict.UNKNOWN


def test_a_run_that_is_stopped_at_once_ends_too() -> None:
    session = Session(assignment(check("a"), check("b", after=("a",))))
    session.start()
    session.stop()
    assert session.wait(5)
    assert session.report is not None


def later_known(small: Assignment, known: threading.Event) -> Assignment:
    """An assignment whose plan depends on something that is told only later."""
    return assignment(
        check("whole"), title="Whole", fitting=lambda wait_s: small if known.wait(min(wait_s, 20)) else None
    )


def test_a_face_sees_the_assignment_at_once_and_a_run_waits_for_the_plan_that_fits() -> None:
    known = threading.Event()
    session = Session(later_known(assignment(check("small"), title="Small", notice="A small plan"), known))
    assert (session.profile_title, session.notice) == ("Whole", "")
    heard: list[Event] = []
    session.listen(heard.append)
    session.start()
    assert not session.wait(0.05) and not heard
    known.set()
    assert session.wait(20)
    assert isinstance(heard[0], RunStarted)
    assert [planned.check_id for planned in heard[0].planned] == ["small"]
    assert (session.profile_title, session.notice) == ("Small", "A small plan")
    assert session.report is not None and session.report.problems == ("A small plan",)


def test_a_switch_while_a_run_waits_for_its_plan_goes_to_the_new_profile() -> None:
    known = threading.Event()
    waits = later_known(assignment(check("small"), title="Small"), known)
    session = Session(waits, switch=lambda name: assignment(check("z"), title=name.title()))
    session.start()
    threading.Timer(0.1, known.set).start()
    session.switch_profile("new")
    assert session.wait(20)
    assert session.report is not None and session.report.policy.title == "New"
    assert [result.check_id for result in session.report.results] == ["z"]
    assert not session.report.partial


def test_switching_the_profile_releases_the_old_one_and_runs_the_new() -> None:
    released: list[str] = []
    session = finished(
        Session(
            assignment(check("a"), title="Old", release=lambda: released.append("old")),
            switch=lambda name: assignment(check("z"), title=name.title()),
        )
    )
    session.switch_profile("new")
    assert session.wait(20)
    assert released == ["old"]
    assert session.report is not None
    assert session.profile_title == "New"
    assert session.report.results[0].check_id == "z"


def test_a_run_that_does_not_end_for_a_switch_is_left_behind_and_never_becomes_the_new_report(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("readycheck.run.session.STOP_S", 0.05)
    started, freed, over = threading.Event(), threading.Event(), threading.Event()

    async def deaf(options: NoOptions, ctx: Context) -> Says:
        started.set()
        freed.wait(20)  # keeps its thread, so that no request to stop is heard
        yield passed("test.late", "Late")

    class Watched(FakeSystem):
        """Asked for at the end of a run."""

        def __getattribute__(self, name: str) -> Any:
            over.set()
            return super().__getattribute__(name)

    old = replace(assignment(check("deaf", deaf), title="Old"), system=Watched())
    session = Session(old, switch=lambda name: assignment(check("z"), title=name.title()))
    heard: list[Event] = []
    session.listen(heard.append)
    session.start()
    assert started.wait(5)
    session.switch_profile("new")
    assert session.wait(5)
    assert over.wait(5)  # the old one has come to its report
    freed.set()
    time.sleep(0.1)
    assert session.report is not None and session.report.policy.title == "New"
    after = heard[max(i for i, event in enumerate(heard) if isinstance(event, RunStarted)) :]
    assert [e.result.check_id for e in after if isinstance(e, CheckFinished)] == ["z"]
    assert [e.report.policy.title for e in heard if isinstance(e, RunFinished)] == ["New"]


def test_a_run_that_still_waits_for_its_plan_when_the_profile_is_switched_begins_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("readycheck.run.session.STOP_S", 0.05)
    ran: list[str] = []

    async def counted(options: NoOptions, ctx: Context) -> Says:
        ran.append("z")
        yield passed("test.fine", "It works")

    known = threading.Event()
    waits = later_known(assignment(check("small"), title="Small"), known)
    session = Session(waits, switch=lambda name: assignment(check("z", counted), title=name.title()))
    session.start()
    session.switch_profile("new")
    assert session.wait(5)
    known.set()
    time.sleep(0.1)
    assert ran == ["z"]
    assert session.report is not None and session.report.policy.title == "New"


def test_a_fault_of_our_own_ends_the_wait_and_is_handed_to_the_face() -> None:
    def broken_world(*args: object) -> Context:
        raise RuntimeError("our own fault")

    made = assignment(check("a"))
    session = Session(Assignment(plan=made.plan, world=broken_world, system=made.system, policy=made.policy))
    before = time.monotonic()
    session.start()
    assert session.wait(5)
    assert time.monotonic() - before < 5
    assert isinstance(session.failure, RuntimeError)
    assert session.report is None
