"""One drive seen: its server's port first, then one look from a child process, then, where the drive does not answer, its
server in its own protocol. A drive that hangs costs one abandoned child at most.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from readycheck.api import (
    ChildFailed,
    ChildTimeout,
    Context,
    NetError,
    NetworkDrive,
    NoRoute,
    Owner,
    Refused,
    Silent,
)
from readycheck_checks import controls
from readycheck_checks.attempts import attempt
from readycheck_checks.blame import Whose
from readycheck_checks.drives.wanted import Wanted
from readycheck_checks.endpoints import Endpoint
from readycheck_checks.party import whose_silence
from readycheck_checks.shares import nfs_visit, sftp, smb
from readycheck_checks.shares.outcome import Seen, Stop, What
from readycheck_checks.shares.target import Target
from readycheck_checks.vpn.way import leads_through_tunnel

PORT_S: Final = 4.0
LOOK_S: Final = 4.0
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
    OPENS = "opens"
    HANGS = "hangs"
    BROKEN = "broken"


@dataclass(frozen=True, kw_only=True)
class DriveSeen:
    """``came``: what the server's port said where it gave no connection; ``errno``: of a look that came back with an error;
    ``vouched``: at the moment of a silence something else answered; ``party``: whose the server's silence is."""

    wanted: Wanted
    server: Server = Server.NOT_ASKED
    came: NetError | None = None
    look: Look = Look.NOT_TRIED
    errno: int = 0
    free_bytes: int = 0
    vouched: bool = False
    party: Whose = Whose()
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
    seen = await _port(DriveSeen(wanted=wanted), ctx)
    if wanted.drive is None:
        seen = replace(seen, look=Look.NOT_THERE)
    elif not (wanted.port_is_sure and isinstance(seen.came, Silent | Refused | NoRoute)):
        seen = await _look(seen, wanted.drive, ctx)
    if seen.look is Look.OPENS:
        return seen
    if seen.came is not None:
        return await _whose(seen, seen.came, tcp_controls, ctx)
    if seen.look in (Look.HANGS, Look.BROKEN):
        return await _server(seen, tcp_controls, ctx)
    return seen


async def _port(seen: DriveSeen, ctx: Context) -> DriveSeen:
    """The server's port, where host and port are known."""
    wanted = seen.wanted
    if not wanted.host or not wanted.port:
        return seen
    came = await attempt(ctx.net.tcp(wanted.host, wanted.port, timeout_s=PORT_S))
    return replace(seen, came=came) if isinstance(came, NetError) else replace(seen, server=Server.ANSWERS)


async def _look(seen: DriveSeen, drive: NetworkDrive, ctx: Context) -> DriveSeen:
    try:
        found = await ctx.children.call(CHILD, {"place": drive.place}, timeout_s=LOOK_S)
    except ChildTimeout:
        return replace(seen, look=Look.HANGS)
    except ChildFailed as broken:
        raise RuntimeError(f"the look at a drive broke: {broken}") from None
    if found["errno"]:
        return replace(seen, look=Look.BROKEN, errno=found["errno"])
    return replace(seen, look=Look.OPENS, free_bytes=found["free_bytes"])


async def _whose(seen: DriveSeen, came: NetError, tcp_controls: tuple[str, ...], ctx: Context) -> DriveSeen:
    """A silence or refusal of the server's port: the company's where a VPN leads there, else by where the packets end."""
    wanted = seen.wanted
    line = await controls.ask(ctx.net, tcp=tcp_controls)
    vouched = isinstance(came, Refused) or line.answered("tcp") > 0
    if not vouched or not isinstance(came, Silent | Refused):
        return replace(seen, vouched=vouched, ends=str(line) if line.asked else "")
    if await _tunnelled(wanted.host, ctx):
        return replace(seen, vouched=True, party=Whose(Owner.COMPANY), ends=str(line) if line.asked else "")
    where = Endpoint(wanted.host, wanted.port)
    party, ends = await whose_silence(ctx, where, came, tcp_controls, Owner.COMPANY)
    return replace(seen, vouched=True, party=party, ends=ends)


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
    vouched = line.answered("tcp") > 0
    return replace(seen, server=Server.MUTE if mute else Server.ELSE, vouched=vouched, ends=str(line))


async def _tunnelled(host: str, ctx: Context) -> bool:
    found = await attempt(ctx.net.resolve(host))
    return isinstance(found, tuple) and await leads_through_tunnel(ctx, *found)
