"""A call's streams to a reflector and back: delay, jitter and loss of each direction by itself. Judges nothing.

The packets have the sizes, the rate and the bunching of a real call (shape.py). The reflector tells for every packet when it came
and went there, and at the end which packets it got; from that directions.py makes the figures.
"""

import heapq
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from readycheck.errors import NetError, Refused, Silent, Where
from readycheck.measure.media.directions import (
    Counts,
    Direction,
    Passage,
    RoundTrip,
    round_trip,
    way_back,
    way_there,
)
from readycheck.measure.media.shape import VOICE, MediaStream
from readycheck.measure.packets import echo
from readycheck.measure.packets.echo import Echo
from readycheck.measure.packets.echo_session import ArrivedThere, EchoSession, NotGranted, echo_session
from readycheck.measure.packets.pacing import Pacer, Trace

METHOD: Final = "packets like those of a call, to a reflector and back"
OVERHEAD_BYTES: Final = 5_000  # handshake, reports and close at most


@dataclass(frozen=True, kw_only=True)
class Media:
    """One of the streams: each direction, and both together."""

    stream: MediaStream
    up: Direction
    down: Direction
    round_trip: RoundTrip


@dataclass(frozen=True, kw_only=True)
class Call:
    """All streams of one session, which went at the same time; ``up``, ``down`` and ``round_trip`` are of the first.

    seconds        how long it took, with handshake and report left out
    bytes          both ways, with all headers, handshake and report
    kernel_stamps  the times of arrival here are the kernel's
    reported       the server told which packets it got; otherwise loss is by its running count, over all streams together
    """

    streams: tuple[Media, ...]
    seconds: float
    bytes: int
    kernel_stamps: bool
    reported: bool

    @property
    def up(self) -> Direction:
        return self.streams[0].up

    @property
    def down(self) -> Direction:
        return self.streams[0].down

    @property
    def round_trip(self) -> RoundTrip:
        return self.streams[0].round_trip


def bytes_of(streams: Sequence[MediaStream], seconds: float) -> int:
    """What call() uses, both ways, at most; over IPv4."""
    return OVERHEAD_BYTES + sum(stream.bytes_in(seconds) for stream in streams)


async def call(
    address: str,
    port: int,
    *,
    streams: Sequence[MediaStream] = (VOICE,),
    seconds: float = 10.0,
    token: bytes = b"",
    wait_s: float = 1.0,
    timeout_s: float = 5.0,
) -> Call:
    """Send these streams together for ``seconds`` to the UDP echo of a reflector at a literal address.

    An echo later than ``wait_s`` after the last packet is lost. ``timeout_s``: of the handshake. At the end up to 3.4 s more,
    where the report has to be asked for again. Raises NotGranted (busy, token, or less than these streams need), Silent, Refused,
    NoRoute.
    """
    plan = _Plan(streams, seconds)
    async with echo_session(
        address, port, token=token, count=plan.count, rate=plan.rate, size=plan.size, timeout_s=timeout_s
    ) as session:
        if session.size < plan.size or session.rate < plan.rate or session.count < plan.count:
            raise NotGranted(Where(host=address, port=port, address=address), echo.TOO_MUCH, 0)
        heard = _Heard(session, plan.count)
        trace = await Pacer.over(session.sock).run(
            plan.packets(session), wait_s=wait_s, complete=heard.is_complete_with
        )
        heard.take(trace)
        if not heard.echoes:
            where = Where(host=address, port=port, address=address)
            raise Refused(where) if trace.refused else Silent(where)
        try:
            report = await session.report(len(trace.sent_s))
        except NetError:
            report = None
    return _result(plan, trace, heard.echoes, report, session.bytes)


