"""Which party the silence or the refusal of a TCP target belongs to. Asks only after a failure, beside a control."""

import asyncio
from collections.abc import Sequence

from readycheck.api import (
    Confidence,
    Context,
    NetError,
    Owner,
    Silent,
    TcpAnswer,
    TlsAnswer,
)
from readycheck_checks.attempts import attempt
from readycheck_checks.blame import Whose, whose
from readycheck_checks.ending import Ending, Flow
from readycheck_checks.endpoints import Endpoint, endpoint
from readycheck_checks.way_out import where_it_ends


async def party_of(
    ctx: Context, target: Endpoint, control: Endpoint | None, far: Owner
) -> tuple[Whose, Ending]:
    """``far``: whose the target is."""
    beside = Flow("tcp", control.host, control.port) if control is not None else None
    ending = await where_it_ends(ctx, Flow("tcp", target.host, target.port), beside)
    return whose(ending, far), ending


async def whose_silence(
    ctx: Context, target: Endpoint, came: NetError, tcp_controls: Sequence[str], far: Owner
) -> tuple[Whose, str]:
    """The party, and a sentence of evidence. A target that takes a connection and then keeps silent is to blame for it where
    another host completes a secure connection at the same moment: so the line carries conversations."""
    control = endpoint(tcp_controls[0]) if tcp_controls else None
    if isinstance(came, Silent) and control is not None:
        taken, talked = await asyncio.gather(
            attempt(ctx.net.tcp(target.host, target.port)), attempt(ctx.net.tls(control.host, control.port))
        )
        if isinstance(taken, TcpAnswer):
            told = f"it takes connections, and {control} talks" if isinstance(talked, TlsAnswer) else ""
            return (Whose(far, confidence=Confidence.MEDIUM) if told else Whose()), told
    party, ending = await party_of(ctx, target, control, far)
    return party, ending.sentence
