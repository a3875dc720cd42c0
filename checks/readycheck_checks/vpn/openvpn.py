"""OpenVPN's first packets without key wrapping: makes the client's reset, recognises the server's. Opens no tunnel.

Layout: OpenVPN 2.6, src/openvpn/ssl_pkt.h; opcode << 3 | key id. Over TCP each packet follows its length, 16 bits,
big-endian. OpenVPN 2.6 answers statelessly: a probe leaves no session and no log line behind.
"""

import struct
from typing import Final

SESSION_ID_BYTES: Final = 8
FRAME_HEAD_BYTES: Final = 2
MAX_PACKET_BYTES: Final = 2048
_CLIENT_RESET_V2: Final = 7 << 3
_SERVER_RESET_V2: Final = 8 << 3
_PACKET_ID: Final = bytes(4)  # the first packet of a session is number 0


def client_reset(session_id: bytes) -> bytes:
    """P_CONTROL_HARD_RESET_CLIENT_V2 (14 bytes): opcode, our session id (8 bytes), no acknowledgements, packet id 0."""
    if len(session_id) != SESSION_ID_BYTES:
        raise ValueError(f"an OpenVPN session id has {SESSION_ID_BYTES} bytes")
    return bytes([_CLIENT_RESET_V2]) + session_id + b"\x00" + _PACKET_ID


def is_server_reset(packet: bytes, session_id: bytes) -> bool:
    """True for a P_CONTROL_HARD_RESET_SERVER_V2 that acknowledges our reset: only its receiver knows our session id."""
    acknowledged = b"\x01" + _PACKET_ID + session_id
    at = 1 + SESSION_ID_BYTES
    return packet[:1] == bytes([_SERVER_RESET_V2]) and packet[at : at + len(acknowledged)] == acknowledged


def framed(packet: bytes) -> bytes:
    """A packet as it travels over TCP."""
    return struct.pack("!H", len(packet)) + packet


def length_of(frame_head: bytes) -> int:
    """The length of the packet that follows these two bytes."""
    (length,) = struct.unpack("!H", frame_head)
    return int(length)