class _Plan:
    """The packets of all streams in the order of their times: (time, stream)."""

    def __init__(self, streams: Sequence[MediaStream], seconds: float) -> None:
        self.streams = tuple(streams)
        due = [[(at, number) for at in stream.times_s(seconds)] for number, stream in enumerate(self.streams)]
        self.due = list(heapq.merge(*due))
        self.count = len(self.due)
        self.rate = math.ceil(sum(stream.packets_per_s for stream in self.streams))
        self.size = max(stream.up_bytes for stream in self.streams)

    def packets(self, session: EchoSession) -> Iterator[tuple[float, partial[bytes]]]:
        for sequence, (at, number) in enumerate(self.due):
            stream = self.streams[number]
            yield at, partial(session.packet, sequence, stream.up_bytes, stream.down_bytes)


class _Heard:
    """The first echo of each packet, and when it came."""

    def __init__(self, session: EchoSession, count: int) -> None:
        self._session = session
        self._count = count
        self._seen: set[int] = set()
        self.echoes: dict[int, tuple[Echo, float]] = {}

    def is_complete_with(self, data: bytes) -> bool:
        packet = self._session.parse(data)
        if packet is not None:
            self._seen.add(packet.sequence)
        return len(self._seen) >= self._count

    def take(self, trace: Trace) -> None:
        for arrival in trace.arrivals:
            packet = self._session.parse(arrival.data)
            if packet is None or packet.sequence >= len(trace.sent_s):
                continue
            if trace.sent_s[packet.sequence] is not None:
                self.echoes.setdefault(packet.sequence, (packet, arrival.at_s))


def _result(
    plan: _Plan,
    trace: Trace,
    echoes: Mapping[int, tuple[Echo, float]],
    report: ArrivedThere | None,
    more_bytes: int,
) -> Call:
    reached = set(echoes)
    if report is not None:
        reached |= {sequence for sequence, arrived in enumerate(report.sequences) if arrived}
    pooled = _pooled(trace, echoes, reached, report)
    media = []
    for number, stream in enumerate(plan.streams):
        fates = [
            _passage(sequence, sent, sequence in reached, echoes)
            for sequence, sent in enumerate(trace.sent_s)
            if sent is not None and plan.due[sequence][1] == number
        ]
        if any(each.came_s is not None for each in fates):
            media.append(_media(stream, fates, pooled))
    return Call(
        streams=tuple(media),
        seconds=trace.seconds,
        bytes=trace.bytes + more_bytes,
        kernel_stamps=trace.kernel_stamps,
        reported=report is not None,
    )


def _media(
    stream: MediaStream, fates: Sequence[Passage], pooled: tuple[Counts | None, Counts | None]
) -> Media:
    both = round_trip(fates)
    return Media(
        stream=stream,
        up=way_there(fates, both.p50_ms, pooled[0]),
        down=way_back(fates, both.p50_ms, pooled[1]),
        round_trip=both,
    )


def _passage(
    sequence: int, sent_s: float, reached: bool, echoes: Mapping[int, tuple[Echo, float]]
) -> Passage:
    if sequence not in echoes:
        return Passage(sent_s=sent_s, reached=reached)
    packet, at_s = echoes[sequence]
    there_s = packet.server_received_ns / 1e9, packet.server_sent_ns / 1e9
    return Passage(sent_s=sent_s, reached=True, order=packet.received, there_s=there_s, came_s=at_s)


def _pooled(
    trace: Trace, echoes: Mapping[int, tuple[Echo, float]], reached: set[int], report: ArrivedThere | None
) -> tuple[Counts | None, Counts | None]:
    """Counts over all streams, for the way there and back, where it is not known of each packet what became of it.

    Without a report: by the running count in the last echo. Where the server answered less than it got (it thought it too fast),
    what it did not answer was not lost on the way back.
    """
    if report is not None:
        short = report.answered < len(reached)
        answered = max(report.answered, len(echoes))
        return None, Counts(sent=answered, arrived=len(echoes)) if short else None
    last = max((packet for packet, _ in echoes.values()), key=lambda packet: packet.received)
    sent = sum(at is not None for at in trace.sent_s[: last.sequence + 1])
    got = min(last.received, sent)
    came = sum(packet.received <= got for packet, _ in echoes.values())
    return Counts(sent=sent, arrived=got), Counts(sent=got, arrived=min(came, got))
