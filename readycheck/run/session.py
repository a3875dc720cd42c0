"""One sitting with readycheck: runs in a daemon thread of its own, and everything a face needs to follow and steer them.

A session remembers the events of the current run, so that a face that comes late (the app, whose libraries take time to load)
hears all of them. It composes nothing: what to run is handed in as an Assignment.
"""

import asyncio
import math
import secrets
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Final

from readycheck.events import Event, QuestionAnswered, RunFinished
from readycheck.model import CheckResult, ContactCard, Question, Report
from readycheck.questions import answered, with_answers
from readycheck.run.assemble import Span, assemble
from readycheck.run.assignment import Assignment, ProfileChoice
from readycheck.run.engine import Run
from readycheck.run.environment import environment

STOP_S: Final = (
    6.0  # a check is left behind after one, a system that does not tell of its connection after four
)


class Session:
    """``start``, ``check_again``, ``stop`` and ``switch_profile`` return at once; what follows is heard through ``listen``."""

    def __init__(
        self,
        assignment: Assignment,
        *,
        switch: Callable[[str], Assignment] | None = None,
        choices: Callable[[], tuple[ProfileChoice, ...]] = tuple,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self._assignment = assignment
        self._switch = switch
        self._choices = choices
        self._now = now
        self._lock = threading.RLock()
        self._events: list[Event] = []
        self._hearers: list[Callable[[Event], None]] = []
        self._work: _Work | None = None
        self._answers: dict[str, str] = {}
        self.report: Report | None = None

    @property
    def profile_name(self) -> str:
        return self._fitted().policy.name

    @property
    def profile_title(self) -> str:
        return self._fitted().policy.title

    @property
    def contact(self) -> ContactCard:
        return self._fitted().plan.contact

    @property
    def questions(self) -> tuple[Question, ...]:
        """What the person can tell, with the answers given in this sitting; empty: nothing is asked. After a run without those
        that it made pointless."""
        asked = answered(self._fitted().questions, self._answers)
        if self.report is None:
            return asked
        left = {question.id for question in self.report.questions}
        return tuple(question for question in asked if question.id in left)

    @property
    def simulated(self) -> tuple[str, ...]:
        return self._fitted().simulated

    @property
    def notice(self) -> str:
        return self._fitted().notice

    @property
    def notes(self) -> tuple[str, ...]:
        return self._fitted().notes

    @property
    def max_bytes(self) -> int:
        return self._fitted().plan.stated_bytes

    @property
    def hosts(self) -> tuple[str, ...]:
        return self._fitted().plan.hosts

    @property
    def max_seconds(self) -> float:
        return self._fitted().plan.max_seconds

    @property
    def running(self) -> bool:
        return self._work is not None and not self._work.done.is_set()

    @property
    def failure(self) -> BaseException | None:
        """What broke in readycheck itself, if a run ended that way."""
        return self._work.failure if self._work is not None else None

    def listen(self, hear: Callable[[Event], None]) -> None:
        """Past events of the current run now, later ones as they come, from the session's thread."""
        with self._lock:
            for event in self._events:
                hear(event)
            self._hearers.append(hear)

    def start(self) -> None:
        self._begin(known={})

    def check_again(self, check_id: str) -> None:
        """This check and what waits for it; everything else keeps its result. Without a report yet: everything."""
        if self.report is None:
            return self.start()
        again = set(self._fitted().plan.waiting_for(check_id))
        return self._begin(known={r.check_id: r for r in self.report.results if r.check_id not in again})

    def answer(self, question_id: str, answer: str) -> None:
        """What the person says, at any time; empty: no longer an answer. It stays for every run of this sitting and profile."""
        with self._lock:
            self._answers[question_id] = answer
            if self.report is not None:
                self.report = with_answers(self.report, self._answers)
            self._tell(QuestionAnswered(question_id=question_id, answer=answer))

    def stop(self) -> None:
        if self._work is not None:
            self._work.stop()

    def wait(self, timeout_s: float | None = None) -> bool:
        """True when the run has ended. Wakes up often, so that a Ctrl-C in the waiting thread is heard."""
        work = self._work
        return work is None or work.done.wait(timeout_s)

    def switch_profile(self, name: str) -> None:
        """Raises ProfileError before anything is stopped where the profile cannot be used."""
        if self._switch is None:
            return
        assignment = self._switch(name)
        self.stop()
        if not self.wait(STOP_S):
            self._leave_behind()
        self._assignment.release()
        self._assignment = assignment
        self._answers = {}
        self.report = None
        self.start()

    def profiles(self) -> tuple[ProfileChoice, ...]:
        return self._choices()

    def close(self) -> None:
        """Stop the run and what the assignment keeps running."""
        self.stop()
        self._assignment.release()

    def _begin(self, known: Mapping[str, CheckResult]) -> None:
        if self.running:
            return
        work = _Work(lambda: self._fitted(math.inf), known, self._hear, self._now)
        with self._lock:
            self._events = []
            self._work = work
        work.start()

    def _leave_behind(self) -> None:
        """Give up a run that does not end: whatever it still finds is about another profile, and nobody hears it."""
        with self._lock:
            work, self._work = self._work, None
        if work is not None:
            work.give_up()

    def _fitted(self, wait_s: float = 0.0) -> Assignment:
        """The assignment, with the plan that fits the connection from when that is known. A run waits for it, a face does not."""
        before = self._assignment
        found = before.fitted(wait_s)
        with self._lock:
            if self._assignment is before:
                self._assignment = found
            return self._assignment

    def _hear(self, work: "_Work", event: Event) -> None:
        """What a run says, unless it was left behind. Passed on under the lock, so that nothing comes after its successor."""
        with self._lock:
            if work is not self._work:
                return
            if isinstance(event, RunFinished):
                event = RunFinished(report=with_answers(event.report, self._answers))
                self.report = event.report
            self._tell(event)

    def _tell(self, event: Event) -> None:
        self._events.append(event)
        for hear in list(self._hearers):
            hear(event)


class _Work:
    """One run in its thread, from start(); ``done`` is set when its last event has been heard."""

    def __init__(
        self,
        assignment: Callable[[], Assignment],
        known: Mapping[str, CheckResult],
        emit: "Callable[[_Work, Event], None]",
        now: Callable[[], datetime],
    ) -> None:
        self._assignment, self._known, self._now = assignment, known, now
        self._emit: Callable[[Event], None] = lambda event: emit(self, event)
        self.done = threading.Event()
        self.failure: BaseException | None = None
        self._stopped = self._given_up = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._run: Run | None = None

    def start(self) -> None:
        threading.Thread(target=self._main, name="readycheck run", daemon=True).start()

    def give_up(self) -> None:
        """Begin nothing any more: what was waited for when this was said may be another profile's by now."""
        self._given_up = True
        self.stop()

    def stop(self) -> None:
        self._stopped = True
        if self._loop is not None and self._run is not None:
            with suppress(RuntimeError):  # the run has just ended by itself
                self._loop.call_soon_threadsafe(self._run.stop)

    def _main(self) -> None:
        try:
            asyncio.run(self._work())
        except Exception as error:  # our own fault: the face that waits shows it
            self.failure = error
        finally:
            self.done.set()

    async def _work(self) -> None:
        assignment = self._assignment()
        if self._given_up:
            return
        started = self._now()
        assignment.prepare()
        self._run = Run(
            assignment.plan, assignment.world, self._emit, profile=assignment.policy.title, known=self._known
        )
        self._loop = asyncio.get_running_loop()
        if self._stopped:
            self._loop.call_soon(self._run.stop)
        results = await self._run.results()
        around = await environment(assignment.system)
        span = Span(
            run_id=secrets.token_hex(8),
            started=started,
            finished=self._now(),
            partial=self._stopped,
            left_behind=_left_behind(self._run),
        )
        report = assemble(assignment, results, environment=around, span=span)
        self._emit(RunFinished(report=report))


def _left_behind(run: Run) -> tuple[str, ...]:
    return tuple(
        f"The check {check_id} did not stop when asked and was left behind" for check_id in run.left_behind
    )
