"""The arithmetic behind a score as text, recomputed from a report's results; says where the stored score differs.

Explains and judges nothing anew: the numbers come from readycheck.score, the rules are in docs/score.md.
"""

from collections.abc import Iterator, Sequence

from readycheck.model import (
    CAPABILITY_TITLES,
    CapabilityVerdict,
    CheckResult,
    Measurement,
    Report,
    Score,
    Status,
)
from readycheck.score import (
    VERSION,
    capability_score,
    check_score,
    gain,
    judge_capabilities,
    readiness,
    value_score,
    verdict,
)
from readycheck.show.wording import STANDING_WORDS, owner_text, plural
from readycheck.units import quantity


def explain(report: Report) -> str:
    """Plain text, several lines, one newline at the end."""
    required = {one.id: one.required for one in report.capabilities}
    weights = {one.id: one.weight for one in report.capabilities}
    capabilities = judge_capabilities(report.results, required, weights)
    score = readiness(report.results, capabilities)
    lines = [
        *_rules(report),
        *_capabilities(report.results, capabilities),
        *_readiness(report.results, capabilities, score),
        f"Verdict: {verdict(capabilities)}.",
        "",
        *_leverage(report, capabilities),
        *_compared(report, capabilities, score),
    ]
    return "\n".join(lines) + "\n"


def _rules(report: Report) -> Iterator[str]:
    yield f"Score version {VERSION}."
    if report.score.version != VERSION:
        yield f"This report was scored with version {report.score.version}; below is the arithmetic of version {VERSION}."
    yield "A measured value scores 1 at the planning limit, 0 at the failing limit, in between in proportion."
    yield "A check is the mean of its values; without limits pass is 1, warn 0.5, fail 0."
    yield "What was skipped or could not be judged is left out."
    yield ""


def _capabilities(results: Sequence[CheckResult], capabilities: Sequence[CapabilityVerdict]) -> Iterator[str]:
    for one in capabilities:
        need = "required" if one.required else "optional"
        own = [result for result in results if result.capability is one.id]
        yield f"{CAPABILITY_TITLES[one.id]}: {STANDING_WORDS[one.status]} ({need}, weight {one.weight:g})"
        for result in own:
            yield from _check(result)
        parts = [(value, r.weight) for r in own if (value := check_score(r)) is not None]
        yield f"  = 100 x {_mean_text(parts)} = {_number(capability_score(own))}"
        yield ""


def _check(result: CheckResult) -> Iterator[str]:
    value = check_score(result)
    told = "left out" if value is None else f"{_number(value)}, weight {result.weight:g}"
    yield f"  {result.check_id} ({result.title}): {result.status}: {told}"
    if value is None:
        return
    scores = [score for m in result.measurements if (score := value_score(m)) is not None]
    for measurement in result.measurements:
        yield from _value(measurement)
    mean = sum(scores) / len(scores) if scores else value
    if mean != value:
        yield f"    the values alone would give {_number(mean)}; a finding of status {result.status} holds it at {_number(value)}"


def _value(measurement: Measurement) -> Iterator[str]:
    score, plan, fail = value_score(measurement), measurement.plan_limit, measurement.fail_limit
    if score is None or plan is None or fail is None:
        return
    unit = measurement.unit
    yield (
        f"    {measurement.title} {quantity(measurement.value, unit)}: plan {quantity(plan, unit)}, "
        f"fail {quantity(fail, unit)}: {_number(score)}"
    )


def _mean_text(parts: Sequence[tuple[float, float]]) -> str:
    """ "(0.82 x 1 + 1 x 2) / 3"; a word where there is nothing to divide by."""
    if sum(weight for _, weight in parts) <= 0:
        return "nothing that counts"
    terms = " + ".join(f"{_number(value)} x {weight:g}" for value, weight in parts)
    return f"({terms}) / {sum(weight for _, weight in parts):g}"


def _readiness(
    results: Sequence[CheckResult], capabilities: Sequence[CapabilityVerdict], score: Score
) -> Iterator[str]:
    parts = [
        (value, one.weight)
        for one in capabilities
        if (value := capability_score([r for r in results if r.capability is one.id])) is not None
    ]
    yield f"Readiness = {_mean_text(parts)} = {_shown(score.uncapped)}"
    if score.cap is not None:
        yield f"Held down to {score.cap}, because of a required capability: a higher number would contradict the verdict."
    yield f"Score: {_shown(score.value)} of 100."


def _leverage(report: Report, capabilities: Sequence[CapabilityVerdict]) -> Iterator[str]:
    explained = {check_id for cause in report.causes for check_id in cause.explains}
    troubled = [
        r for r in report.results if r.status in (Status.FAIL, Status.WARN) and r.check_id not in explained
    ]
    if not troubled and not report.causes:
        return
    yield "What mending one thing alone would bring:"
    for cause in report.causes:
        yield f"  {cause.code} with all that waits for it ({owner_text(cause.owner, cause.either)}): {_points(cause.gain)}"
    for result in troubled:
        points = gain({result.check_id}, report.results, capabilities)
        yield f"  {result.check_id} ({result.title}): {_points(points)}"
    yield ""


def _compared(report: Report, capabilities: Sequence[CapabilityVerdict], score: Score) -> Iterator[str]:
    pairs: list[tuple[str, object, object]] = [
        ("the score", report.score.value, score.value),
        ("the verdict", str(report.verdict), str(verdict(capabilities))),
    ]
    stored = {one.id: one for one in report.capabilities}
    for one in capabilities:
        told = stored.get(one.id)
        name = CAPABILITY_TITLES[one.id]
        pairs.append((f"the status of {name}", told and str(told.status), str(one.status)))
        pairs.append((f"the score of {name}", told and told.score, one.score))
    differing = [pair for pair in pairs if pair[1] != pair[2]]
    for name, was, comes_out in differing:
        yield f"DIFFERS: {name} is stored as {_shown(was)}; from the results it comes out as {_shown(comes_out)}."
    if not differing:
        yield "The stored score agrees with this arithmetic."


def _shown(value: object) -> str:
    return "none" if value is None else str(value)


def _points(count: int) -> str:
    return plural(count, "1 point", "{} points")


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")
