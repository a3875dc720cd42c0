"""Probes over UDP: what they hear of servers that answer, hold back, fall silent or are not there; and beside a load."""

import asyncio
import socket
import threading
import time
from typing import cast

import pytest

from readycheck.errors import Refused
from readycheck.measure.latency.http_probes import HttpServer
from readycheck.measure.latency.loaded import LoadedLatency, loaded_latency
from readycheck.measure.latency.probing import (
    Log,
    Prober,
    Source,
    StunServer,
    UdpEcho,
    first_answering,
    idle_probes,
    probing,
)
from readycheck.measure.packets import stun
from readycheck.measure.packets.echo import Echo
from readycheck.measure.packets.echo_session import EchoSession, echo_session
from readycheck.measure.throughput.allowance import Limits
from readycheck.measure.throughput.rates import download
from readycheck.measure.transport.endpoint import Endpoint
from tests.unit.measure.latency.bottleneck import bottleneck
from tests.unit.measure.loopback import speed_server, tcp_listener, udp_listener, unused_port
from tests.unit.reflector.house import house

Address = tuple[str, int]


def binding(data: bytes, address: Address) -> bytes:
    """The success reply of a STUN server, without attributes."""
    request = stun.parse(data)
    return stun.encode(
        stun.Message(method=request.method, kind=stun.SUCCESS, transaction_id=request.transaction_id)
    )


def stun_at(port: int, *, rate: int = 100, most: int = 400, padded_to: int = 0) -> StunServer:
    return StunServer("127.0.0.1", port, rate=rate, most=most, padded_to=padded_to)


def probed(source: Source, seconds: float = 0.4) -> Prober:
    return asyncio.run(idle_probes(source, seconds=seconds))


def test_stun_probes_are_timed_and_their_bytes_counted() -> None:
    with udp_listener(binding) as port:
        prober = probed(stun_at(port))
    samples = prober.samples()
    assert 10 < len(samples) <= 60
    assert all(sample.rtt_ms is not None and 0 < sample.rtt_ms < 1_000 for sample in samples)
    assert [s.sent_s for s in samples] == sorted(s.sent_s for s in samples)
    assert prober.bytes == len(samples) * 2 * (20 + 28)
    assert prober.error is None and prober.method == "round trips of STUN Bindings"


def test_a_foreign_stun_server_is_asked_no_more_often_than_allowed() -> None:
    seen: list[float] = []

    def note(data: bytes, address: Address) -> bytes:
        seen.append(time.monotonic())
        return binding(data, address)

    with udp_listener(note) as port:
        probed(stun_at(port, rate=100, most=7), 0.5)
    assert len(seen) == 7


def test_padded_requests_are_padded() -> None:
    sizes: set[int] = set()

    def note(data: bytes, address: Address) -> bytes:
        sizes.add(len(data))
        return binding(data, address)

    with udp_listener(note) as port:
        probed(stun_at(port, padded_to=100), 0.1)
    assert len(sizes) == 1 and sizes.pop() >= 100


def test_lost_probes_are_lost_and_others_are_not() -> None:
    seen: list[int] = []

    def every_second(data: bytes, address: Address) -> bytes | None:
        seen.append(1)
        return binding(data, address) if len(seen) % 2 else None

    with udp_listener(every_second) as port:
        samples = probed(stun_at(port)).samples()
    lost = sum(sample.rtt_ms is None for sample in samples)
    assert lost == len(samples) // 2


def test_the_last_answers_are_waited_for_and_no_longer() -> None:
    def late(data: bytes, address: Address) -> bytes:
        time.sleep(0.3)
        return binding(data, address)

    with udp_listener(late) as port:
        started = time.monotonic()
        samples = probed(stun_at(port, rate=2), 0.6).samples()
    assert all(sample.rtt_ms is not None for sample in samples)
    assert time.monotonic() - started < 2.5


def test_a_probe_that_leaves_while_the_end_is_told_is_waited_for_too() -> None:
    class Session:
        """Sends back what it got, and takes long to make every packet but the first."""

        rate, count = 5, 100

        def __init__(self, port: int) -> None:
            self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            self.sock.setblocking(False)
            self.sock.connect(("127.0.0.1", port))

        def packet(self, sequence: int, size: int, reply_bytes: int) -> bytes:
            time.sleep(0.3 if sequence else 0)
            return sequence.to_bytes(4, "big")

        def parse(self, data: bytes) -> Echo:
            return Echo(bytes(8), int.from_bytes(data, "big"), 0, 1, 0, 0, len(data))

    def late(data: bytes, address: Address) -> bytes:
        time.sleep(0.1)
        return data

    with udp_listener(late) as port:
        session = Session(port)
        with session.sock:
            samples = probed(UdpEcho(cast(EchoSession, session)), 0.35).samples()
    assert len(samples) == 2
    assert all(sample.rtt_ms is not None for sample in samples)


def test_silence_is_no_error_and_bounded_in_time() -> None:
    started = time.monotonic()
    with udp_listener(lambda data, address: None) as port:
        prober = probed(stun_at(port), 0.2)
    assert prober.error is None
    assert prober.samples() and all(sample.rtt_ms is None for sample in prober.samples())
    assert time.monotonic() - started < 4


def test_a_closed_port_ends_the_probes_and_not_what_they_accompany() -> None:
    prober = probed(stun_at(unused_port(socket.SOCK_DGRAM)), 0.3)
    assert all(sample.rtt_ms is None for sample in prober.samples())


def test_a_line_that_cannot_be_used_is_told_and_not_raised() -> None:
    class Broken:
        method = "none"

        async def probe(self, log: Log, ending: asyncio.Event) -> None:
            raise Refused(Endpoint(address="127.0.0.1", port=1, host="x").where)

    prober = probed(Broken(), 0.05)
    assert isinstance(prober.error, Refused)
    assert prober.samples() == ()


