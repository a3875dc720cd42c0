"""Automatic proxy configuration: read, run without network and files, and what comes of it when it is not in order."""

import asyncio
from typing import Any

import pytest

from readycheck.adapters.children import RealChildren
from readycheck.adapters.pac.answers import script_in, ways_in
from readycheck.adapters.pac.evaluate_child import evaluate
from readycheck.adapters.pac.reading import FUNCTION
from readycheck.adapters.ways import WPAD, Ways
from readycheck.errors import ChildFailed, ChildTimeout, Closed, Garbled, NetError, Refused, Silent
from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import HttpAnswer, Interface, Meter, Pac, ProxySettings, WayKind
from readycheck.testing import (
    FakeChildren,
    FakeHttp,
    FakeNet,
    FakeStream,
    FakeSystem,
    NameUnknown,
    Where,
    http_answer,
    run_check,
)
from readycheck_checks.pac.answers import sign_ins_in, status_of
from readycheck_checks.proxy import ProxyOptions, check

FILE = "http://wpad.corp.example/proxy.pac"
URL = "https://www.example.org/"
SCRIPT = b"function FindProxyForURL(url, host) { return 'PROXY proxy.corp.example:8080; DIRECT'; }"
CONTROL = "192.0.2.1:443"
PROXY = ("proxy.corp.example", 8080)


def said(script: str, url: str = URL, host: str = "www.example.org", **names: str) -> dict[str, Any]:
    table = {name.replace("_", "."): address for name, address in names.items()}
    request = {"script": script, "own": "192.168.1.10", "names": table, "urls": {url: host}}
    return evaluate(request, lambda *_: None)


def returned(expression: str, **names: str) -> Any:
    told = said(f"function FindProxyForURL(url, host) {{ return {expression}; }}", **names)
    return told["results"][URL] if "results" in told else told


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("isPlainHostName('intranet')", "true"),
        ("isPlainHostName(host)", "false"),
        ("dnsDomainIs(host, '.example.org')", "true"),
        ("localHostOrDomainIs('www', 'www.example.org')", "true"),
        ("dnsDomainLevels(host)", "2"),
        ("shExpMatch(url, 'https://*.example.org/*')", "true"),
        ("shExpMatch('abc', 'a?d')", "false"),
        ("shExpMatch('', '*')", "true"),
        ("isInNet('10.1.2.3', '10.0.0.0', '255.0.0.0')", "true"),
        ("isInNet(dnsResolve(host), '10.0.0.0', '255.0.0.0')", "true"),
        ("isInNet('11.1.2.3', '10.0.0.0', '255.0.0.0')", "false"),
        ("isInNet('nowhere.example', '10.0.0.0', '255.0.0.0')", "false"),
        ("isInNetEx('10.1.2.3', '10.0.0.0/8')", "true"),
        ("myIpAddress()", "192.168.1.10"),
        ("isResolvable('nowhere.example')", "false"),
        ("weekdayRange('SUN', 'SAT')", "true"),
        ("timeRange(0, 24)", "true"),
        ("dateRange('JAN', 'DEC')", "true"),
        ("dateRange(1, 'JAN', 2020, 31, 'DEC', 2199)", "true"),
        ("dateRange(1990)", "false"),
        ("typeof require + typeof fetch + typeof std + typeof os", "undefined" * 4),
    ],
)
def test_what_a_file_may_call_says_what_it_says_in_browsers(expression: str, value: str) -> None:
    assert returned(expression, www_example_org="10.9.9.9") == value


def test_names_that_the_file_wants_looked_up_are_noted_and_not_looked_up() -> None:
    told = said("function FindProxyForURL(u, h) { dnsResolve('db.corp.example'); return 'DIRECT'; }")
    assert told["asked"] == ["db.corp.example"]


@pytest.mark.parametrize(
    "script",
    [
        "function FindProxyForURL( {",
        "function other() {}",
        "function FindProxyForURL() { throw 'no' }",
        "function FindProxyForURL() { return FindProxyForURL() }",
        "function FindProxyForURL() { let all = []; while (true) all.push(new Array(1000).fill(1)); }",
        "function FindProxyForURL() { return '\\ud800' }",
        "JSON.stringify = null; function FindProxyForURL() { return 'DIRECT' }",
    ],
)
def test_a_file_that_cannot_be_run_says_so_and_breaks_nothing(script: str) -> None:
    assert set(said(script)) == {"broken"}


