"""The ways to the organisation's TURN relays, as facts and figures of a report: UDP, TCP, TLS, and media through them.

Blames nobody: that UDP is blocked is judged in path_verdict.py, with controls; a way that is silent beside one that answers is
told, as IT support will want to know it.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Final

from msgspec import Meta

from readycheck.api import Context, Fact, Measurement, NetError, Options, Privacy, fact, measured
from readycheck.measure.nat.relay import MOST_BYTES, Rung, Transport, Tried, ladder
from readycheck.measure.nat.relayed import (
    INTERVAL_S,
    METHOD,
    Account,
    Carried,
    RelayStream,
    carry,
    excess_loss,
    most_bytes,
)
from readycheck.measure.statistics import Estimate
from readycheck.measure.transport.endpoint import Endpoint
from readycheck_checks.asking.attempts import HostPort, attempt
from readycheck_checks.asking.endpoints import endpoint
from readycheck_checks.calls.limits import Date
from readycheck_checks.calls.quality import estimated
from readycheck_checks.calls.until import Until

PACKETS: Final = 100
QUICK_PACKETS: Final = 50
NAMES_S: Final = 2.0
SECONDS: Final = 3.0
MEDIA_SECONDS: Final = 7.0
MOST_MEDIA_S: Final = 7.0 + PACKETS * INTERVAL_S
RUNGS: Final = 3
_NO_TIME: Final = "not tried: no time was left"


class TurnRelay(Options, frozen=True, kw_only=True):
    """A TURN relay. Without an account its ways are proved; with one, media goes through it as well."""

    at: Annotated[HostPort, Meta(description="Where it takes UDP and TCP, as turn.example.org:3478")]
    tls: Annotated[HostPort | None, Meta(description="Where it takes TLS, as turn.example.org:443")] = None
    user: Annotated[str, Meta(description="Its account, the same for everybody")] = ""
    password_secret: Annotated[str, Meta(description="Name of the secret that holds the password")] = ""

    def __post_init__(self) -> None:
        for target in filter(None, (self.at, self.tls)):
            endpoint(target)


class Preference(Options, frozen=True, kw_only=True):
    """When a vendor's calls leave UDP for a connection."""

    percent: Annotated[float, Meta(ge=0, le=100, description="More loss over UDP than over TCP, in %")]
    source: Annotated[str, Meta(description="Whose rule this is")]
    checked: Date


async def relays(
    wanted: Sequence[TurnRelay], preference: Preference | None, ctx: Context, until: Until
) -> AsyncIterator[Fact | Measurement]:
    """What each relay of the profile can be reached by; then media through the first that gives an address to our account."""
    if not until.allows(NAMES_S + SECONDS):
        yield fact("relay_ways", "Ways to the media relay", _NO_TIME, Privacy.ORG)
        return
    tried = await asyncio.gather(*(_tried(relay, ctx) for relay in wanted))
    told = [_in_words(relay, ways) for relay, ways in zip(wanted, tried, strict=True)]
    yield fact("relay_ways", "Ways to the media relay", "; ".join(told), Privacy.ORG)
    for relay, ways in zip(wanted, tried, strict=True):
        opened = [] if isinstance(ways, NetError) else [each.rung for each in ways if each.is_open]
        account = _account(relay, ctx) if opened else None
        if account is not None and not until.allows(MOST_MEDIA_S):
            yield fact("relay_troubles", "Media through the relay", _NO_TIME, Privacy.ORG)
            return
        if account is not None:
            for said in _figures(await _carried(opened, account, ctx), preference):
                yield said
            return


def _account(relay: TurnRelay, ctx: Context) -> Account | None:
    password = ctx.secrets.get(relay.password_secret) if relay.user and relay.password_secret else None
    return Account(user=relay.user, password=password) if password else None


async def _tried(relay: TurnRelay, ctx: Context) -> tuple[Tried, ...] | NetError:
    """The whole ladder of one relay, at its first address of IPv4, else of IPv6."""
    found = await attempt(_rungs(relay, ctx))
    if isinstance(found, NetError):
        return found
    ways = await ladder(found)
    ctx.meter.add(sum(each.bytes for each in ways))
    return ways


async def _rungs(relay: TurnRelay, ctx: Context) -> tuple[Rung, ...]:
    at_tls = (relay.tls,) if relay.tls is not None else ()
    plain, *secure = await asyncio.gather(
        _endpoint(relay.at, ctx, tls=False), *(_endpoint(each, ctx, tls=True) for each in at_tls)
    )
    return Rung(endpoint=plain, udp=True), Rung(endpoint=plain), *(Rung(endpoint=each) for each in secure)


