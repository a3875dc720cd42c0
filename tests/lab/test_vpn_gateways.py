"""The check of the VPN gateway against real gateways of each kind, and that it leaves nothing behind at them."""

import asyncio
import os
import socket
import struct
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from email.utils import formatdate
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from readycheck.adapters.clock import RealClock
from readycheck.adapters.http import RealHttp
from readycheck.adapters.net import RealNet
from readycheck.errors import ChildFailed
from readycheck.model import CheckResult, Status
from readycheck.ports import Meter
from readycheck.testing import FakeChildren, FakeHttp, http_answer, run_check
from readycheck_checks.vpn import ike
from readycheck_checks.vpn.gateway_options import GatewayOptions
from readycheck_checks.vpn_gateway import check
from tests.lab import topology, tunnels
from tests.lab.lab import HOME, Lab
from tests.lab.servers import ocserv, openvpn, softether, stand_ins, strongswan, wireguard
from tests.lab.servers.base import Server, folder_of
from tests.lab.switches import vpn_files
from tests.lab.switches.base import switched

GATEWAY: Final = topology.COMPANY_IP
SETTLED_S: Final = 0.3
NO_SESSION: Final = "using tls-crypt-v2 key"  # said of every first packet, before anything is kept
TIME: Final = "https://localhost:443/"
NO_PROGRAMS: Final = FakeChildren(commands={"wg": ChildFailed("it tells root only")})


class Ahead(RealClock):
    """The clock of a computer that is so far ahead."""

    def __init__(self, by_s: float) -> None:
        self.by = timedelta(seconds=by_s)

    def now(self) -> datetime:
        return super().now() + self.by


def ask(lab: Lab, *, clock_ahead_s: float = 0.0, **options: Any) -> CheckResult:
    """As the pc would: by address, for names are looked up in threads, which stay outside its network. What time it is, is told
    in the name of localhost, for the same reason."""
    with lab["pc"].entered():
        net = RealNet(Meter())
        clock = Ahead(clock_ahead_s)
        told = FakeHttp({TIME: http_answer(TIME, Date=formatdate(usegmt=True))})
        http = told if options.get("kind") == "wireguard" else RealHttp(net, Meter())
        world = {"net": net, "http": http, "clock": clock, "children": NO_PROGRAMS}
        return asyncio.run(run_check(check, GatewayOptions(**({"host": GATEWAY} | options)), **world))


WITH_KEY: Final[dict[str, Any]] = {
    "kind": "wireguard",
    "wireguard_file": str(HOME / "company.conf"),
    "tcp_controls": ("localhost:443",),
}


def code(result: CheckResult) -> str:
    return result.findings[0].code


@contextmanager
def running(lab: Lab, server: Server) -> Iterator[Path]:
    """This server, and the file that it writes its log into."""
    lab.start([server])
    try:
        yield lab.running[server.name].log
    finally:
        lab.stop(server.name)


def grown(log: Path, deed: Callable[[], object]) -> str:
    """What a log says more after a deed."""
    before = log.stat().st_size
    deed()
    time.sleep(SETTLED_S)
    return log.read_bytes()[before:].decode()


@pytest.mark.parametrize(
    ("wrapping", "only_cookies"),
    [
        ("none", False),
        ("tls-auth", False),
        ("tls-crypt", False),
        ("tls-crypt-v2", False),
        ("tls-crypt-v2", True),
    ],
)
def test_openvpn_answers_with_the_key_of_the_persons_file_and_begins_no_session(
    lab: Lab, wrapping: openvpn.Wrapping, only_cookies: bool
) -> None:
    with (
        running(lab, openvpn.gateway(lab, wrapping=wrapping, only_cookies=only_cookies, verb=3)) as log,
        switched(lab, [{"vpn_file": "openvpn", "wrapping": wrapping}]),
    ):
        results: list[CheckResult] = []
        file = str(HOME / "company.ovpn")
        said = grown(log, lambda: results.append(ask(lab, ovpn_file=file)))
        assert (results[0].status, code(results[0])) == (Status.PASS, "vpn.gateway_answers"), results
        assert [line for line in said.splitlines() if not line.endswith(NO_SESSION)] == []


