"""One ICMP echo as an ordinary user (RFC 792, RFC 4443), on the systems whose kernel has a socket for it. Judges nothing.

Linux gives such a socket to the groups of net.ipv4.ping_group_range (icmp(7)) and sets identifier and checksum itself; macOS
gives it to everybody and hands over the reply with its IPv4 header. Other systems have none.
"""

import asyncio
import socket
import struct
import time
from typing import Final

from readycheck.adapters.stream import net_error
from readycheck.errors import Silent, Where
from readycheck.ports import NotTold

SIZE: Final = 56  # bytes of data, as ping sends
OVERHEAD: Final = 28  # headers of IPv4 and ICMP
_HEADER: Final = struct.Struct("!BBHHH")  # type, code, checksum, identifier, sequence number
_REQUEST: Final = {socket.AF_INET: 8, socket.AF_INET6: 128}
_REPLY: Final = {socket.AF_INET: 0, socket.AF_INET6: 129}
_PROTOCOL: Final = {socket.AF_INET: 1, socket.AF_INET6: 58}  # by number: not every system names them


async def echo(where: Where, *, timeout_s: float) -> float:
    """The round trip in ms; ``where`` has a literal address. Raises NotTold, Silent, and what net_error() says."""
    address = where.address or where.host
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        one = socket.socket(family, socket.SOCK_DGRAM, _PROTOCOL[family])
    except OSError:
        raise NotTold("this system lets no ordinary user send an ICMP echo") from None
    with one:
        one.setblocking(False)
        try:
            async with asyncio.timeout(timeout_s):
                return await _exchanged(one, family, address)
        except TimeoutError:
            raise Silent(where) from None
        except OSError as error:
            raise net_error(where, error) from None


async def _exchanged(one: socket.socket, family: socket.AddressFamily, address: str) -> float:
    loop = asyncio.get_running_loop()
    mark = time.monotonic_ns().to_bytes(8, "big") + id(one).to_bytes(8, "big")
    one.connect((address, 0))  # sets who may answer; no packet is sent
    sent = time.monotonic()
    await loop.sock_sendall(one, packet(family, mark.ljust(SIZE, b"\0")))
    while not is_reply(family, await loop.sock_recv(one, 2048), mark):
        pass
    return (time.monotonic() - sent) * 1000


def packet(family: socket.AddressFamily, data: bytes) -> bytes:
    """An echo request. The kernel fills in the checksum of ICMPv6 (RFC 3542, 3.1), and on Linux the identifier."""
    head = _HEADER.pack(_REQUEST[family], 0, 0, 1, 1)
    return _HEADER.pack(_REQUEST[family], 0, checksum(head + data), 1, 1) + data


def checksum(data: bytes) -> int:
    """Of the internet protocols: the complement of the sum of 16-bit words with end-around carry (RFC 1071)."""
    padded = data + b"\0" * (len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def is_reply(family: socket.AddressFamily, data: bytes, mark: bytes) -> bool:
    """Whether this is the answer to the request that carried ``mark``; with its IPv4 header before it, or without."""
    if family == socket.AF_INET and len(data) >= 20 and data[0] >> 4 == 4:
        data = data[(data[0] & 0x0F) * 4 :]
    return len(data) >= 8 + len(mark) and data[0] == _REPLY[family] and data[8 : 8 + len(mark)] == mark
