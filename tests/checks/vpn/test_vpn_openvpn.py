import pytest

from readycheck_checks.vpn import openvpn

OURS = bytes.fromhex("0102030405060708")
THEIRS = bytes.fromhex("a1a2a3a4a5a6a7a8")
# As OpenVPN 2.6.14 answered, with its session id replaced.
SERVER_RESET = bytes.fromhex("40" + THEIRS.hex() + "01" + "00000000" + OURS.hex() + "00000000")


def test_the_clients_reset_is_the_packet_that_openvpn_sends_first() -> None:
    assert openvpn.client_reset(OURS).hex() == "38" + OURS.hex() + "00" + "00000000"


def test_over_tcp_the_length_goes_first() -> None:
    framed = openvpn.framed(openvpn.client_reset(OURS))
    assert framed[:2] == b"\x00\x0e"
    assert openvpn.length_of(framed[:2]) == len(framed) - 2


def test_the_servers_reset_for_our_session_is_recognised() -> None:
    assert openvpn.is_server_reset(SERVER_RESET, OURS)


SPOILED = (
    b"",
    openvpn.client_reset(OURS),  # an echo server
    SERVER_RESET[:13],
    SERVER_RESET[:1] + OURS + SERVER_RESET[9:14] + THEIRS + SERVER_RESET[22:],  # somebody else's session
    SERVER_RESET[:13] + b"\x01" + SERVER_RESET[14:],  # another packet of ours
    b"\x28" + SERVER_RESET[1:],
    b"HTTP/1.1 400 Bad Request\r\n\r\n",
)


@pytest.mark.parametrize("packet", SPOILED)
def test_anything_else_is_no_answer(packet: bytes) -> None:
    assert not openvpn.is_server_reset(packet, OURS)


def test_a_session_id_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="8 bytes"):
        openvpn.client_reset(b"short")
