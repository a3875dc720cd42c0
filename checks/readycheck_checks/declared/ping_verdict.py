"""The verdict about echoes. Pure; asks nobody.

A limit is missed where the whole interval is beyond it, kept where the value is within; between the two nothing is decided.
"""

from dataclasses import dataclass
from typing import Final

from readycheck.api import Blame, Confidence, Finding, Owner, passed, unknown
from readycheck.measure.statistics import median, median_interval, wilson
from readycheck_checks.declared.options import Declared
from readycheck_checks.declared.telling import missed

CODE: Final = "declared.ping"


@dataclass(frozen=True, kw_only=True)
class Echoes:
    """How many were sent, and the round-trip times of those that came back, in ms."""

    sent: int
    times_ms: tuple[float, ...] = ()

    @property
    def lost(self) -> int:
        return max(0, self.sent - len(self.times_ms))

    def __str__(self) -> str:
        return f"{len(self.times_ms)} of {self.sent} echoes came back"


def judge_echoes(options: Declared, seen: Echoes, max_loss: float, max_ms: float, others: int) -> Finding:
    """``max_loss`` in percent, ``max_ms`` 0 for any time; ``others``: how many controls answered one, where none came back."""
    if not seen.times_ms:
        return _silent(options, seen, others)
    lost = wilson(seen.lost, seen.sent)
    if 100 * lost.low > max_loss:
        how = f"{seen.lost} of {seen.sent} echoes were lost, and {max_loss:g} % is the limit"
        return missed(options, f"{CODE}_loss", how, _anywhere(options.far), detail=str(seen))
    if 100 * seen.lost / seen.sent > max_loss:
        return _undecided(options, f"{seen.lost} of {seen.sent} echoes were lost, too few to judge by")
    middle, between = median(seen.times_ms), median_interval(seen.times_ms)
    if max_ms and between.low > max_ms:
        how = f"an echo takes {middle:.0f} ms, and {max_ms:g} ms is the limit"
        return missed(options, f"{CODE}_slow", how, _anywhere(options.far), detail=str(seen))
    if max_ms and middle > max_ms:
        return _undecided(options, f"an echo takes {middle:.0f} ms, too near to the limit to judge by so few")
    return passed(CODE, f"{options.title} answers echoes: {seen}, in {middle:.0f} ms")


def _silent(options: Declared, seen: Echoes, others: int) -> Finding:
    if not others:
        why = (
            f"none of {seen.sent} echoes came back, and no other host answered one that could have shown why"
        )
        return _undecided(options, why)
    how = f"none of {seen.sent} echoes came back, while {others} other hosts answer them"
    return missed(options, f"{CODE}_silent", how, _anywhere(options.far), detail=str(seen))


def _undecided(options: Declared, why: str) -> Finding:
    return unknown(
        f"{CODE}_unproved", f"Whether {options.title} can be reached well could not be told: {why}"
    )


def _anywhere(far: Owner) -> Blame:
    """An echo does not tell where on its way it was lost or waited."""
    owners = tuple(dict.fromkeys((far, Owner.ISP, Owner.HOME)))
    return Blame(either=owners, confidence=Confidence.LOW)
