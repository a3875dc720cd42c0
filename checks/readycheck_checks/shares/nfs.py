"""NFS asked as an ordinary program can: the NULL call of versions 4 and 3, then, over version 4, whether the folder is there.

ONC RPC over TCP: RFC 5531 (record marking in 11); NFS version 4.0: RFC 7530, XDR in RFC 7531. AUTH_SYS names user and group by
number only. Looking a path up leaves no state on the server: no client id, no open file, no lock.
"""

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

HEAD_BYTES: Final = 4
MOST_BYTES: Final = 65_536
MOST_FOLDERS: Final = 32
PROGRAM: Final = 100003
_LAST_FRAGMENT: Final = 0x80000000
_NONE, _SYS = 0, 1
_PUTROOTFH, _LOOKUP, _ACCESS = 24, 15, 3
_READ, _LOOK = 0x01, 0x02
_REJECTED: Final = 1
_MISMATCH: Final = 2


class Reply(StrEnum):
    """What a call came to. OTHER_VERSION, NO_PROGRAM: an RPC server without (this) NFS. DENIED: it turns the caller away."""

    DONE = "done"
    OTHER_VERSION = "other version"
    NO_PROGRAM = "no NFS"
    DENIED = "denied"


@dataclass(frozen=True)
class Looked:
    """What looking a folder up came to: the status of the last step (0: it is there); may it be read (None: not told)?"""

    status: int
    readable: bool | None


def null_call(xid: int, version: int) -> bytes:
    """A framed call of procedure 0, which does nothing."""
    return _framed(_call(xid, version, 0) + _auth(_NONE))


def look_up(xid: int, folders: Sequence[str], user: int, group: int) -> bytes:
    """A framed COMPOUND of version 4.0: from the root down to the folder, then which access it gives. At most MOST_FOLDERS."""
    steps = [struct.pack("!I", _PUTROOTFH)]
    steps += [struct.pack("!I", _LOOKUP) + _opaque(name.encode()) for name in folders[:MOST_FOLDERS]]
    steps.append(struct.pack("!II", _ACCESS, _READ | _LOOK))
    compound = _opaque(b"") + struct.pack("!II", 0, len(steps)) + b"".join(steps)
    who = struct.pack("!I", 0) + _opaque(b"") + struct.pack("!III", user, group, 0)
    return _framed(_call(xid, 4, 1) + _auth(_SYS, who) + compound)


def new_xid() -> int:
    return int.from_bytes(os.urandom(4), "big")


def reply_length(head: bytes) -> int | None:
    """The length of the one fragment behind these four bytes; None where they are no such head."""
    (mark,) = struct.unpack("!I", head)
    length = mark & ~_LAST_FRAGMENT
    return length if mark & _LAST_FRAGMENT and 0 < length <= MOST_BYTES else None


def reply_in(message: bytes, xid: int) -> tuple[Reply, bytes] | None:
    """What became of the call, and its results; None where this is no RPC reply to it."""
    if len(message) < 12:
        return None
    answered, kind, state = struct.unpack_from("!III", message)
    if answered != xid or kind != 1 or state > _REJECTED:
        return None
    if state == _REJECTED:
        return Reply.DENIED, b""
    if len(message) < 20:
        return None
    (size,) = struct.unpack_from("!I", message, 16)
    at = 20 + size + -size % 4
    if size > 400 or len(message) < at + 4:
        return None
    (accepted,) = struct.unpack_from("!I", message, at)
    if accepted == 0:
        return Reply.DONE, message[at + 4 :]
    return (Reply.OTHER_VERSION if accepted == _MISMATCH else Reply.NO_PROGRAM), b""


def looked_in(results: bytes) -> Looked | None:
    """The outcome of look_up(); None where it cannot be read."""
    if len(results) < 12:
        return None
    status, tag = struct.unpack_from("!II", results)
    at = 8 + tag + -tag % 4 + 4
    if tag > 1024 or len(results) < at:
        return None
    if status:
        return Looked(status, None)
    tail = results[-16:]  # ACCESS4res is the last: its number, status, what was asked, what is allowed
    if len(results) < at + 16:
        return None
    number, last, _, allowed = struct.unpack("!IIII", tail)
    return Looked(0, bool(allowed & _READ)) if (number, last) == (_ACCESS, 0) else None


def _call(xid: int, version: int, procedure: int) -> bytes:
    return struct.pack("!IIIIII", xid, 0, 2, PROGRAM, version, procedure)


def _auth(flavour: int, body: bytes = b"") -> bytes:
    """Credentials, and a verifier of none."""
    return struct.pack("!I", flavour) + _opaque(body) + struct.pack("!II", _NONE, 0)


def _opaque(data: bytes) -> bytes:
    return struct.pack("!I", len(data)) + data + bytes(-len(data) % 4)


def _framed(message: bytes) -> bytes:
    return struct.pack("!I", _LAST_FRAGMENT | len(message)) + message
