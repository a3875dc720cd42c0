"""What a check says: findings of each status, measurements with their limits, facts. Every text is cleaned on its way.

A finding is named by its declared Code, whose remedy it has where it says none of its own, or by the name of one.
"""

from dataclasses import replace

from readycheck.api.blame import Blame
from readycheck.api.codes import Code
from readycheck.model import Confidence, Fact, Finding, Measurement, Owner, Status
from readycheck.privacy import Privacy
from readycheck.text import clean


def passed(
    code: Code | str, summary: str, *, detail: str = "", confidence: Confidence = Confidence.HIGH
) -> Finding:
    """It works; the summary states the fact (the measured value, the name found)."""
    return Finding(
        code=_name(code),
        status=Status.PASS,
        summary=clean(summary),
        detail=clean(detail),
        confidence=confidence,
    )


def warned(
    code: Code | str,
    summary: str,
    *,
    remedy: str | None = None,
    owner: Owner = Owner.UNKNOWN,
    detail: str = "",
    confidence: Confidence | None = None,
    either: tuple[Owner, ...] = (),
    blame: Blame | None = None,
) -> Finding:
    """It works, and not well. ``remedy`` begins with a verb and is something this person can do; where neither the finding nor
    its Code has one, ValueError.

    Whose it is: ``owner``; or ``either``, the owners it can be, the likeliest first, where nothing seen from here decides between
    them; or ``blame``, which says both and how sure it is. ``confidence`` is medium where nothing is said.
    """
    return _wrong(Status.WARN, code, summary, remedy, detail, _whose(owner, either, confidence, blame))


def failed(
    code: Code | str,
    summary: str,
    *,
    remedy: str | None = None,
    owner: Owner = Owner.UNKNOWN,
    detail: str = "",
    confidence: Confidence | None = None,
    either: tuple[Owner, ...] = (),
    blame: Blame | None = None,
) -> Finding:
    """It does not work, and that was proved: by an answer, or by silence with a control that answered. Whose: as warned()."""
    return _wrong(Status.FAIL, code, summary, remedy, detail, _whose(owner, either, confidence, blame))


def _whose(
    owner: Owner, either: tuple[Owner, ...], confidence: Confidence | None, blame: Blame | None
) -> Blame:
    if blame is None:
        return Blame(owner, either, confidence or Confidence.MEDIUM)
    if owner is not Owner.UNKNOWN or either:
        raise ValueError("blame says whose it is: name no owner beside it")
    return replace(blame, confidence=confidence or blame.confidence)


def _wrong(
    status: Status, code: Code | str, summary: str, remedy: str | None, detail: str, blame: Blame
) -> Finding:
    if remedy is None and not _remedy(code, None):
        raise ValueError(f"{_name(code)}: say what the person does about it (remedy)")
    return Finding(
        code=_name(code),
        status=status,
        summary=clean(summary),
        remedy=clean(_remedy(code, remedy), 1000, lines=True),
        owner=blame.owner,
        detail=clean(detail),
        confidence=blame.confidence,
        either=blame.either,
    )


def _name(code: Code | str) -> str:
    return code.name if isinstance(code, Code) else code


def _remedy(code: Code | str, own: str | None) -> str:
    if own is None:
        return code.remedy if isinstance(code, Code) else ""
    return own


def unknown(code: Code | str, summary: str, *, remedy: str | None = None, detail: str = "") -> Finding:
    """It could not be judged: no permission, no control, no answer that proves anything. The summary says why."""
    return Finding(
        code=_name(code),
        status=Status.UNKNOWN,
        summary=clean(summary),
        remedy=clean(_remedy(code, remedy)),
        detail=clean(detail),
    )


def skipped(code: Code | str, summary: str) -> Finding:
    """It does not apply here; the summary says why."""
    return Finding(code=_name(code), status=Status.SKIP, summary=clean(summary))


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
