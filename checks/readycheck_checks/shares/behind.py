"""What lies behind the sign-in, for the protocols whose libraries block: a child process that can be ended, and its answer.

The answer of such a child is {"done": [stage, ...], "trouble": {"stage", "ntstatus", "kind", "text"} or null, "write_trouble":
the same, "left_behind": bool} and, where it got that far, "entries", "bytes_read", "timed_read", "seconds", "bytes_written",
"timed_written", "write_seconds", "free_bytes", "encrypted", "leads_to", "removed", "connections". It says its stage whenever
something has moved.
"""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from readycheck.api import ChildFailed, ChildTimeout, Context, clean, readable_size
from readycheck_checks.shares import ntstatus
from readycheck_checks.shares.outcome import (
    Credentials,
    Rate,
    Seen,
    Stage,
    Stop,
    Trouble,
    Wants,
    What,
)
from readycheck_checks.shares.target import Target

SMALLEST_TIMED: Final = 65_536  # bytes; below it the time of one exchange hides the rate
LONG_S: Final = 2.5  # of moving; beyond it that time is too little to hide anything
QUIET_S: Final = 5.0  # without a word of the child; below it the visit was slow, and did not stand still
_DOOR_BYTES: Final = 5_000  # one more connection to ask for another kind of host key
_CONVERSATION_BYTES: Final = 8_000
_ENTRY_BYTES: Final = 150
_KINDS: Final = {"sign-in": What.OTHER_SIGN_IN} | {str(what): what for what in What}


@dataclass(frozen=True, kw_only=True)
class Child:
    """``function`` as Children.call() takes it; ``protocol`` for its name in a fault of our own; ``most_s``: its time."""

    function: str
    protocol: str
    most_s: float


async def visit(
    child: Child, request: Mapping[str, Any], wants: Wants, ctx: Context, seen: Seen
) -> AsyncGenerator[Stage, None]:
    """Sign in, list, read and write. Raises Stop; fills ``seen``. Yields the stage that begins."""
    yield Stage.SIGN_IN
    now = asyncio.get_running_loop().time
    heard = [(Stage.SIGN_IN, now())]
    try:
        answer = await ctx.children.call(
            child.function,
            request,
            timeout_s=child.most_s,
            progress=lambda text, _: heard.append((Stage(text), now())),
            line=ctx.line,
        )
    except ChildTimeout:
        stage, last = heard[-1]
        seen.done += [each for each in dict.fromkeys(each for each, _ in heard) if each is not stage]
        what = What.SILENT if now() - last >= QUIET_S else What.UNFINISHED
        detail = f"nothing more in {now() - last:.0f} s"
        raise Stop(Trouble(stage=stage, what=what, detail=detail)) from None
    except ChildFailed as broken:
        raise RuntimeError(f"the {child.protocol} child process broke: {broken}") from None
    _take(answer, wants, ctx, seen)


def request(address: str, target: Target, credentials: Credentials, wants: Wants) -> dict[str, Any]:
    """What every such child is told; each protocol adds its own."""
    trials = wants.trials
    return {
        "address": address,
        "host": target.host,
        "port": target.port,
        "user": credentials.user or None,
        "password": credentials.password or None,
        "read_file": wants.read_file,
        "rate_bytes": wants.rate_bytes,
        "up_bytes": wants.up_bytes,
        "write_name": trials.new_name() if trials else "",
        "set_up": trials.set_up if trials else "",
        "now": trials.now if trials else 0,
    }


def _take(answer: Mapping[str, Any], wants: Wants, ctx: Context, seen: Seen) -> None:
    """Read the child's answer into ``seen``; raises Stop where the visit did not come to its end."""
    seen.done += [Stage(stage) for stage in answer["done"]]
    entries, came, went = (int(answer.get(key, 0)) for key in ("entries", "bytes_read", "bytes_written"))
    doors = max(0, answer.get("connections", 1) - 1)
    ctx.meter.add(_CONVERSATION_BYTES + doors * _DOOR_BYTES + entries * _ENTRY_BYTES + came + went)
    seen.facts += _facts(answer, seen)
    if wants.rate_bytes and (rate := _rate(answer, "timed_read", "seconds")):
        seen.rate = rate
        seen.done.append(Stage.RATE)
    if wants.up_bytes and (rate := _rate(answer, "timed_written", "write_seconds")):
        seen.rate_up = rate
        seen.done.append(Stage.RATE_UP)
    if answer["write_trouble"]:
        seen.troubles.append(_trouble(answer["write_trouble"]))
    if answer["left_behind"]:
        seen.troubles.append(Trouble(stage=Stage.WRITE, what=What.LEFT_BEHIND))
    if answer["trouble"]:
        raise Stop(_trouble(answer["trouble"]))


def _facts(answer: Mapping[str, Any], seen: Seen) -> list[tuple[str, str, str]]:
    told = []
    if Stage.LIST in seen.done:
        told.append(("share_entries", "Entries seen", str(answer.get("entries", 0))))
    if "encrypted" in answer:
        told.append(("share_encrypted", "Encrypted", "yes" if answer["encrypted"] else "no, signed"))
    if answer.get("leads_to"):
        told.append(("share_leads_to", "Leads on to", clean(", ".join(answer["leads_to"]), 200)))
    if "free_bytes" in answer:
        told.append(("share_free", "Free space", readable_size(answer["free_bytes"])))
    if answer.get("removed"):
        told.append(("share_removed", "Old test files removed", str(answer["removed"])))
    return told


def _rate(answer: Mapping[str, Any], moved: str, timed: str) -> Rate | None:
    count, seconds = int(answer.get(moved, 0)), float(answer.get(timed, 0.0))
    if seconds <= 0 or count <= 0 or (count < SMALLEST_TIMED and seconds < LONG_S):
        return None
    return Rate(rate_bps=count * 8 / seconds, bytes=count, seconds=seconds)


def _trouble(said: Mapping[str, Any]) -> Trouble:
    stage = Stage(said["stage"])
    if said["ntstatus"] is not None:
        what, quoted = ntstatus.meaning_of(said["ntstatus"], stage)
        return Trouble(stage=stage, what=what, detail=quoted)
    return Trouble(stage=stage, what=_KINDS.get(said["kind"], What.TROUBLE), detail=clean(said["text"], 200))
