"""OpenVPN's first packets: makes the client's reset, bare or wrapped with a key, and recognises the server's. Opens no tunnel.

Layout: OpenVPN 2.6, src/openvpn/ssl_pkt.h; opcode << 3 | key id. Over TCP each packet follows its length, 16 bits,
big-endian. OpenVPN 2.6 answers statelessly: a probe leaves no session behind, nor a line in a log of verb 1. A
bare packet to a gateway that wants a key does leave one there, so none is sent where a key is known to be wanted.
"""

import struct
from typing import Final, Protocol

SESSION_ID_BYTES: Final = 8
FRAME_HEAD_BYTES: Final = 2
MAX_PACKET_BYTES: Final = 2048
CLIENT_RESET_V2: Final = 7 << 3
SERVER_RESET_V2: Final = 8 << 3
KNOCK: Final = (
    b"\x00"  # no packet of the protocol: a gateway ignores it without a word; a closed port still says so
)
_PACKET_ID: Final = bytes(4)  # the first packet of a session is number 0


class Wrapping(Protocol):
    """How the packets of one exchange are wrapped."""

    def wrap(self, session_id: bytes) -> bytes:
        """The client's reset."""
        ...

    def is_answer(self, packet: bytes, session_id: bytes) -> bool:
        """True for the server's reset that acknowledges the reset of this session."""
        ...


class Bare:
    """No key: everybody gets an answer."""

    def wrap(self, session_id: bytes) -> bytes:
        return client_reset(session_id)

    def is_answer(self, packet: bytes, session_id: bytes) -> bool:
        return is_server_reset(packet, session_id)


def client_reset(session_id: bytes) -> bytes:
    """P_CONTROL_HARD_RESET_CLIENT_V2 (14 bytes): opcode, our session id (8 bytes), no acknowledgements, packet id 0."""
    checked(session_id)
    return bytes([CLIENT_RESET_V2]) + session_id + unacknowledging()


def checked(session_id: bytes) -> bytes:
    """Raises ValueError where it is no session id."""
    if len(session_id) != SESSION_ID_BYTES:
        raise ValueError(f"an OpenVPN session id has {SESSION_ID_BYTES} bytes")
    return session_id


def unacknowledging() -> bytes:
    """What follows the session id in a client's reset: no acknowledgements, packet id 0."""
    return b"\x00" + _PACKET_ID


def is_server_reset(packet: bytes, session_id: bytes) -> bool:
    """True for a P_CONTROL_HARD_RESET_SERVER_V2 that acknowledges our reset: only its receiver knows our session id."""
    return packet[:1] == bytes([SERVER_RESET_V2]) and acknowledges(packet[1 + SESSION_ID_BYTES :], session_id)


def acknowledges(rest: bytes, session_id: bytes) -> bool:
    """True where what follows the server's session id acknowledges packet 0 of this session."""
    acknowledged = b"\x01" + _PACKET_ID + session_id
    return rest[: len(acknowledged)] == acknowledged


def framed(packet: bytes) -> bytes:
    """A packet as it travels over TCP."""
    return struct.pack("!H", len(packet)) + packet


def length_of(frame_head: bytes) -> int:
    """The length of the packet that follows these two bytes."""
    (length,) = struct.unpack("!H", frame_head)
    return int(length)