def test_ways_are_read_in_their_order() -> None:
    ways = ways_in("PROXY a.example:3128; https b.example; SOCKS5 [2001:db8::1]:1081; DIRECT")
    assert [(way.kind, str(way)) for way in ways] == [
        (WayKind.HTTP, "PROXY a.example:3128"),
        (WayKind.HTTPS, "HTTPS b.example:443"),
        (WayKind.SOCKS, "SOCKS [2001:db8::1]:1081"),
        (WayKind.DIRECT, "directly"),
    ]


@pytest.mark.parametrize(
    "text", ["", ";;;", "PROXY", "PROXY user:pw@host:1", "TELEPORT a:1", "PROXY a:99999", "null"]
)
def test_what_names_no_way_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="no way"):
        ways_in(text)


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"HTTP/1.1 200 OK\r\n", 200),
        (b"HTTP/1.0 407\r\n", 407),
        (b"HTTP/2 200\r\n", None),
        (b"HTTP/1.1 2000\r\n", None),
        (b"", None),
    ],
)
def test_the_first_line_of_an_answer_is_read_by_its_form(line: bytes, status: int | None) -> None:
    assert status_of(line) == status


def test_ways_to_sign_in_are_read_once_each() -> None:
    lines = [
        b"Proxy-Authenticate: NTLM\r\n",
        b"proxy-authenticate: Basic realm=x\r\n",
        b"Proxy-Authenticate: NTLM abc\r\n",
    ]
    assert sign_ins_in([*lines, b"\xff\xff: \r\n", b"Proxy-Authenticate: \x1b[2J\r\n"]) == ("NTLM", "Basic")


def test_a_page_is_no_script() -> None:
    assert "FindProxyForURL" in script_in(b"\xef\xbb\xbffunction FindProxyForURL() {}")
    with pytest.raises(ValueError, match="no function"):
        script_in(b"<html>sign in</html>")


# ---- the check ----


def asked(
    file: HttpAnswer | NetError,
    *,
    answer: Any = None,
    control: bool = True,
    children: Any = None,
    system: FakeSystem | None = None,
    **net: Any,
) -> CheckResult:
    ports = {PROXY: 3.0, **({("192.0.2.1", 443): 9.0} if control else {})}
    stream = FakeStream(lines=[b"HTTP/1.1 200 OK\r\n", b"\r\n"])
    world = FakeNet(ports=ports, **{"streams": {PROXY: stream}} | net)
    answers = {"results": {URL: "PROXY proxy.corp.example:8080"}, "asked": []} if answer is None else answer
    desktop = system or FakeSystem(proxies=ProxySettings(source="GNOME", pac_url=FILE))
    options = ProxyOptions(tcp_controls=(CONTROL,))
    pages = FakeHttp(pages={file_of(desktop): file})
    offspring = children or FakeChildren(answers={FUNCTION: answers})
    pages.file = read(world, pages, desktop, offspring, options.urls)
    return asyncio.run(run_check(check, options, net=world, http=pages, system=desktop))


def file_of(desktop: FakeSystem) -> str:
    return (desktop.proxies and desktop.proxies.pac_url) or WPAD


def read(
    net: FakeNet, http: FakeHttp, desktop: FakeSystem, children: Any, urls: tuple[str, ...]
) -> Pac | None:
    """As a run reads it."""
    ways = Ways(
        system=desktop, net=net, http=http, children=children, meter=Meter(), hosts=("www.example.org",)
    )
    return asyncio.run(ways.pac(urls))


def codes(outcome: CheckResult) -> list[str]:
    return [finding.code for finding in outcome.findings]


def test_a_file_that_names_a_proxy_has_that_proxy_tried() -> None:
    outcome = asked(http_answer(FILE, 200, SCRIPT))
    assert (outcome.status, codes(outcome)) == (Status.PASS, ["connection.pac", "connection.proxy"])


def test_a_dead_proxy_with_another_way_after_it_only_costs_time() -> None:
    answer = {"results": {URL: "PROXY gone.example:1; DIRECT"}, "asked": []}
    outcome = asked(http_answer(FILE, 200, SCRIPT), answer=answer)
    assert (outcome.status, codes(outcome)) == (Status.WARN, ["connection.pac", "connection.proxy_silent"])
    assert "open late" in outcome.summary


