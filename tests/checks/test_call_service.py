"""One vendor's call service: verdicts over hosts, pages, media servers and controls."""

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from readycheck.adapters.net import RealNet
from readycheck.api import (
    Confidence,
    Meter,
    NameUnknown,
    NetError,
    Owner,
    Refused,
    Silent,
    Status,
    TlsFailed,
)
from readycheck.errors import Where
from readycheck.model import CheckResult
from readycheck.testing import FakeHttp, FakeNet, FakeSystem, http_answer, run_check, tls_answer
from readycheck_checks.call_service import CallServiceOptions, MediaServer, check
from tests.checks.opinions import NAME_SERVERS, OURS, said_by
from tests.checks.stun_servers import success
from tests.unit.measure.loopback import tcp_listener

WHERE = Where(host="x")
SERVICE = CallServiceOptions(
    title="Example Meetings",
    hosts=("meet.example:443", "sign-in.example:443"),
    tcp_controls=("www.other.example:443",),
    source="Example vendor page",
    checked="2026-11-21",
)
GOOD: dict[str, Any] = {"meet.example": tls_answer(), "sign-in.example": tls_answer()}
CONTROL: dict[tuple[str, int], Any] = {("www.other.example", 443): 15.0}


def ask(net: FakeNet, http: FakeHttp | None = None, **changes: Any) -> CheckResult:
    options = msgspec.structs.replace(SERVICE, **changes)
    system = FakeSystem(resolvers=(OURS,))
    return asyncio.run(run_check(check, options, net=net, http=http or FakeHttp(), system=system))


def code(result: CheckResult) -> tuple[str, Status]:
    return result.findings[0].code, result.findings[0].status


def facts(result: CheckResult) -> dict[str, str]:
    return {fact.name: fact.value for fact in result.facts}


def test_a_service_whose_hosts_answer_is_reachable_and_its_data_is_dated() -> None:
    result = ask(FakeNet(certificates=GOOD, ports=CONTROL))
    assert code(result) == ("calls.service_reachable", Status.PASS)
    assert facts(result)["data_source"] == "Example vendor page, read 2026-11-21"


@pytest.mark.parametrize("trouble", [Silent(WHERE), Refused(WHERE), NameUnknown(WHERE)])
def test_all_hosts_gone_while_a_control_answers_is_unreachable_and_nobody_is_blamed(
    trouble: NetError,
) -> None:
    gone: dict[str, Any] = {"meet.example": trouble, "sign-in.example": trouble}
    result = ask(FakeNet(certificates=gone, ports=CONTROL))
    assert code(result) == ("calls.service_unreachable", Status.FAIL)
    assert result.findings[0].owner is Owner.UNKNOWN
    assert "meet.example:443" in result.findings[0].remedy


@pytest.mark.parametrize(
    ("others", "parties"),
    [
        ((True,), {Owner.ISP, Owner.DEVICE, Owner.HOME}),
        ((False, False), {Owner.SERVICE}),
        ((), {Owner.HOME, Owner.ISP, Owner.SERVICE}),
    ],
)
def test_a_name_that_is_not_known_is_the_services_only_where_others_agree(
    others: tuple[bool, ...], parties: set[Owner]
) -> None:
    gone: dict[str, Any] = {"meet.example": NameUnknown(WHERE), "sign-in.example": NameUnknown(WHERE)}
    net = FakeNet(certificates=gone, ports=CONTROL, replies=said_by(others))
    finding = ask(net, name_servers=NAME_SERVERS[: len(others)]).findings[0]
    assert {finding.owner, *finding.either} - {Owner.UNKNOWN} == parties


def test_all_hosts_silent_and_the_control_too_proves_nothing() -> None:
    assert code(ask(FakeNet())) == ("calls.no_control", Status.UNKNOWN)


def test_without_any_control_silence_proves_nothing() -> None:
    assert code(ask(FakeNet(), tcp_controls=())) == ("calls.no_control", Status.UNKNOWN)


def test_some_hosts_silent_is_a_warning_that_names_them() -> None:
    result = ask(FakeNet(certificates={"meet.example": tls_answer()}, ports=CONTROL))
    assert code(result) == ("calls.service_partly", Status.WARN)
    assert "sign-in.example:443" in result.findings[0].summary


def test_hosts_that_cannot_prove_who_they_are_are_told_apart_from_silence() -> None:
    wrong = TlsFailed(WHERE, "self-signed certificate", reason="untrusted", issuer="Some Proxy CA")
    result = ask(FakeNet(certificates={"meet.example": wrong, "sign-in.example": wrong}, ports=CONTROL))
    assert code(result) == ("calls.service_certificate", Status.FAIL)
    assert result.findings[0].either == (Owner.HOME, Owner.SERVICE)
    assert "Some Proxy CA" in result.findings[0].summary


