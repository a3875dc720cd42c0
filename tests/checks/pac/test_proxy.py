import asyncio

import pytest

from readycheck.errors import Closed, NameRefused, NameSilent, NetError, Refused, TlsFailed
from readycheck.model import CheckResult, Confidence, Owner, Status
from readycheck.ports import HttpAnswer, ProxySettings
from readycheck.privacy import Privacy
from readycheck.testing import (
    FakeHttp,
    FakeNet,
    FakeStream,
    FakeSystem,
    NameUnknown,
    NoRoute,
    Silent,
    Where,
    fake_context,
    http_answer,
    run_check,
)
from readycheck_checks.asking.proxies import UnreadableProxy, proxy_in_effect
from readycheck_checks.pac.in_use import proxy_in_use
from readycheck_checks.proxy import ProxyOptions, check
from tests.checks.connection_listeners import LOOPBACK, closed_port, real_world, tcp_listener

URL = ProxyOptions().url
CONTROL = "192.0.2.1:443"
OPTIONS = ProxyOptions(tcp_controls=(CONTROL,))
PROXY = ("proxy.corp.example", 8080)
OPEN = (b"HTTP/1.1 200 Connection established\r\n", b"\r\n")
SETTING = "http://anna:hunter2@proxy.corp.example:8080"


def asked(
    outcome: float | NetError,
    *,
    control: float | NetError | None = None,
    setting: str = SETTING,
    said: tuple[bytes, ...] = OPEN,
    pages: dict[str, HttpAnswer | NetError] | None = None,
) -> CheckResult:
    ports = {PROXY: outcome} | ({("192.0.2.1", 443): control} if control is not None else {})
    net = FakeNet(ports=ports, streams={PROXY: FakeStream(lines=list(said))})
    world = {"http": FakeHttp(proxies={URL: setting}, pages=pages or {}), "net": net}
    return asyncio.run(run_check(check, OPTIONS, **world))


def code(outcome: CheckResult) -> str:
    return outcome.findings[0].code


def error(kind: type[NetError]) -> NetError:
    return kind(Where(host=PROXY[0], port=PROXY[1]))


def of_desktop(settings: ProxySettings | None, **ports: float | NetError) -> CheckResult:
    net = FakeNet(ports={(host.replace("_", "."), 8080): came for host, came in ports.items()})
    return asyncio.run(run_check(check, OPTIONS, system=FakeSystem(proxies=settings), net=net))


def test_without_a_proxy_the_check_says_so() -> None:
    outcome = of_desktop(ProxySettings(source="KDE"))
    assert (outcome.status, outcome.summary) == (Status.PASS, "No proxy is in use")


@pytest.mark.parametrize(
    "settings",
    [None, ProxySettings(source="Windows", detects=True), ProxySettings(source="GNOME", unread=True)],
)
def test_settings_that_do_not_tell_of_a_proxy_prove_no_absence(settings: ProxySettings | None) -> None:
    outcome = of_desktop(settings)
    assert (outcome.status, code(outcome)) == (Status.UNKNOWN, "connection.proxy_not_told")


def test_a_socks_proxy_of_the_desktop_alone_is_tried() -> None:
    settings = ProxySettings(source="macOS", socks="socks.example:8080")
    assert code(of_desktop(settings, socks_example=3.0)) == "connection.proxy_reached"
    assert of_desktop(settings, socks_example=error(Refused)).status is Status.FAIL


def test_a_proxy_for_plain_pages_alone_keeps_nobody_from_secure_ones() -> None:
    settings = ProxySettings(source="Windows", plain="plain.example:8080")
    assert code(of_desktop(settings, plain_example=3.0)) == "connection.proxy_reached"
    outcome = of_desktop(settings, plain_example=error(Refused))
    assert (outcome.status, code(outcome)) == (Status.WARN, "connection.proxy_silent")
    assert "http://" in outcome.summary


def test_a_proxy_for_plain_pages_alone_in_the_environment_is_tried_too() -> None:
    http = FakeHttp(proxies={"http://www.example.org/": SETTING})
    net = FakeNet(ports={PROXY: error(Refused)})
    outcome = asyncio.run(run_check(check, OPTIONS, http=http, net=net))
    assert (outcome.status, code(outcome)) == (Status.WARN, "connection.proxy_silent")


