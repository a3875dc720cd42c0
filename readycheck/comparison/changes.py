"""What changed between two reports: as values, which are the JSON of a comparison (docs/report.md). Pure; judges nothing anew."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeVar

from msgspec import Struct

from readycheck.comparison.figures import FigureChange, compared
from readycheck.comparison.remarks import is_older, remarks
from readycheck.diagnose import DECLARED
from readycheck.model import (
    CAPABILITIES,
    CAPABILITY_TITLES,
    Capability,
    CapabilityVerdict,
    Cause,
    CheckResult,
    Owner,
    Report,
    Standing,
    Status,
    Verdict,
)
from readycheck.saved import SavedReport
from readycheck.show.wording import result_text

SCHEMA: Final = "urn:readycheck:comparison:1.0"
T = TypeVar("T")
_CHECKED: Final = (Status.FAIL, Status.WARN, Status.PASS)  # from worst to best
_STANDING: Final = (Standing.NOT_WORKING, Standing.LIMITED, Standing.READY)


class Change(StrEnum):
    """OTHERWISE: judged in one of them only, or by another finding. NEW, GONE: of the second, or of the first report only."""

    BETTER = "better"
    WORSE = "worse"
    OTHERWISE = "otherwise"
    NEW = "new"
    GONE = "gone"
    SAME = "same"


class CauseChange(StrEnum):
    """GONE, NEW: the other report judged what found it, and found nothing that fails. REPLACED, INSTEAD: of the older and of the
    newer report, where the same check fails in the other one too, by something else. NOT_JUDGED_AFTER, NOT_JUDGED_BEFORE: the
    other report says nothing about it."""

    GONE = "gone"
    NEW = "new"
    REPLACED = "replaced"
    INSTEAD = "instead"
    NOT_JUDGED_AFTER = "not_judged_after"
    NOT_JUDGED_BEFORE = "not_judged_before"
    SAME = "same"


class Side(Struct, frozen=True, kw_only=True):
    """One of the two reports; ``reference`` as in a ticket."""

    file: str
    reference: str
    run_id: str
    started: str
    computer: str
    tool_version: str
    profile: str
    profile_version: str
    profile_hash: str
    verdict: Verdict
    score: int | None
    score_version: int
    partial: bool


class CapabilityChange(Struct, frozen=True, kw_only=True):
    id: Capability
    title: str
    change: Change
    before: Standing | None
    after: Standing | None
    score_before: int | None
    score_after: int | None


class CauseSeen(Struct, frozen=True, kw_only=True):
    """A cause by its code and owner."""

    code: str
    change: CauseChange
    owner: Owner
    either: tuple[Owner, ...]
    summary: str


class CheckChange(Struct, frozen=True, kw_only=True):
    """``before`` and ``after``: the status, none where that report has no such check; the summaries are what was said then.
    ``behind_``: what it was on hold for."""

    check_id: str
    title: str
    capability: Capability
    change: Change
    before: Status | None
    after: Status | None
    summary_before: str
    summary_after: str
    behind_before: tuple[str, ...]
    behind_after: tuple[str, ...]


class Comparison(Struct, frozen=True, kw_only=True):
    """``before`` is the older report, whichever was given first (``swapped``). ``remarks``: sentences about what keeps the two
    from being compared as they are. ``checks`` are those that changed; ``unchanged`` counts the others."""

    schema: str = SCHEMA
    before: Side
    after: Side
    swapped: bool
    remarks: tuple[str, ...]
    capabilities: tuple[CapabilityChange, ...]
    causes: tuple[CauseSeen, ...]
    checks: tuple[CheckChange, ...]
    unchanged: int
    figures: tuple[FigureChange, ...]


_LEFT: Final = {
    Status.PASS: CauseChange.GONE,
    Status.WARN: CauseChange.GONE,
    Status.FAIL: CauseChange.REPLACED,
    Status.UNKNOWN: CauseChange.NOT_JUDGED_AFTER,
}
_CAME: Final = {
    Status.PASS: CauseChange.NEW,
    Status.WARN: CauseChange.NEW,
    Status.FAIL: CauseChange.INSTEAD,
    Status.UNKNOWN: CauseChange.NOT_JUDGED_BEFORE,
}


def compare(first: SavedReport, second: SavedReport) -> Comparison:
    swapped = is_older(second.report, first.report)
    before, after = (second, first) if swapped else (first, second)
    checks = _checks(before.report, after.report)
    return Comparison(
        before=_side(before),
        after=_side(after),
        swapped=swapped,
        remarks=remarks(before.report, after.report),
        capabilities=tuple(_capabilities(before.report, after.report)),
        causes=tuple(_causes(before.report, after.report)),
        checks=tuple(each for each in checks if each.change is not Change.SAME),
        unchanged=sum(each.change is Change.SAME for each in checks),
        figures=tuple(_figures(before.report, after.report)),
    )


def _side(saved: SavedReport) -> Side:
    report = saved.report
    return Side(
        file=saved.file,
        reference=saved.reference,
        run_id=report.run_id,
        started=report.started,
        computer=report.environment.computer,
        tool_version=report.tool.version,
        profile=report.policy.title or report.policy.name,
        profile_version=report.policy.version,
        profile_hash=report.policy.hash,
        verdict=report.verdict,
        score=report.score.value,
        score_version=report.score.version,
        partial=report.partial,
    )


def _capabilities(before: Report, after: Report) -> list[CapabilityChange]:
    was, now = ({one.id: one for one in report.capabilities} for report in (before, after))
    return [_capability(was.get(each), now.get(each), each) for each in CAPABILITIES if each in {*was, *now}]


def _capability(
    before: CapabilityVerdict | None, after: CapabilityVerdict | None, id_: Capability
) -> CapabilityChange:
    was, now = (one.status if one is not None else None for one in (before, after))
    return CapabilityChange(
        id=id_,
        title=CAPABILITY_TITLES[id_],
        change=_ranked(was, now, _STANDING),
        before=was,
        after=now,
        score_before=before.score if before is not None else None,
        score_after=after.score if after is not None else None,
    )


def _ranked(before: T | None, after: T | None, worst_first: Sequence[T]) -> Change:
    if before == after:
        return Change.SAME
    if before is None or after is None:
        return Change.NEW if before is None else Change.GONE
    if before not in worst_first or after not in worst_first:
        return Change.OTHERWISE
    return Change.BETTER if worst_first.index(after) > worst_first.index(before) else Change.WORSE


def _causes(before: Report, after: Report) -> list[CauseSeen]:
    """Those of the older report that the newer one does not have, then those of the newer one."""
    was, now = ({_key(cause) for cause in report.causes} for report in (before, after))
    return [
        *(_seen(cause, _without(cause, after, _LEFT)) for cause in before.causes if _key(cause) not in now),
        *(
            _seen(cause, CauseChange.SAME if _key(cause) in was else _without(cause, before, _CAME))
            for cause in after.causes
        ),
    ]


def _key(cause: Cause) -> tuple[object, ...]:
    """Checks that a profile declares have their codes in common and nothing else, as diagnose() knows."""
    own = _found_by(cause) if cause.code.startswith(DECLARED) else ""
    return own, cause.code, cause.owner, frozenset(cause.either)


def _found_by(cause: Cause) -> str:
    return next(iter(cause.explains), "")


def _without(cause: Cause, other: Report, meant: Mapping[Status, CauseChange]) -> CauseChange:
    """What it means that the other report does not have this cause, by how the check that found it ended there."""
    found_by = _found_by(cause)
    status = next((one.status for one in other.results if one.check_id == found_by), Status.UNKNOWN)
    return meant.get(status, meant[Status.UNKNOWN])


def _seen(cause: Cause, change: CauseChange) -> CauseSeen:
    return CauseSeen(
        code=cause.code, change=change, owner=cause.owner, either=cause.either, summary=cause.summary
    )


def _checks(before: Report, after: Report) -> list[CheckChange]:
    """In the order of the second report; what only the first one has comes last."""
    was, now = ({one.check_id: one for one in report.results} for report in (before, after))
    return [_check(was.get(check_id), now.get(check_id)) for check_id in dict.fromkeys((*now, *was))]


def _check(before: CheckResult | None, after: CheckResult | None) -> CheckChange:
    known = after or before
    assert known is not None
    was, now = (one.status if one is not None else None for one in (before, after))
    change = _ranked(was, now, _CHECKED)
    if before is not None and after is not None and change is Change.SAME and _said(before) != _said(after):
        change = Change.OTHERWISE
    return CheckChange(
        check_id=known.check_id,
        title=known.title,
        capability=known.capability,
        change=change,
        before=was,
        after=now,
        summary_before=result_text(before) if before is not None else "",
        summary_after=result_text(after) if after is not None else "",
        behind_before=before.behind if before is not None else (),
        behind_after=after.behind if after is not None else (),
    )


def _said(result: CheckResult) -> frozenset[str]:
    """The codes that it was judged by, where something is wrong."""
    wrong = (Status.FAIL, Status.WARN)
    return frozenset(finding.code for finding in result.findings if finding.status in wrong)


def _figures(before: Report, after: Report) -> list[FigureChange]:
    was = {(one.check_id, figure.name): figure for one in before.results for figure in one.measurements}
    return [
        compared(one.check_id, was[one.check_id, figure.name], figure)
        for one in after.results
        for figure in one.measurements
        if (one.check_id, figure.name) in was
    ]