def test_a_file_that_sends_everything_directly_needs_no_proxy() -> None:
    outcome = asked(http_answer(FILE, 200, SCRIPT), answer={"results": {URL: "DIRECT"}, "asked": []})
    assert codes(outcome) == ["connection.pac"]


def test_a_file_is_run_in_a_child_of_its_own() -> None:
    outcome = asked(http_answer(FILE, 200, SCRIPT), children=RealChildren())
    assert codes(outcome) == ["connection.pac", "connection.proxy"]


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (http_answer(FILE, 404), "connection.pac_missing"),
        (http_answer(FILE, 200, b"<html>"), "connection.pac_no_script"),
        (Refused(Where(host="wpad.corp.example")), "connection.pac_unreachable"),
        (Silent(Where(host="wpad.corp.example")), "connection.pac_unreachable"),
    ],
)
def test_a_file_that_does_not_come_is_told_apart_by_what_came(file: HttpAnswer | NetError, code: str) -> None:
    outcome = asked(file)
    assert (outcome.status, codes(outcome)) == (Status.WARN, [code])
    assert outcome.findings[0].either == (Owner.COMPANY, Owner.DEVICE)


def test_silence_of_everything_proves_nothing_against_the_file() -> None:
    silence = Silent(Where(host="wpad.corp.example"))
    assert codes(asked(silence, control=False)) == ["connection.pac_not_proved"]


def test_a_file_inside_the_company_is_no_fault_where_no_vpn_is_connected() -> None:
    gone = NameUnknown(Where(host="wpad.corp.example"))
    names: dict[str, Any] = {"wpad.corp.example": gone, "www.example.org": ("192.0.2.80",)}
    assert codes(asked(gone, names=names)) == ["connection.pac_inside"]


def test_a_file_that_may_lie_inside_proves_nothing_by_its_silence() -> None:
    private: dict[str, Any] = {"wpad.corp.example": ("10.20.0.13",)}
    outcome = asked(Silent(Where(host="x")), names=private)
    assert (outcome.status, codes(outcome)) == (Status.UNKNOWN, ["connection.pac_not_proved"])
    gone = NameUnknown(Where(host="wpad.corp.example"))
    nothing_is_known: dict[str, Any] = {"wpad.corp.example": gone, "www.example.org": gone}
    assert codes(asked(gone, names=nothing_is_known)) == ["connection.pac_not_proved"]


@pytest.mark.parametrize("kind", [Refused, Closed, Garbled])
def test_a_private_server_that_turns_the_question_away_is_reached_and_not_out_of_reach(
    kind: type[NetError],
) -> None:
    outcome = asked(kind(Where(host="x")), names={"wpad.corp.example": ("10.1.2.3",)})
    assert (outcome.status, codes(outcome)) == (Status.WARN, ["connection.pac_unreachable"])


def test_several_addresses_of_one_host_break_no_file() -> None:
    urls = (URL, f"{URL}mail", "https://other.example/")
    answers = {"results": {URL: "DIRECT", "https://other.example/": "PROXY a:1"}, "asked": []}
    http = FakeHttp(pages={FILE: http_answer(FILE, 200, SCRIPT)})
    desktop = FakeSystem(proxies=ProxySettings(source="KDE", pac_url=FILE))
    pac = read(FakeNet(), http, desktop, FakeChildren(answers={FUNCTION: answers}), urls)
    assert pac is not None
    assert (pac.trouble, [pac.ways[url][0].kind for url in urls]) == (None, ["DIRECT", "DIRECT", "PROXY"])


def test_a_proxy_is_not_blamed_where_names_that_the_file_wanted_were_not_looked_up() -> None:
    wanted = {"results": {URL: "PROXY gone.example:1"}, "asked": ["db.corp.example"]}
    outcome = asked(http_answer(FILE, 200, SCRIPT), answer=wanted)
    assert (outcome.status, codes(outcome)) == (
        Status.UNKNOWN,
        ["connection.pac", "connection.proxy_not_proved"],
    )
    known = {"results": {URL: "PROXY gone.example:1"}, "asked": []}
    assert asked(http_answer(FILE, 200, SCRIPT), answer=known).status is Status.FAIL