def test_what_goes_wrong_beside_the_probes_is_raised_and_leaves_nothing_behind() -> None:
    async def broken(port: int) -> None:
        async with probing(stun_at(port)):
            await asyncio.sleep(0.05)
            raise ZeroDivisionError

    with udp_listener(binding) as port, pytest.raises(ZeroDivisionError):
        asyncio.run(broken(port))
    until = time.monotonic() + 5
    while time.monotonic() < until and any(t.name == "pacer" for t in threading.enumerate()):
        time.sleep(0.02)
    assert not any(thread.name == "pacer" for thread in threading.enumerate())


def test_echo_probes_of_several_phases_share_a_session() -> None:
    async def phases(port: int) -> list[Prober]:
        async with echo_session("127.0.0.1", port, count=500, rate=100, size=100) as session:
            source = UdpEcho(session)
            return [await idle_probes(source, seconds=0.2) for _ in range(3)]

    with house() as reflector:
        probers = asyncio.run(phases(reflector.udp_port))
    for prober in probers:
        rtts = [sample.rtt_ms for sample in prober.samples() if sample.rtt_ms is not None]
        assert len(rtts) > 5 and min(rtts) > 0
        assert prober.bytes > 0


def test_echo_probes_end_with_what_was_granted() -> None:
    async def all_of_them(port: int) -> Prober:
        async with echo_session("127.0.0.1", port, count=10, rate=100, size=100) as session:
            return await idle_probes(UdpEcho(session), seconds=0.4)

    with house() as reflector:
        assert len(asyncio.run(all_of_them(reflector.udp_port)).samples()) == 10


def test_a_servers_own_delay_is_taken_out_where_it_is_believable() -> None:
    log = Log()
    for number, held_s in enumerate((0.0, 0.03, 0.2, -0.5)):
        log.left(number, 1.0)
        log.came(number, 1.1, server_s=held_s)
    assert [sample.rtt_ms for sample in log.samples(2.0)] == pytest.approx([100, 70, 100, 100])


def test_only_the_first_answer_counts_and_none_to_what_was_never_asked() -> None:
    log = Log()
    log.left(0, 1.0)
    log.came(0, 1.1)
    log.came(0, 1.5)
    log.came(7, 1.5)
    assert [sample.rtt_ms for sample in log.samples(2.0)] == pytest.approx([100])


def test_a_probe_without_answer_is_no_sample_before_it_is_lost() -> None:
    log = Log()
    log.left(0, 1.0)
    assert log.samples(1.5) == ()
    assert [sample.rtt_ms for sample in log.samples(60.0)] == [None]


def test_the_first_source_that_answers_is_taken() -> None:
    async def chosen(silent: int, closed: int, good: int) -> tuple[Source | None, StunServer]:
        best = stun_at(good)
        return await first_answering([stun_at(silent), stun_at(closed), best, stun_at(good)]), best

    with udp_listener(lambda data, address: None) as silent, udp_listener(binding) as good:
        found, best = asyncio.run(chosen(silent, unused_port(socket.SOCK_DGRAM), good))
        assert found is best
        assert asyncio.run(first_answering([stun_at(silent)], timeout_s=0.2)) is None
    assert asyncio.run(first_answering([])) is None


def loaded(source: Source, endpoint: Endpoint, max_seconds: float = 3.0) -> LoadedLatency | None:
    """Idle, then beside a download for as long as the queue fills."""

    async def work() -> LoadedLatency | None:
        idle = await idle_probes(source, seconds=0.5)
        async with probing(source) as prober:
            rate = await download(
                endpoint,
                "/down?bytes={bytes}",
                limits=Limits(max_bytes=100_000_000, max_seconds=max_seconds),
                hold=prober.rising,
            )
        return loaded_latency(
            idle.samples(),
            prober.samples(),
            started_s=rate.started_s,
            ended_s=rate.ended_s,
            method=prober.method,
        )

    return asyncio.run(work())


@pytest.mark.parametrize("deep_ms", [50, 150])
def test_a_queue_of_known_depth_is_measured(deep_ms: int) -> None:
    with (
        tcp_listener(speed_server()) as tcp,
        udp_listener(binding) as udp,
        bottleneck(tcp, udp, bits_per_s=20e6, deep_s=deep_ms / 1000) as line,
    ):
        endpoint = Endpoint(address="127.0.0.1", port=line.tcp, host="localhost")
        found = loaded(stun_at(line.udp), endpoint)
    assert found is not None
    assert found.idle_ms < 30
    assert found.increase_ms == pytest.approx(deep_ms, rel=0.1, abs=8)
    assert found.full_ms >= found.increase_ms


def test_http_probes_see_the_same_queue() -> None:
    with (
        tcp_listener(speed_server()) as tcp,
        bottleneck(tcp, unused_port(), bits_per_s=20e6, deep_s=0.1) as line,
    ):
        endpoint = Endpoint(address="127.0.0.1", port=line.tcp, host="localhost")
        found = loaded(HttpServer(endpoint, "/empty.php"), endpoint)
    assert found is not None
    assert found.increase_ms == pytest.approx(100, rel=0.25)


def test_a_download_that_fills_no_queue_gets_no_delay_invented() -> None:
    """The probed server is another than the one that sends: nothing but this process is between the two."""
    with tcp_listener(speed_server(down=8e6)) as tcp, udp_listener(binding) as udp:
        endpoint = Endpoint(address="127.0.0.1", port=tcp, host="localhost")
        found = loaded(stun_at(udp), endpoint, max_seconds=2.0)
    assert found is not None
    assert found.increase_ms < 5  # measured: 0.0 to 0.3; the rest is for machines that do much else
