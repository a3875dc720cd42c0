"""The visit to an SMB share from the app's side: the exchange before sign-in here, everything behind it in a child process."""

import os
from collections.abc import AsyncGenerator, Mapping
from typing import Any, Final

from readycheck.api import ChildFailed, ChildTimeout, Context, NetError, Stream, clean
from readycheck_checks.shares import ntstatus, smb2
from readycheck_checks.shares.outcome import (
    Credentials,
    Rate,
    Seen,
    Stage,
    Stop,
    Trouble,
    Wants,
    What,
    what_of,
)
from readycheck_checks.shares.target import Target

ANSWER_S: Final = 5.0
CHILD: Final = "readycheck_checks.shares.smb_child:probe"
CHILD_S: Final = 15.0
SMALLEST_TIMED: Final = 65_536  # bytes; below it the time of one exchange hides the rate
_ONLY_SMB1: Final = "it takes no SMB 2 or 3; it may offer only SMB1, which is not safe and not used"
_CONVERSATION_BYTES: Final = 8_000
_ENTRY_BYTES: Final = 150
_KINDS: Final = {"sign-in": What.NO_PASSWORD, "closed": What.CLOSED, "silent": What.SILENT}


async def greet(target: Target, ctx: Context, seen: Seen) -> str:
    """The server stage: does SMB 2 or 3 answer there? Gives the address that did; raises Stop; fills the dialect."""
    try:
        stream = await ctx.net.open(target.host, target.port)
        try:
            offer = await _negotiate(stream)
        finally:
            await stream.close()
    except NetError as trouble:
        what = what_of(trouble)
        detail = _ONLY_SMB1 if what is What.CLOSED else clean(trouble.detail)
        raise Stop(Trouble(stage=Stage.SERVER, what=what, detail=detail)) from None
    seen.facts.append(("share_dialect", "SMB dialect", offer.dialect))
    seen.done.append(Stage.SERVER)
    return stream.address


async def _negotiate(stream: Stream) -> smb2.Offer:
    await stream.write(smb2.negotiate_request())
    head = await stream.read_exactly(smb2.FRAME_HEAD_BYTES, timeout_s=ANSWER_S)
    length = smb2.reply_length(head)
    reply = await stream.read_exactly(length, timeout_s=ANSWER_S) if length else head
    offer = smb2.offer_in(reply)
    if offer is None:
        raise Stop(Trouble(stage=Stage.SERVER, what=What.GARBLED, detail="no SMB 2 or 3 answer"))
    return offer


async def visit(
    address: str, target: Target, credentials: Credentials, wants: Wants, ctx: Context, seen: Seen
) -> AsyncGenerator[Stage, None]:
    """Sign in, list, read and write in a child process. Raises Stop; fills ``seen``. Yields the stage that begins."""
    yield Stage.SIGN_IN
    begun = [Stage.SIGN_IN]
    try:
        answer = await ctx.children.call(
            CHILD,
            _request(address, target, credentials, wants),
            timeout_s=CHILD_S,
            progress=lambda text, _: begun.append(Stage(text)),
        )
    except ChildTimeout:
        detail = f"nothing more in {CHILD_S:g} s"
        raise Stop(Trouble(stage=begun[-1], what=What.SILENT, detail=detail)) from None
    except ChildFailed as broken:
        raise RuntimeError(f"the SMB child process broke: {broken}") from None
    _take(answer, wants, ctx, seen)


def _request(
    address: str, target: Target, credentials: Credentials, wants: Wants
) -> dict[str, str | int | None]:
    return {
        "address": address,
        "host": target.host,
        "port": target.port,
        "unc": target.unc,
        "user": credentials.user or None,
        "password": credentials.password or None,
        "read_file": wants.read_file,
        "rate_bytes": wants.rate_bytes,
        "write_name": f"readycheck-{os.urandom(6).hex()}.tmp" if wants.write else "",
    }


def _take(answer: Mapping[str, Any], wants: Wants, ctx: Context, seen: Seen) -> None:
    """Read the child's answer into ``seen``; raises Stop where the visit did not come to its end."""
    seen.done += [Stage(stage) for stage in answer["done"]]
    entries = answer.get("entries", 0)
    count, seconds = answer.get("bytes_read", 0), answer.get("seconds", 0.0)
    ctx.meter.add(_CONVERSATION_BYTES + entries * _ENTRY_BYTES + count)
    if Stage.LIST in seen.done:
        seen.facts.append(("share_entries", "Entries seen", str(entries)))
    if "encrypted" in answer:
        seen.facts.append(("share_encrypted", "Encrypted", "yes" if answer["encrypted"] else "no, signed"))
    if wants.rate_bytes and seconds > 0 and count >= SMALLEST_TIMED:
        seen.rate = Rate(rate_bps=count * 8 / seconds, bytes=count, seconds=seconds)
        seen.done.append(Stage.RATE)
    if answer["write_trouble"]:
        seen.troubles.append(_read_trouble(answer["write_trouble"]))
    if answer["left_behind"]:
        seen.troubles.append(Trouble(stage=Stage.WRITE, what=What.LEFT_BEHIND))
    if answer["trouble"]:
        raise Stop(_read_trouble(answer["trouble"]))


def _read_trouble(said: Mapping[str, Any]) -> Trouble:
    stage = Stage(said["stage"])
    if said["ntstatus"] is not None:
        what, quoted = ntstatus.meaning_of(said["ntstatus"])
        return Trouble(stage=stage, what=what, detail=quoted)
    return Trouble(stage=stage, what=_KINDS.get(said["kind"], What.TROUBLE), detail=clean(said["text"], 200))
