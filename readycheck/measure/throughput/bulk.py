"""A bulk transfer over several connections that runs until its rate has shown, its data budget or its time is used up.

Each connection has a thread; the coroutine looks at the counters forty times a second and asks the stop rule. Knows neither
direction: what a request is and which bytes count is said by rates.py.
"""

import asyncio
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final, Literal

from readycheck.errors import Closed, Silent
from readycheck.measure.throughput import stop_rule
from readycheck.measure.throughput.allowance import (
    LEAST_BYTES,
    OBJECT_BYTES,
    WITH_HEADERS,
    Allowance,
    Limits,
)
from readycheck.measure.throughput.looks import Looks, bytes_spent
from readycheck.measure.throughput.loss import may_hold_back
from readycheck.measure.throughput.stop_rule import Estimate
from readycheck.measure.throughput.workers import Worker, ended
from readycheck.measure.transport.endpoint import Endpoint
from readycheck.measure.transport.flow import Flow
from readycheck.measure.transport.tcp_info import TcpInfo

TICK_S: Final = 0.025
STAGGER_S: Final = 0.05
UNSENT_S: Final = 0.005  # draft-ietf-ippm-responsiveness: about 5 ms of the present rate may wait unsent
LOSS_PACKETS: Final = 3
SLOW_BITS_PER_S: Final = 8e6
SLOW_FOR_S: Final = 3.0
MUCH_ON_ITS_WAY: Final = 500_000  # bytes; the send buffers of common servers end at a few megabytes

Progress = Callable[[float, float], None]
Hold = Callable[[], bool]
StoppedBy = Literal["rule", "data", "time"]

__all__ = ["LEAST_BYTES", "OBJECT_BYTES", "Bulk", "Hold", "Limits", "Progress", "Throughput"]


@dataclass(frozen=True, kw_only=True)
class Throughput:
    """A rate in bit/s with its 95 % bounds; ``high`` is infinite where only a floor was shown ("at least").

    seconds, bytes      of the whole measurement; bytes both ways, headers included
    stopped_by          rule: it converged; data or time: the limit came first
    loss_seen           packets were lost (upload) or came late or in another order (download); None: the system does not tell
    congestion_control  what the sending side uses, known for uploads on Linux, else ""
    started_s, ended_s  of the load, on the clock of time.monotonic()
    flow_rtt_ms         the round-trip time that TCP itself saw on the load connections during the last second, median;
                        None where the system does not tell
    """

    bits_per_s: float
    low: float
    high: float
    converged: bool
    seconds: float
    bytes: int
    connections: int
    method: str
    stopped_by: StoppedBy
    loss_seen: bool | None = None
    congestion_control: str = ""
    started_s: float = 0.0
    ended_s: float = 0.0
    flow_rtt_ms: float | None = None

    @property
    def is_floor(self) -> bool:
        """The line can do at least this; what it can do at most was not shown."""
        return math.isinf(self.high)

    def beside(self, wire_bytes: int) -> "Throughput":
        """The same, on a line that meanwhile carried so many bytes for others the same way."""
        more = wire_bytes / WITH_HEADERS * 8 / max(self.seconds, TICK_S)
        return replace(self, bits_per_s=self.bits_per_s + more, low=self.low + more, high=self.high + more)


