"""A rule about certificates: what only looks like a wrong clock."""

from typing import Final

from msgspec.structs import replace

from readycheck.diagnose.causes import Causes, Results
from readycheck.model import Cause, CheckResult, Confidence, Owner, Status

DATES: Final = "connection.tls_dates"


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
