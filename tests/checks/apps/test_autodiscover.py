"""The two addresses at which Outlook looks for its settings: what is a fault there, and what is as it should be."""

import asyncio

import pytest

from readycheck.api import NetError, Owner, SrvRecord, Status, TlsFailed, Where
from readycheck.model import CheckResult, Finding
from readycheck.ports import HttpAnswer
from readycheck.testing import FakeHttp, FakeNet, FakeStream, FakeSystem, http_answer, run_check
from readycheck.testing.net import tls_answer
from readycheck_checks.mailbox import MailboxOptions, check

PATH = "/autodiscover/autodiscover.xml"
ROOT, OWN = f"https://mail.test{PATH}", f"https://autodiscover.mail.test{PATH}"
PLAIN = f"http://autodiscover.mail.test{PATH}"
OTHER_NAME = TlsFailed(Where(host="autodiscover.mail.test"), reason="wrong_name")
EXPIRED = TlsFailed(Where(host="autodiscover.mail.test"), reason="expired")
IMAP = [b"* OK ready\r\n", b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n", b"a1 OK done\r\n"]
CONTROL = "control.example:443"


def looked(pages: dict[str, HttpAnswer | NetError], **proxies: str) -> CheckResult:
    net = FakeNet(
        services={"_imaps._tcp.mail.test": (SrvRecord(target="mail.example", port=993),)},
        streams={("mail.example", 993): FakeStream(lines=list(IMAP))},
        ports={("control.example", 443): 9.0},
        certificates={"control.example": tls_answer("control.example")},
    )
    options = MailboxOptions(domain="mail.test", tcp_controls=(CONTROL,))
    at = f"https://{CONTROL}/"
    timed = {at: http_answer(at, Date="Mon, 23 Nov 2026 09:14:00 GMT")}
    http = FakeHttp(pages=timed | pages, proxies={OWN: proxies["proxy"]} if proxies else {})
    return asyncio.run(run_check(check, options, net=net, http=http, system=FakeSystem()))


def warnings(result: CheckResult) -> list[Finding]:
    return [finding for finding in result.findings if finding.status is Status.WARN]


def test_a_certificate_that_has_run_out_is_a_warning_and_the_companys() -> None:
    (warning,) = warnings(looked({OWN: EXPIRED}))
    assert (warning.code, warning.owner) == ("apps.autodiscover_certificate", Owner.COMPANY)


def test_a_certificate_of_the_domain_itself_counts_too() -> None:
    (warning,) = warnings(looked({ROOT: EXPIRED, OWN: http_answer(OWN, 401)}))
    assert warning.code == "apps.autodiscover_certificate" and "mail.test" in warning.summary


def test_an_error_of_the_server_is_a_warning_and_the_companys() -> None:
    (warning,) = warnings(looked({OWN: http_answer(OWN, 503)}))
    assert (warning.code, warning.owner) == ("apps.autodiscover_down", Owner.COMPANY)


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param({}, id="there is none"),
        pytest.param({OWN: http_answer(OWN, 401)}, id="it wants a sign-in"),
        pytest.param(
            {ROOT: http_answer(ROOT, 404), OWN: http_answer(OWN, 401)}, id="the domain has a web site"
        ),
        pytest.param({ROOT: http_answer(ROOT, 503)}, id="the web site of the domain is in trouble"),
        pytest.param(
            {ROOT: http_answer(ROOT, 200, b"<Autodiscover/>"), OWN: http_answer(OWN, 500)},
            id="it is at the other",
        ),
        pytest.param(
            {
                OWN: OTHER_NAME,
                PLAIN: http_answer(PLAIN, 302, location="https://autodiscover-s.provider.test/"),
            },
            id="a provider of many domains sends on",
        ),
    ],
)
def test_what_people_do_not_notice_is_no_warning(pages: dict[str, HttpAnswer | NetError]) -> None:
    result = looked(pages)
    assert result.status is Status.PASS and not warnings(result)


@pytest.mark.parametrize("to", ["", "http://other.test/", "https://autodiscover.mail.test/again"])
def test_another_name_that_leads_nowhere_safe_is_a_warning(to: str) -> None:
    (warning,) = warnings(looked({OWN: OTHER_NAME, PLAIN: http_answer(PLAIN, 302, location=to)}))
    assert warning.code == "apps.autodiscover_certificate"


def test_what_a_proxy_may_have_said_is_held_against_nobody() -> None:
    assert not warnings(looked({OWN: http_answer(OWN, 503)}, proxy="http://proxy.test:3128"))
