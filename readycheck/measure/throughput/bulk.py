"""A bulk transfer over several connections that runs until its rate has shown, its data budget or its time is used up.

Knows neither direction: what a request is and which bytes count is said by throughput.py.
"""

import asyncio
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from readycheck.errors import Closed, Silent
from readycheck.measure.throughput import stop_rule
from readycheck.measure.throughput.stop_rule import Estimate, Rule
from readycheck.measure.transport.connection import Connection, Tally, open_connection
from readycheck.measure.transport.endpoint import Endpoint

LEAST_BYTES: Final = 100_000  # smaller objects measure the server's turn-around, not the line
OBJECT_BYTES: Final = 25_000_000
TICK_S: Final = 0.025
STAGGER_S: Final = 0.05

Progress = Callable[[float, float], None]
StoppedBy = Literal["rule", "data", "time"]
Workers = list[asyncio.Future[None]]


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What a measurement may use. ``max_bytes`` counts both directions; ``rtt_s`` is the round-trip time there, if known;
    after ``silence_s`` without a byte that counts the server is silent."""

    max_bytes: int = 60_000_000
    max_seconds: float = 8.0
    connections: int = 4
    rtt_s: float = 0.02
    silence_s: float = 5.0
    rule: Rule = stop_rule.PROPOSED

    @property
    def sharing(self) -> int:
        """Fewer connections for a small budget: each needs a few objects' worth of data to show anything."""
        return max(1, min(self.connections, self.max_bytes // (2 * LEAST_BYTES)))


@dataclass(frozen=True, kw_only=True)
class Throughput:
    """A rate in bit/s with its 95 % bounds; ``high`` is infinite where only a floor was shown ("at least").

    seconds, bytes   of the whole measurement; bytes both ways, with what was on its way when it ended
    stopped_by       rule: it converged; data or time: the limit came first
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

    @property
    def is_floor(self) -> bool:
        """The line can do at least this; what it can do at most was not shown."""
        return math.isinf(self.high)


class Allowance:
    """What may still be asked for, so that the sum of all requests keeps to the data budget."""

    def __init__(self, limits: Limits) -> None:
        self._left = limits.max_bytes
        self._share = min(OBJECT_BYTES, limits.max_bytes // limits.sharing)

    def take(self, most: int = OBJECT_BYTES) -> int:
        """Bytes for the next request; 0 when the budget is used up."""
        size = min(self._share, self._left, most)
        if size < min(LEAST_BYTES, most):
            return 0
        self._left -= size
        return size

    def give_back(self, count: int) -> None:
        self._left += count


class Bulk:
    """One measurement. A direction says counted() and transfer(), and may prepare()."""

    method = ""

    def __init__(self, endpoint: Endpoint, path: str, limits: Limits) -> None:
        if limits.max_bytes < 2 * LEAST_BYTES:
            raise ValueError(f"a rate cannot be measured with {limits.max_bytes} bytes")
        self.endpoint = endpoint
        self.path = path
        self.limits = limits
        self.rule = limits.rule
        self.tally = Tally()
        self.allowance = Allowance(limits)
        self.opened: list[Connection] = []

    def counted(self) -> int:
        """Bytes so far that make the rate."""
        raise NotImplementedError

    async def transfer(self, connection: Connection, size: int) -> int:
        """One request of about ``size`` bytes; returns the bytes it moved. Raises NetError."""
        raise NotImplementedError

    async def prepare(self) -> None:
        """What must work before anything is counted."""

    def next_size(self) -> int:
        return self.allowance.take()

    async def open(self) -> Connection:
        connection = await open_connection(self.endpoint, self.tally)
        self.opened.append(connection)
        return connection

    async def run(self, progress: Progress | None, spent: Callable[[int], None] | None) -> Throughput:
        workers: Workers = []
        try:
            await self._prepared()
            workers += [asyncio.ensure_future(self._work(n)) for n in range(self.limits.sharing)]
            return await self._watch(workers, progress)
        finally:
            if spent is not None:
                spent(self._spent())
            for connection in self.opened:
                connection.abort()
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)

    async def _prepared(self) -> None:
        try:
            async with asyncio.timeout(self.limits.silence_s):
                await self.prepare()
        except TimeoutError:
            raise Silent(self.endpoint.where) from None

    async def _work(self, number: int) -> None:
        """Request after request on one connection, until the budget is used up."""
        await asyncio.sleep(number * STAGGER_S)
        connection: Connection | None = None
        while size := self.next_size():
            if connection is None or connection.closed:
                connection = await self.open()
            try:
                self.allowance.give_back(size - await self.transfer(connection, size))
            except Closed:
                if not connection.exchanges or connection.heard:
                    raise
                self.allowance.give_back(size)  # a kept connection may end between two requests
                connection.abort()

    async def _watch(self, workers: Workers, progress: Progress | None) -> Throughput:
        loop = asyncio.get_running_loop()
        started, samples = loop.time(), [(0.0, 0.0)]
        while True:
            await asyncio.sleep(TICK_S)
            seconds, counted = loop.time() - started, float(self.counted())
            samples.append((seconds, counted))
            bins = stop_rule.rebin(samples, self.rule.bin_s)
            estimate = stop_rule.estimate(bins, rule=self.rule, rtt_s=self.limits.rtt_s)
            if progress is not None:
                progress(self._fraction(seconds), estimate.bits_per_s)
            stopped_by = self._stopped_by(estimate, seconds, workers)
            if stopped_by is not None:
                return self._result(estimate, seconds, stopped_by, _working(workers))

    def _fraction(self, seconds: float) -> float:
        return min(1.0, max(seconds / self.limits.max_seconds, self._spent() / self.limits.max_bytes))

    def _stopped_by(self, estimate: Estimate, seconds: float, workers: Workers) -> StoppedBy | None:
        """Why to stop, if at all. Raises the NetError of the connections where none of them goes on."""
        if estimate.converged:
            return "rule"
        if not _working(workers):
            raise next(error for worker in workers if (error := worker.exception()))
        out_of_data = self._spent() >= self.limits.max_bytes or any(
            worker.done() and not worker.exception() for worker in workers
        )
        out_of_time = estimate.stop or seconds >= self.limits.max_seconds
        silent = not self.counted() and (out_of_data or out_of_time or seconds >= self.limits.silence_s)
        if silent:
            raise Silent(self.endpoint.where, f"no data in {seconds:.0f} s")
        if out_of_data:
            return "data"
        return "time" if out_of_time else None

    def _spent(self) -> int:
        """Bytes both ways: the kernel's count where it tells (TLS, retransmissions and unread data included)."""
        infos = [info for connection in self.opened if (info := connection.info())]
        if infos:
            return sum(info.received + info.sent for info in infos)
        return self.tally.received + self.tally.sent

    def _result(
        self, estimate: Estimate, seconds: float, stopped_by: StoppedBy, connections: int
    ) -> Throughput:
        overall = self.counted() * 8 / seconds
        too_short = (
            estimate.bits_per_s == 0
        )  # over before the first bin was full: all of it is a floor of the rate
        return Throughput(
            bits_per_s=overall if too_short else estimate.bits_per_s,
            low=overall if too_short else estimate.low,
            high=estimate.high,
            converged=estimate.converged,
            seconds=seconds,
            bytes=self._spent(),
            connections=connections,
            method=self.method,
            stopped_by=stopped_by,
        )


def _working(workers: Workers) -> int:
    """How many connections did not break."""
    return sum(not (worker.done() and worker.exception()) for worker in workers)
