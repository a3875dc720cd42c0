import asyncio
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import msgspec
import pytest
import trustme

from readycheck.adapters.net import RealNet
from readycheck.api import (
    Closed,
    ContactCard,
    ContactRoute,
    Meter,
    NameRefused,
    NameSilent,
    NetError,
    Owner,
    Refused,
    Status,
    Stream,
    TlsFailed,
)
from readycheck.errors import NameUnknown, Silent, Where
from readycheck.model import CheckResult, Confidence
from readycheck.testing import FakeNet, FakeStream, FakeSystem, run_check
from readycheck_checks.contact_email import EmailOptions, check
from tests.checks.contact_desk import (
    PHONE,
    Talker,
    card,
    certificate,
    closed_port,
    listening,
    never_a_word,
    submission,
    trusting,
)
from tests.unit.adapters.listeners import greeting, tcp

MAIL = ContactRoute(kind="email", title="Mailbox", value="help@desk.example")
DESK = card(MAIL, PHONE)
SERVER = Where(host="mail.example", port=587)
OPTIONS = EmailOptions(host="mail.example", tcp_controls=("control.example:443",))
IN_CLEAR = (Owner.COMPANY, Owner.HOME, Owner.ISP)
MX: dict[str, tuple[str, ...] | NetError] = {"desk.example": ("mx.desk.example",)}
GOOD = [
    b"220 mail.example ready\r\n",
    b"250-mail.example\r\n",
    b"250-SIZE 1000\r\n",
    b"250 STARTTLS\r\n",
    b"220 go\r\n",
]


def addressed(
    found: tuple[str, ...] | NetError,
    *,
    value: str = MAIL.value,
    names: dict[str, tuple[str, ...] | NetError] | None = None,
) -> CheckResult:
    net = FakeNet(exchangers={"desk.example": found}, names=names or {})
    route = ContactRoute(kind="email", title="Mailbox", value=value)
    return asyncio.run(run_check(check, contact=card(route, PHONE), net=net))


def talked(
    stream: Stream | NetError,
    options: EmailOptions = OPTIONS,
    *,
    exchangers: dict[str, tuple[str, ...] | NetError] = MX,
    control: bool = False,
    contact: ContactCard = DESK,
) -> CheckResult:
    net = FakeNet(
        streams={("mail.example", options.port): stream},
        exchangers=exchangers,
        ports={("control.example", 443): 9.0} if control else {},
    )
    return asyncio.run(run_check(check, options, contact=contact, net=net, system=FakeSystem()))


def code(result: CheckResult) -> str:
    return next(f.code for f in result.findings if f.status is result.status)


def test_an_address_whose_domain_has_a_mail_server_passes() -> None:
    result = addressed(("mx.desk.example",))
    assert result.status is Status.PASS
    assert "mx.desk.example" in result.findings[0].detail


def test_a_domain_with_an_address_and_no_mx_takes_mail_too() -> None:
    assert addressed((), names={"desk.example": ("192.0.2.7",)}).status is Status.PASS


def test_a_domain_that_takes_no_mail_is_the_companys_to_mend() -> None:
    result = addressed(("",))
    assert (result.status, code(result)) == (Status.FAIL, "help.mail_domain")
    assert result.findings[0].owner is Owner.COMPANY


def test_a_domain_that_is_not_known_here_may_be_kept_back_on_this_line() -> None:
    result = addressed(NameUnknown(Where(host="desk.example")))
    assert (result.status, code(result)) == (Status.FAIL, "help.mail_domain")
    assert result.findings[0].either == (Owner.COMPANY, Owner.HOME, Owner.ISP)


@pytest.mark.parametrize("error", [NameSilent, NameRefused])
def test_a_silent_name_server_says_nothing_about_the_address(error: type[NetError]) -> None:
    assert addressed(error(Where(host="desk.example"))).status is Status.UNKNOWN


@pytest.mark.parametrize(
    "value", ["desk.example", "a b@desk.example", "@desk.example", "x@", "x@desk..example", "<x@y.z>"]
)
def test_what_is_no_address_fails(value: str) -> None:
    assert code(addressed(("mx",), value=value)) == "help.mail_address"


@pytest.mark.parametrize("value", ["jörg.müller@desk.example", "a+b_c@desk.example", "o'neil@desk.example"])
def test_unusual_addresses_are_addresses(value: str) -> None:
    assert addressed(("mx.desk.example",), value=value).status is Status.PASS


def test_a_server_with_starttls_and_a_good_certificate_passes_and_is_left_politely() -> None:
    stream = FakeStream(lines=list(GOOD))
    result = talked(stream)
    assert result.status is Status.PASS
    assert stream.written == [b"EHLO [127.0.0.1]\r\n", b"STARTTLS\r\n", b"QUIT\r\n"]


