"""Hops on this computer, where no router stands between; what routers answer is tried in the lab (tests/lab/test_hops.py)."""

import asyncio
import errno
import struct
import sys

import pytest

from readycheck.adapters import hops
from readycheck.adapters.net import RealNet
from readycheck.errors import Closed, NetError, Where
from readycheck.ports import Hop, HopKind, Meter, NotTold
from tests.unit.adapters import listeners

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="hops: needs Linux")
LOOPBACK = "127.0.0.1"


def hop(port: int, protocol: str, *, meter: Meter | None = None, timeout_s: float = 0.3) -> Hop:
    asked = RealNet(meter or Meter())
    return asyncio.run(
        asked.hop(LOOPBACK, port, protocol=protocol, ttl=1, payload=b"hello", timeout_s=timeout_s)  # type: ignore[arg-type]
    )


def test_a_target_that_answers_or_refuses_is_reached() -> None:
    with listeners.udp(lambda data: b"yes") as port:
        answered = hop(port, "udp")
    assert (answered.kind, answered.address) == (HopKind.REACHED, LOOPBACK)
    assert answered.rtt_ms is not None and answered.rtt_ms < 300
    for protocol in ("udp", "tcp"):
        refused = hop(listeners.closed_port(), protocol)
        assert (refused.kind, refused.address) == (HopKind.REACHED, LOOPBACK)


def test_an_accepted_connection_is_reached() -> None:
    async def connect() -> Hop:
        async with listeners.tcp(listeners.silence) as port:
            return await RealNet(Meter()).hop(LOOPBACK, port, protocol="tcp", ttl=1, timeout_s=0.5)

    assert asyncio.run(connect()).kind is HopKind.REACHED


def test_silence_ends_in_time_and_only_what_was_sent_is_counted() -> None:
    meter = Meter()
    with listeners.udp(lambda data: None) as port:
        assert hop(port, "udp", meter=meter) == Hop(kind=HopKind.SILENT)
    assert meter.used == 5 + 28


def test_what_this_system_refuses_to_send_is_its_own_word() -> None:
    where = Where(host="192.0.2.1", port=9)
    told = {
        errno.EPERM: Hop(kind=HopKind.PROHIBITED, here=True),
        errno.EACCES: Hop(kind=HopKind.PROHIBITED, here=True),
        errno.ENETUNREACH: Hop(kind=HopKind.NO_ROUTE, here=True),
        errno.ENOBUFS: Hop(kind=HopKind.SILENT),
    }
    assert {code: hops._refused_here(where, OSError(code, "")) for code in told} == told
    with pytest.raises(NetError) as odd:
        hops._refused_here(where, OSError(errno.EINVAL, ""))
    assert isinstance(odd.value, Closed)


@pytest.mark.parametrize(
    ("kind", "code", "offender", "fate"),
    [
        (11, 0, "192.168.1.1", HopKind.EXPIRED),
        (11, 1, "192.168.1.1", None),  # fragments that came too late
        (3, 0, "192.168.1.1", HopKind.NO_ROUTE),
        (3, 13, "192.168.1.1", HopKind.PROHIBITED),
        (3, 3, "192.168.1.1", HopKind.PROHIBITED),  # a firewall that says "closed port" in its own name
        (3, 3, "127.0.0.9", HopKind.REACHED),
        (3, 13, "127.0.0.9", HopKind.REACHED),
        (3, 4, "192.168.1.1", None),  # too big: not about this packet
    ],
)
def test_icmp_errors_are_read_with_who_sent_them(
    kind: int, code: int, offender: str, fate: HopKind | None
) -> None:
    async def read() -> Hop | None:
        with hops._probe(Where(host="127.0.0.9", port=9), "udp", 1) as probe:
            probe.sock.connect(probe.target)
            head = struct.pack("=IBBBxII", errno.EHOSTUNREACH, 2, kind, code, 0, 0)
            address = struct.pack("=HH4s", 2, 0, bytes(map(int, offender.split("."))))
            return probe._read(head + address)

    told = asyncio.run(read())
    assert (told.kind if told else None) is fate
    if told:
        assert (told.address, told.here) == (offender, False)


def test_systems_that_tell_no_ordinary_user_say_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    with pytest.raises(NotTold):
        hop(9, "udp")


def test_a_system_that_keeps_no_errors_for_a_socket_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hops, "_IP_RECVERR", 9_999)
    with pytest.raises(NotTold):
        hop(9, "udp")
