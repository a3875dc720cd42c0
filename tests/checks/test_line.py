import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import Interface, Meter, Route, UdpAnswer
from readycheck.testing import FakeNet, FakeSystem, Silent, Where, run_check
from readycheck_checks.calls.limits import Limit
from readycheck_checks.calls.sides import Packets
from readycheck_checks.line import CLOSER, FIRST, LineOptions, check
from readycheck_checks.path.loss import Sample
from readycheck_checks.path.loss_verdict import Surroundings, judge_loss
from tests.checks.stun_servers import success

ONE, OTHER, ROUTER, HERE = "198.51.100.1", "203.0.113.1", "192.168.1.1", "192.168.1.23"
LIMIT = Limit(plan=2, fail=10, source="somebody", checked="2026-11-21")
OPTIONS = LineOptions(udp_targets=(f"{ONE}:3478", f"{OTHER}:3478"), loss_percent=LIMIT)
ISP = Surroundings(link="wifi")


class Losing(FakeNet):
    """Loses every ``nth`` datagram to these addresses."""

    def __init__(self, nth: Mapping[str, int], **world: Any) -> None:
        super().__init__(replies={(ONE, 3478): success, (OTHER, 3478): success}, **world)
        self.nth = nth
        self.seen: dict[str, int] = {}

    async def udp(self, host: str, port: int, payload: bytes, **more: Any) -> UdpAnswer:
        self.seen[host] = number = self.seen.get(host, 0) + 1
        if host in self.nth and number % self.nth[host] == 0:
            raise Silent(Where(host=host, port=port))
        return replace(await super().udp(host, port, payload, **more), address=host)


def result(net: FakeNet, options: LineOptions = OPTIONS, **world: Any) -> CheckResult:
    interfaces = (Interface(name="wlan0", kind="wifi", up=True, addresses=(HERE,), mtu=1500),)
    system = FakeSystem(network=interfaces, route=Route(interface="wlan0", gateway=ROUTER))
    net.sources = {ONE: HERE, OTHER: HERE, ROUTER: HERE}
    return asyncio.run(run_check(check, options, net=net, system=system, **world))


def packets(lost: int, sent: int = 100, rtt_ms: float = 10.0) -> Packets:
    return Packets(sent=sent, rtts_ms=(rtt_ms,) * (sent - lost))


def test_a_line_that_loses_nothing_is_asked_shortly() -> None:
    net = Losing({}, ports={(ROUTER, 53): 2.0})
    outcome = result(net)
    assert (outcome.status, outcome.findings[0].code) == (Status.PASS, "connection.loss_none")
    assert net.seen == {ONE: FIRST + 1, OTHER: FIRST + 1}


def test_a_line_that_loses_is_asked_longer_and_named() -> None:
    net = Losing({ONE: 5, OTHER: 5}, ports={(ROUTER, 53): 2.0})
    outcome = result(net)
    assert (outcome.status, outcome.findings[0].owner) == (Status.WARN, Owner.ISP)
    assert net.seen[ONE] == 1 + FIRST + CLOSER


def test_what_one_host_loses_alone_is_not_the_lines() -> None:
    assert result(Losing({ONE: 4}, ports={(ROUTER, 53): 2.0})).status is Status.PASS


def test_without_data_for_a_longer_look_the_short_one_decides() -> None:
    net = Losing({ONE: 3, OTHER: 3}, ports={(ROUTER, 53): 2.0})
    assert result(net, meter=Meter(limit=1_000)).status is Status.WARN
    assert net.seen[ONE] == 1 + FIRST


def test_nobody_to_ask_is_unknown() -> None:
    assert result(FakeNet(), LineOptions()).status is Status.UNKNOWN


def test_loss_before_the_router_is_the_homes() -> None:
    finding = judge_loss(Sample(near=packets(20), far={"a": packets(22), "b": packets(20)}), 2, ISP)
    assert (finding.owner, finding.code) == (Owner.HOME, "connection.loss")
    assert "5 GHz" in finding.remedy


def test_a_router_that_answers_badly_and_passes_everything_on_loses_nothing() -> None:
    finding = judge_loss(Sample(near=packets(30), far={"a": packets(0), "b": packets(0)}), 2, ISP)
    assert finding.status is Status.PASS


def test_loss_without_a_router_to_compare_with_is_either_partys() -> None:
    finding = judge_loss(Sample(far={"a": packets(20), "b": packets(20)}), 2, ISP)
    assert finding.either == (Owner.ISP, Owner.HOME)


