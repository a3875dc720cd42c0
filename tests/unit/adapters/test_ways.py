"""The way of web pages where the environment names none: settings by hand, a configuration file, the network asked for one."""

import asyncio
import threading
from collections.abc import Sequence
from typing import Any

import pytest

from readycheck.adapters.children import RealChildren
from readycheck.adapters.http import RealHttp
from readycheck.adapters.net import RealNet
from readycheck.adapters.pac.reading import FUNCTION
from readycheck.adapters.ways import WPAD, Ways, excepted, pac_server
from readycheck.errors import NameUnknown, NetError, Refused, Silent
from readycheck.ports import HttpAnswer, Meter, PacTrouble, ProxySettings
from readycheck.testing import FakeChildren, FakeHttp, FakeNet, FakeSystem, Where, http_answer
from tests.unit.adapters import listeners

FILE = "http://files.corp.example/proxy.pac"
PAGE = "https://www.example.org/path?secret=1"
SCRIPT = """function FindProxyForURL(url, host) {
  if (host == "intranet.corp.example") return "DIRECT";
  if (url.indexOf("secret") >= 0) return "PROXY leak.example:1";
  return "PROXY one.corp.example:8080";
}"""


def ways(
    settings: ProxySettings | None,
    *,
    page: HttpAnswer | NetError | None = None,
    hosts: Sequence[str] = (),
    children: Any = None,
    **net: Any,
) -> Ways:
    url = (settings and settings.pac_url) or WPAD
    return Ways(
        system=FakeSystem(proxies=settings),
        net=FakeNet(**net),
        http=FakeHttp(pages={url: page} if page is not None else {}),
        children=children or RealChildren(),
        meter=Meter(),
        hosts=hosts,
    )


def by_file(script: str = SCRIPT, **more: Any) -> Ways:
    page = http_answer(FILE, 200, script.encode())
    return ways(ProxySettings(source="GNOME", pac_url=FILE), page=page, **more)


def way(asked: Ways, url: str = PAGE) -> str | None:
    return asyncio.run(asked.proxy_for(url))


def test_without_settings_the_way_is_direct() -> None:
    assert way(ways(None)) is None
    assert way(ways(ProxySettings(source="KDE"))) is None


def test_a_proxy_by_hand_is_taken_for_its_kind_of_pages_and_not_for_what_is_left_out() -> None:
    settings = ProxySettings(
        source="GNOME", proxy="proxy.acme:8080", plain="plain.acme:80", but=("*.corp.example",)
    )
    assert way(ways(settings)) == "http://proxy.acme:8080"
    assert way(ways(settings), "http://www.example.org/") == "http://plain.acme:80"
    assert way(ways(settings), "https://intranet.corp.example/") is None
    assert way(ways(ProxySettings(source="GNOME", socks="socks.acme:1080"))) is None


@pytest.mark.parametrize(
    ("host", "left_out"),
    [
        ("a.corp.example", True),
        ("corp.example", False),
        ("www.other.example", True),
        ("10.1.2.3", True),
        ("11.1.2.3", False),
        ("fd00::1", True),
        ("printer", True),
        ("www.example.org", False),
    ],
)
def test_hosts_are_left_out_by_name_domain_network_and_as_names_without_a_dot(
    host: str, left_out: bool
) -> None:
    patterns = ("*.corp.example", "WWW.other.example", "10.0.0.0/8", "fd00::/8", "<local>", "no/network")
    assert excepted(host, patterns) is left_out


def test_a_configuration_file_names_the_way_for_each_host_and_learns_no_path() -> None:
    asked = by_file(hosts=("www.example.org", "intranet.corp.example"))
    assert way(asked) == "http://one.corp.example:8080"
    assert way(asked, "https://intranet.corp.example/") is None


