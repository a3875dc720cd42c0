"""A proxy on this computer or in its own network is reached over no line: what comes of it there proves little by itself."""

import asyncio

import pytest

from readycheck.errors import NameSilent, NetError, Refused
from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import Interface
from readycheck.testing import (
    FakeHttp,
    FakeNet,
    FakeStream,
    FakeSystem,
    Silent,
    Where,
    fake_context,
    run_check,
)
from readycheck_checks.pac.near import Near, how_near
from readycheck_checks.proxy import ProxyOptions, check
from tests.checks.connection_listeners import LOOPBACK

URL = ProxyOptions().url
OPTIONS = ProxyOptions(tcp_controls=("192.0.2.1:443",))
OPEN = (b"HTTP/1.1 200 Connection established\r\n", b"\r\n")
AT_HOME, LIVE = "192.168.1.9", 20.0
SAYS_502, SAYS_403 = (b"HTTP/1.1 502 Bad Gateway\r\n",), (b"HTTP/1.1 403 Forbidden\r\n",)


def near(
    host: str,
    said: tuple[bytes, ...],
    *,
    line: float | NetError | None = None,
    source: str = "192.168.1.23",
    end: NetError | None = None,
) -> CheckResult:
    """``line``: what comes of a direct connection to the same host; ``end``: who is at the end of the way."""
    net = FakeNet(
        ports={(host, 8080): 1.0} | ({("www.example.org", 443): line} if line is not None else {}),
        streams={(host, 8080): FakeStream(lines=list(said), tls=end)},
        sources={host: source},
    )
    http = FakeHttp(proxies={URL: f"http://{host}:8080"})
    return asyncio.run(run_check(check, OPTIONS, net=net, http=http, system=FakeSystem()))


@pytest.mark.parametrize("host", [LOOPBACK, "localhost", "192.168.1.23", AT_HOME])
@pytest.mark.parametrize(
    ("said", "end"), [(SAYS_502, None), ((), None), (OPEN, Silent(Where(host="www.example.org")))]
)
def test_a_near_proxy_that_brings_nobody_proves_nothing_where_the_line_is_dead(
    host: str, said: tuple[bytes, ...], end: NetError | None
) -> None:
    outcome = near(host, said, end=end)
    assert (outcome.status, outcome.findings[0].code) == (Status.UNKNOWN, "connection.proxy_reached")


@pytest.mark.parametrize("said", [SAYS_502, ()])
def test_a_near_proxy_that_brings_nobody_over_a_line_that_works_is_at_fault(said: tuple[bytes, ...]) -> None:
    here = near(LOOPBACK, said, line=LIVE)
    assert (here.status, here.findings[0].owner) == (Status.FAIL, Owner.DEVICE)
    own_address = near("192.168.1.23", said, line=LIVE)
    assert own_address.findings[0].owner is Owner.DEVICE
    home = near(AT_HOME, said, line=LIVE)
    assert (home.status, home.findings[0].either) == (Status.FAIL, (Owner.HOME, Owner.COMPANY))


def test_a_near_proxy_that_finds_no_names_because_nobody_does_is_not_blamed() -> None:
    """Controls by address answer, and the hosts that it is asked for are found by nobody."""
    net = FakeNet(
        ports={
            (LOOPBACK, 8080): 1.0,
            ("192.0.2.1", 443): LIVE,
            ("www.example.org", 443): NameSilent(Where(host="www.example.org")),
        },
        streams={(LOOPBACK, 8080): FakeStream(lines=list(SAYS_502))},
    )
    http = FakeHttp(proxies={URL: f"http://{LOOPBACK}:8080"})
    outcome = asyncio.run(run_check(check, OPTIONS, net=net, http=http, system=FakeSystem()))
    assert (outcome.status, outcome.findings[0].code) == (Status.UNKNOWN, "connection.proxy_reached")


def test_a_control_that_refuses_may_be_the_near_router_and_shows_no_line() -> None:
    outcome = near(LOOPBACK, SAYS_502, line=Refused(Where(host="www.example.org")))
    assert (outcome.status, outcome.findings[0].code) == (Status.UNKNOWN, "connection.proxy_reached")


def test_what_a_near_proxy_refuses_by_itself_is_its_own_word_over_any_line() -> None:
    outcome = near(LOOPBACK, SAYS_403)
    assert (outcome.findings[0].code, outcome.findings[0].owner) == ("connection.proxy_forbids", Owner.DEVICE)


def test_a_company_proxy_that_was_reached_over_the_line_says_itself_that_it_has_no_way_out() -> None:
    outcome = near("proxy.corp.example", SAYS_502, source="192.168.1.23")
    assert (outcome.findings[0].code, outcome.findings[0].owner) == (
        "connection.proxy_failing",
        Owner.COMPANY,
    )


def test_a_proxy_reached_through_a_tunnel_is_not_near() -> None:
    tunnel = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
    net = FakeNet(sources={"10.8.0.9": "10.8.0.2"})
    context = fake_context(net=net, system=FakeSystem(network=(tunnel,)))
    assert asyncio.run(how_near(context, "10.8.0.9")) is Near.FAR
    home = fake_context(net=FakeNet(sources={"2a00:77:1::5": "2a00:77:1::10"}), system=FakeSystem())
    assert asyncio.run(how_near(home, "2a00:77:1::5")) is Near.HOME
    assert asyncio.run(how_near(home, "2a00:77:9::5")) is Near.FAR
