"""Encrypted lookups against a real name server: unbound, which takes them over TLS, and over HTTPS of version 2."""

import asyncio
from collections.abc import Iterator

import pytest

from readycheck.adapters.clock import RealClock
from readycheck.adapters.http import RealHttp
from readycheck.adapters.net import RealNet
from readycheck.model import Owner
from readycheck.ports import Meter
from readycheck.testing import run_check
from readycheck_checks.dns import DnsOptions, check
from tests.lab import topology, zone
from tests.lab.lab import Lab
from tests.lab.servers import unbound

WAYS = (f"tls://{zone.OPERATOR}", f"https://{zone.OPERATOR}/dns-query")
NAMES = ("www.google.com", "www.microsoft.com")


@pytest.fixture(autouse=True)
def _stopped(lab: Lab) -> Iterator[None]:
    yield
    lab.stop(unbound.OPERATOR)


def ask(lab: Lab, url: str) -> tuple[str, tuple[Owner, ...]]:
    """As the pc would, by the router's name server: the system's own is asked in threads, which stay outside its network."""
    options = DnsOptions(names=NAMES, encrypted=(url,))
    with lab["pc"].entered():
        net = RealNet(Meter(), resolver=f"{topology.ROUTER_IP}:53")
        world = {"net": net, "http": RealHttp(net, Meter()), "clock": RealClock()}
        finding = asyncio.run(run_check(check, options, **world)).findings[-1]
    return finding.code, finding.either or (finding.owner,)


@pytest.mark.parametrize("url", WAYS)
def test_a_real_server_of_encrypted_lookups_answers(lab: Lab, url: str) -> None:
    lab.start([unbound.operator(lab)])
    assert ask(lab, url)[0] == "connection.dns_encrypted"


@pytest.mark.parametrize("url", WAYS)
def test_a_real_server_that_refuses_its_question_is_not_held_back_by_the_network(lab: Lab, url: str) -> None:
    lab.start([unbound.operator(lab, access="refuse")])
    assert ask(lab, url) == ("connection.dns_encrypted_refused", (Owner.SERVICE, Owner.COMPANY))
