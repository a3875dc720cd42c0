import asyncio
import time
from collections.abc import Mapping
from typing import Any

import msgspec
import pytest

from readycheck.api import Hop, HopKind
from readycheck.errors import NetError, Refused, TlsFailed
from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import Interface
from readycheck.testing import (
    FakeHttp,
    FakeNet,
    FakeStream,
    FakeSystem,
    NoRoute,
    Silent,
    Where,
    run_check,
    tls_answer,
)
from readycheck_checks.internet import InternetOptions, check
from tests.checks.connection_listeners import LOOPBACK, closed_port, real_world, silent_tcp, tcp_listener

TARGETS = ("192.0.2.1:443", "198.51.100.1:443", "[2001:db8::1]:443")
OPTIONS = InternetOptions(targets=TARGETS)


def asked(ports: Mapping[tuple[str, int], float | NetError], **world: Any) -> CheckResult:
    return asyncio.run(run_check(check, OPTIONS, net=FakeNet(ports=ports), **world))


def test_one_answer_is_enough_and_its_time_is_shown() -> None:
    outcome = asked({("198.51.100.1", 443): 23.4})
    assert outcome.status is Status.PASS
    assert outcome.measurements[0].value == 23.4


def test_each_ip_version_is_told_apart() -> None:
    outcome = asked({("198.51.100.1", 443): 23.4})
    assert {fact.title: fact.value for fact in outcome.facts} == {
        "IPv4": "answers",
        "IPv6": "not in use here",
    }


def test_silence_of_all_addresses_is_no_internet_and_nobody_is_blamed_yet() -> None:
    outcome = asked({})
    assert (outcome.status, outcome.findings[0].code) == (Status.FAIL, "connection.no_internet")
    assert outcome.findings[0].owner is Owner.UNKNOWN


def test_no_route_everywhere_is_no_internet_too() -> None:
    ports = {
        ("192.0.2.1", 443): NoRoute(Where(host="192.0.2.1")),
        ("198.51.100.1", 443): Silent(Where(host="x")),
    }
    assert asked(ports).findings[0].code == "connection.no_internet"


def test_a_refusal_proves_that_something_is_there_and_is_no_dead_line() -> None:
    outcome = asked({("192.0.2.1", 443): Refused(Where(host="192.0.2.1", port=443))})
    assert (outcome.status, outcome.findings[0].code) == (Status.WARN, "connection.internet_refused")


def test_a_network_that_leads_out_through_an_answering_proxy_only_is_not_called_dead() -> None:
    http = FakeHttp(proxies={"https://www.example.org/": "http://anna:secret@proxy.example:8080"})
    outcome = asked({("proxy.example", 8080): 5.0}, http=http)
    assert (outcome.status, outcome.findings[0].code) == (Status.WARN, "connection.proxy_only")
    assert "secret" not in repr(outcome)


def test_a_target_that_is_a_name_is_a_mistake_in_the_profile() -> None:
    with pytest.raises(ValueError, match=r'"dns\.example:443": write an address'):
        InternetOptions(targets=("192.0.2.1:443", "dns.example:443"))


def test_a_proxy_that_is_silent_as_well_does_not_save_a_dead_line() -> None:
    http = FakeHttp(proxies={"https://www.example.org/": "http://proxy.example:8080"})
    assert asked({}, http=http).findings[0].code == "connection.no_internet"


def test_what_is_stated_covers_the_dearer_of_both_ways() -> None:
    """A lookup counts 200 bytes, a connection 180, a secure one 5000 more, a look at the hops 2400: as the meter counts them."""
    names = InternetOptions(targets=TARGETS, by_name=("www.one.example:443", "www.two.example:443"))
    answered = 3 * 180 + 2 * (2 * 200 + (3 + 2 + 1) * 180 + 2_400)
    silent = 3 * 180 + 2 * (200 + 180 + 5_000) + 2_400 + 180
    for options, least in ((OPTIONS, 3 * 180 + 2 * (4 * 180 + 2_400)), (names, max(answered, silent))):
        assert check.cost_of(options, True).bytes >= least


def test_real_listeners_are_measured_and_a_silent_one_does_not_hold_the_check_up() -> None:
    with tcp_listener() as port, silent_tcp() as silent:
        started = time.monotonic()
        options = InternetOptions(targets=(f"{LOOPBACK}:{port}", f"{LOOPBACK}:{silent}"))
        outcome = asyncio.run(run_check(check, options, **real_world()))
    assert outcome.status is Status.PASS
    assert time.monotonic() - started < 2.0


def test_an_ipv6_listener_is_asked_by_its_literal_address() -> None:
    try:
        with tcp_listener("::1") as port:
            options = InternetOptions(targets=(f"[::1]:{port}", f"{LOOPBACK}:{closed_port()}"))
            outcome = asyncio.run(run_check(check, options, **real_world()))
    except OSError:
        pytest.skip("no IPv6 loopback here")
    assert outcome.status is Status.PASS


