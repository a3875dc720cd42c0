"""How fast TCP can be where packets are lost: pure. Tells connections that loss holds back from a line that is merely slow."""

import math
from typing import Final

SEGMENT_BYTES: Final = 1_448
_LEAST_TIMEOUT_S: Final = 0.2  # of the retransmission timer in common systems
_CLEARLY: Final = 1.5


def permitted_bits_per_s(lost_share: float, rtt_s: float, connections: int) -> float:
    """The rate that loss leaves to so many connections; infinite without loss.

    X = s / (R·√(2p/3) + T·min(1, 3·√(3p/8))·p·(1 + 32p²)) each, with the timeout T = max(0.2 s, 4·R): the throughput equation of
    RFC 5348, 3.1, in its full form (Padhye and others, 1998). ``lost_share`` p is a fraction 0..1 of the packets.
    """
    p = lost_share
    timeout_s = max(_LEAST_TIMEOUT_S, 4 * rtt_s)
    seconds = rtt_s * math.sqrt(2 * p / 3) + timeout_s * min(1.0, 3 * math.sqrt(3 * p / 8)) * p * (
        1 + 32 * p * p
    )
    return connections * SEGMENT_BYTES * 8 / seconds if seconds else math.inf


def may_hold_back(
    lost: float, carried_bytes: float, bits_per_s: float, rtt_s: float, connections: int
) -> bool:
    """Whether so many lost packets, beside so many bytes that came through, can be why the rate is no higher."""
    packets = lost + carried_bytes / SEGMENT_BYTES
    if not lost or not packets:
        return False
    return permitted_bits_per_s(lost / packets, rtt_s, connections) < _CLEARLY * bits_per_s
