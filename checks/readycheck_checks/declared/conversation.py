"""One conversation with a declared target, a second one beside the controls where it was met with silence, then the hops."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from readycheck.api import Context, Finding, NetError
from readycheck_checks.asking.endpoints import Endpoint
from readycheck_checks.blame.trouble import Beside
from readycheck_checks.conversation.server import Ended, ask
from readycheck_checks.conversation.verdict import App, judge_trouble
from readycheck_checks.declared.options import Asked
from readycheck_checks.declared.telling import told

E = TypeVar("E", bound=Ended)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """How a conversation ended where there is nothing more to say than that."""

    step: str
    error: NetError | None = None


def beside(options: Asked) -> Beside:
    return Beside(
        far=options.far,
        tcp_controls=options.tcp_controls,
        name_servers=options.name_servers,
        inside=options.inside,
    )


async def talk(
    ctx: Context,
    where: Endpoint,
    converse: Callable[[], Awaitable[E]],
    options: Asked,
    code: str,
    greets: tuple[bytes, ...] = (),
    name: str = "",
) -> tuple[E, Finding | None]:
    """The conversation, and the finding where it did not come about. ``code`` begins the finding's; ``name``: of a certificate,
    where that is another than the host's."""
    seen, trouble = await ask(ctx, where, converse, beside(options), greets)
    if trouble is None:
        return seen, None
    return seen, told(judge_trouble(App(code=code, does_not=options.does_not, name=name), trouble), options)
