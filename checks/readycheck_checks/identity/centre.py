"""The key distribution centres of a Kerberos realm: finding them, asking them, and the verdict."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

from readycheck.api import (
    Context,
    Finding,
    NameUnknown,
    NetError,
    clean,
    passed,
    skipped,
    unknown,
)
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.asking.routes import assigned_tunnels
from readycheck_checks.blame.trouble import Beside
from readycheck_checks.clock import Reading
from readycheck_checks.conversation.server import Trouble, ask
from readycheck_checks.conversation.verdict import App, judge_trouble
from readycheck_checks.identity import kerberos
from readycheck_checks.identity.kerberos import Heard

CODE: Final = "apps.kerberos"
SERVICE: Final = "_kerberos._tcp"
MOST_ASKED: Final = 3

Told = tuple[Endpoint, Heard, Trouble | None]


async def centres(ctx: Context, realm: str) -> tuple[Endpoint, ...] | Finding:
    """Where they are, by the domain's own word (RFC 4120, 7.2.3.2), or why that is not known."""
    found = await attempt(ctx.net.srv(f"{SERVICE}.{realm.lower()}"))
    if isinstance(found, tuple) and any(record.target for record in found):
        targets = [Endpoint(clean(record.target, 253), record.port) for record in found if record.target]
        return tuple(targets[:MOST_ASKED])
    tunnels = assigned_tunnels(await ctx.system.interfaces() or ())
    if not tunnels and (isinstance(found, NameUnknown) or found == ()):
        return skipped(
            f"{CODE}_inside", f"The sign-in servers of {realm} are known only inside the VPN: not judged"
        )
    why = str(found) if isinstance(found, NetError) else "the name servers do not name any"
    return unknown(f"{CODE}_not_found", f"The sign-in servers (Kerberos) of {realm} are not known: {why}")


async def ask_all(ctx: Context, realm: str, where: Sequence[Endpoint], beside: Beside) -> list[Told]:
    """All at once."""
    asked = (ask(ctx, each, partial(kerberos.ask, ctx, each, realm), beside) for each in where)
    told = await asyncio.gather(*asked)
    return [(each, heard, trouble) for each, (heard, trouble) in zip(where, told, strict=True)]


def judge(realm: str, told: Sequence[Told]) -> Finding:
    """One that answers is enough: computers take the next one by themselves."""
    alive = [where for where, _, trouble in told if trouble is None]
    if not alive:
        app = App(code=CODE, does_not=f"Signing in to {realm} (Kerberos) cannot be done")
        return judge_trouble(app, next(trouble for _, _, trouble in told if trouble is not None))
    return passed(
        CODE,
        f"The sign-in server {alive[0]} of {realm} answers (Kerberos, {len(alive)} of {len(told)})",
    )


def readings(told: Sequence[Told]) -> list[tuple[Endpoint, Reading]]:
    """What time it is there, to the second."""
    found = []
    for where, heard, _ in told:
        if heard.said is not None and heard.at is not None:
            ahead = (heard.said.server_time - heard.at).total_seconds() + 0.5
            found.append((where, Reading(ahead_s=ahead, within_s=1.0)))
    return found