def test_a_file_inside_the_company_is_missed_where_the_vpn_is_connected() -> None:
    tunnel = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
    system = FakeSystem(network=(tunnel,), proxies=ProxySettings(source="KDE", pac_url=FILE))
    outcome = asked(NameUnknown(Where(host="wpad.corp.example")), system=system)
    assert codes(outcome) == ["connection.pac_unreachable"]


@pytest.mark.parametrize(
    ("answer", "code", "status"),
    [
        ({"broken": "SyntaxError"}, "connection.pac_broken", Status.WARN),
        ({"broken": "InternalError: interrupted"}, "connection.pac_endless", Status.WARN),
        ({"results": {URL: "undefined"}, "asked": []}, "connection.pac_broken", Status.WARN),
        (ChildTimeout("late"), "connection.pac_endless", Status.WARN),
        (ChildFailed("No module named 'quickjs'"), "connection.pac_untried", Status.UNKNOWN),
    ],
)
def test_a_file_that_cannot_be_run_is_told_apart_by_why(answer: Any, code: str, status: Status) -> None:
    outcome = asked(http_answer(FILE, 200, SCRIPT), answer=answer)
    assert (outcome.status, codes(outcome)) == (status, [code])


def test_a_query_of_the_files_address_is_not_shown() -> None:
    system = FakeSystem(proxies=ProxySettings(source="GNOME", pac_url=f"{FILE}?user=anna"))
    assert "anna" not in repr(asked(http_answer(FILE, 404), system=system).facts)


def detecting(file: HttpAnswer | NetError, answer: Any = None) -> CheckResult:
    return asked(file, answer=answer, system=FakeSystem(proxies=ProxySettings(source="GNOME", detects=True)))


def test_a_file_that_the_network_offers_is_tried_like_one_that_is_set() -> None:
    outcome = detecting(http_answer(WPAD, 200, SCRIPT))
    assert (outcome.status, codes(outcome)) == (Status.PASS, ["connection.pac", "connection.proxy"])
    assert "WPAD" in repr(outcome.facts)


@pytest.mark.parametrize(
    "file", [NameUnknown(Where(host="wpad")), http_answer(WPAD, 404), http_answer(WPAD, 200, b"<html>")]
)
def test_a_network_that_offers_no_file_by_name_proves_no_absence_of_a_proxy(
    file: HttpAnswer | NetError,
) -> None:
    outcome = detecting(file)
    assert (outcome.status, codes(outcome)) == (Status.UNKNOWN, ["connection.proxy_not_told"])
    assert "DHCP" in outcome.summary


def test_a_file_that_the_network_offers_and_that_cannot_be_run_is_told() -> None:
    assert codes(detecting(http_answer(WPAD, 200, SCRIPT), {"broken": "SyntaxError"})) == [
        "connection.pac_broken"
    ]


@pytest.mark.parametrize(
    ("answered", "set_", "offered"),
    [
        (b"HTTP/1.1 403 Forbidden\r\n", (Owner.COMPANY,), (Owner.COMPANY, Owner.HOME)),
        (
            b"HTTP/1.1 407 Proxy Authentication Required\r\n",
            (Owner.DEVICE, Owner.COMPANY),
            (Owner.COMPANY, Owner.HOME, Owner.DEVICE),
        ),
    ],
)
def test_a_proxy_that_the_network_offers_may_be_the_hotels_and_one_that_is_set_is_not(
    answered: bytes, set_: tuple[Owner, ...], offered: tuple[Owner, ...]
) -> None:
    def parties(outcome: CheckResult) -> tuple[Owner, ...]:
        found = outcome.findings[-1]
        return found.either or (found.owner,)

    def door() -> dict[tuple[str, int], FakeStream]:
        return {PROXY: FakeStream(lines=[answered, b"\r\n"])}

    assert parties(asked(http_answer(FILE, 200, SCRIPT), streams=door())) == set_
    by_network = FakeSystem(proxies=ProxySettings(source="GNOME", detects=True))
    outcome = asked(http_answer(WPAD, 200, SCRIPT), system=by_network, streams=door())
    assert parties(outcome) == offered
