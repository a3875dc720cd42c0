import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from readycheck.api import (
    Closed,
    ContactCard,
    ContactRoute,
    Garbled,
    Interface,
    NameRefused,
    NameSilent,
    NetError,
    NoRoute,
    Owner,
    Refused,
    Status,
    TlsFailed,
)
from readycheck.errors import NameUnknown, Silent, Where
from readycheck.model import CheckResult, Confidence
from readycheck.ports import HttpAnswer
from readycheck.testing import FakeHttp, FakeNet, FakeSystem, http_answer, run_check
from readycheck_checks.contact.visit import PAGE_BYTES
from readycheck_checks.contact_portal import PortalOptions, check
from tests.checks.contact_desk import (
    PHONE,
    card,
    certificate,
    closed_port,
    listening,
    never_a_word,
    page,
    trusting,
)
from tests.checks.opinions import NAME_SERVERS, OURS, said_by

URL = "https://help.example/"
THERE = Where(host="help.example", port=443)
PORTAL = ContactRoute(kind="portal", title="Portal", value=URL)
DESK = card(PORTAL, PHONE)
CONTROL = FakeNet(ports={("control.example", 443): 12.0})
WITH_CONTROL = PortalOptions(tcp_controls=("control.example:443",))
TUNNEL = FakeSystem(
    network=(Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400),)
)


def judged(
    came: HttpAnswer | NetError,
    options: PortalOptions | None = None,
    *,
    contact: ContactCard = DESK,
    net: FakeNet | None = None,
    system: FakeSystem | None = None,
) -> CheckResult:
    world = {"http": FakeHttp(pages={URL: came}), "net": net or FakeNet(), "system": system or FakeSystem()}
    return asyncio.run(run_check(check, options, contact=contact, **world))


@pytest.mark.parametrize("status", [200, 204, 302])
def test_any_answer_that_opens_a_page_passes(status: int) -> None:
    assert judged(http_answer(URL, status)).status is Status.PASS


def test_the_expected_text_must_be_on_the_page() -> None:
    options = PortalOptions(expect="Service désk")
    assert judged(http_answer(URL, body="<h1>Service désk</h1>".encode()), options).status is Status.PASS
    missing = judged(http_answer(URL, body=b"<h1>Parked</h1>"), options)
    assert (missing.status, missing.findings[0].code) == (Status.WARN, "help.portal_unexpected")


@pytest.mark.parametrize("came", [Refused(THERE), Closed(THERE)], ids=str)
def test_a_refusal_that_nobody_can_place_may_be_a_firewalls_on_the_way(came: NetError) -> None:
    finding = judged(came).findings[0]
    assert (finding.code, finding.either) == ("help.portal_down", (Owner.COMPANY, Owner.HOME, Owner.ISP))


@pytest.mark.parametrize("came", [http_answer(URL, 503), http_answer(URL, 500)], ids=str)
def test_a_portal_that_says_it_is_down_is_down_and_the_companys(came: HttpAnswer | NetError) -> None:
    result = judged(came)
    (finding,) = result.findings
    assert (result.status, finding.code, finding.owner) == (Status.FAIL, "help.portal_down", Owner.COMPANY)
    assert finding.remedy == "Use another way to reach support: Hotline (+49 30 1234567)."


def test_a_silent_portal_without_a_control_is_unknown() -> None:
    assert judged(Silent(THERE)).status is Status.UNKNOWN


def test_a_silent_portal_beside_silent_controls_is_unknown() -> None:
    result = judged(Silent(THERE), WITH_CONTROL)
    assert result.status is Status.UNKNOWN
    assert "neither did any other host" in result.summary


def test_a_silent_portal_beside_a_control_that_answered_is_down() -> None:
    result = judged(Silent(THERE), WITH_CONTROL, net=CONTROL)
    assert (result.status, result.findings[0].code) == (Status.FAIL, "help.portal_silent")
    assert "control.example:443 (TCP) answered" in result.findings[0].detail
    assert result.findings[0].owner is Owner.UNKNOWN, "a line too slow for a page looks the same"


