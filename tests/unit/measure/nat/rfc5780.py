"""A server with two addresses as RFC 5780 wants it, on loopback, with a made-up NAT in front of it: it sees other addresses than
the real ones, and keeps back what the NAT would not let in."""

import selectors
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from readycheck.measure.packets import stun

Address = tuple[str, int]
FIRST_IP, OTHER_IP = "127.0.0.1", "127.0.0.2"
CHANGE_REQUEST, ERROR_CODE, XOR_MAPPED, OTHER_ADDRESS = 0x0003, 0x0009, 0x0020, 0x802C


@dataclass
class World:
    """What the client's NAT and the server do.

    maps            what is seen of a client at one of the server's places
    lets_in         whether a packet from there passes to one who has spoken to these places
    elsewhere       the server does send from elsewhere when asked to
    refuses         it answers 420 instead
    ignores_change  it answers from where it was asked
    offers          the second address that it promises; ("?", 0) is the real one, None is none
    deaf            places where nothing is answered
    """

    maps: Callable[[Address, Address], Address] = lambda client, place: client
    lets_in: Callable[[set[Address], Address], bool] = lambda spoken, place: True
    elsewhere: bool = True
    refuses: bool = False
    ignores_change: bool = False
    offers: Address | None = ("?", 0)
    deaf: set[Address] = field(default_factory=set)


class Server:
    """Four sockets: two addresses, two ports."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._spoken: dict[Address, set[Address]] = {}
        self._sockets: dict[Address, socket.socket] = {}
        first = self._bind((FIRST_IP, 0))
        other = self._bind((OTHER_IP, 0))
        self._bind((FIRST_IP, other[1]))
        self._bind((OTHER_IP, first[1]))
        self.first, self.other = first, other
        self._ended = threading.Event()

    def _bind(self, place: Address) -> Address:
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind(place)
        bound = sock.getsockname()
        self._sockets[bound] = sock
        return str(bound[0]), int(bound[1])

    def serve(self) -> None:
        with selectors.DefaultSelector() as ready:
            for place, sock in self._sockets.items():
                ready.register(sock, selectors.EVENT_READ, place)
            while not self._ended.is_set():
                for key, _ in ready.select(0.05):
                    data, client = self._sockets[key.data].recvfrom(2048)
                    self._answer(data, client, key.data)

    def _answer(self, data: bytes, client: Address, place: Address) -> None:
        request = stun.parse(data)
        spoken = self._spoken.setdefault(client, set())
        spoken.add(place)
        if place in self.world.deaf:
            return None
        wanted = dict(request.attributes).get(CHANGE_REQUEST, bytes(4))[3]
        if wanted and self.world.refuses:
            return self._send(request, client, place, (ERROR_CODE, b"\0\0\x04\x14"), kind=stun.ERROR)
        if wanted and not self.world.elsewhere:
            return None
        sender = place if self.world.ignores_change else self._elsewhere(place, wanted)
        if self.world.lets_in(spoken, sender):
            mapped = (XOR_MAPPED, _xored(self.world.maps(client, place)))
            offered = self.other if self.world.offers == ("?", 0) else self.world.offers
            self._send(
                request, client, sender, mapped, *([(OTHER_ADDRESS, _address(offered))] if offered else [])
            )
        return None

    def _elsewhere(self, place: Address, wanted: int) -> Address:
        ip = ({FIRST_IP, OTHER_IP} - {place[0]}).pop() if wanted & 4 else place[0]
        port = ({self.first[1], self.other[1]} - {place[1]}).pop() if wanted & 2 else place[1]
        return ip, port

    def _send(
        self,
        request: stun.Message,
        client: Address,
        sender: Address,
        *attributes: tuple[int, bytes],
        kind: int = stun.SUCCESS,
    ) -> None:
        reply = stun.Message(
            method=request.method, kind=kind, transaction_id=request.transaction_id, attributes=attributes
        )
        self._sockets[sender].sendto(stun.encode(reply), client)

    def stop(self, thread: threading.Thread) -> None:
        self._ended.set()
        thread.join(2)
        for sock in self._sockets.values():
            sock.close()


def _address(address: Address) -> bytes:
    return b"\0\1" + struct.pack("!H", address[1]) + socket.inet_aton(address[0])


def _xored(address: Address) -> bytes:
    port = address[1] ^ stun.MAGIC_COOKIE >> 16
    host = int.from_bytes(socket.inet_aton(address[0]), "big") ^ stun.MAGIC_COOKIE
    return b"\0\1" + struct.pack("!HI", port, host)


@contextmanager
def stun_server(world: World) -> Iterator[Server]:
    server = _made(world)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop(thread)


def _made(world: World) -> Server:
    """Somebody else may have one of the ports at one of the addresses: then others are taken."""
    for _ in range(20):
        with suppress(OSError):
            return Server(world)
    return Server(world)


def has_second_loopback() -> bool:
    """127.0.0.2 is there on Linux, not on macOS."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, suppress(OSError):
        sock.bind((OTHER_IP, 0))
        return True
    return False
