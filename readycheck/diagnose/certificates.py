"""Rules about secure connections: a wrong clock, a box that opens them, and what only looks like either."""

from typing import Final

from msgspec.structs import replace

from readycheck.diagnose.causes import Causes, Results, absorbed
from readycheck.model import Cause, CheckResult, Confidence, Owner, Status

CLOCK: Final = "connection.clock_off"
INTERCEPTED: Final = "connection.tls_intercepted"
DATES: Final = "connection.tls_dates"
NOT_BY_DATES: Final = (INTERCEPTED, "connection.tls_untrusted")  # a signer is a stranger by any clock


def clock_explains_certificates(causes: Causes, results: Results) -> Causes:
    """With a clock that is off, certificates look expired or not yet valid: the clock is the cause."""
    return absorbed(causes, CLOCK, _by_dates)


def wrong_dates_explain_certificates(causes: Causes, results: Results) -> Causes:
    """Where the certificates of all hosts look out of date, those of the company's hosts do for the same reason."""
    return absorbed(causes, DATES, lambda other: "certificate" in other.code)


def _by_dates(cause: Cause) -> bool:
    seen = "certificate" in cause.code or cause.code.startswith("connection.tls")
    return seen and cause.code not in NOT_BY_DATES


def interception_explains_certificates(causes: Causes, results: Results) -> Causes:
    """What opens the secure connections of everybody shows its own certificate for the company's hosts too."""
    return absorbed(causes, INTERCEPTED, lambda other: "certificate" in other.code)


def a_right_clock_is_not_to_blame(causes: Causes, results: Results) -> Causes:
    """Certificates that look out of date by a clock that was found right are not the doing of this computer's clock."""
    clock = results.get("clock")
    if clock is None or clock.status is not Status.PASS:
        return causes
    return tuple(_not_the_clock(c, clock) if c.code == DATES else c for c in causes)


def _not_the_clock(cause: Cause, clock: CheckResult) -> Cause:
    return replace(
        cause,
        owner=Owner.UNKNOWN,
        confidence=Confidence.LOW,
        summary="The certificates of all hosts look out of date, although the clock of this computer is right",
        next_step="Type no password on this network. Try the hotspot of a phone; "
        "if it is the same there, install the pending system updates",
        evidence_for=(*cause.evidence_for, clock.summary),
    )
