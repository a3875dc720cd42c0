"""The VPN gateway check: its verdict by table, and its probes against responders on loopback."""

import asyncio
import ssl
import struct
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trustme

from readycheck.adapters.net import RealNet
from readycheck.adapters.tls import verifying_context
from readycheck.api import Confidence, Meter
from readycheck.errors import Closed, NameSilent, NameUnknown, NetError, NoRoute, Silent, TlsFailed
from readycheck.model import CheckResult, Owner, Status
from readycheck.testing import FakeHttp, FakeNet, Where, http_answer, run_check, tls_answer
from readycheck_checks.controls import Control, Controls
from readycheck_checks.endpoints import Endpoint
from readycheck_checks.replies import Reply
from readycheck_checks.vpn.gateway_verdict import Probe, judge_gateway
from readycheck_checks.vpn_gateway import GatewayOptions, check
from tests.checks.connection_listeners import (
    LOOPBACK,
    closed_port,
    real_world,
    silent_tcp,
    tcp_listener,
    tls_server,
    udp_server,
)

HOST = "vpn.example"
WHERE = Where(host=HOST)


def probe(transport: str, reply: Reply, tls: str = "") -> Probe:
    protocol, _, port = transport.partition(":")
    return Probe(protocol=protocol, port=int(port), reply=reply, tls=tls)


def line(udp: str = "", tcp: str = "") -> Controls:
    """Controls by letter: "ys" is one that answered and one that was silent."""
    asked = [("udp", letter) for letter in udp] + [("tcp", letter) for letter in tcp]
    where = Endpoint("control.example", 3478)
    return Controls(tuple(Control(protocol=p, where=where, answered=letter == "y") for p, letter in asked))


UDP_SILENT = probe("udp:1194", Reply.SILENT)
TCP_SILENT = probe("tcp:443", Reply.SILENT)
UDP_REFUSED = probe("udp:1194", Reply.REFUSED)
TCP_REFUSED = probe("tcp:443", Reply.REFUSED)
TCP_MUTE = probe("tcp:443", Reply.MUTE)
BOTH_SILENT = (UDP_SILENT, TCP_SILENT)


@pytest.mark.parametrize(
    ("probes", "controls", "status", "code", "owner"),
    [
        (BOTH_SILENT, line("y", "y"), Status.FAIL, "vpn.gateway_silent", Owner.COMPANY),
        (BOTH_SILENT, line("y"), Status.FAIL, "vpn.gateway_silent", Owner.COMPANY),
        (BOTH_SILENT, line(), Status.UNKNOWN, "vpn.gateway_unproved", Owner.UNKNOWN),
        (BOTH_SILENT, line("s", "s"), Status.UNKNOWN, "vpn.gateway_unproved", Owner.UNKNOWN),
        (BOTH_SILENT, line("s", "y"), Status.UNKNOWN, "vpn.gateway_unproved", Owner.UNKNOWN),
        ((UDP_SILENT,), line("", "y"), Status.UNKNOWN, "vpn.gateway_unproved", Owner.UNKNOWN),
        ((TCP_SILENT,), line("", "y"), Status.FAIL, "vpn.gateway_silent", Owner.COMPANY),
        ((UDP_REFUSED, TCP_REFUSED), line(), Status.FAIL, "vpn.gateway_refused", Owner.COMPANY),
        ((UDP_SILENT, TCP_REFUSED), line("y"), Status.FAIL, "vpn.gateway_silent", Owner.COMPANY),
        ((UDP_SILENT, TCP_REFUSED), line("s"), Status.UNKNOWN, "vpn.gateway_unproved", Owner.UNKNOWN),
        ((UDP_REFUSED, TCP_MUTE), line(), Status.FAIL, "vpn.gateway_silent", Owner.COMPANY),
        ((probe("udp:1194", Reply.NO_ROUTE),), line(), Status.UNKNOWN, "vpn.gateway_unproved", Owner.UNKNOWN),
    ],
)
def test_silence_counts_only_beside_a_control_of_its_kind(
    probes: tuple[Probe, ...], controls: Controls, status: Status, code: str, owner: Owner
) -> None:
    finding = judge_gateway(HOST, probes, controls)
    assert (finding.status, finding.code, finding.owner) == (status, code, owner)


def test_more_controls_make_the_verdict_surer() -> None:
    assert judge_gateway(HOST, BOTH_SILENT, line("y")).confidence is Confidence.MEDIUM
    assert judge_gateway(HOST, BOTH_SILENT, line("yy")).confidence is Confidence.MEDIUM


def test_a_gateway_behind_a_key_is_never_judged_by_its_silence() -> None:
    for one in (UDP_SILENT, TCP_MUTE, probe("tcp:443", Reply.CLOSED)):
        assert judge_gateway(HOST, (one,), line("yy", "yy"), wrapped=True).status is Status.UNKNOWN


