"""UDP for calls: verdicts by table with fakes, and the real thing over loopback listeners."""

import asyncio
import socket
import time
from typing import Any

import msgspec
import pytest

from readycheck.adapters.net import RealNet
from readycheck.api import (
    Confidence,
    Hop,
    HopKind,
    Interface,
    Meter,
    NameUnknown,
    Owner,
    Refused,
    Silent,
    Status,
)
from readycheck.errors import NoRoute, NotAllowed, Where
from readycheck.model import CheckResult
from readycheck.testing import ADDRESS, FakeNet, FakeSystem, run_check, tls_answer
from readycheck_checks.call_path import CallPathOptions, check
from readycheck_checks.calls.limits import Limit
from tests.checks.stun_servers import only_allocate, refusal, server, success
from tests.unit.measure.loopback import tcp_listener, udp_listener, unused_port

SILENT, NO_ROUTE = Silent(Where(host="x")), NoRoute(Where(host="x"))
HOME, ISP = "192.168.1.1", "203.0.113.1"
FORBIDS = Hop(kind=HopKind.PROHIBITED, address=HOME)
HERE = Hop(kind=HopKind.PROHIBITED, here=True)
PROFILE = CallPathOptions(
    relays=("relay.example:3478",),
    udp_controls=("stun1.example:3478", "stun2.example:19302"),
    tcp_controls=("www.example:443",),
    fallback=("calls.example:443",),
    packets=0,
)
OPEN_TCP: dict[tuple[str, int], Any] = {("www.example", 443): 20.0}
FALLBACK: dict[str, Any] = {"calls.example": tls_answer("calls.example")}


def ask(net: FakeNet, **changes: Any) -> CheckResult:
    net.sources[ADDRESS] = None  # no packet of these tests leaves the machine
    return asyncio.run(run_check(check, msgspec.structs.replace(PROFILE, **changes), net=net))


def udp(relay: Any = None, one: Any = None, two: Any = None) -> dict[tuple[str, int], Any]:
    """Replies by target; None is silence."""
    told = {("relay.example", 3478): relay, ("stun1.example", 3478): one, ("stun2.example", 19302): two}
    return {target: reply for target, reply in told.items() if reply is not None}


def codes(result: CheckResult) -> list[tuple[str, Status]]:
    return [(found.code, found.status) for found in result.findings]


# Verdicts


def test_a_relay_that_answers_proves_the_way() -> None:
    result = ask(FakeNet(replies=udp(success, success, success), ports=OPEN_TCP, certificates=FALLBACK))
    assert codes(result) == [("calls.udp", Status.PASS)]
    assert "relay.example:3478" in result.summary


def test_an_error_reply_with_our_id_proves_the_way_as_well() -> None:
    assert ask(FakeNet(replies=udp(refusal))).status is Status.PASS


def test_a_relay_that_answers_only_allocate_proves_the_way() -> None:
    assert ask(FakeNet(replies=udp(only_allocate))).status is Status.PASS


def test_a_silent_relay_beside_controls_that_answer_is_not_proved_and_not_blocked() -> None:
    result = ask(FakeNet(replies=udp(None, success, success), ports=OPEN_TCP))
    assert codes(result) == [("calls.udp", Status.PASS), ("calls.relay_unproved", Status.UNKNOWN)]


def test_one_silent_control_beside_one_that_answers_is_nothing_to_tell() -> None:
    result = ask(FakeNet(replies=udp(None, None, success)), relays=())
    assert codes(result) == [("calls.udp", Status.PASS)]


def test_a_port_on_which_everybody_is_silent_is_not_proved_by_an_answer_on_another() -> None:
    result = ask(FakeNet(replies=udp(None, None, success), ports=OPEN_TCP))
    assert codes(result)[0] == ("calls.udp_unproved", Status.UNKNOWN)
    assert "stun2.example:19302" in result.findings[0].summary and "port 3478" in result.findings[0].summary


def test_all_silent_while_the_fallback_works_is_a_warning_about_this_network() -> None:
    result = ask(FakeNet(ports=OPEN_TCP, certificates=FALLBACK))
    assert codes(result) == [("calls.udp_blocked", Status.WARN)]
    assert (result.findings[0].owner, result.findings[0].confidence) == (Owner.UNKNOWN, Confidence.MEDIUM)
    assert result.findings[0].either == (Owner.HOME, Owner.ISP)
    assert "hotspot" in result.findings[0].remedy
    assert "3478" in result.findings[0].remedy


def test_where_udp_is_required_all_silent_is_a_failure() -> None:
    result = ask(FakeNet(ports=OPEN_TCP, certificates=FALLBACK), udp="required")
    assert codes(result) == [("calls.udp_blocked", Status.FAIL)]


