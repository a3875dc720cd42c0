"""The visit to an NFS share: which versions answer, and what an ordinary program may see of the folder. Mounts nothing."""

import os
from collections.abc import AsyncGenerator
from typing import Final

from readycheck.api import Context, NetError, Stream, clean
from readycheck_checks.shares import nfs
from readycheck_checks.shares.outcome import Seen, Stage, Stop, Trouble, What, what_of
from readycheck_checks.shares.target import Target

ANSWER_S: Final = 5.0
VERSIONS: Final = (4, 3)
_PERM, _ACCESS, _NOENT, _NOT_FOLDER, _WRONG_SEC, _DELAY, _GRACE = 1, 13, 2, 20, 10016, 10008, 10013
_STATUSES: Final = {
    _NOENT: ("NFS4ERR_NOENT", What.MISSING),
    _NOT_FOLDER: ("NFS4ERR_NOTDIR", What.MISSING),
    _DELAY: ("NFS4ERR_DELAY", What.BUSY),
    _GRACE: ("NFS4ERR_GRACE", What.BUSY),
    # What follows may be meant for ports or sign-ins that only the system's own client has.
    _PERM: ("NFS4ERR_PERM", What.NOT_OFFERED),
    _ACCESS: ("NFS4ERR_ACCESS", What.NOT_OFFERED),
    _WRONG_SEC: ("NFS4ERR_WRONGSEC", What.NOT_OFFERED),
}


class Visit:
    """One visit. ``seen`` is filled as it goes; every method raises Stop where nothing behind it can be tried."""

    def __init__(self, target: Target, ctx: Context, seen: Seen) -> None:
        self._target = target
        self._ctx = ctx
        self._seen = seen
        self._versions: list[int] = []

    async def greet(self) -> None:
        """The server stage: which versions answer the call that does nothing."""
        replies = {version: await self._null(version) for version in VERSIONS}
        self._versions = [version for version, reply in replies.items() if reply is nfs.Reply.DONE]
        if not self._versions:
            told = ", ".join(f"version {version}: {reply}" for version, reply in replies.items())
            raise Stop(Trouble(stage=Stage.SERVER, what=What.GARBLED, detail=told))
        told = " and ".join(map(str, self._versions))
        self._seen.facts.append(("share_nfs_versions", "NFS versions", told))
        self._seen.done.append(Stage.SERVER)

    async def visit(self) -> AsyncGenerator[Stage, None]:
        """Look the folder up as this user. Version 3 has no way to that without mounting."""
        yield Stage.LIST
        if 4 not in self._versions:
            raise Stop(Trouble(stage=Stage.LIST, what=What.NOT_OFFERED, detail="version 4 is not offered"))
        xid = nfs.new_xid()
        call = nfs.look_up(xid, self._target.path, *_who())
        reply, results = await self._asked(Stage.LIST, call, xid)
        looked = nfs.looked_in(results)
        if reply is nfs.Reply.DENIED:
            raise Stop(Trouble(stage=Stage.LIST, what=What.NOT_OFFERED, detail="the call was denied"))
        if looked is None:
            raise Stop(Trouble(stage=Stage.LIST, what=What.GARBLED, detail=f"looking up: {reply}"))
        if looked.status:
            name, what = _STATUSES.get(looked.status, ("NFS status", What.TROUBLE))
            raise Stop(Trouble(stage=Stage.LIST, what=what, detail=f"{name} ({looked.status})"))
        if looked.readable is False:
            raise Stop(Trouble(stage=Stage.LIST, what=What.DENIED, detail="ACCESS: no reading"))
        self._seen.done.append(Stage.LIST)

    async def _null(self, version: int) -> nfs.Reply:
        xid = nfs.new_xid()
        return (await self._asked(Stage.SERVER, nfs.null_call(xid, version), xid))[0]

    async def _asked(self, stage: Stage, call: bytes, xid: int) -> tuple[nfs.Reply, bytes]:
        try:
            stream = await self._ctx.net.open(self._target.host, self._target.port)
            try:
                message = await _said(stream, call)
            finally:
                await stream.close()
        except NetError as trouble:
            detail = clean(trouble.detail)
            raise Stop(Trouble(stage=stage, what=what_of(trouble), detail=detail)) from None
        reply = nfs.reply_in(message, xid)
        if reply is None:
            raise Stop(Trouble(stage=stage, what=What.GARBLED, detail="no RPC reply"))
        return reply


async def _said(stream: Stream, call: bytes) -> bytes:
    await stream.write(call)
    head = await stream.read_exactly(nfs.HEAD_BYTES, timeout_s=ANSWER_S)
    length = nfs.reply_length(head)
    return await stream.read_exactly(length, timeout_s=ANSWER_S) if length else b""


def _who() -> tuple[int, int]:
    """User and group by number, as the system's own client would tell them; nobody where the system has none."""
    return (os.getuid(), os.getgid()) if hasattr(os, "getuid") else (65534, 65534)
