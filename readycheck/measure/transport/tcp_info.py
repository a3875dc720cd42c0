"""What the kernel knows of a TCP connection (Linux: tcp_info in linux/tcp.h). Where it does not tell, the answer is None."""

import socket
import struct
import sys
from dataclasses import dataclass
from typing import Any, Final

_TCP_INFO: Final = 11
_SIZE: Final = 232
_BYTES_ACKED_AT: Final = 120
_BYTES_RECEIVED_AT: Final = 128
_BYTES_SENT_AT: Final = 200


@dataclass(frozen=True, kw_only=True)
class TcpInfo:
    """Bytes of TCP payload, TLS included. ``acked``: of ours, received at the other end; ``sent``: with retransmissions."""

    acked: int
    received: int
    sent: int


def tcp_info(sock: Any) -> TcpInfo | None:
    """Ask the kernel; None on other systems, on kernels before 4.19 and for a socket that is closed."""
    if sys.platform != "linux" or sock is None:
        return None
    try:
        data = sock.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _SIZE)
    except OSError:
        return None
    if len(data) < _BYTES_SENT_AT + 8:
        return None
    acked, received, sent = (
        struct.unpack_from("=Q", data, at)[0] for at in (_BYTES_ACKED_AT, _BYTES_RECEIVED_AT, _BYTES_SENT_AT)
    )
    return TcpInfo(acked=acked, received=received, sent=sent)
