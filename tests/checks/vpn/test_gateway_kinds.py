"""The gateway check for each kind of gateway: how it is asked, what each answer means, and what is never sent."""

import asyncio
import base64
import struct
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from readycheck.errors import ChildFailed, Closed, Refused, Silent
from readycheck.model import CheckResult, Confidence, Owner, Status
from readycheck.ports import CommandAnswer, Interface
from readycheck.testing import (
    ADDRESS,
    FakeChildren,
    FakeHttp,
    FakeNet,
    FakeSecrets,
    FakeStream,
    FakeSystem,
    Where,
    http_answer,
    run_check,
    tls_answer,
)
from readycheck_checks.vpn.gateway_options import GatewayOptions
from readycheck_checks.vpn_gateway import check
from tests.checks.connection_listeners import LOOPBACK, real_world, tcp_listener
from tests.checks.vpn.far_ends import KEY, is_for, tls_crypt_answer, wireguard_answer

HOST = "vpn.example"
WHERE = Where(host=HOST)
STUN = "stun.example:3478"
ROUTER, ISP = "192.168.1.1", "203.0.113.1"


def ask(net: FakeNet | None = None, *, world: dict[str, Any] | None = None, **options: Any) -> CheckResult:
    wanted = GatewayOptions(**({"host": HOST} | options))
    return asyncio.run(run_check(check, wanted, net=net or FakeNet(), **(world or {})))


def said(result: CheckResult) -> tuple[Status, str]:
    return result.status, result.findings[0].code


def stun(request: bytes) -> bytes:
    return struct.pack("!HHI", 0x0101, 0, 0x2112A442) + request[8:20]


# ---- IKEv2 ----


def ike_says(number: int, data: bytes = b"") -> Any:
    def answer(request: bytes) -> bytes:
        marker = request[:4] if request[:4] == bytes(4) else b""
        spi = request[len(marker) :][:8]
        body = struct.pack("!BBHBBH", 0, 0, 8 + len(data), 0, 0, number) + data
        return (
            marker + struct.pack("!8s8sBBBBII", spi, bytes(8), 41, 0x20, 34, 0x20, 0, 28 + len(body)) + body
        )

    return answer


WANTS = ike_says(17, b"\x00\x13")
SILENT = Silent(WHERE)


def ike(on_500: Any, on_4500: Any, **net: Any) -> FakeNet:
    return FakeNet(
        names={HOST: (ADDRESS,), "stun.example": (ADDRESS,)},
        replies={(HOST, 500): on_500, (HOST, 4500): on_4500, ("stun.example", 3478): stun},
        **net,
    )


def ask_ike(net: FakeNet) -> CheckResult:
    return ask(net, kind="ikev2", udp_controls=(STUN,))


def test_an_ikev2_gateway_that_answers_on_both_ports_passes_whatever_it_says() -> None:
    for answer in (WANTS, ike_says(16390, bytes(20)), ike_says(7)):
        assert said(ask_ike(ike(answer, answer))) == (Status.PASS, "vpn.gateway_answers")


def test_an_ikev2_gateway_that_takes_nothing_of_what_is_customary_is_configured_otherwise() -> None:
    result = ask_ike(ike(ike_says(14), ike_says(14)))
    assert said(result) == (Status.FAIL, "vpn.gateway_proposals")
    assert result.findings[0].owner is Owner.COMPANY


def test_a_gateway_of_another_version_of_ike_is_something_else() -> None:
    assert said(ask_ike(ike(ike_says(5), ike_says(5)))) == (Status.FAIL, "vpn.gateway_wrong")


def test_a_port_4500_that_the_home_router_drops_is_blocked_there_beside_port_500() -> None:
    ways = {("udp", ADDRESS, 4500): (ROUTER,), ("udp", ADDRESS, 500): (ROUTER, ISP)}
    result = ask_ike(ike(WANTS, SILENT, hops=ways))
    assert said(result) == (Status.FAIL, "vpn.port_blocked")
    assert "UDP 4500" in result.summary and "UDP 500 " not in result.summary
    assert result.findings[0].owner is Owner.HOME


def test_a_port_4500_that_is_silent_further_on_is_not_blamed_on_the_home() -> None:
    ways = {("udp", ADDRESS, 4500): (ROUTER, ISP), ("udp", ADDRESS, 500): (ROUTER, ISP)}
    result = ask_ike(ike(WANTS, SILENT, hops=ways))
    assert said(result) == (Status.FAIL, "vpn.port_silent")
    assert result.findings[0].either == (Owner.COMPANY, Owner.ISP)