def test_real_silence_ends_in_time() -> None:
    with silent_tcp() as one, silent_tcp() as other:
        options = InternetOptions(targets=(f"{LOOPBACK}:{one}", f"{LOOPBACK}:{other}"), wait_s=1.0)
        started = time.monotonic()
        outcome = asyncio.run(run_check(check, options, **real_world()))
    assert outcome.findings[0].code == "connection.no_internet"
    assert time.monotonic() - started < 3.0


@pytest.mark.parametrize(
    "targets", [["192.0.2.1:443"], ["192.0.2.1", "198.51.100.1:443"], ["2001:db8::1:443", "a:1"]]
)
def test_a_profile_with_one_target_or_without_ports_is_refused(targets: list[str]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"targets": targets}, InternetOptions)


HOME, ISP = "192.168.1.1", "203.0.113.1"
FORBIDS = Hop(kind=HopKind.PROHIBITED, address=HOME)
NO_WAY = Hop(kind=HopKind.NO_ROUTE, address=HOME)
HERE = Hop(kind=HopKind.PROHIBITED, here=True)


@pytest.mark.parametrize(
    ("tcp", "udp", "owner", "either"),
    [
        ((HOME, ISP), (HOME, ISP), Owner.ISP, ()),
        ((HOME,), (HOME,), Owner.UNKNOWN, (Owner.HOME, Owner.ISP)),
        ((NO_WAY, NO_WAY), (NO_WAY,), Owner.UNKNOWN, (Owner.HOME, Owner.ISP)),
        ((HOME, FORBIDS), (HOME,), Owner.HOME, ()),
        ((HOME,), (HOME, ISP), Owner.HOME, ()),
        ((), (HERE, HERE), Owner.DEVICE, ()),
        ((), (HOME, ISP), Owner.UNKNOWN, (Owner.HOME, Owner.DEVICE)),
        ((), (), Owner.UNKNOWN, ()),
    ],
)
def test_a_dead_line_is_theirs_who_got_its_packets_last(
    tcp: tuple[Any, ...], udp: tuple[Any, ...], owner: Owner, either: tuple[Owner, ...]
) -> None:
    net = FakeNet(hops={("tcp", "198.51.100.1", 443): tcp, ("udp", "198.51.100.1", 443): udp})
    options = msgspec.structs.replace(OPTIONS, targets=("[2001:db8::1]:443", "198.51.100.1:443"))
    (found,) = asyncio.run(run_check(check, options, net=net)).findings
    assert (found.code, found.owner, found.either) == ("connection.no_internet", owner, either)


def test_packets_are_followed_only_where_nothing_else_explains_the_silence() -> None:
    answers = FakeNet(ports={("198.51.100.1", 443): 23.4})
    refused = FakeNet(ports={("192.0.2.1", 443): Refused(Where(host="x"))})
    for net in (answers, refused):
        asyncio.run(run_check(check, OPTIONS, net=net))
        assert net.probed == []


NAMED = InternetOptions(targets=TARGETS, by_name=("www.one.example:443", "www.two.example:443"))


def test_a_network_that_holds_back_public_name_servers_only_is_not_called_dead() -> None:
    net = FakeNet(certificates={"www.two.example": tls_answer("www.two.example")})
    outcome = asyncio.run(run_check(check, NAMED, net=net))
    assert (outcome.status, outcome.findings[0].code) == (Status.PASS, "connection.internet")
    assert "www.two.example" in outcome.summary


def test_a_host_asked_by_name_that_cannot_prove_who_it_is_does_not_save_a_dead_line() -> None:
    stranger = TlsFailed(Where(host="www.one.example", port=443), reason="untrusted")
    outcome = asyncio.run(run_check(check, NAMED, net=FakeNet(certificates={"www.one.example": stranger})))
    assert (outcome.status, outcome.findings[0].code) == (Status.FAIL, "connection.no_internet")
    assert "asked_by_name" in {fact.name for fact in outcome.facts}


def test_silence_at_the_far_end_of_a_vpn_points_to_the_vpn_and_not_to_the_router() -> None:
    tunnel = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
    net = FakeNet(sources={"192.0.2.1": "10.8.0.2"})
    outcome = asyncio.run(run_check(check, OPTIONS, net=net, system=FakeSystem(network=(tunnel,))))
    assert (outcome.status, outcome.findings[0].code) == (Status.FAIL, "connection.no_internet_vpn")
    assert outcome.findings[0].owner is Owner.UNKNOWN
    assert outcome.findings[0].remedy.startswith("Disconnect the VPN")


def test_where_everyday_hosts_do_not_answer_either_a_refusal_by_everybody_is_a_failure() -> None:
    refused = Refused(Where(host="x"))
    net = FakeNet(ports={("192.0.2.1", 443): refused, ("198.51.100.1", 443): refused})
    options = msgspec.structs.replace(OPTIONS, by_name=("www.one.example:443",))
    finding = asyncio.run(run_check(check, options, net=net)).findings[0]
    assert (finding.status, finding.code) == (Status.FAIL, "connection.internet_refused")


