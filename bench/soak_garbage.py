"""The soak's bad clients: UDP and TCP garbage of every kind, at a steady rate, with every answer held against what it answers.

Nothing sent from here opens a session, so no answer may be longer than the request that it answers.
"""

import math
import os
import random
import socket
import ssl
import struct
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection

from bench.soak_clients import Target
from readycheck.measure.packets import echo, stun

TCP_EVERY = 40  # datagrams for one bad connection
_HELD = 60
_LATE_S = 60.0
_SOURCES = 50
_ASKED = 2_000  # requests of a socket that are remembered
_ID = slice(8, 20)  # of the echo's nonce 12 bytes, of STUN the transaction: what an answer has of its request


@dataclass
class Dealt:
    """What was dealt out over UDP and TCP, and what came back over UDP.

    ``worst_ratio``: the greatest (bytes of an answer / bytes of its request); infinite where an answer has no request.
    """

    packets: int = 0
    connections: int = 0
    sent: int = 0
    answers: int = 0
    received: int = 0
    worst_ratio: float = 0.0
    kinds: dict[str, int] = field(default_factory=dict)


def deal_garbage(target: Target, packets: int, seconds: float, result: Connection) -> None:
    """The process of all garbage; sends one Dealt when it is done."""
    result.send(_Dealer(target).run(packets, seconds))


class Asked:
    """The requests of one socket, so that each answer is held against one of its own."""

    def __init__(self) -> None:
        self._lengths: dict[bytes, list[int]] = {}

    def sent(self, data: bytes) -> None:
        self._lengths.setdefault(data[_ID], []).append(len(data))
        if len(self._lengths) > _ASKED:
            del self._lengths[next(iter(self._lengths))]

    def ratio(self, answer: bytes) -> float:
        """Its length to that of its request. Of several with one id it is the longest: those cut short have no answer."""
        lengths = self._lengths.get(answer[_ID], [])
        if not lengths:
            return math.inf
        longest = max(lengths)
        lengths.remove(longest)
        return len(answer) / longest


class _Dealer:
    def __init__(self, target: Target) -> None:
        self._target = target
        self._dealt = Dealt()
        self._held: list[socket.socket] = []
        self._sockets = [_udp(f"127.2.0.{number + 1}", target.udp_port) for number in range(_SOURCES)]
        self._asked = {sock: Asked() for sock in self._sockets}
        self._heard: list[bytes] = []  # packets that once meant something: to be sent again

    def run(self, packets: int, seconds: float) -> Dealt:
        started = time.monotonic()
        for number in range(packets):
            early = started + number * seconds / packets - time.monotonic()
            if early > 0:
                time.sleep(early)
            elif early < -_LATE_S:  # this machine cannot deal so much: what was dealt counts
                break
            self._datagram(random.choice(self._sockets))
            if number % TCP_EVERY == 0:
                self._connection()
        time.sleep(0.5)
        for sock in self._sockets:
            self._drain(sock)
        return self._dealt

    def _datagram(self, sock: socket.socket) -> None:
        make = random.choice(_KINDS)
        self._dealt.kinds[make.__name__] = self._dealt.kinds.get(make.__name__, 0) + 1
        self._send(sock, make(self._heard))
        self._drain(sock)

    def _send(self, sock: socket.socket, data: bytes) -> None:
        self._asked[sock].sent(
            data
        )  # before: where the sending fails, a request too many is remembered, and none too few
        with suppress(OSError):
            sock.send(data)
            self._dealt.sent += len(data)
            self._dealt.packets += 1
        if data[:4] == echo.MAGIC:
            self._heard = [*self._heard[-20:], data]

    def _drain(self, sock: socket.socket) -> None:
        with suppress(BlockingIOError, ConnectionRefusedError):
            while True:
                data = sock.recv(65_535)
                self._dealt.answers += 1
                self._dealt.received += len(data)
                self._dealt.worst_ratio = max(self._dealt.worst_ratio, self._asked[sock].ratio(data))
                self._answer_wrongly(sock, data)

    def _answer_wrongly(self, sock: socket.socket, data: bytes) -> None:
        """To a challenge: an OPEN with the right cookie and a wrong token, or with a forged cookie."""
        with suppress(ValueError):
            packet = echo.parse(data)
            if isinstance(packet, echo.Challenge):
                cookie = packet.cookie if random.random() < 0.5 else os.urandom(16)
                proof = echo.proof(b"a wrong token, for sure", packet.nonce, cookie)
                self._send(sock, echo.encode(echo.Open(packet.nonce, cookie, proof, 1_000, 100, 500)))

    def _connection(self) -> None:
        sock = socket.socket()
        sock.settimeout(2)
        with suppress(OSError):
            sock.bind((f"127.3.0.{random.randrange(1, 50)}", 0))
            sock.connect(("127.0.0.1", self._target.port))
            random.choice(_TALKS)(sock, self._target)
            self._dealt.connections += 1
        self._held.append(sock)
        while len(self._held) > random.randrange(_HELD):
            _end(self._held.pop(0))


