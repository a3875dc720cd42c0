"""The verdict about a VPN gateway, by table: what silence, refusal and a certificate prove, and whose it is."""

import pytest

from readycheck.api import Confidence
from readycheck.model import Owner, Status
from readycheck_checks.asking.controls import Control, Controls
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.asking.replies import Reply
from readycheck_checks.blame.ending import AWAY, Ending, Place
from readycheck_checks.vpn.blocked_verdict import together
from readycheck_checks.vpn.case import Case
from readycheck_checks.vpn.gateway_verdict import judge_gateway, worth_following
from readycheck_checks.vpn.probe import Probe

HOST = "vpn.example"


def probe(transport: str, reply: Reply, tls: str = "") -> Probe:
    protocol, _, port = transport.partition(":")
    return Probe(protocol=protocol, port=int(port), reply=reply, tls=tls)


def line(udp: str = "", tcp: str = "") -> Controls:
    """Controls by letter: "ys" is one that answered and one that was silent."""
    asked = [("udp", letter) for letter in udp] + [("tcp", letter) for letter in tcp]
    where = Endpoint("control.example", 3478)
    return Controls(tuple(Control(protocol=p, where=where, answered=letter == "y") for p, letter in asked))


UDP_SILENT = probe("udp:1194", Reply.SILENT)
TCP_SILENT = probe("tcp:443", Reply.SILENT)
UDP_REFUSED = probe("udp:1194", Reply.REFUSED)
TCP_REFUSED = probe("tcp:443", Reply.REFUSED)
TCP_MUTE = probe("tcp:443", Reply.MUTE)
NO_ROUTE = probe("udp:1194", Reply.NO_ROUTE)
BOTH_SILENT = (UDP_SILENT, TCP_SILENT)


@pytest.mark.parametrize(
    ("probes", "controls", "status", "code", "owner"),
    [
        (BOTH_SILENT, line("y", "y"), Status.FAIL, "vpn.gateway_silent", Owner.UNKNOWN),
        (BOTH_SILENT, line("y"), Status.FAIL, "vpn.gateway_silent", Owner.UNKNOWN),
        (BOTH_SILENT, line(), Status.UNKNOWN, "vpn.gateway_unproved", Owner.UNKNOWN),
        (BOTH_SILENT, line("s", "s"), Status.UNKNOWN, "vpn.gateway_unproved", Owner.UNKNOWN),
        (BOTH_SILENT, line("s", "y"), Status.UNKNOWN, "vpn.gateway_unproved", Owner.UNKNOWN),
        ((UDP_SILENT,), line("", "y"), Status.UNKNOWN, "vpn.gateway_unproved", Owner.UNKNOWN),
        ((TCP_SILENT,), line("", "y"), Status.FAIL, "vpn.gateway_silent", Owner.UNKNOWN),
        ((UDP_REFUSED, TCP_REFUSED), line(), Status.FAIL, "vpn.gateway_refused", Owner.UNKNOWN),
        ((UDP_SILENT, TCP_REFUSED), line("y"), Status.FAIL, "vpn.gateway_silent", Owner.COMPANY),
        ((UDP_SILENT, TCP_REFUSED), line("s"), Status.UNKNOWN, "vpn.gateway_unproved", Owner.UNKNOWN),
        ((UDP_REFUSED, TCP_MUTE), line(), Status.FAIL, "vpn.gateway_silent", Owner.COMPANY),
        ((NO_ROUTE,), line(), Status.UNKNOWN, "vpn.gateway_unproved", Owner.UNKNOWN),
    ],
)
def test_silence_counts_only_beside_a_control_of_its_kind(
    probes: tuple[Probe, ...], controls: Controls, status: Status, code: str, owner: Owner
) -> None:
    finding = judge_gateway(HOST, probes, controls)
    assert (finding.status, finding.code, finding.owner) == (status, code, owner)


def at(*places: Place, sure: bool = False) -> Ending:
    return Ending(places=places, sure=sure, sentence="seen by its packets")


HERE, ROUTER, PROVIDER, BEYOND = Place.COMPUTER, Place.ROUTER, Place.PROVIDER, Place.BEYOND
TWO, THREE = (Owner.COMPANY, Owner.ISP), (Owner.COMPANY, Owner.HOME, Owner.ISP)


