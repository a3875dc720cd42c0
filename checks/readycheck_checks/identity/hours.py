"""How far the clocks of this computer and of an identity provider are apart, and whose is wrong. Pure."""

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from readycheck.api import (
    Blame,
    Confidence,
    Finding,
    Measurement,
    Owner,
    Status,
    failed,
    judge,
    measured,
    warned,
)
from readycheck_checks.clock import OFF, Reading, duration

CODE: Final = "apps.sign_in_clock"
_TELL: Final = "Tell IT support that the clock of the sign-in server is off"
_MEND: Final = {
    Owner.DEVICE: OFF.remedy,
    Owner.COMPANY: _TELL,
    Owner.SERVICE: _TELL,
}
_COMPARE: Final = (
    "Compare the date and time of this computer to your phone; if they are the same, tell IT support that the clock of the "
    "sign-in server is off"
)


def apart(
    reading: Reading, plan_s: float, fail_s: float, source: str, *, name: str, title: str
) -> Measurement:
    """The deviation in seconds, with its interval and limits."""
    off = abs(reading.ahead_s)
    return measured(
        name,
        title,
        round(off, 1),
        "s",
        plan=plan_s,
        fail=fail_s,
        source=source,
        low=round(max(0.0, off - reading.within_s), 1),
        high=round(off + reading.within_s, 1),
    )


def is_off(told: Measurement) -> bool:
    return _surely(told) is not Status.PASS


def _surely(told: Measurement) -> Status:
    """By the end of the interval that is in its favour."""
    return judge(replace(told, value=told.value if told.low is None else told.low))


def whose_clock(reading: Reading, others: Iterable[Reading], plan_s: float, far: Owner) -> Blame:
    """Others that agree with this computer leave the provider; others that agree with the provider leave this computer."""
    found = list(others)
    with_us = [each for each in found if abs(each.ahead_s) <= plan_s]
    with_it = [each for each in found if abs(each.ahead_s - reading.ahead_s) <= plan_s]
    if len(with_it) > len(with_us):
        return Blame(Owner.DEVICE, confidence=Confidence.HIGH)
    if len(with_us) > len(with_it):
        return Blame(far, confidence=Confidence.HIGH)
    return Blame(either=(Owner.DEVICE, far), confidence=Confidence.MEDIUM)


def judge_clock(reading: Reading, told: Measurement, blame: Blame, server: str) -> Finding:
    """For a deviation that is_off()."""
    way = "behind" if reading.ahead_s > 0 else "ahead of"
    off = f"the clock of this computer is {duration(told.value)} {way} that of {server}"
    say = failed if _surely(told) is Status.FAIL else warned
    summary = f"Signing in will not work: {off}" if say is failed else f"Signing in may not work: {off}"
    return say(
        CODE,
        summary,
        remedy=_MEND.get(blame.owner, _COMPARE),
        blame=blame,
    )
