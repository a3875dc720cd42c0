"""The verdict about a share: from what stood in the way at which stage to a finding in people's words. Pure; asks nobody."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from readycheck.api import (
    Confidence,
    Finding,
    Measurement,
    Owner,
    Status,
    failed,
    judge,
    measured,
    passed,
    skipped,
    unknown,
    warned,
)
from readycheck_checks.shares.outcome import Seen, Stage, Trouble, What
from readycheck_checks.shares.target import Target
from readycheck_checks.shares.words import CERTIFICATES, DOUBTS, filled, words_for


@dataclass(frozen=True, kw_only=True)
class Judging:
    """How to speak of a share (``label`` names it) and what to hold it against; ``rate_plan_bps`` 0: no rate is wanted."""

    label: str
    target: Target
    write_required: bool = True
    rate_plan_bps: float = 0.0
    rate_fail_bps: float = 0.0
    rate_source: str = ""


_TOO_LITTLE: Final = "the data limit is too low for it, or the file too small"


def judge_share(seen: Seen, how: Judging) -> Iterator[Finding | Measurement]:
    """The rate, what works, and what does not: one finding for each trouble, in the order they were met."""
    rate = _rate(seen, how)
    too_slow = rate is not None and judge(rate) is not Status.PASS
    told_by_rate = [t for t in seen.troubles if too_slow and t.stage is Stage.RATE]
    findings = [_finding(trouble, seen, how) for trouble in seen.troubles if trouble not in told_by_rate]
    if rate is not None:
        yield rate
        findings += [_slow(rate, seen, how)] * too_slow
    if Stage.SERVER in seen.done and not any(finding.status is Status.FAIL for finding in findings):
        yield _works(seen, how)
    yield from findings
    timed = any(trouble.stage is Stage.RATE for trouble in seen.troubles) or rate is not None
    if how.rate_plan_bps and Stage.READ in seen.done and not timed:
        yield skipped("files.rate_not_timed", f"How fast {how.label} is was not timed: {_TOO_LITTLE}")


def _rate(seen: Seen, how: Judging) -> Measurement | None:
    """The measured rate. An upper bound counts only where it lies below what is wanted and the line was alive."""
    if seen.rate is None:
        return None
    rate = seen.rate
    method = f"one reader, {rate.bytes / 1000:.0f} kB in {rate.seconds:.1f} s"
    measurement = measured(
        "share_rate",
        f"Reading from {how.label}",
        rate.rate_bps,
        "bit/s",
        plan=how.rate_plan_bps,
        fail=how.rate_fail_bps,
        source=how.rate_source,
        high=rate.rate_bps if rate.at_most else None,
        method=f"{method}, not finished: an upper bound" if rate.at_most else method,
    )
    alive = all(trouble.vouched for trouble in seen.troubles if trouble.stage is Stage.RATE)
    proved = not rate.at_most or (alive and judge(measurement) is not Status.PASS)
    return measurement if proved else None


def _slow(measurement: Measurement, seen: Seen, how: Judging) -> Finding:
    """Low confidence: a slow line looks the same from here; the bandwidth check can tell."""
    fails = judge(measurement) is Status.FAIL
    at_most = "at most " if measurement.high is not None else ""
    value, plan = _mbit(measurement.value), _mbit(how.rate_plan_bps)
    say = failed if fails else warned
    return say(
        "files.slow",
        f"Files on {how.label} open slowly: {at_most}{value} Mbit/s, {plan} wanted",
        remedy="Stop other downloads and check again. If it stays slow, tell IT support.",
        owner=Owner.COMPANY,
        confidence=Confidence.LOW,
        detail=f"{measurement.method}; {seen.evidence}",
    )


def _mbit(bps: float) -> str:
    value = bps / 1e6
    return f"{value:.0f}" if value >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")


def _works(seen: Seen, how: Judging) -> Finding:
    if Stage.LIST not in seen.done:
        return passed("files.server_answers", f"The server of {how.label} answers", detail=seen.evidence)
    parts = ["signing in and listing work"]
    parts += ["reading works"] * (Stage.READ in seen.done)
    parts += ["saving works"] * (Stage.WRITE in seen.done)
    parts += [f"{_mbit(seen.rate.rate_bps)} Mbit/s"] if seen.rate is not None else []
    return passed("files.opens", f"{how.label} opens: {', '.join(parts)}", detail=seen.evidence)


def _finding(trouble: Trouble, seen: Seen, how: Judging) -> Finding:
    if trouble.what is What.CERTIFICATE:
        return _certificate(trouble, seen, how)
    if trouble.what in DOUBTS and not (trouble.what is What.SILENT and trouble.vouched):
        why = _told(DOUBTS[trouble.what], how)
        return unknown(
            "files.unproved",
            f"Whether {how.label} works could not be told: {why}",
            detail=seen.evidence,
            remedy="Save the password where readycheck finds it, and check again."
            if trouble.what is What.NO_PASSWORD
            else "",
        )
    words = words_for(trouble)
    status = words.status
    if trouble.stage is Stage.WRITE and not how.write_required:
        status = Status.WARN
    say = failed if status is Status.FAIL else warned
    usual = Owner.UNKNOWN if how.target.kind == "smb" else Owner.COMPANY
    return say(
        words.code,
        _told(words.says, how),
        remedy=_told(words.remedy, how),
        owner=Owner.COMPANY if trouble.tunnelled else words.owner or usual,
        confidence=words.confidence,
        detail=seen.evidence,
    )


def _certificate(trouble: Trouble, seen: Seen, how: Judging) -> Finding:
    words = CERTIFICATES[trouble.reason]
    early = trouble.reason == "not_yet_valid"
    look = "Check the date and time of this computer. If they are right, tell" if early else "Tell"
    return failed(
        "files.certificate",
        _told(f"{{label}} will not open safely: the certificate of {{host}} {words}", how),
        remedy=_told(f"{look} IT support that the certificate of {{host}} {words}.", how),
        owner=Owner.UNKNOWN if early else Owner.COMPANY,
        detail=seen.evidence,
    )


def _told(text: str, how: Judging) -> str:
    return filled(text, how.label, how.target)
