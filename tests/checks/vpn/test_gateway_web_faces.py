"""Gateways with a web face: their own answers, and what stands in their place."""

import asyncio
from typing import Any

import pytest

from readycheck.errors import Closed, Garbled, NetError, Silent, TlsFailed
from readycheck.model import CheckResult, Status
from readycheck.testing import FakeHttp, FakeNet, FakeStream, Where, http_answer, run_check, tls_answer
from readycheck_checks.vpn.gateway_options import GatewayOptions
from readycheck_checks.vpn_gateway import check

HOST = "vpn.example"
WHERE = Where(host=HOST)


def ask(net: FakeNet | None = None, *, world: dict[str, Any] | None = None, **options: Any) -> CheckResult:
    wanted = GatewayOptions(host=HOST, **options)
    return asyncio.run(run_check(check, wanted, net=net or FakeNet(), **(world or {})))


def said(result: CheckResult) -> tuple[Status, str]:
    return result.status, result.findings[0].code


def page(path: str, *given: Any, **headers: Any) -> dict[str, Any]:
    url = f"https://{HOST}:443{path}"
    return {url: http_answer(url, *given, **headers)}


PORTAL, PRELOGIN = "/global-protect/prelogin.esp", "?tmp=tmp&clientVer=4100&clientos=Linux"
SUCCESS = b"<prelogin-response><status>Success</status>%s</prelogin-response>"
ABSENT = b"<prelogin-response><status>Error</status><msg>GlobalProtect gateway does not exist</msg></prelogin-response>"


def globalprotect(portal: tuple[int, bytes], gateway: tuple[int, bytes]) -> CheckResult:
    pages = page(PORTAL + PRELOGIN, *portal) | page("/ssl-vpn/prelogin.esp" + PRELOGIN, *gateway)
    return ask(kind="globalprotect", world={"http": FakeHttp(pages)})


@pytest.mark.parametrize(
    ("portal", "gateway", "code"),
    [
        ((200, SUCCESS % b""), (200, SUCCESS % b""), "vpn.gateway_answers"),
        ((200, SUCCESS % b""), (200, ABSENT), "vpn.gateway_answers"),
        ((200, ABSENT), (200, ABSENT), "vpn.gateway_wrong"),
        ((404, b"<html>"), (404, b"<html>"), "vpn.gateway_wrong"),
        ((503, b""), (503, b""), "vpn.gateway_trouble"),
        ((403, b""), (403, b""), "vpn.gateway_unproved"),
        ((511, b""), (511, b""), "vpn.gateway_unproved"),
    ],
)
def test_a_palo_alto_firewall_may_be_portal_or_gateway(
    portal: tuple[int, bytes], gateway: tuple[int, bytes], code: str
) -> None:
    assert said(globalprotect(portal, gateway))[1] == code


def test_a_sign_in_by_web_page_is_told() -> None:
    result = globalprotect((200, SUCCESS % b"<saml-auth-method>POST</saml-auth-method>"), (200, ABSENT))
    assert [fact.value for fact in result.facts if fact.name == "vpn_gateway_says"] == [
        "it is portal",
        "people sign in on a web page (SAML)",
    ]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (page("/remote/login?lang=en", 200, b"<form action='/remote/logincheck'>"), "vpn.gateway_answers"),
        (page("/remote/login?lang=en", 302, b"", location="/remote/saml/start"), "vpn.gateway_answers"),
        (
            page("/remote/login?lang=en", 302, b"", location="/login?redir=%2Fremote%2Flogin"),
            "vpn.gateway_wrong",
        ),
        (page("/remote/login?lang=en", 200, b"<html>Welcome"), "vpn.gateway_wrong"),
        (page("/remote/login?lang=en", 429, b""), "vpn.gateway_unproved"),
    ],
)
def test_fortinets_sign_in_page_is_told_from_others(answer: dict[str, Any], code: str) -> None:
    result = ask(kind="fortinet", world={"http": FakeHttp(answer)})
    assert said(result)[1] == code
    if code == "vpn.gateway_wrong":
        assert "FortiOS 7.6.3" in result.findings[0].remedy


def sstp(head: bytes, tls: NetError | None = None) -> CheckResult:
    stream = FakeStream(lines=head.splitlines(keepends=True), tls=tls)
    certificates: dict[str, Any] = {HOST: tls or tls_answer(HOST)}
    return ask(FakeNet(streams={(HOST, 443): stream}, certificates=certificates), kind="sstp")


@pytest.mark.parametrize(
    ("head", "code"),
    [
        (b"HTTP/1.1 200\r\nContent-Length: 18446744073709551615\r\nServer: X\r\n\r\n", "vpn.gateway_answers"),
        (b"HTTP/1.1 200 OK\r\ncontent-length:18446744073709551615\r\n\r\n", "vpn.gateway_answers"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\nwelcome\r\n", "vpn.gateway_wrong"),
        (b"HTTP/1.1 200 OK\r\n\r\nContent-Length: 18446744073709551615\r\n", "vpn.gateway_wrong"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100, "vpn.gateway_wrong"),
        (b"HTTP/1.1 405 Method Not Allowed\r\n", "vpn.gateway_wrong"),
        (b"HTTP/1.1 501 Method Not Implemented\r\n", "vpn.gateway_wrong"),
        (b"HTTP/1.1 503 Service Unavailable\r\n", "vpn.gateway_trouble"),
        (b"HTTP/1.1 403 Forbidden\r\n", "vpn.gateway_unproved"),
        (b"SSH-2.0-x\r\n", "vpn.gateway_unproved"),
        (b"HTTP/1.1 200\r\nServer: X\r\n", "vpn.gateway_silent"),
        (b"", "vpn.gateway_silent"),
    ],
)
def test_an_sstp_gateway_grants_a_channel_without_an_end(head: bytes, code: str) -> None:
    assert said(sstp(head))[1] == code


def test_the_issuer_of_a_certificate_that_is_not_trusted_is_named() -> None:
    result = sstp(b"", TlsFailed(WHERE, reason="untrusted", issuer="Some Box"))
    assert said(result) == (Status.FAIL, "vpn.gateway_certificate")
    assert "(Some Box)" in result.summary


@pytest.mark.parametrize("kind", ["anyconnect", "globalprotect", "fortinet"])
@pytest.mark.parametrize("error", [Garbled(WHERE), Closed(WHERE), Silent(WHERE)])
def test_trouble_on_the_way_to_a_web_face_proves_nothing_by_itself(kind: str, error: NetError) -> None:
    class Troubled(FakeHttp):
        async def request(self, method: str, url: str, **kwargs: Any) -> Any:
            raise error

    assert ask(kind=kind, world={"http": Troubled()}).status is Status.UNKNOWN
