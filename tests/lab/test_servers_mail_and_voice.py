"""The servers for mail, telephony, the web proxy and measuring work, and their variants fail as they say."""

import base64
import hashlib
import os
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.lab import topology
from tests.lab.lab import Lab
from tests.lab.people import EMAIL, USER_PASSWORD
from tests.lab.servers import dovecot, iperf3, irtt, kamailio, nginx, postfix, squid
from tests.lab.servers.base import Server

OTHER_PASSWORD = f"{USER_PASSWORD}-until-yesterday"
MAIL = "mail.corp.test"
PAGE = "https://www.corp.test/"
PLAIN_PAGE = "http://www.corp.test/"


def send(
    lab: Lab, subject: str, *, port: int = 587, password: str = USER_PASSWORD
) -> "subprocess.CompletedProcess[str]":
    return mail_program(
        lab,
        "send",
        str(port),
        draft=f"To: support@corp.test\nSubject: {subject}\n\nHello\n",
        password=password,
    )


def received(lab: Lab, subject: str, mailbox: str = "support") -> list[bytes]:
    done = mail_program(lab, "read", mailbox, subject)
    assert done.returncode == 0, done.stderr
    return [base64.b64decode(line) for line in done.stdout.split()]


def mail_program(
    lab: Lab, *arguments: str, draft: str = "", password: str = USER_PASSWORD
) -> "subprocess.CompletedProcess[str]":
    command = (sys.executable, "-m", "tests.lab.mail_program", *arguments)
    return lab["pc"].run(
        *command, input=draft, user=True, check=False, env={**os.environ, "LAB_PASSWORD": password}
    )