def test_a_handshake_that_breaks_off_is_no_fault_of_a_certificate() -> None:
    broken = TlsFailed(WHERE, "TLSV1_ALERT_INTERNAL_ERROR")
    (found,) = ask(
        FakeNet(certificates={"meet.example": broken, "sign-in.example": broken}, ports=CONTROL)
    ).findings
    assert (found.code, found.status) == ("calls.service_unreachable", Status.FAIL)
    assert (found.either, found.confidence) == ((Owner.HOME, Owner.ISP, Owner.SERVICE), Confidence.LOW)
    assert found.summary.endswith("the secure connection breaks off before it has begun")
    assert "prove" not in found.summary + found.detail and "date and time" not in found.remedy


def test_a_handshake_that_breaks_off_while_nothing_else_answers_proves_nothing() -> None:
    broken = TlsFailed(WHERE, "TLSV1_ALERT_INTERNAL_ERROR")
    net = FakeNet(certificates={"meet.example": broken, "sign-in.example": broken})
    assert code(ask(net)) == ("calls.no_control", Status.UNKNOWN)


def reset(conn: socket.socket) -> None:
    conn.recv(64)
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


@pytest.mark.parametrize(
    "talk",
    [
        reset,
        lambda conn: conn.recv(2_000) and None,
        lambda conn: conn.sendall(b"\x15\x03\x01\x00\x02\x02\x50"),
        lambda conn: conn.sendall(b"no TLS at all\r\n"),
    ],
    ids=["reset", "closed", "alert", "garbage"],
)
def test_over_a_real_connection_a_broken_handshake_is_no_certificate_either(
    talk: Callable[[socket.socket], None],
) -> None:
    async def run(port: int, control: int) -> CheckResult:
        options = msgspec.structs.replace(
            SERVICE, hosts=(f"127.0.0.1:{port}",), tcp_controls=(f"127.0.0.1:{control}",)
        )
        return await run_check(check, options, net=RealNet(Meter()), system=FakeSystem(resolvers=(OURS,)))

    with tcp_listener(talk) as port, tcp_listener(lambda conn: None) as control:
        result = asyncio.run(run(port, control))
    assert code(result) == ("calls.service_unreachable", Status.FAIL)
    assert "certificate" not in result.findings[0].remedy


def test_a_service_that_answers_with_server_errors_is_the_services_own_trouble() -> None:
    page = "https://meet.example/"
    http = FakeHttp(pages={page: http_answer(page, 503)})
    result = ask(FakeNet(certificates=GOOD, ports=CONTROL), http, urls=(page,))
    assert code(result) == ("calls.service_down", Status.FAIL)
    assert result.findings[0].owner is Owner.SERVICE


@pytest.mark.parametrize("status", [200, 302, 403, 404])
def test_any_other_page_status_is_an_answer(status: int) -> None:
    page = "https://meet.example/"
    http = FakeHttp(pages={page: http_answer(page, status)})
    assert ask(FakeNet(certificates=GOOD), http, urls=(page,)).status is Status.PASS


def test_behind_a_proxy_the_service_is_asked_through_it() -> None:
    urls = ["https://meet.example:443/", "https://sign-in.example:443/"]
    http = FakeHttp(
        pages={url: http_answer(url, 404) for url in urls},
        proxies=dict.fromkeys(urls, "http://proxy.example:8080"),
    )
    result = ask(FakeNet(ports=CONTROL), http)
    assert code(result) == ("calls.service_reachable", Status.PASS)
    assert "through the proxy" in result.summary


def test_media_that_answers_is_said_to_be_open() -> None:
    net = FakeNet(certificates=GOOD, replies={("stun.example", 3478): success})
    result = ask(net, media=(MediaServer(at="stun.example:3478", answers="yes"),))
    assert result.status is Status.PASS
    assert facts(result)["media"] == "stun.example:3478: open"


def test_media_that_keeps_silent_is_told_as_a_fact_because_the_path_has_a_check_of_its_own() -> None:
    result = ask(FakeNet(certificates=GOOD), media=(MediaServer(at="stun.example:3478", answers="yes"),))
    assert [f.code for f in result.findings] == ["calls.service_reachable"]
    assert facts(result)["media"] == "stun.example:3478: not proved"


def test_media_that_may_not_answer_is_a_fact_and_no_finding() -> None:
    result = ask(FakeNet(certificates=GOOD), media=(MediaServer(at="stun.example:3478", answers="unknown"),))
    assert result.status is Status.PASS
    assert facts(result)["media"] == "stun.example:3478: not proved"


def test_media_that_never_answers_is_not_asked_and_its_note_is_told() -> None:
    net = FakeNet(certificates=GOOD)
    note = "Zoom UDP: cannot be proved without a meeting"
    result = ask(net, media=(MediaServer(at="media.example:8801", answers="no"),), media_note=note)
    assert net.sent == []
    assert result.status is Status.PASS
    assert facts(result)["media_note"] == note


def test_a_service_without_hosts_is_not_judged() -> None:
    result = ask(FakeNet(), hosts=())
    assert code(result) == ("calls.service_unnamed", Status.SKIP)
