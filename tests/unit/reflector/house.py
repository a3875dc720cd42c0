"""A reflector in a thread of its own, on free ports of loopback, for tests. Ends with its test."""

import asyncio
import io
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from readycheck.reflector.limits import Limits
from readycheck.reflector.server import Reflector, Settings

WAIT_S = 20.0


class House:
    """The running reflector, seen from outside."""

    def __init__(self, reflector: Reflector, loop: asyncio.AbstractEventLoop, log: io.StringIO) -> None:
        self.reflector = reflector
        self.loop = loop
        self._log = log

    @property
    def port(self) -> int:
        return self.reflector.port

    @property
    def udp_port(self) -> int:
        return self.reflector.udp_port

    def lines(self, event: str = "") -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self._log.getvalue().splitlines()]
        return [line for line in lines if not event or line["event"] == event]

    def metric(self, name: str) -> float:
        """A line of the metrics; 0 where it is not there (yet)."""
        for line in self.reflector.metrics().splitlines():
            if line.startswith(f"readycheck_reflector_{name} "):
                return float(line.rpartition(" ")[2])
        return 0.0

    def connect(self, address: str = "127.0.0.1", source: str = "") -> socket.socket:
        return socket.create_connection(
            (address, self.port), timeout=WAIT_S, source_address=(source, 0) if source else None
        )

    def ask(self, request: bytes) -> bytes:
        """Everything that comes back on a connection of its own, until it ends."""
        with self.connect() as sock:
            sock.sendall(request)
            return read_all(sock)


@contextmanager
def house(settings: Settings | None = None, *, stop_s: float = 0.0, **limits: Any) -> Iterator[House]:
    wanted = replace(settings or Settings(), port=0, limits=Limits(**limits))
    log = io.StringIO()
    loop = asyncio.new_event_loop()
    reflector = Reflector(wanted, "0.0.0", log)
    loop.run_until_complete(reflector.start())
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    try:
        yield House(reflector, loop, log)
    finally:
        asyncio.run_coroutine_threadsafe(reflector.stop(stop_s), loop).result(WAIT_S)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(WAIT_S)
        loop.close()


def read_all(sock: socket.socket) -> bytes:
    """Until the other end closes, or resets after it has said something."""
    data = b""
    try:
        while piece := sock.recv(65_536):
            data += piece
    except ConnectionResetError:
        pass
    return data


def until(true: Callable[[], bool], seconds: float = WAIT_S) -> bool:
    ends = time.monotonic() + seconds
    while not true():
        if time.monotonic() > ends:
            return False
        time.sleep(0.01)
    return True


def get(path: str, *headers: str, close: bool = True) -> bytes:
    return _request(f"GET {path} HTTP/1.1", headers, close)


def post(path: str, body: bytes, *headers: str, close: bool = True) -> bytes:
    return _request(f"POST {path} HTTP/1.1", (f"Content-Length: {len(body)}", *headers), close) + body


def _request(first: str, headers: tuple[str, ...], close: bool) -> bytes:
    lines = [first, "Host: reflector.example", *headers, *(("Connection: close",) if close else ())]
    return "\r\n".join((*lines, "", "")).encode()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def body(answer: bytes) -> bytes:
    return answer.partition(b"\r\n\r\n")[2]
