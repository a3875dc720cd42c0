import asyncio
import ssl
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import trustme

from readycheck.errors import NetError, Refused, Silent, TlsFailed
from readycheck.model import CheckResult, Confidence, Owner, Status
from readycheck.ports import Interface, ProxySettings, TlsAnswer
from readycheck.testing import FakeHttp, FakeNet, FakeSystem, Where, http_answer, run_check, tls_answer
from readycheck_checks.secure.inspection import Inspector
from readycheck_checks.tls import TlsOptions, check
from tests.checks.connection_listeners import LOOPBACK, closed_port, real_world, tls_server

ONE, TWO = "one.example", "two.example"
OPTIONS = TlsOptions(hosts=(f"{ONE}:443", f"{TWO}:443"))
NOW = datetime(2026, 11, 23, 9, 14, tzinfo=UTC)  # by the clock of the fakes


def bad(reason: str, issuer: str = "", host: str = ONE) -> TlsFailed:
    return TlsFailed(Where(host=host, port=443), reason=reason, issuer=issuer)


def asked(one: TlsAnswer | NetError, two: TlsAnswer | NetError | None = None, **world: object) -> CheckResult:
    shown = {ONE: one} | ({TWO: two} if two is not None else {})
    return asyncio.run(run_check(check, OPTIONS, net=FakeNet(certificates=shown), **world))


def code(outcome: CheckResult) -> str:
    return outcome.findings[0].code


def test_hosts_that_all_check_out_pass_and_their_issuers_are_facts() -> None:
    outcome = asked(tls_answer(ONE), tls_answer(TWO, issuer="Other CA"))
    assert outcome.status is Status.PASS
    assert "issued by Other CA" in outcome.facts[1].value


def test_one_and_the_same_stranger_behind_all_hosts_is_named_and_nobody_is_blamed() -> None:
    outcome = asked(bad("untrusted", "Corp Proxy CA"), bad("untrusted", "Corp Proxy CA", TWO))
    assert (outcome.status, code(outcome)) == (Status.FAIL, "connection.tls_intercepted")
    assert outcome.findings[0].owner is Owner.UNKNOWN
    assert "Corp Proxy CA" in outcome.summary


def test_different_strangers_are_not_called_an_interception() -> None:
    assert code(asked(bad("untrusted", "A"), bad("untrusted", "B", TWO))) == "connection.tls_untrusted"


def test_dates_that_are_wrong_everywhere_point_to_the_clock_of_the_device() -> None:
    outcome = asked(bad("expired"), bad("expired", host=TWO))
    assert (code(outcome), outcome.findings[0].owner) == ("connection.tls_dates", Owner.DEVICE)


def test_one_clock_is_not_both_ahead_and_behind() -> None:
    outcome = asked(bad("expired"), bad("not_yet_valid", host=TWO))
    assert (code(outcome), outcome.findings[0].owner) == ("connection.tls_broken", Owner.UNKNOWN)


def dated(host: str, begins: int, ends: int, reason: str = "expired") -> TlsFailed:
    """Valid from and until so many days from now."""
    valid = (NOW + timedelta(days=begins), NOW + timedelta(days=ends))
    return TlsFailed(Where(host=host, port=443), reason=reason, valid=valid)


def test_dates_that_no_one_time_brings_together_are_not_this_computers_clocks_doing() -> None:
    together = asked(dated(ONE, -90, -10), dated(TWO, -60, -1))
    assert (code(together), together.findings[0].owner) == ("connection.tls_dates", Owner.DEVICE)
    apart = asked(dated(ONE, -90, -60), dated(TWO, -50, -1))
    assert (code(apart), apart.findings[0].owner) == ("connection.tls_broken", Owner.UNKNOWN)


def told(off: timedelta) -> FakeHttp:
    """The good host says a time that is so much later than this computer's."""
    url, date = f"https://{TWO}:443/", NOW + off
    return FakeHttp(pages={url: http_answer(url, Date=date.strftime("%a, %d %b %Y %H:%M:%S GMT"))})


