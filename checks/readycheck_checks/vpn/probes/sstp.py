"""Asks an SSTP gateway for its two-way channel (MS-SSTP 3.2.4.1) and hangs up when it is granted: nobody signs in."""

import asyncio
import uuid
from typing import Final

from readycheck.api import (
    Closed,
    Context,
    Garbled,
    NetError,
    Silent,
    Stream,
    TlsFailed,
    Where,
    clean_bytes,
)
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.asking.replies import Reply
from readycheck_checks.vpn import web_answers
from readycheck_checks.vpn.probe import Probe, Target
from readycheck_checks.vpn.probes import web

PATH: Final = "/sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/"  # MS-SSTP 3.2.4.1
LENGTH: Final = (1 << 64) - 1
MOST_LINES: Final = 40
_GRANTED: Final = b" 200"


def request(target: Target) -> bytes:
    lines = (
        f"SSTP_DUPLEX_POST {PATH} HTTP/1.1",
        f"Host: {Endpoint(target.host, target.port)}",
        f"SSTPCORRELATIONID: {{{str(uuid.uuid4()).upper()}}}",
        f"Content-Length: {LENGTH}",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


async def ask(target: Target, ctx: Context) -> Probe:
    stream = await ctx.net.open(target.host, target.port, timeout_s=target.wait_s)
    try:
        await stream.start_tls(target.host, timeout_s=target.wait_s)
        await stream.write(request(target))
        head = await _head(stream, target)
    except TlsFailed:
        await ctx.net.tls(target.host, target.port)  # fails again, and says whose certificate it is
        raise
    except (Silent, Closed, Garbled) as trouble:
        reply = {Silent: Reply.MUTE, Closed: Reply.CLOSED}.get(type(trouble), Reply.GARBLED)
        other = await _other_product(target, ctx)
        return Probe(
            protocol="tcp",
            port=target.port,
            reply=Reply.GARBLED if other else reply,
            address=stream.address,
            detail=trouble.detail,
            instead=other,
        )
    finally:
        await stream.close()
    return web.told(
        target, web_answers.sstp(head), stream.address, clean_bytes(head.partition(b"\n")[0][:60])
    )


async def _head(stream: Stream, target: Target) -> bytes:
    """The first line, and the headers where it grants something; all of it within the wait of one step. Raises NetErrors."""
    try:
        async with asyncio.timeout(target.wait_s):
            lines = [await stream.read_line(timeout_s=target.wait_s)]
            while _GRANTED in lines[0] and lines[-1].strip() and len(lines) < MOST_LINES:
                lines.append(await stream.read_line(timeout_s=target.wait_s))
    except TimeoutError:
        raise Silent(Where(host=target.host, port=target.port)) from None
    return b"".join(lines)


async def _other_product(target: Target, ctx: Context) -> str:
    """What speaks there: other products wait for a body that never comes, and then look like a gateway that hangs."""
    try:
        answer = await web.ask(ctx, target, "GET", "/", {}, b"", timeout_s=target.wait_s)
    except NetError:
        return ""
    return web_answers.recognised(answer) or ("a web page" if answer.status == 200 else "")
