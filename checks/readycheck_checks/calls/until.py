"""One moment by which a check of several parts has said what it knows: a part asks whether it may still begin. Ends nothing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from readycheck.api import Clock, Context


@dataclass
class Until:
    """``at_s``: by the clock's monotonic(); later for all who hold this one, after a wait for the line."""

    clock: Clock
    at_s: float

    @classmethod
    def after(cls, ctx: Context, seconds: float) -> "Until":
        """So many seconds from now."""
        return cls(ctx.clock, ctx.clock.monotonic() + seconds)

    @asynccontextmanager
    async def on_line(self, ctx: Context) -> AsyncIterator[None]:
        """The line to itself; what it takes to get it does not count."""
        asked = self.clock.monotonic()
        async with ctx.line:
            self.at_s += self.clock.monotonic() - asked
            yield

    def earlier(self, seconds: float) -> "Until":
        """Leaves so many seconds to what comes afterwards."""
        return replace(self, at_s=self.at_s - seconds)

    def allows(self, seconds: float) -> bool:
        """Whether a part that takes so long at worst may begin now."""
        return self.clock.monotonic() + seconds <= self.at_s
