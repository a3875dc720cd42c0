"""One WebSocket upgrade (RFC 6455, 4), as a chat program makes it, and a moment of listening. Signs in nowhere, says nothing.

Through the proxy that this computer is set to use, or to a literal address. Ends within 10 seconds, whatever the other side does.
A module of its own, so that the WebSocket library is loaded only where a chat is asked.
"""

import asyncio
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidProxyStatus,
    InvalidStatus,
    ProxyError,
)

from readycheck.api import Closed, Context, Garbled, NetError, NoRoute, Refused, Silent, Where, clean
from readycheck.measure.transport.endpoint import net_error
from readycheck_checks.asking.proxies import ProxyAddress, UnreadableProxy, proxy_in_effect
from readycheck_checks.chats.upgrade import Place, Upgrade
from readycheck_checks.conversation.server import CONNECT, CONNECT_WAIT_S

TALK_WAIT_S: Final = 8.0
LISTEN_S: Final = 0.7
MOST_BYTES: Final = 65_536
HANDSHAKE_BYTES: Final = 8_000


class _Once(connect):
    """Follows no redirect: another host is another question."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        return exc


async def upgrade(ctx: Context, there: Place) -> Upgrade:
    """The upgrade, then whether it is closed at once. Silence after it is as it should be."""
    here = Where(host=there.where.host, port=there.where.port)
    try:
        proxy = await proxy_in_effect(ctx.http, there.as_page)
    except UnreadableProxy:
        return Upgrade(
            step="proxy", error=NoRoute(here, "the proxy that is set on this computer cannot be used")
        )
    try:
        way = await _way(ctx, there, proxy)
    except NetError as error:
        return Upgrade(step="proxy" if proxy else CONNECT, error=error, proxy=proxy)
    ctx.meter.add(HANDSHAKE_BYTES)
    try:
        async with asyncio.timeout(TALK_WAIT_S):
            line = await _Once(there.url, open_timeout=None, **_MANNERS, **way)
    except InvalidProxyStatus as said:
        return Upgrade(step="proxy", status=said.response.status_code, proxy=proxy)
    except InvalidStatus as said:
        server = clean(said.response.headers.get("Server", ""), 60)
        return Upgrade(step="upgrade", status=said.response.status_code, server=server, proxy=proxy)
    except (TimeoutError, OSError, ProxyError, InvalidHandshake, EOFError) as trouble:
        step = "proxy" if isinstance(trouble, ProxyError) else "upgrade"
        return Upgrade(step=step, error=_mapped(here, trouble), proxy=proxy)
    return Upgrade(step="done", closed=await _closed_at_once(line), proxy=proxy)


_MANNERS: Final[dict[str, Any]] = {
    "compression": None,
    "user_agent_header": "readycheck",
    "close_timeout": 0.2,
    "ping_interval": None,
    "max_size": MOST_BYTES,
    "max_queue": 4,
}


async def _way(ctx: Context, there: Place, proxy: ProxyAddress | None) -> dict[str, Any]:
    """How to get there, by number. Raises NetError; NoRoute for a proxy of another kind than HTTP."""
    way: dict[str, Any] = {}
    if there.is_tls:
        way |= {"ssl": ctx.net.ssl_context(), "server_hostname": there.where.host}
    if proxy is None:
        answer = await ctx.net.tcp(there.where.host, there.where.port, timeout_s=CONNECT_WAIT_S)
        return way | {"host": answer.address, "port": there.where.port, "proxy": None}
    if proxy.scheme != "http":
        here = Where(host=there.where.host, port=there.where.port)
        raise NoRoute(here, f"a proxy of the kind {proxy.scheme} is set, which is not tried")
    answer = await ctx.net.tcp(proxy.host, proxy.port, timeout_s=CONNECT_WAIT_S)
    literal = f"[{answer.address}]" if ":" in answer.address else answer.address
    return way | {"proxy": f"http://{literal}:{proxy.port}"}


def _mapped(here: Where, trouble: Exception) -> NetError:
    match trouble:
        case TimeoutError():
            return Silent(here, f"no answer to the upgrade in {TALK_WAIT_S:g} s")
        case ProxyError():
            return Garbled(here, f"the proxy: {clean(trouble, 120)}")
        case InvalidHandshake() if isinstance(trouble.__cause__, EOFError):
            return Closed(here)
        case InvalidHandshake() | EOFError():
            return Garbled(here, clean(trouble, 120))
        case OSError():
            return net_error(here, trouble)
    return Refused(here)


async def _closed_at_once(line: ClientConnection) -> int | None:
    """The code of a close that came within a moment; 0 for an end without one; None where the connection stays."""
    try:
        async with asyncio.timeout(LISTEN_S):
            while True:
                await line.recv()
    except TimeoutError:
        return None
    except ConnectionClosed as end:
        return end.rcvd.code if end.rcvd else 0
    finally:
        line.transport.abort()
        async with asyncio.timeout(1.0):
            await line.wait_closed()
