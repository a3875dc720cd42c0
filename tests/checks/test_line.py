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


def packets(lost: int, sent: int = 100) -> Packets:
    return Packets(sent=sent, rtts_ms=(10.0,) * (sent - lost))


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
