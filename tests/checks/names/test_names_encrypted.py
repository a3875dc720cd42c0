"""Lookups over TLS and HTTPS: how far they came, and whose it is where none was answered."""

import asyncio
from collections.abc import Mapping
from typing import Any

import dns.rcode
import pytest

from readycheck.errors import Closed, NetError, Refused, Silent, TlsFailed
from readycheck.model import CheckResult, Owner, Status
from readycheck.testing import (
    ADDRESS,
    FakeHttp,
    FakeNet,
    FakeSystem,
    NameUnknown,
    Where,
    http_answer,
    run_check,
    tls_answer,
)
from readycheck.testing.net import FakeStream
from readycheck_checks.dns import DnsOptions, check
from readycheck_checks.names.encrypted import where_of
from tests.checks.name_servers import (
    GOOD_OPINIONS,
    NAMES,
    OPTIONS,
    ROUTER,
    UNKNOWN,
    VPN,
    WIFI,
    Speaks,
    reply,
    whose,
)

HOST = "dns.example"
DOT, DOH = f"tls://{HOST}", f"https://{HOST}/dns-query"
FOUND: dict[str, Any] = {NAMES[0]: ("192.0.2.1",), NAMES[1]: ("192.0.2.2",), HOST: ("192.0.2.53",)}
HERE = Where(host=HOST, port=853)
ISP = "192.88.99.1"
TAKEN = {(HOST, 853): 9.0, (HOST, 443): 9.0, (NAMES[0], 443): 9.0}


def asked(
    *encrypted: str,
    http: FakeHttp | None = None,
    speak: Mapping[str, Speaks] | None = None,
    names: Mapping[str, Any] = FOUND,
    network: tuple[Any, ...] = (WIFI,),
    **net: Any,
) -> CheckResult:
    replies = {(ip, 53): said for ip, said in (speak or {}).items()}
    fake = FakeNet(names=dict(names), replies=replies, **net)
    options = DnsOptions(names=NAMES, second_opinion=OPTIONS.second_opinion, encrypted=encrypted)
    system = FakeSystem(network=network, resolvers=(ROUTER,))
    return asyncio.run(run_check(check, options, net=fake, system=system, http=http or FakeHttp()))


def last(outcome: CheckResult) -> tuple[str, tuple[Owner, ...]]:
    finding = outcome.findings[-1]
    return finding.code.removeprefix("connection.dns_"), whose(finding)


class Speaking(FakeStream):
    """A name server over a stream, which says this: two bytes of length before each message."""

    said: tuple[int, str | None] = (dns.rcode.NOERROR, "192.0.2.1")

    async def write(self, data: bytes) -> None:
        answer = reply(data[2:], *self.said)
        self.lines = [len(answer).to_bytes(2, "big"), answer]

    async def read_exactly(self, count: int, *, timeout_s: float = 5.0) -> bytes:
        return self.lines.pop(0)


def saying(rcode: int) -> Speaking:
    server = Speaking()
    server.said = (rcode, None)
    return server


class Https(FakeHttp):
    """A name server that speaks version 2 of HTTP and no other."""

    async def request(self, method: str, url: str, **kwargs: Any) -> Any:
        if not kwargs.get("http2"):
            raise Closed(Where(host=HOST, port=443))
        return http_answer(url, 200, reply(kwargs["content"], dns.rcode.NOERROR, "192.0.2.1"))


# ---- Answered ----


def test_a_lookup_over_tls_that_is_answered_passes() -> None:
    outcome = asked(DOT, streams={(HOST, 853): Speaking()})
    assert [finding.code for finding in outcome.findings] == ["connection.dns", "connection.dns_encrypted"]


def test_a_lookup_over_https_is_answered_by_a_server_that_speaks_version_2_only() -> None:
    assert asked(DOH, http=Https()).status is Status.PASS


def test_one_way_that_is_answered_is_enough() -> None:
    outcome = asked(DOT, DOH, http=Https())
    assert outcome.status is Status.PASS and DOT in outcome.findings[-1].detail


# ---- Not reached ----


@pytest.mark.parametrize("problem", [Refused(HERE), Silent(HERE)])
def test_encrypted_lookups_that_reach_nobody_are_a_warning(problem: NetError) -> None:
    outcome = asked(DOT, streams={(HOST, 853): problem})
    assert outcome.status is Status.WARN
    assert last(outcome) == ("encrypted_blocked", (Owner.UNKNOWN,))


def ways(host: str, port: int, beside: str) -> dict[tuple[str, str, int], tuple[str, ...]]:
    """The first router answers for both, and the next one for the port that is open only."""
    return {("tcp", host, port): (ROUTER,), ("tcp", beside, 443): (ROUTER, ISP)}


def test_a_router_that_lets_nothing_out_to_the_port_is_the_homes() -> None:
    way = ways("192.0.2.53", 853, "192.0.2.53")
    ports = {(HOST, 443): 9.0}
    outcome = asked(DOT, streams={(HOST, 853): Silent(HERE)}, ports=ports, hops=way)
    assert last(outcome) == ("encrypted_blocked", (Owner.HOME,))


def test_a_server_that_is_not_reached_on_the_port_of_web_pages_is_judged_beside_another_host() -> None:
    way = ways("192.0.2.53", 443, "192.0.2.1")
    outcome = asked(DOH, ports={(NAMES[0], 443): 9.0}, hops=way)
    assert last(outcome) == ("encrypted_blocked", (Owner.HOME,))