@pytest.mark.parametrize("proxy", ["http://proxy.acme:8080", "::1:8080", "proxy.acme:0", "a" * 300])
def test_settings_that_name_no_host_and_port_crash_no_check(proxy: str) -> None:
    settings = ProxySettings(source="GNOME", proxy=proxy)
    assert code(of_desktop(settings)) == "connection.proxy_unreadable"
    in_use = asyncio.run(proxy_in_use(fake_context(system=FakeSystem(proxies=settings))))
    assert in_use is None


def test_a_proxy_that_answers_passes_and_is_shown_without_credentials() -> None:
    outcome = asked(3.0)
    assert outcome.status is Status.PASS
    assert [(fact.value, fact.privacy) for fact in outcome.facts] == [
        ("proxy.corp.example:8080", Privacy.ORG)
    ]
    assert "hunter2" not in repr(outcome) and "anna" not in repr(outcome)


def test_a_proxy_that_refuses_fails_without_any_control() -> None:
    outcome = asked(error(Refused))
    assert (outcome.status, outcome.findings[0].code) == (Status.FAIL, "connection.proxy_silent")
    assert outcome.findings[0].either == (Owner.COMPANY, Owner.DEVICE)


def test_a_proxy_whose_name_is_unknown_fails() -> None:
    assert asked(error(NameUnknown)).status is Status.FAIL


@pytest.mark.parametrize("kind", [Silent, NoRoute, NameSilent])
def test_a_silent_proxy_fails_only_where_a_control_answers(kind: type[NetError]) -> None:
    assert asked(error(kind), control=20.0).status is Status.FAIL
    assert asked(error(kind)).status is Status.UNKNOWN


@pytest.mark.parametrize("kind", [NameSilent, NameRefused])
def test_a_proxy_whose_name_no_server_looks_up_is_blamed_on_nobody(kind: type[NetError]) -> None:
    finding = asked(error(kind), control=20.0).findings[0]
    assert (finding.owner, finding.either, finding.confidence) == (Owner.UNKNOWN, (), Confidence.MEDIUM)
    assert "cannot be looked up" in finding.summary
    assert asked(error(kind)).status is Status.UNKNOWN


def test_silence_of_a_proxy_beside_no_control_tells_of_none() -> None:
    assert "everything asked beside it" not in asked(error(Silent)).summary


def test_a_dead_proxy_program_on_this_computer_is_the_devices_matter() -> None:
    port = closed_port()
    world = real_world() | {"http": FakeHttp(proxies={URL: f"http://{LOOPBACK}:{port}"})}
    outcome = asyncio.run(run_check(check, ProxyOptions(), **world))
    assert (outcome.status, outcome.findings[0].owner) == (Status.FAIL, Owner.DEVICE)


def test_a_real_listener_that_says_nothing_is_a_proxy_that_hangs() -> None:
    with tcp_listener() as port, tcp_listener() as control:
        url = f"https://{LOOPBACK}:{control}/"
        world = real_world() | {"http": FakeHttp(proxies={url: f"http://{LOOPBACK}:{port}"})}
        options = ProxyOptions(wait_s=0.3, url=url)
        outcome = asyncio.run(run_check(check, options, **world))
    assert (outcome.status, code(outcome)) == (Status.FAIL, "connection.proxy_hangs")
    assert outcome.findings[0].owner is Owner.DEVICE


@pytest.mark.parametrize(
    ("said", "expected", "status"),
    [
        ((b"HTTP/1.1 403 Forbidden\r\n",), "connection.proxy_forbids", Status.FAIL),
        ((b"HTTP/1.0 503 Service Unavailable\r\n",), "connection.proxy_failing", Status.FAIL),
        ((b"HTTP/1.1 302 Found\r\n",), "connection.proxy_garbled", Status.FAIL),
        ((b"SSH-2.0-OpenSSH_9.2\r\n",), "connection.proxy_garbled", Status.FAIL),
        ((), "connection.proxy_hangs", Status.FAIL),
    ],
)
def test_what_a_proxy_says_to_a_tunnel_tells_its_troubles_apart(
    said: tuple[bytes, ...], expected: str, status: Status
) -> None:
    outcome = asked(3.0, said=said)
    assert (outcome.status, code(outcome)) == (status, expected)


