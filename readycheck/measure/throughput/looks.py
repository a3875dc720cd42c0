"""The counters of all connections of a measurement, looked at together again and again."""

import time
from collections.abc import Callable, Sequence

from readycheck.measure.statistics import median
from readycheck.measure.throughput.allowance import on_the_wire
from readycheck.measure.throughput.bins import Bins
from readycheck.measure.transport.flow import Flow
from readycheck.measure.transport.tcp_info import TcpInfo

_RTT_SPAN_S = 1.0
Counted = Callable[[Sequence[TcpInfo | None]], int]


class Looks:
    """Since ``started_s`` on the clock of time.monotonic(); ``seconds`` of the last look since then.

    counted      bytes that make the rate; received, lost: bins of them, and of packets that were lost or came out of order
    quiet_s      how long nothing more was counted, at the last look
    spent        bytes both ways, with headers: the kernel's count where it tells (TLS, retransmissions, unread data included)
    total_lost   None where the system does not tell
    least_rtt_s  of all connections, 0 where it is not known
    """

    def __init__(
        self, bin_s: float, counted: Counted, lost: Callable[[TcpInfo], int], rtt_us: Callable[[TcpInfo], int]
    ) -> None:
        self.started_s = time.monotonic()
        self.seconds = 0.0
        self.counted = 0
        self._grew_s = 0.0
        self.spent = 0
        self.total_lost: int | None = None
        self.least_rtt_s = 0.0
        self.received = Bins(bin_s)
        self.lost = Bins(bin_s)
        self._count = counted
        self._lost_of = lost
        self._rtt_us_of = rtt_us
        self._rtts: list[tuple[float, float]] = []
        self.received.add(0.0, 0.0)
        self.lost.add(0.0, 0.0)

    def look(self, flows: Sequence[Flow]) -> None:
        """Read all counters at one moment."""
        before = time.monotonic()
        infos = [flow.info() for flow in flows]
        self.seconds = (before + time.monotonic()) / 2 - self.started_s
        counted = max(self.counted, self._count(infos))
        self._grew_s = self.seconds if counted > self.counted else self._grew_s
        self.counted = counted
        self.spent = bytes_spent(flows)
        self.received.add(self.seconds, self.counted)
        known = [info for info in infos if info is not None]
        if known:
            self.total_lost = sum(self._lost_of(info) for info in known)
            self.least_rtt_s = min((info.min_rtt_us for info in known if info.min_rtt_us), default=0) / 1e6
            working = [info for flow, info in zip(flows, infos, strict=True) if info and not flow.closed]
            self._rtts += [(self.seconds, us / 1000) for info in working if (us := self._rtt_us_of(info))]
        self.lost.add(self.seconds, self.total_lost or 0)

    @property
    def overall_bits_per_s(self) -> float:
        return self.counted * 8 / self.seconds if self.seconds else 0.0

    @property
    def quiet_s(self) -> float:
        return self.seconds - self._grew_s

    @property
    def flow_rtt_ms(self) -> float | None:
        """The median of what TCP itself took for the round-trip time during the last second; None where it does not tell."""
        rtts = [rtt for at, rtt in self._rtts if at >= self.seconds - _RTT_SPAN_S]
        return median(rtts) if rtts else None


def bytes_spent(flows: Sequence[Flow]) -> int:
    """Bytes on the wire both ways, as the kernel counted them at the last look; as handed over where it does not tell."""
    infos = [flow.last_info for flow in flows]
    if any(infos):
        return on_the_wire(sum(info.received + info.sent for info in infos if info))
    return on_the_wire(sum(flow.received + flow.sent for flow in flows))
