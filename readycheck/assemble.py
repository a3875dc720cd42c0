"""Puts a report together from a plan, its results and where they were measured. Pure but for what it is handed."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from msgspec.structs import replace

from readycheck import __version__
from readycheck.diagnose import diagnose
from readycheck.model import Cause, CheckResult, Environment, Question, Report, Status, Tool
from readycheck.model import Policy as PolicyStamp
from readycheck.plan import Plan
from readycheck.score import gain, judge_capabilities, readiness, verdict


def assemble(
    plan: Plan,
    results: Sequence[CheckResult],
    *,
    policy: PolicyStamp,
    environment: Environment,
    run_id: str,
    started: datetime,
    finished: datetime,
    partial: bool = False,
    questions: Iterable[Question] = (),
    simulated: Iterable[str] = (),
    problems: Iterable[str] = (),
) -> Report:
    """The report of one run: verdict, score and causes follow from the results alone."""
    required = {c: policy_.required and policy_.asked for c, policy_ in plan.policies.items()}
    weights = {c: policy_.weight for c, policy_ in plan.policies.items()}
    capabilities = judge_capabilities(results, required, weights)
    causes = tuple(
        replace(cause, gain=gain(_mends(cause, results), results, capabilities))
        for cause in diagnose(results)
    )
    return Report(
        tool=Tool(version=__version__),
        policy=policy,
        run_id=run_id,
        started=started.isoformat(timespec="seconds"),
        finished=finished.isoformat(timespec="seconds"),
        partial=partial,
        simulated=tuple(simulated),
        verdict=verdict(capabilities),
        score=readiness(results, capabilities),
        capabilities=capabilities,
        causes=causes,
        results=tuple(results),
        questions=tuple(questions),
        contact=plan.contact,
        environment=environment,
        problems=tuple(problems),
        seconds=round((finished - started).total_seconds(), 3),
        bytes_used=plan.fetched + sum(result.bytes_used for result in results),
        bytes_stated=plan.stated_bytes,
    )


def _mends(cause: Cause, results: Sequence[CheckResult]) -> set[str]:
    """What mending a cause would make well: what it explains, short of what another failed check holds too."""
    explained = set(cause.explains)
    failing = {r.check_id for r in results if r.status is Status.FAIL} - explained
    return {r.check_id for r in results if r.check_id in explained and not set(r.behind) & failing}
