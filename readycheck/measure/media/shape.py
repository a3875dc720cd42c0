"""The streams of a call as a network sees them: how many packets a second, how long they are, how they bunch. Sends nothing."""

import math
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from readycheck.measure.packets.pacing import HEADER_BYTES

_HEADER_BYTES: Final = HEADER_BYTES[socket.AF_INET]
VIDEO_PACKET_BYTES: Final = 1_228  # of payload at most: passes a path MTU of 1280, as browsers plan for
FRAMES_PER_S: Final = 30.0
PACE: Final = (
    2.5  # times the mean rate: how fast the packets of one frame leave (pacing factor of WebRTC's senders)
)


@dataclass(frozen=True, kw_only=True)
class MediaStream:
    """``packets`` of ``up_bytes`` there and ``down_bytes`` back (UDP payload) for each of ``frames_per_s`` frames.

    The packets of a frame leave evenly in the first part of its time, at ``PACE`` times the mean rate.
    """

    name: str
    frames_per_s: float
    packets: int
    up_bytes: int
    down_bytes: int

    @property
    def packets_per_s(self) -> float:
        return self.frames_per_s * self.packets

    def bytes_in(self, seconds: float) -> int:
        """Both ways, with the headers of UDP and IPv4 (20 bytes more a packet over IPv6)."""
        both = self.up_bytes + self.down_bytes + 2 * _HEADER_BYTES
        return both * self.packets * math.ceil(seconds * self.frames_per_s)

    def times_s(self, seconds: float) -> Iterator[float]:
        """When its packets are due, from 0."""
        frame_s = 1 / self.frames_per_s
        apart_s = frame_s / PACE / self.packets
        for frame in range(math.ceil(seconds * self.frames_per_s)):
            for packet in range(self.packets):
                yield frame * frame_s + packet * apart_s


VOICE: Final = MediaStream(name="voice", frames_per_s=50.0, packets=1, up_bytes=172, down_bytes=172)


def video(name: str, up_mbps: float, down_mbps: float) -> MediaStream:
    """A video call of these mean rates, with the headers of UDP and IPv4. What comes back is never more than what goes out."""
    frame_bytes = up_mbps * 1e6 / 8 / FRAMES_PER_S
    packets = max(1, math.ceil(frame_bytes / (VIDEO_PACKET_BYTES + _HEADER_BYTES)))
    up_bytes = max(64, round(frame_bytes / packets) - _HEADER_BYTES)
    down_bytes = max(64, round(down_mbps * 1e6 / 8 / FRAMES_PER_S / packets) - _HEADER_BYTES)
    return MediaStream(
        name=name,
        frames_per_s=FRAMES_PER_S,
        packets=packets,
        up_bytes=up_bytes,
        down_bytes=min(up_bytes, down_bytes),
    )
