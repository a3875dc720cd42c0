import asyncio
import ssl
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
import trustme

from readycheck.adapters.net import RealNet
from readycheck.adapters.tls import verifying_context
from readycheck.errors import (
    Closed,
    Garbled,
    NameRefused,
    NameSilent,
    NameUnknown,
    NetError,
    NoRoute,
    Refused,
    Silent,
    TlsFailed,
)
from readycheck.ports import Meter, TlsAnswer
from tests.unit.adapters import listeners


def net(**options: Any) -> RealNet:
    return RealNet(Meter(), **options)


class Named(RealNet):
    """Knows one name, with these addresses."""

    def __init__(self, *addresses: str) -> None:
        super().__init__(Meter())
        self._addresses = addresses

    async def resolve(self, host: str, *, timeout_s: float = 5.0) -> tuple[str, ...]:
        return self._addresses


def raised(work: Callable[[], Awaitable[object]]) -> NetError:
    async def attempt() -> NetError:
        with pytest.raises(NetError) as caught:
            await work()
        return caught.value

    return asyncio.run(attempt())


def test_a_tcp_answer_carries_the_address_and_the_round_trip_time() -> None:
    async def connect() -> None:
        async with listeners.tcp(listeners.silence) as port:
            answer = await net().tcp("127.0.0.1", port)
        assert answer.address == "127.0.0.1"
        assert 0 < answer.rtt_ms < 1000

    asyncio.run(connect())


def test_a_closed_port_is_refused_not_silent() -> None:
    port = listeners.closed_port()
    assert isinstance(raised(lambda: net().tcp("127.0.0.1", port)), Refused)


def test_a_port_that_drops_connections_is_silent_within_the_time_limit() -> None:
    before = time.monotonic()
    with listeners.full() as port:
        error = raised(lambda: net().tcp("127.0.0.1", port, timeout_s=0.4))
    assert isinstance(error, Silent)
    assert time.monotonic() - before < 2


@pytest.mark.parametrize("refusing", ["::1", "127.0.0.2"])
@pytest.mark.parametrize("first", ["refused", "silent"])
def test_a_name_that_is_refused_at_one_address_and_silent_at_another_is_silent(
    refusing: str, first: str
) -> None:
    async def connect(silent: int) -> None:
        addresses = (refusing, "127.0.0.1") if first == "refused" else ("127.0.0.1", refusing)
        await Named(*addresses).tcp("gateway.test", silent, timeout_s=0.6)

    with listeners.full() as port:
        error = raised(lambda: connect(port))
    assert type(error) is Silent and error.where.address == "127.0.0.1"
    assert error.detail == "another of its addresses refused the connection"


def test_a_name_that_is_refused_at_every_address_that_can_be_reached_is_refused() -> None:
    port = listeners.closed_port()
    for addresses in (("::1", "127.0.0.1"), ("255.255.255.255", "127.0.0.1")):
        error = raised(lambda them=addresses: Named(*them).tcp("gateway.test", port))  # type: ignore[misc]
        assert type(error) is Refused


def test_a_udp_port_that_is_refused_at_one_address_and_silent_at_another_is_silent() -> None:
    with listeners.udp(lambda data: None) as port:
        asked = Named("::1", "127.0.0.1")
        error = raised(
            lambda: asked.udp("gateway.test", port, b"?", accept=lambda d: True, waits_s=(0.2, 0.4))
        )
    assert type(error) is Silent


def test_an_address_without_a_route_is_told_from_silence() -> None:
    assert isinstance(raised(lambda: net().tcp("fe80::1%doesnotexist", 443, timeout_s=1)), NetError)
    assert isinstance(raised(lambda: net().tcp("255.255.255.255", 443, timeout_s=1)), NoRoute)


def test_a_udp_answer_must_be_accepted_and_is_timed_from_the_send_it_answers() -> None:
    sent: list[bytes] = []

    def third_time(data: bytes) -> bytes | None:
        sent.append(data)
        return {1: b"noise", 2: None}.get(len(sent), b"yes")

    with listeners.udp(third_time) as port:
        answer = asyncio.run(
            net().udp("127.0.0.1", port, b"?", accept=lambda d: d == b"yes", waits_s=(0.2, 0.2, 1.0))
        )
    assert answer.tries == 3
    assert answer.rtt_ms < 500