def test_a_portal_that_answers_the_second_time_passes() -> None:
    class Sleepy(FakeHttp):
        async def request(self, method: str, url: str, **kwargs: object) -> HttpAnswer:
            if not self.proxies:
                self.proxies["asked"] = "once"
                raise Silent(THERE)
            return http_answer(url)

    result = asyncio.run(run_check(check, WITH_CONTROL, contact=DESK, http=Sleepy(), net=CONTROL))
    assert result.status is Status.PASS


@pytest.mark.parametrize("error", [NameSilent(THERE), NameRefused(THERE), NoRoute(THERE)], ids=str)
def test_what_lies_before_the_portal_is_not_held_against_it(error: NetError) -> None:
    assert judged(error, WITH_CONTROL, net=CONTROL).status is Status.UNKNOWN


def test_an_unknown_name_is_a_failure_with_its_own_code() -> None:
    result = judged(NameUnknown(THERE))
    assert (result.status, result.findings[0].code) == (Status.FAIL, "help.portal_name")
    assert result.findings[0].either == (Owner.COMPANY, Owner.HOME, Owner.ISP)


@pytest.mark.parametrize(("others", "company"), [((True,), False), ((False, False), True)])
def test_the_portals_name_is_the_companys_only_where_others_agree(
    others: tuple[bool, ...], company: bool
) -> None:
    options = PortalOptions(name_servers=NAME_SERVERS[: len(others)])
    net, system = FakeNet(replies=said_by(others)), FakeSystem(resolvers=(OURS,))
    (finding,) = judged(NameUnknown(THERE), options, net=net, system=system).findings
    assert (finding.owner is Owner.COMPANY) == company
    assert ("while others do" in finding.summary) != company


@pytest.mark.parametrize(
    ("reason", "owner"),
    [
        ("expired", Owner.UNKNOWN),
        ("wrong_name", Owner.COMPANY),
        ("not_yet_valid", Owner.UNKNOWN),
        ("untrusted", Owner.UNKNOWN),
    ],
)
def test_a_wrong_certificate_blames_the_company_only_where_it_is_hers(reason: str, owner: Owner) -> None:
    result = judged(TlsFailed(THERE, reason=reason, issuer="Example Shield"))
    (finding,) = result.findings
    assert (result.status, finding.code, finding.owner) == (Status.FAIL, "help.portal_certificate", owner)
    assert ("Example Shield" in finding.summary) == (reason == "untrusted")


def test_what_speaks_no_tls_shows_no_certificate() -> None:
    result = judged(TlsFailed(THERE, "wrong version number", reason="handshake"))
    (finding,) = result.findings
    assert (result.status, finding.code) == (Status.FAIL, "help.portal_no_tls")
    assert "certificate" not in finding.summary + finding.remedy


@pytest.mark.parametrize("status", [407, 511])
def test_an_answer_of_the_network_in_between_is_unknown(status: int) -> None:
    assert judged(http_answer(URL, status)).status is Status.UNKNOWN


def test_a_missing_page_is_a_warning() -> None:
    assert judged(http_answer(URL, 404)).status is Status.WARN
    assert judged(Garbled(THERE)).status is Status.WARN


def test_asking_to_sign_in_is_right_where_the_profile_says_so_and_odd_where_not() -> None:
    signed = card(ContactRoute(kind="portal", title="Portal", value=URL, needs_sign_in=True))
    assert judged(http_answer(URL, 401), contact=signed).status is Status.PASS
    assert judged(http_answer(URL, 401)).status is Status.WARN


