"""What a face knows of a run: RunState.apply(event) gives the next state. Pure.

Refuses to know words, colours, widgets or the order of a list: see readycheck.show.wording and readycheck.show.listing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Final, assert_never

from readycheck.events import (
    CheckFinished,
    CheckProgressed,
    CheckReported,
    CheckStarted,
    Event,
    Expected,
    QuestionAnswered,
    RunFinished,
    RunStarted,
)
from readycheck.model import CAPABILITIES, STOPPED, Capability, CheckResult, Report, Standing, Status
from readycheck.questions import with_answers


class RowStatus(StrEnum):
    """How one row stands. TURN: only the person can tell. STOPPED: the run ended before it had a result."""

    WAITING = "waiting"
    CHECKING = "checking"
    OK = "ok"
    LOOK = "look"
    FIX = "fix"
    TURN = "turn"
    NO_RESULT = "no_result"
    ON_HOLD = "on_hold"
    NOT_NEEDED = "not_needed"
    STOPPED = "stopped"


UNSETTLED: Final = frozenset({RowStatus.WAITING, RowStatus.CHECKING})
# What a person works with first, what it stands on last.
AREAS: Final = (*(c for c in CAPABILITIES if c is not Capability.CONNECTION), Capability.CONNECTION)


def row_status(result: CheckResult) -> RowStatus:
    match result.status:
        case Status.PASS:
            return RowStatus.OK
        case Status.WARN:
            return RowStatus.LOOK
        case Status.FAIL:
            return RowStatus.FIX
        case Status.UNKNOWN:
            return RowStatus.STOPPED if result.reason == STOPPED else RowStatus.NO_RESULT
        case Status.SKIP:
            return RowStatus.ON_HOLD if result.behind else RowStatus.NOT_NEEDED
        case _:
            assert_never(result.status)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One check. ``step`` and ``fraction`` (0..1) belong to CHECKING; ``was``: how it stood before.

    ``max_bytes``, ``max_seconds`` and ``hosts``: what it may use and whom it talks to; None for the rows of a saved report.
    """

    check_id: str
    title: str
    capability: Capability
    status: RowStatus = RowStatus.WAITING
    step: str = ""
    fraction: float | None = None
    result: CheckResult | None = None
    was: RowStatus | None = None
    max_bytes: int | None = None
    max_seconds: float | None = None
    hosts: str | None = None

    @property
    def settled(self) -> RowStatus:
        """The status that decides its place: one that is checked again keeps its place until the run is over."""
        return self.status if self.was is None else self.was


@dataclass(frozen=True, kw_only=True)
class Area:
    """One capability during or after a run. ``standing`` is None while nothing can be said yet."""

    capability: Capability
    done: int
    total: int
    standing: Standing | None = None


