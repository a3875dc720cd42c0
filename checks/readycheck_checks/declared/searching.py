"""Looks for an expression of the profile in what a server said: in a child process, which can be ended in the middle of it."""

import asyncio
from typing import Final

from readycheck.api import ChildFailed, ChildTimeout, Context

START_S: Final = 12.0  # for a child to begin, on a computer that has much to do
WAIT_S: Final = 3.0  # to look, from then on
_SEARCH: Final = "readycheck_checks.declared.matching:search"


async def is_found(ctx: Context, expression: str, text: str) -> bool | None:
    """Whether the one is found in the other; None where the child did not begin, or did not come to an end."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(START_S) as limit:
            return bool(
                await ctx.children.call(
                    _SEARCH,
                    {"expression": expression, "text": text},
                    timeout_s=START_S + WAIT_S,
                    progress=lambda *_: limit.reschedule(loop.time() + WAIT_S),
                )
            )
    except (TimeoutError, ChildTimeout, ChildFailed):
        return None
