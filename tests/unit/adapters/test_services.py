"""SRV records and a source port of one's own choice, against servers on loopback."""

import asyncio
import socket
from collections.abc import Callable

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from readycheck.adapters.net import RealNet
from readycheck.api import Closed, Meter, NameRefused, NameUnknown, NetError, SrvRecord
from tests.unit.adapters import listeners

NAME = "_imaps._tcp.corp.example"


def server(rcode: int, *records: str) -> Callable[[bytes], bytes | None]:
    def serve(data: bytes) -> bytes:
        response = dns.message.make_response(dns.message.from_wire(data))
        response.flags |= dns.flags.RA
        response.set_rcode(dns.rcode.Rcode(rcode))
        if records:
            response.answer.append(dns.rrset.from_text(NAME + ".", 60, "IN", "SRV", *records))
        return response.to_wire()

    return serve


def asked(rcode: int, *records: str) -> tuple[SrvRecord, ...]:
    with listeners.udp(server(rcode, *records)) as port:
        return asyncio.run(RealNet(Meter(), resolver=f"127.0.0.1:{port}").srv(NAME))


def test_the_preferred_server_comes_first_and_the_heavier_of_equals() -> None:
    found = asked(0, "20 0 993 c.corp.example.", "10 1 993 b.corp.example.", "10 9 993 a.corp.example.")
    assert [record.target[0] for record in found] == ["a", "b", "c"]
    assert found[0] == SrvRecord(target="a.corp.example", port=993, priority=10, weight=9)


def test_a_service_that_is_not_offered_has_an_empty_target() -> None:
    assert asked(0, "0 0 0 .") == (SrvRecord(target="", port=0),)


def test_a_name_without_such_records_has_none() -> None:
    assert asked(0) == ()


@pytest.mark.parametrize(("rcode", "error"), [(3, NameUnknown), (2, NameRefused)])
def test_what_a_name_server_says_of_a_service_is_told_apart(rcode: int, error: type[NetError]) -> None:
    with pytest.raises(error):
        asked(rcode)


def test_a_datagram_leaves_by_the_port_that_was_asked_for() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("0.0.0.0", 0))
        wanted = free.getsockname()[1]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as far:
        far.bind(("127.0.0.1", 0))

        async def ask() -> int:
            net, port = RealNet(Meter()), far.getsockname()[1]
            asking = asyncio.ensure_future(
                net.udp("127.0.0.1", port, b"x", accept=bool, waits_s=(0.05,), source_port=wanted)
            )
            await asyncio.gather(asking, return_exceptions=True)
            return int(far.recvfrom(10)[1][1])

        assert asyncio.run(ask()) == wanted


def test_a_port_that_is_taken_is_told() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("0.0.0.0", 0))
        port = taken.getsockname()[1]
        with pytest.raises(Closed):
            asyncio.run(
                RealNet(Meter()).udp("127.0.0.1", 9, b"x", accept=bool, waits_s=(0.05,), source_port=port)
            )
