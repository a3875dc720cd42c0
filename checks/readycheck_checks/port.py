"""port: does a TCP port of the profile take connections, and does it say first what is expected? Signs in nowhere."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import (
    Blame,
    Capability,
    Check,
    Closed,
    Confidence,
    Context,
    Cost,
    Finding,
    NetError,
    Progress,
    Says,
    Silent,
    Stream,
    Where,
    clean_bytes,
    fact,
    measured,
    passed,
    unknown,
)
from readycheck_checks.asking.attempts import HostPort, attempt
from readycheck_checks.asking.endpoints import Endpoint, endpoint
from readycheck_checks.blame import trouble
from readycheck_checks.blame.answering import who_answers
from readycheck_checks.blame.options import hosts_beside
from readycheck_checks.conversation.server import CONNECT, CONNECT_WAIT_S, GREETING
from readycheck_checks.declared.codes import PORT
from readycheck_checks.declared.conversation import talk
from readycheck_checks.declared.matching import checked
from readycheck_checks.declared.options import Asked, capability_of, title_of
from readycheck_checks.declared.searching import is_found
from readycheck_checks.declared.telling import missed

CODE: Final = "declared.port"
TALK_S: Final = 6.0
MOST: Final = 512  # bytes of a greeting
PAUSE_S: Final = 1.0  # after so long without a further byte, a greeting is taken to be complete


class PortOptions(Asked, frozen=True, kw_only=True):
    """One port, and what it has to say."""

    target: Annotated[HostPort, Meta(description='Host and port: "db.example.com:5432"')]
    tls: Annotated[
        bool, Meta(description="It begins with a secure connection, whose certificate has to be right")
    ] = False
    send: Annotated[
        str, Meta(max_length=500, description="A line that is sent first; no secret belongs here")
    ] = ""
    greeting: Annotated[str, Meta(max_length=200, description='How its first words begin: "SSH-2.0-"')] = ""
    greeting_like: Annotated[
        str, Meta(description="A regular expression that its first words (at most 512 bytes) hold")
    ] = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        endpoint(self.target)
        checked(self.greeting_like)
        if self.greeting and self.greeting_like:
            raise ValueError("greeting and greeting_like say the same in two ways: keep one of them")
        if "\n" in self.send or "\r" in self.send:
            raise ValueError("send is one line, without its end")

    @property
    def listens(self) -> bool:
        return bool(self.greeting or self.greeting_like)


@dataclass(frozen=True, kw_only=True)
class Talked:
    """One connection: ``step`` where it ended, ``said`` by the server, ``rtt_ms`` of the connection."""

    step: str
    error: NetError | None = None
    said: bytes = b""
    rtt_ms: float = 0.0


async def run(options: PortOptions, ctx: Context) -> Says:
    """One connection; where it was met with silence, another one beside the controls."""
    where = endpoint(options.target)
    yield Progress(text=f"Connecting to {options.title}")
    yield options.theirs
    greets = (options.greeting.encode()[:4],) if options.greeting else ()
    seen, stopped = await talk(ctx, where, partial(_talk, options, ctx, where), options, CODE, greets)
    if seen.rtt_ms:
        yield measured("port_rtt", "Time to connect", seen.rtt_ms, "ms", method="one TCP connection")
    if seen.said:
        yield fact("greeting", "First words of the server", clean_bytes(seen.said, 200))
    yield stopped or await _judged(options, ctx, where, seen)


async def _talk(options: PortOptions, ctx: Context, where: Endpoint) -> Talked:
    came = await attempt(ctx.net.tcp(where.host, where.port, timeout_s=CONNECT_WAIT_S))
    if isinstance(came, NetError):
        return Talked(step=CONNECT, error=came)
    if not (options.listens or options.tls or options.send):
        return Talked(step="done", rtt_ms=came.rtt_ms)
    try:
        stream = await ctx.net.open(where.host, where.port, timeout_s=CONNECT_WAIT_S)
    except NetError as error:
        return Talked(step=CONNECT, error=error, rtt_ms=came.rtt_ms)
    try:
        return await _heard(options, ctx, where, stream, came.rtt_ms)
    finally:
        await stream.close()


async def _heard(
    options: PortOptions, ctx: Context, where: Endpoint, stream: Stream, rtt_ms: float
) -> Talked:
    step = "tls"
    try:
        if options.tls:
            await stream.start_tls(where.host, timeout_s=TALK_S)
        step = GREETING if options.greeting and not (options.send or options.tls) else "answer"
        if options.send:
            await stream.write(f"{options.send}\r\n".encode())
        said = await _first_words(options, ctx, stream, where) if options.listens else b""
    except NetError as error:
        return Talked(step=step, error=error, rtt_ms=rtt_ms)
    return Talked(step="done", said=said, rtt_ms=rtt_ms)


async def _first_words(options: PortOptions, ctx: Context, stream: Stream, where: Endpoint) -> bytes:
    """Byte by byte, for not every greeting is a line, and some are several: until it is decided, a pause follows, or the time is
    up. Raises NetError where not one byte came, or where they come too slowly to say anything."""
    wanted = options.greeting.encode()
    until = ctx.clock.monotonic() + TALK_S
    said = bytearray()
    while len(said) < (len(wanted) or MOST) and (not wanted or wanted.startswith(said)):
        left = until - ctx.clock.monotonic()
        if left <= 0 and not wanted and b"\n" in said:
            break
        if left <= 0:
            raise Silent(Where(host=where.host, port=where.port), f"{len(said)} bytes in {TALK_S:g} s")
        try:
            said += await stream.read_exactly(
                1, timeout_s=min(left, PAUSE_S) if said and not wanted else left
            )
        except (Silent, Closed):
            if not said:
                raise
            break
    return bytes(said)


async def _judged(options: PortOptions, ctx: Context, where: Endpoint, seen: Talked) -> Finding:
    if not options.listens:
        return passed(CODE, f"{options.title} takes connections ({where})")
    fits = await _fits(options, ctx, seen.said)
    shown = clean_bytes(seen.said, 80)
    if fits is None:
        return unknown(
            f"{CODE}_unread",
            f"Whether {options.title} says the right thing could not be told: the search for the expression takes too long",
            remedy="Tell IT support to make the expression simpler",
        )
    if fits:
        return passed(
            CODE, f"{options.title} takes connections and greets as expected ({where})", detail=shown
        )
    whose = who_answers(options.far, proved=options.tls)
    how = f'{where} says "{shown}", which is not what is expected'
    return missed(options, f"{CODE}_greeting", how, Blame(whose.owner, whose.either, Confidence.MEDIUM))


async def _fits(options: PortOptions, ctx: Context, said: bytes) -> bool | None:
    """None: the expression could not be looked for in time."""
    if options.greeting:
        return said.startswith(options.greeting.encode())
    return await is_found(ctx, options.greeting_like, said.decode("utf-8", errors="replace"))


def cost(options: PortOptions, quick: bool) -> Cost:
    return Cost(bytes=30_000 + trouble.BYTES, seconds=1.0, hosts="the host and its controls")


check = Check(
    id="port",
    title="Port",
    capability=Capability.APPS,
    summary="Whether a TCP port of the profile takes connections, and greets as expected",
    run=run,
    options=PortOptions,
    timeout=45.0,
    after=("internet", "dns", "captive_portal"),
    many=True,
    on_demand=True,
    cost=cost,
    title_of=title_of,
    hosts_of=lambda options: hosts_beside(options, options.target),
    codes=PORT,
    capability_of=capability_of,
)
