import asyncio
import ssl
from pathlib import Path
from typing import Any

import pytest
import trustme

from readycheck.api import Closed, NetError, Owner, Refused, Silent, SrvRecord, Status, TlsFailed, Where
from readycheck.errors import NameUnknown
from readycheck.model import CheckResult, Confidence
from readycheck.testing import FakeHttp, FakeNet, FakeStream, FakeSystem, http_answer, run_check
from readycheck_checks.contact import smtp
from readycheck_checks.mail import imap
from readycheck_checks.mail.servers import PORTS, mail_server
from readycheck_checks.mail.session import Session
from readycheck_checks.mail.verdict import Talked, judge
from readycheck_checks.mailbox import MailboxOptions, check
from tests.checks.apps import servers
from tests.checks.contact_desk import Talker, certificate, listening, submission, trusting

HOST = "mail.example"
CONTROL = "control.example:443"
READ = ("imaps://mail.example",)
SEND = ("submission://mail.example",)
IMAP = [b"* OK ready\r\n", b"* CAPABILITY IMAP4rev1 AUTH=PLAIN\r\n", b"a1 OK done\r\n"]
SMTP = [
    b"220 mail.example\r\n",
    b"250-mail.example\r\n",
    b"250 STARTTLS\r\n",
    b"220 go\r\n",
    b"250-mail.example\r\n",
    b"250 AUTH PLAIN\r\n",
]


def visited(
    servers_: tuple[str, ...],
    streams: dict[int, FakeStream | NetError],
    *,
    control: bool = True,
    **world: Any,
) -> CheckResult:
    ports: dict[tuple[str, int], float | NetError] = {("control.example", 443): 9.0} if control else {}
    net = FakeNet(streams={(HOST, port): stream for port, stream in streams.items()}, ports=ports)
    options = MailboxOptions(servers=servers_, tcp_controls=(CONTROL,))
    return asyncio.run(run_check(check, options, net=net, system=FakeSystem(), **world))


def code(result: CheckResult) -> str:
    return next(f.code for f in result.findings if f.status is result.status)


# ---- Each stage ----


def test_servers_that_answer_over_a_safe_connection_pass_and_are_left_politely() -> None:
    reads, sends = FakeStream(lines=list(IMAP)), FakeStream(lines=list(SMTP))
    result = visited((*READ, *SEND), {993: reads, 587: sends})
    assert result.status is Status.PASS and len(result.findings) == 2
    assert reads.written[-1] == b"z LOGOUT\r\n" and sends.written[-1] == b"QUIT\r\n"
    said = b"".join((*reads.written, *sends.written)).upper()
    assert b"LOGIN " not in said and b"AUTHENTICATE" not in said and b"AUTH " not in said


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (Refused(Where(host=HOST)), "apps.mail_refused"),
        (Silent(Where(host=HOST)), "apps.mail_silent"),
        (FakeStream(), "apps.mail_hangs"),
        (FakeStream(lines=[b"* BYE too many\r\n"]), "apps.mail_not_now"),
        (FakeStream(lines=[b"hello there\r\n"]), "apps.mail_garbled"),
        (FakeStream(lines=[b"* OK ready\r\n", b"a1 NO not today\r\n"]), "apps.mail_says_no"),
        (FakeStream(tls=Closed(Where(host=HOST))), "apps.mail_closed"),
        (FakeStream(tls=TlsFailed(Where(host=HOST), reason="handshake")), "apps.mail_no_tls"),
        (FakeStream(tls=TlsFailed(Where(host=HOST), reason="expired")), "apps.mail_certificate"),
        (NameUnknown(Where(host=HOST)), "apps.mail_name"),
    ],
)
def test_what_stops_the_reading_of_mail_is_told_apart(stream: FakeStream | NetError, expected: str) -> None:
    result = visited(READ, {993: stream})
    assert (result.status, code(result)) == (Status.FAIL, expected)


def test_silence_without_a_control_proves_nothing() -> None:
    result = visited(READ, {993: Silent(Where(host=HOST))}, control=False)
    assert (result.status, code(result)) == (Status.UNKNOWN, "apps.mail_unproved")


@pytest.mark.parametrize(
    ("reason", "owner", "either"),
    [
        ("expired", Owner.UNKNOWN, (Owner.COMPANY, Owner.DEVICE)),
        ("wrong_name", Owner.COMPANY, ()),
        ("untrusted", Owner.UNKNOWN, (Owner.COMPANY, Owner.DEVICE)),
        ("not_yet_valid", Owner.UNKNOWN, (Owner.DEVICE, Owner.COMPANY)),
    ],
)
def test_whose_a_certificate_is_depends_on_what_is_wrong_with_it(
    reason: str, owner: Owner, either: tuple[Owner, ...]
) -> None:
    finding = visited(READ, {993: FakeStream(tls=TlsFailed(Where(host=HOST), reason=reason))}).findings[0]
    assert (finding.owner, finding.either) == (owner, either)


