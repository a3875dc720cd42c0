"""Download and upload rates over HTTP/1.1, several connections at once. Counts what arrived, never what was handed to a socket.

Download: bytes received. Upload: bytes that the other end acknowledged (TCP_INFO, Linux), elsewhere completed requests. The rate
is goodput: payload of TCP, without headers of TCP, IP and the link. Reports no rate that the server did not take part in.
"""

import json
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

from readycheck.errors import Garbled
from readycheck.measure.throughput.allowance import LEAST_BYTES, MOST_OBJECT_BYTES, OBJECT_BYTES, Limits
from readycheck.measure.throughput.bulk import Bulk, Hold, Progress, Throughput
from readycheck.measure.transport.arrivals import Arrivals
from readycheck.measure.transport.endpoint import Endpoint
from readycheck.measure.transport.flow import Flow
from readycheck.measure.transport.http1 import Answer, request_head
from readycheck.measure.transport.tcp_info import TcpInfo

USUAL: Final = Limits()
_PIECE_BYTES: Final = 16_384
_FIRST_BYTES: Final = 1_000
_MEBIBYTE: Final = 1 << 20


async def download(
    endpoint: Endpoint,
    path: str,
    *,
    limits: Limits = USUAL,
    progress: Progress | None = None,
    spent: Callable[[int], None] | None = None,
    hold: Hold | None = None,
) -> Throughput:
    """Measure what arrives from GET ``path``, repeated as long as needed.

    In ``path``, ``{bytes}`` and ``{mib}`` (LibreSpeed's ckSize, mebibytes) stand for the size to ask for, so that no more than
    the budget is on its way; without them the server decides. ``progress`` hears (fraction 0..1, rate so far in bit/s);
    ``spent`` hears the bytes used once, at the end, however it ends. ``hold`` is asked when the rate has shown: while it says
    True the load goes on, within budget and time.
    Raises NetError: Garbled for any answer but data (status not 2xx, a web page, less than 100 kB), Closed, Refused, Silent,
    NoRoute, TlsFailed; ValueError for a budget below 200 kB.
    """
    return await _Download(endpoint, path, limits).run(progress, spent, hold)


async def upload(
    endpoint: Endpoint,
    path: str,
    *,
    limits: Limits = USUAL,
    progress: Progress | None = None,
    spent: Callable[[int], None] | None = None,
    hold: Hold | None = None,
    count_acknowledged: bool = True,
) -> Throughput:
    """Measure what the other end acknowledges of POSTs of random bytes to ``path``; a small one must be answered 2xx first.

    ``count_acknowledged=False``, and systems without TCP_INFO, count completed requests instead (coarser, wider bounds): as many
    bytes as the server says it got where it answers JSON with "bytes", else those of the request.
    Raises as download() does.
    """
    return await _Upload(endpoint, path, limits, count_acknowledged).run(progress, spent, hold)


def unit_of(path: str) -> int:
    """Bytes of which a download from there can be asked for whole multiples only."""
    return _MEBIBYTE if "{mib}" in path and "{bytes}" not in path else 1


class _Download(Bulk):
    method = "HTTP download, bytes received"

    def __init__(self, endpoint: Endpoint, path: str, limits: Limits) -> None:
        unit = unit_of(path)
        shared = replace(limits, connections=max(1, min(limits.connections, limits.payload // unit)))
        super().__init__(endpoint, path, shared, MOST_OBJECT_BYTES, unit)
        self._arrivals: list[Arrivals] = []

    def counted(self, infos: Sequence[TcpInfo | None]) -> int:
        """The kernel's count where it tells: a thread that is late to read makes no dent in it."""
        self._arrivals += [Arrivals() for _ in infos[len(self._arrivals) :]]
        return sum(
            max(flow.received, arrivals.count(info)) if info else flow.received
            for flow, arrivals, info in zip(self.flows, self._arrivals, infos, strict=False)
        )

    def lost(self, info: TcpInfo) -> int:
        return info.out_of_order

    def rtt_us(self, info: TcpInfo) -> int:
        return info.rcv_rtt_us

    def transfer(self, flow: Flow, size: int) -> int:
        path = self.path.replace("{bytes}", str(size)).replace("{mib}", str(max(1, size // _MEBIBYTE)))
        head = request_head("GET", path, self.endpoint.authority, headers=self.endpoint.headers)
        moved = flow.exchange(head, wants_data=True).body_bytes
        if moved < min(LEAST_BYTES, size):
            raise Garbled(self.endpoint.where, f"only {moved} bytes of data")
        return moved


class _Upload(Bulk):
    method = "HTTP upload, bytes acknowledged"
    sends = True
    congestion_control = "cubic"  # fills the queue of a line, as what people send does

    def __init__(self, endpoint: Endpoint, path: str, limits: Limits, count_acknowledged: bool) -> None:
        super().__init__(endpoint, path, limits, OBJECT_BYTES)
        # a proxy acknowledges what it has taken, which is not what has arrived
        self._acknowledged = count_acknowledged and endpoint.proxy is None
        self._completed = 0
        self._lock = threading.Lock()
        self._piece = _PIECE_BYTES

    def prepare(self) -> None:
        flow = self.open()
        answer = self._post(flow, _FIRST_BYTES)
        if not self._acknowledged or flow.info() is None:
            self._acknowledged = False
            told = _told(answer, _FIRST_BYTES) is not None
            self.method = "HTTP upload, " + ("bytes counted by the server" if told else "requests completed")
            self.rule = replace(self.rule, bin_s=0.25, plateau_s=0.5, least_window_s=2.0, lumps=True)
        flow.close()

    def counted(self, infos: Sequence[TcpInfo | None]) -> int:
        if not self._acknowledged:
            return self._completed
        return sum(info.arrived for info in infos[1:] if info is not None)

    def lost(self, info: TcpInfo) -> int:
        return info.retransmissions

    def rtt_us(self, info: TcpInfo) -> int:
        return info.rtt_us

    def next_size(self) -> int:
        return self.allowance.take() if self._acknowledged else self.allowance.take(self._piece)

    def transfer(self, flow: Flow, size: int) -> int:
        started = time.monotonic()
        answer = self._post(flow, size)
        told = _told(answer, size)
        with self._lock:
            self._completed += size if told is None else told
        self._piece = _next_piece(size, time.monotonic() - started)
        return size

    def _post(self, flow: Flow, size: int) -> Answer:
        head = request_head(
            "POST", self.path, self.endpoint.authority, body_bytes=size, headers=self.endpoint.headers
        )
        return flow.exchange(head, body_bytes=size)


def _told(answer: Answer, size: int) -> int | None:
    """How many bytes the server says that it got of so many; None where it does not say."""
    with suppress(ValueError, TypeError, KeyError, RecursionError):
        count = json.loads(answer.body)["bytes"]
        if isinstance(count, int) and 0 <= count <= size:
            return count
    return None


def _next_piece(size: int, seconds: float) -> int:
    """Large enough that the line counts more than the turn-around, small enough to be completed every 0.1 to 0.4 s."""
    if seconds < 0.1:
        return min(2 * size, OBJECT_BYTES)
    return max(size // 2, _PIECE_BYTES) if seconds > 0.4 else size
