"""By what time a WireGuard gateway may be asked with a person's key. Asks other hosts for the time, and the gateway nothing.

A gateway remembers the latest time that it saw with a key, and answers nothing that is not later (WireGuard paper, 5.1). So a
question that is dated ahead would lock the person out until then. None is dated later than by this computer's clock, as the
person's own program dates, nor later than by the clock of others; where nobody else tells the time, the key is not used.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from readycheck.api import Context
from readycheck_checks.blame.certificates import named, time_of
from readycheck_checks.clock import agreed, duration

MOST_CONTROLS: Final = 2
RIGHT_S: Final = 5.0  # after which WireGuard tries again by itself (paper, 6.1): no lock of it shows
UNTIMED: Final = (
    "it was not asked with your key, because no other host told whether the clock of this computer is right"
)


@dataclass(frozen=True, kw_only=True)
class Dating:
    """``early_s``: by how much a question is dated earlier than this computer's clock says. ``doubt``: why silence
    proves nothing; empty where the clock is right."""

    early_s: float = 0.0
    doubt: str = ""


async def dating(ctx: Context, tcp_controls: Sequence[str]) -> Dating | None:
    """By the time of controls that proved who they are; None where they do not tell it, or tell different times."""
    asked = (time_of(ctx, where) for where in islice(named(tcp_controls), MOST_CONTROLS))
    others = agreed(told for told in await asyncio.gather(*asked) if told is not None)
    if others is None:
        return None
    if abs(others.ahead_s) <= RIGHT_S + others.within_s:
        return Dating()
    off = f"{duration(abs(others.ahead_s))} {'behind' if others.ahead_s > 0 else 'ahead'}"
    doubt = f"the clock of this computer is {off}, and such a gateway answers nothing that is dated before what it had last"
    return Dating(early_s=max(0.0, others.within_s - others.ahead_s), doubt=doubt)