def test_a_portal_inside_the_vpn_is_not_judged_without_the_vpn() -> None:
    inside = card(ContactRoute(kind="portal", title="Portal", value=URL, needs_vpn=True))
    assert judged(NameUnknown(THERE), contact=inside).status is Status.SKIP
    assert judged(http_answer(URL, 403), contact=inside).status is Status.SKIP
    assert judged(Refused(THERE), contact=inside, system=FakeSystem(network=None)).status is Status.UNKNOWN
    assert judged(Refused(THERE), contact=inside, system=TUNNEL).status is Status.FAIL
    assert judged(http_answer(URL), contact=inside).status is Status.PASS


def test_a_tunnel_that_the_system_keeps_for_itself_is_not_the_companys_vpn() -> None:
    own = Interface(name="utun0", kind="tunnel", up=True, addresses=("fe80::1%utun0",), mtu=1380)
    inside = card(ContactRoute(kind="portal", title="Portal", value=URL, needs_vpn=True))
    assert judged(Refused(THERE), contact=inside, system=FakeSystem(network=(own,))).status is Status.SKIP


def test_what_is_said_without_tls_may_be_somebody_elses_word_and_is_never_sure() -> None:
    plain = "http://help.example/"
    http = FakeHttp(pages={plain: http_answer(plain, 503)})
    contact = card(ContactRoute(kind="portal", title="Portal", value=plain))
    finding = asyncio.run(run_check(check, contact=contact, http=http)).findings[0]
    assert finding.either == (Owner.COMPANY, Owner.HOME) and finding.confidence is Confidence.MEDIUM


def test_many_silent_portals_take_no_longer_than_one() -> None:
    class Slow(FakeHttp):
        waiting = most = 0

        async def get(self, url: str, **more: Any) -> HttpAnswer:
            self.waiting += 1
            self.most = max(self.most, self.waiting)
            await asyncio.sleep(0.01)
            self.waiting -= 1
            return http_answer(url, 200)

    http = Slow()
    routes = [ContactRoute(kind="portal", title=f"{n}", value=f"https://{n}.example/") for n in range(4)]
    result = asyncio.run(run_check(check, contact=card(*routes), http=http))
    assert [finding.summary[0] for finding in result.findings] == ["0", "1", "2", "3"]
    assert http.most == 4
    assert check.cost_of(PortalOptions(), False).bytes > 2 * PAGE_BYTES, "a silent page is asked for twice"


def test_a_text_that_was_not_reached_in_a_large_page_is_not_called_missing() -> None:
    cut = replace(http_answer(URL, body=b"<h1>long</h1>"), truncated=True)
    assert judged(cut, PortalOptions(expect="Service desk")).status is Status.UNKNOWN


def test_a_portal_without_encryption_is_a_warning() -> None:
    plain = ContactRoute(kind="portal", title="Portal", value="http://help.example/")
    http = FakeHttp(pages={plain.value: http_answer(plain.value)})
    result = asyncio.run(run_check(check, contact=card(plain), http=http))
    assert (result.status, result.findings[0].code) == (Status.WARN, "help.portal_unencrypted")


@pytest.mark.parametrize("value", ["help.example", "https://[half", "https://", "ftp://help.example"])
def test_what_is_no_web_address_is_skipped_with_the_reason(value: str) -> None:
    result = asyncio.run(run_check(check, contact=card(ContactRoute(kind="portal", title="", value=value))))
    assert result.status is Status.SKIP
    assert value in result.reason


def test_without_a_portal_it_is_skipped() -> None:
    assert judged(http_answer(URL), contact=card(PHONE)).status is Status.SKIP


def test_controls_of_the_profile_must_be_host_and_port() -> None:
    with pytest.raises(ValueError, match="no host and port"):
        PortalOptions(tcp_controls=("https://control.example",))


def test_what_the_server_says_cannot_carry_control_characters_into_the_report() -> None:
    result = judged(http_answer(URL, 302, location="https://a.example/\x1b[2Jx"))
    assert "\x1b" not in str(result)


def test_the_keys_of_a_sign_in_that_a_redirect_carries_stay_out_of_the_report() -> None:
    result = judged(http_answer(URL, 302, location="https://sso.example/in?state=s3cr3t#k3y"))
    assert "leads to https://sso.example/in" in str(result)
    assert "s3cr3t" not in str(result) and "k3y" not in str(result)


