"""One drive seen: its server's port first, then one look from a child process, then, where the drive does not answer, its
server in its own protocol; where that speaks, the drive once more. One that hangs costs two abandoned children at most.
"""

import asyncio
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import Final

from readycheck.api import (
    ChildFailed,
    ChildTimeout,
    Context,
    Garbled,
    NetError,
    NetworkDrive,
    NoRoute,
    Refused,
    Silent,
    Where,
)
from readycheck_checks.asking import controls
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.blame.trouble import Beside, Looked, look_into
from readycheck_checks.drives.wanted import Wanted
from readycheck_checks.shares import nfs_visit, sftp, smb
from readycheck_checks.shares.outcome import Seen, Stop, What
from readycheck_checks.shares.target import Target

PORT_S: Final = 4.0
START_S: Final = 12.0  # of a child: a cold, busy computer needs seconds for the first one
LOOK_S: Final = 4.0
AGAIN_S: Final = 12.0  # disks of a file server at home need about ten seconds to wake up
CHILD: Final = "readycheck_checks.drives.look_child:look"


class Server(StrEnum):
    """What became of asking the server of a drive."""

    NOT_ASKED = "not asked"
    ANSWERS = "answers"
    SPEAKS = "speaks"  # in its own protocol, beyond the port
    MUTE = "takes the connection and says nothing"
    ELSE = "answers something else"


class Look(StrEnum):
    NOT_THERE = "not connected"
    NOT_TRIED = "not tried"
    NOT_BEGUN = "could not be begun in time"
    OPENS = "opens"
    HANGS = "hangs"
    BROKEN = "broken"


@dataclass(frozen=True, kw_only=True)
class DriveSeen:
    """``came``: what the server's port said where it gave no connection; ``errno``: of a look that came back with an error;
    ``vouched``: at the moment of a silence something else answered; ``looked``: whose the server's trouble is."""

    wanted: Wanted
    server: Server = Server.NOT_ASKED
    came: NetError | None = None
    look: Look = Look.NOT_TRIED
    errno: int = 0
    free_bytes: int = 0
    vouched: bool = False
    looked: Looked = Looked()
    ends: str = ""

    @property
    def evidence(self) -> str:
        port = f" ({self.came})" if self.came is not None else ""
        error = f" (error {self.errno})" if self.errno else ""
        return "; ".join(
            filter(None, (f"drive: {self.look}{error}", f"server: {self.server}{port}", self.ends))
        )


async def see(wanted: Wanted, tcp_controls: tuple[str, ...], ctx: Context) -> DriveSeen:
    """Everything that the verdict about one drive needs."""
    seen, line = await _port_beside(wanted, tcp_controls, ctx)
    if wanted.drive is None:
        seen = replace(seen, look=Look.NOT_THERE)
    elif not (wanted.port_is_sure and isinstance(seen.came, Silent | Refused | NoRoute)):
        seen = await _look(seen, wanted.drive, ctx, LOOK_S)
    if seen.look is Look.OPENS:
        return seen
    if seen.came is not None:
        return await _whose(seen, seen.came, line, tcp_controls, ctx)
    if wanted.drive is not None and seen.look in (Look.HANGS, Look.BROKEN):
        seen = await _server(seen, tcp_controls, ctx)
        if seen.server is Server.SPEAKS:  # disks may have to wake up for the first look
            seen = await _look(seen, wanted.drive, ctx, AGAIN_S)
    return seen


async def _port_beside(
    wanted: Wanted, tcp_controls: tuple[str, ...], ctx: Context
) -> tuple[DriveSeen, controls.Controls]:
    """The server's port; where it was silent, once more, and the controls at the same moment."""
    knock = partial(_port, DriveSeen(wanted=wanted), ctx)
    seen = await knock()
    return await controls.once_more(
        ctx.net, seen, knock, silent=isinstance(seen.came, Silent), tcp=tcp_controls
    )


