import asyncio
from typing import Any

import pytest

from readycheck.errors import NetError, Silent, TlsFailed, Where
from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import Interface, ProxySettings
from readycheck.testing import (
    ADDRESS,
    FakeHttp,
    FakeNet,
    FakeStream,
    FakeSystem,
    http_answer,
    run_check,
    tls_answer,
)
from readycheck_checks.captive_portal import CaptivePortalOptions, TestPage, check
from readycheck_checks.portal import whose
from tests.checks.connection_listeners import LOOPBACK, Page, closed_port, real_world, web_server

EMPTY = "http://one.example/generate_204"
TEXT = "http://two.example/connecttest.txt"
OPTIONS = CaptivePortalOptions(
    pages=(TestPage(url=EMPTY, status=204), TestPage(url=TEXT, status=200, body="Microsoft Connect Test"))
)
GOOD = {EMPTY: http_answer(EMPTY, 204), TEXT: http_answer(TEXT, 200, b"Microsoft Connect Test\n")}


def asked(pages: dict[str, Any]) -> CheckResult:
    return asyncio.run(run_check(check, OPTIONS, http=FakeHttp(pages=pages)))


def code(outcome: CheckResult) -> str:
    return outcome.findings[0].code


def real(pages: dict[str, Page]) -> CheckResult:
    with web_server(pages) as port:
        base = f"http://{LOOPBACK}:{port}"
        options = CaptivePortalOptions(
            pages=(
                TestPage(url=f"{base}/generate_204", status=204),
                TestPage(url=f"{base}/success.txt", body="success"),
            )
        )
        return asyncio.run(run_check(check, options, **real_world()))


def test_exact_answers_of_real_servers_rule_a_portal_out() -> None:
    outcome = real({"/generate_204": (204, {}, b""), "/success.txt": (200, {}, b"success\n")})
    assert outcome.status is Status.PASS


def test_a_real_redirect_of_every_page_is_a_portal_and_its_host_is_shown() -> None:
    outcome = real({"*": (302, {"Location": "https://login.hotspot.example/?mac=00:11:22:33:44:55"}, b"")})
    assert (outcome.status, code(outcome)) == (Status.FAIL, "connection.captive_portal")
    assert outcome.findings[0].owner is Owner.HOME
    assert "login.hotspot.example" in outcome.summary
    assert "00:11:22" not in repr(outcome)


def test_a_sign_in_page_in_place_of_the_answer_is_a_portal_too() -> None:
    outcome = real({"*": (200, {}, b"<html>Welcome to the train</html>")})
    assert code(outcome) == "connection.captive_portal"


def test_one_odd_page_beside_a_good_one_is_no_portal() -> None:
    outcome = asked(GOOD | {TEXT: http_answer(TEXT, 403, b"blocked")})
    assert (outcome.status, code(outcome)) == (Status.WARN, "connection.portal_doubtful")
    assert outcome.findings[0].either == (Owner.SERVICE, Owner.HOME, Owner.ISP), "its vendor may answer so"


def test_one_odd_page_beside_silence_is_doubtful_and_no_failure() -> None:
    outcome = asked({TEXT: http_answer(TEXT, 302, location="http://portal.example/")})
    assert outcome.status is Status.WARN
    assert outcome.findings[0].either == (Owner.HOME, Owner.ISP, Owner.SERVICE)


def test_one_odd_page_through_a_vpn_may_be_the_companys() -> None:
    assert whose.of_one(others_answered=True, through_vpn=True).either == (Owner.SERVICE, Owner.COMPANY)


def test_one_good_page_beside_silence_rules_a_portal_out() -> None:
    assert asked({EMPTY: GOOD[EMPTY]}).status is Status.PASS


def test_refusing_pages_of_a_filter_are_not_called_a_sign_in_page() -> None:
    outcome = asked({EMPTY: http_answer(EMPTY, 403, b"no"), TEXT: http_answer(TEXT, 503, b"busy")})
    assert (outcome.status, code(outcome)) == (Status.WARN, "connection.web_intercepted")


def test_silence_of_all_pages_is_unknown() -> None:
    assert asked({}).status is Status.UNKNOWN


def test_a_refused_connection_is_unknown_too() -> None:
    port = closed_port()
    options = CaptivePortalOptions(
        pages=tuple(TestPage(url=f"http://{LOOPBACK}:{port}/{name}", status=204) for name in "ab")
    )
    assert asyncio.run(run_check(check, options, **real_world())).status is Status.UNKNOWN


def test_the_test_pages_are_asked_without_the_proxy() -> None:
    seen: list[Any] = []

    class Watched(FakeHttp):
        async def get(self, url: str, **kwargs: Any) -> Any:
            seen.append(kwargs["proxy"])
            return await super().get(url, **kwargs)

    asyncio.run(run_check(check, OPTIONS, http=Watched(pages=GOOD)))
    assert seen == [False, False]


