"""Round-trip probes that go on while something else uses the line: from a thread of their own, so that what a bulk transfer does
to the event loop is not measured.

Of what can be probed a UDP echo is best (the server's own delay is taken out), then STUN Bindings, then HTTP requests on a
connection of their own (http_probes.py).
"""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from functools import partial
from operator import itemgetter
from typing import Final, Protocol

from readycheck.errors import NetError
from readycheck.measure.latency.samples import Sample, is_rising
from readycheck.measure.packets import stun
from readycheck.measure.packets.echo_session import EchoSession
from readycheck.measure.packets.pacing import HEADER_BYTES, Arrival, Pacer
from readycheck.measure.transport.traffic import Traffic

LOST_AFTER_S: Final = 3.0  # queues of some seconds exist
_NO_ANSWER_YET_S: Final = 1.0
_LEAST_PATIENCE_S: Final = 0.3
_PACKET_BYTES: Final = 64
_LOOK_S: Final = 0.02
_LOOK_BACK_S: Final = 0.1  # a few probes that were lucky end no climb


class Log:
    """Probes by number, written by one thread and read by any."""

    def __init__(self) -> None:
        self.traffic = Traffic()
        self.ended = False
        self._sent: dict[int, float] = {}
        self._rtt_ms: dict[int, float] = {}

    def left(self, number: int, at_s: float) -> None:
        self._sent[number] = at_s

    def came(self, number: int, at_s: float, *, server_s: float = 0.0) -> None:
        """The first answer to a probe; ``server_s``: how long the server held it, where it says so believably."""
        sent = self._sent.get(number)
        if sent is None or number in self._rtt_ms:
            return
        rtt = at_s - sent
        self._rtt_ms[number] = (rtt - server_s if 0 <= server_s < rtt else rtt) * 1000

    def samples(self, now_s: float) -> tuple[Sample, ...]:
        """In the order they left. A probe without answer is lost once nothing is awaited; before that it is no sample yet."""
        rtt_ms = self._rtt_ms.copy()
        return tuple(
            Sample(sent_s=at, rtt_ms=rtt_ms.get(number))
            for number, at in sorted(self._sent.copy().items(), key=itemgetter(1))
            if number in rtt_ms or self.ended or now_s - at >= LOST_AFTER_S
        )

    def waits(self, now_s: float) -> bool:
        """Whether answers may still come: to probes later than all answered ones, within three of the longest round trips;
        the first of all within a second."""
        rtt_ms, sent = self._rtt_ms.copy(), self._sent.copy()
        if not rtt_ms:
            return now_s - min(sent.values(), default=now_s) < _NO_ANSWER_YET_S
        patience = min(LOST_AFTER_S, max(_LEAST_PATIENCE_S, 3 * max(rtt_ms.values()) / 1000))
        newest = max(rtt_ms)
        return any(number > newest and now_s - at < patience for number, at in sent.items())

    @property
    def has_answers(self) -> bool:
        return bool(self._rtt_ms)


class Source(Protocol):
    """Something that answers probes. ``method`` says what they are."""

    method: str

    async def probe(self, log: Log, ending: asyncio.Event) -> None:
        """Probe and write to ``log`` until ``ending`` is set, then no more; return once no answer is awaited. Raises NetError."""


class Prober:
    """Probes that are going on. ``error``: what ended them before their time."""

    def __init__(self, method: str) -> None:
        self.method = method
        self.log = Log()
        self.error: NetError | None = None

    def samples(self) -> tuple[Sample, ...]:
        return self.log.samples(time.monotonic())

    def rising(self) -> bool:
        """Whether the queue still fills (samples.is_rising): a load that stopped now would not have shown all of it."""
        now = time.monotonic()
        samples = self.log.samples(now)
        return is_rising(samples, now) or is_rising(samples, now - _LOOK_BACK_S)

    @property
    def traffic(self) -> Traffic:
        """So far."""
        return self.log.traffic

    @property
    def bytes(self) -> int:
        """Both ways so far, with the headers of UDP (TCP) and IP."""
        return self.log.traffic.bytes


@asynccontextmanager
async def probing(source: Source) -> AsyncIterator[Prober]:
    """Probe while the body runs; afterwards wait for the last answers: about as long as they took so far, at most 3 s.

    Never raises what the network does to the probes: a transfer goes on without them, and ``Prober.error`` says what happened.
    """
    prober = Prober(source.method)
    ending = asyncio.Event()

    async def work() -> None:
        try:
            await source.probe(prober.log, ending)
        except NetError as error:
            prober.error = error

    task = asyncio.ensure_future(work())
    try:
        yield prober
        ending.set()
        await task
        prober.log.ended = True
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def idle_probes(source: Source, *, seconds: float = 0.6) -> Prober:
    """A prober that has probed the line for this long while nothing else used it."""
    async with probing(source) as prober:
        await asyncio.sleep(seconds)
    return prober


