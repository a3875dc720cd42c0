"""Lookups over TLS (RFC 7858) and HTTPS (RFC 8484): do they reach the name servers of the profile, and if not, whose is it?"""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from msgspec import Meta

from readycheck.api import (
    Context,
    Finding,
    Garbled,
    NetError,
    Owner,
    Silent,
    TcpAnswer,
    TlsFailed,
    Where,
    passed,
    warned,
)
from readycheck_checks.attempts import attempt
from readycheck_checks.blame import Whose, whose
from readycheck_checks.ending import Flow
from readycheck_checks.endpoints import Endpoint, endpoint
from readycheck_checks.names.around import Reply
from readycheck_checks.vpn.way import leads_through_tunnel
from readycheck_checks.way_out import where_it_ends

Server = Annotated[str, Meta(pattern=r"^(tls|https)://[^\s@]+$", max_length=200)]
BYTES: Final = 9_000  # of one server: handshake, question, answer
LIMIT_S: Final = 4.0
_PORTS: Final = {"tls": 853, "https": 443}
_MOST: Final = 4_096
_REMEDY: Final = (
    "Ask whoever runs this network whether it holds encrypted name lookups back; "
    "until then lookups can be read on the way"
)


@dataclass(frozen=True)
class Tried:
    """``problem``: None where an address came back. ``at``: the address at which port 443 of the same host took a connection in;
    empty where it did not."""

    url: str
    problem: NetError | None
    at: str = ""


def where_of(url: str) -> Endpoint:
    """Host and port of a ``tls://`` or ``https://`` URL. Raises ValueError in a sentence."""
    try:
        parts = urlsplit(url)
        has_port = ":" in parts.netloc.rpartition("]")[2]
        return endpoint(parts.netloc if has_port else f"{parts.netloc}:{_PORTS[parts.scheme]}")
    except (KeyError, ValueError):
        raise ValueError(
            f'"{url}" names no name server: write "tls://dns.example.com:853" or "https://dns.example.com/dns-query"'
        ) from None


async def try_all(ctx: Context, servers: Sequence[str], name: str) -> tuple[Tried, ...]:
    """Every server at once, and beside each of them its port for web pages."""
    return tuple(await asyncio.gather(*(_try(ctx, url, name) for url in servers)))


async def _try(ctx: Context, url: str, name: str) -> Tried:
    where = where_of(url)
    asking = _over_tls(ctx, where, name) if url.startswith("tls:") else _over_https(ctx, url, name)
    said, beside = await asyncio.gather(
        attempt(_in_time(where, asking)), attempt(ctx.net.tcp(where.host, 443, timeout_s=LIMIT_S))
    )
    at = beside.address if isinstance(beside, TcpAnswer) else ""
    return Tried(url, said if isinstance(said, NetError) else None, at)


async def _in_time(where: Endpoint, asking: Coroutine[Any, Any, None]) -> None:
    """Raises NetError; one limit for the whole conversation."""
    try:
        async with asyncio.timeout(LIMIT_S):
            await asking
    except TimeoutError:
        raise Silent(Where(host=where.host, port=where.port), f"no answer in {LIMIT_S:g} s") from None


async def _over_tls(ctx: Context, where: Endpoint, name: str) -> None:
    from readycheck_checks.names.message import Question

    question = Question(name)
    stream = await ctx.net.open(where.host, where.port, tls=True, timeout_s=LIMIT_S)
    try:
        await stream.write(len(question.packet).to_bytes(2, "big") + question.packet)
        length = int.from_bytes(await stream.read_exactly(2), "big")
        _check(question, await stream.read_exactly(min(length, _MOST)), where)
    finally:
        await stream.close()


async def _over_https(ctx: Context, url: str, name: str) -> None:
    from readycheck_checks.names.message import Question

    question = Question(name)
    kind = "application/dns-message"
    answer = await ctx.http.request(
        "POST",
        url,
        headers={"content-type": kind, "accept": kind},
        content=question.packet,
        timeout_s=LIMIT_S,
        max_bytes=_MOST,
    )
    if answer.status != 200:
        raise Garbled(Where(host=where_of(url).host), f"status {answer.status}")
    _check(question, answer.body, where_of(url))


def _check(question: Any, data: bytes, where: Endpoint) -> None:
    """``question``: names.message.Question. Raises Garbled where no address came back."""
    if not question.accepts(data) or question.read(data)[0] is not Reply.ANSWERED:
        raise Garbled(Where(host=where.host, port=where.port), "no address in the answer")


async def judged(ctx: Context, tried: Sequence[Tried]) -> Finding:
    """After a failure of all, packets to the first are followed hop by hop where its other port answers, unless a VPN hides the
    way."""
    if any(each.problem is None for each in tried):
        return encrypted(tried)
    first = next((each for each in tried if each.at and isinstance(each.problem, Silent)), None)
    if first is None:
        return encrypted(tried)
    where = where_of(first.url)
    if await leads_through_tunnel(ctx, first.at):
        return encrypted(tried, Whose(either=(Owner.COMPANY, Owner.DEVICE)))
    silent, other = Flow("tcp", where.host, where.port), Flow("tcp", where.host, 443)
    return encrypted(tried, whose(await where_it_ends(ctx, silent, other), Owner.SERVICE))


def encrypted(tried: Sequence[Tried], found: Whose | None = None) -> Finding:
    """``found``: whose the silence of the first server is, where that was looked for."""
    failures = [each for each in tried if each.problem is not None]
    detail = "; ".join(f"{each.url}: {each.problem}" for each in failures)
    if len(failures) < len(tried):
        return passed("connection.dns_encrypted", "Name lookups can be encrypted here", detail=detail)
    if all(isinstance(each.problem, TlsFailed) for each in failures):
        return warned(
            "connection.dns_encrypted_opened",
            "Encrypted name lookups are not safe here: the name servers asked cannot prove who they are",
            remedy=_REMEDY,
            detail=detail,
        )
    found = found or Whose()
    return warned(
        "connection.dns_encrypted_blocked",
        "Name lookups cannot be encrypted here: none of the name servers that the profile names is reached that way",
        remedy=_REMEDY,
        owner=found.owner,
        either=found.either,
        confidence=found.confidence,
        detail=detail,
    )
