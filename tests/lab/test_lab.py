"""The lab itself: the person has no power in it, nothing leads out of it, what tries to leave is counted, its names resolve."""

import json
import subprocess
import sys
from typing import Any, Final

import pytest

from tests.lab import journey, topology, zone
from tests.lab.hosts import USER_ID
from tests.lab.lab import Lab
from tests.lab.switches.base import switched

OUTSIDE_IP: Final = "203.0.113.5"  # set aside for documentation: nobody has it, and the lab neither
OUTSIDE_IP6: Final = "2001:db8::5"
CAPABILITIES: Final = ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")
LOOK_UP: Final = """
import json, socket, sys
from concurrent.futures import ThreadPoolExecutor
def look_up(name):
    try:
        return sorted({entry[4][0] for entry in socket.getaddrinfo(name, 443, socket.AF_INET)})
    except OSError as error:
        return [str(error)]
names = json.load(sys.stdin)
with ThreadPoolExecutor(8) as pool:
    print(json.dumps(dict(zip(names, pool.map(look_up, names)))))
"""
SEND: Final = """
import contextlib, socket, sys
for ip in sys.argv[1:]:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with contextlib.suppress(PermissionError):  # a firewall on the computer says so
        socket.socket(family, socket.SOCK_DGRAM).sendto(b"x", (ip, 9))
"""
ASK_FOR_POWER: Final = """
import os, socket
def tried(do, *arguments):
    try:
        do(*arguments)
    except PermissionError:
        return "refused"
    return "done"
print(
    tried(socket.socket, socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
    tried(socket.socket, socket.AF_PACKET, socket.SOCK_RAW, 0),
    tried(os.setuid, 0),
    tried(socket.sethostname, "x"),
    tried(open, "/etc/resolv.conf", "a"),
)
"""


def as_person(lab: Lab, program: str, *arguments: str, input: str | None = None) -> str:
    """What a Python program of the person's wrote, run on the pc in the way that readycheck is."""
    command = (sys.executable, "-c", program, *arguments)
    return lab["pc"].run(*command, user=True, input=input, timeout_s=30, env=journey.environment(lab)).stdout


def test_the_person_is_an_ordinary_user_without_any_capability(lab: Lab) -> None:
    told = as_person(lab, "print(open('/proc/self/status').read())")
    status = dict(line.split(":\t", 1) for line in told.splitlines() if ":\t" in line)
    assert status["Uid"].split() == status["Gid"].split() == [str(USER_ID)] * 4
    assert status["Groups"].strip() == ""
    assert {name: int(status[name], 16) for name in CAPABILITIES} == dict.fromkeys(CAPABILITIES, 0)
    assert status["NoNewPrivs"].strip() == "1"


def test_the_person_can_neither_forge_packets_nor_change_the_computer(lab: Lab) -> None:
    assert as_person(lab, ASK_FOR_POWER).split() == ["refused"] * 5
    assert lab["pc"].run("nft", "list", "ruleset", user=True, check=False).returncode != 0
    assert lab["pc"].run("ip", "link", "set", "eth0", "down", user=True, check=False).returncode != 0


def test_a_packet_for_anybody_outside_the_lab_is_counted(lab: Lab) -> None:
    before = lab.strays()
    as_person(lab, SEND, OUTSIDE_IP, OUTSIDE_IP6, OUTSIDE_IP)
    assert lab.strays() - before == 3


def test_what_a_firewall_on_the_computer_holds_back_is_counted_too(lab: Lab) -> None:
    before = lab.strays()
    with switched(lab, [{"drop": "all", "at": "pc"}]):
        as_person(lab, SEND, OUTSIDE_IP, OUTSIDE_IP6)
    assert lab.strays() - before == 2


def test_packets_within_the_lab_are_not_counted(lab: Lab) -> None:
    before = lab.strays()
    inside = (topology.ROUTER_IP, topology.NOBODY_IP, topology.INSIDE_FILES_IP, topology.ROUTER_IP6)
    as_person(lab, SEND, *inside, *topology.LITERAL_IPS, *topology.LITERAL_IP6S, "127.0.0.1")
    assert lab.strays() == before


@pytest.mark.parametrize("host", topology.HOSTS)
def test_no_host_reaches_anybody_outside_the_lab(lab: Lab, host: str) -> None:
    for ip in (OUTSIDE_IP, f"[{OUTSIDE_IP6}]"):
        asked = lab[host].run("curl", "-sS", "-m", "2", f"http://{ip}/", check=False)
        assert asked.returncode != 0 and asked.stdout == ""


def links(*command: str) -> list[dict[str, Any]]:
    done = subprocess.run([*command, "-j", "-d", "link"], capture_output=True, text=True, check=True)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def test_every_cable_has_both_its_ends_in_the_lab(lab: Lab) -> None:
    """And no host has anything else to send through: there is no way out of the private world."""
    assert [link["ifname"] for link in links("ip")] == ["lo"], "the world around the hosts has no network"
    ends = {
        (host, link["ifname"])
        for host in lab.hosts
        for link in links("ip", "-n", host)
        if link["ifname"] != "lo"
    }
    cables = topology.LINKS.values()
    assert ends == {(cable.a, cable.a_name) for cable in cables} | {
        (cable.b, cable.b_name) for cable in cables
    }


def test_every_name_of_the_shipped_profiles_is_in_the_lab(lab: Lab) -> None:
    names = [*zone.vendor_names(), *zone.COMPANY]
    found = json.loads(as_person(lab, LOOK_UP, input=json.dumps(names)))
    assert found == {name: [zone.address(name)] for name in names}
    assert len(names) > 40