OWN6 = "2a00:77:1::10"  # an address of this computer that leads out
BROKEN6: dict[str, str | None] = {"2001:db8::1": OWN6}


def both(
    ports: dict[tuple[str, int], float | NetError], sources: dict[str, str | None], **more: Any
) -> CheckResult:
    net = FakeNet(ports={("192.0.2.1", 443): 20.0, **ports}, sources=sources, **more)
    return asyncio.run(run_check(check, OPTIONS, net=net))


def codes(outcome: CheckResult) -> list[str]:
    return [finding.code for finding in outcome.findings]


def test_an_ipv6_address_that_leads_nowhere_is_a_warning_and_no_failure() -> None:
    options = msgspec.structs.replace(OPTIONS, by_name=("www.example:443",))
    net = FakeNet(
        ports={("192.0.2.1", 443): 20.0},
        sources={**BROKEN6, "2001:db8::9": OWN6},
        names={"www.example": ("2001:db8::9", "192.0.2.9")},
    )
    outcome = asyncio.run(run_check(check, options, net=net))
    assert (outcome.status, codes(outcome)) == (
        Status.WARN,
        ["connection.internet", "connection.ipv6_broken"],
    )


def test_public_name_servers_that_are_closed_for_ipv6_do_not_make_it_broken() -> None:
    options = msgspec.structs.replace(OPTIONS, by_name=("www.example:443",))
    net = FakeNet(
        ports={("192.0.2.1", 443): 20.0, ("2001:db8::9", 443): 25.0},
        sources=BROKEN6,
        names={"www.example": ("2001:db8::9",)},
    )
    assert asyncio.run(run_check(check, options, net=net)).status is Status.PASS


@pytest.mark.parametrize("source", [None, "fe80::1", "fd00::10", "2001:0:1::1"])
def test_ipv6_without_an_address_that_leads_out_is_absent_and_fine(source: str | None) -> None:
    assert codes(both({}, {"2001:db8::1": source})) == ["connection.internet"]


def test_ipv6_that_is_turned_away_at_once_costs_nothing_and_is_only_told() -> None:
    outcome = both({("2001:db8::1", 443): NoRoute(Where(host="x"))}, BROKEN6)
    assert outcome.status is Status.PASS
    assert {fact.title: fact.value for fact in outcome.facts}["IPv6"] == "turned away at once"


def test_ipv6_that_answers_late_is_no_broken_one() -> None:
    class Late(FakeNet):
        asked = 0

        async def tcp(self, host: str, port: int, *, timeout_s: float = 4.0) -> Any:
            self.asked += ":" in host
            if ":" in host and self.asked > 1:
                self.ports = {**self.ports, (host, port): 900.0}
            return await super().tcp(host, port, timeout_s=timeout_s)

    net = Late(ports={("192.0.2.1", 443): 20.0}, sources=BROKEN6)
    assert asyncio.run(run_check(check, OPTIONS, net=net)).status is Status.PASS


def test_one_silent_target_alone_does_not_prove_that_ipv6_is_broken() -> None:
    assert codes(both({}, BROKEN6)) == ["connection.internet"]


def test_ipv4_that_leads_nowhere_beside_ipv6_is_told() -> None:
    net = FakeNet(ports={("2001:db8::1", 443): 20.0}, sources={**BROKEN6})
    outcome = asyncio.run(run_check(check, OPTIONS, net=net))
    assert codes(outcome) == ["connection.internet", "connection.ipv4_broken"]


@pytest.mark.parametrize("host", ["127.0.0.1", "192.168.1.9"])
@pytest.mark.parametrize("said", [(), (b"HTTP/1.1 502 Bad Gateway\r\n",)])
def test_a_near_proxy_that_brings_nobody_does_not_save_a_dead_line(
    host: str, said: tuple[bytes, ...]
) -> None:
    stream = FakeStream(lines=list(said))
    net = FakeNet(ports={(host, 8080): 0.1}, streams={(host, 8080): stream}, sources={host: "192.168.1.23"})
    http = FakeHttp(proxies={"https://www.example.org/": f"http://{host}:8080"})
    outcome = asyncio.run(run_check(check, OPTIONS, net=net, http=http, system=FakeSystem()))
    assert (outcome.status, outcome.findings[0].code) == (Status.FAIL, "connection.no_internet")


def test_a_near_proxy_that_opens_ways_leads_out() -> None:
    where = ("127.0.0.1", 8080)
    stream = FakeStream(lines=[b"HTTP/1.1 200 Connection established\r\n", b"\r\n"])
    http = FakeHttp(proxies={"https://www.example.org/": "http://127.0.0.1:8080"})
    net = FakeNet(ports={where: 0.1}, streams={where: stream})
    outcome = asyncio.run(run_check(check, OPTIONS, net=net, http=http, system=FakeSystem()))
    assert (outcome.status, outcome.findings[0].code) == (Status.WARN, "connection.proxy_only")
