"""The call path over the organisation's reflector: each direction, how much video, and what is said where it takes no part."""

import asyncio
import dataclasses
import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from readycheck.adapters.net import RealNet
from readycheck.api import (
    Confidence,
    Interface,
    Meter,
    Owner,
    Refused,
    Route,
    Silent,
    Status,
    TcpAnswer,
    UdpAnswer,
)
from readycheck.errors import NetError, Where
from readycheck.measure.media.call import call
from readycheck.measure.packets import echo
from readycheck.measure.packets.echo_session import NotGranted
from readycheck.model import CheckResult
from readycheck.testing import ADDRESS, FakeClock, FakeNet, FakeSystem, run_check
from readycheck_checks.call_path import CallPathOptions, check
from readycheck_checks.calls import near_end, reflecting
from readycheck_checks.calls.kinds import Kind
from readycheck_checks.calls.limits import Limit
from readycheck_checks.calls.path_verdict import Evidence, judge_path
from readycheck_checks.calls.reflecting import Reflected, ReflectorAt
from tests.checks.stun_servers import server, success
from tests.checks.test_call_near_end import SECOND, World
from tests.unit.measure.loopback import udp_listener, unused_port
from tests.unit.measure.media.bad_line import Line, every, losing, reflector_behind, wobbling

ROUTER, HERE = "192.168.1.1", "192.168.1.23"
LIMITS: dict[str, Any] = {
    "rtt_ms": Limit(plan=100, fail=300, source="Example", checked="2026-11-21"),
    "jitter_ms": Limit(plan=30, fail=60, source="Example", checked="2026-11-21"),
    "loss_percent": Limit(plan=1, fail=5, source="Example", checked="2026-11-21"),
}


def kind(title: str, mbps: float) -> Kind:
    return Kind(
        title=title, up_mbps=mbps, down_mbps=mbps, rtt_ms=300, jitter_ms=60, loss_percent=5,
        source="Example", checked="2026-11-22",
    )  # fmt: skip


KINDS = {
    "audio": kind("voice", 0.08),
    "video_720p": kind("video in 720p", 1.5),
    "group": kind("group video", 2.0),
}


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(reflecting, "VOICE_S", (2.0, 1.0))
    monkeypatch.setattr(reflecting, "VIDEO_S", (0.5, 0.3))
    monkeypatch.setattr(reflecting, "SECOND_S", 1.0)
    yield


def over(
    port: int,
    *,
    quick: bool = False,
    limit: int | None = None,
    secrets: dict[str, str] | None = None,
    clock: FakeClock | None = None,
    **more: Any,
) -> CheckResult:
    async def run() -> CheckResult:
        meter = Meter(limit=limit)
        own = ReflectorAt(at=f"127.0.0.1:{port}", token_secret="reflector" if secrets else "")
        options = CallPathOptions(**(LIMITS | {"reflector": own, "kinds": KINDS} | more))
        extra: dict[str, Any] = {"clock": clock or FakeClock()} | ({"secrets": secrets} if secrets else {})
        return await run_check(check, options, net=RealNet(meter), meter=meter, quick=quick, **extra)

    return asyncio.run(run())


def codes(result: CheckResult) -> list[tuple[str, Status]]:
    return [(found.code, found.status) for found in result.findings]


def facts(result: CheckResult) -> dict[str, str]:
    return {each.name: each.value for each in result.facts}


def figures(result: CheckResult) -> dict[str, float]:
    return {each.name: each.value for each in result.measurements}


