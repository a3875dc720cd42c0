"""The line to itself: which checks have it, who waits, and what becomes of their time."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from readycheck.api import Capability, Check, Context, NoOptions, Progress, Says, Status, passed
from readycheck.events import CheckProgressed, Event
from readycheck.model import CheckResult
from readycheck.run.check_thread import GRACE_S, WAITING
from readycheck.run.engine import Run
from readycheck.run.line import Line, Stopwatch, Turn
from readycheck.run.plan import plan_of
from readycheck.testing import fake_context

LONG_S = 10.0  # a busy machine takes its time; what hangs here does so for longer
Work = Callable[[Context], Coroutine[Any, Any, None]]


def check(name: str, work: Work, **fields: Any) -> Check:
    async def run(options: NoOptions, ctx: Context) -> Says:
        yield Progress("At work")
        await work(ctx)
        yield passed("test.fine", "It works")

    return Check(id=name, title=name.title(), capability=Capability.FILES, run=run, **fields)


def run_all(*checks: Check, heard: list[Event] | None = None, **plan: Any) -> dict[str, CheckResult]:
    made = plan_of([(c, NoOptions()) for c in checks], **plan)
    events: list[Event] = [] if heard is None else heard
    run = Run(made, lambda planned, meter: fake_context(meter=meter), events.append)
    return {r.check_id: r for r in asyncio.run(run.results())}


class Seen:
    """Who was at what at the same moment."""

    def __init__(self) -> None:
        self.on_line: list[str] = []
        self.together: list[tuple[str, ...]] = []
        self.begun: list[float] = []

    def measuring(self, name: str, seconds: float = 0.05) -> Work:
        async def work(ctx: Context) -> None:
            self.begun.append(time.monotonic())
            async with ctx.line:
                self.on_line.append(name)
                self.together.append(tuple(self.on_line))
                await asyncio.sleep(seconds)
                self.on_line.remove(name)

        return work


async def stubborn(ctx: Context) -> None:
    async with ctx.line:
        time.sleep(GRACE_S + 11)  # noqa: ASYNC251 - what blocks its thread cannot be cancelled


async def hangs(ctx: Context) -> None:
    async with ctx.line:
        await asyncio.sleep(60)


def after_a_moment(work: Work) -> Work:
    async def later(ctx: Context) -> None:
        await asyncio.sleep(0.1)
        await work(ctx)

    return later


def test_of_three_checks_that_measure_at_the_same_moment_one_has_the_line_at_a_time() -> None:
    seen = Seen()
    results = run_all(*(check(name, seen.measuring(name)) for name in "abc"))
    assert sorted(seen.together) == [("a",), ("b",), ("c",)]
    assert {r.status for r in results.values()} == {Status.PASS}


def test_what_comes_before_the_transfer_runs_side_by_side() -> None:
    seen = Seen()
    run_all(*(check(name, seen.measuring(name, 1.0)) for name in "abc"))
    assert max(seen.begun) - min(seen.begun) < 1.0


def test_the_time_of_a_check_stands_while_it_waits_for_the_line() -> None:
    seen, heard = Seen(), list[Event]()
    first, second = check("a", seen.measuring("a", 1.2)), check("b", seen.measuring("b", 1.2))
    third = check("c", seen.measuring("c", 1.2), timeout=3.0)
    results = run_all(first, second, third, heard=heard)
    assert {r.status for r in results.values()} == {Status.PASS}
    assert all(r.seconds < 3.0 for r in results.values())
    assert WAITING in [event.text for event in heard if isinstance(event, CheckProgressed)]


def test_a_check_that_takes_too_long_after_its_wait_is_ended_by_its_own_limit() -> None:
    seen = Seen()
    before = time.monotonic()
    results = run_all(
        check("first", seen.measuring("first", 0.4)), check("slow", after_a_moment(hangs), timeout=0.5)
    )
    assert results["first"].status is Status.PASS
    assert results["slow"].reason.startswith("No result: it took longer than 0.5 s")
    assert time.monotonic() - before < LONG_S


def test_one_that_hangs_with_the_line_is_ended_by_its_limit_and_the_others_still_measure() -> None:
    seen = Seen()
    results = run_all(
        check("hung", hangs, timeout=0.3), check("next", after_a_moment(seen.measuring("next")))
    )
    assert results["hung"].status is Status.UNKNOWN
    assert results["next"].status is Status.PASS


def test_one_that_blocks_its_thread_with_the_line_is_left_behind_and_the_others_still_measure() -> None:
    seen = Seen()
    before = time.monotonic()
    results = run_all(
        check("blocked", stubborn, timeout=0.2), check("next", after_a_moment(seen.measuring("next")))
    )
    assert "left behind" in results["blocked"].reason
    assert results["next"].status is Status.PASS
    assert time.monotonic() - before < LONG_S


def test_one_that_gives_up_waiting_leaves_the_line_free() -> None:
    seen = Seen()

    async def impatient(ctx: Context) -> None:
        try:
            async with asyncio.timeout(0.1):
                await seen.measuring("impatient")(ctx)
        except TimeoutError:
            return

    results = run_all(
        check("first", seen.measuring("first", 0.4)),
        check("gives_up", after_a_moment(impatient)),
        check("next", after_a_moment(after_a_moment(seen.measuring("next")))),
    )
    assert sorted(seen.together) == [("first",), ("next",)]
    assert {r.status for r in results.values()} == {Status.PASS}


def test_the_time_limit_of_the_run_ends_those_that_wait_too() -> None:
    before = time.monotonic()
    results = run_all(check("a", hangs, timeout=30), check("b", hangs, timeout=30), max_seconds=0.5)
    assert time.monotonic() - before < LONG_S
    assert all("time was up" in r.reason for r in results.values())


def test_a_check_may_ask_for_the_line_that_it_has() -> None:
    seen = Seen()

    async def nested(ctx: Context) -> None:
        async with ctx.line:
            await seen.measuring("inside")(ctx)
        await seen.measuring("again")(ctx)

    results = run_all(check("nested", nested, timeout=3))
    assert (results["nested"].status, seen.together) == (Status.PASS, [("inside",), ("again",)])


def test_two_tasks_of_one_check_do_not_have_the_line_together() -> None:
    seen = Seen()

    async def both(ctx: Context) -> None:
        await asyncio.gather(seen.measuring("one")(ctx), seen.measuring("two")(ctx))

    assert run_all(check("both", both, timeout=3))["both"].status is Status.PASS
    assert sorted(seen.together) == [("one",), ("two",)]


def test_a_check_that_waits_for_itself_is_ended_by_its_own_limit() -> None:
    seen = Seen()

    async def holds_and_hangs(ctx: Context) -> None:
        await asyncio.gather(hangs(ctx), seen.measuring("second")(ctx))

    async def awaits_what_waits_for_it(ctx: Context) -> None:
        async with ctx.line:
            await asyncio.create_task(seen.measuring("within")(ctx))

    before = time.monotonic()
    results = run_all(
        check("hangs", holds_and_hangs, timeout=0.3), check("itself", awaits_what_waits_for_it, timeout=0.3)
    )
    assert all(r.reason.startswith("No result: it took longer than 0.3 s") for r in results.values())
    assert time.monotonic() - before < LONG_S


def test_one_that_is_given_the_line_while_it_blocks_its_thread_is_left_behind() -> None:
    seen = Seen()

    async def waits_and_blocks(ctx: Context) -> None:
        waiting = asyncio.create_task(seen.measuring("blocked")(ctx))
        await asyncio.sleep(0.2)
        time.sleep(GRACE_S + 11)  # noqa: ASYNC251 - what blocks its thread cannot be cancelled
        await waiting

    before = time.monotonic()
    results = run_all(
        check("first", seen.measuring("first", 0.5)),
        check("blocked", after_a_moment(waits_and_blocks), timeout=0.4),
        check("next", after_a_moment(after_a_moment(after_a_moment(seen.measuring("next"))))),
    )
    assert "left behind" in results["blocked"].reason
    assert results["next"].status is Status.PASS
    assert time.monotonic() - before < LONG_S


def test_a_task_that_gives_up_waiting_after_its_check_has_ended_breaks_nothing() -> None:
    async def ends_first() -> None:
        line, watch = Line(), Stopwatch(5)
        await Turn(line, Stopwatch(5), lambda waits: None).__aenter__()
        async with watch.limit():
            waiting = asyncio.create_task(Turn(line, watch, lambda waits: None).__aenter__())
            await asyncio.sleep(0)
        waiting.cancel()
        await waiting

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(ends_first())


def texts_of(name: str, heard: list[Event]) -> list[str]:
    return [event.text for event in heard if isinstance(event, CheckProgressed) and event.check_id == name]


def test_what_a_check_said_before_it_waited_is_said_again_when_it_has_the_line() -> None:
    seen, heard = Seen(), list[Event]()
    run_all(
        check("first", seen.measuring("first", 0.4)),
        check("next", after_a_moment(seen.measuring("next"))),
        heard=heard,
    )
    assert texts_of("next", heard) == ["At work", WAITING, "At work"]


def test_a_check_that_is_ended_while_it_waits_says_nothing_more() -> None:
    heard = list[Event]()
    run_all(
        check("first", hangs, timeout=30),
        check("next", after_a_moment(hangs), timeout=30),
        heard=heard,
        max_seconds=2.0,
    )
    assert texts_of("next", heard) == ["At work", WAITING]