class Bulk:
    """One measurement. A direction says counted(), lost(), rtt_us() and transfer(), and may prepare().

    ``congestion_control``: what it asks for where it ``sends``; the bytes it receives are paced by the server's.
    """

    method = ""
    sends = False
    congestion_control = ""

    def __init__(
        self, endpoint: Endpoint, path: str, limits: Limits, most_object_bytes: int, unit: int = 1
    ) -> None:
        if limits.max_bytes < 2 * LEAST_BYTES or limits.payload < unit:
            raise ValueError(f"a rate cannot be measured with {limits.max_bytes} bytes")
        self.endpoint = endpoint
        self.path = path
        self.limits = limits
        self.rule = limits.rule
        self.allowance = Allowance(limits, most_object_bytes, unit)
        self.flows: list[Flow] = []
        self.workers: list[Worker] = []
        self._grown = False
        self._ending = False

    def counted(self, infos: Sequence[TcpInfo | None]) -> int:
        """Bytes so far that make the rate; ``infos`` are the kernel's counters, one a flow."""
        raise NotImplementedError

    def lost(self, info: TcpInfo) -> int:
        """Packets of which this flow shows that some were lost."""
        raise NotImplementedError

    def rtt_us(self, info: TcpInfo) -> int:
        raise NotImplementedError

    def transfer(self, flow: Flow, size: int) -> int:
        """One request of about ``size`` bytes; returns the bytes it moved. Blocks. Raises NetError."""
        raise NotImplementedError

    def prepare(self) -> None:
        """What must work before anything is counted. Blocks. Raises NetError."""

    def next_size(self) -> int:
        return self.allowance.take()

    def open(self) -> Flow:
        flow = Flow(self.endpoint, congestion_control=self.congestion_control)
        self.flows.append(flow)
        if self._ending:
            flow.abort()
        flow.open()
        return flow

    async def run(
        self, progress: Progress | None, spent: Callable[[int], None] | None, hold: Hold | None
    ) -> Throughput:
        try:
            await self._prepared()
            self._add(self.limits.sharing)
            return await self._watch(progress, hold)
        finally:
            self._ending = True
            for flow in tuple(self.flows):
                flow.abort()
            if spent is not None:
                spent(bytes_spent(tuple(self.flows)))
            await ended(self.workers)

    async def _prepared(self) -> None:
        self.workers.append(first := Worker(self.prepare, "bulk"))
        if not await ended([first], self.limits.silence_s):
            raise Silent(self.endpoint.where)
        first.check()
        if first.error is not None:
            raise first.error
        self.workers.clear()

    def _add(self, count: int) -> None:
        self.workers += [Worker(partial(self._work, number * STAGGER_S), "bulk") for number in range(count)]

    def _work(self, wait_s: float) -> None:
        """Request after request on one connection, until the budget is used up."""
        time.sleep(wait_s)
        flow: Flow | None = None
        while not self._ending and (size := self.next_size()):
            if flow is None or flow.closed:
                flow = self.open()
            try:
                self.allowance.give_back(size - self.transfer(flow, size))
            except Closed:
                if not flow.exchanges or flow.heard:
                    raise
                self.allowance.give_back(size)  # a kept connection may end between two requests
        if flow is not None:
            flow.close()

    async def _watch(self, progress: Progress | None, hold: Hold | None) -> Throughput:
        looks = Looks(self.rule.bin_s, self.counted, self.lost, self.rtt_us)
        estimate = shown = stop_rule.NOTHING
        bins = 0
        while True:
            await asyncio.sleep(TICK_S)
            looks.look(tuple(self.flows))
            if len(looks.received.counts) > bins:
                bins = len(looks.received.counts)
                estimate = self._estimate(looks)
                shown = estimate if estimate.converged or not shown.converged else shown
                self._adjust(estimate, looks)
            if progress is not None:
                progress(self._fraction(looks), estimate.bits_per_s or looks.overall_bits_per_s)
            stopped_by = self._stopped_by(shown, looks)
            cheap = looks.spent < self.limits.hold_bytes and not self._used_up(looks)
            held = stopped_by == "rule" and hold is not None and cheap and hold()
            if stopped_by is not None and not held:
                return self._result(shown, looks, stopped_by)

    def _estimate(self, looks: Looks) -> Estimate:
        rtt_s = max(self.limits.rtt_s, looks.least_rtt_s)
        lost = None if looks.total_lost is None else looks.lost.counts
        return stop_rule.estimate(
            looks.received.counts, rule=self.rule, rtt_s=rtt_s, lost=lost, connections=self._unbroken()
        )

    def _adjust(self, estimate: Estimate, looks: Looks) -> None:
        """Go on with more connections where these may not fill the line; keep in the kernel only what is sent soon."""
        more = self.limits.may_add
        if more and not self._grown and self._wants_more(estimate, looks) and self.allowance.share_with(more):
            self._grown = True
            self._add(more)
        if self.sends:
            for flow in tuple(self.flows):
                flow.keep_unsent(int(estimate.bits_per_s / 8 / len(self.workers) * UNSENT_S))

    def _wants_more(self, estimate: Estimate, looks: Looks) -> bool:
        """Loss may hold these back (or nobody knows), or so much is on its way in each that buffers may limit it.

        Not on a line so slow that loss hardly slows four connections down, unless it goes on.
        """
        rate = estimate.bits_per_s
        on_its_way = rate / 8 * looks.least_rtt_s / len(self.workers)
        slow = rate < SLOW_BITS_PER_S and looks.seconds < SLOW_FOR_S
        return (not slow and self._loss_matters(looks)) or on_its_way > MUCH_ON_ITS_WAY

    def _loss_matters(self, looks: Looks) -> bool:
        lost = looks.total_lost
        if lost is None:
            return True
        rtt_s, overall = max(self.limits.rtt_s, looks.least_rtt_s), looks.counted * 8 / looks.seconds
        return lost >= LOSS_PACKETS and may_hold_back(lost, looks.counted, overall, rtt_s, self._unbroken())

    def _fraction(self, looks: Looks) -> float:
        return min(1.0, max(looks.seconds / self.limits.max_seconds, looks.spent / self.limits.max_bytes))

    def _stopped_by(self, estimate: Estimate, looks: Looks) -> StoppedBy | None:
        """Why to stop, if at all. Raises the NetError of the connections where none of them goes on."""
        for worker in self.workers:
            worker.check()
        if estimate.converged:
            return "rule"
        if not self._unbroken():
            raise next(worker.error for worker in self.workers if worker.error)
        used_up = self._used_up(looks)
        if not looks.counted and (used_up or estimate.stop or looks.seconds >= self.limits.silence_s):
            raise Silent(self.endpoint.where, f"no data in {looks.seconds:.0f} s")
        return used_up or ("time" if estimate.stop else None)

    def _used_up(self, looks: Looks) -> StoppedBy | None:
        """Which of the limits is reached, if any."""
        if looks.spent >= self.limits.max_bytes or any(worker.finished for worker in self.workers):
            return "data"
        return "time" if looks.seconds >= self.limits.max_seconds or not self._unbroken() else None

    def _sent_by(self) -> str:
        """The congestion control of the connections that carried the load."""
        return next(
            (flow.congestion_control for flow in self.flows[1:] if flow.congestion_control and self.sends), ""
        )

    def _unbroken(self) -> int:
        """How many connections did not break."""
        return sum(worker.error is None for worker in self.workers)

    def _result(self, estimate: Estimate, looks: Looks, stopped_by: StoppedBy) -> Throughput:
        if not estimate.converged and (not estimate.bits_per_s or looks.quiet_s >= self.rule.quiet_s):
            estimate = stop_rule.broken_off(estimate, looks.counted * 8 / looks.seconds)
        return Throughput(
            bits_per_s=estimate.bits_per_s,
            low=estimate.low,
            high=estimate.high,
            converged=estimate.converged,
            seconds=looks.seconds,
            bytes=looks.spent,
            connections=self._unbroken(),
            method=self.method,
            stopped_by=stopped_by,
            loss_seen=None if looks.total_lost is None else looks.total_lost > 0,
            congestion_control=self._sent_by(),
            started_s=looks.started_s,
            ended_s=looks.started_s + looks.seconds,
            flow_rtt_ms=looks.flow_rtt_ms,
        )
