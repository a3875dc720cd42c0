"""Rules about certificates and the clock: what it makes of them, and what only looks like its doing."""

from collections.abc import Mapping
from functools import partial
from typing import Final

from msgspec.structs import replace

from readycheck.diagnose.causes import Causes, Results, absorbed, is_one_of, parties
from readycheck.diagnose.explanations import CERTIFICATES
from readycheck.model import Cause, CheckResult, Confidence, Owner, Status

ALL_HOSTS: Final = "connection.tls_dates"
DATES: Final = (ALL_HOSTS, *CERTIFICATES)
CLOCK_OFF: Final = "connection.clock_off"
OF_DATES: Final[
    Mapping[str, tuple[str, ...]]
] = {  # what is said of a certificate, by the way a clock must be off to make it so
    "ahead": ("has run out", "has expired"),
    "behind": ("is not valid yet", "is not yet valid"),
}
OFFSET: Final = "clock_offset"
OPENED: Final = "connection.tls_intercepted"
NO_STRANGERS: Final = (*(words for way in OF_DATES.values() for words in way), "belongs to another name")
NEAR: Final = {Owner.DEVICE, Owner.HOME, Owner.ISP}
DAY_S: Final = 86_400.0  # certificates are made out some hours back, and for months
# What the remedy for a certificate says where its date alone may make it this computer's matter: the only sign of that.
SEE_CLOCK: Final = "Check the date and time of this computer"
ELSE: Final = ". If that does not help, t"


def a_wrong_clock_spoils_dates(causes: Causes, results: Results) -> Causes:
    """A clock that is ahead makes certificates look expired, one that is behind makes them look not yet valid, and neither makes
    anything else of them. Off by days it does so to any; off by minutes to none but those that were seen to be valid by a right
    clock. Certificates of all hosts that look out of date are a wrong clock that nobody has measured."""
    days = _days_off(results)
    for clock in [cause for cause in causes if cause.code == CLOCK_OFF]:
        causes = absorbed(causes, clock, partial(_is_by_clock, clock, days))
    for everybody in [cause for cause in causes if cause.code == ALL_HOSTS]:
        causes = absorbed(causes, everybody, partial(_is_like_all, everybody))
    return causes


def what_opens_connections_is_a_stranger(causes: Causes, results: Results) -> Causes:
    """What opens everybody's secure connections shows its own certificate for the company's hosts too: a stranger's, and no other
    that does not check out."""
    for opened in [cause for cause in causes if cause.code == OPENED]:
        causes = absorbed(causes, opened, _is_a_strangers)
    return causes


def _is_a_strangers(cause: Cause) -> bool:
    other = any(words in cause.summary for words in NO_STRANGERS)
    return is_one_of(cause.code, CERTIFICATES) and not other and not NEAR.isdisjoint(parties(cause))


def _days_off(results: Results) -> bool:
    clock = results.get("clock")
    return clock is not None and any(abs(m.value) >= DAY_S for m in clock.measurements if m.name == OFFSET)


def _is_by_clock(clock: Cause, days: bool, cause: Cause) -> bool:
    if cause.code == ALL_HOSTS:
        return days and _agree(_ways(clock), _ways(cause))
    proved = cause.owner is Owner.DEVICE
    return (days or proved) and _is_like_all(clock, cause)


def _is_like_all(root: Cause, cause: Cause) -> bool:
    """A certificate that is out of date and may be so by this computer's clock; the way of the root, where that is told."""
    dated = _said_of_dates(cause.summary) if is_one_of(cause.code, CERTIFICATES) else set()
    return bool(dated) and Owner.DEVICE in parties(cause) and _agree(_ways(root), dated)


def _said_of_dates(text: str) -> set[str]:
    return {way for way, words in OF_DATES.items() if any(each in text for each in words)}


def _ways(root: Cause) -> set[str]:
    """The ways that the clock is off, by what a root says itself; empty where it does not tell."""
    if root.code == CLOCK_OFF:
        return {way for way in OF_DATES if f" {way}" in root.summary}
    return _said_of_dates(" ".join(root.evidence_for))


def _agree(one: set[str], other: set[str]) -> bool:
    return not one or not other or not one.isdisjoint(other)


def a_right_clock_is_not_to_blame(causes: Causes, results: Results) -> Causes:
    """Certificates that look out of date by a clock that was found right are not the doing of this computer's clock, by which
    alone a certificate that others show too is this computer's fault, and one that nobody was seen beside may be."""
    clock = results.get("clock")
    if clock is None or clock.status is not Status.PASS:
        return causes
    return tuple(_by_a_right_clock(c, clock) if is_one_of(c.code, DATES) else c for c in causes)


def _by_a_right_clock(cause: Cause, clock: CheckResult) -> Cause:
    if cause.owner is Owner.DEVICE:
        return _not_the_clock(cause, clock)
    if Owner.DEVICE in cause.either and SEE_CLOCK in cause.next_step:
        return _of_the_others(cause, clock)
    return cause


def _of_the_others(cause: Cause, clock: CheckResult) -> Cause:
    """The clock was all that this computer could have had to do with it."""
    others = tuple(owner for owner in cause.either if owner is not Owner.DEVICE)
    alone = len(others) == 1
    return replace(
        cause,
        owner=others[0] if alone else Owner.UNKNOWN,
        either=() if alone else others,
        next_step=cause.next_step.replace(SEE_CLOCK + ELSE, "T").replace(f"{SEE_CLOCK}. ", ""),
        evidence_for=(*cause.evidence_for, clock.summary),
    )


def _not_the_clock(cause: Cause, clock: CheckResult) -> Cause:
    return replace(
        cause,
        owner=Owner.UNKNOWN,
        confidence=Confidence.LOW,
        summary="The certificates of all hosts look out of date, although the clock of this computer is right",
        next_step="Type no password on this network. Try a phone hotspot; "
        "if it is the same there, install the pending system updates",
        evidence_for=(*cause.evidence_for, clock.summary),
    )
