import asyncio
import re
import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme

from readycheck.api import Confidence, Owner, Refused, Silent, SrvRecord, Status, Where
from readycheck.model import CheckResult
from readycheck.ports import UdpAnswer
from readycheck.testing import FakeNet, FakeSystem, run_check
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.phone import asking
from readycheck_checks.phone.asking import Reply
from readycheck_checks.phone.sip import Answer, Question, Via, answers, changes, parse
from readycheck_checks.phone.verdict import judge, meddling
from readycheck_checks.sip_phone import SipPhoneOptions, check
from tests.checks.apps import servers
from tests.checks.contact_desk import Talker, certificate, listening, trusting

HOST = "sip.example"
OWN = "192.168.1.10"
SEEN = "203.0.113.5"
QUESTION = Question(transport="udp", host=HOST, own_address=OWN, own_port=25000, token="0123456789abcdef")


def answer(
    request: bytes, status: str = "200 OK", *, received: str = "", change: Callable[[str], str] = str
) -> bytes:
    """What a server makes of a request: the lines of the conversation as they came (RFC 3261, 8.2.6.2)."""
    kept = [
        line
        for line in request.decode().split("\r\n")
        if line.lower().startswith(("via:", "from:", "to:", "call-id:", "cseq:"))
    ]
    lines = [f"{line};received={received}" if received and line.startswith("Via") else line for line in kept]
    return change("\r\n".join((f"SIP/2.0 {status}", *lines, "Content-Length: 0", "", ""))).encode()


def told(status: str = "200 OK", **how: Any) -> Answer:
    said = answers(answer(QUESTION.packet(), status, **how), QUESTION)
    assert said is not None
    return said


# ---- Packets ----


def test_the_request_rings_nowhere_and_names_nobody() -> None:
    packet = QUESTION.packet().decode()
    assert packet.startswith("OPTIONS sip:sip.example SIP/2.0\r\n") and packet.endswith("\r\n\r\n")
    assert "\r\nMax-Forwards: 0\r\n" in packet and "anonymous.invalid" in packet
    assert f"Via: SIP/2.0/UDP {OWN}:25000;branch=z9hG4bK0123456789abcdef;rport" in packet


@pytest.mark.parametrize(
    "status", ["200 OK", "401 Unauthorized", "404 Not Found", "483 Too Many Hops", "603 No"]
)
def test_any_final_answer_is_proof_of_life(status: str) -> None:
    assert told(status).is_final


def test_a_provisional_answer_and_one_to_another_request_are_waited_out() -> None:
    assert answers(answer(QUESTION.packet(), "100 Trying"), QUESTION) is None
    other = replace(QUESTION, token="f" * 16)
    assert answers(answer(other.packet()), QUESTION) is None


@pytest.mark.parametrize(
    "data",
    [b"", b"HTTP/1.1 200 OK\r\n\r\n", b"SIP/2.0 20 OK\r\n\r\n", b"\xff" * 100, b"SIP/2.0 700 X\r\n\r\n"],
)
def test_what_is_no_sip_response_is_none(data: bytes) -> None:
    assert parse(data) is None


def test_compact_headers_and_what_the_server_saw_are_read() -> None:
    data = b"SIP/2.0 200 OK\r\nv: SIP/2.0/UDP [2001:db8::1]:5;rport=9;received=[2001:db8::2];branch=b\r\ni: x\r\n\r\n"
    said = parse(data)
    assert said is not None and said.headers["call-id"] == "x"
    assert said.vias == (Via(sent_by="[2001:db8::1]:5", branch="b", received="2001:db8::2", rport="9"),)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace(f"{OWN}:25000", f"{SEEN}:4000"), "was rewritten"),
        (lambda text: text.replace("branch=z9hG4bK", "branch=z9hG4bKx"), "branch"),
        (lambda text: text.replace("Via:", "X:"), "is gone"),
        (
            lambda text: text.replace("Via:", "Via: SIP/2.0/UDP a;branch=z9hG4bK0123456789abcdef\r\nVia:"),
            "rewritten",
        ),
        (lambda text: text.replace("@readycheck.invalid", "@router"), "Call-ID"),
        (lambda text: text.replace("tag=0123", "tag=x"), "From"),
    ],
)
def test_what_came_back_otherwise_than_it_was_sent_is_found(change: Callable[[str], str], words: str) -> None:
    assert any(words in each for each in changes(QUESTION, told(change=change)))


def test_an_honest_server_changes_nothing_it_returns() -> None:
    assert changes(QUESTION, told(received=SEEN)) == ()


# ---- What the transports show together ----


