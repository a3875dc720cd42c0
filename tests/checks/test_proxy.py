import asyncio

import pytest

from readycheck.errors import NameRefused, NameSilent, NetError, Refused
from readycheck.model import CheckResult, Confidence, Owner, Status
from readycheck.privacy import Privacy
from readycheck.testing import FakeHttp, FakeNet, NameUnknown, NoRoute, Silent, Where, run_check
from readycheck_checks.proxies import UnreadableProxy, proxy_in_effect
from readycheck_checks.proxy import ProxyOptions, check
from tests.checks.connection_listeners import LOOPBACK, closed_port, real_world, tcp_listener

URL = ProxyOptions().url
CONTROL = "192.0.2.1:443"
OPTIONS = ProxyOptions(controls=(CONTROL,))
PROXY = ("proxy.corp.example", 8080)
SETTING = "http://anna:hunter2@proxy.corp.example:8080"


def asked(
    outcome: float | NetError, *, control: float | NetError | None = None, setting: str = SETTING
) -> CheckResult:
    ports = {PROXY: outcome} | ({("192.0.2.1", 443): control} if control is not None else {})
    world = {"http": FakeHttp(proxies={URL: setting}), "net": FakeNet(ports=ports)}
    return asyncio.run(run_check(check, OPTIONS, **world))


def error(kind: type[NetError]) -> NetError:
    return kind(Where(host=PROXY[0], port=PROXY[1]))


def test_without_a_proxy_the_check_says_so() -> None:
    outcome = asyncio.run(run_check(check))
    assert (outcome.status, outcome.summary) == (Status.PASS, "No proxy is in use")


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


def test_a_real_listener_counts_as_a_proxy_that_answers() -> None:
    with tcp_listener() as port:
        world = real_world() | {"http": FakeHttp(proxies={URL: f"http://{LOOPBACK}:{port}"})}
        assert asyncio.run(run_check(check, ProxyOptions(), **world)).status is Status.PASS


@pytest.mark.parametrize(
    ("setting", "shown"),
    [
        ("proxy.example:3128", "proxy.example:3128"),
        ("socks5://user:pw@[2001:db8::5]", "[2001:db8::5]:1080"),
        ("https://proxy.example", "proxy.example:443"),
    ],
)
def test_settings_of_every_usual_shape_are_read(setting: str, shown: str) -> None:
    assert str(proxy_in_effect(FakeHttp(proxies={URL: setting}))) == shown


@pytest.mark.parametrize("setting", ["http://", "http://[::1", "http://proxy:notaport"])
def test_a_setting_that_is_no_address_is_a_warning_and_is_not_quoted(setting: str) -> None:
    with pytest.raises(UnreadableProxy):
        proxy_in_effect(FakeHttp(proxies={URL: setting}))
    assert asked(1.0, setting=setting).status is Status.WARN
