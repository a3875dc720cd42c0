"""What a path carries, measured as an ordinary user: packet sizes, with and without a word; QUIC of a real server."""

import json
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab import topology, zone
from tests.lab.lab import Lab
from tests.lab.servers import caddy, coturn
from tests.lab.switches.base import switched

SERVER = zone.internet()["stun.cloudflare.com"]
SERVER6 = topology.ip6(SERVER)
QUIC = zone.internet()["www.google.com"]
ASK = """
import asyncio, json, sys
from readycheck.adapters.net import RealNet
from readycheck.ports import Meter
from readycheck.testing import fake_context
from readycheck_checks.path.mtu_ladder import SIZES, ladder
from readycheck_checks.quic import _ask

what, address, port = json.loads(sys.argv[1])
net = RealNet(Meter())

async def sizes(address, port):
    told = await ladder(net, address, port, (128, 1280, 1392, 1400, 1500))
    return [told.passes, told.told, told.is_told, told.vanishes_at]

async def quic(address, port):
    return (await _ask(fake_context(net=net), address, port)).tries

print(json.dumps(asyncio.run({"sizes": sizes, "quic": quic}[what](address, port))))
"""


@pytest.fixture(scope="module")
def lab(lab: Lab) -> Iterator[Lab]:
    lab.start([*coturn.public(lab), caddy.quic(lab)])
    yield lab


def asked(lab: Lab, what: str, address: str, port: int) -> Any:
    told = lab["pc"].run(
        sys.executable,
        "-c",
        ASK,
        json.dumps([what, address, port]),
        user=True,
        env={"PYTHONPATH": "checks:."},
    )
    return json.loads(told.stdout)


@pytest.mark.parametrize("server", [SERVER, SERVER6])
def test_full_packets_pass_a_healthy_path(lab: Lab, server: str) -> None:
    assert asked(lab, "sizes", server, 3478) == [1500, 0, False, 0]


@pytest.mark.parametrize("server", [SERVER, SERVER6])
def test_a_smaller_link_tells_its_size_exactly(lab: Lab, server: str) -> None:
    with switched(lab, [{"mtu": 1392, "link": "line"}]):
        assert asked(lab, "sizes", server, 3478) == [1392, 1392, True, 0]


@pytest.mark.parametrize("server", [SERVER, SERVER6])
def test_a_smaller_link_that_says_nothing_is_silence_above_its_size(lab: Lab, server: str) -> None:
    with switched(lab, [{"mtu": 1392, "link": "line", "silent": True}]):
        assert asked(lab, "sizes", server, 3478) == [1392, 0, False, 1400]


def test_a_link_of_this_computer_that_is_smaller_says_so_at_once(lab: Lab) -> None:
    with switched(lab, [{"mtu": 1392, "link": "lan"}]):
        assert asked(lab, "sizes", SERVER, 3478) == [1392, 1392, True, 0]


def test_a_real_quic_server_answers_a_version_that_is_never_spoken(lab: Lab) -> None:
    assert asked(lab, "quic", QUIC, 443) == 1