@pytest.mark.usefixtures("short")
def test_a_good_path_is_good_for_everything_and_told_for_each_direction() -> None:
    with reflector_behind(Line()) as port:
        result = over(port)
    assert codes(result) == [("calls.udp", Status.PASS), ("calls.stream", Status.PASS)]
    assert result.findings[-1].summary.startswith("Good for group video: ")
    assert facts(result)["call_kinds"] == "group video"
    told = figures(result)
    assert (told["call_loss_up"], told["call_loss_down"]) == (0, 0)
    assert told["call_mos_up"] > 4.2 and told["call_mos_down"] > 4.2
    assert {"call_rtt", "call_jitter_up", "call_jitter_down", "call_variation_up"} <= set(told)
    assert result.bytes_used < reflecting.most_bytes(KINDS, False)


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("line", "words"),
    [
        (Line(up=losing(0.25)), "The others hear you badly: "),
        (Line(down=losing(0.25)), "You hear the others badly: "),
        (Line(up=losing(0.3), down=losing(0.3)), "You and the others hear each other badly: "),
    ],
    ids=["up", "down", "both"],
)
def test_the_direction_that_loses_is_said_in_peoples_words(line: Line, words: str) -> None:
    with reflector_behind(line) as port:
        result = over(port)
    (found,) = [each for each in result.findings if each.code == "calls.loss_high"]
    assert found.status is Status.FAIL
    assert found.summary.startswith(words)
    assert facts(result)["call_kinds"].startswith("no call")
    assert len(line.sent) < 500  # video was not tried after that
    stated = check.cost_of(
        CallPathOptions(reflector=ReflectorAt(at="127.0.0.1:8443"), kinds=KINDS), quick=False
    )
    assert result.bytes_used <= stated.bytes


@pytest.mark.usefixtures("short")
def test_jitter_is_told_for_the_direction_that_has_it() -> None:
    with reflector_behind(Line(up=wobbling(0.4))) as port:
        result = over(port)
    (found,) = [each for each in result.findings if each.code == "calls.jitter_high"]
    assert found.status is Status.FAIL
    assert found.summary.startswith("The others hear you badly: what you send arrives unevenly")


@pytest.mark.usefixtures("short")
def test_a_path_that_carries_voice_and_no_video_says_so() -> None:
    """What is longer than a packet of voice gets lost."""

    def no_video(number: int) -> float | None:
        return None if line.sent[-1:] and len(line.sent) > 100 and number % 2 else 0.0

    line = Line()
    line.up = no_video  # the first hundred packets are the voice stream's
    with reflector_behind(line) as port:
        result = over(port)
    (found,) = [each for each in result.findings if each.code == "calls.video_limited"]
    assert (found.status, found.owner) == (Status.WARN, Owner.UNKNOWN)
    assert found.summary.startswith("Good for voice only. Video in 720p does not get through well: ")
    assert "of what you send is lost" in found.summary


@pytest.mark.usefixtures("short")
def test_the_quick_plan_tries_one_kind_of_video_and_says_at_least() -> None:
    with reflector_behind(Line()) as port:
        result = over(port, quick=True)
    assert facts(result)["call_kinds"].startswith("at least video in 720p")
    assert result.bytes_used < reflecting.most_bytes(KINDS, True)


@pytest.mark.usefixtures("short")
def test_without_data_for_more_it_ends_with_what_was_tried() -> None:
    with reflector_behind(Line()) as port:
        result = over(port, limit=200_000)
    assert "data allowance" in facts(result)["call_kinds"]
    assert result.bytes_used <= 200_000


@pytest.mark.usefixtures("short")
def test_the_token_is_a_secret_of_the_profile() -> None:
    line = Line(token=b"only for us")
    with reflector_behind(line) as port, udp_listener(server()) as stun:
        assert facts(over(port, secrets={"reflector": "only for us"}))["call_kinds"] == "group video"
        result = over(port, udp_controls=(f"127.0.0.1:{stun}",))
    assert "token" in facts(result)["reflector_unused"]
    assert ("calls.stream", Status.PASS) in codes(result)
    assert "round trips" in {each.name: each.method for each in result.measurements}["call_rtt"]


@pytest.mark.usefixtures("short")
def test_a_reflector_that_wants_another_token_is_not_said_to_answer_single_packets_only() -> None:
    with reflector_behind(Line(token=b"only for us")) as port:
        result = over(port)
    (found,) = [each for each in result.findings if each.code == "calls.stream_unmeasured"]
    assert "a token is needed" in found.summary
    assert "single packets" not in found.summary
    assert "do not agree" in found.remedy


