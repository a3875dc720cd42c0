"""What arrived of a TCP stream, in whatever order. The kernel's count of received bytes halts at a gap and jumps when that is
filled; its count of segments does not."""

from readycheck.measure.transport.tcp_info import TcpInfo


class Arrivals:
    """Counts one connection; ask count() again and again, several times in a second.

    While segments come out of order, those above what was received in order are held; when none does any more, there is no gap
    and nothing is held. Segments that come twice, and short ones, are thereby counted too much for that while at worst.
    """

    def __init__(self) -> None:
        self._received = 0
        self._segments = 0
        self._out_of_order = 0
        self._held = 0

    def count(self, info: TcpInfo) -> int:
        """Bytes that arrived so far: those received in order, and those held behind a gap."""
        segments = info.segments_received - self._segments
        if info.out_of_order > self._out_of_order:
            more = segments * info.segment_received - (info.received - self._received)
            self._held = max(0, self._held + more)
        elif segments:
            self._held = 0
        self._received, self._segments, self._out_of_order = (
            info.received,
            info.segments_received,
            info.out_of_order,
        )
        return info.received + self._held