def test_what_a_portal_says_cannot_steer_the_terminal() -> None:
    page = http_answer(EMPTY, 200, b"\x1b[2J<b>sign in</b>")
    assert "\x1b" not in repr(asked({EMPTY: page, TEXT: page}))


def test_a_redirect_to_what_is_no_address_is_a_portal_all_the_same() -> None:
    outcome = asked({url: http_answer(url, 302, location="http://[half") for url in GOOD})
    assert (outcome.status, code(outcome)) == (Status.FAIL, "connection.captive_portal")


SQUID = {"via": "1.1 cache.hotel.example (squid/5.7)", "x_cache": "HIT from cache.hotel.example"}


def boxed(net: FakeNet, *, proxy: str = "", **headers: Any) -> CheckResult:
    pages = {
        EMPTY: http_answer(EMPTY, 204, **headers),
        TEXT: http_answer(TEXT, 200, b"Microsoft Connect Test", **headers),
    }
    system = FakeSystem(proxies=ProxySettings(source="GNOME", proxy=proxy))
    return asyncio.run(run_check(check, OPTIONS, http=FakeHttp(pages=pages), net=net, system=system))


def test_test_pages_that_a_box_may_have_made_up_prove_nothing_where_the_proxy_leads_nowhere() -> None:
    outcome = boxed(FakeNet(), proxy="proxy.corp.example:8080", **SQUID)
    assert (outcome.status, code(outcome)) == (Status.UNKNOWN, "connection.portal_not_proved")
    where = ("proxy.corp.example", 8080)
    leads = FakeStream(lines=[b"HTTP/1.1 200 Connection established\r\n", b"\r\n"])
    outcome = boxed(
        FakeNet(ports={where: 3.0}, streams={where: leads}), proxy="proxy.corp.example:8080", **SQUID
    )
    assert (outcome.status, code(outcome)) == (Status.PASS, "connection.no_portal")


def test_a_box_that_answers_test_pages_and_lets_nothing_secure_through_fakes_them() -> None:
    outcome = boxed(FakeNet(), **SQUID)
    assert (outcome.status, code(outcome)) == (Status.FAIL, "connection.web_faked")
    assert outcome.findings[0].either == (Owner.HOME, Owner.ISP)
    assert "cache.hotel.example" in outcome.summary


def test_by_a_wrong_clock_a_cache_is_not_taken_for_a_box_that_fakes_pages() -> None:
    old = TlsFailed(Where(host="one.example"), reason="expired")
    outcome = boxed(FakeNet(certificates={"one.example": old, "two.example": old}), **SQUID)
    assert (outcome.status, code(outcome)) == (Status.UNKNOWN, "connection.portal_not_proved")


def test_a_cache_behind_which_secure_pages_answer_is_told_and_is_no_fault() -> None:
    outcome = boxed(FakeNet(certificates={"one.example": tls_answer("one.example")}), **SQUID)
    assert (outcome.status, code(outcome)) == (Status.PASS, "connection.no_portal")
    assert [fact.name for fact in outcome.facts] == ["web_box"]


def test_caches_of_the_vendors_themselves_are_no_box_on_the_way() -> None:
    pages = {
        EMPTY: http_answer(EMPTY, 204, x_cache="HIT", via="1.1 edge.one.example"),
        TEXT: http_answer(TEXT, 200, b"Microsoft Connect Test", x_cache="HIT", via="1.1 edge.two.example"),
    }
    outcome = asked(pages)
    assert (outcome.status, outcome.facts) == (Status.PASS, ())


DENIED = {url: http_answer(url, 302, location="http://deny.corp.example/") for url in GOOD}


def denied(net: FakeNet, **settings: Any) -> CheckResult:
    system = FakeSystem(proxies=ProxySettings(source="GNOME", **settings))
    return asyncio.run(run_check(check, OPTIONS, http=FakeHttp(pages=DENIED), net=net, system=system))


def test_a_page_in_place_of_the_web_is_no_sign_in_page_where_secure_connections_come_through() -> None:
    outcome = denied(FakeNet(certificates={"two.example": tls_answer("two.example")}))
    assert (outcome.status, code(outcome)) == (Status.WARN, "connection.web_intercepted")
    assert (outcome.findings[0].owner, outcome.findings[0].either) == (
        Owner.UNKNOWN,
        (Owner.HOME, Owner.ISP),
    )


VPN = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)


def behind_vpn(source: str, headers: dict[str, Any] | None = None) -> CheckResult:
    """A page of its own for every page, the VPN on; ``source``: our address on the way to whoever answered."""
    net, system = FakeNet(sources={ADDRESS: source}), FakeSystem(network=(VPN,))
    made_up = {
        EMPTY: http_answer(EMPTY, 204, **(headers or {})),
        TEXT: http_answer(TEXT, 200, b"Microsoft Connect Test", **(headers or {})),
    }
    http = FakeHttp(pages=made_up if headers else DENIED)
    return asyncio.run(run_check(check, OPTIONS, http=http, net=net, system=system))


