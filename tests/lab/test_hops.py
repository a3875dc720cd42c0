"""Hop by hop, as an ordinary user, over real routers with real filters: what they answer, and where a flow is told to end."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any

import pytest

from tests.lab import topology
from tests.lab.lab import Lab
from tests.lab.switches.base import switched

GATEWAY, GATEWAY6 = topology.COMPANY_IP, topology.ip6(topology.COMPANY_IP)
ROUTER, PROVIDER = topology.ROUTER_IP, topology.CUSTOMER_SIDE_IP
ROUTER6, PROVIDER6 = topology.ROUTER_IP6, topology.LINE6 + "1"
LINUX_DEFAULT_MS = 1000
ASK = """
import asyncio, json, sys
from readycheck.adapters.children import RealChildren
from readycheck.adapters.clock import RealClock
from readycheck.adapters.net import RealNet
from readycheck.adapters.system import real_system
from readycheck.ports import Meter
from readycheck.testing import fake_context
from readycheck_checks.blame.ending import Flow
from readycheck_checks.blame.way_out import where_it_ends

what, *flows = json.loads(sys.argv[1])
net = RealNet(Meter())

async def hops(protocol, host, port):
    told = await asyncio.gather(*(
        net.hop(host, port, protocol=protocol, ttl=ttl, payload=b"hello", timeout_s=0.7) for ttl in (1, 2, 3)
    ))
    return [[hop.kind, hop.address, hop.here] for hop in told]

async def ending(silent, control):
    world = {"net": net, "clock": RealClock(), "system": real_system(RealChildren().run)}
    beside = Flow(*control) if control else None
    told = await where_it_ends(fake_context(**world), Flow(*silent, b"hello"), beside)
    return [told.places, told.sure, told.sentence, world["net"]._meter.used]