def test_in_a_full_tunnel_what_holds_encrypted_lookups_back_is_the_companys_or_this_computers() -> None:
    sources = dict.fromkeys((ROUTER, ADDRESS, "192.0.2.53"), "10.8.0.2")
    ports = {(HOST, 443): 9.0}
    problem = {(HOST, 853): Silent(HERE)}
    outcome = asked(DOT, network=(WIFI, VPN), streams=problem, ports=ports, sources=sources)
    assert last(outcome) == ("encrypted_blocked", (Owner.COMPANY, Owner.DEVICE))


def test_a_server_whose_name_only_the_router_denies_is_hidden_by_it_or_its_provider() -> None:
    hidden = {**FOUND, HOST: NameUnknown(Where(host=HOST))}
    outcome = asked(
        DOT, names=hidden, speak={ROUTER: UNKNOWN, **GOOD_OPINIONS}, streams={(HOST, 853): hidden[HOST]}
    )
    assert last(outcome) == ("encrypted_hidden", (Owner.HOME, Owner.ISP))


def test_a_server_whose_name_nobody_knows_may_be_a_mistake_of_the_profile() -> None:
    hidden = {**FOUND, HOST: NameUnknown(Where(host=HOST))}
    nobody = dict.fromkeys((ROUTER, *GOOD_OPINIONS), UNKNOWN)
    outcome = asked(DOT, names=hidden, speak=nobody, streams={(HOST, 853): hidden[HOST]})
    assert last(outcome) == ("encrypted_hidden", (Owner.COMPANY, Owner.HOME, Owner.ISP))


# ---- Reached ----


@pytest.mark.parametrize("problem", [Silent(HERE), Closed(HERE)])
def test_a_connection_on_which_nothing_is_said_may_be_the_servers_or_a_boxs_on_the_way(
    problem: NetError,
) -> None:
    outcome = asked(DOT, streams={(HOST, 853): problem}, ports=TAKEN)
    assert last(outcome) == ("encrypted_silent", (Owner.SERVICE, Owner.HOME, Owner.ISP))


@pytest.mark.parametrize(
    ("rcode", "owners"),
    [
        (dns.rcode.REFUSED, (Owner.SERVICE, Owner.COMPANY)),
        (dns.rcode.NXDOMAIN, (Owner.SERVICE, Owner.COMPANY)),
        (dns.rcode.SERVFAIL, (Owner.SERVICE,)),
    ],
)
def test_a_server_that_answers_without_an_address_is_reached_and_the_network_not_blamed(
    rcode: int, owners: tuple[Owner, ...]
) -> None:
    assert last(asked(DOT, streams={(HOST, 853): saying(rcode)})) == ("encrypted_refused", owners)


@pytest.mark.parametrize(
    ("status", "body", "owners"),
    [
        (404, b"", (Owner.SERVICE, Owner.COMPANY)),
        (503, b"", (Owner.SERVICE,)),
        (200, b"<html>welcome</html>", (Owner.SERVICE,)),
    ],
)
def test_a_page_in_place_of_an_answer_is_no_encrypted_lookup(
    status: int, body: bytes, owners: tuple[Owner, ...]
) -> None:
    http = FakeHttp(pages={DOH: http_answer(DOH, status, body)})
    assert last(asked(DOH, http=http)) == ("encrypted_refused", owners)


@pytest.mark.parametrize(
    ("reason", "owners"),
    [
        ("expired", (Owner.SERVICE,)),
        ("wrong_name", (Owner.SERVICE,)),
        ("untrusted", (Owner.HOME, Owner.SERVICE)),
        ("handshake", (Owner.HOME, Owner.ISP, Owner.SERVICE)),
    ],
)
def test_a_server_that_cannot_prove_who_it_is_is_judged_as_every_certificate_is(
    reason: str, owners: tuple[Owner, ...]
) -> None:
    bad = TlsFailed(HERE, reason=reason, issuer="Box")
    good = {NAMES[0]: tls_answer(NAMES[0])}
    at = f"https://{NAMES[0]}:443/"
    http = FakeHttp(pages={at: http_answer(at, Date="Mon, 23 Nov 2026 09:14:00 GMT")})
    outcome = asked(DOT, streams={(HOST, 853): bad}, ports=TAKEN, certificates=good, http=http)
    assert last(outcome) == ("encrypted_opened", owners)


def test_servers_that_fail_in_different_ways_are_nobodys() -> None:
    http = FakeHttp(pages={DOH: http_answer(DOH, 404, b"")})
    bad = TlsFailed(HERE, reason="untrusted", issuer="Box")
    outcome = asked(DOT, DOH, http=http, streams={(HOST, 853): bad}, ports=TAKEN)
    assert last(outcome) == ("encrypted_blocked", (Owner.UNKNOWN,))


# ---- As the profile writes them ----


@pytest.mark.parametrize("url", ["tls://", "tls://[::1", "https://:443/", "tls://host:99999"])
def test_an_encrypted_server_that_names_none_is_refused_in_a_sentence(url: str) -> None:
    with pytest.raises(ValueError, match="names no name server"):
        where_of(url)


def test_ports_of_encrypted_servers_may_be_left_out() -> None:
    assert str(where_of("tls://[2606:4700::1111]")) == "[2606:4700::1111]:853"
    assert str(where_of("https://dns.example/dns-query")) == "dns.example:443"
    assert str(where_of("tls://dns.example:8853")) == "dns.example:8853"
