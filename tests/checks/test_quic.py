import asyncio
import struct
from typing import Any

import pytest

from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import Interface
from readycheck.testing import ADDRESS, FakeNet, FakeSystem, run_check
from readycheck_checks.path.quic_packets import SIZE, UNSPOKEN, offered_versions, unspoken_initial
from readycheck_checks.quic import QuicOptions, check
from tests.checks.connection_listeners import LOOPBACK, real_world, udp_server
from tests.checks.stun_servers import success

TO, BY = b"to-them!", b"from-us!"
HOSTS = ("www.one.example:443", "www.other.example:443")
OPTIONS = QuicOptions(hosts=HOSTS, udp_controls=("stun.example:3478",))
TCP: Any = {("www.one.example", 443): 20.0, ("www.other.example", 443): 20.0}


def negotiation(request: bytes) -> bytes:
    """What a server answers: the ids the other way round, and its versions (RFC 9000, 17.2.1)."""
    to, by = request[6:14], request[15:23]
    return b"\x80" + bytes(4) + b"\x08" + by + b"\x08" + to + struct.pack("!2I", 1, 0x6B3343CF)


def result(options: QuicOptions = OPTIONS, **world: Any) -> CheckResult:
    return asyncio.run(run_check(check, options, net=FakeNet(**world)))


def test_one_host_that_answers_proves_that_quic_passes() -> None:
    outcome = result(replies={("www.one.example", 443): negotiation})
    assert (outcome.status, outcome.findings[0].code) == (Status.PASS, "connection.quic")


def test_silence_beside_controls_that_answer_is_told_and_no_warning() -> None:
    outcome = result(ports=TCP, replies={("stun.example", 3478): success})
    assert (outcome.status, outcome.findings[0].code) == (Status.PASS, "connection.quic_held_back")


def test_where_quic_is_wanted_silence_is_a_weak_warning() -> None:
    wanted = QuicOptions(hosts=HOSTS, udp_controls=OPTIONS.udp_controls, wanted=True)
    outcome = result(wanted, ports=TCP, replies={("stun.example", 3478): success})
    assert outcome.status is Status.WARN
    assert Owner.SERVICE not in outcome.findings[0].either


def test_in_a_full_tunnel_what_holds_quic_back_is_the_companys_or_this_computers() -> None:
    wanted = QuicOptions(hosts=HOSTS, udp_controls=OPTIONS.udp_controls, wanted=True)
    tunnel = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
    net = FakeNet(ports=TCP, replies={("stun.example", 3478): success}, sources={ADDRESS: "10.8.0.2"})
    outcome = asyncio.run(run_check(check, wanted, net=net, system=FakeSystem(network=(tunnel,))))
    assert (outcome.status, outcome.findings[0].either) == (Status.WARN, (Owner.COMPANY, Owner.DEVICE))
    assert "VPN" in outcome.findings[0].remedy


@pytest.mark.parametrize(
    "world",
    [
        {"ports": TCP},
        {"replies": {("stun.example", 3478): success}},
        {"ports": {("www.one.example", 443): 9.0}, "replies": {("stun.example", 3478): success}},
    ],
)
def test_silence_without_enough_controls_proves_nothing(world: Any) -> None:
    assert result(**world).status is Status.UNKNOWN


def test_a_real_listener_is_asked_with_one_full_packet() -> None:
    asked: list[bytes] = []

    def answer(data: bytes) -> bytes:
        asked.append(data)
        return negotiation(data)

    with udp_server(answer) as port:
        options = QuicOptions(hosts=(f"{LOOPBACK}:{port}",))
        outcome = asyncio.run(run_check(check, options, **real_world()))
    assert outcome.status is Status.PASS
    assert [len(each) for each in asked] == [SIZE]


def test_the_packet_names_a_version_that_is_never_spoken() -> None:
    packet = unspoken_initial(TO, BY)
    assert packet[1:5] == UNSPOKEN.to_bytes(4, "big")
    assert offered_versions(negotiation(packet), TO, BY) == (1, 0x6B3343CF)


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\x80" + bytes(4),
        negotiation(unspoken_initial(BY, TO)),
        negotiation(unspoken_initial(TO, BY))[:-1],
        negotiation(unspoken_initial(TO, BY))[:-8],
        b"\xc0\0\0\0\1" + negotiation(unspoken_initial(TO, BY))[5:],
        b"\x80" + bytes(4) + b"\xff" * 3,
    ],
)
def test_anything_else_is_no_answer(answer: bytes) -> None:
    assert offered_versions(answer, TO, BY) is None