def test_a_certificate_that_only_this_computers_clock_makes_look_old_is_not_its_services_fault() -> None:
    outcome = asked(dated(ONE, -80, -10), tls_answer(TWO), http=told(timedelta(days=-20)))
    assert (code(outcome), outcome.findings[0].owner) == ("connection.tls_host", Owner.DEVICE)
    assert "by the clock of this computer, which is 20 days ahead" in outcome.summary


def test_where_no_time_is_told_a_certificate_that_looks_old_may_be_this_computers_clock() -> None:
    finding = asked(dated(ONE, -80, -10), tls_answer(TWO)).findings[0]
    assert finding.either == (Owner.SERVICE, Owner.DEVICE)


def test_one_bad_host_beside_a_good_one_is_that_hosts_matter() -> None:
    outcome = asked(bad("expired"), tls_answer(TWO), http=told(timedelta(0)))
    assert (outcome.status, code(outcome)) == (Status.WARN, "connection.tls_host")
    assert outcome.findings[0].owner is Owner.SERVICE
    assert "run out" in outcome.summary


def test_one_bad_host_without_a_control_blames_nobody() -> None:
    outcome = asked(bad("untrusted", "X"))
    assert (outcome.status, outcome.findings[0].owner) == (Status.WARN, Owner.UNKNOWN)
    assert outcome.findings[0].confidence is Confidence.LOW


def test_silence_of_all_hosts_is_unknown() -> None:
    assert asked(Refused(Where(host=ONE))).status is Status.UNKNOWN


def test_behind_a_proxy_closed_direct_connections_do_not_apply() -> None:
    http = FakeHttp(proxies={"https://www.example.org/": "http://proxy.example:8080"})
    assert asked(Refused(Where(host=ONE)), http=http).status is Status.SKIP


def test_a_proxy_of_the_desktops_settings_counts_like_one_of_the_environment() -> None:
    system = FakeSystem(proxies=ProxySettings(source="KDE", proxy="proxy.example:8080"))
    assert asked(Refused(Where(host=ONE)), system=system).status is Status.SKIP


def test_handshakes_that_break_off_everywhere_fail() -> None:
    assert code(asked(bad("handshake"), bad("untrusted", host=TWO))) == "connection.tls_broken"


def real(trusted: trustme.CA, signers: list[trustme.CA], folder: Path) -> CheckResult:
    trusted.cert_pem.write_to_path(str(folder / "ca.pem"))
    with ExitStack() as stack:
        ports = []
        for signer in signers:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            signer.issue_cert(LOOPBACK).configure_cert(context)
            ports.append(stack.enter_context(tls_server(context)))
        ports += [closed_port()] * (2 - len(ports))
        options = TlsOptions(hosts=tuple(f"{LOOPBACK}:{port}" for port in ports))
        return asyncio.run(run_check(check, options, **real_world(ca_file=str(folder / "ca.pem"))))


def test_real_servers_with_a_trusted_certificate_pass(tmp_path: Path) -> None:
    ca = trustme.CA()
    assert real(ca, [ca, ca], tmp_path).status is Status.PASS


def test_real_servers_of_an_untrusted_signer_are_seen_as_intercepted(tmp_path: Path) -> None:
    stranger = trustme.CA(organization_name="Stranger")
    outcome = real(trustme.CA(), [stranger, stranger], tmp_path)
    assert (outcome.status, code(outcome)) == (Status.FAIL, "connection.tls_intercepted")
    assert "Stranger" in outcome.summary


def test_a_stranger_behind_one_host_is_not_blamed_on_its_service() -> None:
    outcome = asked(bad("untrusted", "Corp Proxy CA"), tls_answer(TWO))
    assert (outcome.status, outcome.findings[0].owner) == (Status.WARN, Owner.UNKNOWN)


def test_hosts_that_answer_in_small_packets_only_show_that_large_ones_are_lost() -> None:
    net = FakeNet(small_segments={ONE: tls_answer()})
    outcome = asyncio.run(run_check(check, OPTIONS, net=net))
    (finding,) = outcome.findings
    assert (outcome.status, finding.code) == (Status.FAIL, "connection.big_packets_lost")
    assert finding.either == (Owner.HOME, Owner.ISP)