async def first_answering(
    sources: Sequence[Source],
    *,
    timeout_s: float = _NO_ANSWER_YET_S,
    spent: Callable[[int], None] | None = None,
) -> Source | None:
    """The first of these, in order of preference, that answers a probe within the time; None where none does. All at once.

    ``spent`` hears the bytes of all of them, both ways.
    """
    probers = await asyncio.gather(*(_asked(source, timeout_s) for source in sources))
    if spent is not None:
        spent(sum(prober.bytes for prober in probers))
    asked = zip(sources, probers, strict=True)
    return next((source for source, prober in asked if prober.log.has_answers), None)


async def _asked(source: Source, timeout_s: float) -> Prober:
    async with probing(source) as prober:
        for _ in range(round(timeout_s / _LOOK_S)):
            if prober.log.has_answers or prober.error is not None:
                break
            await asyncio.sleep(_LOOK_S)
    return prober


class UdpEcho:
    """Probes over an open session with a reflector, whose own delay is taken out of every round trip.

    The session grants how many there may be and how many a second; one source may probe several times, one after another.
    """

    method = "round trips of UDP echo packets"

    def __init__(self, session: EchoSession, *, rate: int = 100) -> None:
        self._session = session
        self._rate = max(1, min(rate, session.rate))
        self._next = 0

    async def probe(self, log: Log, ending: asyncio.Event) -> None:
        pacer = Pacer.over(self._session.sock)
        first = self._next

        def packets() -> Iterator[tuple[float, Callable[[], bytes]]]:
            while self._next < self._session.count:
                number = self._next
                self._next += 1  # before it leaves: a number that was used may not be used by the next run
                yield (number - first) / self._rate, partial(self._packet, number)

        def heard(arrival: Arrival) -> None:
            answer = self._session.parse(arrival.data)
            if answer is not None:
                held_s = (answer.server_sent_ns - answer.server_received_ns) / 1e9
                log.came(answer.sequence - first, arrival.at_s, server_s=held_s)

        await _paced(pacer, packets(), _PACKET_BYTES, heard, log, ending)

    def _packet(self, number: int) -> bytes:
        return self._session.packet(number, _PACKET_BYTES, _PACKET_BYTES)


class StunServer:
    """Bindings to a STUN server at a literal address; ``padded_to`` for servers that answer none shorter than their reply.

    The server may be anybody's: no faster than 50 a second, and no more than ``most`` each time.
    """

    method = "round trips of STUN Bindings"

    def __init__(
        self, address: str, port: int, *, rate: int = 50, most: int = 400, padded_to: int = 0
    ) -> None:
        self._address, self._port = address, port
        self._rate, self._most = rate, most
        self._padded_to = padded_to

    async def probe(self, log: Log, ending: asyncio.Event) -> None:
        numbers: dict[bytes, int] = {}

        def packets() -> Iterator[tuple[float, bytes]]:
            for number in range(self._most):
                transaction_id = stun.new_transaction_id()
                numbers[transaction_id] = number
                yield number / self._rate, stun.binding_request(transaction_id, padded_to=self._padded_to)

        def heard(arrival: Arrival) -> None:
            transaction_id = arrival.data[8:20]
            number = numbers.get(transaction_id)
            if number is not None and stun.is_reply(arrival.data, transaction_id):
                log.came(number, arrival.at_s)

        size = len(stun.binding_request(bytes(12), padded_to=self._padded_to))
        await _paced(Pacer(self._address, self._port), packets(), size, heard, log, ending)


async def _paced(
    pacer: Pacer,
    packets: Iterator[tuple[float, bytes]] | Iterator[tuple[float, Callable[[], bytes]]],
    packet_bytes: int,
    heard: Callable[[Arrival], None],
    log: Log,
    ending: asyncio.Event,
) -> None:
    """Send until told to end, then listen while an answer is awaited."""
    header = HEADER_BYTES[socket.AF_INET6 if ":" in pacer.where.host else socket.AF_INET]

    def sent(number: int, at_s: float) -> None:
        log.traffic.count(sent=packet_bytes + header)
        log.left(number, at_s)

    def came(arrival: Arrival) -> None:
        log.traffic.count(received=len(arrival.data) + header)
        heard(arrival)

    run = asyncio.ensure_future(pacer.run(packets, wait_s=LOST_AFTER_S, heard=came, sent=sent))
    told = asyncio.ensure_future(ending.wait())
    try:
        await asyncio.wait((run, told), return_when=asyncio.FIRST_COMPLETED)
        pacer.stop()
        for _ in range(round(LOST_AFTER_S / _LOOK_S)):
            if run.done() or (pacer.has_sent_all and not log.waits(time.monotonic())):
                break
            await asyncio.sleep(_LOOK_S)
        pacer.stop(at_once=True)
        await run
    finally:
        told.cancel()
        run.cancel()
