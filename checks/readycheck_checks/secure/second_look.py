"""Whoever refused or broke off a secure connection is asked again, beside a host that took one: one moment proves nothing.
Asks; judges nothing.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from readycheck.api import Closed, Context, NetError, TlsAnswer, TlsFailed

Outcome = TlsAnswer | NetError
Ask = Callable[[tuple[str, ...]], Awaitable[Mapping[str, Outcome]]]
PAUSE_S: Final = 0.5  # what lasts shorter is a passing moment


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What counts of each host. ``controlled``: somebody let a secure connection come about at the moment that counts;
    ``recovered``: hosts that did so at the second look only, and what came of the first."""

    outcomes: Mapping[str, Outcome]
    controlled: bool
    recovered: Mapping[str, NetError] = field(default_factory=dict)


def is_trouble(outcome: Outcome) -> bool:
    """Somebody answered, and it came to nothing: a certificate that is not believed, or a handshake that was broken off."""
    return isinstance(outcome, TlsFailed | Closed)


async def second_look(ctx: Context, first: Mapping[str, Outcome], ask: Ask) -> Looked:
    good = [host for host, outcome in first.items() if isinstance(outcome, TlsAnswer)]
    troubled = {
        host: outcome
        for host, outcome in first.items()
        if isinstance(outcome, NetError) and is_trouble(outcome)
    }
    if not troubled:
        return Looked(outcomes=first, controlled=bool(good))
    await ctx.clock.sleep(PAUSE_S)
    again = await ask((*troubled, *good[:1]))
    return Looked(
        outcomes={host: again[host] if host in troubled else outcome for host, outcome in first.items()},
        controlled=any(isinstance(outcome, TlsAnswer) for outcome in again.values()),
        recovered={h: problem for h, problem in troubled.items() if isinstance(again[h], TlsAnswer)},
    )