def test_a_server_that_greets_with_4xx_is_there_and_says_no() -> None:
    result = visited(SEND, {587: FakeStream(lines=[b"450 come back later\r\n"])})
    assert code(result) == "apps.mail_not_now" and "450 come back later" in result.findings[0].summary


def test_words_in_clear_may_be_of_the_provider_and_behind_a_vpn_they_are_the_companys() -> None:
    says = [b"554 blocked by your internet provider\r\n"]
    finding = visited(SEND, {587: FakeStream(lines=says)}).findings[0]
    assert (finding.code, finding.either) == ("apps.mail_says_no", (Owner.COMPANY, Owner.HOME, Owner.ISP))
    assert finding.confidence is Confidence.MEDIUM
    server = mail_server("submission://mail.example")
    refused = Session(step="greeting", refusal="554 closed")
    assert judge(Talked(server=server, session=refused, tunnelled=True)).owner is Owner.COMPANY


def test_a_server_without_starttls_is_not_safe() -> None:
    result = visited(SEND, {587: FakeStream(lines=[b"220 mail\r\n", b"250-mail\r\n", b"250 SIZE 1\r\n"])})
    assert code(result) == "apps.mail_no_starttls"
    assert result.findings[0].either == (Owner.COMPANY, Owner.HOME, Owner.ISP)


def test_an_offer_that_was_overwritten_on_the_way_is_not_the_servers_doing() -> None:
    result = visited(SEND, {587: FakeStream(lines=[b"220 mail\r\n", b"250-mail\r\n", b"250 XXXXXXXA\r\n"])})
    assert result.findings[0].either == (Owner.COMPANY, Owner.HOME, Owner.ISP)


def test_a_server_where_nobody_may_sign_in_even_under_tls_fails() -> None:
    lines = [b"* OK ready\r\n", b"* CAPABILITY IMAP4rev1 LOGINDISABLED\r\n", b"a1 OK done\r\n"]
    assert code(visited(READ, {993: FakeStream(lines=lines)})) == "apps.mail_no_sign_in"


def test_a_submission_server_without_auth_is_a_warning() -> None:
    result = visited(SEND, {587: FakeStream(lines=[*SMTP[:5], b"250 SIZE 1\r\n"])})
    assert (result.status, code(result)) == (Status.WARN, "apps.mail_no_sign_in")


def test_one_way_to_send_that_works_makes_another_that_does_not_a_warning() -> None:
    implicit = FakeStream(lines=[b"220 mail\r\n", b"250-mail\r\n", b"250 AUTH PLAIN\r\n"])
    both = ("submissions://mail.example", "submission://mail.example")
    result = visited(both, {465: implicit, 587: Refused(Where(host=HOST))})
    assert (result.status, code(result)) == (Status.WARN, "apps.mail_refused")
    finding = next(f for f in result.findings if f.status is Status.WARN)
    assert finding.remedy.startswith("Set your mail program to mail.example:465")


# ---- Discovery ----


def found(services: dict[str, tuple[SrvRecord, ...] | NetError], **streams: FakeStream) -> CheckResult:
    net = FakeNet(
        services={f"{name}.mail.test": records for name, records in services.items()},
        streams={(HOST, 993): streams["imaps"]} if streams else {},
    )
    url = "https://autodiscover.mail.test/autodiscover/autodiscover.xml"
    http = FakeHttp(pages={url: http_answer(url, 401)})
    return asyncio.run(
        run_check(check, MailboxOptions(domain="mail.test"), net=net, http=http, system=FakeSystem())
    )


def test_a_domain_is_asked_for_its_servers() -> None:
    none = SrvRecord(target="", port=0)
    result = found(
        {"_imaps._tcp": (SrvRecord(target=HOST, port=993),), "_imap._tcp": (none,)},
        imaps=FakeStream(lines=list(IMAP)),
    )
    assert result.status is Status.PASS
    told = {fact.title: fact.value for fact in result.facts}
    assert told["The domain says of _imap._tcp"] == "not offered"
    assert told["Autodiscover at autodiscover.mail.test"] == "answers HTTP 401"


def test_a_domain_that_names_no_server_leaves_the_question_open() -> None:
    result = found({})
    assert (result.status, code(result)) == (Status.UNKNOWN, "apps.mail_not_found")


# ---- Options ----