def test_without_a_working_fallback_blocked_udp_is_a_failure() -> None:
    assert codes(ask(FakeNet(ports=OPEN_TCP))) == [("calls.udp_blocked", Status.FAIL)]


def test_udp_that_this_computer_itself_holds_back_is_not_the_networks_doing() -> None:
    here = NotAllowed(Where(host="x"))
    result = ask(FakeNet(replies=udp(here, here, here), ports=OPEN_TCP), udp="required")
    assert codes(result) == [("calls.udp_blocked", Status.FAIL)]
    assert result.findings[0].owner is Owner.DEVICE


def test_where_no_fallback_was_asked_blocked_udp_stays_a_warning() -> None:
    assert codes(ask(FakeNet(ports=OPEN_TCP), fallback=())) == [("calls.udp_blocked", Status.WARN)]


def test_refusals_of_all_are_a_firewall_that_says_no() -> None:
    no = Refused(Where(host="x"))
    result = ask(FakeNet(replies=udp(no, no, no), ports=OPEN_TCP), udp="required")
    assert codes(result) == [("calls.udp_blocked", Status.FAIL)]
    assert "refused" in result.findings[0].detail


def test_silence_of_everything_proves_nothing() -> None:
    result = ask(FakeNet(), udp="required")
    assert codes(result) == [("calls.no_control", Status.UNKNOWN)]


def test_a_refused_tcp_connection_is_no_control() -> None:
    refused: dict[tuple[str, int], Any] = {("www.example", 443): Refused(Where(host="x"))}
    assert codes(ask(FakeNet(ports=refused), udp="required")) == [("calls.no_control", Status.UNKNOWN)]


def test_one_silent_target_alone_proves_nothing() -> None:
    result = ask(FakeNet(ports=OPEN_TCP), relays=(), udp_controls=("stun1.example:3478",), udp="required")
    assert codes(result) == [("calls.udp_unproved", Status.UNKNOWN)]


def test_two_silent_relays_of_one_organisation_prove_nothing_without_a_control() -> None:
    """They can be down together."""
    two = ("relay.example:3478", "turn.example:3478")
    result = ask(FakeNet(ports=OPEN_TCP), relays=two, udp_controls=(), udp="required")
    assert codes(result) == [("calls.udp_unproved", Status.UNKNOWN)]


def test_a_silent_relay_and_a_silent_control_are_two_parties() -> None:
    result = ask(FakeNet(ports=OPEN_TCP), udp_controls=("stun1.example:3478",), udp="required")
    assert codes(result) == [("calls.udp_blocked", Status.FAIL)]


def test_two_ports_or_two_names_of_one_host_are_one_host() -> None:
    at_one_address = Silent(Where(host="x", address=ADDRESS))
    for controls, replies in (
        (("stun1.example:3478", "stun1.example:19302"), {}),
        (PROFILE.udp_controls, udp(None, at_one_address, at_one_address)),
    ):
        net = FakeNet(ports=OPEN_TCP, replies=replies)
        result = ask(net, relays=(), udp_controls=controls, udp="required")
        assert codes(result) == [("calls.udp_unproved", Status.UNKNOWN)]


def test_a_router_that_says_no_needs_no_second_target() -> None:
    net = FakeNet(replies=udp(None, NO_ROUTE), ports=OPEN_TCP, hops={("udp", ADDRESS, 3478): (HOME, FORBIDS)})
    options = msgspec.structs.replace(PROFILE, relays=(), udp_controls=("stun1.example:3478",))
    (found,) = asyncio.run(run_check(check, options, net=net)).findings
    assert (found.code, found.owner) == ("calls.udp_blocked", Owner.HOME)


def test_a_target_that_refuses_itself_is_no_network_that_blocks() -> None:
    no = Refused(Where(host="x"))
    itself = Hop(kind=HopKind.REACHED, address=ADDRESS)
    net = FakeNet(
        replies=udp(no, no, no),
        ports=OPEN_TCP,
        hops={("udp", ADDRESS, 3478): (HOME, ISP, itself), ("tcp", ADDRESS, 443): (HOME, ISP, itself)},
    )
    (found,) = asyncio.run(run_check(check, PROFILE, net=net)).findings
    assert (found.code, found.status) == ("calls.udp_unproved", Status.UNKNOWN)
    assert "turns it away itself" in found.summary