def test_a_gateway_behind_a_key_that_closes_at_once_is_hinted_to_be_there() -> None:
    closing = (probe("tcp:443", Reply.CLOSED),)
    assert "something is there" in judge_gateway(HOST, closing, line(), wrapped=True).summary
    assert "something is there" in judge_gateway(HOST, closing, line()).summary


def test_a_gateway_behind_a_key_that_refuses_is_still_proved_closed() -> None:
    assert judge_gateway(HOST, (UDP_REFUSED,), line(), wrapped=True).code == "vpn.gateway_refused"


@pytest.mark.parametrize(
    ("controls", "owner", "why"),
    [
        (line("y"), Owner.COMPANY, "other UDP servers answered"),
        (line("s"), Owner.HOME, "no other UDP server answered either"),
        (line(), Owner.UNKNOWN, "no other UDP server was asked"),
    ],
)
def test_a_gateway_that_answers_over_tcp_only_is_a_warning_with_the_state_of_udp(
    controls: Controls, owner: Owner, why: str
) -> None:
    finding = judge_gateway(HOST, (UDP_SILENT, probe("tcp:443", Reply.ANSWERED)), controls)
    assert (finding.status, finding.code, finding.owner) == (Status.WARN, "vpn.udp_silent", owner)
    assert why in finding.summary


@pytest.mark.parametrize(
    ("reason", "words", "owner"),
    [
        ("expired", "has run out", Owner.COMPANY),
        ("wrong_name", "belongs to another name", Owner.COMPANY),
        ("untrusted", "does not trust", Owner.COMPANY),
        ("not_yet_valid", "is not valid yet", Owner.UNKNOWN),
    ],
)
def test_certificates_are_told_apart(reason: str, words: str, owner: Owner) -> None:
    result = ask(
        {"kind": "tls", "transports": ("tcp:443",)}, certificates={HOST: TlsFailed(WHERE, reason=reason)}
    )
    assert (result.status, result.findings[0].code) == (Status.FAIL, "vpn.gateway_certificate")
    assert words in result.summary
    assert result.findings[0].owner is owner


def test_a_handshake_that_is_no_tls_is_no_certificate_fault() -> None:
    result = ask({"kind": "tls", "transports": ("tcp:443",)}, certificates={HOST: TlsFailed(WHERE)})
    assert result.status is Status.UNKNOWN


def ask(options: dict[str, Any], http: FakeHttp | None = None, **net: Any) -> CheckResult:
    wanted = GatewayOptions(host=HOST, **options)
    return asyncio.run(run_check(check, wanted, net=FakeNet(**net), http=http or FakeHttp()))


def test_a_tls_gateway_passes_by_its_verified_handshake() -> None:
    result = ask({"kind": "tls", "transports": ("tcp:443",)}, certificates={HOST: tls_answer(HOST)})
    assert result.status is Status.PASS
    assert "valid until" in result.findings[0].detail


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (NameUnknown(WHERE), Status.FAIL, "vpn.gateway_name"),
        (NameSilent(WHERE), Status.UNKNOWN, "vpn.gateway_unproved"),
        (NoRoute(WHERE), Status.UNKNOWN, "vpn.gateway_unproved"),
        (Closed(WHERE), Status.UNKNOWN, "vpn.gateway_unproved"),
        (Silent(WHERE), Status.UNKNOWN, "vpn.gateway_unproved"),
    ],
)
def test_how_it_failed_decides(error: NetError, status: Status, code: str) -> None:
    result = ask(
        {"transports": ("udp:1194", "tcp:443")}, replies={(HOST, 1194): error}, streams={(HOST, 443): error}
    )
    assert (result.status, result.findings[0].code) == (status, code)


AUTH_REQUEST = (
    b'<?xml version="1.0"?>\n<config-auth client="vpn" type="auth-request"><auth id="main"/></config-auth>'
)
ANYCONNECT = {"kind": "anyconnect", "transports": ("tcp:443",)}


def test_an_anyconnect_gateway_passes_when_it_asks_for_a_sign_in() -> None:
    url = f"https://{HOST}:443/"
    assert ask(ANYCONNECT, FakeHttp({url: http_answer(url, body=AUTH_REQUEST)})).status is Status.PASS


def test_an_anyconnect_gateway_that_sends_on_to_another_one_is_alive() -> None:
    url = f"https://{HOST}:443/"
    moved = http_answer(url, 302, x_transcend_version="1", location="https://vpn2.example/")
    assert ask(ANYCONNECT, FakeHttp({url: moved})).status is Status.PASS


def test_a_web_site_in_the_place_of_an_anyconnect_gateway_is_not_judged() -> None:
    url = f"https://{HOST}:443/"
    result = ask(ANYCONNECT, FakeHttp({url: http_answer(url, 404, b"<html>\x1b[31mnot here")}))
    assert (result.status, result.findings[0].code) == (Status.UNKNOWN, "vpn.gateway_unproved")
    assert "\x1b" not in result.findings[0].detail


