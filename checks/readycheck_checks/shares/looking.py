"""Whose it is that a visit to a share came to nothing, by the rules that all checks have. Asks after a failure only."""

import asyncio
from dataclasses import replace
from typing import Final

from readycheck.api import (
    Blame,
    Closed,
    Confidence,
    Context,
    Garbled,
    NameUnknown,
    NetError,
    Owner,
    Refused,
    Silent,
    TlsFailed,
    Where,
)
from readycheck_checks.asking import controls
from readycheck_checks.asking.attempts import attempt
from readycheck_checks.asking.endpoints import Endpoint, endpoint
from readycheck_checks.asking.routes import assigned_tunnels, leads_through_tunnel, stays_at_home
from readycheck_checks.blame.owners import NEAR
from readycheck_checks.blame.party import NAMES_S
from readycheck_checks.blame.trouble import Beside, Looked, look_into
from readycheck_checks.shares.options import ShareOptions
from readycheck_checks.shares.outcome import Stage, Trouble, What
from readycheck_checks.shares.target import Target

_PROVED: Final = ("webdav", "sftp")  # they show by certificate or host key who they are
_OF_THE_WAY: Final = (Stage.NAME, Stage.PORT, Stage.SERVER, Stage.SIGN_IN, Stage.LIST)
_MOVING: Final = (Stage.READ, Stage.RATE, Stage.WRITE, Stage.RATE_UP)
_PROVES_NOTHING: Final = (
    *(What.PROXY, What.NO_PASSWORD, What.OTHER_SIGN_IN, What.KEY_UNKNOWN, What.ELSEWHERE, What.NOT_OFFERED),
    What.UNFINISHED,
)
_STRANGE_KEY: Final = (What.KEY_CHANGED, What.KEY_REVOKED)
_NEARBY: Final = Blame(either=(Owner.HOME, Owner.COMPANY), confidence=Confidence.MEDIUM)
# A strange server that knows nobody, and the company's own that knows another password, say the same.
_SIGNING_IN: Final = Blame(either=(Owner.HOME, Owner.COMPANY, Owner.DEVICE), confidence=Confidence.MEDIUM)
_ERRORS: Final[dict[What, type[NetError]]] = {
    What.NAME_UNKNOWN: NameUnknown,
    What.SILENT: Silent,
    What.REFUSED: Refused,
    What.CLOSED: Closed,
    What.GARBLED: Garbled,
    What.KEY_CHANGED: Garbled,
    What.KEY_REVOKED: Garbled,
}


async def looked_into(trouble: Trouble, options: ShareOptions, target: Target, ctx: Context) -> Trouble:
    """The same, with whose it is; as it was where only the server's own word stands against it, or nothing answered beside a
    silence. Where the way stays in this network, whoever has the address here answers for the server."""
    trouble = await _vouched(trouble, options, target, ctx)
    if trouble.what in _PROVES_NOTHING or (trouble.what is What.SILENT and not trouble.vouched):
        return trouble
    if not _may_be_a_strangers(trouble, target) or not await _is_near(ctx, target):
        return await _followed(trouble, options, target, ctx)
    if assigned_tunnels(await ctx.system.interfaces() or ()):
        return _nearby(trouble)
    followed = await _followed(trouble, options, target, ctx)
    if followed.looked is None or followed.looked.blame.owner is Owner.DEVICE:
        return followed
    return replace(followed, looked=replace(followed.looked, blame=_NEARBY))


def _may_be_a_strangers(trouble: Trouble, target: Target) -> bool:
    """Whoever proves by certificate or host key who it is does so before the sign-in; SMB and NFS prove nothing before it."""
    before = (Stage.PORT, Stage.SERVER)
    stages = before if target.kind in _PROVED else (*before, Stage.SIGN_IN, Stage.LIST)
    return trouble.stage in stages and not _is_own_word(trouble, target)


async def _is_near(ctx: Context, target: Target) -> bool:
    found = await attempt(ctx.net.resolve(target.host, timeout_s=NAMES_S))
    return isinstance(found, tuple) and await stays_at_home(ctx, *found)