print(json.dumps(asyncio.run({"hops": hops, "ending": ending}[what](*flows))))
"""


@pytest.fixture(scope="module")
def lab(lab: Lab) -> Iterator[Lab]:
    """With routers that answer as often as they are asked, so that no test wants for what another one used up."""
    _limit_answers(lab, 0)
    yield lab
    _limit_answers(lab, LINUX_DEFAULT_MS)


def _limit_answers(lab: Lab, gap_ms: int) -> None:
    for name in ("router", "isp", "company"):
        lab[name].sysctl(net_ipv4_icmp__ratelimit=gap_ms, net_ipv6_icmp_ratelimit=gap_ms)


def asked(lab: Lab, what: str, *flows: Any) -> Any:
    told = lab["pc"].run(
        sys.executable, "-c", ASK, json.dumps([what, *flows]), user=True, env={"PYTHONPATH": "checks:."}
    )
    return json.loads(told.stdout)


def hops(lab: Lab, protocol: str, host: str, port: int) -> list[tuple[str, str]]:
    return [(kind, address) for kind, address, _ in asked(lab, "hops", protocol, host, port)]


def applied(lab: Lab, verb: str, what: str, **parameters: Any) -> AbstractContextManager[None]:
    return switched(lab, [{verb: what, **parameters}])


@pytest.mark.parametrize(
    ("host", "router", "provider"), [(GATEWAY, ROUTER, PROVIDER), (GATEWAY6, ROUTER6, PROVIDER6)]
)
@pytest.mark.parametrize("protocol", ["udp", "tcp"])
def test_every_router_on_the_way_answers_an_ordinary_user_and_then_the_target(
    lab: Lab, protocol: str, host: str, router: str, provider: str
) -> None:
    assert hops(lab, protocol, host, 4499) == [
        ("expired", router),
        ("expired", provider),
        ("reached", host),
    ]


@pytest.mark.parametrize("host", [GATEWAY, GATEWAY6])
def test_a_filter_silences_the_hops_behind_it_and_no_others(lab: Lab, host: str) -> None:
    kinds = {
        "router": ["expired", "silent", "silent"],
        "isp": ["expired", "expired", "silent"],
        "company": ["expired", "expired", "silent"],
    }
    for at, told in kinds.items():
        with applied(lab, "drop", "udp dport 1194", at=at):
            assert [kind for kind, _ in hops(lab, "udp", host, 1194)] == told


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("prohibited", "prohibited"),
        ("unreachable", "prohibited"),
        ("no_route", "no route"),
        ("no_host", "no route"),
    ],
)
def test_a_router_that_turns_packets_away_is_named_with_what_it_says(
    lab: Lab, answer: str, told: str
) -> None:
    for host, router in ((GATEWAY, ROUTER), (GATEWAY6, ROUTER6)):
        with applied(lab, "reject", "udp dport 1194", answer=answer):
            assert hops(lab, "udp", host, 1194)[:2] == [("expired", router), (told, router)]


def test_a_firewall_of_this_computer_speaks_for_itself(lab: Lab) -> None:
    with applied(lab, "drop", "udp dport 1194", at="pc"):
        assert asked(lab, "hops", "udp", GATEWAY, 1194)[0] == ["prohibited", "", True]


CONTROL = ("tcp", "8.8.8.8", 53)
HERE, HOME, ISP = "this computer", "the home router", "the internet provider"
BEYOND = "the way after the provider's first router"


@pytest.mark.parametrize("host", [GATEWAY, GATEWAY6])
@pytest.mark.parametrize(
    ("steps", "places"),
    [
        ([{"drop": "udp dport 1194", "at": "pc"}], [HERE]),
        ([{"drop": "udp dport 1194", "at": "router"}], [HOME]),
        ([{"drop": "udp dport 1194", "at": "router", "chain": "prerouting"}], [HOME]),
        ([{"reject": "udp dport 1194", "at": "router", "answer": "prohibited"}], [HOME]),
        ([{"reject": "udp dport 1194", "at": "router", "answer": "unreachable"}], [HOME]),
        ([{"drop": "udp dport 1194", "at": "isp"}], [BEYOND, ISP]),
        ([{"reject": "udp dport 1194", "at": "isp", "answer": "prohibited"}], [ISP]),
        ([{"drop": "udp dport 1194", "at": "company"}], [BEYOND, ISP]),
    ],
    ids=lambda value: "" if isinstance(value, str) else None,
)
def test_where_the_port_of_a_vpn_ends_is_told(
    lab: Lab, host: str, steps: Sequence[dict[str, Any]], places: list[str]
) -> None:
    control = CONTROL if host == GATEWAY else ("tcp", topology.LITERAL_IP6S[1], 53)
    with switched(lab, steps):
        told, _, sentence, used = asked(lab, "ending", ("udp", host, 1194), control)
    assert told == places, sentence
    assert 0 <= used < 2_400


def test_a_reset_in_the_targets_name_is_told_from_the_targets_own(lab: Lab) -> None:
    flow = ("tcp", GATEWAY, 4499)
    with applied(lab, "reject", "tcp dport 4499", answer="reset"):
        assert asked(lab, "ending", flow, CONTROL)[0] == [HOME]
    assert asked(lab, "ending", flow, CONTROL)[0] == ["the target itself"], "nothing listens there"


def test_a_dead_line_is_told_apart_from_a_dead_provider(lab: Lab) -> None:
    flow, beside = ("tcp", "1.1.1.1", 443), ("udp", "1.1.1.1", 443)
    with applied(lab, "unplugged", "line"):
        told, _, sentence, _ = asked(lab, "ending", flow, beside)
    assert told == [HOME, ISP], sentence
    with applied(lab, "drop", "all", at="isp"):
        assert asked(lab, "ending", flow, beside)[0] == [BEYOND, ISP]
    for verb in ("drop", "reject"):
        with applied(lab, verb, "all", at="pc"):
            assert asked(lab, "ending", flow, beside)[0] == [HERE]
    with applied(lab, "reject", "all"):
        assert asked(lab, "ending", flow, beside)[0] == [HOME]


def test_routers_that_run_short_of_answers_make_nobody_look_guilty(lab: Lab) -> None:
    _limit_answers(lab, LINUX_DEFAULT_MS)
    try:
        with applied(lab, "drop", "udp dport 1194", at="isp"):
            flows = ("udp", GATEWAY, 1194), CONTROL
            told = [asked(lab, "ending", *flows)[0] for _ in range(4)]
            for _ in range(2):
                hops(lab, "tcp", GATEWAY, 443)
            told += [asked(lab, "ending", *flows)[0] for _ in range(2)]
    finally:
        _limit_answers(lab, 0)
    assert told[0] == [BEYOND, ISP]
    assert [HOME] not in told
