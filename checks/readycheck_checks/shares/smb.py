"""The visit to an SMB share from the app's side: the exchange before sign-in here, everything behind it in a child process."""

from collections.abc import AsyncGenerator
from typing import Final

from readycheck.api import Context, NetError, Stream, clean
from readycheck_checks.shares import behind, smb1, smb2
from readycheck_checks.shares.outcome import Credentials, Seen, Stage, Stop, Trouble, Wants, What, what_of
from readycheck_checks.shares.target import Target

ANSWER_S: Final = 5.0
CHILD: Final = "readycheck_checks.shares.smb_child:probe"
CHILD_S: Final = 20.0
CLOCK_OFF_S: Final = 60  # seconds of difference that are worth telling; Kerberos takes 300
_ONLY_SMB1: Final = "it takes no SMB 2 or 3, and answers to SMB1"


async def greet(target: Target, ctx: Context, seen: Seen) -> str:
    """The server stage: does SMB 2 or 3 answer there? Gives the address that did; raises Stop; tells what the server offers."""
    try:
        address, offer = await _asked(target, ctx)
    except Stop as stop:
        if stop.trouble.what in (What.CLOSED, What.GARBLED) and await _is_smb1(target, ctx):
            old = Trouble(stage=Stage.SERVER, what=What.OLD_PROTOCOL, detail=_ONLY_SMB1)
            raise Stop(old) from None
        raise
    seen.facts += [
        ("share_dialect", "SMB dialect", offer.dialect),
        ("share_signing", "Signing", offer.signing),
        ("share_encryption", "Encryption", offer.encryption),
    ]
    if offer.clock is not None:
        off = (offer.clock - ctx.clock.now()).total_seconds()
        if abs(off) > CLOCK_OFF_S:
            seen.facts.append(("share_clock_off", "Clock of the server beside this one", f"{off:+.0f} s"))
    seen.done.append(Stage.SERVER)
    return address


async def _asked(target: Target, ctx: Context) -> tuple[str, smb2.Offer]:
    try:
        stream = await ctx.net.open(target.host, target.port)
        try:
            offer = smb2.offer_in(await _said(stream, smb2.negotiate_request()))
        finally:
            await stream.close()
    except NetError as trouble:
        detail = clean(trouble.detail)
        raise Stop(Trouble(stage=Stage.SERVER, what=what_of(trouble), detail=detail)) from None
    if offer is None:
        raise Stop(Trouble(stage=Stage.SERVER, what=What.GARBLED, detail="no SMB 2 or 3 answer"))
    return stream.address, offer


async def _said(stream: Stream, request: bytes) -> bytes:
    """The answer to one message; what is no frame is given as it came."""
    await stream.write(request)
    head = await stream.read_exactly(smb2.FRAME_HEAD_BYTES, timeout_s=ANSWER_S)
    length = smb2.reply_length(head)
    return await stream.read_exactly(length, timeout_s=ANSWER_S) if length else head


async def _is_smb1(target: Target, ctx: Context) -> bool:
    try:
        stream = await ctx.net.open(target.host, target.port)
        try:
            return smb1.is_taken(await _said(stream, smb1.negotiate_request()))
        finally:
            await stream.close()
    except NetError:
        return False


def visit(
    address: str, target: Target, credentials: Credentials, wants: Wants, ctx: Context, seen: Seen
) -> AsyncGenerator[Stage, None]:
    """Sign in, list, read and write in a child process. Raises Stop; fills ``seen``. Yields the stage that begins."""
    child = behind.Child(function=CHILD, protocol="SMB", most_s=CHILD_S)
    request = behind.request(address, target, credentials, wants) | {"unc": target.unc}
    return behind.visit(child, request, wants, ctx, seen)
