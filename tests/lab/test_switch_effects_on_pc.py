"""Every verb about the pc and the person does what it says: its place in the network, clock, settings, disks; and later."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab import journey, topology, zone
from tests.lab.asking import all_connect, connects, fetched
from tests.lab.hosts import Host, HostError
from tests.lab.lab import HOME, Lab
from tests.lab.servers import nginx
from tests.lab.switches.base import switched
from tests.lab.using import applied

ZOOM = zone.address("zoom.us")
GOOGLE6 = topology.LITERAL_IP6S[1]
SECURE = "https://www.google.com/generate_204"
LATER_S = 10.0


@pytest.fixture(scope="module")
def lab(lab: Lab) -> Iterator[Lab]:
    """With the web of the internet."""
    lab.start([nginx.internet(lab)])
    yield lab
    lab.stop("internet-web")


# ---- Attachment ----


@pytest.mark.parametrize(
    ("step", "router", "outside", "outside6"),
    [
        ({"link_down": "lan"}, "ENETUNREACH", "ENETUNREACH", "ENETUNREACH"),
        ({"unplugged": "lan"}, "ENETUNREACH", "ENETUNREACH", "ENETUNREACH"),
        ({"unplugged": "line"}, "yes", "ENETUNREACH", "ENETUNREACH"),
        ({"no_address": "none"}, "ENETUNREACH", "ENETUNREACH", "ENETUNREACH"),
        ({"no_address": "self_assigned"}, "ENETUNREACH", "ENETUNREACH", "ENETUNREACH"),
        ({"no_route": "both"}, "yes", "ENETUNREACH", "ENETUNREACH"),
        ({"no_route": "ipv4"}, "yes", "ENETUNREACH", "yes"),
        ({"wrong_gateway": "192.168.1.77"}, "yes", "silent", "silent"),
        ({"wrong_gateway": "192.168.1.77", "gateway6": ""}, "yes", "silent", "yes"),
        ({"gateway_silent": "hung"}, "silent", "silent", "silent"),
        ({"gateway_silent": "off"}, "silent", "silent", "silent"),
        ({"no_ipv4": True}, "ENETUNREACH", "ENETUNREACH", "yes"),
        ({"no_ipv6": True}, "yes", "yes", "ENETUNREACH"),
        ({"ipv6_broken": "silent"}, "yes", "yes", "silent"),
    ],
    ids=str,
)
def test_the_pc_hangs_badly_on_its_network(
    lab: Lab, step: dict[str, Any], router: str, outside: str, outside6: str
) -> None:
    places = ((topology.ROUTER_IP, 53), ("8.8.8.8", 53), (GOOGLE6, 53))
    with switched(lab, [step]):
        assert all_connect(lab["pc"], *places) == (router, outside, outside6)
    assert all_connect(lab["pc"], *places) == ("yes", "yes", "yes")


def test_a_hung_router_is_still_a_neighbour_and_one_that_is_off_is_not(lab: Lab) -> None:
    pc = lab["pc"]
    for how, state in (("hung", "REACHABLE"), ("off", "INCOMPLETE")):
        with applied(lab, "gateway_silent", how):
            connects(pc, topology.ROUTER_IP, 53)
            assert state in pc.run("ip", "neighbour", "show", topology.ROUTER_IP).stdout


def test_broken_ipv6_may_be_told_to_the_sender(lab: Lab) -> None:
    """In answer to the second packet at the latest: the first one's answer comes while the kernel still holds the socket."""
    with applied(lab, "ipv6_broken", "prohibited"):
        assert connects(lab["pc"], GOOGLE6, 53, patience_s=3) == "EACCES"
        assert connects(lab["pc"], "8.8.8.8", 53) == "yes"


def test_without_ipv4_names_come_over_ipv6(lab: Lab) -> None:
    with applied(lab, "no_ipv4", True):
        assert fetched(lab["pc"], SECURE) == "204"


# ---- The person ----


def test_a_wrong_clock_moves_the_time_of_day_and_nothing_else(lab: Lab) -> None:
    program = (
        "import time; began = time.time(), time.monotonic(); time.sleep(0.2);"
        "print(*began, time.time() - began[0], time.monotonic() - began[1])"
    )
    with applied(lab, "clock", 94608000):
        command = journey.clocked(lab, [sys.executable, "-c", program])
    now, monotonic = time.time(), time.monotonic()
    told = [float(word) for word in lab["pc"].run(*command, user=True).stdout.split()]
    assert told[0] - now == pytest.approx(94608000, abs=5)
    assert told[1] - monotonic == pytest.approx(0, abs=5)
    assert told[2] == pytest.approx(told[3], abs=0.05)
    assert told[3] >= 0.2


def test_what_is_set_for_the_person_arrives_in_their_programs(lab: Lab) -> None:
    proxy = {"proxy": "http://192.168.1.1:3129"}
    with switched(lab, [proxy, {"environment": {"COLOUR": "red"}}, {"password": "another"}]):
        told = journey.environment(lab)
    assert (told["https_proxy"], told["COLOUR"]) == ("http://192.168.1.1:3129", "red")
    assert "another" in told.values()


def test_on_a_full_disk_nothing_can_be_saved(lab: Lab) -> None:
    for which, folder in (("home", str(HOME)), ("tmp", "/tmp")):
        with applied(lab, "full_disk", which), pytest.raises(HostError, match="No space left"):
            lab["pc"].run("sh", "-c", f"cp /etc/passwd {folder}/file", user=True)


def test_a_dead_drive_keeps_whoever_looks_at_it(lab: Lab) -> None:
    drive = str(HOME / "team")
    with applied(lab, "dead_mount", drive):
        assert f" {drive} fuse.sshfs " in lab["pc"].run("cat", "/proc/mounts", user=True).stdout
        with pytest.raises(subprocess.TimeoutExpired):
            lab["pc"].run("stat", drive, user=True, timeout_s=1)


# ---- Later ----


def test_a_fault_may_come_later_and_go_again(lab: Lab) -> None:
    pc = lab["pc"]
    with applied(lab, "later", [{"reject": "all"}], after_s=1.5, for_s=1.5):
        assert connects(pc, ZOOM, 443) == "yes"
        assert comes_to(pc, "ECONNREFUSED")
        assert comes_to(pc, "yes")


def comes_to(pc: Host, wanted: str) -> bool:
    """Whether a connection fares like this before long."""
    until = time.monotonic() + LATER_S
    while (seen := connects(pc, ZOOM, 443)) != wanted and time.monotonic() < until:
        time.sleep(0.05)
    return seen == wanted


def test_a_fault_that_would_come_later_than_the_end_never_comes(lab: Lab) -> None:
    started = time.monotonic()
    with applied(lab, "later", [{"reject": "all"}], after_s=60):
        pass
    assert time.monotonic() - started < 1


def test_what_goes_wrong_later_is_told_at_the_end(lab: Lab) -> None:
    with pytest.raises(HostError), applied(lab, "later", [{"drop": "this is not nft"}], after_s=0):
        began = time.monotonic()
        while any(thread.name == "later" for thread in threading.enumerate()):
            assert time.monotonic() < began + LATER_S
            time.sleep(0.05)