def test_a_server_without_starttls_fails_and_a_box_on_the_way_may_have_taken_the_offer_out() -> None:
    stream = FakeStream(lines=[b"220 hi\r\n", b"250-mail.example\r\n", b"250 SIZE\r\n"])
    result = talked(stream)
    assert (result.status, code(result)) == (Status.FAIL, "help.mail_no_starttls")
    finding = result.findings[-1]
    assert (finding.either, finding.confidence) == (IN_CLEAR, Confidence.MEDIUM)


def test_a_profile_may_allow_a_server_without_encryption() -> None:
    stream = FakeStream(lines=[b"220 hi\r\n", b"250 mail.example\r\n"])
    assert talked(stream, EmailOptions(host="mail.example", starttls="optional")).status is Status.PASS


def test_an_offer_that_was_overwritten_on_the_way_is_not_the_companys_fault() -> None:
    stream = FakeStream(lines=[b"220 hi\r\n", b"250-mail.example\r\n", b"250 XXXXXXXA\r\n"])
    finding = talked(stream).findings[-1]
    assert (finding.code, finding.owner) == ("help.mail_no_starttls", Owner.UNKNOWN)


def test_a_greeting_that_refuses_is_a_refusal_with_its_words() -> None:
    result = talked(FakeStream(lines=[b"554 go away\r\n"]))
    assert (result.status, code(result)) == (Status.FAIL, "help.mail_refused")
    assert "554 go away" in result.summary
    assert result.findings[-1].either == IN_CLEAR, "a provider says so too, in the name of the server"


def test_the_stated_data_is_that_of_the_address_and_of_two_talks_with_the_server() -> None:
    assert check.cost_of(OPTIONS, False).bytes > check.cost_of(EmailOptions(), False).bytes + 2 * 8_000


def test_starttls_that_is_offered_and_refused_is_a_refusal() -> None:
    assert code(talked(FakeStream(lines=[*GOOD[:4], b"454 not now\r\n"]))) == "help.mail_refused"


def test_something_that_is_no_mail_server_is_a_warning() -> None:
    result = talked(FakeStream(lines=[b"SSH-2.0-OpenSSH_9.2\r\n"]))
    assert (result.status, code(result)) == (Status.WARN, "help.mail_unexpected")


def test_a_reply_without_an_end_is_no_mail_server() -> None:
    assert talked(FakeStream(lines=[b"220-more\r\n"] * 200)).status is Status.WARN


@pytest.mark.parametrize(("reason", "owner"), [("wrong_name", Owner.COMPANY), ("untrusted", Owner.UNKNOWN)])
def test_a_wrong_certificate_after_starttls_fails(reason: str, owner: Owner) -> None:
    stream = FakeStream(lines=list(GOOD), tls=TlsFailed(SERVER, reason=reason))
    finding = talked(stream).findings[-1]
    assert (finding.code, finding.owner) == ("help.mail_certificate", owner)


def test_a_server_that_offers_starttls_and_speaks_none_shows_no_certificate() -> None:
    finding = talked(FakeStream(lines=list(GOOD), tls=TlsFailed(SERVER, reason="handshake"))).findings[-1]
    assert finding.code == "help.mail_no_tls" and "certificate" not in finding.summary + finding.remedy


def test_a_server_that_greets_in_clear_where_tls_is_due_makes_no_secure_connection_every_time() -> None:
    async def fifty() -> set[str]:
        async with tcp(greeting(b"220 mail.example ready\r\n")) as port:
            options = EmailOptions(host="127.0.0.1", port=port, starttls="implicit", check_mx=False)
            net = RealNet(Meter())
            said = [await run_check(check, options, net=net, contact=DESK) for _ in range(50)]
        return {code(result) for result in said}

    assert asyncio.run(fifty()) == {"help.mail_no_tls"}


@pytest.mark.parametrize(("error", "kind"), [(Refused, "down"), (Closed, "down"), (NameUnknown, "name")])
def test_a_server_that_is_not_there_is_down_and_one_whose_name_is_not_known_may_be_there(
    error: type[NetError], kind: str
) -> None:
    result = talked(error(SERVER))
    assert (result.status, code(result)) == (Status.FAIL, f"help.mail_{kind}")


def test_a_silent_server_without_an_answering_control_is_unknown() -> None:
    assert talked(Silent(SERVER)).status is Status.UNKNOWN
    assert talked(FakeStream()).status is Status.UNKNOWN