def _udp(source: str, port: int) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind((source, 0))
    sock.connect(("127.0.0.1", port))
    sock.setblocking(False)
    return sock


def _end(sock: socket.socket) -> None:
    if random.random() < 0.5:  # a reset in place of a proper end
        with suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


# Datagrams


def noise(heard: list[bytes]) -> bytes:
    return os.urandom(random.choice((0, 1, 4, 19, 20, 48, 172, 1_400, 9_000, 60_000)))


def half_known(heard: list[bytes]) -> bytes:
    return echo.MAGIC + bytes((random.randrange(12), 1, 0, 0)) + os.urandom(random.randrange(600))


def hello(heard: list[bytes]) -> bytes:
    return echo.encode(echo.Hello(os.urandom(16)))


def forged_open(heard: list[bytes]) -> bytes:
    return echo.encode(echo.Open(os.urandom(16), os.urandom(16), os.urandom(32), 1_000, 100, 1_400))


def data_of_nobody(heard: list[bytes]) -> bytes:
    return echo.encode(echo.Data(os.urandom(8), random.randrange(1_000), 0, 65_535, 1_000))


def question_of_nobody(heard: list[bytes]) -> bytes:
    return echo.encode(echo.Ask(os.urandom(8), random.choice((0, 8, 2**32 - 1))))


def once_more(heard: list[bytes]) -> bytes:
    return random.choice(heard) if heard else b""


def cut_short(heard: list[bytes]) -> bytes:
    packet = random.choice(heard) if heard else b""
    return packet[: random.randrange(len(packet) + 1)]


def bit_flipped(heard: list[bytes]) -> bytes:
    packet = bytearray(random.choice(heard) if heard else b"?")
    packet[random.randrange(len(packet))] ^= 1 << random.randrange(8)
    return bytes(packet)


def short_binding(heard: list[bytes]) -> bytes:
    return stun.binding_request(os.urandom(12))


def padded_binding(heard: list[bytes]) -> bytes:
    """Answered where it is as long as its answer."""
    return stun.binding_request(os.urandom(12), padded_to=random.randrange(20, 64, 4))


def odd_stun(heard: list[bytes]) -> bytes:
    return struct.pack(
        "!HHI12s", random.randrange(0x4000), random.randrange(64), stun.MAGIC_COOKIE, os.urandom(12)
    ) + bytes(random.randrange(64))


_KINDS: list[Callable[[list[bytes]], bytes]] = [
    noise, half_known, hello, forged_open, data_of_nobody, question_of_nobody, once_more, cut_short, bit_flipped,
    short_binding, padded_binding, odd_stun,
]  # fmt: skip

# Connections


def _silence(sock: socket.socket, target: Target) -> None:
    """Connected, and nothing more."""


def _noise(sock: socket.socket, target: Target) -> None:
    sock.sendall(os.urandom(random.randrange(1, 2_000)))


def _plain_http(sock: socket.socket, target: Target) -> None:
    sock.sendall(b"GET /down?bytes=1000000 HTTP/1.1\r\nHost: a\r\n\r\n")


def _cut_handshake(sock: socket.socket, target: Target) -> None:
    """The beginning of a real ClientHello."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="a.example")
    with suppress(ssl.SSLWantReadError):
        tls.do_handshake()
    client_hello = outgoing.read()
    sock.sendall(client_hello[: random.randrange(1, len(client_hello))])


def _bad_http(sock: socket.socket, target: Target) -> None:
    """A proper handshake and a request that is none, is none of ours, or never ends."""
    trust = ssl.create_default_context(cadata=target.authority)
    with suppress(OSError), trust.wrap_socket(sock.dup(), server_hostname="127.0.0.1") as tls:
        tls.sendall(
            random.choice(
                (
                    os.urandom(300),
                    b"GET / HTTP/1.1\r\nHost: a\r\n\r\n" * 50,
                    b"GET /down?bytes=1000000 HTTP/1.1\r\nHost: a\r\n\r\n",
                    b"POST /up HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    b"GET /ping HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 20_000,
                    b"GET /pi",
                )
            )
        )


_TALKS: list[Callable[[socket.socket, Target], None]] = [
    _silence,
    _noise,
    _plain_http,
    _cut_handshake,
    _bad_http,
]
