"""Score version 1: from results to value scores, check scores, capabilities, readiness and verdict. Pure; docs/score.md
publishes it. A later version gets a number of its own, so that old reports keep their meaning.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from readycheck.model import (
    CAPABILITY_TITLES,
    Capability,
    CapabilityVerdict,
    CheckResult,
    Measurement,
    Score,
    Standing,
    Status,
    Verdict,
)

VERSION: Final = 1
CAP_NOT_WORKING: Final = 49
CAP_LIMITED: Final = 89


def value_score(measurement: Measurement) -> float | None:
    """1 at the planning limit or better, 0 at the failing limit or worse, linear between; None where there are no limits."""
    plan, fail = measurement.plan_limit, measurement.fail_limit
    if plan is None or fail is None or plan == fail:
        return None
    return min(1.0, max(0.0, (measurement.value - fail) / (plan - fail)))


def check_score(result: CheckResult) -> float | None:
    """0 to 1, None for SKIP and UNKNOWN. Measured checks: the mean of their value scores, which a status worse than every
    value holds down (FAIL at 0, WARN at 0.5); yes/no checks: 1, 0.5 or 0."""
    if result.status in (Status.SKIP, Status.UNKNOWN):
        return None
    flat = {Status.PASS: 1.0, Status.WARN: 0.5, Status.FAIL: 0.0}[result.status]
    values = [score for m in result.measurements if (score := value_score(m)) is not None]
    if not values:
        return flat
    mean = sum(values) / len(values)
    worst = min(values)
    if result.status is Status.FAIL and worst > 0.0:
        return 0.0
    if result.status is Status.WARN and worst >= 1.0:
        return 0.5
    return mean


def standing(results: Sequence[CheckResult]) -> Standing:
    """How a capability stands, from its checks: the worst proved thing first, then what could not be judged."""
    if any(r.status is Status.FAIL for r in results):
        return Standing.NOT_WORKING
    if any(r.status is Status.UNKNOWN and r.essential for r in results):
        return Standing.UNKNOWN
    judged = [r for r in results if r.status in (Status.PASS, Status.WARN)]
    held = [r for r in results if r.behind]
    if held and not any(r.essential for r in judged):
        return Standing.ON_HOLD
    if held or any(r.status is Status.WARN for r in judged):
        return Standing.LIMITED
    if judged:
        return Standing.READY
    return Standing.UNKNOWN if any(r.status is Status.UNKNOWN for r in results) else Standing.NOT_CHECKED


def capability_score(results: Iterable[CheckResult]) -> float | None:
    """Weighted mean of its check scores, 0 to 100."""
    return _mean((score * 100, r.weight) for r in results if (score := check_score(r)) is not None)


def _mean(pairs: Iterable[tuple[float, float]]) -> float | None:
    weighted = list(pairs)
    total = sum(weight for _, weight in weighted)
    return sum(value * weight for value, weight in weighted) / total if total > 0 else None


def _rounded(value: float | None) -> int | None:
    return None if value is None else int(value + 0.5)


def judge_capabilities(
    results: Sequence[CheckResult], required: Mapping[Capability, bool], weights: Mapping[Capability, float]
) -> tuple[CapabilityVerdict, ...]:
    """One verdict a capability that has any check, in the order of the report."""
    verdicts = []
    for capability, title in CAPABILITY_TITLES.items():
        own = [r for r in results if r.capability is capability]
        if own:
            verdicts.append(
                CapabilityVerdict(
                    id=capability,
                    title=title,
                    status=standing(own),
                    required=required.get(capability, False),
                    score=_rounded(capability_score(own)),
                    weight=weights.get(capability, 1.0),
                    reason=_reason(own),
                )
            )
    return tuple(verdicts)


def _reason(results: Sequence[CheckResult]) -> str:
    """The summary of the check that decides the standing."""
    for deciding in (
        [r for r in results if r.status is Status.FAIL],
        [r for r in results if r.status is Status.UNKNOWN and r.essential],
        [r for r in results if r.behind],
        [r for r in results if r.status is Status.WARN],
    ):
        if deciding:
            return deciding[0].summary or deciding[0].reason
    return ""


def verdict(capabilities: Sequence[CapabilityVerdict]) -> Verdict:
    """Not ready, could not be judged, ready with warnings, ready: the first that holds. Nothing judged is UNKNOWN."""
    needed = [c for c in capabilities if c.required]
    if any(c.status in (Standing.NOT_WORKING, Standing.ON_HOLD) for c in needed):
        return Verdict.NOT_READY
    if any(c.status is Standing.UNKNOWN for c in needed):
        return Verdict.UNKNOWN
    if not any(_judged(c) for c in capabilities):
        return Verdict.UNKNOWN
    troubled = (Standing.NOT_WORKING, Standing.ON_HOLD, Standing.LIMITED)
    if any(c.status in troubled for c in capabilities):
        return Verdict.READY_WITH_WARNINGS
    return Verdict.READY


def _judged(capability: CapabilityVerdict) -> bool:
    return capability.status not in (Standing.UNKNOWN, Standing.NOT_CHECKED)


def readiness(results: Sequence[CheckResult], capabilities: Sequence[CapabilityVerdict]) -> Score:
    """Weighted mean of the capabilities, 0 to 100, capped so that the number cannot contradict the verdict."""
    value = _mean(
        (score, c.weight)
        for c in capabilities
        if (score := capability_score([r for r in results if r.capability is c.id])) is not None
    )
    plain, cap = _rounded(value), _cap(capabilities)
    if plain is None or cap is None or plain <= cap:
        return Score(value=plain, version=VERSION, uncapped=plain)
    return Score(value=cap, version=VERSION, uncapped=plain, cap=cap)


def _cap(capabilities: Sequence[CapabilityVerdict]) -> int | None:
    needed = [c.status for c in capabilities if c.required]
    if Standing.NOT_WORKING in needed or Standing.ON_HOLD in needed:
        return CAP_NOT_WORKING
    if Standing.LIMITED in needed or Standing.UNKNOWN in needed:
        return CAP_LIMITED
    return None


def gain(
    mended: Iterable[str], results: Sequence[CheckResult], capabilities: Sequence[CapabilityVerdict]
) -> int:
    """The leverage: points that readiness would rise by if these checks alone were fully well (PASS, nothing measured short)."""
    ids = set(mended)
    better = [
        replace(r, status=Status.PASS, findings=(), measurements=(), behind=()) if r.check_id in ids else r
        for r in results
    ]
    required = {c.id: c.required for c in capabilities}
    weights = {c.id: c.weight for c in capabilities}
    after = readiness(better, judge_capabilities(better, required, weights)).value or 0
    before = readiness(results, capabilities).value or 0
    return max(0, after - before)
