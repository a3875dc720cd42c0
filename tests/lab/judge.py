"""Compares a report with the truth of the catalogue. Pure: a row for each run, and sums of rows."""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from readycheck.diagnose import distance
from readycheck.model import Cause, CheckResult, Confidence, Owner, Report, Standing, Status, Verdict
from tests.lab.catalogue import Case, touches

BLAMED: Final = (Owner.DEVICE, Owner.HOME, Owner.ISP, Owner.COMPANY, Owner.SERVICE)


class Row(Struct, frozen=True, kw_only=True):
    """One run beside the truth. The lists hold check ids; an empty ``wrong`` is a run that told the truth and all of it."""

    names: tuple[str, ...]
    run: int = 0
    cause_on_top: str = ""
    owner_on_top: str = ""
    right_cause: bool = False
    right_owner: bool = False
    named: int = 0  # how many of the faults are among the causes
    wrong_blame: tuple[str, ...] = ()  # healthy parties that are blamed with confidence
    false_red: tuple[str, ...] = ()
    false_green: tuple[str, ...] = ()
    false_amber: tuple[str, ...] = ()
    not_held: tuple[str, ...] = ()
    standings: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    verdict: str = ""
    wrong_answer: str = ""  # whether one can work from here was answered otherwise than is so
    score: int | None = None
    seconds: float = 0.0
    over_time: bool = False
    strays: int = 0
    trouble: str = ""

    @property
    def right(self) -> bool:
        return self.right_cause and self.right_owner and not self.wrong_answer

    @property
    def misleads(self) -> bool:
        """The answer is untrue; that it is not known is no help, and not untrue."""
        return bool(self.wrong_answer) and self.verdict != Verdict.UNKNOWN

    @property
    def truthful(self) -> bool:
        """Nothing untrue was said, whether or not the cause was found."""
        untrue = self.misleads or self.wrong_blame or self.false_red or self.false_green
        return not (untrue or self.trouble or self.over_time or self.strays)


def row(
    cases: Sequence[Case],
    report: Report | None,
    *,
    seconds: float,
    run: int = 0,
    limit_s: float = 120.0,
    trouble: str = "",
) -> Row:
    """``cases``: the faults that were on at once (or one healthy variant)."""
    names = tuple(case.name for case in cases)
    if report is None:
        return Row(
            names=names, run=run, seconds=seconds, over_time=seconds > limit_s, trouble=trouble or "no report"
        )
    crashed = ", ".join(result.check_id for result in report.results if result.crash)
    return msgspec.structs.replace(
        _judged(cases, report),
        run=run,
        seconds=round(seconds, 1),
        over_time=seconds > limit_s,
        trouble=trouble or (crashed and f"crashed: {crashed}"),
    )


def _judged(cases: Sequence[Case], report: Report) -> Row:
    told = _told(report)
    top = told[0] if told else None
    silent = all(case.level == "healthy" for case in cases) and not report.causes
    heard = [(case, _heard(case, report, told)) for case in cases]
    return Row(
        names=tuple(case.name for case in cases),
        cause_on_top=top.code if top else "",
        owner_on_top=_owner_text(top) if top else "",
        right_cause=silent or any(_right_cause(case, cause) for case, some in heard for cause in some[:1]),
        right_owner=silent or any(_right(case, cause) for case, some in heard for cause in some[:1]),
        named=sum(any(_right(case, cause) for cause in some) for case, some in heard),
        wrong_blame=_wrong_blame(cases, told),
        false_red=_false(report, cases, Status.FAIL),
        false_green=_false_green(report, cases),
        false_amber=_false(report, cases, Status.WARN),
        not_held=_not_held(report, cases),
        standings=_standings(report, cases) if len(cases) == 1 else (),
        unknown=tuple(r.check_id for r in report.results if r.status is Status.UNKNOWN),
        verdict=report.verdict,
        wrong_answer=_wrong_answer(report, cases),
        score=report.score.value,
    )


