"""Every verb does what it says, and afterwards the lab is as it was."""

import difflib
import subprocess
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.lab import journey, snapshot, topology, zone
from tests.lab.asking import connects, fetched, looked_up, says
from tests.lab.hosts import HostError
from tests.lab.lab import HOME, Lab
from tests.lab.servers import nginx
from tests.lab.switches.base import VERBS, Step, parsed, switched

ZOOM = zone.address("zoom.us")
GOOGLE6 = topology.LITERAL_IP6S[1]
NO_PAGE = "http://connectivitycheck.gstatic.com/generate_204"
SECURE = "https://www.google.com/generate_204"

# Every verb, in its ways. "changes" of nothing: what it does cannot be seen in the lab's state (a healthy variant of it).
STEPS: list[Step] = [
    {"drop": "udp dport != 53", "at": "pc"},
    {"drop": "all", "only_ports": [53, 80, 443], "but": "zoom.us"},
    {"reject": "to zoom.us, 10.20.0.0/16", "protocol": "tcp", "port": 443, "answer": "prohibited"},
    {"reject": "all", "at": "company", "chain": "forward"},
    {"stop": "router-dns"},
    {"pause": ["isp-dns", "public-dns"]},
    {"serve": "dnsmasq.isp", "extra.corp.test": "192.88.99.68"},
    {"dns": "silent", "everywhere": True},
    {"dns": "closed"},
    {"dns": "refused", "at": "isp"},
    {"dns": "slow", "delay_ms": 200},
    {"name_servers": ["192.88.99.250"]},
    {"link_down": "lan"},
    {"link_down": "line"},
    {"unplugged": "lan"},
    {"unplugged": "line"},
    {"no_address": "none"},
    {"no_address": "self_assigned"},
    {"no_route": "both"},
    {"wrong_gateway": "192.168.1.77"},
    {"gateway_silent": "hung"},
    {"gateway_silent": "off"},
    {"no_ipv4": True},
    {"no_ipv6": True},
    {"ipv6_broken": "silent"},
    {"portal": "redirect"},
    {"portal": "page", "secure": "untrusted", "names": "hijacked"},
    {"intercept": "untrusted", "names": "zoom.us"},
    {"intercept": "trusted", "but": "zoom.us"},
    {"clock": -1800},
    {"environment": {"LANG": "de_DE.UTF-8"}},
    {"password": "another"},
    {"proxy": "http://192.168.1.1:3129"},
    {"proxy_required": "http://proxy.corp.test:3128"},
    {"rate": "line", "down_kbit": 10000, "up_kbit": 2000},
    {"rate": "lan", "up_kbit": 2000},
    {"mtu": 1000, "link": "line"},
    {"mtu": 1280, "link": "line", "silent": True},
    {"relay": "lan", "delay_ms": 1},
    {"relay": "line", "drop": True},
    {"relay": "office", "mtu": 1280},
    {"wifi": "weak"},
    {"nat": "symmetric", "udp_timeout_s": 5},
    {"nat": "full-cone"},
    {"nat": "address-restricted"},
    {"nat": "double"},
    {"nat": "cgnat"},
    {"impostor": "garbage", "address": "zoom.us", "port": 443},
    {"impostor": "silent", "address": "192.88.99.68", "port": 443, "at": "isp"},
    {"later": [{"reject": "all"}, {"relay": "line", "drop": True}], "after_s": 0},
    {"full_disk": "home"},
    {"full_disk": "tmp"},
    {"dead_mount": "/home/anna/team"},
]


@pytest.fixture(scope="module")
def lab(lab: Lab) -> Iterator[Lab]:
    """With the web of the internet, for those who answer in its place."""
    lab.start([nginx.internet(lab)])
    yield lab
    lab.stop("internet-web")


@pytest.fixture(scope="module")
def baseline(lab: Lab) -> dict[str, str]:
    return snapshot.taken(lab)


def applied(lab: Lab, verb: str, value: Any, **parameters: Any) -> Any:
    return switched(lab, [{verb: value, **parameters}])


def test_every_verb_is_tried() -> None:
    assert {next(iter(step)) for step in STEPS} >= set(VERBS) - {"tunnel"}


@pytest.mark.parametrize("step", STEPS, ids=lambda step: ", ".join(f"{key}={value}" for key, value in step.items()))
def test_a_switch_changes_something_and_leaves_nothing(lab: Lab, baseline: dict[str, str], step: Step) -> None:
    with switched(lab, [step]):
        time.sleep(0.3 if "later" in step else 0)
        during = snapshot.taken(lab)
    after = snapshot.taken(lab)
    assert during != baseline
    assert not differences(baseline, after)


def test_switches_on_top_of_each_other_leave_nothing(lab: Lab, baseline: dict[str, str]) -> None:
    rate, relay = {"rate": "line", "down_kbit": 9000, "up_kbit": 900}, {"relay": "line", "delay_ms": 5}
    with switched(lab, [rate, relay, {"mtu": 1400}, {"nat": "cgnat"}, {"unplugged": "lan"}, {"relay": "lan", "delay_ms": 1}]):
        assert "tbf rate 900Kbit" in lab["router"].run("tc", "qdisc", "show").stdout
    assert not differences(baseline, snapshot.taken(lab))