def _nearby(trouble: Trouble) -> Trouble:
    whose = _SIGNING_IN if trouble.stage is Stage.SIGN_IN else _NEARBY
    detail = "; ".join(filter(None, (str(trouble.what), trouble.detail)))
    return replace(trouble, what=What.NEARBY, detail=detail, looked=Looked(blame=whose))


async def _followed(trouble: Trouble, options: ShareOptions, target: Target, ctx: Context) -> Trouble:
    error = _error(trouble, target)
    if error is None:
        return trouble
    if _is_own_word(trouble, target):
        return replace(trouble, looked=Looked(blame=Blame(Owner.COMPANY, confidence=Confidence.MEDIUM)))
    if trouble.stage in _MOVING:
        return replace(trouble, looked=await _stalled(trouble, options, target, ctx))
    beside = options.beside(inside=options.inside)
    looked = await look_into(ctx, Endpoint(target.host, target.port), error, beside)
    if trouble.what in _STRANGE_KEY and not looked.tunnelled and looked.blame.owner not in NEAR:
        looked = replace(looked, blame=Blame(either=(Owner.COMPANY, Owner.HOME)))  # its packets look the same
    return replace(trouble, looked=looked)


async def _stalled(trouble: Trouble, options: ShareOptions, target: Target, ctx: Context) -> Looked:
    """Whose it is that a transfer stops though the share opened. Large packets may be lost on the way while small ones pass: a
    secure connection to another host shows that they come, where the way there is of the same kind, and not that they go."""
    others = [endpoint(text) for text in options.tcp_controls]
    hosts = (target.host, *(each.host for each in others))
    tunnelled, *alike = await asyncio.gather(*(_is_tunnelled(ctx, host) for host in hosts))
    beside = Beside(
        tcp_controls=tuple(str(each) for each, way in zip(others, alike, strict=True) if way is tunnelled),
        inside=options.inside,
    )
    where = Endpoint(target.host, target.port)
    looked = await look_into(ctx, where, Silent(_where(target)), beside)
    if looked.hangs and looked.blame.owner is Owner.COMPANY and trouble.stage is not Stage.RATE_UP:
        return looked
    way = (Owner.DEVICE,) if tunnelled or looked.tunnelled else (Owner.ISP, Owner.HOME)
    return replace(looked, blame=Blame(either=(Owner.COMPANY, *way)))


async def _is_tunnelled(ctx: Context, host: str) -> bool | None:
    """None where the name could not be looked up, beside a transfer that holds the line up."""
    found = await attempt(ctx.net.resolve(host))
    return await leads_through_tunnel(ctx, *found) if isinstance(found, tuple) else None


async def _vouched(trouble: Trouble, options: ShareOptions, target: Target, ctx: Context) -> Trouble:
    """A silence behind the port counts where the server takes a new connection, or a control answers, right after it."""
    if trouble.what is not What.SILENT or trouble.stage is Stage.PORT:
        return trouble
    again = str(Endpoint(target.host, target.port))
    line = await controls.ask(ctx.net, tcp=(again, *options.tcp_controls))
    return replace(trouble, detail=f"{trouble.detail}; {line}", vouched=line.answered("tcp") > 0)


def _error(trouble: Trouble, target: Target) -> NetError | None:
    """What the trouble was on the network; None for what a server said, and for what breaks off after it opened."""
    if trouble.what is What.CERTIFICATE:
        return TlsFailed(_where(target), reason=trouble.reason, issuer=trouble.issuer)
    kind = _ERRORS.get(trouble.what)
    told = trouble.stage in _OF_THE_WAY or (trouble.what is What.SILENT and trouble.stage in _MOVING)
    return kind(_where(target)) if kind is not None and told else None


def _where(target: Target) -> Where:
    return Where(host=target.host, port=target.port)


def _is_own_word(trouble: Trouble, target: Target) -> bool:
    """What came over a verified connection was said by the server, and by nobody in its place."""
    verified = target.kind == "webdav" and target.tls and trouble.reason != "handshake"
    return verified and trouble.what is What.GARBLED
