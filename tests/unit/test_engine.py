import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from readycheck.api import (
    Capability,
    Check,
    Code,
    Context,
    Finding,
    NoOptions,
    Owner,
    Progress,
    Says,
    Status,
    failed,
    passed,
    warned,
)
from readycheck.events import CheckFinished, CheckStarted, Event, RunStarted
from readycheck.model import CheckResult
from readycheck.run.check_thread import GRACE_S, STRICT, CheckThread, Ended
from readycheck.run.engine import Run
from readycheck.run.line import Line
from readycheck.run.plan import Selection, plan_of
from readycheck.testing import fake_context, run_check


async def fine(options: NoOptions, ctx: Context) -> Says:
    yield passed("test.fine", "It works")


async def broken(options: NoOptions, ctx: Context) -> Says:
    yield failed("test.broken", "It does not work", remedy="Mend it", owner=Owner.DEVICE)


def check(name: str, run: Callable[..., Any] = fine, **fields: Any) -> Check:
    return Check(id=name, title=name.title(), capability=Capability.CONNECTION, run=run, **fields)


def run_all(*checks: Check, heard: list[Event] | None = None, **plan: Any) -> dict[str, CheckResult]:
    events: list[Event] = [] if heard is None else heard
    made = plan_of([(c, NoOptions()) for c in checks], **plan)
    run = Run(made, lambda planned, meter: fake_context(meter=meter), events.append)
    return {r.check_id: r for r in asyncio.run(run.results())}


def test_a_check_runs_after_its_prerequisites_and_all_are_reported_in_plan_order() -> None:
    heard: list[Event] = []
    results = run_all(check("second", after=("first",)), check("first"), heard=heard)
    assert [r.status for r in results.values()] == [Status.PASS, Status.PASS]
    assert list(results) == ["first", "second"]
    started = [event.check_id for event in heard if isinstance(event, CheckStarted)]
    assert started == ["first", "second"]
    assert isinstance(heard[0], RunStarted)


def test_a_failed_check_puts_everything_behind_it_on_hold_with_the_reason() -> None:
    results = run_all(check("root", broken), check("near", after=("root",)), check("far", after=("near",)))
    assert results["near"].status is Status.SKIP
    assert results["far"].behind == ("root",)
    assert results["far"].reason == "On hold until this works: Root"


def test_a_check_behind_a_warning_runs() -> None:
    async def meagre(options: NoOptions, ctx: Context) -> Says:
        yield warned("test.meagre", "Barely", remedy="Improve it")

    assert run_all(check("root", meagre), check("next", after=("root",)))["next"].status is Status.PASS


def test_a_check_that_raises_is_unknown_with_a_note_to_paste_and_stops_nobody() -> None:
    async def raises(options: NoOptions, ctx: Context) -> Says:
        yield passed("test.half", "Half of it works")
        secret = "hunter2"  # must not appear in the note, nor what an exception quotes of it
        try:
            int(secret)
        except ValueError as problem:
            raise ZeroDivisionError(f"no {secret}") from problem

    results = run_all(check("bad", raises), check("good"))
    assert results["good"].status is Status.PASS
    assert results["bad"].status is Status.UNKNOWN
    assert "ZeroDivisionError" in results["bad"].crash and "ValueError" in results["bad"].crash
    assert "hunter2" not in results["bad"].crash.replace('secret = "hunter2"', "")
    assert "check bad" in results["bad"].crash
    assert results["bad"].findings[0].code == "test.half"


def test_a_check_may_even_raise_system_exit() -> None:
    async def leaves(options: NoOptions, ctx: Context) -> Says:
        raise SystemExit(0)
        yield

    assert run_all(check("bad", leaves))["bad"].status is Status.UNKNOWN


def test_a_check_that_takes_too_long_is_unknown_and_keeps_what_it_said() -> None:
    async def slow(options: NoOptions, ctx: Context) -> Says:
        yield Progress("Waiting")
        yield failed("test.early", "Early trouble", remedy="Wait")
        await asyncio.sleep(60)

    result = run_all(check("slow", slow, timeout=0.2))["slow"]
    assert result.status is Status.UNKNOWN
    assert result.reason == "No result: it took longer than 0.2 s"
    assert result.findings[0].code == "test.early"
    assert result.seconds < 2


def test_a_check_that_refuses_to_be_cancelled_is_left_behind() -> None:
    async def stubborn(options: NoOptions, ctx: Context) -> Says:
        while True:
            try:
                await asyncio.sleep(30)
            except asyncio.CancelledError:
                continue
        yield

    before = time.monotonic()
    results = run_all(check("stubborn", stubborn, timeout=0.2), check("good"))
    assert time.monotonic() - before < 0.2 + GRACE_S + 2
    assert "left behind" in results["stubborn"].reason
    assert results["good"].status is Status.PASS


def test_a_check_that_blocks_its_thread_delays_no_other_check() -> None:
    let_go = threading.Event()

    async def blocks(options: NoOptions, ctx: Context) -> Says:
        let_go.wait(20)
        yield passed("test.late", "Late")

    before = time.monotonic()
    results = run_all(check("blocks", blocks, timeout=0.3), check("good"))
    let_go.set()
    assert time.monotonic() - before < 5
    assert results["blocks"].status is Status.UNKNOWN
    assert results["good"].seconds < 1


