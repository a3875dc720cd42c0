"""One question over UDP, where what answers in another language is told from silence."""

from collections.abc import Callable, Sequence
from typing import Final

from readycheck.api import Garbled, Net, Silent, UdpAnswer
from readycheck_checks.asking.replies import Reply
from readycheck_checks.vpn.probe import Probe, Target

WAITS_S: Final = (0.5, 1.0, 1.5)


async def ask(
    net: Net,
    target: Target,
    packet: bytes,
    accept: Callable[[bytes], bool],
    waits_s: Sequence[float] = WAITS_S,
) -> UdpAnswer:
    """Raises NetErrors; Garbled where only something came that is no answer of this protocol."""
    strange = False

    def known(data: bytes) -> bool:
        nonlocal strange
        strange = strange or not accept(data)
        return accept(data)

    try:
        return await net.udp(target.host, target.port, packet, accept=known, waits_s=waits_s)
    except Silent as silent:
        if strange:
            raise Garbled(silent.where, "what it says is not of this protocol") from None
        raise


def answered(target: Target, answer: UdpAnswer, detail: str = "") -> Probe:
    return Probe(
        protocol="udp",
        port=target.port,
        reply=Reply.ANSWERED,
        rtt_ms=answer.rtt_ms,
        address=answer.address,
        detail=detail,
    )
