"""Small real listeners on loopback for the tests of the connection checks: each a context manager that gives its port."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from readycheck.adapters.clock import RealClock
from readycheck.adapters.http import RealHttp
from readycheck.adapters.net import RealNet
from readycheck.adapters.tls import verifying_context
from readycheck.ports import Meter

LOOPBACK = "127.0.0.1"
Page = tuple[int, dict[str, str], bytes]


def real_world(*, resolver: str = "", ca_file: str = "") -> dict[str, Any]:
    """The real network adapters, as run_check() takes them."""
    net = RealNet(Meter(), resolver=resolver, context=verifying_context(ca_file) if ca_file else None)
    return {"net": net, "http": RealHttp(net, Meter()), "clock": RealClock()}


def closed_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server((LOOPBACK, 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def tcp_listener(host: str = LOOPBACK) -> Iterator[int]:
    """Accepts connections (the kernel does, up to its backlog) and says nothing."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, 0), family=family) as server:
        yield server.getsockname()[1]


@contextmanager
def silent_tcp() -> Iterator[int]:
    """A port whose queue is full: Linux drops what comes, as a firewall would."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind((LOOPBACK, 0))
        server.listen(0)
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            with suppress(BlockingIOError):
                filler.connect(server.getsockname())
        yield server.getsockname()[1]


@contextmanager
def udp_server(answer: Callable[[bytes], bytes | None]) -> Iterator[int]:
    """Answers every datagram with what ``answer`` makes of it; None keeps silent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind((LOOPBACK, 0))
        server.settimeout(0.05)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                with suppress(TimeoutError):
                    data, sender = server.recvfrom(2048)
                    reply = answer(data)
                    if reply is not None:
                        server.sendto(reply, sender)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stop.set()
            thread.join(2)


@contextmanager
def web_server(pages: Mapping[str, Page]) -> Iterator[int]:
    """Serves fixed pages by path; "*" stands for every other path. Adds no Date of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, headers, body = pages.get(self.path) or pages.get("*") or (404, {}, b"")
            self.send_response_only(status)
            for name, value in (headers | {"Content-Length": str(len(body)), "Connection": "close"}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            return None

    server = ThreadingHTTPServer((LOOPBACK, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join(2)


@contextmanager
def tls_server(context: ssl.SSLContext) -> Iterator[int]:
    """Shakes hands, then closes; handshakes that the client breaks off are its business."""
    with socket.create_server((LOOPBACK, 0)) as server:
        server.settimeout(0.05)
        stop = threading.Event()

        def serve() -> None:
            while not stop.is_set():
                with suppress(OSError):
                    raw, _ = server.accept()
                    raw.settimeout(2)
                    with raw, context.wrap_socket(raw, server_side=True) as secure:
                        secure.recv(1)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server.getsockname()[1]
        finally:
            stop.set()
            thread.join(3)
