"""One rule for a port that gives no conversation, whosesoever it is: silent, refused, cut off, hanging or answered by something
else. Asks only after a failure, beside a control; the packets are followed by way_out.py.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from readycheck.api import (
    Blame,
    Closed,
    Confidence,
    Context,
    Garbled,
    NetError,
    NoRoute,
    Owner,
    Silent,
    TcpAnswer,
    TlsAnswer,
    TlsFailed,
)
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import Endpoint, endpoint
from readycheck_checks.asking.routes import leads_through_tunnel
from readycheck_checks.blame.ending import Flow
from readycheck_checks.blame.owners import NEAR, between, whose
from readycheck_checks.blame.way_out import where_it_ends

NAMES_S = 1.0  # the name was known a moment ago


@dataclass(frozen=True, kw_only=True)
class Traced:
    """Whose it is, and a sentence of evidence; ``tunnelled``: the way there leads through a VPN; ``hangs``: the port takes
    connections, and then nothing or next to nothing is said."""

    blame: Blame = Blame()
    told: str = ""
    tunnelled: bool = False
    hangs: bool = False


async def through_tunnel(ctx: Context, host: str) -> bool:
    """Whether the way to this host is known to lead through a VPN."""
    found = await attempt(ctx.net.resolve(host, timeout_s=NAMES_S))
    return isinstance(found, tuple) and await leads_through_tunnel(ctx, *found)


async def party_of(
    ctx: Context, target: Endpoint, came: NetError, tcp_controls: Sequence[str], far: Owner
) -> Traced:
    """``came``: how the conversation ended. ``far``: whose the target is. A company's server that takes a connection and then
    keeps silent is to blame for it where another host completes a secure connection at the same moment: so the line carries
    conversations. A service may be silenced by a filter of this line."""
    tunnelled = await through_tunnel(ctx, target.host)
    control = await _control(ctx, tcp_controls, tunnelled=tunnelled)
    if isinstance(came, Silent) and control is not None:
        taken, talked = await asyncio.gather(
            attempt(ctx.net.tcp(target.host, target.port)), attempt(ctx.net.tls(control.host, control.port))
        )
        if isinstance(taken, TcpAnswer):
            return _hangs(control, far, talks=isinstance(talked, TlsAnswer), tunnelled=tunnelled)
    if tunnelled:
        return in_the_tunnel(came, far, await _behind_it(ctx, control))
    flow = Flow("tcp", control.host, control.port) if control is not None else None
    ending = await where_it_ends(ctx, Flow("tcp", target.host, target.port), flow)
    return Traced(blame=_by_its_end(came, whose(ending, far), far), told=ending.sentence)


def _hangs(control: Endpoint, far: Owner, *, talks: bool, tunnelled: bool) -> Traced:
    if not talks:
        return Traced(tunnelled=tunnelled, hangs=True)
    told = f"it takes connections, and {control} talks"
    own = Blame(far, confidence=Confidence.MEDIUM)
    blame = _behind(far) if tunnelled else _or_a_filter(own, far)
    return Traced(blame=blame, told=told, tunnelled=tunnelled, hangs=True)


def in_the_tunnel(came: NetError, far: Owner, beside: Endpoint | None = None) -> Traced:
    """Home and provider see no more than a tunnel: what answers in it does so at the company or beyond it. A tunnel that carries
    nothing may have died at either of its ends; ``beside``: a host behind it that answers, so that it carries."""
    if not isinstance(came, Silent | NoRoute):
        return Traced(blame=_behind(far), told="the way leads through the VPN", tunnelled=True)
    if beside:
        return Traced(blame=_behind(far), told=f"{beside} answers through the same VPN", tunnelled=True)
    blame = between(far, Owner.COMPANY, Owner.DEVICE, confidence=Confidence.MEDIUM)
    return Traced(blame=blame, told="the way leads through the VPN", tunnelled=True)


def _behind(far: Owner) -> Blame:
    """Of a host behind a VPN that carries: a company may filter what services its people reach through it."""
    return between(far, Owner.COMPANY, confidence=Confidence.MEDIUM)


def _by_its_end(came: NetError, blame: Blame, far: Owner) -> Blame:
    return _or_a_filter(blame, far) if isinstance(came, Closed | Garbled | TlsFailed) else blame


def _or_a_filter(blame: Blame, far: Owner) -> Blame:
    """A filter that reads the name which is asked for lets the first packets pass, and then cuts the conversation or swallows
    the rest: networks filter services on the internet in this way, where the packets of a connection seem to reach the service
    itself."""
    if far is Owner.SERVICE and blame.owner not in NEAR:
        return Blame(either=(Owner.HOME, Owner.ISP, far))
    return blame


async def _behind_it(ctx: Context, control: Endpoint | None) -> Endpoint | None:
    """The control, where it stands behind the same VPN and takes a connection now."""
    if control is None or not await through_tunnel(ctx, control.host):
        return None
    return control if isinstance(await attempt(ctx.net.tcp(control.host, control.port)), TcpAnswer) else None


async def _control(ctx: Context, tcp_controls: Sequence[str], *, tunnelled: bool) -> Endpoint | None:
    """The first one, or the first behind the same VPN."""
    known = [endpoint(text) for text in tcp_controls]
    if not tunnelled or not known:
        return known[0] if known else None
    inside = await asyncio.gather(*(through_tunnel(ctx, where.host) for where in known))
    return next((where for where, is_inside in zip(known, inside, strict=True) if is_inside), known[0])