def test_a_silent_server_beside_a_control_fails_and_blames_nobody() -> None:
    result = talked(Silent(SERVER), control=True)
    assert (result.status, code(result)) == (Status.FAIL, "help.mail_silent")
    assert result.findings[-1].owner is Owner.UNKNOWN
    assert "control.example:443 (TCP) answered" in result.findings[-1].detail


def test_a_server_that_takes_the_connection_and_says_nothing_hangs_and_is_not_called_silent() -> None:
    result = talked(FakeStream(), control=True)
    assert (result.status, code(result)) == (Status.FAIL, "help.mail_hangs")
    assert "takes connections and then says nothing" in result.summary


def test_an_unproved_domain_is_left_out_where_the_server_decides() -> None:
    unproved: dict[str, tuple[str, ...] | NetError] = {"desk.example": NameSilent(Where(host="desk.example"))}
    assert talked(FakeStream(lines=list(GOOD)), exchangers=unproved).status is Status.PASS


def test_port_465_speaks_tls_from_the_start() -> None:
    stream = FakeStream(lines=[b"220 hi\r\n", b"250 mail.example\r\n"])
    assert talked(stream, EmailOptions(host="mail.example", port=465)).status is Status.PASS
    assert b"STARTTLS\r\n" not in stream.written


def test_port_25_is_never_asked() -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"host": "mail.example", "port": 25}, EmailOptions)


def test_a_mail_server_inside_the_vpn_is_not_judged_without_the_vpn() -> None:
    inside = card(ContactRoute(kind="email", title="Mailbox", value=MAIL.value, needs_vpn=True))
    options = EmailOptions(host="mail.example", check_mx=False)
    assert talked(Refused(SERVER), options, contact=inside).status is Status.SKIP


def test_a_banner_cannot_carry_control_characters_into_the_report() -> None:
    assert "\x1b" not in str(talked(FakeStream(lines=[b"554 \x1b[2Jgone\r\n"])))


def test_without_an_address_it_is_skipped() -> None:
    assert talked(Refused(SERVER), contact=card(PHONE)).status is Status.SKIP


def settings(port: int, control: int | None = None) -> EmailOptions:
    others = (f"127.0.0.1:{control}",) if control else ()
    return EmailOptions(host="localhost", port=port, check_mx=False, tcp_controls=others)


def judged_real(
    folder: Path, authority: trustme.CA, port: int, control: int | None = None
) -> Coroutine[Any, Any, CheckResult]:
    world = trusting(authority, folder)
    return run_check(check, settings(port, control), contact=DESK, **world)


def test_a_real_submission_server_with_starttls_passes(tmp_path: Path) -> None:
    authority = trustme.CA()

    async def scene() -> CheckResult:
        async with submission(certificate(authority)) as port:
            return await judged_real(tmp_path, authority, port)

    result = asyncio.run(scene())
    assert result.status is Status.PASS, result
    assert "TLSv1.3" in result.findings[0].detail


def test_a_real_submission_server_without_starttls_fails(tmp_path: Path) -> None:
    async def scene() -> CheckResult:
        async with submission(None) as port:
            return await judged_real(tmp_path, trustme.CA(), port)

    assert code(asyncio.run(scene())) == "help.mail_no_starttls"


def test_a_real_submission_server_with_the_certificate_of_another_name_fails(tmp_path: Path) -> None:
    authority = trustme.CA()

    async def scene() -> CheckResult:
        async with submission(certificate(authority, "other.example")) as port:
            return await judged_real(tmp_path, authority, port)

    assert code(asyncio.run(scene())) == "help.mail_certificate"


def test_a_real_server_that_never_greets_fails_only_beside_a_control(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("readycheck_checks.contact.smtp.GREETING_WAIT_S", 0.2)

    async def scene(asked: bool) -> CheckResult:
        async with listening(never_a_word) as port, listening(never_a_word) as other:
            return await judged_real(tmp_path, trustme.CA(), port, other if asked else None)

    assert asyncio.run(scene(asked=False)).status is Status.UNKNOWN
    assert code(asyncio.run(scene(asked=True))) == "help.mail_hangs"


def test_a_real_server_that_hangs_up_is_down(tmp_path: Path) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    talker: Talker = hang_up

    async def scene() -> CheckResult:
        async with listening(talker) as port:
            return await judged_real(tmp_path, trustme.CA(), port)

    assert code(asyncio.run(scene())) == "help.mail_down"


def test_a_real_closed_port_is_down(tmp_path: Path) -> None:
    async def scene() -> CheckResult:
        return await judged_real(tmp_path, trustme.CA(), closed_port())

    assert code(asyncio.run(scene())) == "help.mail_down"