async def _endpoint(target: str, ctx: Context, *, tls: bool) -> Endpoint:
    where = endpoint(target)
    address = min(await ctx.net.resolve(where.host, timeout_s=NAMES_S), key=lambda ip: ":" in ip)
    context = ctx.net.ssl_context() if tls else None
    return Endpoint(address=address, port=where.port, host=where.host, tls=context)


async def _carried(opened: Sequence[Rung], account: Account, ctx: Context) -> tuple[Carried, ...]:
    """An address on every rung; media over UDP and over the first connection, at the same moment."""
    count = QUICK_PACKETS if ctx.quick else PACKETS
    compared = [*[r for r in opened if r.udp][:1], *[r for r in opened if not r.udp][:1]]
    told = await asyncio.gather(
        *(carry(rung, account, count=count if rung in compared else 0) for rung in opened)
    )
    ctx.meter.add(sum(each.bytes for each in told))
    return tuple(told)


def _in_words(relay: TurnRelay, ways: tuple[Tried, ...] | NetError) -> str:
    if isinstance(ways, NetError):
        return f"{relay.at} {ways.says}"
    return f"{relay.at}: " + ", ".join(
        f"{each.rung} {each.ms:.0f} ms" if each.ms is not None else f"{each.rung} {_trouble(each.error)}"
        for each in ways
    )


def _trouble(error: NetError | None) -> str:
    return error.says if error is not None else "did not work"


def _figures(carried: Sequence[Carried], preference: Preference | None) -> list[Fact | Measurement]:
    told: list[Fact | Measurement] = []
    failed = [f"{each.rung} {each.error}" for each in carried if each.error is not None]
    if failed:
        told.append(fact("relay_troubles", "Media through the relay", "; ".join(failed), Privacy.ORG))
    streams = [(each.rung, each.stream) for each in carried if each.stream is not None]
    for rung, stream in streams:
        told += _stream_figures(rung.transport, stream)
    udp = next((stream for rung, stream in streams if rung.udp), None)
    beside = next(((rung, stream) for rung, stream in streams if not rung.udp), None)
    if udp is not None and beside is not None:
        told += _preferred(udp, *beside, preference)
    return told


def _stream_figures(transport: Transport, stream: RelayStream) -> list[Measurement]:
    name, over = f"relay_{transport.lower()}", f"over {transport} through the relay"
    method = f"{stream.sent} {METHOD}"
    low, value, high = (100 * each for each in (stream.loss_low, stream.loss, stream.loss_high))
    told = [measured(f"{name}_rtt", f"Round trip {over}", round(stream.rtt_p50_ms, 2), "ms", method=method)]
    if stream.jitter_ms is not None:
        told.append(estimated(f"{name}_jitter", f"Jitter {over}", stream.jitter_ms, "ms", None, method))
    loss = Estimate(value=value, low=low, high=high)
    return [*told, estimated(f"{name}_loss", f"Loss {over}", loss, "%", None, method)]


def _preferred(
    udp: RelayStream, rung: Rung, stream: RelayStream, preference: Preference | None
) -> list[Fact]:
    """UDP, which calls begin with, unless the bounds prove that it loses more than the rule allows."""
    if preference is None:
        return []
    more, sure = (udp.loss - stream.loss) * 100, excess_loss(udp, stream)
    better = str(rung.transport) if sure.low * 100 > preference.percent else str(Transport.UDP)
    if better == Transport.UDP and more > preference.percent:
        better = f"not sure, {udp.sent} packets are too few"
    cited = (
        f"{preference.source}, read {preference.checked}: {rung.transport} from {preference.percent:g} % more"
    )
    bounds = f"95 %: {sure.low * 100:.1f} to {sure.high * 100:.1f}"
    words = f"{better}: UDP loses {more:.1f} % more than {rung.transport} ({bounds}; {cited})"
    return [fact("relay_better", "Better way for calls over the relay", words, Privacy.PUBLIC)]


def bytes_of(wanted: Sequence[TurnRelay], quick: bool) -> int:
    """What relays() uses at most."""
    media = any(relay.user and relay.password_secret for relay in wanted)
    count = QUICK_PACKETS if quick else PACKETS
    return RUNGS * MOST_BYTES * len(wanted) + (2 * most_bytes(count) + most_bytes(0) if media else 0)


def seconds_of(wanted: Sequence[TurnRelay]) -> float:
    """What they take, where nothing is silent."""
    media = any(relay.user and relay.password_secret for relay in wanted)
    return (SECONDS if wanted else 0.0) + (MEDIA_SECONDS if media else 0.0)