@pytest.mark.usefixtures("short")
def test_a_busy_reflector_is_told_with_the_time_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def busy(address: str, port: int, **more: Any) -> Any:
        raise NotGranted(Where(host=address, port=port), echo.BUSY, 30)

    monkeypatch.setattr(reflecting, "call", busy)
    with reflector_behind(Line()) as port:
        found = over(port).findings[-1]
    assert found.summary.endswith("did not grant a measurement: busy, again in 30 s")
    assert found.remedy == "Check again in 30 seconds"


@pytest.mark.usefixtures("short")
def test_without_time_left_it_ends_with_what_was_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough for a voice stream, not for video after it; and then not even for voice."""
    clock = FakeClock()

    async def slow(address: str, port: int, *, seconds: float, **more: Any) -> Any:
        clock.seconds += seconds + 1.0
        return await call(address, port, seconds=seconds, **more)

    monkeypatch.setattr(reflecting, "call", slow)
    monkeypatch.setattr("readycheck_checks.call_path.WITHIN_S", 2.5 + reflecting.AROUND_S)
    with reflector_behind(Line()) as port:
        assert "no time was left" in facts(over(port, clock=clock))["call_kinds"]
        monkeypatch.setattr("readycheck_checks.call_path.WITHIN_S", 5.0)
        found = over(port, clock=clock).findings[-1]
    assert (found.code, found.status) == ("calls.stream_unmeasured", Status.UNKNOWN)
    assert "no time was left" in found.summary


def test_call_servers_that_are_all_silent_beside_an_open_reflector_leave_it_unknown() -> None:
    open_there = {
        "r.example:8443": Reflected(target="r.example:8443", address=ADDRESS, port=8443, rtt_ms=9.0)
    }
    silent = {f"stun{n}.example:3478": Silent(Where(host=f"stun{n}.example")) for n in (1, 2)}
    (found,) = judge_path(Evidence(controls=silent, reflector=open_there), "preferred")
    assert (found.code, found.status) == ("calls.udp_unproved", Status.UNKNOWN)
    (found,) = judge_path(Evidence(reflector=open_there), "preferred")
    assert (found.code, found.status) == ("calls.udp", Status.PASS)


@pytest.mark.usefixtures("short")
def test_a_silent_reflector_is_told_and_a_stun_server_serves() -> None:
    with udp_listener(server()) as stun:
        result = over(unused_port(), udp_controls=(f"127.0.0.1:{stun}",))
    assert facts(result)["reflector_unused"]
    assert {"call_rtt", "call_jitter", "call_loss"} <= set(figures(result))


@pytest.mark.usefixtures("short")
def test_a_bad_moment_that_the_second_stream_does_not_bear_out_is_a_warning_at_most() -> None:
    line = Line()
    line.up = lambda number: None if len(line.sent) <= 100 and number % 4 == 0 else 0.0
    with reflector_behind(line) as port:
        result = over(port, kinds={})
    (found,) = [each for each in result.findings if each.code == "calls.loss_high"]
    assert (found.status, found.confidence) == (Status.WARN, Confidence.LOW)
    assert found.summary.startswith("Unsteady")


class HomeNet(FakeNet):
    """A router that refuses connections at once, or that loses some of the attempts; the reflector is on loopback."""

    def __init__(self, port: int, loses_every: int = 0) -> None:
        def challenge(request: bytes) -> bytes:
            packet = echo.parse(request)
            assert isinstance(packet, echo.Hello)
            return echo.encode(echo.Challenge(packet.nonce, bytes(16), token_needed=False))

        super().__init__(
            replies={("reflector.example", port): challenge}, sources={ADDRESS: HERE, ROUTER: HERE}
        )
        self._attempts = itertools.count(1)
        self._loses_every = loses_every

    async def tcp(self, host: str, port: int, *, timeout_s: float = 4.0) -> TcpAnswer:
        lost = self._loses_every and next(self._attempts) % self._loses_every == 0
        error: NetError = Silent(Where(host=host)) if lost or port != 9 else Refused(Where(host=host))
        raise error


def from_a_home(
    monkeypatch: pytest.MonkeyPatch, net: type[HomeNet], loses_every: int = 0, **more: Any
) -> CheckResult:
    """The reflector is as far away as its address says; its packets go to loopback, so that none leaves the machine."""

    async def nearby(address: str, port: int, **more: Any) -> Any:
        assert address == ADDRESS
        return await call("127.0.0.1", port, **more)

    monkeypatch.setattr(reflecting, "call", nearby)
    monkeypatch.setattr(near_end, "APART_S", 0.0)
    wifi = Interface(name="wlan0", kind="wifi", up=True, addresses=(HERE,), mtu=1500)
    system = FakeSystem(network=(wifi,), route=Route(interface="wlan0", gateway=ROUTER))
    with reflector_behind(Line(up=every(4))) as port:
        options = CallPathOptions(**LIMITS, reflector=ReflectorAt(at=f"reflector.example:{port}"), **more)
        return asyncio.run(run_check(check, options, net=net(port, loses_every), system=system))


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("loses_every", "owner", "side"),
    [(0, Owner.UNKNOWN, "behind the home router"), (4, Owner.HOME, "between this computer and the router")],
)
def test_whose_it_is_is_told_beside_the_router(
    monkeypatch: pytest.MonkeyPatch, loses_every: int, owner: Owner, side: str
) -> None:
    """What only the way to the company's own reflector shows can be the company's line as well as the provider's."""
    result = from_a_home(monkeypatch, HomeNet, loses_every)
    (found,) = [each for each in result.findings if each.code == "calls.loss_high"]
    assert (found.status, found.owner) == (Status.FAIL, owner)
    assert found.either == (() if loses_every else (Owner.ISP, Owner.COMPANY))
    assert side in found.summary
    assert "router_loss" in figures(result)


