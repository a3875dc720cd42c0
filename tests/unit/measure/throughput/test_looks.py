"""Looking at all connections at once: which of them still have a round-trip time, and what they took on the wire."""

from typing import cast

import pytest

from readycheck.measure.throughput.looks import Looks, bytes_spent
from readycheck.measure.transport.flow import Flow
from readycheck.measure.transport.tcp_info import TcpInfo

NOTHING = dict.fromkeys(TcpInfo.__dataclass_fields__, 0)


class Counters:
    """A connection by its counters; ``closed`` ones keep their last."""

    def __init__(self, *, closed: bool = False, **told: int) -> None:
        self.closed = closed
        self.received = self.sent = 0
        self.last_info = TcpInfo(**(NOTHING | told))

    def info(self) -> TcpInfo:
        return self.last_info


def flows(*counters: Counters) -> list[Flow]:
    return [cast(Flow, each) for each in counters]


def test_a_connection_that_has_ended_has_no_round_trip_time_any_more() -> None:
    looks = Looks(0.05, lambda infos: 0, lambda info: 0, lambda info: info.rtt_us)
    looks.look(flows(Counters(rtt_us=1_000, closed=True), Counters(rtt_us=80_000)))
    looks.look(flows(Counters(rtt_us=1_000, closed=True), Counters(rtt_us=90_000)))
    assert looks.flow_rtt_ms == pytest.approx(85)


def test_what_was_spent_counts_the_headers_too() -> None:
    """1448 bytes of payload come in 1514, and every second packet is acknowledged in 66."""
    packets = 10_000
    spent = bytes_spent(flows(Counters(received=1_448 * packets)))
    assert spent == pytest.approx(packets * (1_514 + 66 / 4), rel=0.01)
