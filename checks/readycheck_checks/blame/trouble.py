"""One look at a conversation that did not come about: whose it is, by the same rules in every check. Judges by certificates.py,
lost_names.py and party.py; a check keeps its own words.
"""

import asyncio
from dataclasses import dataclass

from readycheck.api import (
    Blame,
    Context,
    NameRefused,
    NameSilent,
    NameUnknown,
    NetError,
    Owner,
    TlsAnswer,
    TlsFailed,
)
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.blame import way_out
from readycheck_checks.blame.certificates import (
    BY_DATE,
    BadCertificate,
    ask_beside,
    is_bad_certificate,
    judge_certificate,
    right_time,
)
from readycheck_checks.blame.lost_names import LostName, ask_for, judge_lost_name
from readycheck_checks.blame.party import NAMES_S, Traced, party_of
from readycheck_checks.names import servers
from readycheck_checks.names.forged import MOST_OPINIONS, leads_elsewhere

SECURE_BYTES = 5_500  # of a secure connection to a control, or to the host once more
BYTES = max(  # what a look may cost: at silence and strangers' certificates, or at what is out of date
    MOST_OPINIONS * servers.BYTES + way_out.BYTES + SECURE_BYTES, 2 * SECURE_BYTES + 2_000
)
LOOK_S = 10.0


@dataclass(frozen=True, kw_only=True)
class Beside:
    """Who is asked beside a host: other hosts (host:port) and name servers of others. ``far``: whose the host is; ``inside``: its
    name may be known inside the company only."""

    far: Owner = Owner.COMPANY
    tcp_controls: tuple[str, ...] = ()
    name_servers: tuple[str, ...] = ()
    inside: bool = False


@dataclass(frozen=True, kw_only=True)
class Looked:
    """``blame``: as far as it was told, and ``ends``: the evidence for it; ``certificate`` and ``name`` where those are at fault;
    ``tunnelled``: the way there leads through a VPN; ``hangs``: connections are taken there, and then nothing is said."""

    blame: Blame = Blame()
    ends: str = ""
    certificate: BadCertificate | None = None
    name: LostName | None = None
    tunnelled: bool = False
    hangs: bool = False


async def look_into(ctx: Context, where: Endpoint, error: NetError, beside: Beside) -> Looked:
    """For use after a failure only. Ends within LOOK_S, with nothing told where it could not be told by then."""
    try:
        async with asyncio.timeout(LOOK_S):
            return await _look_into(ctx, where, error, beside)
    except TimeoutError:
        return Looked()


async def _look_into(ctx: Context, where: Endpoint, error: NetError, beside: Beside) -> Looked:
    match error:
        case NameUnknown():
            return await _name(ctx, where.host, beside)
        case NameSilent() | NameRefused():
            return Looked()
        case TlsFailed() if is_bad_certificate(error):
            return await _certificate(ctx, where, error, beside)
    traced = await party_of(ctx, where, error, beside.tcp_controls, beside.far)
    return Looked(blame=traced.blame, ends=traced.told, tunnelled=traced.tunnelled, hangs=traced.hangs)


async def _name(ctx: Context, host: str, beside: Beside) -> Looked:
    """A name of the inside is told to nobody outside: they could not know it."""
    around = await ask_for(ctx, host, () if beside.inside else beside.name_servers)
    lost = judge_lost_name(host, around, beside.far, inside=beside.inside)
    return Looked(blame=lost.blame, ends=lost.evidence, name=lost)


async def _certificate(ctx: Context, where: Endpoint, error: TlsFailed, beside: Beside) -> Looked:
    other, answers, elsewhere = await asyncio.gather(
        ask_beside(ctx, beside.tcp_controls, but=where.host),
        _who_answers(ctx, where, error, beside),
        _leads_elsewhere(ctx, where.host, error, beside),
    )
    proved = error.reason in BY_DATE and isinstance(other, TlsAnswer)
    found = judge_certificate(
        error.reason,
        issuer=error.issuer,
        beside=other,
        far=beside.far,
        answers=answers.blame,
        tunnelled=answers.tunnelled,
        astray=elsewhere and not answers.tunnelled,
        clock=await right_time(ctx, where, error, beside.tcp_controls) if proved else None,
    )
    return Looked(blame=found.blame, ends=answers.told, certificate=found, tunnelled=answers.tunnelled)


async def _leads_elsewhere(ctx: Context, host: str, error: TlsFailed, beside: Beside) -> bool:
    """Whether name servers of others know none of the addresses that the name has here, where its certificate is for another
    name. They tell IPv4 addresses only."""
    if error.reason != "wrong_name" or beside.inside or not beside.name_servers or servers.is_literal(host):
        return False
    here, around = await asyncio.gather(
        attempt(ctx.net.resolve(host, timeout_s=NAMES_S)),
        servers.ask_around(ctx, host, (), beside.name_servers[:MOST_OPINIONS]),
    )
    return not isinstance(here, NetError) and leads_elsewhere(around, here)


async def _who_answers(ctx: Context, where: Endpoint, error: TlsFailed, beside: Beside) -> Traced:
    """A stranger's certificate may be a box's on the way; one that is out of date is nobody's but the server's."""
    if error.reason in BY_DATE:
        return Traced()
    return await party_of(ctx, where, error, beside.tcp_controls, beside.far)
