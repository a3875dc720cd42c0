"""One tunnel through a proxy (CONNECT: RFC 9110, section 9.3.6), asked for without a password; a verified TLS handshake with who
is at its end shows that it carries something. Nothing is asked there.
"""

import asyncio
from dataclasses import dataclass
from typing import Final

from readycheck.api import Context, Garbled, NetError, Silent, Stream, TlsFailed, Where
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.asking.proxies import ProxyAddress
from readycheck_checks.pac.answers import sign_ins_in, status_of

_MOST_LINES: Final = 40
BYTES: Final = 6_000


@dataclass(frozen=True)
class Tunnel:
    """What the proxy said: its status, and the ways to sign in that it offers; ``end``: what became of the handshake through a
    tunnel that was opened, None where it was verified."""

    status: int
    sign_ins: tuple[str, ...] = ()
    end: NetError | None = None

    @property
    def opened(self) -> bool:
        return 200 <= self.status <= 299

    @property
    def carries(self) -> bool:
        return self.opened and self.end is None

    @property
    def answers(self) -> bool:
        """Somebody at its end showed a certificate, whether or not it is believed."""
        shown = isinstance(self.end, TlsFailed) and self.end.reason != "handshake"
        return self.carries or (self.opened and shown)


async def tunnel(ctx: Context, proxy: ProxyAddress, target: Endpoint, *, wait_s: float) -> Tunnel:
    """Raises NetError: Silent where nothing came in time, Garbled for what is no HTTP. ``wait_s``: for what the proxy says, and
    as long again for the handshake."""
    stream: Stream | None = None
    where = Where(host=proxy.host, port=proxy.port)
    try:
        async with asyncio.timeout(wait_s):
            stream = await ctx.net.open(proxy.host, proxy.port, tls=proxy.scheme == "https", timeout_s=wait_s)
            lines = f"CONNECT {target} HTTP/1.1", f"Host: {target}", "User-Agent: readycheck", "", ""
            await stream.write("\r\n".join(lines).encode("ascii", "replace"))
            said = await _said(stream, where, wait_s)
        if not said.opened:
            return said
        came = await attempt(stream.start_tls(target.host, timeout_s=wait_s))
        return Tunnel(said.status, end=came if isinstance(came, NetError) else None)
    except TimeoutError:
        raise Silent(where, f"no answer in {wait_s:g} s") from None
    finally:
        if stream is not None:
            await stream.close()


async def _said(stream: Stream, where: Where, wait_s: float) -> Tunnel:
    status = status_of(await stream.read_line(timeout_s=wait_s))
    if status is None:
        raise Garbled(where, "what answers is no proxy")
    if status >= 300 and status != 407:
        return Tunnel(status)
    lines = []
    try:
        for _ in range(_MOST_LINES):
            lines.append(await stream.read_line(timeout_s=wait_s))
            if not lines[-1].strip():
                break
    except NetError:
        pass  # the status is what counts
    return Tunnel(status, sign_ins_in(lines) if status == 407 else ())