@pytest.mark.parametrize("wrapping", ["tls-auth", "tls-crypt", "tls-crypt-v2"])
def test_without_the_key_openvpn_is_not_disturbed_and_nothing_is_claimed(
    lab: Lab, wrapping: openvpn.Wrapping
) -> None:
    with running(lab, openvpn.gateway(lab, wrapping=wrapping)) as log:
        results: list[CheckResult] = []
        said = grown(log, lambda: results.append(ask(lab, wrapping=wrapping)))
        assert code(results[0]) == "vpn.gateway_unproved"
        assert said == ""


@pytest.mark.parametrize("wrapping", ["tls-auth", "tls-crypt"])
def test_openvpn_over_tcp_answers_with_the_key_and_ends_the_conversation_without(
    lab: Lab, wrapping: openvpn.Wrapping
) -> None:
    gateway = openvpn.gateway(lab, transport="tcp", wrapping=wrapping)
    with running(lab, gateway):
        file = HOME / "company.ovpn"
        file.write_text(openvpn.person_file(folder_of(gateway.name), wrapping, "elsewhere.example"))
        asked: dict[str, Any] = {"ovpn_file": str(file), "transports": ("tcp:1194",)}
        assert code(ask(lab, **asked)) == "vpn.gateway_answers"
        file.write_text(vpn_files.with_other_digits(file.read_text()))
        assert code(ask(lab, **asked)) == "vpn.gateway_key"
        file.unlink()


def half_open(lab: Lab) -> int:
    """Conversations that somebody began with charon and did not finish."""
    control = f"unix://{folder_of('strongswan')}/vici"
    told = lab["company"].run("swanctl", "--stats", "--uri", control).stdout
    assert "IKE_SAs: " in told
    return int(told.partition(" half-open")[0].rsplit(" ", 1)[1])


