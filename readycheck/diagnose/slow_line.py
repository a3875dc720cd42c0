"""A line that carries next to nothing looks, to whoever begins a conversation over it, like a far side that hangs. Pure."""

from typing import Final

from readycheck.diagnose.causes import Causes, Results, absorbed, is_one_of, parties
from readycheck.diagnose.explanations import SILENT_AFTERWARDS
from readycheck.model import Cause, Confidence, Owner

TOO_SLOW: Final = {"upload": "calls.upload_too_slow", "download": "calls.download_too_slow"}
NEXT_TO_NOTHING: Final = (
    0.128  # Mbit/s: the greetings of a dozen hosts, 45 kB, take three of the five seconds that each has
)
STALLED: Final = ("*_hangs", "calls.service_unreachable", *SILENT_AFTERWARDS)
ON_THE_LINE: Final = {Owner.HOME, Owner.ISP}


def a_line_that_carries_next_to_nothing_stalls(causes: Causes, results: Results) -> Causes:
    """Conversations that stall over such a line, and may be the line's, show nothing about the far side."""
    for rate, code in TOO_SLOW.items():
        slow = next((c for c in causes if c.code == code and c.confidence is not Confidence.LOW), None)
        if slow is not None and _at_most(results, rate) < NEXT_TO_NOTHING:
            causes = absorbed(causes, slow, _may_be_the_line)
    return causes


def _at_most(results: Results, rate: str) -> float:
    """Mbit/s; the upper end of its interval, where it has one."""
    bandwidth = results.get("bandwidth")
    rates = [m for m in bandwidth.measurements if m.name == rate] if bandwidth is not None else []
    return max((m.value if m.high is None else m.high for m in rates), default=float("inf"))


def _may_be_the_line(cause: Cause) -> bool:
    on_the_line = not ON_THE_LINE.isdisjoint(parties(cause))
    return on_the_line and cause.confidence is not Confidence.HIGH and is_one_of(cause.code, STALLED)
