"""One short stream of Bindings to somebody else's STUN server, where there is no reflector: round trips, both ways in one."""

from collections.abc import Sequence
from typing import Final

from readycheck.api import Context, Finding, Owner
from readycheck.measure.media.stream import Stream, stun_stream
from readycheck_checks.calls import sides
from readycheck_checks.calls.near_end import Second, Way
from readycheck_checks.calls.probes import StunReply
from readycheck_checks.calls.quality import Limits, judged

WAIT_S: Final = 1.0  # for the last replies
INTERVAL_S: Final = 0.02  # as a voice call: 50 packets a second
SECOND_PACKETS: Final = 150
PACKET_BYTES: Final = 160  # there and back, with what servers add to their replies
SECOND_BYTES: Final = SECOND_PACKETS * PACKET_BYTES


def most_bytes(packets: int) -> int:
    """Of so many packets and a second stream."""
    return PACKET_BYTES * packets + SECOND_BYTES


def most_seconds(packets: int) -> float:
    return packets * INTERVAL_S + WAIT_S


async def send(ctx: Context, responder: StunReply, packets: int) -> Stream:
    """Raises NetError."""
    found = await stun_stream(
        responder.address, responder.port, count=packets, interval_s=INTERVAL_S, wait_s=WAIT_S
    )
    ctx.meter.add(found.bytes)
    return found


def way_of(
    ctx: Context, responder: StunReply, others: Sequence[StunReply], far: Owner, limits: Limits
) -> Way:
    """The second stream goes to another host where one of ``others`` is there: what two hosts show is no fault of one of them.
    ``far``: whose the first is."""
    second = next((each for each in others if each.address != responder.address), None)

    async def again() -> Second:
        found = await send(ctx, second or responder, SECOND_PACKETS)
        findings = tuple(each for each in judged(found, limits) if isinstance(each, Finding))
        return Second(
            packets=sides.as_packets(found.rtts_ms, found.sent, found.burst_ratio),
            to=second.target if second is not None else "",
            findings=findings,
        )

    return Way(
        address=(second or responder).address,
        again=again,
        bytes=SECOND_BYTES,
        seconds=most_seconds(SECOND_PACKETS),
        far=None if second is not None else far,
    )
