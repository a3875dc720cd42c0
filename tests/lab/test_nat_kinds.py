"""Kinds of address translation, made by the home router, are called by their names; ways to a relay that are shut are told."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from bench import nat_kinds
from bench.nat_kinds import TRUTHS, Truth
from tests.lab import topology, zone
from tests.lab.hosts import USER
from tests.lab.lab import Lab
from tests.lab.people import USER_PASSWORD
from tests.lab.servers import coturn
from tests.lab.switches.base import switched

LINUX_DEFAULT_MS = 1000
RELAY = f"turn.{zone.DOMAIN}"
CLIMB = """
import asyncio, json, sys
from readycheck.adapters.net import RealNet
from readycheck.measure.nat.relay import Rung, ladder
from readycheck.measure.nat.relayed import Account, carry
from readycheck.measure.transport.endpoint import Endpoint
from readycheck.ports import Meter

address, host, user, password = sys.argv[1:]
tls = RealNet(Meter()).ssl_context()
plain, secure = (Endpoint(address=address, port=p, host=host, tls=t) for p, t in ((3478, None), (443, tls)))
rungs = [Rung(endpoint=plain, udp=True), Rung(endpoint=plain), Rung(endpoint=secure)]

async def climb():
    tried = await ladder(rungs)
    account = Account(user=user, password=password)
    carried = await asyncio.gather(*(carry(rung, account, count=50) for rung in rungs)) if password else ()
    return [
        [[str(t.rung), t.is_open, t.code, t.error.says if t.error else ""] for t in tried],
        [[c.relayed and c.relayed[0], c.stream and c.stream.received, c.bytes, str(c.error or "")] for c in carried],
    ]

print(json.dumps(asyncio.run(climb())))
"""


@pytest.fixture(scope="module")
def lab(lab: Lab) -> Iterator[Lab]:
    """With the company's media servers, and routers that answer as often as they are asked."""
    lab.start(coturn.company(lab))
    _limit_answers(lab, 0)
    yield lab
    _limit_answers(lab, LINUX_DEFAULT_MS)


def _limit_answers(lab: Lab, gap_ms: int) -> None:
    for name in ("router", "isp"):
        lab[name].sysctl(net_ipv4_icmp__ratelimit=gap_ms)


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: truth.name)
def test_a_kind_of_address_translation_is_called_by_its_name(lab: Lab, truth: Truth) -> None:
    with truth.applied(lab):
        (told,) = nat_kinds.named(lab, truth, 1)
    assert nat_kinds.is_right(truth, told), told


def test_a_server_whose_second_address_is_cut_off_makes_no_nat_look_strict(lab: Lab) -> None:
    """Its silence is not the home router's: the errata of RFC 5780 are about this."""
    cut_off = [{"drop": f"ip saddr {topology.COMPANY_TURN_IP}", "at": "isp", "direction": "in"}]
    full_cone = next(truth for truth in TRUTHS if truth.name == "full cone")
    with full_cone.applied(lab), switched(lab, cut_off):
        (told,) = nat_kinds.named(lab, full_cone, 1)
    assert (told["filtering"], told["kind"]) == ("UNKNOWN", "UNKNOWN"), told


def climbed(lab: Lab, password: str = "", address: str = topology.COMPANY_TURN_IP) -> Any:
    told = lab["pc"].run(
        *(sys.executable, "-c", CLIMB, address, RELAY, USER, password),
        user=True,
        env={"PYTHONPATH": "checks:."},
        timeout_s=40,
    )
    return json.loads(told.stdout)


@pytest.mark.parametrize("address", [topology.COMPANY_TURN_IP, topology.ip6(topology.COMPANY_TURN_IP)])
def test_all_ways_to_the_relay_are_proved_without_an_account(lab: Lab, address: str) -> None:
    tried, _ = climbed(lab, address=address)
    assert tried == [["UDP 3478", True, 401, ""], ["TCP 3478", True, 401, ""], ["TLS 443", True, 401, ""]]


def test_where_udp_is_blocked_the_other_ways_are_still_told(lab: Lab) -> None:
    with switched(lab, [{"drop": "udp dport 3478", "at": "router"}]):
        tried, carried = climbed(lab, USER_PASSWORD)
    assert [each[1] for each in tried] == [False, True, True]
    assert tried[0][3] == "did not answer"
    assert [each[1] for each in carried] == [None, 50, 50]


def test_where_only_the_webs_port_is_open_the_relay_is_reached_over_tls(lab: Lab) -> None:
    shut = [{"drop": "udp dport 3478", "at": "router"}, {"drop": "tcp dport 3478", "at": "router"}]
    with switched(lab, shut):
        tried, _ = climbed(lab)
    assert [each[1] for each in tried] == [False, False, True]


def test_with_the_account_media_goes_through_the_relay_every_way(lab: Lab) -> None:
    _, carried = climbed(lab, USER_PASSWORD)
    assert [each[1] for each in carried] == [50, 50, 50]
    assert {each[0] for each in carried} <= {topology.COMPANY_IP, topology.COMPANY_TURN_IP}


def test_an_account_that_the_relay_does_not_know_is_refused_and_says_so(lab: Lab) -> None:
    _, carried = climbed(lab, "not-the-password")
    assert ["error 401" in each[3] for each in carried] == [True, True, True]