def test_udp_that_ends_somewhere_in_a_vpn_is_not_the_homes_doing_alone() -> None:
    tunnel = Interface(name="tun0", kind="tunnel", up=True, addresses=("10.8.0.2",), mtu=1400)
    silent = Silent(Where(host="x", address=ADDRESS))
    net = FakeNet(replies=udp(silent, silent), ports=OPEN_TCP, sources={ADDRESS: "10.8.0.2"})
    result = asyncio.run(run_check(check, PROFILE, net=net, system=FakeSystem(network=(tunnel,))))
    (found,) = result.findings
    assert (found.owner, found.either) == (Owner.UNKNOWN, (Owner.COMPANY, Owner.ISP, Owner.HOME))
    assert "through the VPN" in found.summary


def test_names_that_are_unknown_were_not_asked() -> None:
    unknown_name = NameUnknown(Where(host="x"))
    result = ask(FakeNet(replies=udp(None, unknown_name, unknown_name), ports=OPEN_TCP), udp="required")
    assert codes(result) == [("calls.udp_unproved", Status.UNKNOWN)]


def test_a_profile_without_servers_asks_nobody() -> None:
    net = FakeNet()
    result = asyncio.run(run_check(check, CallPathOptions(), net=net))
    assert codes(result) == [("calls.no_relays", Status.SKIP)]
    assert net.sent == []


def test_bindings_are_sent_first_and_carry_no_name_of_ours() -> None:
    net = FakeNet(replies=udp(only_allocate))
    ask(net)
    packets = [packet for host, _, packet in net.sent if host == "relay.example"]
    assert [packet[:2] for packet in packets] == [b"\0\1", b"\0\3"]
    assert {len(packet) for packet in packets} == {20, 28}


def test_a_target_without_a_port_is_a_mistake_in_the_profile() -> None:
    for wrong in ("stun.example", "stun.example:99999", "2001:db8::1:3478"):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"udp_controls": [wrong]}, CallPathOptions)


# Where blocked UDP ends


@pytest.mark.parametrize(
    ("hops", "owner", "confidence", "words"),
    [
        ((HOME,), Owner.HOME, Confidence.MEDIUM, "this network lets no UDP through"),
        ((HOME, FORBIDS), Owner.HOME, Confidence.HIGH, "this network lets no UDP through"),
        ((HERE,), Owner.DEVICE, Confidence.HIGH, "this computer lets no UDP out"),
        ((HOME, ISP), Owner.ISP, Confidence.MEDIUM, "the internet provider lets no UDP through"),
    ],
)
@pytest.mark.parametrize("error", [SILENT, Refused(Where(host="x")), NO_ROUTE])
def test_blocked_udp_is_theirs_where_its_packets_end(
    hops: tuple[Any, ...], owner: Owner, confidence: Confidence, words: str, error: Any
) -> None:
    """Whatever the system made of it: a firewall that forbids looks like a missing route or a closed port."""
    net = FakeNet(
        replies=udp(error, error, error),
        ports=OPEN_TCP,
        hops={("udp", ADDRESS, 3478): hops, ("tcp", ADDRESS, 443): (HOME, ISP)},
    )
    (found,) = asyncio.run(run_check(check, PROFILE, net=net)).findings
    assert (found.code, found.owner, found.confidence, found.either) == (
        "calls.udp_blocked",
        owner,
        confidence,
        (),
    )
    assert words in found.summary
    assert "UDP 3478" in found.detail


def test_where_only_the_first_router_answers_blocked_udp_is_the_homes_or_the_providers() -> None:
    net = FakeNet(ports=OPEN_TCP, hops={("udp", ADDRESS, 3478): (HOME,), ("tcp", ADDRESS, 443): (HOME,)})
    (found,) = asyncio.run(run_check(check, PROFILE, net=net)).findings
    assert (found.owner, found.either) == (Owner.UNKNOWN, (Owner.HOME, Owner.ISP))


def test_an_open_path_and_silence_of_everything_are_not_followed() -> None:
    for net in (FakeNet(replies=udp(success, success, success), ports=OPEN_TCP), FakeNet()):
        ask(net)
        assert net.probed == []


# Real listeners

LIMITS: dict[str, Any] = {
    "rtt_ms": Limit(plan=100, fail=300, source="Example", checked="2026-11-21"),
    "jitter_ms": Limit(plan=30, fail=60, source="Example", checked="2026-11-21"),
    "loss_percent": Limit(plan=1, fail=3, source="Example", checked="2026-11-21"),
}


def real(*, quick: bool = True, **changes: Any) -> CheckResult:
    async def run() -> CheckResult:
        meter = Meter()
        return await run_check(
            check, CallPathOptions(**(LIMITS | changes)), net=RealNet(meter), meter=meter, quick=quick
        )

    return asyncio.run(run())


