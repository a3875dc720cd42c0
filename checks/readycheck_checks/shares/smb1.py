"""SMB1 NEGOTIATE: sent only to a server that gave no answer to SMB 2 and 3, to see whether the old protocol is all it has.

SMB1 has no protection against tampering and is switched off in current systems. Nothing but this first exchange, which holds no
name and no password, is ever spoken. Layout: MS-CIFS 2.2.3.1, 2.2.4.52.
"""

import struct
from typing import Final

_HEADER: Final = struct.Struct("<4sBIBHH8sHHHHH")
_NEGOTIATE: Final = 0x72
_REPLY: Final = 0x80
_DIALECT: Final = b"\x02NT LM 0.12\x00"
_NONE_OF_THEM: Final = 0xFFFF


def negotiate_request() -> bytes:
    """One framed NEGOTIATE request that offers the last dialect of SMB1 alone."""
    header = _HEADER.pack(b"\xffSMB", _NEGOTIATE, 0, 0x18, 0x4001, 0, bytes(8), 0, 0xFFFF, 0, 0, 1)
    message = header + struct.pack("<BH", 0, len(_DIALECT)) + _DIALECT
    return struct.pack("!I", len(message)) + message


def is_taken(reply: bytes) -> bool:
    """True where this is an SMB1 server that accepts the dialect."""
    if len(reply) < _HEADER.size + 3:
        return False
    protocol, command, status, flags, *_ = _HEADER.unpack_from(reply)
    words, dialect = struct.unpack_from("<BH", reply, _HEADER.size)
    known = protocol == b"\xffSMB" and command == _NEGOTIATE and bool(flags & _REPLY)
    return known and not status and words > 0 and dialect != _NONE_OF_THEM
