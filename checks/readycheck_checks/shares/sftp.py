"""The visit to files over SFTP from the app's side: the server's first line here, everything behind it in a child process."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Final

from readycheck.api import Context, NetError, Stream, clean
from readycheck_checks.shares import behind, ssh
from readycheck_checks.shares.outcome import Credentials, Seen, Stage, Stop, Trouble, Wants, What, what_of
from readycheck_checks.shares.target import Target

ANSWER_S: Final = 5.0
CHILD: Final = "readycheck_checks.shares.sftp_child:probe"
CHILD_S: Final = 20.0


async def greet(target: Target, ctx: Context, seen: Seen) -> str:
    """The server stage: does an SSH server answer there? Gives the address that did; raises Stop."""
    try:
        stream = await ctx.net.open(target.host, target.port)
        try:
            software = await _software(stream)
        finally:
            await stream.close()
    except TimeoutError:
        detail = f"no first line in {ANSWER_S:g} s"
        raise Stop(Trouble(stage=Stage.SERVER, what=What.SILENT, detail=detail)) from None
    except NetError as trouble:
        detail = clean(trouble.detail)
        raise Stop(Trouble(stage=Stage.SERVER, what=what_of(trouble), detail=detail)) from None
    if software is None:
        raise Stop(Trouble(stage=Stage.SERVER, what=What.GARBLED, detail="no SSH server"))
    seen.facts.append(("share_software", "Server", software))
    seen.done.append(Stage.SERVER)
    return stream.address


async def _software(stream: Stream) -> str | None:
    """One time limit for all lines: a byte a second would have one for each. What is no text is no SSH server's."""
    async with asyncio.timeout(ANSWER_S):
        line = await stream.read_exactly(4, timeout_s=ANSWER_S)
        for _ in range(ssh.MOST_LINES):
            if not ssh.is_text(line):
                return None
            if not line.endswith(b"\n"):
                line += await stream.read_line(timeout_s=ANSWER_S, limit=1024)
            if line.startswith(b"SSH-"):
                return ssh.software_in(line)
            line = b""
    return None


def visit(
    address: str,
    target: Target,
    credentials: Credentials,
    wants: Wants,
    ctx: Context,
    seen: Seen,
    *,
    host_key: str,
) -> AsyncGenerator[Stage, None]:
    """Compare the host key, sign in, list, read and write in a child process. Raises Stop; fills ``seen``."""
    child = behind.Child(function=CHILD, protocol="SFTP", most_s=CHILD_S)
    request = behind.request(address, target, credentials, wants) | {
        "folder": target.folder,
        "host_key": host_key,
        "key_file": credentials.key_file,
    }
    return behind.visit(child, request, wants, ctx, seen)