def begin_in_earnest(lab: Lab) -> None:
    """The first packet of a real client: the same offer, with a key of the group that the gateway wants (19)."""
    spi = os.urandom(8)
    point = ec.generate_private_key(ec.SECP256R1()).public_key().public_numbers()
    key = point.x.to_bytes(32, "big") + point.y.to_bytes(32, "big")
    probe = ike.init_request(spi, os.urandom(32), bytes(96))
    at = probe.index(struct.pack("!HH", 1, 0) + bytes(96)) - 4
    exchange = probe[at : at + 2] + struct.pack("!HHH", 8 + len(key), 19, 0) + key
    packet = probe[:at] + exchange + probe[at + 104 :]
    packet = packet[:24] + struct.pack("!I", len(packet)) + packet[28:]
    with lab["pc"].entered(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.settimeout(2.0)
        one.connect((GATEWAY, 500))
        one.send(packet)
        assert ike.answer_to(one.recv(4096), spi, 500) == ike.Answer(ike.Said.ACCEPTS)


def keeps_nothing(lab: Lab) -> bool:
    """What it does not keep it forgets at once, and not when 30 seconds are over."""
    until = time.monotonic() + 3.0
    while half_open(lab) and time.monotonic() < until:
        time.sleep(0.1)
    return half_open(lab) == 0


def test_an_ikev2_gateway_answers_on_both_ports_and_keeps_nothing_open(lab: Lab) -> None:
    with running(lab, strongswan.gateway(lab)):
        result = ask(lab, kind="ikev2")
        assert result.status is Status.PASS, result
        detail = result.findings[0].detail
        assert "UDP 500 answered: asks for another key group (19)" in detail
        assert "UDP 4500 answered: asks for another key group (19)" in detail
        assert keeps_nothing(lab)
        begin_in_earnest(lab)
        assert half_open(lab) == 1, "what a client begins would show here"


def test_an_ikev2_gateway_that_fits_nothing_is_told_from_a_dead_one(lab: Lab) -> None:
    with running(lab, strongswan.gateway(lab, l2tp=True)):
        assert code(ask(lab, kind="ikev2")) == "vpn.gateway_proposals"


def test_an_l2tp_gateway_answers_by_turning_the_offer_down_and_keeps_nothing_open(lab: Lab) -> None:
    with running(lab, strongswan.gateway(lab, l2tp=True)):
        result = ask(lab, kind="l2tp")
        assert result.status is Status.PASS, result
        assert "takes nothing of what was offered" in result.findings[0].detail
        assert keeps_nothing(lab)


def test_a_wireguard_gateway_answers_its_people(lab: Lab) -> None:
    with running(lab, wireguard.gateway()), switched(lab, [{"vpn_file": "wireguard"}]):
        assert ask(lab, **WITH_KEY).status is Status.PASS
        assert ask(lab, **WITH_KEY | {"tcp_controls": ()}).status is Status.UNKNOWN


@pytest.mark.parametrize("clock_ahead_s", [7200.0, 0.0, -7200.0])
def test_whatever_the_clock_says_the_person_gets_in_after_a_wireguard_gateway_was_asked(
    lab: Lab, clock_ahead_s: float
) -> None:
    with running(lab, wireguard.gateway()), switched(lab, [{"vpn_file": "wireguard"}]):
        assert ask(lab, clock_ahead_s=clock_ahead_s, **WITH_KEY).status is Status.PASS
        tunnels.connect(lab, "wireguard", dns=False).disconnect()
        asked_again = ask(lab, clock_ahead_s=clock_ahead_s, **WITH_KEY)
        assert asked_again.status is (Status.PASS if clock_ahead_s >= 0 else Status.UNKNOWN)


def test_a_wireguard_gateway_is_silent_to_strangers(lab: Lab) -> None:
    with running(lab, wireguard.gateway()):
        assert code(ask(lab, kind="wireguard")) == "vpn.gateway_unproved"
    assert code(ask(lab, kind="wireguard")) == "vpn.gateway_refused"


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"sstp": False}, "vpn.gateway_wrong"),
        ({"certificate": "other-name"}, "vpn.gateway_certificate"),
        ({"certificate": "untrusted"}, "vpn.gateway_certificate"),
    ],
)
def test_a_real_sstp_gateway_is_judged_by_what_is_wrong_with_it(
    lab: Lab, settings: dict[str, Any], expected: str
) -> None:
    with running(lab, softether.gateway(lab, **settings)):
        assert code(ask(lab, kind="sstp", transports=(f"tcp:{softether.PORT}",))) == expected


def test_a_real_l2tp_gateway_that_refuses_by_keeping_silent_is_not_called_dead(lab: Lab) -> None:
    with running(lab, softether.gateway(lab, l2tp=True)):
        assert code(ask(lab, kind="l2tp")) == "vpn.gateway_unproved"


@pytest.mark.parametrize("kind", stand_ins.PORTS)
@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("good", "vpn.gateway_answers"),
        ("web", "vpn.gateway_wrong"),
        ("busy", "vpn.gateway_trouble"),
    ],
)
def test_gateways_with_a_web_face_are_told_from_what_stands_in_their_place(
    lab: Lab, kind: stand_ins.Kind, how: stand_ins.How, expected: str
) -> None:
    with running(lab, stand_ins.gateway(lab, kind=kind, how=how)):
        assert code(ask(lab, kind=kind, transports=(f"tcp:{stand_ins.PORTS[kind]}",))) == expected


def test_an_anyconnect_gateway_on_the_port_of_an_openvpn_gateway_is_not_taken_for_one(lab: Lab) -> None:
    with running(lab, ocserv.gateway(lab)):
        assert ask(lab, kind="openvpn", transports=("tcp:443",)).status is not Status.PASS
        assert code(ask(lab, kind="sstp")) == "vpn.gateway_wrong"
        assert code(ask(lab, kind="fortinet")) == "vpn.gateway_wrong"


def test_an_openvpn_gateway_on_the_port_of_a_web_face_proves_nothing_else(lab: Lab) -> None:
    with running(lab, openvpn.gateway(lab, transport="tcp")):
        assert ask(lab, kind="sstp", transports=("tcp:1194",)).status is not Status.PASS