@pytest.mark.parametrize(
    ("end", "expected", "status"),
    [
        (Silent(Where(host="www.example.org")), "connection.proxy_dead_ends", Status.FAIL),
        (Closed(Where(host="www.example.org")), "connection.proxy_dead_ends", Status.FAIL),
        (TlsFailed(Where(host="www.example.org")), "connection.proxy_dead_ends", Status.FAIL),
        (TlsFailed(Where(host="x"), reason="untrusted"), "connection.proxy_untrusted", Status.FAIL),
        (TlsFailed(Where(host="x"), reason="expired"), "connection.proxy_not_proved", Status.UNKNOWN),
        (None, "connection.proxy", Status.PASS),
    ],
)
def test_a_proxy_that_opens_a_way_passes_only_where_somebody_proves_who_it_is_at_its_end(
    end: NetError | None, expected: str, status: Status
) -> None:
    net = FakeNet(ports={PROXY: 3.0}, streams={PROXY: FakeStream(lines=list(OPEN), tls=end)})
    outcome = asyncio.run(run_check(check, OPTIONS, http=FakeHttp(proxies={URL: SETTING}), net=net))
    assert (outcome.status, code(outcome)) == (status, expected)


WANTS = (b"HTTP/1.1 407 Proxy Authentication Required\r\n", b"Proxy-Authenticate: Negotiate\r\n", b"\r\n")


def test_a_proxy_that_wants_a_sign_in_is_told_with_the_ways_to_sign_in() -> None:
    outcome = asked(3.0, said=WANTS)
    assert (outcome.status, code(outcome)) == (Status.WARN, "connection.proxy_sign_in")
    assert "Negotiate" in outcome.summary
    assert outcome.findings[0].either == (Owner.DEVICE, Owner.COMPANY)


def test_a_sign_in_that_is_set_and_taken_is_no_warning() -> None:
    outcome = asked(3.0, said=WANTS, pages={URL: http_answer(URL, 200)})
    assert (outcome.status, code(outcome)) == (Status.PASS, "connection.proxy")


def test_a_proxy_that_opens_one_way_and_refuses_another_is_told_in_part() -> None:
    class Choosy(FakeStream):
        async def write(self, data: bytes) -> None:
            self.lines = [b"HTTP/1.1 403 No\r\n"] if b"other.example" in data else list(OPEN)

    options = ProxyOptions(also=("https://other.example/",))
    net = FakeNet(ports={PROXY: 3.0}, streams={PROXY: Choosy()})
    outcome = asyncio.run(run_check(check, options, http=FakeHttp(proxies={URL: SETTING}), net=net))
    assert (outcome.status, code(outcome)) == (Status.WARN, "connection.proxy_partly")
    assert "other.example" in outcome.summary


def test_no_credential_is_sent_to_ask_for_a_tunnel() -> None:
    stream = FakeStream(lines=list(OPEN))
    net = FakeNet(ports={PROXY: 3.0}, streams={PROXY: stream})
    asyncio.run(run_check(check, OPTIONS, http=FakeHttp(proxies={URL: SETTING}), net=net))
    assert b"CONNECT www.example.org:443 HTTP/1.1" in stream.written[0]
    assert b"uthoriz" not in stream.written[0] and b"hunter2" not in stream.written[0]


def test_a_socks_proxy_is_not_asked_for_a_tunnel_and_proves_nothing_by_being_reached() -> None:
    outcome = asked(3.0, setting="socks5://proxy.corp.example:8080", said=())
    assert (outcome.status, code(outcome)) == (Status.UNKNOWN, "connection.proxy_reached")


def test_a_proxy_of_the_desktops_settings_is_tried_as_browsers_do() -> None:
    system = FakeSystem(proxies=ProxySettings(source="GNOME", proxy="proxy.corp.example:8080"))
    net = FakeNet(ports={PROXY: error(Refused)})
    outcome = asyncio.run(run_check(check, OPTIONS, system=system, net=net))
    assert code(outcome) == "connection.proxy_silent"


@pytest.mark.parametrize(
    ("setting", "shown"),
    [
        ("proxy.example:3128", "proxy.example:3128"),
        ("socks5://user:pw@[2001:db8::5]", "[2001:db8::5]:1080"),
        ("https://proxy.example", "proxy.example:443"),
    ],
)
def test_settings_of_every_usual_shape_are_read(setting: str, shown: str) -> None:
    assert str(asyncio.run(proxy_in_effect(FakeHttp(proxies={URL: setting})))) == shown


@pytest.mark.parametrize(
    "setting",
    [
        "http://",
        "http://[::1",
        "http://proxy:notaport",
        "http://proxy:0",
        f"http://{'a' * 300}",
        "http://anna:12/ter2@proxy:80",
    ],
)
def test_a_setting_that_is_no_address_is_a_warning_and_is_not_quoted(setting: str) -> None:
    with pytest.raises(UnreadableProxy):
        asyncio.run(proxy_in_effect(FakeHttp(proxies={URL: setting})))
    assert asked(1.0, setting=setting).status is Status.WARN
