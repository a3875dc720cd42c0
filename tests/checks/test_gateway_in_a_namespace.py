"""The gateway check in a network of its own: a real kernel, a real neighbour table, a router that is there or is not."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests import needs

pytestmark = [pytest.mark.namespace, needs.namespace]
ROUTER = "10.77.0.1"
ASK = """
import asyncio
from readycheck.adapters.children import RealChildren
from readycheck.adapters.net import RealNet
from readycheck.adapters.system import real_system
from readycheck.ports import Meter
from readycheck.testing import run_check
from readycheck_checks.gateway import check
found = asyncio.run(run_check(check, net=RealNet(Meter()), system=real_system(RealChildren().run)))
print(found.status, found.findings[0].code, found.findings[0].detail, sep="; ")
"""


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True, timeout=10)


@contextmanager
def home(*, router: bool) -> Iterator[str]:
    """A network namespace with a default route; its router answers on the link, and drops every TCP packet, or is away."""
    inside, outside = f"rc-in-{os.getpid()}", f"rc-out-{os.getpid()}"
    try:
        for name in (inside, outside):
            ip("netns", "add", name)
    except subprocess.CalledProcessError:
        pytest.skip("namespace: needs the right to name network namespaces (run as root)")
    try:
        ip("-n", inside, "link", "add", "v0", "type", "veth", "peer", "name", "v1", "netns", outside)
        ip("-n", inside, "addr", "add", "10.77.0.2/24", "dev", "v0")
        ip("-n", inside, "link", "set", "v0", "up")
        ip("-n", outside, "link", "set", "v1", "up")
        if router:
            ip("-n", outside, "addr", "add", f"{ROUTER}/24", "dev", "v1")
            ip("-n", outside, "route", "add", "blackhole", "10.77.0.2/32", "table", "local")
        ip("-n", inside, "route", "add", "default", "via", ROUTER)
        yield inside
    finally:
        for name in (inside, outside):
            subprocess.run(["ip", "netns", "del", name], capture_output=True, timeout=10)


def asked_in(namespace: str) -> str:
    command = ["ip", "netns", "exec", namespace, sys.executable, "-c", ASK]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=True).stdout.strip()


def test_a_router_that_is_away_is_proved_absent_by_the_neighbour_table() -> None:
    with home(router=False) as namespace:
        told = asked_in(namespace)
    assert told.startswith("fail; connection.gateway_silent;")
    assert told.endswith("nobody answers for its address on the link")


def test_a_router_that_drops_tcp_is_proved_present_by_the_neighbour_table() -> None:
    with home(router=True) as namespace:
        told = asked_in(namespace)
    assert told.startswith("pass; connection.gateway_answers;")
    assert told.endswith("it answers on the link")
