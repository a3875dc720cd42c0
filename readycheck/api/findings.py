"""What a check says: findings of each status, measurements with their limits, facts. Every text is cleaned on its way."""

from readycheck.model import Confidence, Fact, Finding, Measurement, Owner, Status
from readycheck.privacy import Privacy
from readycheck.text import clean


def passed(code: str, summary: str, *, detail: str = "", confidence: Confidence = Confidence.HIGH) -> Finding:
    """It works; the summary states the fact (the measured value, the name found)."""
    return Finding(
        code=code, status=Status.PASS, summary=clean(summary), detail=clean(detail), confidence=confidence
    )


def warned(
    code: str,
    summary: str,
    *,
    remedy: str,
    owner: Owner = Owner.UNKNOWN,
    detail: str = "",
    confidence: Confidence = Confidence.MEDIUM,
    either: tuple[Owner, ...] = (),
) -> Finding:
    """It works, and not well. ``remedy`` begins with a verb and is something this person can do.

    ``either``: the owners it can be, the likeliest first, where nothing seen from here decides between them.
    """
    return Finding(
        code=code,
        status=Status.WARN,
        summary=clean(summary),
        remedy=clean(remedy, 1000, lines=True),
        owner=owner,
        detail=clean(detail),
        confidence=confidence,
        either=_apart(owner, either),
    )


def failed(
    code: str,
    summary: str,
    *,
    remedy: str,
    owner: Owner = Owner.UNKNOWN,
    detail: str = "",
    confidence: Confidence = Confidence.MEDIUM,
    either: tuple[Owner, ...] = (),
) -> Finding:
    """It does not work, and that was proved: by an answer, or by silence with a control that answered."""
    return Finding(
        code=code,
        status=Status.FAIL,
        summary=clean(summary),
        remedy=clean(remedy, 1000, lines=True),
        owner=owner,
        detail=clean(detail),
        confidence=confidence,
        either=_apart(owner, either),
    )


def _apart(owner: Owner, either: tuple[Owner, ...]) -> tuple[Owner, ...]:
    """``either`` is for an owner that is not known, and names two at least."""
    if either and (owner is not Owner.UNKNOWN or len(set(either)) < 2 or Owner.UNKNOWN in either):
        raise ValueError("either names two or more owners, of which it is not known whose it is")
    return either


def unknown(code: str, summary: str, *, remedy: str = "", detail: str = "") -> Finding:
    """It could not be judged: no permission, no control, no answer that proves anything. The summary says why."""
    return Finding(
        code=code, status=Status.UNKNOWN, summary=clean(summary), remedy=clean(remedy), detail=clean(detail)
    )


def skipped(code: str, summary: str) -> Finding:
    """It does not apply here; the summary says why."""
    return Finding(code=code, status=Status.SKIP, summary=clean(summary))


def measured(
    name: str,
    title: str,
    value: float,
    unit: str,
    *,
    plan: float | None = None,
    fail: float | None = None,
    source: str = "",
    low: float | None = None,
    high: float | None = None,
    method: str = "",
) -> Measurement:
    """A value with its planning and failing limits and whose they are; both limits or none (ValueError)."""
    if (plan is None) != (fail is None) or (plan is not None and plan == fail):
        raise ValueError(f"{name}: give two different limits, plan and fail, or none")
    return Measurement(
        name=name,
        title=clean(title),
        value=float(value),
        unit=unit,
        plan_limit=plan,
        fail_limit=fail,
        source=clean(source),
        low=low,
        high=high,
        method=clean(method),
    )


def judge(measurement: Measurement) -> Status:
    """PASS at the planning limit or better, FAIL at the failing limit or worse, WARN between; PASS where there is no limit."""
    value, plan, fail = measurement.value, measurement.plan_limit, measurement.fail_limit
    if plan is None or fail is None:
        return Status.PASS
    sign = 1 if plan > fail else -1
    if sign * value >= sign * plan:
        return Status.PASS
    return Status.FAIL if sign * value <= sign * fail else Status.WARN


def fact(name: str, title: str, value: object, privacy: Privacy = Privacy.TEXT) -> Fact:
    """Something seen that is neither good nor bad. Say what kind of thing it is where it could name a person."""
    return Fact(name=name, title=clean(title), value=clean(value), privacy=privacy)