def test_hosts_of_the_plan_are_asked_for_in_one_child_and_a_host_of_later_once() -> None:
    answer = {
        "results": {f"{scheme}://www.example.org/": "PROXY p.example:1" for scheme in ("https", "http")},
        "asked": [],
    }
    children = FakeChildren(answers={FUNCTION: answer})
    asked = by_file(hosts=("www.example.org",), children=children)

    async def all_of_it() -> list[str | None]:
        return [
            await asked.proxy_for(url)
            for url in (PAGE, PAGE, "https://later.example/", "https://later.example/")
        ]

    assert asyncio.run(all_of_it()) == ["http://p.example:1"] * 2 + [None] * 2
    assert [list(request["urls"].values())[-1] for _, request in children.asked] == [
        "www.example.org",
        "later.example",
    ]


@pytest.mark.parametrize(
    "page",
    [
        http_answer(FILE, 404),
        http_answer(FILE, 200, b"<html>"),
        http_answer(FILE, 200, b"function FindProxyForURL( {"),
        http_answer(FILE, 200, b"function FindProxyForURL() { return 7 }"),
        Silent(Where(host="files.corp.example")),
    ],
)
def test_a_file_that_fails_means_directly(page: HttpAnswer | NetError) -> None:
    assert way(ways(ProxySettings(source="KDE", pac_url=FILE), page=page)) is None


def test_a_file_without_an_end_means_directly_and_says_so() -> None:
    asked = by_file(
        "function FindProxyForURL() { while (true) {} }", hosts=("www.example.org", "other.example")
    )
    assert way(asked) is None
    pac = asyncio.run(asked.pac((PAGE,)))
    assert pac is not None and pac.trouble is PacTrouble.ENDLESS


def test_a_file_that_breaks_for_one_host_is_of_use_for_the_others() -> None:
    script = (
        "function FindProxyForURL(u, h) { if (h == 'bad.example') throw 'no'; return 'PROXY p.example:1'; }"
    )
    asked = by_file(script, hosts=("bad.example", "www.example.org"))
    assert (way(asked), way(asked, "https://bad.example/")) == ("http://p.example:1", None)


def test_addresses_that_the_file_wants_are_looked_up_for_the_hosts_it_is_asked_for_and_no_others() -> None:
    script = """function FindProxyForURL(url, host) {
      dnsResolve("db.corp.example");
      return isInNet(host, "10.0.0.0", "255.0.0.0") ? "DIRECT" : "PROXY p.example:1";
    }"""
    names: dict[str, Any] = {
        "www.example.org": ("2001:db8::1", "10.1.2.3"),
        "gone.example": NameUnknown(Where(host="gone.example")),
    }
    asked = by_file(script, names=names)
    assert (way(asked), way(asked, "https://gone.example/")) == (None, "http://p.example:1")
    pac = asyncio.run(asked.pac(("https://gone.example/",)))
    assert pac is not None and pac.unknown == ("db.corp.example",)


@pytest.mark.parametrize(
    ("said", "alive", "taken"),
    [
        ("PROXY one.example:1; PROXY two.example:2", (), "http://one.example:1"),
        ("PROXY one.example:1; PROXY two.example:2", ("two.example",), "http://two.example:2"),
        ("PROXY one.example:1; DIRECT", (), None),
        ("PROXY one.example:1; DIRECT", ("one.example",), "http://one.example:1"),
        ("HTTPS [2001:db8::1]:8443", (), "https://[2001:db8::1]:8443"),
        ("SOCKS5 socks.example:1080; PROXY one.example:1", (), "http://one.example:1"),
        ("SOCKS5 socks.example:1080", (), None),
        ("DIRECT; PROXY one.example:1", ("one.example",), None),
    ],
)
def test_the_first_way_that_takes_connections_is_taken(
    said: str, alive: Sequence[str], taken: str | None
) -> None:
    places = {("one.example", 1), ("two.example", 2)}
    ports = {each: 1.0 if each[0] in alive else Refused(Where(host=each[0])) for each in places}
    asked = by_file(f"function FindProxyForURL() {{ return '{said}' }}", ports=ports)
    assert way(asked) == taken


def test_the_network_is_asked_for_a_file_only_where_the_settings_say_so() -> None:
    page = http_answer(WPAD, 200, SCRIPT.encode())
    assert way(ways(ProxySettings(source="GNOME", detects=True), page=page)) == "http://one.corp.example:8080"
    assert way(ways(ProxySettings(source="GNOME"), page=page)) is None
    found = asyncio.run(ways(ProxySettings(source="GNOME", detects=True), page=page).pac((PAGE,)))
    assert found is not None and found.found and found.url == WPAD


