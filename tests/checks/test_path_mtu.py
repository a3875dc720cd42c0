import asyncio
from typing import Any

import pytest

from readycheck.errors import NoRoute, Silent, TooBig, Where
from readycheck.model import CheckResult, Owner, Status
from readycheck.ports import Interface, NotTold, UdpAnswer
from readycheck.testing import FakeNet, FakeSystem, run_check
from readycheck_checks.blame.ending import Ending, Place
from readycheck_checks.path.mtu_ladder import SIZES, Ladder, Rung, dns_probe, ladder, stun_probe
from readycheck_checks.path.mtu_verdict import Sizes, judge_sizes, together
from readycheck_checks.path_mtu import PathMtuOptions, check
from tests.checks.connection_listeners import LOOPBACK, real_world, udp_server
from tests.checks.stun_servers import success

ONE, OTHER = "198.51.100.1", "203.0.113.1"
OPTIONS = PathMtuOptions(servers=("stun.one.example:3478", "stun.other.example:3478"))
NAMES: dict[str, Any] = {"stun.one.example": (ONE,), "stun.other.example": (OTHER,)}


def net(**world: Any) -> FakeNet:
    return FakeNet(names=NAMES, replies={(ONE, 3478): success, (OTHER, 3478): success}, **world)


def result(world: FakeNet, options: PathMtuOptions = OPTIONS) -> CheckResult:
    return asyncio.run(run_check(check, options, net=world))


def rungs(passes: int, *, silent: bool = True, told: int = 0) -> Ladder:
    where = Where(host=ONE)
    return Ladder(
        rungs=tuple(
            Rung(size=size, answered=True)
            if size <= passes
            else Rung(
                size=size,
                too_big=bool(told),
                mtu=told,
                trouble=Silent(where) if silent and not told else None,
            )
            for size in SIZES
        )
    )


def test_packets_of_full_size_that_are_answered_are_all_that_is_sent() -> None:
    world = net()
    outcome = result(world)
    assert (outcome.status, outcome.measurements[0].value) == (Status.PASS, 1500)
    assert len(world.sent) == 4


def test_a_smaller_size_that_is_told_is_healthy() -> None:
    outcome = result(net(told_mtu=1492))
    assert (outcome.status, outcome.measurements[0].value) == (Status.PASS, 1492)
    assert "with a message" in outcome.findings[0].summary


def test_large_packets_that_vanish_towards_two_servers_are_a_black_hole() -> None:
    ways: Any = {("udp", ip, 3478): NotTold("only Linux") for ip in (ONE, OTHER)}
    outcome = result(net(silent_above=1400, hops=ways))
    assert (outcome.status, outcome.findings[0].code) == (Status.WARN, "connection.mtu_black_hole")
    assert outcome.findings[0].either == (Owner.HOME, Owner.ISP)
    assert "1400 bytes pass, 1420 do not" in outcome.findings[0].summary


def test_one_server_alone_proves_no_black_hole() -> None:
    world = FakeNet(names=NAMES, replies={(ONE, 3478): success}, silent_above=1400)
    assert result(world).findings[0].code == "connection.mtu_unproved"


def test_servers_that_are_all_silent_prove_nothing() -> None:
    assert result(FakeNet(names=NAMES)).status is Status.UNKNOWN


def test_two_servers_that_do_not_agree_prove_nothing() -> None:
    assert together([rungs(1400), rungs(1280)]).unproved
    assert not together([rungs(1400), rungs(1500)]).unproved


def test_a_line_that_loses_packets_here_and_there_is_no_black_hole() -> None:
    torn = Ladder(rungs=tuple(Rung(size=s, answered=s in (576, 1400), trouble=None) for s in SIZES))
    lossy = Ladder(
        rungs=tuple(
            r if r.answered else Rung(size=r.size, trouble=Silent(Where(host=ONE))) for r in torn.rungs
        )
    )
    assert together([lossy, lossy]).vanishes_at == 0


@pytest.mark.parametrize(
    ("ending", "owner", "either"),
    [
        (Ending(places=(Place.ROUTER,), sure=True), Owner.HOME, ()),
        (Ending(places=(Place.COMPUTER,), sure=True), Owner.DEVICE, ()),
        (Ending(places=(Place.ROUTER, Place.COMPUTER)), Owner.UNKNOWN, (Owner.HOME, Owner.DEVICE, Owner.ISP)),
        (Ending(places=(Place.ROUTER,)), Owner.UNKNOWN, (Owner.HOME, Owner.ISP)),
        (Ending(places=(Place.BEYOND, Place.PROVIDER)), Owner.ISP, ()),
        (Ending(), Owner.UNKNOWN, (Owner.HOME, Owner.ISP)),
    ],
)
def test_whose_a_black_hole_is_follows_from_where_large_packets_end(
    ending: Ending, owner: Owner, either: tuple[Owner, ...]
) -> None:
    finding = judge_sizes(Sizes(passes=1400, vanishes_at=1420), ending)
    assert (finding.owner, finding.either) == (owner, either)


def test_in_a_vpn_the_company_is_named_first() -> None:
    finding = judge_sizes(Sizes(passes=1280, vanishes_at=1320), Ending(), tunnelled=True)
    assert finding.either[0] is Owner.COMPANY


