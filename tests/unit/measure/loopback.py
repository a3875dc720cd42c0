"""Real listeners on 127.0.0.1 for tests of measuring: paced, broken, silent and dripping ones. Each ends with its test."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Talk = Callable[[socket.socket], object]
RECEIVE_BUFFER = 16_384  # short, so that a slow reader is felt by the sender at once


class Pace:
    """A link of ``bits_per_s`` that several connections share, on an absolute schedule."""

    def __init__(self, bits_per_s: float) -> None:
        self._bits_per_s = bits_per_s
        self._lock = threading.Lock()
        self._free_at = time.monotonic()
        self.chunk = int(min(max(bits_per_s * 0.002 / 8, 1_448), 16_384))

    def pass_(self, count: int) -> None:
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic() - 0.05) + count * 8 / self._bits_per_s
            wait = self._free_at - time.monotonic()
        if wait > 0:
            time.sleep(wait)


@contextmanager
def tcp_listener(talk: Talk, host: str = "127.0.0.1") -> Iterator[int]:
    """The port of a listener that runs ``talk`` in a thread for each connection."""
    listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    if hasattr(socket, "TCP_MAXSEG"):  # as over Ethernet; loopback would acknowledge 64 KiB at a time
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1448)
    listener.bind((host, 0))
    listener.listen(64)
    open_ones: list[socket.socket] = []

    def one(conn: socket.socket) -> None:
        with suppress(OSError), conn:
            talk(conn)

    def accept() -> None:
        with suppress(OSError):
            while True:
                conn, _ = listener.accept()
                open_ones.append(conn)
                threading.Thread(target=one, args=(conn,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for conn in open_ones:
            with suppress(OSError):
                conn.shutdown(socket.SHUT_RDWR)


def http(answer: Callable[["Request"], None]) -> Talk:
    """HTTP/1.1 over plain sockets: ``answer`` hears every request of a connection, and may leave the body unread."""

    def talk(conn: socket.socket) -> None:
        rest = b""
        while True:
            while b"\r\n\r\n" not in rest:
                data = conn.recv(4_096)
                if not data:
                    return
                rest += data
            head, rest = rest.split(b"\r\n\r\n", 1)
            lines = head.decode().split("\r\n")
            method, target, _ = lines[0].split(" ")
            headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines[1:])}
            request = Request(conn, method, target, headers, rest)
            answer(request)
            rest = request.rest

    return talk


class Request:
    def __init__(
        self, conn: socket.socket, method: str, target: str, headers: dict[str, str], rest: bytes
    ) -> None:
        self.conn, self.method, self.target, self.headers, self.rest = conn, method, target, headers, rest
        self.length = int(headers.get("content-length", "0"))

    def read_body(self, pace: Pace | None = None) -> None:
        left = self.length - len(self.rest)
        if pace is not None:
            pace.pass_(len(self.rest))
        self.rest = b""
        while left > 0:
            data = self.conn.recv(
                min(left, RECEIVE_BUFFER)
            )  # empties the queue, so that the window opens at once
            if not data:
                raise ConnectionError
            left -= len(data)
            if pace is not None:
                pace.pass_(len(data))

    def reply(
        self, status: int, *, body: bytes = b"", kind: str = "application/octet-stream", extra: str = ""
    ) -> None:
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
        self.conn.sendall(head.encode() + body)

    def reply_bytes(self, count: int, pace: Pace | None = None) -> None:
        self.conn.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {count}\r\n\r\n".encode())
        block = b"x" * (65_536 if pace is None else pace.chunk)
        left = count
        while left > 0:
            piece = block[:left]
            if pace is not None:
                pace.pass_(len(piece))
            self.conn.sendall(piece)
            left -= len(piece)


def speed_server(down: float | None = None, up: float | None = None) -> Talk:
    """garbage.php?ckSize=N and /down?bytes=N send, empty.php takes; rates in bit/s shared by all connections."""
    down_pace = Pace(down) if down else None
    up_pace = Pace(up) if up else None

    def answer(request: Request) -> None:
        path, _, query = request.target.partition("?")
        if request.method == "POST":
            request.read_body(up_pace)
            request.reply(200)
        elif path == "/garbage.php":
            request.reply_bytes(int(query.removeprefix("ckSize=")) << 20, down_pace)
        elif path == "/down":
            request.reply_bytes(int(query.removeprefix("bytes=")), down_pace)
        elif path == "/empty.php":
            request.reply(200)
        else:
            request.reply(404)

    return http(answer)


@contextmanager
def udp_listener(answer: Callable[[bytes, tuple[str, int]], bytes | None]) -> Iterator[int]:
    """The port of a socket that sends back what ``answer`` makes of a datagram; None is silence."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))

    def serve() -> None:
        with suppress(OSError):
            while True:
                data, address = sock.recvfrom(2_048)
                if data == b"end" and address == sock.getsockname():
                    return
                reply = answer(data, address)
                if reply is not None:
                    sock.sendto(reply, address)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield int(sock.getsockname()[1])
    finally:
        with suppress(OSError):
            sock.sendto(b"end", sock.getsockname())  # wakes the thread, which may sit in recvfrom
        thread.join(2)
        sock.close()


def unused_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port where nothing listens."""
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
