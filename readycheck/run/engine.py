"""Runs a plan. Each check lives in a daemon thread with an event loop of its own, so that one that blocks, hangs or refuses
to be cancelled harms nobody: it is judged UNKNOWN at its deadline and left behind. Judges nothing itself, prints nothing.
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import aclosing, suppress
from typing import Any, Final

from readycheck.api import Check, Context, Finding, Meter, Options, Progress, Status
from readycheck.crash import places_of
from readycheck.events import (
    CheckFinished,
    CheckProgressed,
    CheckReported,
    CheckStarted,
    Event,
    Expected,
    RunStarted,
)
from readycheck.model import STOPPED, CheckResult
from readycheck.run.check_thread import CheckThread, Ended, Said, generator
from readycheck.run.line import Line
from readycheck.run.outcome import Outcome, result_of
from readycheck.run.plan import Plan, PlannedCheck
from readycheck.text import clean

OUR_PACKAGE: Final = "readycheck_checks"
MOST_AT_ONCE: Final = 12  # more threads at once than this only make each other's times worse
World = Callable[[PlannedCheck, Meter], Context]


async def collect(check: Check, options: Options, context: Context) -> CheckResult:
    """Run one check here and now, without deadline or thread, and give its result (for tests and single use).

    Raises what the check raises, and ValueError where it says what it does not declare.
    """
    outcome = Outcome(check.codes)
    started = time.monotonic()
    async with aclosing(generator(check, options, context)) as said:
        async for item in said:
            outcome.take(item)
    outcome.whole(check)
    return result_of(
        check,
        outcome,
        capability=check.belongs_to(options),
        seconds=round(time.monotonic() - started, 3),
        bytes_used=context.meter.used,
    )


class Run:
    """One run of a plan. ``known`` holds results that stand already (when only some checks are run again)."""

    def __init__(
        self,
        plan: Plan,
        world: World,
        emit: Callable[[Event], None],
        *,
        profile: str = "",
        known: Mapping[str, CheckResult] | None = None,
    ) -> None:
        self._plan = plan
        self._world = world
        self._emit = emit
        self._profile = profile
        self._known = dict(known or {})
        self._results: dict[str, CheckResult] = dict(self._known)
        self._waiting = {p.check_id: p for p in plan.checks if p.check_id not in self._known}
        self._threads: dict[str, CheckThread] = {}
        self._line = Line()
        self._heard: asyncio.Queue[object] = asyncio.Queue()
        self._stopping = ""
        self.left_behind: list[str] = []

    async def results(self) -> tuple[CheckResult, ...]:
        """Run to the end, the run's time limit, or stop(); results in the plan's order, every check accounted for."""
        loop = asyncio.get_running_loop()
        self._loop = loop
        self._deadline = time.monotonic() + self._plan.max_seconds
        self._emit(self._announcement())
        while self._waiting or self._threads:
            self._settle()
            if self._threads:
                await self._hear()
        return tuple(self._results[p.check_id] for p in self._plan.checks)

    def _tell(self, item: object) -> None:
        """Called from the checks' threads; a check that was left behind may speak after the run's loop is gone."""
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._heard.put_nowait, item)

    def stop(self, reason: str = STOPPED) -> None:
        """End the run now; what is unfinished becomes UNKNOWN with this reason. Call from the engine's loop."""
        self._stopping = reason
        for thread in self._threads.values():
            thread.is_to_stop = True  # all of them, before the first that ends gives the line to the next
        for thread in self._threads.values():
            thread.cancel()
        self._heard.put_nowait(None)

    def _announcement(self) -> RunStarted:
        return RunStarted(
            profile=self._profile,
            planned=tuple(_expected(p) for p in self._plan.checks if p.check_id in self._waiting),
            max_bytes=self._plan.stated_bytes,
            max_seconds=self._plan.max_seconds,
            left_out=sum(bool(p.skip) for p in self._plan.checks if p.check_id in self._waiting),
            hosts=self._plan.hosts,
        )

    def _settle(self) -> None:
        """Start what can start; settle what never will. Repeats until nothing moves: one skip may settle the next."""
        moved = True
        while moved:
            moved = False
            for planned in list(self._waiting.values()):
                if self._settled(planned):
                    moved = True
        self._start_alone()

    def _settled(self, planned: PlannedCheck) -> bool:
        if planned.skip:
            status = Status.UNKNOWN if planned.unjudged else Status.SKIP
            return self._finish(planned, status=status, reason=planned.skip, summary=planned.skip)
        if self._stopping:
            return self._finish(planned, status=Status.UNKNOWN, reason=self._stopping, summary=self._stopping)
        if any(prerequisite not in self._results for prerequisite in planned.after):
            return False
        behind = tuple(p for p in planned.after if _holds(self._results[p]))
        if behind:
            roots = tuple(dict.fromkeys(root for p in behind for root in (self._results[p].behind or (p,))))
            titles = ", ".join(self._results[root].title for root in roots if root in self._results)
            reason = f"On hold until this works: {titles}"
            return self._finish(planned, status=Status.SKIP, reason=reason, summary=reason, behind=roots)
        return not planned.check.alone and self._may_start(planned) and self._start(planned)

    def _may_start(self, planned: PlannedCheck) -> bool:
        if planned.check.local:
            return True
        on_link = [t.planned.check for t in self._threads.values() if not t.planned.check.local]
        return len(on_link) < MOST_AT_ONCE and not any(check.alone for check in on_link)

    def _start_alone(self) -> None:
        """A check that needs the link to itself starts when nothing else is on it, or about to be."""
        if any(not thread.planned.check.local for thread in self._threads.values()):
            return
        for planned in list(self._waiting.values()):
            if planned.check.alone and all(p in self._results for p in planned.after):
                self._start(planned)
                return

    def _start(self, planned: PlannedCheck) -> bool:
        del self._waiting[planned.check_id]
        self._emit(CheckStarted(check_id=planned.check_id))
        context = self._world(planned, Meter(limit=planned.max_bytes))
        self._threads[planned.check_id] = CheckThread(planned, context, self._tell, self._line)
        self._threads[planned.check_id].start()
        return True

    async def _hear(self) -> None:
        """Wait for the next thing a check says, at most until something is due."""
        now = time.monotonic()
        due = min([self._deadline, *(t.left_behind_at for t in self._threads.values())])
        try:
            async with asyncio.timeout(max(0.0, due - now) + 0.01):
                self._take(await self._heard.get())
        except TimeoutError:
            self._overdue()

    def _take(self, heard: object) -> None:
        match heard:
            case Said(check_id, item) if check_id in self._threads:
                self._pass_on(check_id, item)
            case Ended(check_id, error) if check_id in self._threads:
                thread = self._threads.pop(check_id)
                thread.forget()
                self._finish(thread.planned, thread, **_ending(thread, error, self._stopping))

    def _pass_on(self, check_id: str, item: object) -> None:
        match item:
            case Progress(text=text, fraction=fraction):
                self._emit(CheckProgressed(check_id=check_id, text=clean(text, 120), fraction=fraction))
            case Finding():
                self._emit(CheckReported(check_id=check_id, finding=item))

    def _overdue(self) -> None:
        now = time.monotonic()
        if now >= self._deadline and not self._stopping:
            self.stop(f"Not done when the run's time was up ({self._plan.max_seconds:.0f} s)")
        for check_id, thread in list(self._threads.items()):
            if now >= thread.left_behind_at:
                del self._threads[check_id]
                thread.forget()
                self.left_behind.append(check_id)
                reason = self._stopping or _took_too_long(thread.planned)
                detail = f"{reason}; it did not stop when asked and was left behind"
                self._finish(thread.planned, thread, status=Status.UNKNOWN, reason=detail, summary=reason)

    def _finish(self, planned: PlannedCheck, thread: CheckThread | None = None, **fields: Any) -> bool:
        self._waiting.pop(planned.check_id, None)
        if thread is not None:
            used = {"bytes_used": thread.context.meter.used, "bytes_stated": planned.stated_bytes}
            fields = {"seconds": thread.seconds} | used | fields
        result = result_of(
            planned.check,
            thread.outcome if thread is not None else Outcome(),
            **(
                {
                    "check_id": planned.check_id,
                    "capability": planned.capability,
                    "title": planned.title,
                    "weight": planned.weight,
                    "essential": planned.essential,
                }
                | fields
            ),
        )
        self._results[planned.check_id] = result
        self._emit(CheckFinished(result=result))
        return True