def test_something_that_speaks_no_ike_is_told_from_silence() -> None:
    result = ask_ike(ike(b"what?", b"what?"))
    assert said(result) == (Status.UNKNOWN, "vpn.gateway_unproved")
    assert "something answers there" in result.summary


@pytest.mark.parametrize("kind", ["ikev2", "l2tp"])
def test_a_gateway_of_ipsec_that_is_silent_on_both_ports_is_not_called_dead(kind: str) -> None:
    ways = {("udp", ADDRESS, port): (ROUTER, ISP) for port in (500, 4500)}
    result = ask(ike(SILENT, SILENT, hops=ways), kind=kind, udp_controls=(STUN,))
    assert said(result) == (Status.UNKNOWN, "vpn.gateway_unproved")
    assert ("may keep silent" if kind == "l2tp" else "it is silent, as some such") in result.summary


def test_where_all_of_ipsec_ends_at_the_home_router_it_is_blocked_there() -> None:
    ways: dict[Any, Any] = {("udp", ADDRESS, port): (ROUTER,) for port in (500, 4500)}
    ways["udp", ADDRESS, 3478] = (ROUTER, ISP)
    result = ask_ike(ike(SILENT, SILENT, hops=ways))
    assert said(result) == (Status.FAIL, "vpn.port_blocked")
    assert result.findings[0].owner is Owner.HOME


def test_l2tp_never_asks_port_1701() -> None:
    net = ike(SILENT, SILENT)
    ask(net, kind="l2tp")
    assert {port for _, port, _ in net.sent} == {500, 4500}


# ---- OpenVPN with this person's file ----

STATIC = f"-----BEGIN OpenVPN Static key V1-----\n{KEY.hex()}\n-----END OpenVPN Static key V1-----\n"


def crypt_reset(request: bytes) -> bytes:
    return tls_crypt_answer(request[1:9])


@pytest.fixture
def ovpn(tmp_path: Path) -> Path:
    file = tmp_path / "my.ovpn"
    file.write_text(
        f"client\nremote {HOST} 1195 udp\nremote other.example 9 tcp\n<tls-crypt>\n{STATIC}</tls-crypt>\n"
    )
    return file


def test_with_the_key_of_the_file_a_wrapped_gateway_is_asked_where_the_file_says(ovpn: Path) -> None:
    net = FakeNet(replies={(HOST, 1195): crypt_reset})
    assert said(ask(net, ovpn_file=str(ovpn))) == (Status.PASS, "vpn.gateway_answers")
    assert [(host, port, len(packet)) for host, port, packet in net.sent] == [(HOST, 1195, 54)]


def test_a_key_may_stand_in_a_file_beside_it(ovpn: Path) -> None:
    (ovpn.parent / "ta.key").write_text(STATIC)
    ovpn.write_text(f"remote {HOST} 1195\ntls-crypt ta.key\n")
    assert ask(FakeNet(replies={(HOST, 1195): crypt_reset}), ovpn_file=str(ovpn)).status is Status.PASS


def test_the_transports_of_the_profile_go_before_those_of_the_file(ovpn: Path) -> None:
    net = FakeNet(replies={(HOST, 1200): crypt_reset})
    assert ask(net, ovpn_file=str(ovpn), transports=("udp:1200",)).status is Status.PASS


def test_with_the_key_silence_counts_and_the_key_is_named_as_a_reason(ovpn: Path) -> None:
    net = FakeNet(replies={("stun.example", 3478): stun})
    result = ask(net, ovpn_file=str(ovpn), udp_controls=(STUN,))
    assert said(result) == (Status.FAIL, "vpn.gateway_silent")
    assert "does not know the key" in result.summary
    assert result.findings[0].either == (Owner.COMPANY, Owner.HOME, Owner.ISP, Owner.DEVICE)


def test_a_gateway_that_takes_the_connection_and_keeps_silent_to_the_key_may_be_told_an_old_one(
    ovpn: Path,
) -> None:
    class Mute(FakeStream):
        async def read_exactly(self, count: int, *, timeout_s: float = 5.0) -> bytes:
            raise Silent(WHERE)

    net = FakeNet(streams={(HOST, 443): Mute()})
    result = ask(net, ovpn_file=str(ovpn), transports=("tcp:443",))
    assert said(result) == (Status.FAIL, "vpn.gateway_silent")
    assert result.findings[0].either == (Owner.COMPANY, Owner.DEVICE)
    assert "does not know the key" in result.summary