def real(folder: Path, contact: ContactCard, options: PortalOptions, authority: trustme.CA) -> CheckResult:
    return asyncio.run(run_check(check, options, contact=contact, **trusting(authority, folder)))


def at(port: int) -> ContactCard:
    return card(ContactRoute(kind="portal", title="Portal", value=f"https://localhost:{port}/"), PHONE)


def visited(folder: Path, talk: object, authority: trustme.CA, *, name: str = "localhost") -> CheckResult:
    async def scene() -> CheckResult:
        async with listening(talk, certificate(authority, name)) as port:  # type: ignore[arg-type]
            options = PortalOptions(expect="Welcome to the desk")
            return await run_check(check, options, contact=at(port), **trusting(authority, folder))

    return asyncio.run(scene())


def test_a_real_portal_over_tls_passes(tmp_path: Path) -> None:
    result = visited(tmp_path, page("<p>Welcome to the desk</p>"), trustme.CA())
    assert result.status is Status.PASS, result


def test_a_real_portal_that_answers_503_is_down(tmp_path: Path) -> None:
    result = visited(tmp_path, page("Welcome to the desk", "503 Service Unavailable"), trustme.CA())
    assert result.findings[0].code == "help.portal_down"
    assert "HTTP 503" in result.summary


def test_a_real_portal_with_the_certificate_of_another_name_is_told_so(tmp_path: Path) -> None:
    result = visited(tmp_path, page("Welcome to the desk"), trustme.CA(), name="other.example")
    assert result.findings[0].code == "help.portal_certificate"
    assert "another name" in result.summary


def test_a_real_portal_whose_certificate_has_run_out_is_told_so(tmp_path: Path) -> None:
    authority = trustme.CA()

    async def scene() -> CheckResult:
        import ssl

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        past = datetime.now(UTC) - timedelta(days=3)
        authority.issue_cert("localhost", not_after=past).configure_cert(context)
        async with listening(page("Welcome"), context) as port:
            return await run_check(check, contact=at(port), **trusting(authority, tmp_path))

    finding = asyncio.run(scene()).findings[0]
    assert finding.code == "help.portal_certificate"
    assert finding.either == (Owner.COMPANY, Owner.DEVICE), "no other host clears the clock"
    assert "has run out" in finding.summary


def test_a_real_portal_of_an_unknown_issuer_blames_nobody(tmp_path: Path) -> None:
    async def scene() -> CheckResult:
        async with listening(page("Welcome"), certificate(trustme.CA())) as port:
            return await run_check(check, contact=at(port), **trusting(trustme.CA(), tmp_path))

    finding = asyncio.run(scene()).findings[0]
    assert (finding.code, finding.owner) == ("help.portal_certificate", Owner.UNKNOWN)


def test_a_closed_port_is_down(tmp_path: Path) -> None:
    result = real(tmp_path, at(closed_port()), PortalOptions(), trustme.CA())
    assert result.findings[0].code == "help.portal_down"


def test_a_portal_that_takes_the_connection_and_says_nothing_is_down_only_beside_a_control(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("readycheck_checks.contact.visit.FIRST_WAIT_S", 0.3)
    monkeypatch.setattr("readycheck_checks.contact.visit.SECOND_WAIT_S", 0.3)
    authority = trustme.CA()

    async def scene(asked: bool) -> CheckResult:
        async with listening(never_a_word, certificate(authority)) as port, listening(never_a_word) as other:
            options = PortalOptions(tcp_controls=(f"127.0.0.1:{other}",) if asked else ())
            return await run_check(check, options, contact=at(port), **trusting(authority, tmp_path))

    assert asyncio.run(scene(asked=False)).status is Status.UNKNOWN
    assert asyncio.run(scene(asked=True)).findings[0].code == "help.portal_hangs"
