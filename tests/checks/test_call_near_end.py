"""After a stream that falls short, the router is asked beside a second one: with fakes, no packet leaves the machine."""

import asyncio
import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import cycle
from typing import Any, ClassVar

import msgspec
import pytest

from readycheck.api import (
    Confidence,
    Finding,
    Interface,
    Meter,
    NameSilent,
    NetError,
    NotTold,
    Owner,
    Refused,
    Route,
    Silent,
    Status,
    TcpAnswer,
    UdpAnswer,
)
from readycheck.errors import Where
from readycheck.measure.media.stream import Stream
from readycheck.measure.packets import stun
from readycheck.measure.statistics import mean_jitter, percentile, wilson
from readycheck.model import CheckResult
from readycheck.testing import ADDRESS, FakeNet, FakeSystem, fake_context, run_check
from readycheck_checks.call_path import CallPathOptions, check
from readycheck_checks.calls import near_end, round_trips
from readycheck_checks.calls.limits import Limit
from readycheck_checks.calls.probes import StunReply
from readycheck_checks.calls.until import Until
from tests.checks.stun_servers import success

ROUTER, HERE, IN_TUNNEL = "192.168.1.1", "192.168.1.23", "10.8.0.2"
SECOND = "198.51.100.7"
NO, NOTHING = Refused(Where(host=ROUTER)), Silent(Where(host=ROUTER))
WIFI = Interface(name="wlan0", kind="wifi", up=True, addresses=(HERE,), mtu=1500)
TUNNEL = Interface(name="tun0", kind="tunnel", up=True, addresses=(IN_TUNNEL,), mtu=1400)
REPLY = success(stun.binding_request(stun.new_transaction_id()))
OPTIONS = CallPathOptions(
    udp_controls=("stun.example:3478", "stun.example.net:3478"),
    rtt_ms=Limit(plan=100, fail=300, source="Example", checked="2026-11-21"),
    jitter_ms=Limit(plan=30, fail=60, source="Example", checked="2026-11-21"),
    loss_percent=Limit(plan=1, fail=5, source="Example", checked="2026-11-21"),
)


@dataclass
class HomeNet(FakeNet):
    """``router``: what one attempt after another to its answering port comes to, over and over; ``open_at``: that port;
    ``second``: the address of the second STUN server."""

    second: str = SECOND
    router: tuple[NetError | float, ...] = (NO,)
    open_at: int = 9
    asked: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.replies = {("stun.example", 3478): success, ("stun.example.net", 3478): success}
        self.sources = {ADDRESS: HERE, SECOND: HERE, ROUTER: HERE, **self.sources}
        self._course = cycle(self.router)

    async def udp(self, host: str, port: int, payload: bytes, **more: Any) -> UdpAnswer:
        answer = await super().udp(host, port, payload, **more)
        address = self.second if host == "stun.example.net" else ADDRESS
        return dataclasses.replace(answer, address=address)

    async def tcp(self, host: str, port: int, *, timeout_s: float = 4.0) -> TcpAnswer:
        assert host == ROUTER
        self.asked.append(port)
        told = next(self._course) if port == self.open_at else NOTHING
        if isinstance(told, NetError):
            raise told
        return TcpAnswer(address=host, rtt_ms=told)


def streamed(sent: int, lost: int, rtts_ms: tuple[float, ...]) -> Stream:
    bounds = wilson(lost, sent)
    times = [each for each, _ in zip(cycle(rtts_ms), range(sent - lost), strict=False)]
    middle, high = percentile(times, 0.5), percentile(times, 0.95)
    return Stream(
        sent=sent, received=sent - lost, rtt_p50_ms=middle, rtt_p95_ms=high, jitter_ms=mean_jitter(times),
        variation_ms=high - middle, loss=lost / sent, loss_low=bounds.low, loss_high=bounds.high, reordered=0,
        burst_ratio=1.0, seconds=2.0, bytes=sent * 108, rtts_ms=tuple(times),
    )  # fmt: skip


