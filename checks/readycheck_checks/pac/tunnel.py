"""One tunnel through a proxy (CONNECT: RFC 9110, section 9.3.6), asked for without a password and closed unused."""

import asyncio
from dataclasses import dataclass
from typing import Final

from readycheck.api import Context, Garbled, NetError, Silent, Stream, Where
from readycheck_checks.endpoints import Endpoint
from readycheck_checks.pac.answers import sign_ins_in, status_of
from readycheck_checks.proxies import ProxyAddress

_MOST_LINES: Final = 40
BYTES: Final = 2_000


@dataclass(frozen=True)
class Tunnel:
    """What the proxy said: its status, and the ways to sign in that it offers."""

    status: int
    sign_ins: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        return 200 <= self.status <= 299


async def tunnel(ctx: Context, proxy: ProxyAddress, target: Endpoint, *, wait_s: float) -> Tunnel:
    """Raises NetError: Silent where nothing came in time, Garbled for what is no HTTP. One limit for the whole conversation."""
    where = Where(host=proxy.host, port=proxy.port)
    stream: Stream | None = None
    try:
        async with asyncio.timeout(wait_s):
            stream = await ctx.net.open(proxy.host, proxy.port, tls=proxy.scheme == "https", timeout_s=wait_s)
            lines = f"CONNECT {target} HTTP/1.1", f"Host: {target}", "User-Agent: readycheck", "", ""
            await stream.write("\r\n".join(lines).encode("ascii", "replace"))
            return await _said(stream, where, wait_s)
    except TimeoutError:
        raise Silent(where, f"no answer in {wait_s:g} s") from None
    finally:
        if stream is not None:
            await stream.close()


async def _said(stream: Stream, where: Where, wait_s: float) -> Tunnel:
    status = status_of(await stream.read_line(timeout_s=wait_s))
    if status is None:
        raise Garbled(where, "what answers is no proxy")
    if status != 407:
        return Tunnel(status)
    lines = []
    try:
        for _ in range(_MOST_LINES):
            lines.append(await stream.read_line(timeout_s=wait_s))
            if not lines[-1].strip():
                break
    except NetError:
        pass  # the status is what counts
    return Tunnel(status, sign_ins_in(lines))