@dataclass(frozen=True, kw_only=True)
class RunState:
    """Everything a face knows. ``rows`` in plan order; ``report``: the latest, also during a re-check."""

    profile: str = ""
    rows: tuple[Row, ...] = ()
    max_bytes: int = 0
    max_seconds: float = 0.0
    hosts: tuple[str, ...] = ()
    running: bool = False
    report: Report | None = None
    index: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}), repr=False, compare=False)

    def apply(self, event: Event) -> "RunState":
        match event:
            case RunStarted():
                return self._started(event)
            case CheckStarted(check_id=check_id):
                return self._check_started(check_id)
            case CheckProgressed(check_id=check_id, text=text, fraction=fraction):
                return self._with(check_id, step=text, fraction=fraction)
            case CheckReported():
                return self
            case CheckFinished(result=result):
                return self._check_finished(result)
            case RunFinished(report=report):
                return self._finished(report)
            case QuestionAnswered(question_id=question_id, answer=answer):
                told = self.report and with_answers(self.report, {question_id: answer})
                return replace(self, report=told)
            case _:
                assert_never(event)

    def row(self, check_id: str) -> Row | None:
        place = self.index.get(check_id)
        return None if place is None else self.rows[place]

    def title(self, check_id: str) -> str:
        """The title of a check; of one that is not in the plan its id."""
        row = self.row(check_id)
        return check_id if row is None else row.title

    @property
    def done(self) -> int:
        return sum(row.status not in UNSETTLED for row in self.rows)

    def count(self, status: RowStatus) -> int:
        return sum(row.status is status for row in self.rows)

    def area(self, capability: Capability) -> Area:
        mine = [row for row in self.rows if row.capability is capability]
        done = sum(row.status not in UNSETTLED for row in mine)
        standing = self._standing(capability, mine)
        return Area(capability=capability, done=done, total=len(mine), standing=standing)

    def _standing(self, capability: Capability, rows: list[Row]) -> Standing | None:
        if self.report is not None:
            told = [verdict.status for verdict in self.report.capabilities if verdict.id is capability]
            return told[0] if told else Standing.NOT_CHECKED
        if any(row.status is RowStatus.FIX for row in rows):
            return Standing.NOT_WORKING
        return None if rows else Standing.NOT_CHECKED

    def _started(self, event: RunStarted) -> "RunState":
        if self._is_part_of_this_run(event):
            return self._waiting_again(event.planned)
        rows = tuple(map(_expected, event.planned))
        return RunState(
            profile=event.profile,
            rows=rows,
            max_bytes=event.max_bytes,
            max_seconds=event.max_seconds,
            hosts=event.hosts,
            running=True,
            index=_index(rows),
        )

    def _is_part_of_this_run(self, event: RunStarted) -> bool:
        """A few checks of a finished run start again: their rows keep places, the others their results."""
        known = self.report is not None and event.profile == self.profile
        planned = {one.check_id for one in event.planned}
        return known and planned < set(self.index)

    def _waiting_again(self, planned: tuple[Expected, ...]) -> "RunState":
        state = replace(self, running=True)
        for one in planned:
            state = state._again(one.check_id, RowStatus.WAITING)
        return state

    def _check_started(self, check_id: str) -> "RunState":
        return replace(self._again(check_id, RowStatus.CHECKING), running=True)

    def _again(self, check_id: str, status: RowStatus) -> "RunState":
        row = self.row(check_id)
        if row is None:
            return self
        was = row.was if row.was is not None or row.status in UNSETTLED else row.status
        return self._with(check_id, status=status, was=was, step="", fraction=None)

    def _check_finished(self, result: CheckResult) -> "RunState":
        return self._with(result.check_id, status=row_status(result), result=result, step="", fraction=None)

    def _finished(self, report: Report) -> "RunState":
        state = self if self.rows else self._listing(report)
        for result in report.results:
            state = state._check_finished(result)
        return replace(state, rows=tuple(map(_ended, state.rows)), running=False, report=report)

    def _listing(self, report: Report) -> "RunState":
        rows = tuple(
            Row(check_id=one.check_id, title=one.title, capability=one.capability) for one in report.results
        )
        return replace(self, rows=rows, index=_index(rows))

    def _with(self, check_id: str, **changes: object) -> "RunState":
        place = self.index.get(check_id)
        if place is None:
            return self
        row = replace(self.rows[place], **changes)  # type: ignore[arg-type]
        return replace(self, rows=(*self.rows[:place], row, *self.rows[place + 1 :]))


def of_report(report: Report) -> RunState:
    """The state in which a saved report is read: finished, rows in the order of the report."""
    return RunState(profile=report.policy.name).apply(RunFinished(report=report))


def _expected(one: Expected) -> Row:
    return Row(
        check_id=one.check_id,
        title=one.title,
        capability=one.capability,
        max_bytes=one.max_bytes,
        max_seconds=one.max_seconds,
        hosts=one.hosts,
    )


def _ended(row: Row) -> Row:
    """A row after the run: what never came to a result stands as it stood before, or as stopped."""
    status = row.status if row.status not in UNSETTLED else row.was or RowStatus.STOPPED
    return replace(row, status=status, was=None, step="", fraction=None)


def _index(rows: tuple[Row, ...]) -> Mapping[str, int]:
    return MappingProxyType({row.check_id: place for place, row in enumerate(rows)})