def test_a_silent_udp_port_is_silent_and_a_closed_one_refused() -> None:
    with listeners.udp(lambda data: None) as port:
        silent = raised(lambda: net().udp("127.0.0.1", port, b"?", accept=lambda d: True, waits_s=(0.1, 0.1)))
    refused = raised(
        lambda: net().udp("127.0.0.1", listeners.closed_port(), b"?", accept=lambda d: True, waits_s=(0.5,))
    )
    assert isinstance(silent, Silent)
    assert isinstance(refused, Refused)


def test_a_stream_reads_lines_and_says_what_went_wrong() -> None:
    async def converse(serve: listeners.Serve) -> bytes:
        async with listeners.tcp(serve) as port:
            stream = await net().open("127.0.0.1", port)
            await stream.write(b"hello\r\n")
            try:
                return await stream.read_line(timeout_s=0.3)
            finally:
                await stream.close()

    assert asyncio.run(converse(listeners.saying(b"220 ready\r\n"))) == b"220 ready\r\n"
    for serve, kind in (
        (listeners.silence, Silent),
        (listeners.saying(b"half a li"), Closed),
        (listeners.saying(b"x" * 300_000), Garbled),
        (listeners.saying(*[b"y"] * 20, pause_s=0.1), Silent),
    ):
        assert isinstance(raised(lambda serve=serve: converse(serve)), kind)  # type: ignore[misc]


@pytest.fixture(scope="module")
def ca(tmp_path_factory: pytest.TempPathFactory) -> tuple[trustme.CA, str]:
    made = trustme.CA()
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    made.cert_pem.write_to_path(str(path))
    return made, str(path)