async def _port(seen: DriveSeen, ctx: Context) -> DriveSeen:
    """The server's port, where host and port are known."""
    wanted = seen.wanted
    if not wanted.host or not wanted.port:
        return seen
    came = await attempt(ctx.net.tcp(wanted.host, wanted.port, timeout_s=PORT_S))
    return replace(seen, came=came) if isinstance(came, NetError) else replace(seen, server=Server.ANSWERS)


async def _look(seen: DriveSeen, drive: NetworkDrive, ctx: Context, patience_s: float) -> DriveSeen:
    """``patience_s``: from the moment that the child touches the drive; starting it takes long on a busy computer."""
    now, begun = asyncio.get_running_loop().time, False
    try:
        async with asyncio.timeout(START_S) as limit:

            def begins(_: str, __: float | None) -> None:
                nonlocal begun
                begun = True
                limit.reschedule(now() + patience_s)

            found = await ctx.children.call(
                CHILD, {"place": drive.place}, timeout_s=START_S + patience_s, progress=begins
            )
    except TimeoutError:
        return replace(seen, look=Look.HANGS if begun else Look.NOT_BEGUN)
    except ChildTimeout:
        return replace(seen, look=Look.HANGS)
    except ChildFailed as broken:
        raise RuntimeError(f"the look at a drive broke: {broken}") from None
    if found["errno"]:
        return replace(seen, look=Look.BROKEN, errno=found["errno"])
    return replace(seen, look=Look.OPENS, errno=0, free_bytes=found["free_bytes"])


async def _whose(
    seen: DriveSeen, came: NetError, line: controls.Controls, tcp_controls: tuple[str, ...], ctx: Context
) -> DriveSeen:
    """Whose it is that the server's port gives no connection, or its name is not known; silence counts beside a control only."""
    told = str(line) if isinstance(came, Silent) and line.asked else ""
    if isinstance(came, Silent) and not line.answered("tcp"):
        return replace(seen, ends=told)
    return await _looked_into(seen, came, tcp_controls, ctx, told=told)


async def _looked_into(
    seen: DriveSeen, came: NetError, tcp_controls: tuple[str, ...], ctx: Context, *, told: str
) -> DriveSeen:
    """Other name servers are not asked: they know nothing of an inside name, and need not hear of it."""
    beside = Beside(tcp_controls=tcp_controls, inside=True)
    looked = await look_into(ctx, Endpoint(seen.wanted.host, seen.wanted.port), came, beside)
    ends = "; ".join(filter(None, (told, looked.ends)))
    return replace(seen, vouched=True, looked=looked, ends=ends)


async def _server(seen: DriveSeen, tcp_controls: tuple[str, ...], ctx: Context) -> DriveSeen:
    """Does the server of a drive that does not answer speak its protocol? Then it is the drive that has died."""
    wanted = seen.wanted
    target = Target(kind=wanted.protocol, host=wanted.host, port=wanted.port, tls=True, path=())
    try:
        match wanted.protocol:
            case "smb":
                await smb.greet(target, ctx, Seen())
            case "nfs":
                await nfs_visit.Visit(target, ctx, Seen()).greet()
            case "sftp":
                await sftp.greet(target, ctx, Seen())
            case "webdav":
                await ctx.net.tls(wanted.host, wanted.port)
            case _:
                return seen
    except Stop as stop:
        mute = stop.trouble.what is What.SILENT
    except NetError as trouble:
        mute = isinstance(trouble, Silent)
    else:
        return replace(seen, server=Server.SPEAKS)
    again = str(Endpoint(wanted.host, wanted.port))
    line = await controls.ask(ctx.net, tcp=(again, *tcp_controls))
    here = Where(host=wanted.host, port=wanted.port)
    seen = replace(seen, server=Server.MUTE if mute else Server.ELSE, ends=str(line))
    if not line.answered("tcp"):
        return seen
    came = Silent(here) if mute else Garbled(here)
    return await _looked_into(seen, came, tcp_controls, ctx, told=str(line))
