"""Goodput of a share by reads of growing size, for protocols where each read is a request of its own. Pure arithmetic.

The time of a tiny read is taken off a large one: it is what connecting, signing in and waiting for the first byte cost.
"""

from dataclasses import dataclass
from typing import Final

from readycheck_checks.shares.outcome import Rate

FIRST_BYTES: Final = 65_536
SMALL_BYTES: Final = 8_192  # of a last try, where a large read or write stopped: does anything move at all?
GROWTH: Final = 8
WINDOW_S: Final = 2.5  # a read that lasted this long is long enough
SHORTEST_S: Final = 0.02  # below it, a difference of two times is noise


@dataclass(frozen=True, kw_only=True)
class Read:
    """One read: asked, came, and the time from sending the request to the last byte."""

    asked: int
    bytes: int
    seconds: float

    @property
    def is_whole_file(self) -> bool:
        return self.bytes < self.asked


def next_bytes(tiny: Read, last: Read | None, budget: int) -> int:
    """How much to read next; 0 where one more read would tell no more, or would cost more than budget or time allow."""
    if last is None:
        return min(FIRST_BYTES, budget)
    took = max(last.seconds - tiny.seconds, SHORTEST_S)
    fits = int(last.bytes / took * WINDOW_S)
    wanted = min(last.bytes * GROWTH, budget, fits)
    return 0 if last.is_whole_file or took >= WINDOW_S or wanted < 2 * last.bytes else wanted


def goodput(tiny: Read, last: Read) -> Rate | None:
    """The rate of the last read; None where it was too small to tell."""
    if last.bytes < FIRST_BYTES:
        return None
    took = last.seconds - tiny.seconds
    if took < SHORTEST_S:
        return Rate(rate_bps=last.bytes * 8 / last.seconds, bytes=last.bytes, seconds=last.seconds)
    return Rate(rate_bps=(last.bytes - tiny.bytes) * 8 / took, bytes=last.bytes, seconds=took)


def at_most(asked: int, waited_s: float) -> Rate:
    """The rate that a read that did not end in its time cannot have had."""
    return Rate(rate_bps=asked * 8 / waited_s, bytes=asked, seconds=waited_s, at_most=True)