def _expected(planned: PlannedCheck) -> Expected:
    return Expected(
        check_id=planned.check_id,
        title=planned.title,
        capability=planned.capability,
        max_bytes=planned.stated_bytes,
        max_seconds=0.0 if planned.skip else planned.cost.seconds,
        hosts=planned.hosts,
    )


def _holds(result: CheckResult) -> bool:
    return result.status is Status.FAIL or (result.status is Status.SKIP and bool(result.behind))


def _took_too_long(planned: PlannedCheck) -> str:
    return f"No result: it took longer than {planned.timeout:g} s"


def _ending(thread: CheckThread, error: BaseException | None, stopping: str) -> dict[str, Any]:
    """How a check's end shows in its result. What a check said before it broke is kept as evidence; its status is UNKNOWN."""
    match error:
        case None:
            return {}
        case TimeoutError() if thread.seconds >= thread.planned.timeout - 0.05:
            reason = _took_too_long(thread.planned)
            return {"status": Status.UNKNOWN, "reason": reason, "summary": reason}
        case asyncio.CancelledError() if stopping:
            return {"status": Status.UNKNOWN, "reason": stopping, "summary": stopping}
        case _:
            reason = "No result: this check has a fault of its own, which says nothing about your set-up"
            package = package_of(thread.planned)
            if package != OUR_PACKAGE:
                reason += f" (it belongs to {package})"
            return {
                "status": Status.UNKNOWN,
                "reason": reason,
                "summary": reason,
                "crash": crash_note(thread.planned, error),
            }


def package_of(planned: PlannedCheck) -> str:
    return planned.check.run.__module__.partition(".")[0]


def crash_note(planned: PlannedCheck, error: BaseException) -> str:
    """Ready to paste into an issue: which check, of which package, and the traceback without any values."""
    return clean(f"check {planned.check_id} of {package_of(planned)}\n{places_of(error)}", 4000, lines=True)
