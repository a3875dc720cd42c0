"""The VPN gateway check: its probes against fakes, and against responders on loopback."""

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
from readycheck.errors import Closed, NameSilent, NameUnknown, NetError, NoRoute, Refused, Silent, TlsFailed
from readycheck.model import CheckResult, Owner, Status
from readycheck.testing import (
    ADDRESS,
    FakeHttp,
    FakeNet,
    FakeStream,
    Where,
    http_answer,
    run_check,
    tls_answer,
)
from readycheck_checks.vpn.gateway_options import GatewayOptions
from readycheck_checks.vpn_gateway import check
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


@pytest.mark.parametrize(
    ("reason", "words", "owner"),
    [
        ("expired", "has run out", Owner.UNKNOWN),
        ("wrong_name", "belongs to another name", Owner.COMPANY),
        ("untrusted", "does not trust", Owner.UNKNOWN),
        ("not_yet_valid", "is not valid yet", Owner.UNKNOWN),
    ],
)
def test_certificates_are_told_apart(reason: str, words: str, owner: Owner) -> None:
    result = ask(
        {"kind": "tls", "transports": ("tcp:443",)}, certificates={HOST: TlsFailed(WHERE, reason=reason)}
    )
    assert (result.status, result.findings[0].code) == (Status.FAIL, "vpn.gateway_certificate")
    assert words in result.summary
    finding = result.findings[0]
    assert (finding.owner, finding.confidence) == (owner, Confidence.MEDIUM), (
        "a wrong clock makes dates look wrong"
    )


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


ROUTER_IP, ISP_IP, ISP2_IP, FAR_IP = "192.168.1.1", "203.0.113.1", "203.0.113.5", "198.51.100.1"


def followed(*gateway: str, **options: Any) -> tuple[CheckResult, FakeNet]:
    """A silent gateway over UDP 1194; ``gateway``: the routers that answer for its packets. A STUN control answers."""
    net = FakeNet(
        replies={("stun.example", 3478): stun_success},
        hops={
            ("udp", ADDRESS, 1194): gateway,
            ("udp", ADDRESS, 3478): (ROUTER_IP, ISP_IP),
            ("tcp", ADDRESS, 443): (ROUTER_IP, ISP_IP, ISP2_IP, FAR_IP),
        },
        **options,
    )
    wanted = GatewayOptions(
        host=HOST, transports=("udp:1194", "tcp:443"), udp_controls=("stun.example:3478",)
    )
    if "streams" not in options:
        wanted = msgspec.structs.replace(wanted, transports=("udp:1194",))
    return asyncio.run(run_check(check, wanted, net=net)), net


def test_a_silent_port_that_the_home_router_drops_is_blocked_there() -> None:
    result, net = followed(ROUTER_IP)
    assert (result.findings[0].code, result.findings[0].owner) == ("vpn.port_blocked", Owner.HOME)
    assert "home router (192.168.1.1) passes UDP 3478 on and drops UDP 1194" in result.findings[0].detail
    assert {fact.name: fact.value for fact in result.facts} == {"ends_at": "the home router"}
    assert {protocol for protocol, *_ in net.probed} == {"udp"}, "the control of the same protocol"


def test_a_silent_port_that_the_home_router_passes_on_is_the_companys_or_the_providers() -> None:
    for routers in ((ROUTER_IP, ISP_IP), (ROUTER_IP, ISP_IP, ISP2_IP)):
        (found,) = followed(*routers)[0].findings
        assert (found.code, found.owner, found.either) == (
            "vpn.gateway_silent",
            Owner.UNKNOWN,
            (Owner.COMPANY, Owner.ISP),
        )


def test_beside_another_port_of_the_same_gateway_a_provider_can_be_told() -> None:
    result, net = followed(ROUTER_IP, ISP_IP, streams={(HOST, 443): Refused(WHERE)})
    assert (result.findings[0].code, result.findings[0].owner) == ("vpn.port_blocked", Owner.ISP)
    assert ("tcp", ADDRESS, 443, 1) in net.probed


@pytest.mark.parametrize(
    ("routers", "near"), [((ROUTER_IP,), Owner.HOME), ((ROUTER_IP, ISP_IP), Owner.ISP)], ids=["home", "isp"]
)
def test_a_gateway_that_hangs_on_another_port_speaks_against_blaming_a_network_alone(
    routers: tuple[str, ...], near: Owner
) -> None:
    (found,) = followed(*routers, streams={(HOST, 443): FakeStream()})[0].findings
    assert (found.code, found.owner, found.either) == (
        "vpn.gateway_silent",
        Owner.UNKNOWN,
        (Owner.COMPANY, near),
    )
    assert "takes connections on TCP 443 and then says nothing, and" in found.summary
    assert "UDP 1194" in found.summary


def test_a_gateway_that_answers_is_not_followed() -> None:
    net = FakeNet(replies={(HOST, 1194): server_reset})
    result = asyncio.run(run_check(check, GatewayOptions(host=HOST), net=net))
    assert (result.status, net.probed) == (Status.PASS, [])


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


def test_a_web_site_in_the_place_of_an_anyconnect_gateway_is_told_as_what_it_is() -> None:
    url = f"https://{HOST}:443/"
    result = ask(ANYCONNECT, FakeHttp({url: http_answer(url, 404, b"<html>\x1b[31mnot here")}))
    assert (result.status, result.findings[0].code) == (Status.FAIL, "vpn.gateway_wrong")
    assert "a web server (HTTP 404)" in result.summary
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
