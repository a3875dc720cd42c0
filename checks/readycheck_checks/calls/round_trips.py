"""One short stream of Bindings to somebody else's STUN server, where there is no reflector: round trips, both ways in one."""

from collections.abc import Sequence
from typing import Final

from readycheck.api import Context, NetError, Owner
from readycheck.measure.media.stream import Stream, stun_stream
from readycheck_checks.calls import sides
from readycheck_checks.calls.alone import Heard
from readycheck_checks.calls.near_end import Beside, Way
from readycheck_checks.calls.probes import StunReply
from readycheck_checks.calls.quality import Limits, judged

WAIT_S: Final = 1.0  # for the last replies
INTERVAL_S: Final = 0.02  # as a voice call: 50 packets a second
SECOND_PACKETS: Final = 150
PACKET_BYTES: Final = 160  # there and back, with what servers add to their replies
SECOND_BYTES: Final = SECOND_PACKETS * PACKET_BYTES


def most_bytes(packets: int, *, beside: bool) -> int:
    """Of so many packets and a second stream; ``beside``: and one to another host beside that."""
    return PACKET_BYTES * packets + (2 if beside else 1) * SECOND_BYTES


def most_seconds(packets: int) -> float:
    return packets * INTERVAL_S + WAIT_S


async def send(ctx: Context, responder: StunReply, packets: int) -> Stream:
    """Raises NetError."""
    try:
        found = await stun_stream(
            responder.address, responder.port, count=packets, interval_s=INTERVAL_S, wait_s=WAIT_S
        )
    except NetError:
        ctx.meter.add(packets * PACKET_BYTES // 2)  # sent, and nothing came back
        raise
    ctx.meter.add(found.bytes)
    return found


def way_of(
    ctx: Context, responder: StunReply, others: Sequence[StunReply], far: Owner, limits: Limits
) -> Way:
    """The second round: to the same host again, and to one of ``others`` beside it. ``far``: whose the first is."""
    return Way(
        target=responder.target,
        address=responder.address,
        again=lambda: heard(ctx, responder, limits),
        bytes=SECOND_BYTES,
        seconds=most_seconds(SECOND_PACKETS),
        far=far,
        beside=beside(ctx, responder.address, others, limits),
    )


def beside(ctx: Context, address: str, others: Sequence[StunReply], limits: Limits) -> Beside | None:
    """A second stream to the first of these that is another host than the one at this address; None: there is none."""
    other = next((each for each in others if each.address != address), None)
    if other is None:
        return None
    return Beside(address=other.address, stream=lambda: heard(ctx, other, limits), bytes=SECOND_BYTES)


async def heard(ctx: Context, responder: StunReply, limits: Limits) -> Heard:
    """A stream of the second round. Raises NetError."""
    found = await send(ctx, responder, SECOND_PACKETS)
    packets = sides.as_packets(found.rtts_ms, found.sent, found.burst_ratio)
    return Heard(packets=packets, to=responder.target, said=tuple(judged(found, limits)))
