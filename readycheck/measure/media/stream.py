"""A paced stream of STUN Bindings, about as heavy as a voice call, and what the network did to it. Round trip, both ways in one.

Every request has an id of its own and is sent once: what is missing was lost, on the way there, at the server or on the way back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from readycheck.errors import Refused, Silent
from readycheck.measure.packets import stun
from readycheck.measure.packets.pacing import Pacer, Trace
from readycheck.measure.statistics import (
    Estimate,
    burst_ratio,
    delay_variation,
    loss_interval,
    mean_jitter,
    percentile,
    reordered,
)

METHOD: Final = "round trips of STUN Bindings"


@dataclass(frozen=True, kw_only=True)
class Stream:
    """What came back of ``sent`` packets. Times in ms; ``loss`` and its 95 % bounds (Wilson, wider in bursts) as fractions 0..1.

    jitter_ms     mean of the jitter \\|D\\| of RFC 3550, on round-trip times in order of arrival, with 99 % bounds; None where
                  fewer than 21 packets tell
    variation_ms  95th percentile of the round-trip times minus their median
    reordered     packets that arrived after a later one (RFC 4737)
    burst_ratio   1 = losses at random, above 1 = in bursts; None without loss
    rtts_ms       every round-trip time, in order of arrival
    """

    sent: int
    received: int
    rtt_p50_ms: float
    rtt_p95_ms: float
    jitter_ms: Estimate | None
    variation_ms: float
    loss: float
    loss_low: float
    loss_high: float
    reordered: int
    burst_ratio: float | None
    seconds: float
    bytes: int
    rtts_ms: tuple[float, ...] = ()


async def stun_stream(
    address: str,
    port: int,
    *,
    count: int = 100,
    interval_s: float = 0.02,
    wait_s: float = 1.0,
    padded_to: int = 0,
) -> Stream:
    """Send ``count`` Bindings ``interval_s`` apart to a literal address; a reply later than ``wait_s`` after the end is lost.

    ``padded_to`` bytes for servers that answer no request shorter than their reply.
    Raises Silent where nothing came back, Refused (ICMP port unreachable), NoRoute. Never loop this against a foreign server.
    """
    pacer = Pacer(address, port)
    replies = _Replies(count)

    def packets() -> Iterator[tuple[float, bytes]]:
        for number, transaction_id in enumerate(replies.ids):
            yield number * interval_s, stun.binding_request(transaction_id, padded_to=padded_to)

    trace = await pacer.run(packets(), wait_s=wait_s, complete=replies.are_complete_with)
    rtts = replies.rtts_s(trace)
    if not rtts:
        raise Refused(pacer.where) if trace.refused else Silent(pacer.where)
    return _summary(trace, rtts)


class _Replies:
    """Which datagram answers which request."""

    def __init__(self, count: int) -> None:
        self.ids = [stun.new_transaction_id() for _ in range(count)]
        self._number = {transaction_id: number for number, transaction_id in enumerate(self.ids)}
        self._answered: set[int] = set()

    def are_complete_with(self, data: bytes) -> bool:
        number = self._answers(data)
        if number is not None:
            self._answered.add(number)
        return len(self._answered) == len(self.ids)

    def rtts_s(self, trace: Trace) -> dict[int, float]:
        """Round-trip times by packet number, in order of arrival; only the first reply to a packet counts."""
        rtts: dict[int, float] = {}
        for arrival in trace.arrivals:
            number = self._answers(arrival.data)
            if number is None or number in rtts or number >= len(trace.sent_s):
                continue
            sent = trace.sent_s[number]
            if sent is not None:
                rtts[number] = arrival.at_s - sent
        return rtts

    def _answers(self, data: bytes) -> int | None:
        number = self._number.get(data[8:20])
        return number if number is not None and stun.is_reply(data, self.ids[number]) else None


def _summary(trace: Trace, rtts_s: dict[int, float]) -> Stream:
    rtts = [rtt * 1000 for rtt in rtts_s.values()]
    sent = [number for number, at in enumerate(trace.sent_s) if at is not None]
    lost = len(sent) - len(rtts)
    bursts = burst_ratio([number in rtts_s for number in sent])
    bounds = loss_interval(lost, len(sent), bursts)
    return Stream(
        sent=len(sent),
        received=len(rtts),
        rtt_p50_ms=percentile(rtts, 0.5),
        rtt_p95_ms=percentile(rtts, 0.95),
        jitter_ms=mean_jitter(rtts),
        variation_ms=delay_variation(rtts),
        loss=lost / len(sent),
        loss_low=bounds.low,
        loss_high=bounds.high,
        reordered=reordered(list(rtts_s)),
        burst_ratio=bursts,
        seconds=trace.seconds,
        bytes=trace.bytes,
        rtts_ms=tuple(rtts),
    )
