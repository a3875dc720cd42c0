"""What the kernel knows of a TCP connection (struct tcp_info in linux/tcp.h). Where it does not tell: None."""

import socket
import struct
import sys
from dataclasses import dataclass
from typing import Any, Final

_TCP_INFO: Final = 11
_SIZE: Final = 232
# snd_mss at 16, rcv_mss 20, sacked 28, rtt 68, rcv_rtt 92, total_retrans 100, bytes_acked 120, bytes_received 128, min_rtt 148,
# data_segs_in 152, delivery_rate 160, bytes_sent 200, bytes_retrans 208, rcv_ooopack 224 (Linux 5.4)
_FIELDS: Final = struct.Struct("=16xII4xI36xI20xI4xI16xQQ12xII4xQ32xQQ8xI")


@dataclass(frozen=True, kw_only=True)
class TcpInfo:
    """Counters of one connection since it began; times in microseconds, bytes of TCP payload (TLS included).

    acked             bytes of ours that the other end has without a gap before them
    arrived           acked, and what it holds behind a gap (selective acknowledgements x segment size): goes on while a
                      lost segment is sent again, where ``acked`` halts and jumps; may fall by a segment
    received          bytes that came in order
    sent, sent_again  bytes given to the network, retransmissions included; of them retransmitted
    retransmissions   segments of ours that were sent again
    out_of_order      segments that came before one they should have followed: loss on the way to us, or another order
    segments_received segments with data that came, in whatever order
    segment_received  the usual size of a segment that comes
    rtt_us            smoothed round-trip time of what we send; min_rtt_us: the least seen
    rcv_rtt_us        the receiver's own estimate (0: none yet): how long a window of data takes, an upper bound
    delivery_rate     bytes per second that the other end took lately, as the sender reckons
    """

    acked: int
    arrived: int
    received: int
    sent: int
    sent_again: int
    retransmissions: int
    out_of_order: int
    segments_received: int
    segment_received: int
    rtt_us: int
    min_rtt_us: int
    rcv_rtt_us: int
    delivery_rate: int


def tcp_info(sock: Any) -> TcpInfo | None:
    """Ask the kernel; None on other systems, on kernels before 5.4 and for a socket that is closed."""
    if sys.platform != "linux" or sock is None:
        return None
    try:
        data = sock.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _SIZE)
    except OSError:
        return None
    return _read(data) if len(data) >= _FIELDS.size else None


def _read(data: bytes) -> TcpInfo:
    (
        segment,
        segment_received,
        held_behind_gaps,
        rtt_us,
        rcv_rtt_us,
        retransmissions,
        acked,
        received,
        min_rtt_us,
        segments_received,
        delivery_rate,
        sent,
        sent_again,
        out_of_order,
    ) = _FIELDS.unpack_from(data)
    return TcpInfo(
        acked=acked,
        arrived=acked + held_behind_gaps * segment,
        received=received,
        sent=sent,
        sent_again=sent_again,
        retransmissions=retransmissions,
        out_of_order=out_of_order,
        segments_received=segments_received,
        segment_received=segment_received,
        rtt_us=rtt_us,
        min_rtt_us=min_rtt_us,
        rcv_rtt_us=rcv_rtt_us,
        delivery_rate=delivery_rate,
    )


def sending_algorithm(sock: Any) -> str:
    """The algorithm that decides how fast this socket sends, such as "cubic"; "" where the system does not tell."""
    option = getattr(socket, "TCP_CONGESTION", None)
    if option is None or sock is None:
        return ""
    try:
        name: bytes = sock.getsockopt(socket.IPPROTO_TCP, option, 16)
    except OSError:
        return ""
    return name.split(b"\0", 1)[0].decode("ascii", "replace")
