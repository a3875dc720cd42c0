"""Asks a server of an app, and looks closer where the conversation did not come about. Judges nothing.

A second try comes together with the controls; then trouble.py looks into it.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from readycheck.api import (
    Blame,
    Closed,
    Context,
    Garbled,
    NetError,
    Owner,
    Silent,
    TlsFailed,
    Where,
    clean_bytes,
)
from readycheck_checks.asking import controls
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.controls import Controls
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.blame.trouble import Beside, Looked, look_into

CONNECT_WAIT_S: Final = 4.0
FIRST_WORD_WAIT_S: Final = 1.5
CONNECT: Final = "connect"  # the step that every conversation begins with
TLS: Final = "tls"  # the step of a handshake
GREETING: Final = "greeting"  # the step at which the server has the first word
REQUEST: Final = "request"  # the step at which a server is silent that waits to be asked


class Ended(Protocol):
    """How a conversation ended: ``step`` is where, ``error`` why; None where it came to its proper end or was answered."""

    @property
    def step(self) -> str: ...
    @property
    def error(self) -> NetError | None: ...


E = TypeVar("E", bound=Ended)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A conversation that did not come about. ``protocol``: of its port, TCP or UDP. ``looked``: whose it is, as far as it was
    told."""

    where: Endpoint
    step: str
    error: NetError
    far: Owner
    beside: Controls = Controls()
    looked: Looked = Looked()
    protocol: str = "TCP"

    @property
    def port(self) -> str:
        return f"{self.protocol} {self.where.port}"

    @property
    def vouched(self) -> bool:
        """A control answered at the same moment: UDP is often blocked as a whole, so that only UDP vouches for it."""
        return bool(self.beside.answered(self.protocol.lower()))

    @property
    def blame(self) -> Blame:
        return self.looked.blame

    @property
    def taken(self) -> bool:
        """The connection stood before it went wrong."""
        return self.step != CONNECT

    @property
    def evidence(self) -> str:
        asked = str(self.beside) if isinstance(self.error, Silent) else ""
        at = f"step {self.step}" if self.taken else ""
        parts = (f"{self.where}", at, str(self.error), asked, self.looked.ends)
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
    silent = isinstance(seen.error, Silent)
    seen, asked = await controls.once_more(ctx.net, seen, talk, silent=silent, tcp=beside.tcp_controls)
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
    spoken = None
    if isinstance(error, Silent) and step in (TLS, GREETING, REQUEST):
        spoken = await _spoken(ctx, where, greets if step == GREETING else ())
    if spoken is not None:
        error = TlsFailed(spoken.where, spoken.detail) if step == TLS else spoken
    elif isinstance(error, TlsFailed):
        error = await _cut_off(ctx, where, error) or await _with_issuer(ctx, where, error)
    looked = await look_into(ctx, where, error, beside)
    return Trouble(where=where, step=step, error=error, far=beside.far, beside=asked, looked=looked)


async def _spoken(ctx: Context, where: Endpoint, greets: tuple[bytes, ...]) -> Garbled | None:
    """What it says before anybody spoke to it, where that is no such greeting: no TLS server says anything then, and whoever
    waited for a line, or for a handshake, would wait for ever. Words that come while a handshake is under way end it as one that
    fails; those that come before it, or after, are the same fault."""
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


async def _cut_off(ctx: Context, where: Endpoint, error: TlsFailed) -> Closed | None:
    """Whether the connection is closed in the middle of a handshake, which over HTTP looks like one that fails."""
    if error.reason != "handshake":
        return None
    came = await attempt(ctx.net.tls(where.host, where.port, timeout_s=CONNECT_WAIT_S))
    return came if isinstance(came, Closed) else None


async def _with_issuer(ctx: Context, where: Endpoint, error: TlsFailed) -> TlsFailed:
    """The same with who signed the certificate, where TLS begins at once; STARTTLS keeps that to itself."""
    if error.issuer or error.reason != "untrusted":
        return error
    came = await attempt(ctx.net.tls(where.host, where.port, timeout_s=CONNECT_WAIT_S))
    return came if isinstance(came, TlsFailed) and came.reason == error.reason else error
