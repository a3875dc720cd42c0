"""Probes over HTTP while something else uses the line, each kind in a thread of its own.

Small GETs on a kept connection, where no UDP answers; foreign probes of draft-ietf-ippm-responsiveness, each on a new one.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import count
from typing import Final

from readycheck.errors import NetError, Silent
from readycheck.measure.latency.probing import LOST_AFTER_S, Log
from readycheck.measure.latency.responsiveness import ForeignProbe
from readycheck.measure.latency.threads import in_thread
from readycheck.measure.latency.timed_line import TimedLine
from readycheck.measure.transport.endpoint import Endpoint, net_error
from readycheck.measure.transport.http1 import request_head
from readycheck.measure.transport.traffic import Traffic

_ENOUGH_FAILURES: Final = 3
_ASK_AGAIN_S: Final = 0.02
_TLS_PROBE_BYTES: Final = 8_000  # until one has shown what it takes
_PLAIN_PROBE_BYTES: Final = 1_500
_REQUEST_BYTES: Final = 700  # with its answer, on a connection that stands

May = Callable[[int], bool]


def _always(_bytes: int) -> bool:
    return True


class HttpServer:
    """Small GETs of ``path`` on connections of their own, in turn, the server's own time included.

    On each no new one before the answer to the last, so that on a slow line there are fewer than ``rate`` a second; and none, and
    no new connection, while ``may`` says no, which hears the number of bytes that these probes will have used after it. Threads
    that are left end within 6 s.
    """

    method = "HTTP requests on connections of their own"

    def __init__(
        self,
        endpoint: Endpoint,
        path: str,
        *,
        rate: float = 20.0,
        connections: int = 4,
        may: May = _always,
    ) -> None:
        self._endpoint = endpoint
        self._may = may
        self._head = request_head("GET", path, endpoint.authority, headers=endpoint.headers)
        self._connections = connections
        self._interval_s = connections / rate

    async def probe(self, log: Log, ending: asyncio.Event) -> None:
        numbers = count()

        def work(turn: int, stop: threading.Event) -> None:
            stop.wait(turn * self._interval_s / self._connections)
            self._work(log, numbers, stop)

        each = (in_thread(partial(work, turn), ending, "http probes") for turn in range(self._connections))
        outcomes = await asyncio.gather(*each, return_exceptions=True)
        errors = [outcome for outcome in outcomes if outcome is not None]
        if len(errors) == self._connections:
            raise errors[0]

    def _work(self, log: Log, numbers: Iterator[int], stop: threading.Event) -> None:
        """One connection, opened again where it broke."""
        line: TimedLine | None = None
        failures = 0
        try:
            while not stop.is_set():
                more = _REQUEST_BYTES if line else _usual_bytes(self._endpoint)
                if not self._may(log.traffic.bytes + more):
                    stop.wait(_ASK_AGAIN_S)
                    continue
                due = time.monotonic() + self._interval_s
                try:
                    line = line or _opened(self._endpoint, log)
                    self._ask(line, log, next(numbers))
                    failures = 0
                    if line.ended:
                        _close(line)
                        line = None
                except (OSError, NetError) as error:
                    failures += 1
                    if failures >= _ENOUGH_FAILURES:
                        raise _as_net_error(self._endpoint, error) from None
                    _close(line)  # a late answer must not be taken for the next
                    line = None
                stop.wait(max(0.0, due - time.monotonic()))
        finally:
            _close(line)

    def _ask(self, line: TimedLine, log: Log, number: int) -> None:
        began = time.monotonic()
        try:
            sent, arrived = line.exchange(self._head, timeout_s=LOST_AFTER_S)
        except TimeoutError:
            log.left(number, began)
            raise
        log.left(number, sent)
        log.came(number, arrived)


class ForeignProber:
    """Foreign probes that are going on. ``probes`` so far, ``traffic`` of those that have ended; ``error``: what ended
    them before their time.

    ``may`` is asked in the probing threads before each probe, with the number of bytes that all of them will have used after it.
    """

    def __init__(self, may: May, usual_bytes: int = 0) -> None:
        self.error: NetError | None = None
        self._may = may
        self._usual_bytes = usual_bytes
        self._probes: list[ForeignProbe] = []
        self.traffic = Traffic()
        self._under_way = 0
        self._failures = 0
        self._lock = threading.Lock()

    @property
    def probes(self) -> tuple[ForeignProbe, ...]:
        return tuple(self._probes)

    @property
    def bytes(self) -> int:
        """Both ways, those under way included with what one usually takes."""
        return self.traffic.bytes + self._under_way * self._usual_bytes

    def between(self, started_s: float, ended_s: float) -> tuple[ForeignProbe, ...]:
        """Those that began and ended in this time (``time.monotonic()``)."""
        return tuple(
            probe for probe in self._probes if started_s <= probe.at_s and probe.at_s + probe.took_s < ended_s
        )

    def work(self, endpoint: Endpoint, path: str, interval_s: float, stop: threading.Event) -> None:
        """In a probing thread: a new connection each time."""
        while not stop.is_set():
            if not self._begins():
                stop.wait(_ASK_AGAIN_S)
                continue
            try:
                self._one(endpoint, path)
                self._failures = 0
            except (OSError, NetError) as error:
                self._failures += 1
                if self._failures >= _ENOUGH_FAILURES:
                    raise _as_net_error(endpoint, error) from None
            stop.wait(interval_s)

    def _begins(self) -> bool:
        with self._lock:
            if not self._may(self.bytes + self._usual_bytes):
                return False
            self._under_way += 1
            return True

    def _one(self, endpoint: Endpoint, path: str) -> None:
        head = request_head("GET", path, endpoint.authority, headers=endpoint.headers)
        used = Traffic()
        try:
            began = time.monotonic()
            line = TimedLine(endpoint, timeout_s=LOST_AFTER_S, traffic=used)
            try:
                sent, arrived = line.exchange(head, timeout_s=LOST_AFTER_S)
            finally:
                line.close()
        finally:
            self._ended(used)
        self._usual_bytes = used.bytes
        self._probes.append(
            ForeignProbe(
                at_s=began,
                tcp_ms=line.tcp_ms,
                tls_ms=line.tls_ms,
                http_ms=(arrived - sent) * 1000,
                took_s=arrived - began,
            )
        )

    def _ended(self, used: Traffic) -> None:
        with self._lock:
            self._under_way -= 1
            self.traffic.add(used)


@asynccontextmanager
async def foreign_probing(
    endpoint: Endpoint,
    path: str,
    *,
    rate: float = 5.0,
    connections: int = 1,
    may: May = _always,
    patience_s: float = 2 * LOST_AFTER_S,
) -> AsyncIterator[ForeignProber]:
    """Foreign probes while the body runs: a small GET of ``path`` each, about ``rate`` a second, never more than ``connections``
    at a time, and none while ``may`` (ForeignProber) says no.

    What is under way at the end is waited for as long as ``patience_s``. Never raises what the network does to the probes:
    ``ForeignProber.error`` says it. A thread that is left ends within 6 s.
    """
    prober = ForeignProber(may, _usual_bytes(endpoint))
    ending = asyncio.Event()

    async def work(turn: int) -> None:
        def in_turn(stop: threading.Event) -> None:
            stop.wait(turn / rate)
            prober.work(endpoint, path, connections / rate, stop)

        try:
            await in_thread(in_turn, ending, "foreign probes")
        except NetError as error:
            prober.error = error

    tasks = [asyncio.ensure_future(work(turn)) for turn in range(connections)]
    try:
        yield prober
        ending.set()
        await asyncio.wait(tasks, timeout=patience_s)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _usual_bytes(endpoint: Endpoint) -> int:
    """Of a new connection with one request."""
    return _TLS_PROBE_BYTES if endpoint.tls else _PLAIN_PROBE_BYTES


def _opened(endpoint: Endpoint, log: Log) -> TimedLine:
    return TimedLine(endpoint, timeout_s=LOST_AFTER_S, traffic=log.traffic)


def _close(line: TimedLine | None) -> None:
    if line is not None:
        line.close()


def _as_net_error(endpoint: Endpoint, error: OSError | NetError) -> NetError:
    if isinstance(error, NetError):
        return error
    return Silent(endpoint.where) if isinstance(error, TimeoutError) else net_error(endpoint.where, error)
