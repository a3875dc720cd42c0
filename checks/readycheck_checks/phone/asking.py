"""Asks a SIP server over UDP, TCP or TLS, one request each. Every conversation ends within 8 seconds. Judges nothing."""

import asyncio
import random
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from readycheck.api import Closed, Context, Garbled, NetError, Silent, Stream, Where, clean_bytes
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.conversation.server import CONNECT, CONNECT_WAIT_S
from readycheck_checks.phone.sip import MOST_BYTES, MOST_LINES, Answer, Question, Transport, answers, parse

TALK_WAIT_S: Final = 8.0
UDP_WAITS_S: Final = (0.5, 1.0, 2.0)  # timers of RFC 3261, 17.1.2.2, cut short
_OWN_PORTS: Final = range(20_000, 30_000)
_TRIES: Final = 3  # a port may be taken
_MOST_PROVISIONAL: Final = 4
_BEGINS: Final = b"SIP/2.0 "
NOWHERE: Final = "0.0.0.0"  # in place of an address of this computer, where it knows no way there


@dataclass(frozen=True, kw_only=True)
class Reply:
    """``step``: "connect" (nobody took the request), "tls", "answer" (taken, and no answer), "done" with ``answer``."""

    transport: Transport
    where: Endpoint
    step: str
    error: NetError | None = None
    answer: Answer | None = None
    question: Question | None = None

    @property
    def name(self) -> str:
        return f"{self.transport.upper()} {self.where.port}"

    def __str__(self) -> str:
        return f"{self.name}: {self.answer or self.error}"


async def ask(ctx: Context, transport: Transport, where: Endpoint) -> Reply:
    """One request and its final answer, from the first address that gives one."""
    try:
        ways = _ways(ctx, await ctx.net.resolve(where.host))
    except NetError as error:
        return Reply(transport=transport, where=where, step=CONNECT, error=error)
    replies = []
    for address, own in ways:
        over = _over_udp if transport == "udp" else _over_stream
        replies.append(await over(ctx, transport, where, address, own))
        if replies[-1].answer is not None:
            return replies[-1]
    return replies[0]


def _ways(ctx: Context, addresses: tuple[str, ...]) -> list[tuple[str, str]]:
    """One address of each IP version, and this computer's own on the way there. All transports begin with the same one, so that
    what the server sees can be compared; IPv4 comes first, for it is there that routers translate and meddle."""
    found: dict[bool, tuple[str, str]] = {}
    for address in sorted(addresses, key=lambda address: ":" in address):
        own = ctx.net.source_address(address)
        if own:
            found.setdefault(":" in address, (address, own.partition("%")[0]))
    return list(found.values()) or [(addresses[0], NOWHERE)]


async def _over_udp(ctx: Context, transport: Transport, where: Endpoint, address: str, own: str) -> Reply:
    trouble: NetError = Silent(Where(host=where.host, port=where.port))
    question = None
    for _ in range(_TRIES):
        question = _question(transport, where, own)
        try:
            came = await ctx.net.udp(
                address,
                where.port,
                question.packet(),
                accept=partial(_is_answer, question),
                waits_s=UDP_WAITS_S,
                source_port=question.own_port,
            )
        except Closed as taken:
            trouble = taken
            continue
        except NetError as error:
            trouble = error
            break
        said = answers(came.data, question)
        return Reply(transport=transport, where=where, step="done", answer=said, question=question)
    return Reply(transport=transport, where=where, step=CONNECT, error=trouble, question=question)


def _question(transport: Transport, where: Endpoint, own: str) -> Question:
    return Question(transport=transport, host=where.host, own_address=own, own_port=random.choice(_OWN_PORTS))


def _is_answer(question: Question, data: bytes) -> bool:
    return answers(data, question) is not None


async def _over_stream(ctx: Context, transport: Transport, where: Endpoint, address: str, own: str) -> Reply:
    """The request names the port that the connection begins at: a box on the way rewrites no other, and the server sees it."""
    step, question = CONNECT, _question(transport, where, own)
    try:
        async with asyncio.timeout(CONNECT_WAIT_S + TALK_WAIT_S):
            stream = await ctx.net.open(address, where.port, timeout_s=CONNECT_WAIT_S)
            try:
                question = replace(question, own_port=stream.own_port or question.own_port)
                if transport == "tls":
                    step = "tls"
                    await stream.start_tls(where.host)
                step = "answer"
                said = await _answer(stream, where, question)
            finally:
                await stream.close()
    except TimeoutError:
        silent = Silent(Where(host=where.host, port=where.port), f"no whole answer in {TALK_WAIT_S:g} s")
        return Reply(transport=transport, where=where, step=step, error=silent, question=question)
    except NetError as error:
        return Reply(transport=transport, where=where, step=step, error=error, question=question)
    return Reply(transport=transport, where=where, step="done", answer=said, question=question)


async def _answer(stream: Stream, where: Endpoint, question: Question) -> Answer:
    await stream.write(question.packet())
    here = Where(host=where.host, port=where.port)
    for _ in range(_MOST_PROVISIONAL):
        head = await _head(stream, here)
        if parse(head) is None:
            raise Garbled(here, f"it says {clean_bytes(head[:60])}")
        said = answers(head, question)
        if said is not None:
            return said
    raise Garbled(here, "answers to something else")


async def _head(stream: Stream, here: Where) -> bytes:
    """Up to the empty line; a body would follow only an answer that is taken as the last."""
    head = bytearray(await stream.read_exactly(len(_BEGINS), timeout_s=TALK_WAIT_S))
    if head != _BEGINS:
        raise Garbled(here, f"it says {clean_bytes(bytes(head))}")
    for _ in range(MOST_LINES):
        line = await stream.read_line(timeout_s=TALK_WAIT_S, limit=MOST_BYTES)
        head += line
        if line in (b"\r\n", b"\n"):
            return bytes(head)
    raise Garbled(here, "a head without an end")