@pytest.mark.parametrize(
    "url",
    [
        "mail.example",
        "pop3://mail.example",
        "imaps://",
        "submission://m.example:25",
        "imaps://u@h.example",
        "imap://[x",
    ],
)
def test_what_is_no_mail_server_is_one_sentence(url: str) -> None:
    with pytest.raises(ValueError, match=r"no mail server|port 25"):
        MailboxOptions(servers=(url,))


def test_a_mailbox_names_servers_or_a_domain() -> None:
    with pytest.raises(ValueError, match="names its servers"):
        MailboxOptions()


def test_the_port_of_a_server_follows_from_how_it_is_spoken_to() -> None:
    assert [mail_server(f"{scheme}://h.example").where.port for scheme in PORTS] == [993, 143, 465, 587]


# ---- Real conversations on loopback ----


def over_loopback(
    talk: Talker, scheme: str, folder: Path, tls: ssl.SSLContext | None, authority: trustme.CA
) -> CheckResult:
    async def meet() -> CheckResult:
        async with listening(talk, tls) as port, listening(servers.cut) as control:
            options = MailboxOptions(
                servers=(f"{scheme}://localhost:{port}",), tcp_controls=(f"127.0.0.1:{control}",)
            )
            return await run_check(check, options, system=FakeSystem(), **trusting(authority, folder))

    return asyncio.run(meet())


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def test_a_real_handshake_comes_before_the_first_word_of_imaps(tmp_path: Path, authority: trustme.CA) -> None:
    talk = servers.imap(capabilities=("IMAP4rev1", "AUTH=PLAIN"))
    result = over_loopback(talk, "imaps", tmp_path, certificate(authority), authority)
    assert result.status is Status.PASS, result.findings


def test_a_certificate_for_another_name_is_found(tmp_path: Path, authority: trustme.CA) -> None:
    talk = servers.imap()
    result = over_loopback(talk, "imaps", tmp_path, certificate(authority, "other.example"), authority)
    assert code(result) == "apps.mail_certificate" and "another name" in result.findings[0].summary


def test_an_untrusted_signer_is_named(tmp_path: Path, authority: trustme.CA) -> None:
    stranger = certificate(trustme.CA(organization_name="Stranger"))
    result = over_loopback(servers.imap(), "imaps", tmp_path, stranger, authority)
    assert code(result) == "apps.mail_certificate" and "Stranger" in result.findings[0].summary


@pytest.mark.parametrize(
    ("talk", "expected"),
    [
        (servers.endless_garbage, {"imaps": "apps.mail_no_tls", "imap": "apps.mail_garbled"}),
        (servers.cut, {"imaps": "apps.mail_closed", "imap": "apps.mail_closed"}),
    ],
    ids=["garbage", "cut"],
)
def test_servers_that_misbehave_are_told_apart(
    talk: Talker,
    expected: dict[str, str],
    tmp_path: Path,
    authority: trustme.CA,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(imap, "TALK_WAIT_S", 0.3)
    for scheme, told in expected.items():
        assert code(over_loopback(talk, scheme, tmp_path, None, authority)) == told


@pytest.mark.parametrize(("scheme", "begins"), [("imap", b"* OK"), ("submission", b"220 ")])
def test_a_byte_now_and_then_is_a_server_that_hangs(
    scheme: str, begins: bytes, tmp_path: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "TALK_WAIT_S", 0.3)
    monkeypatch.setattr(smtp, "TALK_WAIT_S", 0.3)
    result = over_loopback(servers.dripping(begins + b"x" * 400), scheme, tmp_path, None, authority)
    assert code(result) == "apps.mail_hangs"


@pytest.mark.parametrize(("scheme", "line"), [("imap", b"* OK on\r\n"), ("submission", b"220-on\r\n")])
def test_lines_without_an_end_are_a_server_that_hangs(
    scheme: str, line: bytes, tmp_path: Path, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "TALK_WAIT_S", 0.3)
    monkeypatch.setattr(smtp, "TALK_WAIT_S", 0.3)
    result = over_loopback(servers.never_ending(line), scheme, tmp_path, None, authority)
    assert code(result) == "apps.mail_hangs"


def test_a_real_submission_server_is_asked_twice_what_it_offers(
    tmp_path: Path, authority: trustme.CA
) -> None:
    async def meet() -> CheckResult:
        async with submission(certificate(authority)) as port:
            options = MailboxOptions(servers=(f"submission://localhost:{port}",))
            return await run_check(check, options, system=FakeSystem(), **trusting(authority, tmp_path))

    result = asyncio.run(meet())
    assert "under TLS" in result.facts[0].value and result.findings[0].status is Status.PASS