def reply(transport: str, received: str) -> Reply:
    question = replace(QUESTION, transport=transport)  # type: ignore[arg-type]
    said = replace(told(), vias=(Via(sent_by=question.sent_by, branch=question.branch, received=received),))
    return Reply(
        transport=question.transport, where=Endpoint(HOST, 5060), step="done", answer=said, question=question
    )


@pytest.mark.parametrize(
    ("udp", "tls", "meddled"),
    [
        (OWN, SEEN, True),
        (SEEN, SEEN, False),
        (OWN, OWN, False),  # nobody translates addresses here
        ("203.0.113.6", SEEN, False),  # a provider with several addresses
        (OWN, "", False),
        (OWN, "2001:db8::5", False),
    ],
)
def test_a_private_address_over_udp_alone_proves_that_udp_is_rewritten(
    udp: str, tls: str, meddled: bool
) -> None:
    assert bool(meddling([reply("udp", udp), reply("tls", tls)])) is meddled


# ---- The check ----


def stun_answer(request: bytes) -> bytes:
    return b"\x01\x01\x00\x00" + request[4:20]


def asked(udp: Any, *, options: SipPhoneOptions | None = None, **parts: Any) -> CheckResult:
    net = FakeNet(
        replies={("192.0.2.10", 5060): udp, ("stun.example", 3478): stun_answer, **parts.pop("replies", {})},
        names=parts.pop("names", {HOST: ("192.0.2.10",), "stun.example": ("192.0.2.11",)}),
        sources={"192.0.2.10": OWN},
        **parts,
    )
    wanted = options or SipPhoneOptions(
        host=HOST, transports=("udp:5060",), udp_controls=("stun.example:3478",)
    )
    return asyncio.run(run_check(check, wanted, net=net, system=FakeSystem()))


def code(result: CheckResult) -> str:
    return result.findings[0].code


def test_an_exchange_that_answers_passes_and_tells_how_it_sees_this_computer() -> None:
    result = asked(lambda request: answer(request, received=SEEN))
    assert (result.status, code(result)) == (Status.PASS, "apps.phone_answers")
    assert next(fact.value for fact in result.facts if fact.name == "sip_mapping") == SEEN


def test_an_exchange_that_is_out_of_service_says_so_itself_over_tls_only() -> None:
    result = asked(lambda request: answer(request, "503 Service Unavailable"))
    assert (result.status, code(result)) == (Status.FAIL, "apps.phone_out_of_order")
    finding = result.findings[0]
    assert finding.either == (Owner.COMPANY, Owner.HOME, Owner.ISP)
    assert finding.confidence is Confidence.MEDIUM
    busy = [replace(reply(way, SEEN), answer=told("503 Service Unavailable")) for way in ("udp", "tls")]
    assert (judge(HOST, busy, {}).owner, judge(HOST, busy[:1], {}).owner) == (Owner.COMPANY, Owner.UNKNOWN)


def test_a_rewritten_address_is_most_likely_the_routers_doing() -> None:
    result = asked(lambda request: answer(request, change=lambda text: text.replace(OWN, SEEN)))
    assert (result.status, code(result)) == (Status.WARN, "apps.phone_alg")
    assert result.findings[0].either == (Owner.HOME, Owner.COMPANY, Owner.ISP)
    assert "SIP ALG" in result.findings[0].remedy


def test_silence_over_udp_counts_beside_a_udp_control_only() -> None:
    assert code(asked(Silent(Where(host=HOST)))) == "apps.phone_silent"
    alone = SipPhoneOptions(host=HOST, transports=("udp:5060",))
    assert asked(Silent(Where(host=HOST)), options=alone).status is Status.UNKNOWN


@pytest.mark.parametrize("controls", [(), ("www.example:443",)])
def test_a_way_that_is_silent_without_a_control_is_unknown_beside_one_that_works(
    controls: tuple[str, ...],
) -> None:
    options = SipPhoneOptions(host=HOST, transports=("udp:5060", "tcp:5060"), tcp_controls=controls)
    open_ports: dict[Any, Any] = {(HOST, 5060): Silent(Where(host=HOST))}
    open_ports |= {("www.example", 443): 5.0} if controls else {}
    result = asked(lambda request: answer(request), options=options, ports=open_ports)
    expected = (Status.WARN, "apps.phone_silent") if controls else (Status.UNKNOWN, "apps.phone_unproved")
    assert (result.status, code(result)) == expected