@pytest.mark.parametrize(
    ("ending", "code", "owner", "either", "confidence"),
    [
        (at(HERE, sure=True), "vpn.port_blocked", Owner.DEVICE, (), Confidence.HIGH),
        (at(ROUTER, sure=True), "vpn.port_blocked", Owner.HOME, (), Confidence.HIGH),
        (at(ROUTER), "vpn.port_blocked", Owner.HOME, (), Confidence.MEDIUM),
        (
            at(ROUTER, HERE),
            "vpn.port_blocked",
            Owner.UNKNOWN,
            (Owner.HOME, Owner.DEVICE),
            Confidence.MEDIUM,
        ),
        (at(PROVIDER), "vpn.port_blocked", Owner.ISP, (), Confidence.MEDIUM),
        (at(BEYOND), "vpn.gateway_silent", Owner.UNKNOWN, TWO, Confidence.MEDIUM),
        (at(Place.TARGET), "vpn.gateway_silent", Owner.COMPANY, (), Confidence.MEDIUM),
        (at(BEYOND, PROVIDER), "vpn.gateway_silent", Owner.UNKNOWN, TWO, Confidence.MEDIUM),
        (at(*AWAY), "vpn.gateway_silent", Owner.UNKNOWN, THREE, Confidence.LOW),
        (Ending(), "vpn.gateway_silent", Owner.UNKNOWN, THREE, Confidence.LOW),
    ],
)
def test_a_silent_gateway_is_theirs_where_its_packets_end(
    ending: Ending, code: str, owner: Owner, either: tuple[Owner, ...], confidence: Confidence
) -> None:
    found = judge_gateway(HOST, (UDP_SILENT,), line("y"), ending=ending)
    assert (found.status, found.code) == (Status.FAIL, code)
    assert (found.owner, found.either, found.confidence) == (owner, either, confidence)
    assert ending.sentence in found.detail


def test_a_blocked_port_is_named_with_what_the_person_can_do() -> None:
    found = judge_gateway(HOST, (UDP_SILENT,), line("y"), ending=at(ROUTER))
    assert "this network lets nothing out on UDP 1194" in found.summary
    assert "hotspot" in found.remedy and "let UDP 1194 out" in found.remedy
    assert (
        "firewall on this computer" in judge_gateway(HOST, (UDP_SILENT,), line("y"), ending=at(HERE)).remedy
    )
    assert "internet provider" in judge_gateway(HOST, (UDP_SILENT,), line("y"), ending=at(PROVIDER)).remedy


def test_where_this_network_lets_no_udp_out_at_all_the_port_of_the_vpn_is_blocked_too() -> None:
    quiet = line("s", "y")
    assert judge_gateway(HOST, (UDP_SILENT,), quiet, ending=at(ROUTER)).code == "vpn.port_blocked"
    assert judge_gateway(HOST, (UDP_SILENT,), quiet, ending=at(BEYOND, PROVIDER)).status is Status.UNKNOWN


def test_a_firewall_on_the_way_that_refuses_is_not_the_gateway() -> None:
    forbids = at(ROUTER, sure=True)
    assert judge_gateway(HOST, (UDP_REFUSED,), line("y"), ending=forbids).code == "vpn.port_blocked"
    assert judge_gateway(HOST, (NO_ROUTE,), line("y"), ending=forbids).owner is Owner.HOME
    assert judge_gateway(HOST, (UDP_REFUSED,), line("y"), ending=Ending()).code == "vpn.gateway_refused"


def test_where_one_transport_gets_through_the_network_the_network_is_not_to_blame() -> None:
    assert together([at(ROUTER), at(BEYOND)]).places == (BEYOND,)
    assert together([at(ROUTER), at(BEYOND, PROVIDER)]).places == (BEYOND, PROVIDER)
    assert together([at(ROUTER), Ending()]).places == ()
    assert together([at(ROUTER, sure=True), at(HERE, ROUTER)]).places == (ROUTER,)


