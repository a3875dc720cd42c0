"""Probes over HTTP while something else uses the line, each kind in a thread of its own.

Small GETs on a kept connection, where no UDP answers; foreign probes of draft-ietf-ippm-responsiveness, each on a new one.
"""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
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

_ENOUGH_FAILURES: Final = 3


class HttpServer:
    """Small GETs of ``path`` on connections of their own, in turn, the server's own time included.

    On each no new one before the answer to the last, so that on a slow line there are fewer than ``rate`` a second. Threads that
    are left end within 3 s.
    """

    method = "HTTP requests on connections of their own"

    def __init__(self, endpoint: Endpoint, path: str, *, rate: float = 20.0, connections: int = 4) -> None:
        self._endpoint = endpoint
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
                due = time.monotonic() + self._interval_s
                try:
                    line = line or _opened(self._endpoint, log)
                    self._ask(line, log, next(numbers))
                    failures = 0
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
        began, before = time.monotonic(), line.bytes
        try:
            sent, arrived = line.exchange(self._head, timeout_s=LOST_AFTER_S)
        except TimeoutError:
            log.left(number, began)
            raise
        finally:
            log.bytes += line.bytes - before
        log.left(number, sent)
        log.came(number, arrived)


class ForeignProber:
    """Foreign probes that are going on. ``probes`` so far, ``bytes`` both ways; ``error``: what ended them before their time."""

    def __init__(self) -> None:
        self.bytes = 0
        self.error: NetError | None = None
        self.failed = 0
        self._probes: list[ForeignProbe] = []

    @property
    def probes(self) -> tuple[ForeignProbe, ...]:
        return tuple(self._probes)

    def between(self, started_s: float, ended_s: float) -> tuple[ForeignProbe, ...]:
        """Those that began in this time (``time.monotonic()``)."""
        return tuple(probe for probe in self._probes if started_s <= probe.at_s < ended_s)

    def work(self, endpoint: Endpoint, path: str, interval_s: float, stop: threading.Event) -> None:
        """In the probing thread: a new connection each time."""
        head = request_head("GET", path, endpoint.authority, headers=endpoint.headers)
        while not stop.is_set():
            try:
                self._one(endpoint, head)
            except (OSError, NetError) as error:
                self.failed += 1
                if self.failed >= _ENOUGH_FAILURES and not self._probes:
                    raise _as_net_error(endpoint, error) from None
            stop.wait(interval_s)

    def _one(self, endpoint: Endpoint, head: bytes) -> None:
        began = time.monotonic()
        line = TimedLine(endpoint, timeout_s=LOST_AFTER_S)
        try:
            sent, arrived = line.exchange(head, timeout_s=LOST_AFTER_S)
            self._probes.append(
                ForeignProbe(
                    at_s=began, tcp_ms=line.tcp_ms, tls_ms=line.tls_ms, http_ms=(arrived - sent) * 1000
                )
            )
        finally:
            self.bytes += line.bytes
            line.close()


@asynccontextmanager
async def foreign_probing(
    endpoint: Endpoint, path: str, *, rate: float = 5.0
) -> AsyncIterator[ForeignProber]:
    """Foreign probes while the body runs: a small GET of ``path``, about ``rate`` a second and never two at a time.

    Never raises what the network does to the probes: ``ForeignProber.error`` says it. A thread that is left ends within 6 s.
    """
    prober = ForeignProber()
    ending = asyncio.Event()

    async def work() -> None:
        try:
            await in_thread(
                lambda stop: prober.work(endpoint, path, 1 / rate, stop), ending, "foreign probes"
            )
        except NetError as error:
            prober.error = error

    task = asyncio.ensure_future(work())
    try:
        yield prober
        ending.set()
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def _opened(endpoint: Endpoint, log: Log) -> TimedLine:
    line = TimedLine(endpoint, timeout_s=LOST_AFTER_S)
    log.bytes += line.bytes
    return line


def _close(line: TimedLine | None) -> None:
    if line is not None:
        line.close()


def _as_net_error(endpoint: Endpoint, error: OSError | NetError) -> NetError:
    if isinstance(error, NetError):
        return error
    return Silent(endpoint.where) if isinstance(error, TimeoutError) else net_error(endpoint.where, error)
