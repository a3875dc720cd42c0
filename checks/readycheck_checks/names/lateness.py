"""How late this computer is by itself, when it asks nobody. The time of a lookup has as much in it that is no name server's."""

import statistics
from typing import Final

from readycheck.api import Context

NAP_S: Final = 0.02
NAPS: Final = 5


async def own_delay_ms(ctx: Context) -> float:
    """By how much it wakes up later than it asked to, in milliseconds: the median of a few times, for a single one is chance."""
    late = []
    for _ in range(NAPS):
        started = ctx.clock.monotonic()
        await ctx.clock.sleep(NAP_S)
        late.append(ctx.clock.monotonic() - started - NAP_S)
    return statistics.median(late) * 1000
