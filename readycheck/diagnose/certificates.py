"""Rules about certificates and the clock: what it makes of them, and what only looks like its doing."""

from typing import Final

from msgspec.structs import replace

from readycheck.diagnose.causes import Causes, Results, absorbed, is_one_of
from readycheck.diagnose.explanations import CERTIFICATES
from readycheck.model import Cause, CheckResult, Confidence, Owner, Status

DATES: Final = ("connection.tls_dates", *CERTIFICATES)
CLOCK_OFF: Final = "connection.clock_off"
OFFSET: Final = "clock_offset"
DAY_S: Final = 86_400.0  # certificates are made out some hours back, and for months
# What the remedy for a certificate says where its date alone may make it this computer's matter: the only sign of that.
SEE_CLOCK: Final = "Check the date and time of this computer"
ELSE: Final = ". If that does not help, t"


def a_clock_days_off_spoils_certificates(causes: Causes, results: Results) -> Causes:
    """By a clock that is off by days any certificate may look out of date, others' or not; by one that is off by minutes none
    does by itself."""
    clock = results.get("clock")
    off = [m.value for m in clock.measurements if m.name == OFFSET] if clock is not None else []
    if not off or abs(off[0]) < DAY_S:
        return causes
    return absorbed(causes, CLOCK_OFF, lambda cause: is_one_of(cause.code, CERTIFICATES))


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
