"""STUN answers for the tests of call checks: good, refusing, lossy, slow and silent, as bytes and as real listeners."""

import socket
from collections.abc import Callable

from readycheck.measure.packets import stun

Address = tuple[str, int]
HOME = ("198.51.100.7", 40_000)


def success(request: bytes, mapped: Address = HOME) -> bytes:
    """The success reply to a Binding; an Allocate is refused with 401, as TURN servers do."""
    message = stun.parse(request)
    if message.method != stun.BINDING:
        return refusal(request)
    port = mapped[1] ^ stun.MAGIC_COOKIE >> 16
    host = int.from_bytes(socket.inet_aton(mapped[0]), "big") ^ stun.MAGIC_COOKIE
    value = b"\0\1" + port.to_bytes(2, "big") + host.to_bytes(4, "big")
    return _reply(message, stun.SUCCESS, (0x0020, value))


def refusal(request: bytes) -> bytes:
    """An error reply, 401."""
    return _reply(stun.parse(request), stun.ERROR, (0x0009, b"\0\0\x04\x01Unauthorized"))


def only_allocate(request: bytes) -> bytes:
    """A TURN server that keeps silent on Bindings (an empty answer is none)."""
    return refusal(request) if stun.parse(request).method == stun.ALLOCATE else b""


def _reply(message: stun.Message, kind: int, *attributes: tuple[int, bytes]) -> bytes:
    return stun.encode(
        stun.Message(
            method=message.method, kind=kind, transaction_id=message.transaction_id, attributes=attributes
        )
    )


def server() -> Callable[[bytes, Address], bytes]:
    """For udp_listener: sees the address that the datagram came from."""
    return lambda data, address: success(data, address)
