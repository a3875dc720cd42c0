"""STUN Bindings to several servers from one UDP socket, repeated until they are answered. Concludes nothing from silence."""

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

from readycheck.errors import Where
from readycheck.measure.packets import stun
from readycheck.measure.packets.pacing import HEADER_BYTES
from readycheck.measure.transport.endpoint import net_error

Address = tuple[str, int]


@dataclass(frozen=True, kw_only=True)
class Question:
    """A Binding to a literal address, which may ask to be answered from the server's other address or port (RFC 5780, 7.2)."""

    to: Address
    change_ip: bool = False
    change_port: bool = False


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A STUN reply, success or error, and the address it really came from."""

    message: stun.Message
    source: Address

    @property
    def mapped(self) -> Address | None:
        """The address of ours that the server saw; None where it refused or did not say."""
        return self.message.mapped if self.message.kind == stun.SUCCESS else None


def other_address(reply: stun.Message, server: Address) -> Address | None:
    """The second address that a server's reply offers, if it is one: another IP address and port, of its version and as public.

    Servers offer their first address again, or one that is theirs behind a translation of their own.
    """
    offered = reply.other_address
    if offered is None or offered[0] == server[0] or offered[1] in (server[1], 0):
        return None
    mine, theirs = ipaddress.ip_address(server[0].partition("%")[0]), ipaddress.ip_address(offered[0])
    if mine.version != theirs.version or theirs.is_multicast or theirs.is_unspecified:
        return None
    hidden = (theirs.is_private and not mine.is_private) or (theirs.is_loopback and not mine.is_loopback)
    return None if hidden else offered


class Asker(asyncio.DatagramProtocol):
    """One socket. ``local``: its own address; ``bytes``: sent and received, with headers; ``trouble``: why it cannot send."""

    def __init__(self) -> None:
        self.local: Address = ("", 0)
        self.bytes = 0
        self.trouble: OSError | None = None
        self._asked: dict[bytes, Question] = {}
        self._answers: dict[Question, Answer] = {}
        self._news = asyncio.Event()
        self._transport: asyncio.DatagramTransport | None = None

    async def ask(self, questions: Iterable[Question], waits_s: Sequence[float]) -> dict[Question, Answer]:
        """Ask all at once, wait ``waits_s[0]`` seconds, ask again what was not answered, and so on; then what was answered."""
        wanted = tuple(dict.fromkeys(questions))
        for wait_s in waits_s:
            missing = [question for question in wanted if question not in self._answers]
            if not missing:
                break
            for question in missing:
                self._send(question)
            await self._heard_all(missing, wait_s)
        return {question: self._answers[question] for question in wanted if question in self._answers}

    def _send(self, question: Question) -> None:
        transaction_id = stun.new_transaction_id()
        self._asked[transaction_id] = question
        packet = stun.binding_request(
            transaction_id, change_ip=question.change_ip, change_port=question.change_port
        )
        if self._transport is not None:
            self._count(packet)
            self._transport.sendto(packet, question.to)

    async def _heard_all(self, missing: Sequence[Question], seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while any(question not in self._answers for question in missing):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            return

    def _count(self, packet: bytes) -> None:
        self.bytes += len(packet) + HEADER_BYTES[socket.AF_INET6 if ":" in self.local[0] else socket.AF_INET]

    # What asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)
        host, port = transport.get_extra_info("sockname")[:2]
        self.local = str(host), int(port)

    def datagram_received(self, data: bytes, addr: tuple[object, ...]) -> None:
        self._count(data)
        try:
            message = stun.parse(data)
        except stun.NotStun:
            return
        question = self._asked.get(message.transaction_id)
        if question is None or message.kind not in (stun.SUCCESS, stun.ERROR):
            return
        source = str(addr[0]), int(cast(int, addr[1]))
        self._answers.setdefault(question, Answer(message=message, source=source))
        self._news.set()

    def error_received(self, exc: Exception) -> None:
        if isinstance(exc, OSError):
            self.trouble = exc


@asynccontextmanager
async def asker(source: str) -> AsyncIterator[Asker]:
    """A new socket bound to the local address ``source``. Raises NoRoute or Closed where it cannot be used."""
    loop = asyncio.get_running_loop()
    try:
        transport, made = await loop.create_datagram_endpoint(Asker, local_addr=(source, 0))
    except OSError as error:
        raise net_error(Where(host=source), error) from None
    try:
        yield made
    finally:
        transport.close()
