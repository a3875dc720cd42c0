"""A rate from a count that grows, whoever counts: watched by the stop rule until it has shown, or its data or time is used up."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from readycheck.errors import Closed, Silent, Where
from readycheck.measure.throughput import stop_rule
from readycheck.measure.throughput.allowance import LEAST_BYTES, Limits
from readycheck.measure.throughput.bins import rebin
from readycheck.measure.throughput.bulk import Hold, Progress, StoppedBy, Throughput
from readycheck.measure.throughput.stop_rule import Estimate, Rule

TICK_S: Final = 0.025
# What another side counts and tells a few times a second comes in steps, not as a flow.
TOLD_NOW_AND_THEN: Final = replace(stop_rule.PROPOSED, bin_s=0.25, plateau_s=0.5, least_window_s=2.0)

Points = Sequence[tuple[float, float]]


@dataclass(frozen=True, kw_only=True)
class Count:
    """``points``: (seconds, bytes so far) in order of time, from (0, 0); ``used``: bytes both ways; ``method`` in words."""

    points: Callable[[], Points]
    used: Callable[[], int]
    method: str
    rule: Rule = stop_rule.PROPOSED


async def rate_of(
    count: Count, work: "asyncio.Future[None]", limits: Limits, progress: Progress, hold: Hold, where: Where
) -> Throughput:
    """Watch ``work`` until the rate is known, and as long as ``hold`` says. Raises Silent where nothing was counted, and what
    ``work`` raises before that."""
    started = time.monotonic()
    while True:
        await asyncio.wait({work}, timeout=TICK_S)
        seconds, points = time.monotonic() - started, count.points()
        bins = rebin(points, count.rule.bin_s)
        estimate = stop_rule.estimate(bins, rule=count.rule, rtt_s=limits.rtt_s)
        progress(
            min(1.0, max(seconds / limits.max_seconds, count.used() / limits.max_bytes)), estimate.bits_per_s
        )
        stopped_by = _stopped_by(estimate, count.used(), seconds, limits, work)
        within = (
            count.used() < min(limits.max_bytes, limits.hold_bytes)
            and seconds < limits.max_seconds
            and not work.done()
        )
        if stopped_by == "rule" and within and hold():
            continue
        if stopped_by is None and (seconds < limits.silence_s or points[-1][1]):
            continue
        if not points[-1][1] or (work.done() and points[-1][1] < LEAST_BYTES):
            raise _no_rate(work, where, seconds)
        return _result(estimate, count, seconds, stopped_by or "time")


def _stopped_by(
    estimate: Estimate, used: int, seconds: float, limits: Limits, work: "asyncio.Future[None]"
) -> StoppedBy | None:
    if used >= limits.max_bytes and not estimate.converged:
        return "data"
    if estimate.converged:
        return "rule"
    return "time" if work.done() or estimate.stop or seconds >= limits.max_seconds else None


def _no_rate(work: "asyncio.Future[None]", where: Where, seconds: float) -> BaseException:
    if not work.done():
        return Silent(where, f"no data in {seconds:.0f} s")
    return work.exception() or Closed(where, "before there was enough data to tell a rate")


def _result(estimate: Estimate, count: Count, seconds: float, stopped_by: StoppedBy) -> Throughput:
    last_s, last_bytes = count.points()[-1]
    quiet_s = seconds - next(at for at, counted in count.points() if counted == last_bytes)
    if not estimate.converged and (not estimate.bits_per_s or quiet_s >= count.rule.quiet_s):
        estimate = stop_rule.broken_off(estimate, last_bytes * 8 / max(last_s, TICK_S))
    return Throughput(
        bits_per_s=estimate.bits_per_s,
        low=estimate.low,
        high=estimate.high,
        converged=estimate.converged,
        seconds=seconds,
        bytes=count.used(),
        connections=1,
        method=count.method,
        stopped_by=stopped_by,
        started_s=time.monotonic() - seconds,
        ended_s=time.monotonic(),
    )
