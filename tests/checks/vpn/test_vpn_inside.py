import asyncio
from typing import Any

import msgspec
import pytest

from readycheck.errors import NameSilent, NameUnknown, NetError, NoRoute, Refused, Silent
from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import Interface
from readycheck.testing import FakeNet, FakeSystem, Where, run_check
from readycheck_checks.vpn_inside import InsideOptions, check
from tests.checks.connection_listeners import LOOPBACK, closed_port, real_world, silent_tcp, tcp_listener

WIKI, FILES, CONTROL = ("wiki.corp", 443), ("10.20.0.10", 445), ("vpn.example", 443)
WHERE = Where(host="wiki.corp")
TUNNEL = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
WIFI = Interface(name="wlan0", kind="wifi", up=True, addresses=("192.168.1.23",), mtu=1500)
UP, DOWN = "10.8.0.2", "192.168.1.23"


def ask(
    wiki: float | NetError,
    files: float | NetError = 12.0,
    *,
    source: str = UP,
    control: float | NetError = 20.0,
    **options: Any,
) -> CheckResult:
    names = {"wiki.corp": wiki} if isinstance(wiki, NameUnknown | NameSilent) else {}
    net = FakeNet(
        names=names or {"wiki.corp": ("10.20.0.9",), "mail.corp": NameUnknown(Where(host="mail.corp"))},
        ports={WIKI: wiki, FILES: files, CONTROL: control},
        sources=dict.fromkeys(("10.20.0.1", "10.20.0.9", "10.20.0.10"), source),
    )
    wanted = InsideOptions(
        **(
            {
                "inside": "10.20.0.1",
                "servers": ("wiki.corp:443", "10.20.0.10:445"),
                "tcp_controls": ("vpn.example:443",),
            }
            | options
        )
    )
    return asyncio.run(run_check(check, wanted, net=net, system=FakeSystem(network=(TUNNEL, WIFI))))


def deciding(result: CheckResult) -> tuple[Status, str]:
    return result.status, result.findings[0].code


def test_servers_that_answer_pass_with_their_round_trips() -> None:
    result = ask(8.0)
    assert deciding(result) == (Status.PASS, "vpn.inside_answers")
    assert [m.value for m in result.measurements] == [8.0, 12.0]
    assert ask(8.0, names=("wiki.corp",)).summary.count("wiki.corp") == 1


def test_a_silent_server_beside_one_that_answers_is_the_companys() -> None:
    result = ask(Silent(WHERE))
    assert deciding(result) == (Status.FAIL, "vpn.inside_silent")
    assert result.findings[0].owner is Owner.COMPANY
    assert "wiki.corp:443" in result.summary and "10.20.0.10" not in result.summary


def test_when_all_are_silent_and_the_outside_answers_the_tunnel_carries_nothing() -> None:
    result = ask(Silent(WHERE), Silent(WHERE))
    assert deciding(result) == (Status.FAIL, "vpn.inside_silent")
    assert "carries nothing back" in result.summary
    assert result.findings[0].either == (Owner.COMPANY, Owner.DEVICE, Owner.HOME, Owner.ISP)


def test_when_all_are_silent_and_nothing_vouches_for_the_line_it_is_unknown() -> None:
    assert ask(Silent(WHERE), Silent(WHERE), control=Silent(WHERE)).status is Status.UNKNOWN
    assert ask(Silent(WHERE), Silent(WHERE), tcp_controls=()).status is Status.UNKNOWN


def test_without_the_vpn_silence_and_refusal_and_unknown_names_say_nothing() -> None:
    for reply in (Silent(WHERE), Refused(WHERE), NameUnknown(WHERE)):
        result = ask(reply, Silent(WHERE), source=DOWN)
        assert deciding(result) == (Status.UNKNOWN, "vpn.inside_unproved")
        assert "not connected" in result.reason


def test_servers_that_answer_without_a_tunnel_still_answer() -> None:
    assert ask(8.0, source=DOWN).status is Status.PASS


def test_an_unknown_name_while_the_vpn_is_up_is_a_matter_of_its_name_servers() -> None:
    result = ask(NameUnknown(WHERE), names=("wiki.corp",))
    assert deciding(result) == (Status.FAIL, "vpn.inside_name")
    assert result.summary.count("wiki.corp") == 1


def test_a_name_that_belongs_to_no_server_is_looked_up_as_well() -> None:
    assert deciding(ask(8.0, names=("mail.corp",))) == (Status.FAIL, "vpn.inside_name")


def test_silent_name_servers_are_unknown() -> None:
    result = ask(NameSilent(WHERE), NameSilent(WHERE))
    assert result.status is Status.UNKNOWN
    assert "name servers" in result.reason


def test_a_refusal_through_the_tunnel_is_told_apart_from_silence() -> None:
    assert deciding(ask(Refused(WHERE))) == (Status.FAIL, "vpn.inside_refused")


def test_no_route_inside_is_unknown() -> None:
    assert ask(NoRoute(WHERE), NoRoute(WHERE)).status is Status.UNKNOWN


def test_two_faults_are_two_findings() -> None:
    result = ask(Refused(WHERE), Silent(WHERE), names=("mail.corp",), servers=("wiki.corp:443",))
    assert [finding.code for finding in result.findings] == ["vpn.inside_name", "vpn.inside_refused"]


def test_nothing_to_ask_is_refused_as_a_profile() -> None:
    with pytest.raises(msgspec.ValidationError, match="names"):
        msgspec.convert({}, InsideOptions)


def test_against_listeners_on_loopback() -> None:
    with tcp_listener() as open_port, silent_tcp() as silent:
        options = InsideOptions(
            servers=tuple(f"{LOOPBACK}:{port}" for port in (open_port, silent, closed_port())),
            tunnel_kinds=("loopback",),
        )
        loopback = Interface(name="lo", kind="loopback", up=True, addresses=(LOOPBACK,), mtu=65_536)
        here = FakeSystem(network=(loopback,))
        result = asyncio.run(run_check(check, options, net=real_world()["net"], system=here))
    assert [finding.code for finding in result.findings] == ["vpn.inside_refused", "vpn.inside_silent"]


def test_a_tunnel_that_carries_nothing_is_one_fault_and_blames_nobody() -> None:
    result = ask(Silent(WHERE), Silent(WHERE), names=("mail.corp",))
    assert [(f.code, f.owner) for f in result.findings] == [("vpn.inside_silent", Owner.UNKNOWN)]
