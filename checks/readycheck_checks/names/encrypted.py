"""Lookups over TLS (RFC 7858) and HTTPS (RFC 8484): do they reach the name servers of the profile? Asks only.

The judgement is in encrypted_verdict.py.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final
from urllib.parse import urlsplit

from msgspec import Meta

from readycheck.api import Blame, Context, Finding, NetError, Owner, Silent, TcpAnswer, TlsFailed, Where
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import Endpoint, endpoint
from readycheck_checks.asking.routes import leads_through_tunnel
from readycheck_checks.blame.certificates import (
    BY_DATE,
    BadCertificate,
    ask_beside,
    is_bad_certificate,
    judge_certificate,
    right_time,
)
from readycheck_checks.blame.ending import Flow
from readycheck_checks.blame.owners import whose
from readycheck_checks.blame.way_out import where_it_ends
from readycheck_checks.names import encrypted_verdict as verdict
from readycheck_checks.names.around import Reply
from readycheck_checks.names.astray import contradicted, whose_block
from readycheck_checks.names.encrypted_verdict import Kind, NoAddress, Tried
from readycheck_checks.names.servers import ask_around

Server = Annotated[str, Meta(pattern=r"^(tls|https)://[^\s@]+$", max_length=200)]
BYTES: Final = (
    12_000  # of one server: handshake, question, answer, and who stands in the way where there is none
)
LIMIT_S: Final = 4.0
BESIDE_S: Final = 2.0  # others, once it is known that nobody answered
_PORTS: Final = {"tls": 853, "https": 443}
_WEB: Final = 443
_MOST: Final = 4_096


@dataclass(frozen=True)
class Beside:
    """What is known at this moment: a ``name`` that was found, the name servers that are set, and others for a second opinion."""

    name: str
    servers: tuple[str, ...] | None = None
    second_opinion: tuple[str, ...] = ()


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


async def found_out(ctx: Context, servers: Sequence[str], beside: Beside) -> Finding:
    """Every server at once; where all fail, whose it is."""
    tried = await asyncio.gather(*(_try(ctx, url, beside.name) for url in servers))
    if any(each.problem is None for each in tried):
        return verdict.works(tried)
    kinds = {each.kind for each in tried}
    unreached = next((each for each in tried if each.kind is Kind.UNREACHED), None)
    if unreached is not None:
        return verdict.blocked(tried, await _whose_silence(ctx, where_of(unreached.url), beside))
    if kinds == {Kind.HIDDEN}:
        host = where_of(tried[0].url).host
        around = await ask_around(ctx, host, beside.servers, beside.second_opinion)
        return verdict.hidden(tried, host, whose_block(around) if contradicted(around) else None)
    if kinds == {Kind.OPENED}:
        return verdict.opened(tried, await _certificate(ctx, tried[0], beside))
    return verdict.judged(tried, kinds)


async def _certificate(ctx: Context, tried: Tried, beside: Beside) -> BadCertificate | None:
    """Whose it is, by the one rule for certificates; None for a handshake that failed otherwise."""
    where, failed = where_of(tried.url), tried.problem
    if not isinstance(failed, TlsFailed) or not is_bad_certificate(failed):
        return None
    control = (f"{beside.name}:{_WEB}",)
    other, answers = await asyncio.gather(ask_beside(ctx, control), _whose_silence(ctx, where, beside))
    clock = await right_time(ctx, where, failed, control) if failed.reason in BY_DATE else None
    far, issuer = Owner.SERVICE, failed.issuer
    return judge_certificate(
        failed.reason, issuer=issuer, beside=other, far=far, answers=answers, clock=clock
    )


async def _whose_silence(ctx: Context, where: Endpoint, beside: Beside) -> Blame:
    """Packets are followed hop by hop, beside those to a port that answers: of the same host, or of the one that was found."""
    at = await attempt(ctx.net.resolve(where.host, timeout_s=BESIDE_S))
    if not isinstance(at, NetError) and at and await leads_through_tunnel(ctx, at[0]):
        return Blame(either=(Owner.COMPANY, Owner.DEVICE))
    hosts = (*((where.host,) if where.port != _WEB else ()), beside.name)
    taken = await asyncio.gather(*(attempt(ctx.net.tcp(host, _WEB, timeout_s=BESIDE_S)) for host in hosts))
    controls = [host for host, said in zip(hosts, taken, strict=True) if isinstance(said, TcpAnswer)]
    if not controls:
        return Blame()
    silent, control = Flow("tcp", where.host, where.port), Flow("tcp", controls[0], _WEB)
    return whose(await where_it_ends(ctx, silent, control), Owner.SERVICE)


async def _try(ctx: Context, url: str, name: str) -> Tried:
    """One limit for the whole conversation; a connection beside it shows whether its port takes any in."""
    where = where_of(url)
    asking = _over_tls(ctx, where, name) if url.startswith("tls:") else _over_https(ctx, url, name)
    taken, said = await asyncio.gather(
        attempt(ctx.net.tcp(where.host, where.port, timeout_s=LIMIT_S)),
        attempt(_in_time(where, asking)),
    )
    tried = Tried(url, said if isinstance(said, NetError) else None)
    return replace(tried, reached=isinstance(taken, TcpAnswer))


async def _in_time(where: Endpoint, asking: Any) -> None:
    """``asking``: a coroutine. Raises NetError."""
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
    """Version 2 of HTTP is the least that RFC 8484 (5.2) recommends; some servers take no other."""
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
        http2=True,
    )
    if answer.status != 200:
        raise NoAddress(Where(host=where_of(url).host), f"status {answer.status}", own=answer.status >= 500)
    _check(question, answer.body, where_of(url))


def _check(question: Any, data: bytes, where: Endpoint) -> None:
    """``question``: names.message.Question. Raises NoAddress."""
    reply = question.read(data)[0] if question.accepts(data) else Reply.ODD
    if reply is not Reply.ANSWERED:
        raise NoAddress(
            Where(host=where.host, port=where.port), f"it {reply}", own=reply in (Reply.FAILING, Reply.ODD)
        )