def test_a_switch_that_fails_takes_back_those_before_it(lab: Lab, baseline: dict[str, str]) -> None:
    with pytest.raises(HostError), switched(lab, [{"relay": "line", "delay_ms": 1}, {"drop": "this is not nft"}]):
        pass
    assert not differences(baseline, snapshot.taken(lab))


@pytest.mark.parametrize(
    "step",
    [
        {"shake": "line"},
        {"at": "router", "drop": "all"},
        {"drop": "to nobody.example"},
        {"reject": "all", "answer": "politely"},
        {"stop": "no-such-server"},
        {"serve": "samba.dance"},
        {"dns": "purple"},
        {"impostor": "drip", "address": "zoom.us", "port": 443, "protocol": "udp"},
    ],
)
def test_a_step_that_makes_no_sense_is_an_error(lab: Lab, step: Step) -> None:
    with pytest.raises(ValueError), switched(lab, [step]):
        pass


def test_a_step_begins_with_its_verb_whatever_its_parameters_are_called() -> None:
    function, value, parameters = parsed({"relay": "line", "drop": True})
    assert (function, value, parameters) == (VERBS["relay"], "line", {"drop": True})


def differences(before: dict[str, str], after: dict[str, str]) -> list[str]:
    return [
        line
        for key, text in before.items()
        for line in difflib.unified_diff(text.splitlines(), after[key].splitlines(), key, "now", n=0, lineterm="")
    ]


# ---- Packets ----


def test_dropped_packets_meet_silence_and_rejected_ones_an_answer(lab: Lab) -> None:
    pc = lab["pc"]
    with applied(lab, "drop", "to zoom.us"):
        assert connects(pc, ZOOM, 443) == connects(pc, topology.ip6(ZOOM), 443) == "silent"
        assert connects(pc, "1.1.1.1", 443) == "yes"
    for answer, heard in (("reset", "ECONNREFUSED"), ("no_host", "EHOSTUNREACH"), ("no_route", "ENETUNREACH")):
        with applied(lab, "reject", "to zoom.us", answer=answer):
            assert connects(pc, ZOOM, 443) == heard


def test_only_some_ports_pass_and_some_hosts_are_spared(lab: Lab) -> None:
    pc = lab["pc"]
    with applied(lab, "drop", "all", only_ports=[80]):
        assert connects(pc, ZOOM, 80) == "yes"
        assert connects(pc, ZOOM, 443) == "silent"
    with applied(lab, "reject", "all", but="zoom.us"):
        assert connects(pc, ZOOM, 443) == "yes"
        assert connects(pc, "1.1.1.1", 443) == "ECONNREFUSED"


def test_a_firewall_may_stand_on_every_host_and_in_one_direction(lab: Lab) -> None:
    pc = lab["pc"]
    for at in ("pc", "router", "isp", "internet"):
        with applied(lab, "drop", "all", at=at, protocol="tcp", port=443):
            assert (connects(pc, ZOOM, 443), connects(pc, ZOOM, 80)) == ("silent", "yes")
    with applied(lab, "drop", "to zoom.us", direction="in"):
        assert (connects(pc, ZOOM, 443), connects(pc, "1.1.1.1", 443)) == ("silent", "yes")


# ---- Servers ----


def test_a_stopped_server_refuses_and_a_paused_one_says_nothing(lab: Lab) -> None:
    pc = lab["pc"]
    with applied(lab, "stop", "internet-web"):
        assert connects(pc, ZOOM, 443) == "ECONNREFUSED"
    with applied(lab, "pause", "internet-web"):
        assert connects(pc, ZOOM, 443) == "yes"
        assert fetched(pc, SECURE) == "curl 28"
    assert fetched(pc, SECURE) == "204"


def test_a_server_runs_with_other_settings_for_a_while(lab: Lab) -> None:
    with applied(lab, "serve", "nginx.internet", status={"www.google.com": 503}):
        assert fetched(lab["pc"], SECURE) == "503"
    assert fetched(lab["pc"], SECURE) == "204"


@pytest.mark.parametrize(
    ("how", "heard"),
    [("silent", TimeoutError), ("reset", ConnectionError), ("close", b""), ("garbage", b"\xac")],
)
def test_an_impostor_answers_in_the_place_of_a_server(lab: Lab, how: str, heard: Any) -> None:
    with applied(lab, "impostor", how, address="zoom.us", port=443):
        if isinstance(heard, type):
            with pytest.raises(heard):
                says(lab["pc"], ZOOM, 443)
        else:
            assert says(lab["pc"], ZOOM, 443)[:1] == heard[:1] or how == "garbage"
        assert connects(lab["pc"], ZOOM, 80) == "yes"


def test_a_dripping_server_is_the_real_one_at_one_byte_a_second(lab: Lab) -> None:
    with applied(lab, "impostor", "drip", address="zoom.us", port=80):
        assert says(lab["pc"], topology.ip6(ZOOM), 80, b"GET / HTTP/1.0\r\n\r\n") == b"H"
