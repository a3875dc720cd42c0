"""Asks a server of an app, and looks closer where the conversation did not come about. Judges nothing.

A second try comes together with the controls; then packets are followed hop by hop, or other name servers are asked.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from readycheck.api import (
    Closed,
    Confidence,
    Context,
    Garbled,
    NameUnknown,
    NetError,
    NoRoute,
    Owner,
    Refused,
    Silent,
    TlsFailed,
    Where,
    clean_bytes,
)
from readycheck_checks import controls
from readycheck_checks.apps.opinions import Opinions, who_knows
from readycheck_checks.attempts import attempt
from readycheck_checks.blame import Whose
from readycheck_checks.controls import Controls
from readycheck_checks.endpoints import Endpoint, endpoint
from readycheck_checks.party import party_of, whose_silence
from readycheck_checks.vpn.way import leads_through_tunnel

CONNECT_WAIT_S: Final = 4.0
FIRST_WORD_WAIT_S: Final = 1.5
CONNECT: Final = "connect"  # the step that every conversation begins with
TLS: Final = "tls"  # the step of a handshake
GREETING: Final = "greeting"  # the step at which the server has the first word


class Ended(Protocol):
    """How a conversation ended: ``step`` is where, ``error`` why; None where it came to its proper end or was answered."""

    @property
    def step(self) -> str: ...
    @property
    def error(self) -> NetError | None: ...


E = TypeVar("E", bound=Ended)


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Who is asked beside the server: hosts (host:port) and name servers of others. ``far``: whose the server is."""

    far: Owner = Owner.COMPANY
    tcp_controls: tuple[str, ...] = ()
    name_servers: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A conversation that did not come about. ``taken``: the connection stood before it went wrong.

    ``protocol``: of its port, TCP or UDP. ``party``: whose it is and ``ends``: where packets end, as far as it was told;
    ``opinions``: of other name servers.
    """

    where: Endpoint
    step: str
    error: NetError
    far: Owner
    beside: Controls = Controls()
    party: Whose = Whose()
    ends: str = ""
    opinions: Opinions = Opinions()
    protocol: str = "TCP"

    @property
    def port(self) -> str:
        return f"{self.protocol} {self.where.port}"

    @property
    def vouched(self) -> bool:
        """A control answered at the same moment: UDP is often blocked as a whole, so that only UDP vouches for it."""
        return bool(self.beside.answered(self.protocol.lower()))

    @property
    def taken(self) -> bool:
        return self.step != CONNECT

    @property
    def evidence(self) -> str:
        asked = str(self.beside) if isinstance(self.error, Silent) else ""
        at = f"step {self.step}" if self.taken else ""
        parts = (f"{self.where}", at, str(self.error), asked, self.ends, str(self.opinions))
        return "; ".join(filter(None, parts))


async def ask(
    ctx: Context,
    where: Endpoint,
    talk: Callable[[], Awaitable[E]],
    beside: Beside,
    greets: tuple[bytes, ...] = (),
) -> tuple[E, Trouble | None]:
    """One conversation; where it was met with silence, once more and the controls at the same moment.

    ``greets``: how the first word of such a server begins, where it has the first word.
    """
    return await again(ctx, where, talk, await talk(), beside, greets)


async def again(
    ctx: Context,
    where: Endpoint,
    talk: Callable[[], Awaitable[E]],
    seen: E,
    beside: Beside,
    greets: tuple[bytes, ...] = (),
) -> tuple[E, Trouble | None]:
    """ask(), for a conversation that was had already."""
    asked = Controls()
    if isinstance(seen.error, Silent):
        seen, asked = await asyncio.gather(talk(), controls.ask(ctx.net, tcp=beside.tcp_controls))
    if seen.error is None:
        return seen, None
    return seen, await look_closer(ctx, where, seen.step, seen.error, beside, asked, greets)


async def look_closer(
    ctx: Context,
    where: Endpoint,
    step: str,
    error: NetError,
    beside: Beside,
    asked: Controls,
    greets: tuple[bytes, ...] = (),
) -> Trouble:
    """The trouble, and what else can be found out about it from here."""
    party, ends, opinions = Whose(), "", Opinions()
    if isinstance(error, Silent) and step in (TLS, GREETING):
        error = await _spoken(ctx, where, greets if step == GREETING else ()) or error
    match error:
        case NameUnknown():
            opinions = await who_knows(ctx, where.host, beside.name_servers)
        case Silent() | Refused() | Closed() | NoRoute():
            party, ends = await whose_silence(ctx, where, error, beside.tcp_controls, beside.far)
        case Garbled():
            party, ends = await _who_answers(ctx, where, beside)
        case TlsFailed() if error.reason in ("untrusted", "handshake"):
            error = await _with_issuer(ctx, where, error)
            party, ends = await _who_answers(ctx, where, beside)
    if party.owner is Owner.UNKNOWN and not isinstance(error, NameUnknown) and await _tunnelled(ctx, where):
        party = _in_the_tunnel(step, error, party, beside.far)
    return Trouble(
        where=where,
        step=step,
        error=error,
        far=beside.far,
        beside=asked,
        party=party,
        ends=ends,
        opinions=opinions,
    )


async def _tunnelled(ctx: Context, where: Endpoint) -> bool:
    found = await attempt(ctx.net.resolve(where.host, timeout_s=1.0))
    return isinstance(found, tuple) and await leads_through_tunnel(ctx, *found)


def _in_the_tunnel(step: str, error: NetError, party: Whose, far: Owner) -> Whose:
    """Home and provider see no more than a tunnel: what answers in it does so at the company or beyond it, and a tunnel that
    carries nothing may have died at either of its ends."""
    if isinstance(error, TlsFailed) and error.reason == "untrusted":
        return party
    if isinstance(error, Silent | NoRoute) and step == CONNECT:
        return Whose(either=(far, Owner.DEVICE), confidence=Confidence.MEDIUM)
    if far is Owner.COMPANY:
        return Whose(far, confidence=Confidence.MEDIUM)
    return Whose(either=(far, Owner.COMPANY), confidence=Confidence.MEDIUM)


async def _who_answers(ctx: Context, where: Endpoint, beside: Beside) -> tuple[Whose, str]:
    """Something answers: the server itself, or a box on the way in its name."""
    control = _first(beside.tcp_controls)
    party, ending = await party_of(ctx, where, control, beside.far)
    return party, ending.sentence


async def _spoken(ctx: Context, where: Endpoint, greets: tuple[bytes, ...]) -> Garbled | None:
    """What it says before anybody spoke to it, where that is no such greeting: no TLS server says anything then, and whoever
    waited for a line, or for a handshake, would wait for ever."""
    try:
        stream = await ctx.net.open(where.host, where.port, timeout_s=CONNECT_WAIT_S)
    except NetError:
        return None
    try:
        word = await stream.read_exactly(4, timeout_s=FIRST_WORD_WAIT_S)
        if word.startswith(greets):
            return None
        return Garbled(Where(host=where.host, port=where.port), f"it begins with {clean_bytes(word)}")
    except NetError:
        return None
    finally:
        await stream.close()


async def _with_issuer(ctx: Context, where: Endpoint, error: TlsFailed) -> TlsFailed:
    """The same with who signed the certificate, where TLS begins at once; STARTTLS keeps that to itself."""
    if error.issuer or error.reason != "untrusted":
        return error
    came = await attempt(ctx.net.tls(where.host, where.port, timeout_s=CONNECT_WAIT_S))
    return came if isinstance(came, TlsFailed) and came.reason == error.reason else error


def _first(texts: Sequence[str]) -> Endpoint | None:
    return endpoint(texts[0]) if texts else None
