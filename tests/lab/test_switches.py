"""Every verb is undone to the last rule, whatever it did; and steps are read strictly."""

import difflib
import time
from collections.abc import Iterator

import pytest

from tests.lab import snapshot, switches
from tests.lab.hosts import HostError
from tests.lab.lab import Lab
from tests.lab.servers import nginx, sshd
from tests.lab.switches.base import VERBS, Step, parsed, switched

LATER_S = 10.0
# Every verb, in its ways.
STEPS: list[Step] = [
    {"vpn_program": "cisco", "says": "off"},
    {"vpn_program": "tailscale", "says": "sign_in"},
    {"past_tunnel": "192.88.99.67"},
    {"drop": "udp dport != 53", "at": "pc"},
    {"drop": "all", "only_ports": [53, 80, 443], "but": "zoom.us"},
    {"reject": "to zoom.us, 10.20.0.0/16", "protocol": "tcp", "port": 443, "answer": "prohibited"},
    {"reject": "all", "at": "company", "chain": "forward"},
    {"reject": "all", "each_time": True},
    {"stop": "router-dns"},
    {"pause": ["isp-dns", "public-dns"]},
    {"serve": "dnsmasq.isp", "extra.corp.test": "192.88.99.68"},
    {"dns": "silent", "everywhere": True},
    {"dns": "closed"},
    {"dns": "refused", "at": "isp"},
    {"dns": "slow", "delay_ms": 200},
    {"dns": "cut_for_good"},
    {"dns": "long_lost"},
    {"name_servers": ["192.88.99.250"]},
    {"link_down": "lan"},
    {"link_down": "line"},
    {"unplugged": "lan"},
    {"unplugged": "line"},
    {"no_address": "none"},
    {"no_address": "self_assigned"},
    {"no_route": "both"},
    {"wrong_gateway": "192.168.1.77"},
    {"at_home_too": "10.20.0.11"},
    {"at_home_too": "10.20.0.11", "answers": "files"},
    {"gateway_silent": "hung"},
    {"gateway_silent": "off"},
    {"no_ipv4": True},
    {"no_ipv6": True},
    {"ipv6_broken": "silent"},
    {"portal": "redirect"},
    {"portal": "page", "secure": "untrusted", "names": "hijacked"},
    {"portal": "redirect", "secure": "pass"},
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
    {"sip_alg": "udp"},
    {"sip_alg": "tcp"},
    {"impostor": "garbage", "address": "zoom.us", "port": 443},
    {"impostor": "silent", "address": "192.88.99.68", "port": 443, "at": "isp"},
    {"later": [{"reject": "all"}, {"relay": "line", "drop": True}], "after_s": 0},
    {"full_disk": "home"},
    {"full_disk": "tmp"},
    {"dead_mount": "/home/anna/team"},
    {"drive": "/home/anna/team", "network": "inside"},
    {"vpn_file": "wireguard"},
    {"stand_ins": "198.18"},
    {"stand_ins": "100.64", "carried": False},
    {"web_cache": True},
    {"pac": 'function FindProxyForURL() { return "DIRECT"; }'},
    {"pac": "", "status": 404},
    {"pac": "", "detects": True},
    {"desktop_proxy": "proxy.corp.test 3128", "but": "corp.test"},
    {"host_list": {"www.microsoft.com": "127.0.0.1"}},
    {"plugin": "good"},
]


@pytest.fixture(scope="module")
def lab(lab: Lab) -> Iterator[Lab]:
    """With the web of the internet, for those who answer in its place, and with files to mount."""
    lab.start([nginx.internet(lab), sshd.sftp()])
    yield lab
    lab.stop("internet-web")
    lab.stop("sftp")


@pytest.fixture(scope="module")
def baseline(lab: Lab) -> dict[str, str]:
    return snapshot.taken(lab)


def test_every_verb_is_tried() -> None:
    own = {name for name, function in VERBS.items() if function.__module__.startswith(switches.__name__)}
    assert {next(iter(step)) for step in STEPS} == own, "those of tunnels.py are tried with tunnels"


@pytest.mark.parametrize(
    "step", STEPS, ids=lambda step: ", ".join(f"{key}={value}" for key, value in step.items())
)
def test_a_switch_changes_something_and_leaves_nothing(
    lab: Lab, baseline: dict[str, str], step: Step
) -> None:
    with switched(lab, [step]):
        until = time.monotonic() + LATER_S
        while (during := snapshot.taken(lab)) == baseline and "later" in step and time.monotonic() < until:
            time.sleep(0.05)
    after = snapshot.taken(lab)
    assert during != baseline
    assert not differences(baseline, after)


def test_switches_on_top_of_each_other_leave_nothing(lab: Lab, baseline: dict[str, str]) -> None:
    rate, relay = {"rate": "line", "down_kbit": 9000, "up_kbit": 900}, {"relay": "line", "delay_ms": 5}
    with switched(
        lab,
        [rate, relay, {"mtu": 1400}, {"nat": "cgnat"}, {"unplugged": "lan"}, {"relay": "lan", "delay_ms": 1}],
    ):
        assert "rate 900Kbit" in lab["router"].run("tc", "qdisc", "show", "dev", "wan").stdout
    assert not differences(baseline, snapshot.taken(lab))


def test_a_switch_that_fails_takes_back_those_before_it(lab: Lab, baseline: dict[str, str]) -> None:
    with (
        pytest.raises(HostError),
        switched(lab, [{"relay": "line", "delay_ms": 1}, {"drop": "this is not nft"}]),
    ):
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
        for line in difflib.unified_diff(
            text.splitlines(), after[key].splitlines(), key, "now", n=0, lineterm=""
        )
    ]