def _told(report: Report) -> tuple[Cause, ...]:
    """What the person is told, the first on top: the causes, and after them what is only limited."""
    explained = {check_id for cause in report.causes for check_id in cause.explains}
    limits = tuple(
        Cause(
            code=finding.code,
            owner=finding.owner,
            confidence=finding.confidence,
            summary=finding.summary,
            next_step=finding.remedy,
            explains=(result.check_id,),
            either=finding.either,
        )
        for result in sorted(report.results, key=lambda result: distance(result.check_id))
        if result.status is Status.WARN and result.check_id not in explained
        for finding in result.findings
        if finding.status is Status.WARN
    )
    return (*report.causes, *limits)


def _heard(case: Case, report: Report, told: tuple[Cause, ...]) -> tuple[Cause, ...]:
    """Where this case has to be told: what makes work impossible is among the causes, and a warning about it is not enough."""
    return report.causes if case.level == "fail" else told


def _right_cause(case: Case, cause: Cause) -> bool:
    return cause.code in case.cause


def _right(case: Case, cause: Cause) -> bool:
    return _right_cause(case, cause) and _right_owner(case, cause)


def _right_owner(case: Case, cause: Cause) -> bool:
    if case.either:
        return cause.owner is Owner.UNKNOWN and set(case.either) == set(cause.either)
    return cause.owner is case.whose


def _owner_text(cause: Cause) -> str:
    return " or ".join(cause.either) if cause.either else str(cause.owner)


def _wrong_blame(cases: Sequence[Case], told: Iterable[Cause]) -> tuple[str, ...]:
    """Parties named with more than low confidence that have nothing to mend; where several are named, none of them has."""
    guilty = {case.whose for case in cases} | {owner for case in cases for owner in case.either}
    return tuple(
        f"{_owner_text(cause)} for {cause.code}"
        for cause in told
        if (named := _parties(cause)) and named.isdisjoint(guilty) and cause.confidence is not Confidence.LOW
    )


def _parties(cause: Cause) -> set[Owner]:
    return {cause.owner} if cause.owner in BLAMED else set(cause.either)


def _wrong_answer(report: Report, cases: Sequence[Case]) -> str:
    """The verdict, where another one is true."""
    levels = {case.level for case in cases}
    if "fail" in levels:
        true = ["not_ready"]
    elif "warn" in levels:
        true = ["ready_with_warnings"]
    else:
        unsure = any(
            standing is Standing.UNKNOWN for case in cases for standing in case.capabilities.values()
        )
        true = ["ready", "ready_with_warnings", *(["unknown"] if unsure else [])]
    return "" if report.verdict in true else f"{report.verdict}, not {' or '.join(true)}"


def _false(report: Report, cases: Sequence[Case], status: Status) -> tuple[str, ...]:
    """Checks with this status whose subject works. Where all is healthy, nothing excuses red."""
    excused = {
        pattern
        for case in cases
        if case.level != "healthy" or status is not Status.FAIL
        for pattern in case.uncertain
    }
    return tuple(
        r.check_id
        for r in report.results
        if r.status is status and not _broken(r, cases) and not touches(r.check_id, excused)
    )


def _false_green(report: Report, cases: Sequence[Case]) -> tuple[str, ...]:
    """Checks that passed although what they are about is broken, or could not be seen."""
    unseen = {pattern for case in cases for pattern in case.unseen}
    return tuple(
        r.check_id
        for r in report.results
        if r.status is Status.PASS and (_broken(r, cases) or touches(r.check_id, unseen))
    )


def _broken(result: CheckResult, cases: Sequence[Case]) -> bool:
    return any(touches(result.check_id, case.broken) for case in cases)


def _not_held(report: Report, cases: Sequence[Case]) -> tuple[str, ...]:
    wanted = {pattern for case in cases for pattern in case.hold}
    return tuple(r.check_id for r in report.results if touches(r.check_id, wanted) and not r.behind)


def _standings(report: Report, cases: Sequence[Case]) -> tuple[str, ...]:
    """Capabilities that stand otherwise than the truth says; those that nobody checked or that count nothing are left out."""
    (case,) = cases
    return tuple(
        f"{each.id} {each.status}, not {case.capabilities.get(each.id, 'ready')}"
        for each in report.capabilities
        if each.status != "not_checked" and each.status != case.capabilities.get(each.id, "ready")
    )