def curl(lab: Lab, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return lab["pc"].run("curl", "-sS", "--max-time", "10", *arguments, user=True, check=False)


def through_proxy(lab: Lab, url: str, *options: str) -> str:
    """Status of the proxy to CONNECT and of the page, as "200 301", "407 000", ..."""
    told = ("-o", "/dev/null", "-w", "%{http_connect} %{http_code}")
    return curl(lab, "-x", squid.URL, *told, *options, url).stdout


@pytest.fixture(scope="module", autouse=True)
def mail(lab: Lab) -> None:
    lab.start([dovecot.mailboxes(lab), postfix.mail(lab)])


@pytest.mark.parametrize("port", [587, 465])
def test_mail_sent_by_the_person_lies_in_the_mailbox_of_support(lab: Lab, port: int) -> None:
    assert send(lab, f"over {port}", port=port).returncode == 0
    (arrived,) = received(lab, f"over {port}")
    assert f"From: {EMAIL}\r\n".encode() in arrived
    assert arrived.endswith(b"\r\n\r\nHello\r\n")
    assert not received(lab, f"over {port}", mailbox="anna")


@pytest.mark.parametrize("version", ["-4", "-6"])
def test_mailboxes_are_open_with_starttls_and_with_tls_over_both_ip_versions(lab: Lab, version: str) -> None:
    who = ("-u", f"support:{USER_PASSWORD}", version)
    assert curl(lab, *who, f"imaps://{MAIL}/").returncode == 0
    assert curl(lab, *who, "--ssl-reqd", f"imap://{MAIL}/").returncode == 0


def test_mail_from_outside_is_taken_for_the_company_only(lab: Lab) -> None:
    assert smtp(lab, b"MAIL FROM:<x@zoom.us>", b"RCPT TO:<support@corp.test>")[-1].startswith(b"250 ")
    assert smtp(lab, b"MAIL FROM:<x@zoom.us>", b"RCPT TO:<somebody@zoom.us>")[-1].startswith(b"554 ")


def test_a_wrong_password_is_refused_for_sending_and_for_reading(lab: Lab) -> None:
    assert "535" in send(lab, "never", password=OTHER_PASSWORD).stderr
    assert "AUTHENTICATIONFAILED" in mail_program(lab, "read", "support", "x", password=OTHER_PASSWORD).stderr


@contextmanager
def instead(lab: Lab, *variants: Server) -> Iterator[None]:
    lab.start(variants)
    try:
        yield
    finally:
        lab.start([dovecot.mailboxes(lab), postfix.mail(lab)])


def test_variant_another_password(lab: Lab) -> None:
    with instead(lab, dovecot.mailboxes(lab, password=OTHER_PASSWORD)):
        assert "535" in send(lab, "never").stderr
        assert send(lab, "changed", password=OTHER_PASSWORD).returncode == 0


def test_variant_expired_certificates(lab: Lab) -> None:
    with instead(lab, dovecot.mailboxes(lab, expired=True), postfix.mail(lab, expired=True)):
        assert "certificate has expired" in send(lab, "never").stderr
        assert "certificate has expired" in mail_program(lab, "read", "support", "x").stderr


def test_variant_submission_closed(lab: Lab) -> None:
    with instead(lab, postfix.mail(lab, submission=False)):
        assert "ConnectionRefusedError" in send(lab, "never").stderr
        assert send(lab, "the other port", port=465).returncode == 0


def test_variant_no_encryption_offered(lab: Lab) -> None:
    assert b"250-STARTTLS" in smtp(lab, b"EHLO pc.test", port=587)[-1]
    with instead(lab, postfix.mail(lab, starttls=False, greeting="ESMTP `of` old")):
        greeting, offers = smtp(lab, b"EHLO pc.test", port=587)
    assert greeting == b"220 mail.corp.test ESMTP `of` old\r\n"
    assert b"STARTTLS" not in offers
    assert b"AUTH" not in offers


def smtp(lab: Lab, *commands: bytes, port: int = 25) -> list[bytes]:
    """The greeting, and the reply to each command."""
    replies = []
    with lab["pc"].entered():
        line = socket.create_connection((topology.COMPANY_MAIL_IP, port), timeout=5)
    with line:
        replies.append(line.recv(4096))
        for command in commands:
            line.sendall(command + b"\r\n")
            replies.append(line.recv(4096))
    return replies


def test_the_proxy_passes_web_pages_over_both_ip_versions_and_nothing_else(lab: Lab) -> None:
    lab.start([squid.proxy(), nginx.company(lab)])
    for version in ("-4", "-6"):
        assert through_proxy(lab, PAGE, version) == "200 200"
        assert through_proxy(lab, PLAIN_PAGE, version) == "000 301"
    assert through_proxy(lab, f"https://{MAIL}:587/") == "403 000"
    assert through_proxy(lab, f"http://{MAIL}:587/") == "000 403"


def test_a_proxy_with_sign_in_passes_nobody_without_the_right_password(lab: Lab) -> None:
    lab.start([squid.proxy(sign_in=True), nginx.company(lab)])
    assert through_proxy(lab, PAGE) == "407 000"
    assert through_proxy(lab, PAGE, "--proxy-user", f"anna:{OTHER_PASSWORD}") == "407 000"
    assert through_proxy(lab, PAGE, "--proxy-user", f"anna:{USER_PASSWORD}") == "200 200"


def test_a_proxy_that_refuses_everything_does(lab: Lab) -> None:
    lab.start([squid.proxy(refuses=True), nginx.company(lab)])
    assert through_proxy(lab, PAGE) == "403 000"
    assert through_proxy(lab, PLAIN_PAGE) == "000 403"


@pytest.fixture(scope="module")
def exchange(lab: Lab) -> None:
    lab.start([kamailio.exchange(lab)])


@pytest.mark.parametrize("transport", ["UDP", "TCP", "TLS"])
@pytest.mark.parametrize("ip", kamailio.IPS)
def test_the_exchange_answers_options_over_every_transport(
    lab: Lab, exchange: None, transport: str, ip: str
) -> None:
    assert sip(lab, "OPTIONS", transport=transport, ip=ip).startswith("SIP/2.0 200 OK")


def test_the_exchange_signs_in_who_knows_the_password(lab: Lab, exchange: None) -> None:
    asked = sip(lab, "REGISTER")
    assert asked.startswith("SIP/2.0 401")
    assert sip(lab, "REGISTER", digest(asked, USER_PASSWORD)).startswith("SIP/2.0 200")
    assert sip(lab, "REGISTER", digest(asked, OTHER_PASSWORD)).startswith("SIP/2.0 401")


def test_variants_of_the_exchange(lab: Lab) -> None:
    lab.start([kamailio.exchange(lab, answers="503 Out of Order", expired=True)])
    assert sip(lab, "OPTIONS").startswith("SIP/2.0 503 Out of Order")
    with pytest.raises(ssl.SSLCertVerificationError, match="expired"):
        sip(lab, "OPTIONS", transport="TLS")
    lab.start([kamailio.exchange(lab)])


def sip(
    lab: Lab, method: str, more: str = "", *, transport: str = "UDP", ip: str = topology.COMPANY_VOICE_IP
) -> str:
    """The first reply to one request (RFC 3261) from the pc."""
    kind = socket.SOCK_DGRAM if transport == "UDP" else socket.SOCK_STREAM
    with lab["pc"].entered():
        line = socket.socket(socket.AF_INET6 if ":" in ip else socket.AF_INET, kind)
        line.settimeout(5)
        line.connect((ip, kamailio.TLS_PORT if transport == "TLS" else kamailio.PORT))
    with line:
        if transport == "TLS":
            line = ssl.create_default_context().wrap_socket(line, server_hostname=kamailio.HOST_NAME)
        line.sendall(_request(method, transport, more).encode())
        answer = line.recv(4096).decode()
        line.close()
    return answer


def _request(method: str, transport: str, more: str) -> str:
    whom = "sip:anna@corp.test"
    lines = (
        f"{method} sip:corp.test SIP/2.0",
        f"Via: SIP/2.0/{transport} 192.168.1.10:40000;rport;branch=z9hG4bK{os.urandom(6).hex()}",
        "Max-Forwards: 70",
        f"From: <{whom}>;tag={os.urandom(4).hex()}",
        f"To: <{whom}>",
        f"Call-ID: {os.urandom(8).hex()}",
        f"CSeq: 1 {method}",
        "Contact: <sip:anna@192.168.1.10:40000>",
        *filter(None, (more,)),
        "Content-Length: 0",
    )
    return "\r\n".join(lines) + "\r\n\r\n"


def digest(challenge: str, password: str) -> str:
    """The header that answers a challenge without "qop" (RFC 2617, 3.2.2)."""
    realm, nonce = (re.search(rf'{name}="([^"]+)"', challenge)[1] for name in ("realm", "nonce"))  # type: ignore[index]
    who, what = (
        hashlib.md5(text.encode()).hexdigest()
        for text in (f"anna:{realm}:{password}", "REGISTER:sip:corp.test")
    )
    answer = hashlib.md5(f"{who}:{nonce}:{what}".encode()).hexdigest()
    return f'Authorization: Digest username="anna", realm="{realm}", nonce="{nonce}", uri="sip:corp.test", response="{answer}"'


def test_irtt_tells_the_delay_of_the_path_over_both_ip_versions(lab: Lab) -> None:
    lab.start([irtt.server()])
    for ip in irtt.IPS:
        seen = irtt.measured(lab["pc"], seconds=0.5, every_ms=20, ip=ip)
        assert seen["rtt"]["n"] >= 20
        assert 0 < seen["rtt"]["median"] < 20_000_000


@pytest.mark.parametrize("direction", [(), ("-R",)])
def test_iperf3_tells_the_rate_of_the_path(lab: Lab, direction: tuple[str, ...]) -> None:
    lab.start([iperf3.server()])
    assert iperf3.received_bits_per_s(lab["pc"], *direction, seconds=1) > 20_000_000
