"""Whose it is that a visit to a share came to nothing, by the rules that all checks have. Asks after a failure only."""

from dataclasses import replace
from typing import Final

from readycheck.api import (
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
from readycheck_checks import controls
from readycheck_checks.blame import NEAR, Whose
from readycheck_checks.endpoints import Endpoint
from readycheck_checks.shares.options import ShareOptions
from readycheck_checks.shares.outcome import Stage, Trouble, What
from readycheck_checks.shares.target import Target
from readycheck_checks.trouble import Beside, Looked, look_into

PUBLIC: Final = (
    "webdav",
    "sftp",
)  # their names may be known outside; those of the others need not be told to strangers
_OF_THE_WAY: Final = (Stage.NAME, Stage.PORT, Stage.SERVER, Stage.SIGN_IN, Stage.LIST)
_ERRORS: Final[dict[What, type[NetError]]] = {
    What.NAME_UNKNOWN: NameUnknown,
    What.SILENT: Silent,
    What.REFUSED: Refused,
    What.CLOSED: Closed,
    What.GARBLED: Garbled,
    What.KEY_CHANGED: Garbled,
}


async def looked_into(trouble: Trouble, options: ShareOptions, target: Target, ctx: Context) -> Trouble:
    """The same, with whose it is; as it was where only the server's own word stands against it."""
    trouble = await _vouched(trouble, options, target, ctx)
    error = _error(trouble, target)
    if error is None or (trouble.what is What.SILENT and not trouble.vouched):
        return trouble
    if _is_own_word(trouble, target):
        return replace(trouble, looked=Looked(whose=Whose(Owner.COMPANY, confidence=Confidence.MEDIUM)))
    beside = Beside(
        tcp_controls=options.tcp_controls,
        name_servers=options.name_servers if target.kind in PUBLIC else (),
        inside=True,
    )
    looked = await look_into(ctx, Endpoint(target.host, target.port), error, beside)
    if trouble.what is What.KEY_CHANGED and not looked.tunnelled and looked.whose.owner not in NEAR:
        looked = replace(looked, whose=Whose(either=(Owner.COMPANY, Owner.HOME)))  # its packets look the same
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
