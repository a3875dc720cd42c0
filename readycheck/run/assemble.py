"""Puts a report together from what was to be run, its results and where they were measured. Pure but for what it is handed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from readycheck import __version__
from readycheck.diagnose import diagnose
from readycheck.model import Cause, CheckResult, Environment, Report, Status, Tool
from readycheck.questions import worth_asking
from readycheck.run.assignment import Assignment
from readycheck.score import gain, judge_capabilities, readiness, verdict


@dataclass(frozen=True, kw_only=True)
class Span:
    """Which run, and from when to when. ``partial``: the person stopped it; ``left_behind``: what it could not stop itself."""

    run_id: str
    started: datetime
    finished: datetime
    partial: bool = False
    left_behind: tuple[str, ...] = ()


def assemble(
    assignment: Assignment, results: Sequence[CheckResult], *, environment: Environment, span: Span
) -> Report:
    """The report of one run: verdict, score and causes follow from the results alone."""
    plan = assignment.plan
    required = {c: rule.required and rule.asked for c, rule in plan.rules.items()}
    weights = {c: rule.weight for c, rule in plan.rules.items()}
    capabilities = judge_capabilities(results, required, weights)
    causes = tuple(
        replace(cause, gain=gain(_mends(cause, results), results, capabilities))
        for cause in diagnose(results)
    )
    return Report(
        tool=Tool(version=__version__),
        policy=assignment.policy,
        run_id=span.run_id,
        started=span.started.isoformat(timespec="seconds"),
        finished=span.finished.isoformat(timespec="seconds"),
        partial=span.partial,
        simulated=assignment.simulated,
        verdict=verdict(capabilities),
        score=readiness(results, capabilities),
        capabilities=capabilities,
        causes=causes,
        results=tuple(results),
        questions=worth_asking(assignment.questions, assignment.pointless, results),
        contact=plan.contact,
        environment=environment,
        problems=assignment.notes + span.left_behind,
        seconds=round((span.finished - span.started).total_seconds(), 3),
        bytes_used=plan.fetched + sum(result.bytes_used for result in results),
        bytes_stated=plan.stated_bytes,
    )


def _mends(cause: Cause, results: Sequence[CheckResult]) -> set[str]:
    """What mending a cause would make well: what it explains, short of what another failed check holds too."""
    explained = set(cause.explains)
    failing = {r.check_id for r in results if r.status is Status.FAIL} - explained
    return {r.check_id for r in results if r.check_id in explained and not set(r.behind) & failing}