@pytest.mark.parametrize(
    "options",
    [
        {"transports": ("udp",)},
        {"transports": ("icmp:7",)},
        {"transports": ("tcp:70000",)},
        {"kind": "tls", "transports": ("udp:443",)},
        {"udp_controls": ("stun.example",)},
        {"host": ""},
    ],
)
def test_options_that_make_no_sense_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"host": HOST, "transports": ("udp:1194",)} | options, GatewayOptions)


def server_reset(request: bytes) -> bytes:
    return b"\x40" + b"serverid" + b"\x01" + bytes(4) + request[1:9] + bytes(4)


def stun_success(request: bytes) -> bytes:
    return struct.pack("!HHI", 0x0101, 0, 0x2112A442) + request[8:20]


def meet(*transports: str, world: dict[str, Any] | None = None, **options: Any) -> CheckResult:
    wanted = GatewayOptions(host=LOOPBACK, transports=transports, **options)
    return asyncio.run(run_check(check, wanted, **(world or real_world())))


async def openvpn_over_tcp(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    (length,) = struct.unpack("!H", await reader.readexactly(2))
    reply = server_reset(await reader.readexactly(length))
    writer.write(struct.pack("!H", len(reply)) + reply)
    await writer.drain()
    writer.close()


def test_a_gateway_on_loopback_answers_over_udp() -> None:
    with udp_server(server_reset) as port:
        result = meet(f"udp:{port}")
    assert result.status is Status.PASS
    assert result.measurements[0].name == "vpn_gateway_rtt_udp"


def test_an_echo_server_is_no_gateway() -> None:
    with udp_server(lambda data: data) as port:
        assert meet(f"udp:{port}").status is Status.UNKNOWN


def test_a_gateway_on_loopback_answers_over_tcp_and_udp_is_told_silent() -> None:
    async def go(silent: int, stun: int) -> CheckResult:
        server = await asyncio.start_server(openvpn_over_tcp, LOOPBACK, 0)
        port = server.sockets[0].getsockname()[1]
        options = GatewayOptions(
            host=LOOPBACK, transports=(f"udp:{silent}", f"tcp:{port}"), udp_controls=(f"{LOOPBACK}:{stun}",)
        )
        try:
            return await run_check(check, options, **real_world())
        finally:
            server.close()

    with udp_server(lambda data: None) as silent, udp_server(stun_success) as stun:
        result = asyncio.run(go(silent, stun))
    assert (result.status, result.findings[0].code) == (Status.WARN, "vpn.udp_silent")
    assert f"127.0.0.1:{stun} (UDP) answered" in result.findings[0].detail


def test_silent_ports_beside_living_controls_fail() -> None:
    with ExitStack() as stack:
        udp = stack.enter_context(udp_server(lambda data: None))
        tcp = stack.enter_context(silent_tcp())
        stun = stack.enter_context(udp_server(stun_success))
        result = meet(f"udp:{udp}", f"tcp:{tcp}", udp_controls=(f"{LOOPBACK}:{stun}",))
    assert (result.status, result.findings[0].code) == (Status.FAIL, "vpn.gateway_silent")


def test_a_tcp_port_that_accepts_and_stays_silent_is_a_dead_gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readycheck_checks.vpn_gateway.TCP_WAIT_S", 0.5)
    with tcp_listener() as port:
        result = meet(f"tcp:{port}")
    assert (result.status, result.findings[0].code) == (Status.FAIL, "vpn.gateway_silent")


def test_closed_ports_are_refused() -> None:
    port = closed_port()
    assert meet(f"udp:{port}", f"tcp:{port}").findings[0].code == "vpn.gateway_refused"


def test_a_tls_gateway_on_loopback_is_verified_against_its_authority(tmp_path: Path) -> None:
    authority = trustme.CA()
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(LOOPBACK).configure_cert(context)
    trusting = {"net": RealNet(Meter(), context=verifying_context(str(ca_file)))}
    with tls_server(context) as port:
        known = meet(f"tcp:{port}", kind="tls", world=trusting)
        stranger = meet(f"tcp:{port}", kind="tls")
    assert known.status is Status.PASS
    assert (stranger.status, stranger.findings[0].code) == (Status.FAIL, "vpn.gateway_certificate")


def test_a_network_that_refuses_everybody_does_not_prove_the_gateway_closed() -> None:
    assert judge_gateway(HOST, (UDP_REFUSED,), line("s")).status is Status.UNKNOWN
    assert judge_gateway(HOST, (TCP_REFUSED,), line("", "s")).status is Status.UNKNOWN
    assert judge_gateway(HOST, (TCP_REFUSED,), line("s", "y")).code == "vpn.gateway_refused"
