"""STUN Binding (RFC 8489) without state: which address a request came from, for requests at least as long as the answer. Pure."""

import ipaddress
import struct
from typing import Final

from readycheck.measure.packets import stun
from readycheck.measure.packets.stun import Message

_ERROR_CODE: Final = 0x0009
_UNKNOWN_ATTRIBUTES: Final = 0x000A
_XOR_MAPPED_ADDRESS: Final = 0x0020
_PADDING: Final = 0x0026
_OPTIONAL: Final = 0x8000


def reply(request: Message, address: str, port: int) -> bytes | None:
    """The success reply, or error 420 for what the request insists on and we do not know; None where it is no Binding request."""
    if (request.method, request.kind) != (stun.BINDING, stun.REQUEST):
        return None
    unknown = [kind for kind, _ in request.attributes if kind < _OPTIONAL and kind != _PADDING]
    attributes = _refusal(unknown) if unknown else ((_XOR_MAPPED_ADDRESS, _xored(request, address, port)),)
    return stun.encode(
        Message(
            method=stun.BINDING,
            kind=stun.ERROR if unknown else stun.SUCCESS,
            transaction_id=request.transaction_id,
            attributes=attributes,
        )
    )


def _refusal(unknown: list[int]) -> tuple[tuple[int, bytes], ...]:
    names = struct.pack(f"!{len(unknown)}H", *unknown)
    return (_ERROR_CODE, bytes((0, 0, 4, 20))), (_UNKNOWN_ATTRIBUTES, names)


def _xored(request: Message, address: str, port: int) -> bytes:
    """RFC 8489, 14.2: port and address XORed with the magic cookie and, beyond 4 bytes, the transaction id."""
    packed = ipaddress.ip_address(address).packed
    mask = struct.pack("!I", stun.MAGIC_COOKIE) + request.transaction_id
    family = 1 if len(packed) == 4 else 2
    xored = bytes(a ^ b for a, b in zip(packed, mask, strict=False))
    return struct.pack("!BBH", 0, family, port ^ stun.MAGIC_COOKIE >> 16) + xored