def test_a_page_in_place_of_the_internet_that_comes_through_the_vpn_is_the_companys_filter() -> None:
    outcome = behind_vpn("10.8.0.2")
    assert (code(outcome), outcome.findings[0].owner) == ("connection.captive_portal", Owner.COMPANY)
    assert "VPN" in outcome.summary and "VPN" in outcome.findings[0].remedy


def test_a_page_in_place_of_the_internet_beside_the_vpn_may_be_the_hotels_or_the_companys() -> None:
    outcome = behind_vpn("192.168.1.23")
    assert code(outcome) == "connection.captive_portal"
    assert outcome.findings[0].either == (Owner.HOME, Owner.COMPANY)


def test_a_box_that_makes_test_pages_up_behind_the_vpn_is_the_companys() -> None:
    outcome = behind_vpn("10.8.0.2", SQUID)
    assert (code(outcome), outcome.findings[0].owner) == ("connection.web_faked", Owner.COMPANY)


@pytest.mark.parametrize(
    ("said", "end"),
    [
        (b"HTTP/1.1 407 Sign in\r\n", None),
        (b"HTTP/1.1 200 OK\r\n", Silent(Where(host="one.example"))),
        (b"HTTP/1.1 200 OK\r\n", TlsFailed(Where(host="one.example"), reason="untrusted")),
    ],
)
def test_a_proxy_program_of_this_computer_leads_past_a_page_only_where_its_way_carries(
    said: bytes, end: NetError | None
) -> None:
    where = ("127.0.0.1", 8080)
    net = FakeNet(ports={where: 3.0}, streams={where: FakeStream(lines=[said, b"\r\n"], tls=end)})
    assert code(denied(net, proxy="127.0.0.1:8080")) == "connection.captive_portal"
    carries = FakeStream(lines=[b"HTTP/1.1 200 OK\r\n", b"\r\n"])
    good = FakeNet(ports={where: 3.0}, streams={where: carries})
    assert code(denied(good, proxy="127.0.0.1:8080")) == "connection.web_intercepted"


def test_a_page_that_is_answered_behind_a_vpn_is_the_companys() -> None:
    net = FakeNet(certificates={"two.example": tls_answer("two.example")}, sources={ADDRESS: "10.8.0.2"})
    vpn = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
    http, system = FakeHttp(pages=DENIED), FakeSystem(network=(vpn,))
    outcome = asyncio.run(run_check(check, OPTIONS, http=http, net=net, system=system))
    assert (code(outcome), outcome.findings[0].owner) == ("connection.web_intercepted", Owner.COMPANY)


@pytest.mark.parametrize("said", [b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 407 Sign in\r\n"])
def test_a_page_in_place_of_the_web_is_no_sign_in_page_where_a_proxy_leads_past_it(said: bytes) -> None:
    where = ("proxy.corp.example", 8080)
    net = FakeNet(ports={where: 3.0}, streams={where: FakeStream(lines=[said, b"\r\n"])})
    outcome = denied(net, proxy="proxy.corp.example:8080")
    assert (outcome.status, code(outcome)) == (Status.WARN, "connection.web_intercepted")
    assert "proxy.corp.example:8080" in outcome.summary


def test_a_proxy_whose_ways_the_sign_in_page_redirects_as_well_leads_past_nothing() -> None:
    where = ("proxy.corp.example", 8080)
    net = FakeNet(ports={where: 3.0}, streams={where: FakeStream(lines=[b"HTTP/1.1 302 Found\r\n"])})
    assert code(denied(net, proxy="proxy.corp.example:8080")) == "connection.captive_portal"
    assert code(denied(FakeNet(), proxy="proxy.corp.example:8080")) == "connection.captive_portal"


def test_a_socks_proxy_leads_past_a_page_unless_it_is_a_program_of_this_computer() -> None:
    ports: dict[tuple[str, int], Any] = {("socks.corp.example", 1080): 3.0, ("127.0.0.1", 1080): 0.1}
    assert code(denied(FakeNet(ports=ports), socks="socks.corp.example:1080")) == "connection.web_intercepted"
    assert code(denied(FakeNet(ports=ports), socks="127.0.0.1:1080")) == "connection.captive_portal"


def test_a_product_that_many_content_networks_run_is_no_box_on_the_way() -> None:
    assert boxed(FakeNet(), via="1.1 varnish", x_cache="HIT from varnish").facts == ()
    assert [fact.name for fact in boxed(FakeNet(), via="1.1 hotelbox (squid/5.7)").facts] == ["web_box"]


def test_an_empty_answer_that_announces_a_body_is_odd() -> None:
    assert asked(GOOD | {EMPTY: http_answer(EMPTY, 204, content_length="12")}).status is Status.WARN