def test_loss_within_a_vpn_is_the_providers_or_the_companys() -> None:
    around = Surroundings(behind=(Owner.ISP, Owner.COMPANY), vpn=True)
    finding = judge_loss(Sample(near=packets(0), far={"a": packets(20), "b": packets(20)}), 2, around)
    assert finding.either == (Owner.ISP, Owner.COMPANY)


@pytest.mark.parametrize(
    ("lost", "sent", "status"),
    [(1, 100, Status.PASS), (4, 100, Status.UNKNOWN), (2, 30, Status.UNKNOWN), (12, 100, Status.WARN)],
)
def test_losses_above_the_limit_that_chance_may_explain_are_neither_well_nor_a_fault(
    lost: int, sent: int, status: Status
) -> None:
    far = {"a": packets(lost, sent), "b": packets(lost, sent)}
    assert judge_loss(Sample(near=packets(0), far=far), 2, ISP).status is status


def test_without_a_limit_losses_are_told_and_not_called_hardly_any() -> None:
    finding = judge_loss(Sample(near=packets(0), far={"a": packets(40), "b": packets(41)}), None, ISP)
    assert (finding.status, finding.code) == (Status.SKIP, "connection.loss_unjudged")
    assert "40 %" in finding.summary


def test_a_single_loss_towards_the_only_host_that_answers_is_unknown() -> None:
    assert judge_loss(Sample(near=packets(0), far={"a": packets(1, 30)}), 2, ISP).status is Status.UNKNOWN


def test_losses_towards_the_only_host_that_answers_are_unknown() -> None:
    assert judge_loss(Sample(near=packets(0), far={"a": packets(20)}), 2, ISP).status is Status.UNKNOWN


def test_a_router_alone_that_loses_nothing_says_nothing_about_the_line() -> None:
    finding = judge_loss(Sample(near=packets(0)), 2, ISP)
    assert (finding.status, finding.code) == (Status.UNKNOWN, "connection.loss_unproved")
    assert "beyond the router" in finding.summary


def test_what_a_full_line_drops_is_not_said_to_get_lost() -> None:
    """60 kbit/s up carry little more than these packets: they wait in a queue, and what finds no room there is dropped."""
    full = {"a": packets(20, rtt_ms=820), "b": packets(22, rtt_ms=830)}
    finding = judge_loss(Sample(near=packets(0), far=full), 2, ISP)
    assert finding.status is Status.UNKNOWN and "820 ms" in finding.summary
    one = {"a": packets(20, rtt_ms=120), "b": packets(22, rtt_ms=830)}
    assert judge_loss(Sample(near=packets(0), far=one), 2, ISP).status is Status.WARN
    near = Sample(near=packets(20, rtt_ms=820), far=full)
    assert judge_loss(near, 2, ISP).owner is Owner.HOME, "what is lost on the way to the router is lost there"


class Late(Losing):
    """Answers after 1.5 seconds, as a full queue lets them."""

    async def udp(self, host: str, port: int, payload: bytes, **more: Any) -> UdpAnswer:
        waits = more.get("waits_s", ())
        if self.seen.get(host, 0) and sum(waits) < 1.5:
            raise Silent(Where(host=host, port=port))
        return await super().udp(host, port, payload, **more)


def test_a_datagram_that_comes_late_is_not_lost() -> None:
    assert result(Late({}, ports={(ROUTER, 53): 2.0})).findings[0].code == "connection.loss_none"


def test_a_router_whose_name_server_answers_late_loses_nothing() -> None:
    net = Late({})
    net.replies = {**net.replies, (ROUTER, 53): lambda asked: asked[:2] + b"\x81\x80" + asked[4:]}
    figures = {each.name: each.value for each in result(net).measurements}
    assert (figures["router_loss"], net.seen[ROUTER]) == (0.0, FIRST + 1)


def test_loss_of_which_so_few_answers_came_that_the_line_may_be_full_is_unknown() -> None:
    """Where UDP is blocked only connection attempts are counted, and one that waits in a queue for a second is given up."""
    few = {"a": packets(95), "b": packets(94)}
    finding = judge_loss(Sample(near=packets(0), far=few), 2, ISP)
    assert (finding.status, finding.code) == (Status.UNKNOWN, "connection.loss_unproved")
    assert "may be full" in finding.summary
    assert judge_loss(Sample(near=packets(95), far=few), 2, ISP).owner is Owner.HOME


def test_what_a_satellite_takes_is_not_called_a_full_line_only() -> None:
    far = {"a": packets(20, rtt_ms=620), "b": packets(22, rtt_ms=630)}
    assert "satellite" in judge_loss(Sample(near=packets(0), far=far), 2, ISP).summary