def test_a_gateway_that_hangs_up_on_the_key_does_not_know_it(ovpn: Path) -> None:
    class Hanging(FakeStream):
        async def read_exactly(self, count: int, *, timeout_s: float = 5.0) -> bytes:
            raise Closed(WHERE)

    net = FakeNet(streams={(HOST, 443): Hanging()})
    result = ask(net, ovpn_file=str(ovpn), transports=("tcp:443",))
    assert said(result) == (Status.FAIL, "vpn.gateway_key")
    assert result.findings[0].either == (Owner.COMPANY, Owner.DEVICE)
    assert result.findings[0].confidence is Confidence.LOW  # a box on the way may hang up as well


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "it is not there"),
        (f"<tls-crypt>\n{STATIC}", "has no end"),
        ("tls-crypt ta.key", "it is not there"),
    ],
)
def test_a_file_that_is_of_no_use_is_told_and_no_bare_packet_goes_to_the_gateway(
    ovpn: Path, content: str | None, why: str
) -> None:
    if content is None:
        ovpn.unlink()
    else:
        ovpn.write_text(content)
    net = FakeNet(replies={("stun.example", 3478): stun})
    result = ask(net, ovpn_file=str(ovpn), udp_controls=(STUN,))
    assert result.status is Status.UNKNOWN and why in result.summary
    assert [packet for host, _, packet in net.sent if host == HOST] == [b"\x00"]
    assert str(ovpn) not in str(result) and KEY.hex()[:32] not in str(result)


def test_without_its_key_a_wrapped_gateway_is_sent_nothing_over_tcp() -> None:
    stream = FakeStream()
    result = ask(FakeNet(streams={(HOST, 443): stream}), wrapping="tls-crypt", transports=("tcp:443",))
    assert (result.status, stream.written) == (Status.UNKNOWN, [])


def test_a_pipe_in_the_place_of_the_file_is_not_waited_for(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "my.ovpn")
    assert "it is no file" in ask(ovpn_file=str(tmp_path / "my.ovpn")).summary


def test_a_web_server_where_openvpn_should_be_is_told_by_its_certificate() -> None:
    for certificates, status in (({HOST: tls_answer(HOST)}, Status.FAIL), ({}, Status.UNKNOWN)):
        web = FakeStream(lines=[b"HT", b"TP/1.1"])
        net = FakeNet(streams={(HOST, 443): web}, certificates=dict(certificates))
        result = ask(net, transports=("tcp:443",))
        assert result.status is status
        assert (result.findings[0].code == "vpn.gateway_wrong") is (status is Status.FAIL)


# ---- WireGuard ----

PERSON, GATEWAY = X25519PrivateKey.generate(), X25519PrivateKey.generate()


def text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


CONTROL = "control.example:443"
WIREGUARD: dict[str, Any] = {
    "kind": "wireguard",
    "public_key": text(GATEWAY.public_key().public_bytes_raw()),
    "private_key_secret": "my-key",
    "udp_controls": (STUN,),
    "tcp_controls": (CONTROL, "other.example:443"),
}


def tunnel(name: str = "wg0", *addresses: str) -> Interface:
    return Interface(name=name, kind="tunnel", up=True, addresses=addresses, mtu=1420)


def tells_the_time() -> FakeHttp:
    """A control that says it is the time of the clock of the fakes."""
    url = f"https://{CONTROL}/"
    return FakeHttp({url: http_answer(url, Date="Mon, 23 Nov 2026 09:14:00 GMT")})


def wireguard_world(*interfaces: Interface, wg: CommandAnswer | Exception | None = None) -> dict[str, Any]:
    return {
        "secrets": FakeSecrets({"my-key": text(PERSON.private_bytes_raw())}),
        "children": FakeChildren(commands={"wg": wg or ChildFailed("not allowed")}),
        "system": FakeSystem(network=interfaces),
        "http": tells_the_time(),
    }


def keys_seen(net: FakeNet) -> bool:
    """Whether a packet went out that the gateway can read as this person's."""
    public = GATEWAY.public_key().public_bytes_raw()
    return any(is_for(packet, public) for host, _, packet in net.sent if host == HOST)