def test_a_line_that_came_back_meanwhile_loses_no_large_packets() -> None:
    class Back(FakeNet):
        asked = 0

        async def tls(self, host: str, port: int, **how: Any) -> TlsAnswer:
            self.asked += 1
            if self.asked <= 2:
                raise Silent(Where(host=host, port=port))
            return tls_answer(host)

    outcome = asyncio.run(run_check(check, OPTIONS, net=Back()))
    assert (outcome.status, code(outcome)) == (Status.PASS, "connection.tls")


def test_large_packets_that_are_lost_in_a_tunnel_are_no_matter_of_the_router() -> None:
    net = FakeNet(names={ONE: ("192.0.2.10",)}, small_segments={ONE: tls_answer()})
    net.sources["192.0.2.10"] = "10.8.0.2"
    tunnel = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
    outcome = asyncio.run(run_check(check, OPTIONS, net=net, system=FakeSystem(network=(tunnel,))))
    assert outcome.findings[0].either == (Owner.COMPANY, Owner.ISP)


def inspected(
    *own_roots: str, issuer: str = "Corp Inspection CA", two: str = "", **options: Any
) -> CheckResult:
    shown: dict[str, TlsAnswer | NetError] = {
        ONE: tls_answer(ONE, issuer=issuer),
        TWO: tls_answer(TWO, issuer=two or issuer),
    }
    net = FakeNet(certificates=shown, own_roots=set(own_roots))
    return asyncio.run(run_check(check, TlsOptions(hosts=OPTIONS.hosts, **options), net=net))


def test_an_installed_authority_behind_all_hosts_is_told_and_is_no_fault() -> None:
    outcome = inspected(ONE, TWO)
    assert (outcome.status, code(outcome)) == (Status.PASS, "connection.tls_inspected")
    assert "Corp Inspection CA" in outcome.summary
    assert "unless these hosts are its own" in outcome.summary, "a company signs its own hosts the same way"
    assert ("tls_opened_by", "Corp Inspection CA") in [(fact.name, fact.value) for fact in outcome.facts]


def test_one_host_that_only_this_system_trusts_is_no_inspection() -> None:
    assert code(inspected(ONE)) == "connection.tls"
    assert code(inspected(ONE, TWO, two="Another CA")) == "connection.tls"


def test_a_known_product_is_named_even_where_it_opens_one_host_only() -> None:
    known = (Inspector(issuer="zscaler", name="Zscaler", kind="company"),)
    outcome = inspected(ONE, issuer="Zscaler Intermediate Root CA", two="Public CA", inspectors=known)
    assert code(outcome) == "connection.tls_inspected"
    assert "Zscaler, a box of companies" in outcome.summary and "unless" not in outcome.summary


def test_a_protection_program_whose_authority_is_missing_is_a_matter_of_this_computer() -> None:
    options = TlsOptions(
        hosts=OPTIONS.hosts, inspectors=(Inspector(issuer="Avast", name="Avast", kind="program"),)
    )
    issuer = "Avast Web/Mail Shield Root"
    strangers = {ONE: bad("untrusted", issuer), TWO: bad("untrusted", issuer, TWO)}
    outcome = asyncio.run(run_check(check, options, net=FakeNet(certificates={**strangers})))
    assert (code(outcome), outcome.findings[0].owner) == ("connection.tls_intercepted", Owner.DEVICE)


def test_a_host_of_an_old_version_is_told_as_such() -> None:
    old = TlsFailed(Where(host=ONE, port=443), "TLSV1_ALERT_PROTOCOL_VERSION", reason="handshake")
    assert "no longer safe" in asked(old, tls_answer(TWO)).summary


def test_a_real_server_whose_authority_only_the_system_trusts_is_no_public_one(tmp_path: Path) -> None:
    ca = trustme.CA(organization_name="Corp")
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(LOOPBACK).configure_cert(context)
    with tls_server(context) as one, tls_server(context) as two:
        options = TlsOptions(hosts=(f"{LOOPBACK}:{one}", f"{LOOPBACK}:{two}"))
        outcome = asyncio.run(run_check(check, options, **real_world(ca_file=str(tmp_path / "ca.pem"))))
    assert code(outcome) == "connection.tls_inspected"
