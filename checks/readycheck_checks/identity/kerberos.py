"""Is a Kerberos key distribution centre alive, and what time is it there? Packets (pure), and two small conversations at most.

A request for a ticket is written down as a sign-in that failed. So none is sent at first: over TCP, a request announces its
length, and one that announces more than can be is answered with the error KRB_ERR_FIELD_TOOLONG, which tells the server's time
(RFC 4120, 7.2.2). Nothing follows the announcement. A centre that closes the connection without a word, as those of Active
Directory do, is asked for a ticket, in a request that names nobody: it is answered with another error. What answers neither is
no centre that works. UDP is not asked: every centre has to answer over TCP.
"""

import asyncio
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from readycheck.api import Closed, Context, Garbled, NetError, Silent, Where, clean_bytes
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.conversation.server import CONNECT, CONNECT_WAIT_S
from readycheck_checks.identity.nameless import request

TOO_LONG: Final = (0x80000000).to_bytes(4, "big")
TALK_WAIT_S: Final = 5.0
ALL_WAIT_S: Final = 12.0
ANSWER: Final = "answer"
MOST_BYTES: Final = 4_096
_KRB_ERROR: Final = 0x7E  # [APPLICATION 30]
_SEQUENCE: Final = 0x30
_STIME: Final = 0xA4
_CODE: Final = 0xA6
_MOST_FIELDS: Final = 16


@dataclass(frozen=True, kw_only=True)
class KrbError:
    """``code`` of RFC 4120, 7.5.9; ``server_time`` with its zone."""

    code: int
    server_time: datetime


def parse(data: bytes) -> KrbError | None:
    """A KRB-ERROR (RFC 4120, 5.9.1) without its length in front; None for anything else. At most 16 fields are looked at."""
    inner = _value(data, _KRB_ERROR)
    fields = _value(inner, _SEQUENCE) if inner is not None else None
    code, told = None, None
    for _ in range(_MOST_FIELDS):
        if not fields:
            break
        split = _split(fields)
        if split is None:
            return None
        tag, value, fields = split
        if tag == _STIME:
            told = _time(_value(value, 0x18))
        elif tag == _CODE:
            number = _value(value, 0x02)
            code = int.from_bytes(number, "big", signed=True) if number and len(number) <= 4 else None
    return KrbError(code=code, server_time=told) if code is not None and told is not None else None


def _time(text: bytes | None) -> datetime | None:
    """KerberosTime: 20261122092558Z."""
    if text is None or len(text) != 15 or not text[:14].isdigit() or text[14:] != b"Z":
        return None
    try:
        return datetime.strptime(text.decode("ascii"), "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def _value(data: bytes | None, tag: int) -> bytes | None:
    split = _split(data) if data else None
    return split[1] if split is not None and split[0] == tag else None


def _split(data: bytes) -> tuple[int, bytes, bytes] | None:
    """Tag, value and what follows (X.690, one byte of tag); None where it is cut short."""
    if len(data) < 2:
        return None
    length, start = data[1], 2
    if length & 0x80:
        count = length & 0x7F
        if not 0 < count <= 4 or len(data) < 2 + count:
            return None
        length, start = int.from_bytes(data[2 : 2 + count], "big"), 2 + count
    if len(data) < start + length:
        return None
    return data[0], data[start : start + length], data[start + length :]


@dataclass(frozen=True, kw_only=True)
class Heard:
    """``said``: its error, where ``step`` is "done"; ``at``: when that was, by the clock of this computer."""

    step: str
    error: NetError | None = None
    said: KrbError | None = None
    at: datetime | None = None


async def ask(ctx: Context, where: Endpoint, realm: str) -> Heard:
    """An announcement; where that is met with a closed connection, a request. One error in answer. Ends within 12 seconds."""
    heard = Heard(step=CONNECT)
    try:
        async with asyncio.timeout(ALL_WAIT_S):
            heard = await _converse(ctx, where, TOO_LONG)
            if heard.step == ANSWER and isinstance(heard.error, Closed):
                heard = await _converse(ctx, where, request(realm, secrets.randbits(31)))
    except TimeoutError:
        return Heard(step=heard.step, error=Silent(_at(where), f"no answer in {ALL_WAIT_S:g} s"))
    return heard


async def _converse(ctx: Context, where: Endpoint, word: bytes) -> Heard:
    step = CONNECT
    try:
        stream = await ctx.net.open(where.host, where.port, timeout_s=CONNECT_WAIT_S)
        step = ANSWER
        try:
            async with asyncio.timeout(TALK_WAIT_S):
                await stream.write(word)
                length = int.from_bytes(await stream.read_exactly(4, timeout_s=TALK_WAIT_S), "big")
                if length > MOST_BYTES:
                    raise Garbled(_at(where), f"an answer of {length} bytes")
                data = await stream.read_exactly(length, timeout_s=TALK_WAIT_S)
        finally:
            await stream.close()
    except TimeoutError:
        return Heard(step=step, error=Silent(_at(where), f"no whole answer in {TALK_WAIT_S:g} s"))
    except NetError as error:
        return Heard(step=step, error=error)
    said = parse(data)
    if said is None:
        return Heard(step=step, error=Garbled(_at(where), f"it says {clean_bytes(data[:60])}"))
    return Heard(step="done", said=said, at=ctx.clock.now().astimezone(UTC))


def _at(where: Endpoint) -> Where:
    return Where(host=where.host, port=where.port)
