"""STUN, OpenVPN, SNTP and DNS answers, byte by byte, and over real sockets."""

import socket
import struct
import time

import dns.flags
import dns.message
import dns.query
import dns.rcode
import pytest

from readycheck.office import nameserver, openvpn, sntp, stun
from readycheck.office.values import OfficeValues

PEER = ("192.0.2.7", 40_000)
COOKIE = bytes.fromhex("2112a442")
TRANSACTION = bytes(range(12))


def stun_request(kind: int, attributes: bytes = b"") -> bytes:
    return struct.pack("!HH", kind, len(attributes)) + COOKIE + TRANSACTION + attributes


def attributes_of(message: bytes) -> dict[int, bytes]:
    found, at = {}, 20
    while at < len(message):
        kind, size = struct.unpack("!HH", message[at : at + 4])
        found[kind] = message[at + 4 : at + 4 + size]
        at += 4 + size + -size % 4
    return found


def ask_udp(port: int, data: bytes, wait_s: float = 2.0) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(wait_s)
        sock.connect(("127.0.0.1", port))
        sock.send(data)
        return sock.recv(2048)


def test_a_binding_answer_tells_the_senders_address_masked() -> None:
    reply = stun.server(relay=False)(stun_request(0x0001), PEER)
    assert reply is not None and reply[:2] == b"\x01\x01" and reply[4:20] == COOKIE + TRANSACTION
    assert struct.unpack("!H", reply[2:4])[0] == len(reply) - 20
    family, port, host = struct.unpack("!xBHI", attributes_of(reply)[0x0020])
    assert (family, port ^ 0x2112) == (1, 40_000)
    assert socket.inet_ntoa(struct.pack("!I", host ^ 0x2112A442)) == "192.0.2.7"


def test_a_relay_asks_for_credentials() -> None:
    reply = stun.server(relay=True)(stun_request(0x0003, bytes.fromhex("0019000411000000")), PEER)
    assert reply is not None and reply[:2] == b"\x01\x13"
    found = attributes_of(reply)
    assert found[0x0009][2:4] == bytes([4, 1])
    assert found[0x0014] == b"office.test" and len(found[0x0015]) == 16


def test_an_unknown_required_attribute_is_named_in_a_420() -> None:
    reply = stun.server(relay=False)(stun_request(0x0001, bytes.fromhex("0042000461626364")), PEER)
    assert reply is not None and reply[:2] == b"\x01\x11"
    assert attributes_of(reply)[0x0009][2:4] == bytes([4, 20])
    assert attributes_of(reply)[0x000A] == b"\x00\x42"


def test_an_unknown_optional_attribute_is_passed_over() -> None:
    reply = stun.server(relay=False)(stun_request(0x0001, bytes.fromhex("8099000461626364")), PEER)
    assert reply is not None and reply[:2] == b"\x01\x01"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        bytes(20),
        stun_request(0x0101),
        stun_request(0x0001)[:-1],
        stun_request(0x0001, b"\x00\x20\x00\x09abcd"),
    ],
)
def test_what_is_no_stun_request_gets_no_answer(data: bytes) -> None:
    assert stun.server(relay=True)(data, PEER) is None


def test_both_stun_servers_answer_over_udp(office: OfficeValues) -> None:
    for port in office.stun_ports:
        assert ask_udp(port, stun_request(0x0001))[:2] == b"\x01\x01"


RESET = b"\x38" + bytes(range(1, 9)) + bytes(5)


def test_the_gateway_answers_a_reset_with_its_own_and_our_session() -> None:
    reply = openvpn.answer(RESET, PEER)
    assert reply is not None and len(reply) == 26 and reply[0] == 0x40
    assert reply[9:14] == b"\x01" + bytes(4)
    assert reply[14:22] == RESET[1:9] and reply[22:] == bytes(4)
    assert openvpn.answer(RESET, PEER) == reply  # stateless: the session id is a cookie


@pytest.mark.parametrize("data", [b"", RESET[:-1], RESET + b"x", b"\x20" + RESET[1:], RESET[:-1] + b"\x01"])
def test_the_gateway_is_silent_to_what_is_no_reset(data: bytes) -> None:
    assert openvpn.answer(data, PEER) is None


def test_the_gateway_answers_over_udp_and_tcp(office: OfficeValues) -> None:
    assert ask_udp(office.vpn_udp_port, RESET)[14:22] == RESET[1:9]
    with socket.create_connection(("127.0.0.1", office.vpn_tcp_port), timeout=2) as conn:
        conn.sendall(b"\x00\x0e" + RESET)
        assert conn.recv(100)[:3] == b"\x00\x1a\x40"


def test_nonsense_over_tcp_ends_the_connection(office: OfficeValues) -> None:
    with socket.create_connection(("127.0.0.1", office.vpn_tcp_port), timeout=2) as conn:
        conn.sendall(b"GET / HTTP/1.0\r\n\r\n")
        conn.settimeout(2)
        assert conn.recv(100) == b""


@pytest.mark.parametrize("offset_s", [0.0, -600.0])
def test_the_time_server_repeats_the_clients_stamp_and_tells_its_own_time(offset_s: float) -> None:
    request = b"\x23" + bytes(39) + b"our time"
    reply = sntp.server(offset_s)(request, PEER)
    assert reply is not None and len(reply) == 48
    assert reply[0] & 7 == 4 and 1 <= reply[1] <= 15
    assert reply[24:32] == b"our time"
    received, sent = struct.unpack("!QQ", reply[32:48])
    assert sent >= received
    assert sent / 2**32 - 2_208_988_800 - time.time() == pytest.approx(offset_s, abs=0.5)


def test_the_time_server_is_silent_to_another_server() -> None:
    assert sntp.server()(b"\x24" + bytes(47), PEER) is None


def test_the_clock_is_told_over_udp(office: OfficeValues) -> None:
    assert ask_udp(office.time_ports[0], b"\x23" + bytes(47))[0] & 7 == 4


@pytest.mark.parametrize("by", [dns.query.udp, dns.query.tcp])
def test_names_of_the_office_are_known_and_others_are_not(office: OfficeValues, by: object) -> None:
    def ask(name: str, kind: str) -> dns.message.Message:
        query = dns.message.make_query(name, kind)
        return by(query, "127.0.0.1", port=office.names_port, timeout=2)  # type: ignore[operator, no-any-return]

    known = ask("portal.office.test", "A")
    assert known.rcode() == dns.rcode.NOERROR and known.answer[0][0].to_text() == "127.0.0.1"
    assert known.flags & dns.flags.AA
    assert ask("office.test", "MX").answer[0][0].to_text() == "10 mail.office.test."
    assert ask("nobody.office.test", "A").rcode() == dns.rcode.NXDOMAIN
    assert ask("vendor.example", "A").rcode() == dns.rcode.NXDOMAIN
    no_data = ask("portal.office.test", "AAAA")
    assert no_data.rcode() == dns.rcode.NOERROR and not no_data.answer and no_data.authority


def test_a_broken_name_server_says_servfail() -> None:
    query = dns.message.make_query("portal.office.test", "A")
    reply = nameserver.server(works=False)(query.to_wire(), PEER)
    assert reply is not None and dns.message.from_wire(reply).rcode() == dns.rcode.SERVFAIL


def test_what_is_no_query_gets_no_answer() -> None:
    answer = dns.message.make_response(dns.message.make_query("portal.office.test", "A"))
    assert nameserver.server()(answer.to_wire(), PEER) is None
    assert nameserver.server()(b"\x00", PEER) is None
