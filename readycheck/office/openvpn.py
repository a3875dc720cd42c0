"""The first answer of an OpenVPN server without key wrapping (2.6: stateless), over UDP and TCP. Tunnels nothing.

client reset:  38 | session id (8) | 00 | packet id (4)
server reset:  40 | session id (8) | 01 | acknowledged packet id (4) | client's session id (8) | packet id (4)
Over TCP each packet follows its length, 16 bits, big-endian.
"""

import asyncio
import hashlib
import hmac
import os
import struct
from typing import Final

from readycheck.office.listeners import Address

_CLIENT_RESET: Final = 0x38  # P_CONTROL_HARD_RESET_CLIENT_V2 << 3
_SERVER_RESET: Final = 0x40  # P_CONTROL_HARD_RESET_SERVER_V2 << 3
_RESET_BYTES: Final = 14
_COOKIE_KEY: Final = os.urandom(32)


def answer(data: bytes, address: Address) -> bytes | None:
    """The server's reset for a client's first reset; None for anything else, as a real server stays silent then."""
    if len(data) != _RESET_BYTES or data[0] != _CLIENT_RESET or data[9:] != bytes(5):
        return None
    session = data[1:9]
    peer = f"{address[0]}:{address[1]}".encode()
    ours = hmac.digest(_COOKIE_KEY, peer + session, hashlib.sha256)[:8]
    return bytes([_SERVER_RESET]) + ours + b"\x01" + bytes(4) + session + bytes(4)


async def conversation(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The same over TCP. A packet that is none ends the connection, as OpenVPN does."""
    peer = writer.get_extra_info("peername")
    async with asyncio.timeout(30):
        while True:
            (length,) = struct.unpack("!H", await reader.readexactly(2))
            reply = answer(await reader.readexactly(length), peer) if length <= 2048 else None
            if reply is None:
                return
            writer.write(struct.pack("!H", len(reply)) + reply)
            await writer.drain()
