"""A program that listens where a server should, and misbehaves. A program of its own, run on a host.

    bad_listeners.py HOW PORT [REAL_ADDRESS REAL_PORT]

silent   takes the connection and says nothing
close    takes it and closes it
reset    takes it and cuts it
garbage  says something that no protocol says
reply    says the same, once it was spoken to
drip     is the real server, whose answers pass at one byte a second
late     is the real server, each of whose answers passes a second and a half late
tunnel   is a proxy that says of every way that it is open, and passes nothing on
With "udp" in front of HOW the same for datagrams, as far as they can: silent and garbage.
"""

import random
import socket
import socketserver
import struct
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress

NOISE = random.Random(7701).randbytes(512)
DRIP_S = 1.0
LATE_S = 1.5
BLOCK = 65536


def silent(peer: socket.socket) -> None:
    threading.Event().wait()


def close(peer: socket.socket) -> None:
    """Politely: what the other side still says is taken in, or else it would look cut."""
    peer.shutdown(socket.SHUT_WR)
    while peer.recv(BLOCK):
        pass


def reset(peer: socket.socket) -> None:
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    peer.close()


def garbage(peer: socket.socket) -> None:
    peer.sendall(NOISE)
    while peer.recv(BLOCK):
        pass


def tunnel(peer: socket.socket) -> None:
    asked = b""
    while b"\r\n\r\n" not in asked:
        asked += peer.recv(BLOCK) or b"\r\n\r\n"
    peer.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
    threading.Event().wait()


def reply(peer: socket.socket) -> None:
    if peer.recv(BLOCK):
        garbage(peer)


def drip_from(real: tuple[str, int]) -> Callable[[socket.socket], None]:
    def drip(peer: socket.socket) -> None:
        with socket.create_connection(real, timeout=5) as server:
            server.settimeout(None)
            threading.Thread(target=_pass_on, args=(peer, server), daemon=True).start()
            while block := server.recv(BLOCK):
                for byte in block:
                    peer.sendall(bytes([byte]))
                    time.sleep(DRIP_S)

    return drip


def late_from(real: tuple[str, int]) -> Callable[[socket.socket], None]:
    def late(peer: socket.socket) -> None:
        with socket.create_connection(real, timeout=5) as server:
            server.settimeout(None)
            threading.Thread(target=_pass_on, args=(peer, server), daemon=True).start()
            while block := server.recv(BLOCK):
                time.sleep(LATE_S)
                peer.sendall(block)

    return late


def _pass_on(sender: socket.socket, receiver: socket.socket) -> None:
    with suppress(OSError):
        while block := sender.recv(BLOCK):
            receiver.sendall(block)
        receiver.shutdown(socket.SHUT_WR)


class _Tcp(socketserver.ThreadingTCPServer):
    address_family = socket.AF_INET6
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 100

    def shutdown_request(self, request: object) -> None:
        """No polite goodbye before the close: a connection that was cut stays cut."""
        assert isinstance(request, socket.socket)
        request.close()


def listen(how: str, port: int, real: tuple[str, int]) -> None:
    manners = {
        **{"silent": silent, "close": close, "reset": reset, "garbage": garbage, "tunnel": tunnel},
        **{"reply": reply, "drip": drip_from(real), "late": late_from(real)},
    }
    manner = manners[how]

    class Connection(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                manner(self.request)

    server = _Tcp(("::", port), Connection)
    print("ready", flush=True)
    server.serve_forever()


def listen_for_datagrams(how: str, port: int) -> None:
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as one:
        one.bind(("::", port))
        print("ready", flush=True)
        while True:
            _, peer = one.recvfrom(BLOCK)
            if how == "garbage":
                one.sendto(NOISE[:64], peer)


def main(words: list[str]) -> None:
    if words[0] == "udp":
        listen_for_datagrams(words[1], int(words[2]))
        return
    how, port, *rest = words
    listen(how, int(port), (rest[0], int(rest[1])) if rest else ("", 0))


if __name__ == "__main__":
    main(sys.argv[1:])