def test_the_quick_plan_states_less_than_half_a_megabyte() -> None:
    options = CallPathOptions(
        reflector=ReflectorAt(at="reflector.example:8443"),
        udp_controls=("stun1.example:3478", "stun2.example:3478"),
        kinds=KINDS,
    )
    assert check.cost_of(options, quick=True).bytes <= 500_000
    assert check.cost_of(options, quick=False).seconds < check.timeout


def test_a_wanted_kind_that_there_is_not_is_a_mistake_in_the_profile() -> None:
    with pytest.raises(ValueError, match="none of the kinds"):
        CallPathOptions(kinds=KINDS, wanted="hologram")


@pytest.mark.usefixtures("short")
def test_a_path_that_lets_only_the_greeting_through_leaves_the_quality_unknown() -> None:
    with reflector_behind(Line(up=lambda number: None)) as port:
        result = over(port)
    assert codes(result) == [("calls.udp", Status.PASS), ("calls.stream_unmeasured", Status.UNKNOWN)]
    assert result.bytes_used > 15_000  # what was sent counts, though nothing came back


class WithControl(HomeNet):
    """And a STUN server of somebody else, at another address."""

    def __init__(self, port: int, loses_every: int = 0) -> None:
        super().__init__(port, loses_every)
        self.replies = {**self.replies, ("stun.example", 3478): success}
        self.sources[SECOND] = HERE

    async def udp(self, host: str, port: int, payload: bytes, **more: Any) -> UdpAnswer:
        answer = await super().udp(host, port, payload, **more)
        return dataclasses.replace(answer, address=SECOND) if host == "stun.example" else answer


@pytest.mark.usefixtures("short")
@pytest.mark.parametrize(
    ("lost", "owner", "says"),
    [
        (0, Owner.COMPANY, "stun.example:3478 is well at the same moment"),
        (25, Owner.ISP, "behind the home router"),
    ],
    ids=["alone", "the line"],
)
def test_a_reflector_that_is_bad_alone_is_the_companys_and_not_the_lines(
    monkeypatch: pytest.MonkeyPatch, lost: int, owner: Owner, says: str
) -> None:
    streams = World(lost=(lost, lost, lost))
    monkeypatch.setattr("readycheck_checks.calls.round_trips.stun_stream", streams.stun_stream)
    result = from_a_home(monkeypatch, WithControl, udp_controls=("stun.example:3478",))
    (found,) = [each for each in result.findings if each.code == "calls.loss_high"]
    assert (found.status, found.owner, found.either) == (Status.FAIL, owner, ())
    assert says in found.summary
    assert streams.to == [SECOND], "the line is asked for at the moment of the second stream"