@dataclass
class World:
    """The streams that are sent, each with its loss of a hundred and its round-trip times: first of all, then to the same host
    again and to ``SECOND`` beside it. ``silent``: hosts of which nothing comes back the second time."""

    lost: tuple[int, int, int] = (10, 10, 10)
    rtts_ms: tuple[float, ...] = (20.0,)
    beside_ms: tuple[float, ...] = ()
    silent: tuple[str, ...] = ()
    sent: list[int] = field(default_factory=list)
    to: list[str] = field(default_factory=list)

    async def stun_stream(self, address: str, port: int, *, count: int, **more: float) -> Stream:
        self.sent.append(count)
        self.to.append(address)
        if len(self.sent) > 1 and address in self.silent:
            raise Silent(Where(host=address))
        place = 0 if len(self.sent) == 1 else 1 + (address == SECOND)
        times = self.beside_ms if address == SECOND and self.beside_ms else self.rtts_ms
        return streamed(count, self.lost[place] * count // 100, times)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    made = World()
    monkeypatch.setattr("readycheck_checks.calls.round_trips.stun_stream", made.stun_stream)
    yield made


def run(
    net: HomeNet,
    *,
    options: CallPathOptions = OPTIONS,
    system: FakeSystem | None = None,
    meter: Meter | None = None,
    **more: Any,
) -> CheckResult:
    usual = FakeSystem(network=(WIFI, TUNNEL), route=Route(interface="wlan0", gateway=ROUTER))
    return asyncio.run(
        run_check(check, options, net=net, system=system or usual, meter=meter or Meter(), **more)
    )


def worst(result: CheckResult) -> Finding:
    return next(found for found in result.findings if found.status is Status.FAIL)


def warning(result: CheckResult) -> Finding:
    (found,) = (each for each in result.findings if each.status is Status.WARN)
    return found


def values(result: CheckResult) -> dict[str, float]:
    return {each.name: each.value for each in result.measurements}


def test_a_healthy_stream_costs_nothing_more(world: World) -> None:
    world.lost = (0, 0, 0)
    net = HomeNet()
    result = run(net)
    assert result.status is Status.PASS
    assert (net.asked, world.sent) == ([], [100])
    assert "router_loss" not in values(result)


def test_a_router_that_answers_everything_shows_the_provider(world: World) -> None:
    net = HomeNet()
    result = run(net)
    found = worst(result)
    assert (found.code, found.owner, found.either) == ("calls.loss_high", Owner.ISP, ())
    assert "It comes about behind the home router" in found.summary
    assert "Up to the router: 0 of 100 lost" in found.detail
    assert "all the way to stun.example:3478 at the same time: 15 of 150 lost" in found.detail
    assert "all the way to stun.example.net:3478 at the same time: 15 of 150 lost" in found.detail
    assert values(result)["router_loss"] == 0
    assert world.sent == [100, *[round_trips.SECOND_PACKETS] * 2]
    assert world.to == [ADDRESS, ADDRESS, SECOND]  # two hosts that fall short are not at fault themselves


@pytest.mark.parametrize(
    ("options", "either"),
    [
        (CallPathOptions(udp_controls=OPTIONS.udp_controls[:1]), (Owner.ISP, Owner.SERVICE)),
        (CallPathOptions(relays=OPTIONS.udp_controls), (Owner.ISP, Owner.COMPANY)),
    ],
    ids=["one server of somebody else", "the organisation's relays"],
)
def test_what_only_the_way_to_one_party_shows_can_be_that_party(
    world: World, options: CallPathOptions, either: tuple[Owner, ...]
) -> None:
    limits = {"rtt_ms": OPTIONS.rtt_ms, "jitter_ms": OPTIONS.jitter_ms, "loss_percent": OPTIONS.loss_percent}
    found = worst(run(HomeNet(), options=msgspec.structs.replace(options, **limits)))
    assert (found.owner, found.either) == (Owner.UNKNOWN, either)
    assert "VPN" not in found.remedy
    assert set(world.to) == {ADDRESS}


def test_a_second_server_that_was_not_heard_at_first_is_asked_once_more(world: World) -> None:
    """A line that loses packets loses lookups of names, too."""

    class Forgetful(HomeNet):
        asked_for: ClassVar[list[str]] = []

        async def udp(self, host: str, port: int, payload: bytes, **more: Any) -> UdpAnswer:
            self.asked_for.append(host)
            if self.asked_for.count("stun.example.net") == 1:
                raise NameSilent(Where(host=host))
            return await super().udp(host, port, payload, **more)

    assert worst(run(Forgetful())).owner is Owner.ISP
    assert world.to == [ADDRESS, ADDRESS, SECOND]


def test_two_names_of_one_host_are_one_party(world: World) -> None:
    assert worst(run(HomeNet(second=ADDRESS))).either == (Owner.ISP, Owner.SERVICE)


# One server that is bad alone


RELAY = CallPathOptions(
    relays=("stun.example:3478",),
    udp_controls=("stun.example.net:3478",),
    rtt_ms=OPTIONS.rtt_ms,
    jitter_ms=OPTIONS.jitter_ms,
    loss_percent=OPTIONS.loss_percent,
)


def facts(result: CheckResult) -> dict[str, str]:
    return {each.name: each.value for each in result.facts}


def bad_alone(world: World, how: str) -> None:
    world.lost = (10, 10, 0) if how == "lossy" else (0, 0, 0)
    world.beside_ms = (20.0,)
    world.rtts_ms = {"late": (400.0,), "uneven": (20.0, 150.0)}.get(how, (20.0,))
    if how == "silent":
        world.lost, world.silent = (10, 0, 0), (ADDRESS,)


@pytest.mark.parametrize("how", ["lossy", "late", "uneven", "silent"])
def test_a_public_server_that_is_bad_alone_says_nothing_of_the_line_which_is_measured_with_another(
    world: World, how: str
) -> None:
    bad_alone(world, how)
    result = run(HomeNet())
    assert (result.status, result.findings[-1].code) == (Status.PASS, "calls.stream")
    assert facts(result)["stream_to"] == "stun.example.net:3478"
    assert facts(result)["stream_left_out"].startswith("stun.example:3478: ")
    assert (values(result)["call_rtt"], values(result)["call_loss"]) == (20, 0)
    assert [each.name for each in result.measurements].count("call_rtt") == 1


@pytest.mark.parametrize("how", ["lossy", "late", "uneven", "silent"])
def test_a_relay_of_the_organisation_that_is_bad_alone_is_the_companys(world: World, how: str) -> None:
    bad_alone(world, how)
    (found,) = [each for each in run(HomeNet(), options=RELAY).findings if each.status is not Status.PASS]
    assert (found.status, found.owner, found.either) == (Status.FAIL, Owner.COMPANY, ())
    assert "stun.example.net:3478 is well at the same moment" in found.summary
    assert "IT support" in found.remedy and "provider" not in found.remedy


def test_a_relay_and_a_control_that_are_both_bad_show_the_line(world: World) -> None:
    assert worst(run(HomeNet(), options=RELAY)).owner is Owner.ISP


def test_a_little_more_loss_to_one_server_may_be_chance(world: World) -> None:
    world.lost = (10, 3, 0)
    found = warning(run(HomeNet(), options=RELAY))
    assert found.summary.startswith("Unsteady, and well at the same moment in a stream to stun.example.net")
    assert (found.confidence, found.either) == (Confidence.LOW, (Owner.ISP, Owner.COMPANY, Owner.HOME))


def test_a_public_server_that_is_silent_to_a_stream_leaves_it_to_the_next(world: World) -> None:
    class Hushed(World):
        async def stun_stream(self, address: str, port: int, **more: Any) -> Stream:
            if address == ADDRESS:
                raise Silent(Where(host=address))
            return await super().stun_stream(address, port, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("readycheck_checks.calls.round_trips.stun_stream", Hushed(lost=(0, 0, 0)).stun_stream)
        result = run(HomeNet())
    assert result.status is Status.PASS
    assert facts(result)["stream_to"] == "stun.example.net:3478"
    assert "stun.example:3478" in facts(result)["stream_left_out"]


# Late behind the router


@pytest.mark.parametrize("rtts_ms", [(400.0,), (20.0, 150.0)], ids=["delay", "jitter"])
def test_a_queue_in_the_home_router_is_not_the_providers(world: World, rtts_ms: tuple[float, ...]) -> None:
    """The router answers for itself at once while what it sends to the line waits in it."""
    world.lost, world.rtts_ms = (0, 0, 0), rtts_ms
    found = worst(run(HomeNet(router=(5.0,), open_at=80)))
    assert (found.owner, found.either) == (Owner.UNKNOWN, (Owner.ISP, Owner.HOME))
    assert "It comes about in the home router or behind it" in found.summary
    assert "Pause uploads" in found.remedy


def test_losses_of_a_queue_that_packets_wait_in_may_be_the_routers_too(world: World) -> None:
    world.rtts_ms = tuple(20.0 + number % 50 for number in range(150))
    found = worst(run(HomeNet(router=(5.0,), open_at=80)))
    assert (found.code, found.either) == ("calls.loss_high", (Owner.ISP, Owner.HOME))


def test_a_router_that_loses_as_much_shows_the_home_network(world: World) -> None:
    result = run(HomeNet(router=(*[NO] * 10, NOTHING)))
    found = worst(result)
    assert (found.owner, found.either) == (Owner.HOME, ())
    assert "between this computer and the router" in found.summary
    assert found.remedy.startswith("Move closer to the router")
    assert values(result)["router_loss"] == pytest.approx(9, abs=1)


def test_an_accepted_connection_is_an_answer_and_tells_the_delay(world: World) -> None:
    world.lost, world.rtts_ms = (0, 0, 0), (400.0,)
    result = run(HomeNet(router=(5.0,), open_at=80))
    assert worst(result).code == "calls.rtt_high"
    assert values(result)["router_rtt"] == 5.0


def test_a_router_that_answers_no_attempt_leaves_both(world: World) -> None:
    net = HomeNet(open_at=0)
    found = worst(run(net))
    assert (found.owner, found.either) == (Owner.UNKNOWN, (Owner.ISP, Owner.HOME))
    assert "answers no connection attempts" in found.detail
    assert len(net.asked) == len(near_end.PORTS)
    assert world.sent == [100, *[round_trips.SECOND_PACKETS] * 2]


def test_a_refusing_port_is_asked_rather_than_one_where_somebody_has_to_serve(world: World) -> None:
    class Serving(HomeNet):
        async def tcp(self, host: str, port: int, *, timeout_s: float = 4.0) -> TcpAnswer:
            self.asked.append(port)
            if port == 443:
                raise NO
            return TcpAnswer(address=host, rtt_ms=1.0)

    net = Serving()
    run(net)
    assert net.asked[len(near_end.PORTS) :] == [443] * near_end.ATTEMPTS


@pytest.mark.parametrize("net", [HomeNet(), HomeNet(open_at=0)], ids=["router answers", "router silent"])
def test_a_bad_moment_that_has_passed_is_a_warning_and_nobodys_for_sure(world: World, net: HomeNet) -> None:
    world.lost = (10, 0, 0)
    result = run(net)
    assert result.status is Status.WARN
    (found,) = [each for each in result.findings if each.code == "calls.loss_high"]
    assert found.summary.startswith("Unsteady, and well some seconds later")
    assert (found.confidence, found.either) == (Confidence.LOW, (Owner.ISP, Owner.SERVICE, Owner.HOME))


def test_what_both_streams_show_is_no_single_bad_moment(world: World) -> None:
    for again in (2, 10):
        world.sent, world.lost = [], (11, again, again)
        assert "Unsteady" not in worst(run(HomeNet())).summary


def test_a_second_round_that_fails_leaves_all(world: World) -> None:
    world.silent = (ADDRESS, SECOND)
    found = warning(run(HomeNet()))
    assert (found.code, found.confidence) == ("calls.loss_high", Confidence.LOW)
    assert found.summary.startswith("Seen once only. ")
    assert found.either == (Owner.ISP, Owner.SERVICE, Owner.HOME)
    assert "nothing of the second stream came back" in found.detail


def test_through_a_vpn_what_is_behind_the_router_is_the_providers_or_the_companys(world: World) -> None:
    found = worst(run(HomeNet(sources={ADDRESS: IN_TUNNEL, SECOND: IN_TUNNEL})))
    assert (found.owner, found.either) == (Owner.UNKNOWN, (Owner.ISP, Owner.COMPANY))


def test_through_a_vpn_a_bad_near_end_is_still_the_homes(world: World) -> None:
    net = HomeNet(sources={ADDRESS: IN_TUNNEL, SECOND: IN_TUNNEL}, router=(*[NO] * 10, NOTHING))
    assert worst(run(net)).owner is Owner.HOME


@pytest.mark.parametrize(
    "route",
    [None, Route(interface="ppp0", gateway=""), NotTold("no such file")],
    ids=["none", "point to point", "not told"],
)
def test_without_a_router_to_ask_it_cannot_be_told(world: World, route: Route | NotTold | None) -> None:
    net = HomeNet()
    found = worst(run(net, system=FakeSystem(network=(WIFI,), route=route)))
    assert found.either == (Owner.ISP, Owner.HOME)
    assert net.asked == []


def test_a_gateway_inside_a_vpn_is_not_the_home_router(world: World) -> None:
    net = HomeNet(sources={ADDRESS: IN_TUNNEL, SECOND: IN_TUNNEL, ROUTER: IN_TUNNEL})
    found = worst(run(net))
    assert found.either == (Owner.ISP, Owner.COMPANY, Owner.HOME)
    assert net.asked == []


def test_a_gateway_behind_an_unknown_interface_is_not_taken_for_the_home_router(world: World) -> None:
    net = HomeNet(sources={ROUTER: "203.0.113.9"})
    assert worst(run(net)).either == (Owner.ISP, Owner.HOME)
    assert net.asked == []


def test_without_data_left_the_router_is_not_asked(world: World) -> None:
    net = HomeNet()
    found = warning(run(net, meter=Meter(limit=20_000)))
    assert (found.confidence, found.either) == (Confidence.LOW, (Owner.ISP, Owner.SERVICE, Owner.HOME))
    assert "data allowance" in found.detail
    assert net.asked == []
    assert world.sent == [100]


def test_without_data_for_a_stream_none_is_sent(world: World) -> None:
    result = run(HomeNet(), meter=Meter(limit=10_000))
    assert result.findings[-1].code == "calls.stream_unmeasured"
    assert "data allowance" in result.findings[-1].summary
    assert world.sent == []


def test_without_time_left_nothing_is_sent_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("readycheck_checks.call_path.WITHIN_S", 4.0)
    net = HomeNet()
    found = warning(run(net))
    assert found.summary.startswith("Seen once only. ")
    assert "no time was left" in found.detail
    assert (net.asked, world.sent) == ([], [100])


def test_a_server_on_this_computer_says_nothing_of_any_network(world: World) -> None:
    net = HomeNet()
    reply = StunReply(
        target="localhost:3478", address="127.0.0.1", port=3478, rtt_ms=0.1, message=stun.parse(REPLY)
    )
    ctx = fake_context(net=net)
    way = round_trips.way_of(ctx, reply, (), Owner.SERVICE, OPTIONS.limits)
    view, second = asyncio.run(near_end.look(ctx, way, {"calls.loss_high": 1.0}, Until.after(ctx, 60)))
    assert (view.near, view.words, net.asked) == (None, "", [])
    assert second is not None and second.again is not None
    assert second.again.packets.sent == round_trips.SECOND_PACKETS


def test_the_stated_cost_holds_for_the_worst_run(world: World) -> None:
    meter = Meter()
    run(HomeNet(router=(*[NO] * 10, NOTHING)), meter=meter)
    assert meter.used <= check.cost_of(OPTIONS, quick=False).bytes