def server_tls(leaf: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    leaf.configure_cert(context)
    return context


def handshake(
    leaf: trustme.LeafCert, ca_file: str, name: str = "portal.example"
) -> Callable[[], Coroutine[None, None, TlsAnswer]]:
    async def attempt() -> TlsAnswer:
        async with listeners.tcp(listeners.silence, server_tls(leaf)) as port:
            return await net(context=verifying_context(ca_file)).tls("127.0.0.1", port, server_name=name)

    return attempt


def test_a_trusted_certificate_is_verified_and_described(ca: tuple[trustme.CA, str]) -> None:
    leaf = ca[0].issue_cert("portal.example", common_name="portal.example")
    answer = asyncio.run(handshake(leaf, ca[1])())
    assert (answer.subject, answer.version) == ("portal.example", "TLSv1.3")


def test_each_way_a_certificate_can_be_wrong_is_told_apart(ca: tuple[trustme.CA, str]) -> None:
    from datetime import UTC, datetime, timedelta

    old = ca[0].issue_cert("portal.example", not_after=datetime.now(UTC) - timedelta(days=1))
    early = ca[0].issue_cert(
        "portal.example",
        not_before=datetime.now(UTC) + timedelta(days=1),
        not_after=datetime.now(UTC) + timedelta(days=9),
    )
    other = ca[0].issue_cert("other.example")
    stranger = trustme.CA(organization_name="Middle Box").issue_cert("portal.example")
    reasons = {}
    for title, leaf in {"old": old, "early": early, "other": other, "stranger": stranger}.items():
        error = raised(handshake(leaf, ca[1]))
        assert isinstance(error, TlsFailed)
        reasons[title] = error.reason
        assert error.valid is not None
        assert (error.valid[0] < datetime.now(UTC) < error.valid[1]) is (title in ("other", "stranger"))
        if title == "stranger":
            assert "Middle Box" in error.issuer or "trustme" in error.issuer
    assert reasons == {
        "old": "expired",
        "early": "not_yet_valid",
        "other": "wrong_name",
        "stranger": "untrusted",
    }


@pytest.mark.parametrize("pause_s", [0.0, 0.001, 0.05])
def test_a_server_that_greets_in_clear_where_a_handshake_is_due_is_no_tls_server_every_time(
    pause_s: float,
) -> None:
    async def attempts() -> list[NetError]:
        told = []
        async with listeners.tcp(listeners.greeting(b"220 mail.test ready\r\n")) as port:
            for _ in range(50):
                stream = await net().open("127.0.0.1", port)
                await asyncio.sleep(pause_s)
                with pytest.raises(NetError) as caught:
                    await stream.start_tls("127.0.0.1", timeout_s=2)
                await stream.close()
                told.append(caught.value)
        return told

    told = asyncio.run(attempts())
    assert {(type(error), getattr(error, "reason", "")) for error in told} == {(TlsFailed, "handshake")}


def test_what_is_said_in_clear_behind_the_answer_to_starttls_is_never_taken_for_what_tls_brought() -> None:
    async def starttls() -> None:
        ready_and_more = b"220 go ahead\r\n250 injected\r\n"
        async with listeners.tcp(listeners.saying(ready_and_more)) as port:
            stream = await net().open("127.0.0.1", port)
            await stream.write(b"STARTTLS\r\n")
            await stream.read_line()
            await stream.start_tls("127.0.0.1")

    error = raised(starttls)
    assert isinstance(error, TlsFailed) and "before the handshake: 250 injected" in error.detail


def test_a_server_that_never_answers_the_handshake_is_silent_in_time() -> None:
    async def attempt() -> None:
        async with listeners.tcp(listeners.silence) as port:
            await net().tls("127.0.0.1", port, timeout_s=0.3)

    before = time.monotonic()
    assert isinstance(raised(attempt), Silent)
    assert time.monotonic() - before < 3


def name_server(data: bytes) -> bytes | None:
    query = dns.message.from_wire(data)
    reply = dns.message.make_response(query)
    name, kind = query.question[0].name.to_text(), query.question[0].rdtype
    if name == "silent.example.":
        return None
    if name in ("half.example.", "lame.example.") and kind == dns.rdatatype.AAAA:
        if name == "half.example.":
            return None
        reply.set_rcode(dns.rcode.SERVFAIL)
    elif name in ("half.example.", "lame.example."):
        reply.answer.append(dns.rrset.from_text(name, 60, "IN", "A", "192.0.2.8"))
    elif name == "broken.example.":
        reply.set_rcode(dns.rcode.SERVFAIL)
    elif name == "host.example." and kind == dns.rdatatype.A:
        reply.answer.append(dns.rrset.from_text(name, 60, "IN", "A", "192.0.2.7"))
    elif name == "host.example." and kind == dns.rdatatype.MX:
        reply.answer.append(dns.rrset.from_text(name, 60, "IN", "MX", "20 b.example.", "10 a.example."))
    elif name != "host.example.":
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply.to_wire()


def test_names_are_found_unknown_refused_or_silent() -> None:
    with listeners.udp(name_server) as port:
        asked = net(resolver=f"127.0.0.1:{port}")
        assert asyncio.run(asked.resolve("host.example")) == ("192.0.2.7",)
        assert asyncio.run(asked.mx("host.example")) == ("a.example", "b.example")
        assert isinstance(raised(lambda: asked.resolve("nobody.example")), NameUnknown)
        assert isinstance(raised(lambda: asked.resolve("broken.example")), NameRefused)
        assert isinstance(raised(lambda: asked.resolve("silent.example", timeout_s=0.5)), NameSilent)


def test_a_name_server_without_an_answer_for_ipv6_does_not_hide_ipv4_and_takes_no_longer() -> None:
    before = time.monotonic()
    with listeners.udp(name_server) as port:
        asked = net(resolver=f"127.0.0.1:{port}")
        for name in ("half.example", "lame.example"):
            assert asyncio.run(asked.resolve(name, timeout_s=0.5)) == ("192.0.2.8",)
    assert time.monotonic() - before < 2


def test_a_name_server_of_the_system_that_is_no_address_answers_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unreadable(**options: bool) -> None:
        raise ValueError("nameserver nonsense is no address")

    monkeypatch.setattr("dns.asyncresolver.Resolver", unreadable)
    assert isinstance(raised(lambda: net().mx("host.example")), NameSilent)


def test_no_name_server_says_who_this_computer_is() -> None:
    with listeners.udp(name_server) as port:
        asked = net(resolver=f"127.0.0.1:{port}")
        assert asyncio.run(asked.resolve("localhost")) == ("127.0.0.1", "::1")


def test_a_literal_address_needs_no_name_server() -> None:
    assert asyncio.run(net(resolver="127.0.0.1:1").resolve("::1")) == ("::1",)


def test_the_source_address_is_the_one_the_kernel_would_use() -> None:
    assert net().source_address("127.0.0.1") == "127.0.0.1"


def test_what_is_sent_and_received_is_counted(tmp_path: Path) -> None:
    meter = Meter()
    with listeners.udp(lambda data: b"four") as port:
        asyncio.run(RealNet(meter).udp("127.0.0.1", port, b"12345678", accept=lambda d: True))
    assert meter.used == 8 + 4 + 2 * 28
