"""Whose it is that a visit to a share came to nothing, by the rules that all checks have. Asks after a failure only."""

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
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.asking.routes import assigned_tunnels, stays_at_home
from readycheck_checks.blame.owners import NEAR
from readycheck_checks.blame.party import NAMES_S
from readycheck_checks.blame.trouble import Beside, Looked, look_into
from readycheck_checks.shares.options import ShareOptions
from readycheck_checks.shares.outcome import Stage, Trouble, What
from readycheck_checks.shares.target import Target

PUBLIC: Final = (
    "webdav",
    "sftp",
)  # their names may be known outside; those of the others need not be told to strangers
_OF_THE_WAY: Final = (Stage.NAME, Stage.PORT, Stage.SERVER, Stage.SIGN_IN, Stage.LIST)
_PROVES_NOTHING: Final = (What.PROXY, What.NO_PASSWORD, What.KEY_UNKNOWN, What.ELSEWHERE, What.NOT_OFFERED)
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
    stages = before if target.kind in PUBLIC else (*before, Stage.SIGN_IN, Stage.LIST)
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
    beside = Beside(
        tcp_controls=options.tcp_controls,
        name_servers=options.name_servers if target.kind in PUBLIC else (),
        inside=True,
    )
    looked = await look_into(ctx, Endpoint(target.host, target.port), error, beside)
    if trouble.what is What.KEY_CHANGED and not looked.tunnelled and looked.blame.owner not in NEAR:
        looked = replace(looked, blame=Blame(either=(Owner.COMPANY, Owner.HOME)))  # its packets look the same
    return replace(trouble, looked=looked)


async def _vouched(trouble: Trouble, options: ShareOptions, target: Target, ctx: Context) -> Trouble:
    """A silence behind the port counts where the server takes a new connection, or a control answers, right after it."""
    if trouble.what is not What.SILENT or trouble.stage is Stage.PORT:
        return trouble
    again = str(Endpoint(target.host, target.port))
    line = await controls.ask(ctx.net, tcp=(again, *options.tcp_controls))
    return replace(trouble, detail=f"{trouble.detail}; {line}", vouched=line.answered("tcp") > 0)


def _error(trouble: Trouble, target: Target) -> NetError | None:
    """What the trouble was on the network; None for what a server said, and for what breaks off after it opened."""
    where = Where(host=target.host, port=target.port)
    if trouble.what is What.CERTIFICATE:
        return TlsFailed(where, reason=trouble.reason, issuer=trouble.issuer)
    kind = _ERRORS.get(trouble.what)
    return kind(where) if kind is not None and trouble.stage in _OF_THE_WAY else None


def _is_own_word(trouble: Trouble, target: Target) -> bool:
    """What came over a verified connection was said by the server, and by nobody in its place."""
    verified = target.kind == "webdav" and target.tls and trouble.reason != "handshake"
    return verified and trouble.what is What.GARBLED