def test_a_wireguard_gateway_is_asked_with_the_persons_key_three_times_and_never_twice_the_same() -> None:
    net = FakeNet(replies={("stun.example", 3478): stun})
    result = ask(net, world=wireguard_world(), **WIREGUARD)
    assert said(result) == (Status.FAIL, "vpn.gateway_silent")
    packets = [packet for host, _, packet in net.sent if host == HOST]
    assert len(set(packets)) == len(packets) == 3 and keys_seen(net)


def test_a_wireguard_gateway_that_knows_this_person_answers() -> None:
    net = FakeNet(replies={(HOST, 51820): lambda packet: wireguard_answer(packet, GATEWAY)})
    assert said(ask(net, world=wireguard_world(), **WIREGUARD)) == (Status.PASS, "vpn.gateway_answers")


@pytest.mark.parametrize("interface", [tunnel("wg0", "10.0.0.2"), tunnel("utun9", "10.9.9.9")])
def test_while_a_tunnel_is_up_the_key_is_never_used(interface: Interface) -> None:
    net = FakeNet(replies={("stun.example", 3478): stun})
    result = ask(net, world=wireguard_world(interface), **WIREGUARD)
    assert said(result) == (Status.SKIP, "vpn.gateway_in_use")
    assert not keys_seen(net)


def test_where_the_system_tells_of_no_interfaces_the_key_is_never_used() -> None:
    net = FakeNet()
    world = wireguard_world() | {"system": FakeSystem(network=None)}
    assert ask(net, world=world, **WIREGUARD).status is Status.SKIP
    assert not keys_seen(net)


def test_a_tunnel_of_the_files_address_counts_also_where_it_is_not_known_for_one(tmp_path: Path) -> None:
    file = tmp_path / "office.conf"
    file.write_text(
        f"[Interface]\nPrivateKey={text(PERSON.private_bytes_raw())}\nAddress=10.0.0.2/32\n"
        f"[Peer]\nPublicKey={WIREGUARD['public_key']}\nEndpoint={HOST}:51820\n"
    )
    virtual = Interface(name="Office", kind="virtual", up=True, addresses=("10.0.0.2",), mtu=1420)
    net = FakeNet()
    result = ask(net, world=wireguard_world(virtual), kind="wireguard", wireguard_file=str(file))
    assert result.status is Status.SKIP and not keys_seen(net)


def test_a_gateway_whose_tunnel_is_up_and_shook_hands_lately_answers() -> None:
    now = 1_795_425_240  # FakeClock's moment
    told = f"wg0\t{WIREGUARD['public_key']}\t{now - 60}\n".encode()
    wg = CommandAnswer(code=0, stdout=told, stderr=b"")
    net = FakeNet()
    result = ask(net, world=wireguard_world(tunnel("wg0", "10.0.0.2"), wg=wg), **WIREGUARD)
    assert said(result) == (Status.PASS, "vpn.gateway_answers") and net.sent == []


def test_without_a_key_only_a_refusal_is_proof() -> None:
    asked: dict[str, Any] = {"kind": "wireguard", "udp_controls": (STUN,)}
    quiet = FakeNet(replies={("stun.example", 3478): stun})
    assert ask(quiet, **asked).status is Status.UNKNOWN
    closed = FakeNet(replies={("stun.example", 3478): stun, (HOST, 51820): Refused(WHERE)})
    assert said(ask(closed, **asked)) == (Status.FAIL, "vpn.gateway_refused")


# ---- Options ----


@pytest.mark.parametrize(
    "options",
    [
        {"kind": "ikev2", "transports": ("tcp:500",)},
        {"kind": "sstp", "transports": ("udp:443",)},
        {"ovpn_file": "my.ovpn"},
        {"wireguard_file": "../x.conf"},
        {"public_key": "short"},
        {"private_key_secret": "my-key"},
        {"name_servers": ("dns.example:53",)},
    ],
)
def test_options_that_make_no_sense_are_refused_in_one_sentence(options: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"host": HOST} | options, GatewayOptions)


# ---- Real sockets ----


def test_a_gateway_that_takes_the_connection_and_says_nothing_ends_in_its_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("readycheck_checks.vpn_gateway.TCP_WAIT_S", 0.2)
    with tcp_listener() as port:
        wanted = GatewayOptions(host=LOOPBACK, kind="sstp", transports=(f"tcp:{port}",))
        result = asyncio.run(run_check(check, wanted, **real_world()))
    assert said(result) == (Status.FAIL, "vpn.gateway_silent")
    assert "takes connections on" in result.summary and "says nothing" in result.summary