@pytest.mark.parametrize("garbage", ["a text", None, 42, {"status": "pass"}])
def test_a_check_that_yields_garbage_is_unknown(garbage: object) -> None:
    async def babbles(options: NoOptions, ctx: Context) -> Says:
        yield garbage  # type: ignore[misc]

    result = run_all(check("babbles", babbles))["babbles"]
    assert result.status is Status.UNKNOWN
    assert "TypeError" in result.crash


def test_a_run_function_that_is_no_generator_is_unknown() -> None:
    async def returns(options: NoOptions, ctx: Context) -> Finding:
        return passed("test.fine", "It works")

    result = run_all(check("returns", returns))["returns"]
    assert result.status is Status.UNKNOWN
    assert "async generator" in result.crash


def test_a_check_that_never_stops_talking_is_ended() -> None:
    async def talks(options: NoOptions, ctx: Context) -> Says:
        while True:
            yield Progress("Still here")

    result = run_all(check("talks", talks))["talks"]
    assert result.status is Status.UNKNOWN
    assert "at most" in result.crash


def test_a_check_that_says_nothing_has_not_passed() -> None:
    async def silent(options: NoOptions, ctx: Context) -> Says:
        return
        yield

    assert run_all(check("silent", silent))["silent"].status is Status.UNKNOWN


def test_an_alone_check_shares_the_link_with_nobody() -> None:
    busy: list[str] = []
    overlaps: list[tuple[str, ...]] = []

    def named(name: str) -> Callable[..., Any]:
        async def works(options: NoOptions, ctx: Context) -> Says:
            busy.append(name)
            overlaps.append(tuple(busy))
            await asyncio.sleep(0.1)
            busy.remove(name)
            yield passed("test.fine", "It works")

        return works

    run_all(check("a", named("a")), check("wide", named("wide"), alone=True), check("b", named("b")))
    assert ("wide",) in overlaps
    assert not any("wide" in together and len(together) > 1 for together in overlaps)


def test_the_time_limit_of_the_run_ends_everything_and_says_so() -> None:
    async def slow(options: NoOptions, ctx: Context) -> Says:
        await asyncio.sleep(30)
        yield passed("test.late", "Late")

    before = time.monotonic()
    results = run_all(check("slow", slow, timeout=30), check("later", after=("slow",)), max_seconds=0.3)
    assert time.monotonic() - before < 4
    assert all(r.status is Status.UNKNOWN for r in results.values())
    assert "time was up" in results["later"].reason


def test_a_stopped_run_accounts_for_every_check() -> None:
    async def slow(options: NoOptions, ctx: Context) -> Says:
        await asyncio.sleep(30)
        yield passed("test.late", "Late")

    heard: list[Event] = []
    made = plan_of([(check("slow", slow), NoOptions()), (check("next", after=("slow",)), NoOptions())])
    run = Run(made, lambda planned, meter: fake_context(meter=meter), heard.append)

    async def stopped() -> tuple[CheckResult, ...]:
        asyncio.get_running_loop().call_later(0.1, run.stop)
        return await run.results()

    results = asyncio.run(stopped())
    assert [r.reason for r in results] == ["Stopped before it was done"] * 2
    assert len([event for event in heard if isinstance(event, CheckFinished)]) == 2


def test_a_check_that_is_stopped_before_its_thread_has_begun_does_not_begin() -> None:
    begun: list[str] = []

    async def late(options: NoOptions, ctx: Context) -> Says:
        begun.append("late")
        yield passed("test.late", "Late")

    made = plan_of([(check("late", late), NoOptions())])
    ended: list[object] = []
    thread = CheckThread(made.checks[0], fake_context(), ended.append, Line())
    thread.cancel()
    thread.start()
    until = time.monotonic() + 10
    while not ended and time.monotonic() < until:
        time.sleep(0.01)
    assert not begun and isinstance(ended[0], Ended)


def test_only_what_was_asked_for_runs_and_the_rest_says_so() -> None:
    results = run_all(check("a"), check("b"), selection=Selection(only=frozenset({"a"})))
    assert results["a"].status is Status.PASS
    assert results["b"].status is Status.SKIP
    assert results["b"].behind == ()


DECLARED = (Code("test.fine", "It works", (Status.PASS,)), Code("test.broken", "It does not", (Status.FAIL,)))


@pytest.mark.parametrize(
    "said",
    [
        passed("test.good", "Another code"),
        warned("test.broken", "Another status", remedy="Mend it"),
        failed("test.broken", "An owner", remedy="Mend it", owner=Owner.ISP),
        failed("test.broken", "Owners", remedy="Mend it", either=(Owner.ISP, Owner.HOME)),
    ],
)
def test_a_finding_that_is_not_declared_is_a_defect_in_tests_and_stands_for_a_person(
    said: Finding, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def says(options: NoOptions, ctx: Context) -> Says:
        yield said

    declaring = check("declaring", says, codes=DECLARED)
    assert run_all(declaring)["declaring"].status is Status.UNKNOWN
    assert "does not declare" in run_all(declaring)["declaring"].crash
    with pytest.raises(ValueError, match=said.code):
        asyncio.run(run_check(declaring))
    monkeypatch.delenv(STRICT)
    assert run_all(declaring)["declaring"].status is said.status


def test_a_check_that_declares_no_codes_may_say_any() -> None:
    assert run_all(check("free"), check("kept", codes=DECLARED))["kept"].status is Status.PASS
