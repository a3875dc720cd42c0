"""The verdict about a share: from what stood in the way at which stage to a finding in people's words. Pure; asks nobody."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

from readycheck.api import (
    Blame,
    Code,
    Confidence,
    Finding,
    Measurement,
    Owner,
    Status,
    failed,
    judge,
    measured,
    passed,
    quantity,
    skipped,
    unknown,
    value_text,
    warned,
)
from readycheck_checks.blame.certificates import judge_certificate
from readycheck_checks.blame.lost_names import judge_lost_name
from readycheck_checks.shares.codes import (
    FILES_CERTIFICATE,
    NAME_UNKNOWN,
    OPENS,
    RATE_NOT_TIMED,
    SERVER_ANSWERS,
    SLOW,
    SLOW_TO_SAVE,
    STOP_OTHERS,
)
from readycheck_checks.shares.doubts import doubt_of
from readycheck_checks.shares.outcome import Rate, Seen, Stage, Trouble, What
from readycheck_checks.shares.target import Target
from readycheck_checks.shares.wording import filled
from readycheck_checks.shares.words import words_for


@dataclass(frozen=True, kw_only=True)
class Judging:
    """How to speak of a share (``label`` names it) and what to hold it against; ``rate_plan_bps`` 0: no rate is wanted;
    ``wants_sign_in``: with a password; ``inside``: its name may be one of the inside."""

    label: str
    target: Target
    inside: bool = True
    wants_sign_in: bool = True
    write_required: bool = True
    rate_plan_bps: float = 0.0
    rate_fail_bps: float = 0.0
    up_plan_bps: float = 0.0
    up_fail_bps: float = 0.0
    rate_source: str = ""


_TOO_LITTLE: Final = "the data limit is too low for it, or the file too small"


@dataclass(frozen=True, kw_only=True)
class _Way:
    """One direction of a rate: its stage, what was seen and wanted, and the words for it."""

    stage: Stage
    needs: Stage
    rate: Rate | None
    plan_bps: float
    fail_bps: float
    name: str
    doing: str
    code: Code
    slow: str
    untimed: str


def _ways(seen: Seen, how: Judging) -> tuple[_Way, _Way]:
    down = _Way(
        stage=Stage.RATE,
        needs=Stage.READ,
        rate=seen.rate,
        plan_bps=how.rate_plan_bps,
        fail_bps=how.rate_fail_bps,
        name="share_rate",
        doing="Reading from",
        code=SLOW,
        slow="Files on {label} open slowly",
        untimed="How fast {label} is was not timed",
    )
    up = _Way(
        stage=Stage.RATE_UP,
        needs=Stage.WRITE,
        rate=seen.rate_up,
        plan_bps=how.up_plan_bps,
        fail_bps=how.up_fail_bps,
        name="share_rate_up",
        doing="Saving on",
        code=SLOW_TO_SAVE,
        slow="Files on {label} are saved slowly",
        untimed="How fast files are saved on {label} was not timed",
    )
    return down, up


def judge_share(seen: Seen, how: Judging) -> Iterator[Finding | Measurement]:
    """The rates, what works, and what does not: one finding for each trouble, in the order they were met."""
    slow: list[Finding] = []
    told_by_rate = []
    for way in _ways(seen, how):
        measurement = _rate(way, seen, how)
        if measurement is None:
            continue
        yield measurement
        if judge(measurement) is not Status.PASS:
            slow.append(_slow(way, measurement, seen, how))
            told_by_rate.append(way.stage)
    findings = [
        _finding(_unless_it_moves(each, seen), seen, how)
        for each in seen.troubles
        if each.stage not in told_by_rate
    ]
    findings += slow
    if Stage.SERVER in seen.done and not any(finding.status is Status.FAIL for finding in findings):
        yield _works(seen, how)
    yield from findings
    for way in _ways(seen, how):
        timed = way.rate is not None or any(trouble.stage is way.stage for trouble in seen.troubles)
        if way.plan_bps and way.needs in seen.done and not timed:
            yield skipped(RATE_NOT_TIMED, f"{_told(way.untimed, how)}: {_TOO_LITTLE}")


def _unless_it_moves(trouble: Trouble, seen: Seen) -> Trouble:
    """A transfer that did not end in its time, and of which a small part came through afterwards, does not stand still."""
    rate = {Stage.RATE: seen.rate, Stage.RATE_UP: seen.rate_up}.get(trouble.stage)
    if trouble.what is What.SILENT and rate is not None and rate.at_most:
        return replace(trouble, what=What.UNFINISHED)
    return trouble


def _rate(way: _Way, seen: Seen, how: Judging) -> Measurement | None:
    """The measured rate. An upper bound counts only where it lies below what is wanted and the line was alive."""
    rate = way.rate
    if rate is None:
        return None
    method = f"one stream, {rate.bytes / 1000:.0f} kB in {rate.seconds:.1f} s"
    limits = (way.plan_bps, way.fail_bps) if way.plan_bps else (None, None)
    measurement = measured(
        way.name,
        f"{way.doing} {how.label}",
        rate.rate_bps,
        "bit/s",
        plan=limits[0],
        fail=limits[1],
        source=how.rate_source,
        high=rate.rate_bps if rate.at_most else None,
        method=f"{method}, not finished: an upper bound" if rate.at_most else method,
    )
    alive = all(trouble.vouched for trouble in seen.troubles if trouble.stage is way.stage)
    proved = not rate.at_most or (alive and judge(measurement) is not Status.PASS)
    return measurement if proved else None


def _slow(way: _Way, measurement: Measurement, seen: Seen, how: Judging) -> Finding:
    """Low confidence: a slow line looks the same from here; the bandwidth check can tell."""
    fails = judge(measurement) is Status.FAIL
    at_most = "at most " if measurement.high is not None else ""
    say = failed if fails else warned
    return say(
        way.code,
        f"{_told(way.slow, how)}: {at_most}{value_text(measurement)}",
        remedy=STOP_OTHERS,
        owner=Owner.COMPANY,
        confidence=Confidence.LOW,
        detail=f"{measurement.method}; {seen.evidence}",
    )


def _works(seen: Seen, how: Judging) -> Finding:
    if Stage.LIST not in seen.done:
        return passed(SERVER_ANSWERS, f"The server of {how.label} answers", detail=seen.evidence)
    open_to_all = "its folder opens without a sign-in" if how.wants_sign_in else "its folder is there"
    parts = ["signing in and listing work" if Stage.SIGN_IN in seen.done else open_to_all]
    parts += ["reading works"] * (Stage.READ in seen.done)
    parts += ["saving works"] * (Stage.WRITE in seen.done)
    parts += [quantity(seen.rate.rate_bps, "bit/s")] if seen.rate is not None else []
    parts += [f"{quantity(seen.rate_up.rate_bps, 'bit/s')} up"] if seen.rate_up is not None else []
    return passed(OPENS, f"{how.label} opens: {', '.join(parts)}", detail=seen.evidence)


def _finding(trouble: Trouble, seen: Seen, how: Judging) -> Finding:
    if trouble.what is What.CERTIFICATE:
        return _certificate(trouble, seen, how)
    if (doubt := doubt_of(trouble.what, vouched=trouble.vouched)) is not None:
        return unknown(
            doubt.code,
            f"Whether {how.label} works could not be told: {_told(doubt.why, how)}",
            detail=seen.evidence,
            remedy=_told(doubt.remedy, how),
        )
    if trouble.what is What.NAME_UNKNOWN:
        return _name(trouble, seen, how)
    words = words_for(trouble)
    status = words.status
    if trouble.stage in (Stage.WRITE, Stage.RATE_UP) and not how.write_required:
        status = Status.WARN
    say = failed if status is Status.FAIL else warned
    looked = trouble.looked.blame if trouble.looked is not None else Blame()
    return say(
        words.code,
        _told(words.says, how),
        remedy=_told(words.remedy, how),
        blame=words.blame or looked,
        detail=_evidence(trouble, seen),
    )


def _name(trouble: Trouble, seen: Seen, how: Judging) -> Finding:
    looked = trouble.looked.name if trouble.looked is not None else None
    lost = looked or judge_lost_name(how.target.host, None, inside=how.inside)
    return failed(
        NAME_UNKNOWN,
        f"{how.label} will not open: {lost.says}",
        remedy=lost.remedy,
        blame=lost.blame,
        detail=_evidence(trouble, seen),
    )


def _certificate(trouble: Trouble, seen: Seen, how: Judging) -> Finding:
    looked = trouble.looked.certificate if trouble.looked is not None else None
    found = looked or judge_certificate(trouble.reason, issuer=trouble.issuer)
    return failed(
        FILES_CERTIFICATE,
        f"{how.label} will not open safely: {found.told(how.target.host)}",
        remedy=found.remedy(how.target.host),
        blame=found.blame,
        detail=_evidence(trouble, seen),
    )


def _evidence(trouble: Trouble, seen: Seen) -> str:
    ends = trouble.looked.ends if trouble.looked is not None else ""
    return "; ".join(filter(None, (seen.evidence, ends)))


def _told(text: str, how: Judging) -> str:
    return filled(text, how.label, how.target)
