"""One moment by which a check of several parts has said what it knows: a part asks whether it may still begin. Ends nothing."""

from dataclasses import dataclass, replace

from readycheck.api import Clock, Context


@dataclass(frozen=True)
class Until:
    """``at_s``: by the clock's monotonic()."""

    clock: Clock
    at_s: float

    @classmethod
    def after(cls, ctx: Context, seconds: float) -> "Until":
        """So many seconds from now."""
        return cls(ctx.clock, ctx.clock.monotonic() + seconds)

    def earlier(self, seconds: float) -> "Until":
        """Leaves so many seconds to what comes afterwards."""
        return replace(self, at_s=self.at_s - seconds)

    def allows(self, seconds: float) -> bool:
        """Whether a part that takes so long at worst may begin now."""
        return self.clock.monotonic() + seconds <= self.at_s