def test_a_line_that_takes_tiny_packets_only_is_a_warning() -> None:
    assert judge_sizes(Sizes(passes=1000, told=1000), Ending()).code == "connection.mtu_small"


@pytest.mark.parametrize("size", [100, 548, 1252, 1472])
def test_a_stun_probe_has_its_size_and_its_answer_is_known(size: int) -> None:
    request = stun_probe(size)
    assert size - 3 <= len(request.payload) <= size
    assert request.accept(success(request.payload))


@pytest.mark.parametrize("size", [100, 548, 1472])
def test_a_dns_probe_is_padded_to_its_size(size: int) -> None:
    request = dns_probe("inside.example")(size)
    assert len(request.payload) == size
    answer = request.payload[:2] + b"\x81\x80" + request.payload[4:]
    assert request.accept(answer)
    assert not request.accept(request.payload)


def test_a_dns_probe_of_no_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no name"):
        dns_probe("x" * 64 + ".example")


def test_a_real_server_is_climbed_with_whole_packets() -> None:
    with udp_server(success) as port:
        climbed = asyncio.run(ladder(real_world()["net"], LOOPBACK, port, (576, 1280, 1500)))
    assert climbed.passes == 1500
    assert not climbed.vanishes_at


def test_a_packet_that_this_computer_does_not_send_whole_says_how_large_it_may_be() -> None:
    world: Any = real_world()["net"]
    with udp_server(lambda data: data) as port, pytest.raises(TooBig) as told:
        asyncio.run(world.udp(LOOPBACK, port, bytes(65_520), accept=bool, waits_s=(0.5,), whole=True))
    assert told.value.mtu in (0, 65_535, 65_536)


NO_HOPS: Any = {("udp", ip, 3478): NotTold("only Linux") for ip in (ONE, OTHER)}


def test_a_size_that_is_told_counts_only_where_a_packet_of_it_is_answered() -> None:
    outcome = result(net(told_mtu=1400, silent_above=1300, hops=NO_HOPS))
    assert (outcome.status, outcome.findings[0].code) == (Status.WARN, "connection.mtu_black_hole")
    assert "1280 bytes pass, 1320 do not" in outcome.findings[0].summary
    assert outcome.measurements[0].value == 1280


def test_a_told_size_that_one_server_alone_does_not_answer_proves_no_black_hole() -> None:
    world = FakeNet(names=NAMES, replies={(ONE, 3478): success}, told_mtu=1400, silent_above=1300)
    outcome = result(world)
    assert (outcome.status, outcome.findings[0].code) == (Status.UNKNOWN, "connection.mtu_unproved")
    assert "1280 bytes pass" in outcome.findings[0].summary and outcome.measurements[0].value == 1280


def test_a_told_size_that_is_answered_once_is_enough() -> None:
    class OneIsSilent(FakeNet):
        async def udp(self, host: str, port: int, payload: bytes, **how: Any) -> UdpAnswer:
            if host == OTHER and len(payload) > 1200:
                raise Silent(Where(host=host))
            return await super().udp(host, port, payload, **how)

    replies: Any = {(ONE, 3478): success, (OTHER, 3478): success}
    outcome = result(OneIsSilent(names=NAMES, replies=replies, told_mtu=1400))
    assert (outcome.status, outcome.measurements[0].value) == (Status.PASS, 1400)


def test_a_size_above_the_one_that_is_told_is_no_hole_where_nobody_answers_for_it() -> None:
    """Routers send only so many messages a second."""
    where = Where(host=ONE)
    told = Ladder(
        rungs=(
            Rung(size=1400, answered=True),
            Rung(size=1420, trouble=Silent(where)),
            Rung(size=1500, too_big=True, mtu=1400),
        )
    )
    assert told.vanishes_at == 0
    assert together([told, told]) == Sizes(passes=1400, told=1400)


def test_a_line_of_which_a_tiny_packet_alone_is_known_is_not_called_a_tiny_line() -> None:
    where = Where(host=ONE)
    known = Ladder(rungs=(Rung(size=128, answered=True), Rung(size=1500, trouble=NoRoute(where))))
    found = judge_sizes(together([known]), Ending())
    assert (found.status, found.code) == (Status.UNKNOWN, "connection.mtu_unproved")


def test_tiny_packets_that_this_computers_own_network_card_is_set_to_are_no_providers_fault() -> None:
    card = Interface(name="eth0", kind="wired", up=True, addresses=("192.0.2.2",), mtu=1000)
    system = FakeSystem(network=(card,))
    outcome = asyncio.run(run_check(check, OPTIONS, net=net(told_mtu=1000), system=system))
    assert outcome.findings[0].code == "connection.mtu_small"
    assert outcome.findings[0].either == (Owner.DEVICE, Owner.HOME)


def test_tiny_packets_of_a_tunnel_are_the_companys_or_this_computers() -> None:
    tunnel = Interface(name="tun0", kind="tunnel", up=True, addresses=("192.0.2.2",), mtu=1000)
    system = FakeSystem(network=(tunnel,))
    outcome = asyncio.run(run_check(check, OPTIONS, net=net(told_mtu=1000), system=system))
    assert outcome.findings[0].either == (Owner.COMPANY, Owner.DEVICE)