def test_settings_are_read_once_whoever_asks_from_whichever_thread() -> None:
    class Counted(FakeSystem):
        times = 0

        async def proxy_settings(self) -> ProxySettings | None:
            type(self).times += 1
            await asyncio.sleep(0.05)
            return ProxySettings(source="KDE", proxy="proxy.acme:8080")

    asked = ways(None)
    asked.system = Counted()
    said: list[str | None] = []
    threads = [threading.Thread(target=lambda: said.append(way(asked))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (said, Counted.times) == (["http://proxy.acme:8080"] * 4, 1)


def test_who_gives_up_waiting_ends_it_for_nobody_else() -> None:
    class Slow(FakeSystem):
        async def proxy_settings(self) -> ProxySettings | None:
            await asyncio.sleep(0.2)
            return ProxySettings(source="KDE", proxy="proxy.acme:8080")

    asked = ways(None)
    asked.system = Slow()

    async def impatient() -> None:
        async with asyncio.timeout(0.02):
            await asked.proxy_for(PAGE)

    with pytest.raises(TimeoutError):
        asyncio.run(impatient())
    assert way(asked) == "http://proxy.acme:8080"


# ---- as requests use it ----


def http(asked: Ways, meter: Meter | None = None) -> RealHttp:
    counted = meter or Meter()
    return RealHttp(RealNet(counted), counted, asked)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


def test_the_environment_comes_before_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = ways(ProxySettings(source="KDE", proxy="desk.acme:1", plain="desk.acme:1"))
    assert asyncio.run(http(asked).proxy_for(PAGE)) == "http://desk.acme:1"
    assert asyncio.run(http(asked).proxy_for(PAGE, settings=False)) is None
    monkeypatch.setenv("https_proxy", "http://anna:pw@env.acme:2")
    assert asyncio.run(http(asked).proxy_for(PAGE)) == "http://env.acme:2"
    monkeypatch.setenv("no_proxy", "www.example.org")
    assert asyncio.run(http(asked).proxy_for(PAGE)) is None


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_what_never_leaves_this_computer_is_asked_directly_and_no_settings_are_read_for_it(host: str) -> None:
    class Unread(FakeSystem):
        async def proxy_settings(self) -> ProxySettings | None:
            raise AssertionError

    asked = ways(None)
    asked.system = Unread()
    assert asyncio.run(http(asked).proxy_for(f"http://{host}:8080/")) is None


def test_a_page_is_asked_for_through_the_proxy_that_the_file_names() -> None:
    heard: list[bytes] = []

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")

    async def ask() -> HttpAnswer:
        async with listeners.tcp(proxy) as port:
            asked = by_file(f"function FindProxyForURL() {{ return 'PROXY 127.0.0.1:{port}' }}")
            return await http(asked).get("http://intranet.example/a")

    assert asyncio.run(ask()).body == b"hi"
    assert heard[0].startswith(b"GET http://intranet.example/a ")


def test_what_the_file_cost_is_told_once_by_the_check_that_answers_for_it_or_by_the_first() -> None:
    for answered_for in (True, False):
        asked = by_file(names={})
        asked.answered_for = answered_for
        asked.meter.add(1_000)
        first, second = Meter(), Meter()
        asyncio.run(http(asked, first).proxy_for("https://a.example/"))
        asyncio.run(http(asked, second).pac((PAGE,)))
        assert (first.used, second.used) == ((0, 1_000) if answered_for else (1_000, 0))


def test_the_server_of_a_file_is_named_without_anybody_being_asked() -> None:
    said = {
        "files.corp.example": ProxySettings(source="KDE", pac_url=FILE),
        "wpad": ProxySettings(source="KDE", detects=True),
        "": ProxySettings(source="KDE", proxy="proxy.acme:8080"),
    }
    for host, settings in said.items():
        assert asyncio.run(pac_server(FakeSystem(proxies=settings))) == host