@pytest.mark.parametrize(
    ("probes", "controls", "followed"),
    [
        (BOTH_SILENT, line("y"), (UDP_SILENT, TCP_SILENT)),
        ((UDP_SILENT, probe("udp:1195", Reply.SILENT)), line("y"), (UDP_SILENT,)),
        ((UDP_SILENT, TCP_REFUSED), line("y"), (UDP_SILENT,)),
        ((UDP_REFUSED,), line("y"), (UDP_REFUSED,)),
        ((NO_ROUTE,), line("y"), (NO_ROUTE,)),
        ((UDP_SILENT, probe("tcp:443", Reply.ANSWERED)), line(), (UDP_SILENT,)),
        ((probe("udp:1194", Reply.ANSWERED), TCP_SILENT), line("y"), ()),
        ((probe("tcp:443", Reply.ANSWERED),), line("y"), ()),
        ((UDP_SILENT, probe("tcp:443", Reply.CLOSED)), line("y"), ()),
        ((TCP_MUTE,), line("y"), ()),
        (BOTH_SILENT, line("s", "s"), ()),
    ],
)
def test_only_what_got_no_answer_while_others_did_is_followed(
    probes: tuple[Probe, ...], controls: Controls, followed: tuple[Probe, ...]
) -> None:
    assert set(worth_following(probes, controls)) == set(followed)


BEHIND_A_KEY = Case(quiet="it answers only the VPN program")


def test_a_gateway_behind_a_key_is_never_judged_by_its_silence() -> None:
    for one in (UDP_SILENT, TCP_MUTE, probe("tcp:443", Reply.CLOSED)):
        assert judge_gateway(HOST, (one,), line("yy", "yy"), case=BEHIND_A_KEY).status is Status.UNKNOWN


def test_a_gateway_behind_a_key_that_closes_at_once_is_hinted_to_be_there() -> None:
    closing = (probe("tcp:443", Reply.CLOSED),)
    assert "something is there" in judge_gateway(HOST, closing, line(), case=BEHIND_A_KEY).summary
    assert "something is there" in judge_gateway(HOST, closing, line()).summary


def test_a_gateway_behind_a_key_that_refuses_is_still_proved_closed() -> None:
    assert judge_gateway(HOST, (UDP_REFUSED,), line(), case=BEHIND_A_KEY).code == "vpn.gateway_refused"


@pytest.mark.parametrize(
    ("controls", "ending", "owner", "either", "why"),
    [
        (line("y"), Ending(), Owner.UNKNOWN, THREE, "other UDP servers answered"),
        (line("y"), at(BEYOND, PROVIDER), Owner.UNKNOWN, TWO, "other UDP servers answered"),
        (line("y"), at(Place.TARGET), Owner.COMPANY, (), "other UDP servers answered"),
        (line("y"), at(ROUTER), Owner.HOME, (), "the home router does not let it out"),
        (line("s"), Ending(), Owner.UNKNOWN, (Owner.HOME, Owner.ISP), "no other UDP server answered either"),
        (line("s"), at(BEYOND, PROVIDER), Owner.ISP, (), "no other UDP server answered either"),
        (line("s"), at(ROUTER), Owner.HOME, (), "the home router does not let it out"),
        (line(), Ending(), Owner.UNKNOWN, THREE, "no other UDP server was asked"),
        (line(), at(HERE, sure=True), Owner.DEVICE, (), "this computer does not let it out"),
    ],
)
def test_a_gateway_that_answers_over_tcp_only_is_a_warning_with_the_state_of_udp(
    controls: Controls, ending: Ending, owner: Owner, either: tuple[Owner, ...], why: str
) -> None:
    probes = (UDP_SILENT, probe("tcp:443", Reply.ANSWERED))
    finding = judge_gateway(HOST, probes, controls, ending=ending)
    assert (finding.status, finding.code) == (Status.WARN, "vpn.udp_silent")
    assert (finding.owner, finding.either) == (owner, either)
    assert why in finding.summary


def test_a_name_that_one_name_server_does_not_know_is_not_certain_to_be_wrong() -> None:
    finding = judge_gateway(HOST, (probe("udp:1194", Reply.NAME_UNKNOWN),), line(tcp="y"))
    assert (finding.code, finding.owner) == ("vpn.gateway_name", Owner.UNKNOWN)


def test_a_network_that_refuses_everybody_does_not_prove_the_gateway_closed() -> None:
    assert judge_gateway(HOST, (UDP_REFUSED,), line("s")).status is Status.UNKNOWN
    assert judge_gateway(HOST, (TCP_REFUSED,), line("", "s")).status is Status.UNKNOWN
    assert judge_gateway(HOST, (TCP_REFUSED,), line("s", "y")).code == "vpn.gateway_refused"
