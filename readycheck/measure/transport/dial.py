"""How a TCP connection to an endpoint comes about: directly or through a proxy, with TLS where the endpoint says so.

dial() blocks and is for threads; connect() is for the event loop. Both raise NetError and nothing else for what the network does.
"""

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

from readycheck.errors import Closed, Garbled, NetError, Refused
from readycheck.measure.transport.endpoint import Endpoint, Proxy, net_error
from readycheck.measure.transport.http1 import BadResponse, ResponseReader

P = TypeVar("P", bound=asyncio.BaseProtocol)
CONNECT_S: Final = 4.0


def dial(
    endpoint: Endpoint,
    *,
    timeout_s: float = CONNECT_S,
    congestion_control: str = "",
    made: Callable[[socket.socket], None] = lambda sock: None,
) -> socket.socket:
    """A connected, blocking socket without a time limit, TLS done. Raises NoRoute, Refused, Silent, Closed, Garbled, TlsFailed.

    ``made`` hears of each socket object before it is used, so that another thread can shut it down; it may raise.
    ``congestion_control`` is asked for and not insisted on: many systems leave the choice to the administrator.
    """
    deadline = time.monotonic() + timeout_s
    sock = _reached(endpoint, deadline, congestion_control, made)
    if endpoint.tls is None:
        return sock
    try:
        sock.settimeout(max(0.01, deadline - time.monotonic()))
        sock = endpoint.tls.wrap_socket(sock, server_hostname=endpoint.host, do_handshake_on_connect=False)
        made(sock)
        sock.do_handshake()
        sock.settimeout(None)
    except OSError as error:  # TimeoutError and ssl.SSLError are kinds of it
        sock.close()
        raise net_error(endpoint.where, error) from None
    except BaseException:
        sock.close()
        raise
    return sock


async def connect(
    endpoint: Endpoint, protocol: Callable[[], P], *, timeout_s: float = CONNECT_S
) -> tuple[asyncio.Transport, P]:
    """A connection of the event loop, or NoRoute, Refused, Silent, Closed, Garbled or TlsFailed."""
    loop = asyncio.get_running_loop()
    tls, name = endpoint.tls, endpoint.host if endpoint.tls else None
    try:
        async with asyncio.timeout(timeout_s):
            if endpoint.proxy is None:
                return await loop.create_connection(
                    protocol, endpoint.address, endpoint.port, ssl=tls, server_hostname=name
                )
            sock = await _reached_meanwhile(endpoint, timeout_s)
            return await loop.create_connection(protocol, sock=sock, ssl=tls, server_hostname=name)
    except OSError as error:
        raise net_error(endpoint.where, error) from None


def _reached(
    endpoint: Endpoint, deadline: float, congestion_control: str, made: Callable[[socket.socket], None]
) -> socket.socket:
    """Plain TCP to the endpoint, blocking and without a time limit."""
    hop = endpoint.proxy.where if endpoint.proxy else endpoint.where
    sock = socket.socket(socket.AF_INET6 if ":" in endpoint.next_hop[0] else socket.AF_INET)
    try:
        made(sock)
        if congestion_control and hasattr(socket, "TCP_CONGESTION"):
            with suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, congestion_control.encode())
        sock.settimeout(max(0.01, deadline - time.monotonic()))
        sock.connect(endpoint.next_hop)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if endpoint.proxy is not None:
            _through(endpoint.proxy, endpoint, sock, deadline)
        sock.settimeout(None)
    except OSError as error:
        sock.close()
        raise net_error(hop, error) from None
    except BaseException:
        sock.close()
        raise
    return sock


def _through(proxy: Proxy, endpoint: Endpoint, sock: socket.socket, deadline: float) -> None:
    """Have the proxy connect to the endpoint. Its answer is read byte by byte: what follows is no longer the proxy's."""
    host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
    target = f"{host}:{endpoint.port}"
    sock.sendall(
        f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nUser-Agent: readycheck\r\n\r\n".encode("ascii")
    )
    reader = ResponseReader()
    while reader.head is None:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError  # also where it goes on and on, a byte now and then
        sock.settimeout(left)
        byte = sock.recv(1)
        if not byte:
            raise Closed(proxy.where, "the proxy hung up when asked to connect")
        try:
            reader.feed(memoryview(byte))
        except BadResponse as bad:
            raise Garbled(proxy.where, f"the proxy: {bad}") from None
    status = reader.head.status
    if not 200 <= status < 300:
        wants = ", it wants a sign-in" if status == 407 else ""
        raise Refused(endpoint.where, f"the proxy {proxy.where} answered HTTP {status}{wants}")


async def _reached_meanwhile(endpoint: Endpoint, timeout_s: float) -> socket.socket:
    """The same in a thread, which ends within the time limit; a socket that nobody waits for any more is closed."""
    loop = asyncio.get_running_loop()
    result: asyncio.Future[socket.socket] = loop.create_future()

    def settle(sock: socket.socket | None, error: NetError | None) -> None:
        if not result.done() and error is not None:
            result.set_exception(error)
        elif not result.done() and sock is not None:
            result.set_result(sock)
        elif sock is not None:
            sock.close()

    def work() -> None:
        sock: socket.socket | None = None
        error: NetError | None = None
        try:
            sock = _reached(endpoint, time.monotonic() + timeout_s, "", lambda _: None)
            sock.setblocking(False)
        except NetError as failed:
            error = failed
        try:
            loop.call_soon_threadsafe(settle, sock, error)
        except RuntimeError:  # the loop is gone
            if sock is not None:
                sock.close()

    threading.Thread(target=work, name="connect", daemon=True).start()
    return await result