def test_an_exchange_that_was_silent_for_a_moment_only_is_not_blamed() -> None:
    class Recovering(FakeNet):
        async def udp(self, host: str, port: int, payload: bytes, **more: Any) -> UdpAnswer:
            if port == 5060 and not self.probed:
                self.probed.append(("udp", host, port, 0))
                raise Silent(Where(host=host))
            return await super().udp(host, port, payload, **more)

    net = Recovering(replies={("192.0.2.10", 5060): answer}, sources={"192.0.2.10": OWN})
    options = SipPhoneOptions(host="192.0.2.10", transports=("udp:5060",))
    assert asyncio.run(run_check(check, options, net=net, system=FakeSystem())).status is Status.PASS


def test_a_closed_port_is_not_silence() -> None:
    assert code(asked(Refused(Where(host=HOST)))) == "apps.phone_refused"


def test_the_domain_is_asked_where_no_host_is_named() -> None:
    domain = SipPhoneOptions(domain="corp.example", transports=("udp:5060",))
    services = {"_sip._udp.corp.example": (SrvRecord(target=HOST, port=5060),)}
    assert asked(lambda request: answer(request), options=domain, services=services).status is Status.PASS
    assert code(asked(lambda request: answer(request), options=domain)) == "apps.phone_not_found"


@pytest.mark.parametrize("transports", [("sctp:5060",), ("udp:x",), ("udp:0",)])
def test_what_is_no_transport_is_one_sentence(transports: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="is no transport"):
        SipPhoneOptions(host=HOST, transports=transports)


# ---- Real conversations on loopback ----


async def undecided(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(answer(await reader.readuntil(b"\r\n\r\n"), "100 Trying"))
    await reader.read(-1)


async def good_exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    request = await reader.readuntil(b"\r\n\r\n")
    writer.write(answer(request, "100 Trying") + answer(request, "404 Not Found"))
    await reader.read(-1)


def over_tcp(talk: Talker, folder: Path, word: str = "tcp", tls: ssl.SSLContext | None = None) -> CheckResult:
    authority = trustme.CA()
    served = certificate(authority) if word == "tls" and tls is None else tls

    async def meet() -> CheckResult:
        async with listening(talk, served) as port, listening(servers.cut) as control:
            options = SipPhoneOptions(
                host="localhost", transports=(f"{word}:{port}",), tcp_controls=(f"127.0.0.1:{control}",)
            )
            return await run_check(check, options, system=FakeSystem(), **trusting(authority, folder))

    return asyncio.run(meet())


@pytest.mark.parametrize("word", ["tcp", "tls"])
def test_the_request_names_the_port_that_its_connection_comes_from(word: str, tmp_path: Path) -> None:
    """A box on the way rewrites no other one, and what it does would not be seen."""
    ports: list[tuple[bytes, int]] = []

    async def exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        ports.append((request, writer.get_extra_info("peername")[1]))
        writer.write(answer(request, "404 Not Found"))

    assert over_tcp(exchange, tmp_path, word).status is Status.PASS
    ((request, port),) = ports
    for line in ("Via", "Contact"):
        assert re.search(rf"^{line}: .*:{port}\b".encode(), request, re.MULTILINE)


@pytest.mark.parametrize("word", ["tcp", "tls"])
def test_a_final_answer_after_a_provisional_one_is_taken(word: str, tmp_path: Path) -> None:
    assert over_tcp(good_exchange, tmp_path, word).status is Status.PASS


@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        (servers.endless_garbage, "apps.phone_garbled"),
        (servers.cut, "apps.phone_closed"),
        (servers.dripping(b"SIP/2.0 200 OK\r\n"), "apps.phone_hangs"),
        (undecided, "apps.phone_hangs"),
    ],
    ids=["garbage", "cut", "a byte now and then", "never a final answer"],
)
def test_exchanges_that_misbehave_are_told_apart(
    talk: Talker, expected: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TALK_WAIT_S", 0.4)
    monkeypatch.setattr(asking, "CONNECT_WAIT_S", 0.2)
    assert code(over_tcp(talk, tmp_path)) == expected


def test_udp_goes_out_from_the_port_that_the_request_names(tmp_path: Path) -> None:
    class Server(asyncio.DatagramProtocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport = transport

        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            port = int(data.split(b";branch")[0].rpartition(b":")[2])
            status = "200 OK" if port == addr[1] else "500 Other Port"
            self.transport.sendto(answer(data, status), addr)  # type: ignore[attr-defined]

    async def meet() -> CheckResult:
        loop = asyncio.get_running_loop()
        transport, _ = await loop.create_datagram_endpoint(Server, local_addr=("127.0.0.1", 0))
        port = transport.get_extra_info("sockname")[1]
        options = SipPhoneOptions(host="127.0.0.1", transports=(f"udp:{port}",))
        try:
            return await run_check(check, options, system=FakeSystem(), **trusting(trustme.CA(), tmp_path))
        finally:
            transport.close()

    assert asyncio.run(meet()).status is Status.PASS