def test_over_loopback_the_way_is_open_and_a_stream_is_measured() -> None:
    with udp_listener(server()) as one, udp_listener(server()) as two:
        result = real(udp_controls=(f"127.0.0.1:{one}", f"127.0.0.1:{two}"))
    assert codes(result) == [("calls.udp", Status.PASS), ("calls.stream", Status.PASS)]
    measured = {m.name: m for m in result.measurements}
    assert measured["call_loss"].value == 0
    assert measured["call_loss"].high == pytest.approx(7.13, abs=0.02)
    assert measured["call_rtt"].value < 50
    assert measured["call_mos"].value > 4
    assert "50 round trips" in measured["call_rtt"].method
    assert {f.name: f.value for f in result.facts}["nat_mapping"] == "no address translation"
    assert result.bytes_used > 50 * 100


def test_a_lossy_path_fails_with_its_numbers() -> None:
    seen: list[int] = []

    def every_fourth_lost(data: bytes, address: tuple[str, int]) -> bytes | None:
        seen.append(1)
        return None if len(seen) > 4 and len(seen) % 4 == 0 else success(data, address)

    with udp_listener(every_fourth_lost) as one:
        result = real(udp_controls=(f"127.0.0.1:{one}",))
    worst = [found for found in result.findings if found.status is Status.FAIL]
    assert [found.code for found in worst] == ["calls.loss_high"]
    assert "Words will be missing" in worst[0].summary
    assert "at most 1 wanted" in worst[0].summary


def test_a_little_loss_is_a_warning_that_says_it_is_not_sure() -> None:
    seen: list[int] = []

    def one_lost(data: bytes, address: tuple[str, int]) -> bytes | None:
        seen.append(1)
        return None if len(seen) == 20 else success(data, address)

    with udp_listener(one_lost) as one:
        result = real(udp_controls=(f"127.0.0.1:{one}",))
    warning = result.findings[-1]
    assert (warning.code, warning.status, warning.confidence) == (
        "calls.loss_high",
        Status.WARN,
        Confidence.LOW,
    )
    assert "too few to be sure" in warning.summary
    assert warning.summary.startswith("Unsteady")  # the second stream lost nothing


def test_a_far_relay_is_told_by_its_round_trip() -> None:
    def far(data: bytes, address: tuple[str, int]) -> bytes:
        time.sleep(0.012)
        return success(data, address)

    limit = Limit(plan=5, fail=1000, source="Example", checked="2026-11-21")
    with udp_listener(far) as one:
        result = real(udp_controls=(f"127.0.0.1:{one}",), rtt_ms=limit)
    assert ("calls.rtt_high", Status.WARN) in codes(result)


def test_a_server_that_answers_once_and_then_no_more_leaves_the_quality_unknown() -> None:
    seen: list[int] = []

    def once(data: bytes, address: tuple[str, int]) -> bytes | None:
        seen.append(1)
        return success(data, address) if len(seen) == 1 else None

    with udp_listener(once) as one:
        result = real(udp_controls=(f"127.0.0.1:{one}",))
    assert codes(result) == [("calls.udp", Status.PASS), ("calls.stream_unmeasured", Status.UNKNOWN)]


def test_over_loopback_silent_servers_beside_an_open_port_are_blocked_udp() -> None:
    def hush(data: bytes, address: tuple[str, int]) -> None:
        return None

    with udp_listener(hush) as one, udp_listener(hush) as two, tcp_listener(lambda conn: None) as port:
        started = time.monotonic()
        result = real(
            udp_controls=(f"127.0.0.1:{one}", f"127.0.0.1:{two}"),
            tcp_controls=(f"127.0.0.1:{port}",),
            udp="required",
        )
        assert time.monotonic() - started < 6
    assert codes(result) == [("calls.udp_blocked", Status.FAIL)]
    assert result.findings[0].either == (Owner.HOME, Owner.ISP)


def test_over_loopback_closed_udp_ports_are_told_apart_from_silence() -> None:
    ports = [unused_port(socket.SOCK_DGRAM), unused_port(socket.SOCK_DGRAM)]
    with tcp_listener(lambda conn: None) as control:
        result = real(
            udp_controls=tuple(f"127.0.0.1:{port}" for port in ports),
            tcp_controls=(f"127.0.0.1:{control}",),
            udp="required",
        )
    assert codes(result) == [("calls.udp_blocked", Status.FAIL)]
    assert "refused" in result.findings[0].detail


def test_the_cost_counts_every_packet_of_the_stream() -> None:
    assert (
        check.cost_of(PROFILE, quick=False).bytes
        < check.cost_of(msgspec.structs.replace(PROFILE, packets=100), quick=False).bytes
    )
